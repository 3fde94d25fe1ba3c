package asterisk_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ringbook/telephony"
)

// scanner is somebody who tries logins and numbers from an address of their own.
type scanner struct {
	t    *testing.T
	conn *net.UDPConn
}

func (s *site) scanner(address string) *scanner {
	s.t.Helper()
	conn, err := net.DialUDP("udp", &net.UDPAddr{IP: net.ParseIP(address)}, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: s.ports.SIP})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close() })
	return &scanner{s.t, conn}
}

// tries sends a request and says whether it was answered with anything at all.
func (c *scanner) tries(method, user string) (status string, answered bool) {
	c.t.Helper()
	own := c.conn.LocalAddr().String()
	request := fmt.Sprintf("%[1]s sip:%[2]s@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP %[3]s;branch=z9hG4bK%[4]d;rport\r\nMax-Forwards: 70\r\nFrom: <sip:%[2]s@127.0.0.1>;tag=%[4]d\r\n"+
		"To: <sip:%[2]s@127.0.0.1>\r\nCall-ID: %[4]d@scan\r\nCSeq: 1 %[1]s\r\nContact: <sip:%[2]s@%[3]s>\r\nUser-Agent: friendly-scanner\r\nContent-Length: 0\r\n\r\n",
		method, user, own, time.Now().UnixNano())
	if _, err := c.conn.Write([]byte(request)); err != nil {
		return "", false // the packet filter refuses it on its way out
	}
	buf := make([]byte, 2000)
	_ = c.conn.SetReadDeadline(time.Now().Add(700 * time.Millisecond))
	n, err := c.conn.Read(buf)
	if err != nil {
		return "", false
	}
	status, _, _ = strings.Cut(string(buf[:n]), "\r\n")
	return status, true
}

// A scanner gets in nowhere, is banned by the jail that we ship, and is then answered with nothing; the trunk goes on.
func TestAScannerIsBannedAndAnsweredWithNothing(t *testing.T) {
	t.Parallel()
	tools := os.Getenv("RINGBOOK_TEST_FAIL2BAN")
	if tools == "" {
		t.Fatal("RINGBOOK_TEST_FAIL2BAN is not set: deploy/test unpacks fail2ban and names it")
	}
	s := newSite(t)
	s.jail(tools)
	c := s.scanner("127.0.0.66")
	for _, try := range [][2]string{{"REGISTER", "100"}, {"INVITE", "00442071234567"}, {"REGISTER", "admin"}, {"OPTIONS", "101"}} {
		if status, _ := c.tries(try[0], try[1]); strings.HasPrefix(status, "SIP/2.0 2") || strings.HasPrefix(status, "SIP/2.0 1") {
			t.Errorf("%s of %s is answered with %q", try[0], try[1], status)
		}
	}
	s.eventually("the scanner is answered with nothing", 30*time.Second, func() bool {
		_, answered := c.tries("REGISTER", "102")
		return !answered
	})
	if calls := s.board.Calls(); len(calls) != 0 {
		t.Errorf("the scanner has calls: %+v", calls)
	}
	s.shift(true, "anna")
	s.town.Call("+79161111111", sales)
	s.only(telephony.StateTalking, 10*time.Second)
}

// jail runs fail2ban with the jail that we ship, on this site's log and its SIP port alone.
func (s *site) jail(tools string) {
	s.t.Helper()
	dir := s.t.TempDir()
	ours := filepath.Join("..", "..", "deploy", "fail2ban")
	shipped, err := os.ReadFile(filepath.Join(ours, "jail.conf"))
	if err != nil {
		s.t.Fatal(err)
	}
	filter, err := os.ReadFile(filepath.Join(ours, "filter.conf"))
	if err != nil {
		s.t.Fatal(err)
	}
	if out, err := exec.Command("cp", "-r", filepath.Join(tools, "etc", "fail2ban"), dir).CombinedOutput(); err != nil {
		s.t.Fatalf("%v: %s", err, out)
	}
	etc, name := filepath.Join(dir, "fail2ban"), fmt.Sprintf("rb%d", s.ports.SIP)
	jail := strings.Replace(string(shipped), "[ringbook]", "["+name+"]", 1) + fmt.Sprintf(
		"logpath = %s\nignoreip = 127.0.0.1 127.0.0.2\nbanaction = iptables-multiport\nprotocol = udp\nport = %d\nbantime.increment = false\n",
		filepath.Join(s.own.Dir, "log", "messages"), s.ports.SIP)
	for path, text := range map[string]string{"jail.d/defaults-debian.conf": "", "fail2ban.local": "[Definition]\ndbfile = None\n", "jail.d/ringbook.conf": withoutTwice(jail),
		"filter.d/ringbook.conf": string(filter)} {
		if err := os.WriteFile(filepath.Join(etc, path), []byte(text), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	run := func(args ...string) *exec.Cmd {
		cmd := exec.Command("python3", append([]string{filepath.Join(tools, "usr", "bin", args[0]), "-c", etc, "-s", filepath.Join(dir, "sock"), "-p", filepath.Join(dir, "pid")}, args[1:]...)...)
		cmd.Env = append(os.Environ(), "PYTHONPATH="+filepath.Join(tools, "usr", "lib", "python3", "dist-packages"))
		return cmd
	}
	server := run("fail2ban-server", "-xf", "--logtarget", filepath.Join(dir, "log"), "start")
	server.Stdout, server.Stderr = s.t.Output(), s.t.Output()
	if err := server.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = run("fail2ban-client", "stop").Run() // it takes its rules out of the packet filter
		stopped := make(chan struct{})
		go func() { _ = server.Wait(); close(stopped) }()
		select {
		case <-stopped:
		case <-ctx.Done():
			_ = server.Process.Kill()
		}
	})
	s.eventually("the jail is watched", 20*time.Second, func() bool { return run("fail2ban-client", "status", name).Run() == nil })
}

// withoutTwice keeps the last of the settings that stand twice: fail2ban takes none of them.
func withoutTwice(jail string) string {
	lines := strings.Split(jail, "\n")
	last := map[string]int{}
	key := func(line string) string { k, _, _ := strings.Cut(line, "="); return strings.TrimSpace(k) }
	for i, line := range lines {
		last[key(line)] = i
	}
	var out []string
	for i, line := range lines {
		if !strings.Contains(line, "=") || last[key(line)] == i {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}
