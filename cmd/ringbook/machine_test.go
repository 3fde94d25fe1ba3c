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

func newMachine(t *testing.T) *machine {
	t.Helper()
	n := os.Getpid() % 250
	m := &machine{t: t, name: fmt.Sprintf("rb%d", os.Getpid()), ours: fmt.Sprintf("10.77.%d.1", n), their: fmt.Sprintf("10.77.%d.2", n)}
	wire := m.name + "w"
	t.Cleanup(func() {
		_ = exec.Command("ip", "link", "del", wire).Run()
		_ = exec.Command("ip", "netns", "del", m.name).Run()
	})
	for _, line := range []string{
		"netns add " + m.name, "link add " + wire + " type veth peer name eth0 netns " + m.name,
		"addr add " + m.ours + "/30 dev " + wire, "link set " + wire + " up",
		"-n " + m.name + " addr add " + m.their + "/30 dev eth0", "-n " + m.name + " link set eth0 up", "-n " + m.name + " link set lo up",
	} {
		if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
			t.Fatalf("ip %s (the tests need root for it): %v: %s", line, err, out)
		}
	}
	return m
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
	made := exec.Command("bash", "-c", `. deploy/lib/common.sh; . deploy/lib/certificates.sh; make_certificates "$1" "$2"`, "bash", certificates, m.ours)
	made.Dir = top(t)
	if out, err := made.CombinedOutput(); err != nil {
		t.Fatalf("make certificates: %v: %s", err, out)
	}
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

	heard := filepath.Join(t.TempDir(), "heard.wav")
	agent := m.command(os.Args[0], "demo", "agent", "--url", "https://"+secure, "--user", "operator@ringbook.example", "--password", password,
		"--answer-after", "200ms", "--say", wavFile(t, tone(agentTone, 5))+".wav", "--hear", heard)
	agent.Env = variables(Config{})
	events := watchEvents(t, agent)
	r.eventually("the agent is ready", 15*time.Second, func() bool { return events("ready") })
	channel := r.town.Call("+79161111111", ourNumber)
	r.eventually("they talk", 15*time.Second, func() bool { return events("answered") })
	time.Sleep(4 * time.Second)
	r.hangUp(channel)
	admin := r.somebodyAt("https://"+secure, "administrator")
	c := r.callOf(admin, "+79161111111", "the call is kept", 20*time.Second, verified)
	_ = agent.Process.Signal(syscall.SIGTERM)
	_ = agent.Wait()

	client, said := channels(t, r.audio(admin, c.Recording.ID))
	if own, other := power(said, agentTone), power(client, agentTone); own < other+20 {
		t.Errorf("the agent's tone has %.0f dB in their own channel and %.0f dB in the client's", own, other)
	}
	samples, err := testphone.ReadWAV(heard)
	if err != nil {
		t.Fatal(err)
	}
	var sum float64
	for _, s := range samples {
		sum += float64(s) * float64(s)
	}
	if rms := math.Sqrt(sum / float64(max(1, len(samples)))); rms < 200 || len(samples) < 2*8000 {
		t.Errorf("the agent heard %d samples with an energy of %.0f", len(samples), rms)
	}
}

// watchEvents starts a headless operator and says which events it has printed; it ends with the test.
func watchEvents(t *testing.T, cmd *exec.Cmd) func(name string) bool {
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
	seen := map[string]bool{}
	over := make(chan struct{})
	go func() {
		defer close(over)
		for in := bufio.NewScanner(out); in.Scan(); {
			var e headless.Event
			if json.Unmarshal(in.Bytes(), &e) == nil {
				mu.Lock()
				seen[e.Event] = true
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
	return func(name string) bool {
		mu.Lock()
		defer mu.Unlock()
		return seen[name]
	}
}
