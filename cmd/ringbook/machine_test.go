package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"ringbook/softphone/headless"
	"ringbook/softphone/testphone"
	"ringbook/telephony/asterisktest"
)

// machine is another computer: a network namespace of its own, with one wire to us.
type machine struct {
	t     *testing.T
	name  string
	ours  string // our address on the wire
	their string
}

// machines counts those of this process.
var machines atomic.Int32

func newMachine(t *testing.T) *machine {
	t.Helper()
	n, nth := os.Getpid()%250, int(machines.Add(1)-1)
	m := &machine{t: t, name: fmt.Sprintf("rb%d%c", os.Getpid(), 'a'+nth), ours: fmt.Sprintf("10.77.%d.%d", n, 4*nth+1), their: fmt.Sprintf("10.77.%d.%d", n, 4*nth+2)}
	wire := m.name + "w"
	t.Cleanup(func() {
		_ = exec.Command("ip", "link", "del", wire).Run()
		_ = exec.Command("ip", "netns", "del", m.name).Run()
	})
	m.ip(
		"netns add "+m.name, "link add "+wire+" type veth peer name eth0 netns "+m.name,
		"addr add "+m.ours+"/30 dev "+wire, "link set "+wire+" up",
		"-n "+m.name+" addr add "+m.their+"/30 dev eth0", "-n "+m.name+" link set eth0 up", "-n "+m.name+" link set lo up")
	return m
}

// ip changes networks, a line each.
func (m *machine) ip(list ...string) {
	m.t.Helper()
	for _, line := range list {
		if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
			m.t.Fatalf("ip %s (the tests need root for it): %v: %s", line, err, out)
		}
	}
}

// command runs there.
func (m *machine) command(name string, args ...string) *exec.Cmd {
	return exec.Command("ip", append([]string{"netns", "exec", m.name, name}, args...)...)
}

// Somebody on another machine logs in by HTTPS and takes a call, and both hear each other.
func TestACallIsTakenOnAnotherMachine(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	certificates := t.TempDir()
	makeCertificates(t, certificates, m.ours)
	ca := filepath.Join(certificates, "ca.crt")
	secure := fmt.Sprintf("%s:%d", m.ours, asterisktest.FreeTCP())
	r := newRigApart(t, func(c *Config) {
		c.ListenTLS, c.TLSCert, c.TLSKey, c.CAFile = secure, filepath.Join(certificates, "host.crt"), filepath.Join(certificates, "host.key"), ca
		c.Listen = strings.Replace(c.Listen, "127.0.0.1", "0.0.0.0", 1)
		c.MediaListen = strings.Replace(c.MediaListen, "127.0.0.1", "0.0.0.0", 1)
		c.MediaAddress = []string{m.ours}
	})
	_, port, _ := strings.Cut(r.env.Listen, ":")
	for url, want := range map[string]string{
		"https://" + secure + "/readyz":                 "200 ",
		"http://" + m.ours + ":" + port + "/calls?x=1":  "308 https://" + secure + "/calls?x=1",
		"http://" + m.ours + ":" + port + "/ca.crt":     "200 ",
		"http://" + m.ours + ":" + port + "/api/v1/me/": "308 https://" + secure + "/api/v1/me/",
	} {
		out, err := m.command("curl", "-sS", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}", "--cacert", ca, url).CombinedOutput()
		if err != nil || string(out) != want {
			t.Errorf("%s: %s (%v), want %s", url, out, err, want)
		}
	}

	o := r.operatorThere(m.command, "https://"+secure)
	r.talkWith(o, "+79161111111")
}

// makeCertificates has a local authority make a certificate for those names.
func makeCertificates(t *testing.T, dir string, names ...string) {
	t.Helper()
	made := exec.Command("bash", append([]string{"-c", `. deploy/lib/common.sh; . deploy/lib/certificates.sh; make_certificates "$@"`, "bash", dir}, names...)...)
	made.Dir = top(t)
	if out, err := made.CombinedOutput(); err != nil {
		t.Fatalf("make certificates: %v: %s", err, out)
	}
}

// operatorThere is a headless operator that runs on another machine.
type operatorThere struct {
	cmd        *exec.Cmd
	url, heard string
	events     func(name string) (headless.Event, bool)
}

// operatorThere logs in by a command of the machine and waits until a call may come.
func (r *rig) operatorThere(command func(name string, args ...string) *exec.Cmd, url string, more ...string) *operatorThere {
	r.t.Helper()
	o := &operatorThere{url: url, heard: filepath.Join(r.t.TempDir(), "heard.wav")}
	o.cmd = command(os.Args[0], append([]string{"demo", "agent", "--url", url, "--user", "operator@ringbook.example", "--password", password,
		"--answer-after", "200ms", "--say", wavFile(r.t, tone(agentTone, 5)) + ".wav", "--hear", o.heard}, more...)...)
	o.cmd.Env = append(variables(Config{}), o.cmd.Env...)
	o.events = watchEvents(r.t, o.cmd)
	r.eventually("the agent is ready", 45*time.Second, func() bool { _, ok := o.events("ready"); return ok })
	return o
}

// talkWith lets a client call and the operator answer, and holds what each of them heard against what the other said. The operator
// goes home after it.
func (r *rig) talkWith(o *operatorThere, from string) {
	r.t.Helper()
	channel := r.town.Call(from, ourNumber)
	r.eventually("they talk", 15*time.Second, func() bool { _, ok := o.events("answered"); return ok })
	time.Sleep(4 * time.Second)
	r.hangUp(channel)
	admin := r.somebodyAt(o.url, "administrator")
	c := r.callOf(admin, from, "the call is kept", 20*time.Second, verified)
	_ = o.cmd.Process.Signal(syscall.SIGTERM)
	_ = o.cmd.Wait()

	client, said := channels(r.t, r.audio(admin, c.Recording.ID))
	if own, other := power(said, agentTone), power(client, agentTone); own < other+20 {
		r.t.Errorf("the agent's tone has %.0f dB in their own channel and %.0f dB in the client's", own, other)
	}
	samples, err := testphone.ReadWAV(o.heard)
	if err != nil {
		r.t.Fatal(err)
	}
	var sum float64
	for _, s := range samples {
		sum += float64(s) * float64(s)
	}
	if rms := math.Sqrt(sum / float64(max(1, len(samples)))); rms < 200 || len(samples) < 2*8000 {
		r.t.Errorf("the agent heard %d samples with an energy of %.0f", len(samples), rms)
	}
}

// watchEvents starts a headless operator and gives the first of each of its events; it ends with the test.
func watchEvents(t *testing.T, cmd *exec.Cmd) func(name string) (headless.Event, bool) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	seen := map[string]headless.Event{}
	over := make(chan struct{})
	go func() {
		defer close(over)
		for in := bufio.NewScanner(out); in.Scan(); {
			var e headless.Event
			if json.Unmarshal(in.Bytes(), &e) == nil {
				mu.Lock()
				if _, known := seen[e.Event]; !known {
					seen[e.Event] = e
				}
				mu.Unlock()
			}
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-over
		if t.Failed() {
			t.Logf("the operator there: %v\n%s", seen, complaint.String())
		}
	})
	return func(name string) (headless.Event, bool) {
		mu.Lock()
		defer mu.Unlock()
		e, ok := seen[name]
		return e, ok
	}
}
