package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ringbook/softphone"
	"ringbook/telephony/asterisktest"
)

// publicAddress is the company's, which only its router has: it leads to our server (1:1 NAT).
const publicAddress = "203.0.113.77"

// home is where an agent works behind a router of their own, which hides them (NAT). The router is a machine with a wire to us.
type home struct {
	router *machine
	agent  *machine
}

func newHome(t *testing.T) *home {
	t.Helper()
	h := &home{router: newMachine(t)}
	h.agent = &machine{t: t, name: h.router.name + "h"}
	t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", h.agent.name).Run() })
	router, agent := h.router.name, h.agent.name
	h.router.ip("netns add "+agent, "-n "+router+" link add lan0 type veth peer name eth0 netns "+agent,
		"-n "+router+" addr add 192.168.50.1/24 dev lan0", "-n "+router+" link set lan0 up",
		"-n "+agent+" addr add 192.168.50.2/24 dev eth0", "-n "+agent+" link set eth0 up", "-n "+agent+" link set lo up",
		"-n "+agent+" route add default via 192.168.50.1")
	h.router.rule("sysctl -qw net.ipv4.ip_forward=1")
	h.router.rule("iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE")
	h.router.rule("iptables -t nat -A PREROUTING -d " + publicAddress + " -j DNAT --to-destination " + h.router.ours)
	h.router.rule("iptables -t raw -A PREROUTING -i lan0 -d " + h.router.ours + " -j DROP") // our own address is of no use from there
	return h
}

// rule changes what the machine lets through.
func (m *machine) rule(line string) {
	m.t.Helper()
	words := strings.Fields(line)
	if out, err := m.command(words[0], words[1:]...).CombinedOutput(); err != nil {
		m.t.Fatalf("%s: %v: %s", line, err, out)
	}
}

// relayed starts coturn at that address, by TLS on one port, by UDP and TCP on another. Its credentials are made of the secret.
func relayed(t *testing.T, address, secret, certificates string) (secure, plain int) {
	t.Helper()
	secure, plain = asterisktest.FreeTCP(), asterisktest.FreeUDP(t)
	cmd := exec.Command("turnserver", "-n", "--listening-ip="+address, "--relay-ip="+address, fmt.Sprintf("--tls-listening-port=%d", secure), fmt.Sprintf("--listening-port=%d", plain),
		"--realm=ringbook", "--use-auth-secret", "--static-auth-secret="+secret, "--cert="+filepath.Join(certificates, "host.crt"), "--pkey="+filepath.Join(certificates, "host.key"),
		"--no-cli", "--no-dtls", "--log-file=stdout", "--simple-log", "--pidfile="+filepath.Join(t.TempDir(), "pid"), "--userdb="+filepath.Join(t.TempDir(), "users"))
	out := &lines{t: t}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatalf("start coturn (deploy/test installs it): %v", err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait(); out.close() })
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial("tcp", net.JoinHostPort(address, strconv.Itoa(plain)))
		if err == nil {
			_ = conn.Close()
			return secure, plain
		}
		if time.Now().After(end) {
			t.Fatalf("coturn does not listen: %v", err)
		}
	}
}

// An agent talks from wherever they are: in the office by our own address of either family, at home behind NAT by the public one, by
// TCP where UDP is cut, and by the relay where our port is cut altogether.
func TestSoundFindsItsWayThroughNetworks(t *testing.T) {
	t.Parallel()
	office, h := newMachine(t), newHome(t)
	six := fmt.Sprintf("fd77:%x::", os.Getpid())
	office.ip("addr add " + six + "1/64 dev " + office.name + "w nodad")
	certificates := t.TempDir()
	makeCertificates(t, certificates, publicAddress)
	const secret = "shared-with-the-relay"
	relay, _ := relayed(t, h.router.ours, secret, certificates)
	secure := asterisktest.FreeTCP()
	r := newRigApart(t, func(c *Config) {
		c.ListenTLS, c.TLSCert, c.TLSKey = fmt.Sprintf("0.0.0.0:%d", secure), filepath.Join(certificates, "host.crt"), filepath.Join(certificates, "host.key")
		c.MediaListen = strings.Replace(c.MediaListen, "127.0.0.1", "[::]", 1)
		c.MediaAddress = []string{softphone.Own, publicAddress}
		c.TURN, c.TURNSecret = []string{fmt.Sprintf("turns:%s:%d?transport=tcp", publicAddress, relay)}, secret
	})
	media := strings.TrimPrefix(r.env.MediaListen, "[::]:")
	there := func(m *machine) func(string, ...string) *exec.Cmd { // where the authority of the relay's certificate is trusted
		return func(name string, args ...string) *exec.Cmd {
			cmd := m.command(name, args...)
			cmd.Env = []string{"SSL_CERT_FILE=" + filepath.Join(certificates, "ca.crt")}
			return cmd
		}
	}
	for i, c := range []struct {
		name        string
		from        *machine
		at, way, to string
		before      func()
	}{
		{"in the office", office, office.ours, "udp", office.ours, func() {}},
		{"in the office by IPv6", office, office.ours, "udp", six + "1", func() {
			office.ip("-n " + office.name + " addr add " + six + "2/64 dev eth0 nodad")
			office.rule("iptables -A OUTPUT -p udp -j DROP")
			office.rule("iptables -A OUTPUT -p tcp --dport " + media + " -j DROP")
		}},
		{"at home", h.agent, publicAddress, "udp", publicAddress, func() {}},
		{"at home without UDP", h.agent, publicAddress, "tcp", publicAddress, func() { h.router.rule("iptables -I FORWARD -p udp -j DROP") }},
		{"at home without our port", h.agent, publicAddress, "relay", h.router.ours, func() {
			h.router.rule("iptables -I FORWARD -p tcp --dport " + media + " -j DROP")
		}},
	} {
		c.before()
		o := r.operatorThere(there(c.from), fmt.Sprintf("https://%s:%d", c.at, secure), "--any-way")
		if e, _ := o.events("ready"); e.Way != c.way || e.To != c.to {
			t.Errorf("%s the sound goes by %s to %s, want %s to %s", c.name, e.Way, e.To, c.way, c.to)
		}
		o.url = fmt.Sprintf("https://127.0.0.1:%d", secure) // for whoever looks at the call from here
		r.talkWith(o, fmt.Sprintf("+7916222%04d", i))
	}
}
