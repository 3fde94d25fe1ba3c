// Package asterisktest runs real Asterisk instances for tests: a switchboard of ours and the town, the outside world, from
// the same root and the same configuration as deploy/run. What is missing fails the test; nothing is skipped.
package asterisktest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Password is the ARI password of every instance.
const Password = "test-secret"

// Instance is one running Asterisk.
type Instance struct {
	t        testing.TB
	Dir      string
	HTTPPort int
	SIPPort  int
	user     string
	command  []string
	env      []string

	mu  sync.Mutex
	cmd *exec.Cmd
}

// Root prepares Asterisk once a process and says where it is; empty means the PATH's.
var Root = sync.OnceValues(func() (string, error) {
	out, err := exec.Command(filepath.Join(deploy(), "asterisk", "prepare-root")).Output()
	if err != nil {
		return "", fmt.Errorf("prepare Asterisk: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
})

// deploy is the folder deploy of this checkout.
func deploy() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "deploy")
}

// Ports are the ports of a pair of instances. They are free when chosen.
type Ports struct{ HTTP, SIP, RTP, TownHTTP, TownSIP, TownRTP, TownTLS, Manager, TLS, Phones int }

// FreePorts chooses ports for a switchboard and its town.
func FreePorts(t testing.TB) Ports {
	return Ports{HTTP: FreeTCP(), SIP: FreeUDP(t), RTP: freeRTP(t), TownHTTP: FreeTCP(), TownSIP: FreeUDP(t), TownRTP: freeRTP(t), TownTLS: FreeTCP(), Manager: FreeTCP(), TLS: FreeTCP(), Phones: FreeUDP(t)}
}

// Ports are handed out below those that the kernel gives to outgoing connections: a server that is restarted finds its own
// free again. Test processes that run side by side begin at different places.
const (
	rtpFrom, rtpTo       = 10000, 20000
	singleFrom, singleTo = 20000, 32000
	rtpBlock             = 500 // Asterisk keeps a call's ports for 5 s after its end: enough for a test of 20 calls a second
)

var next = struct {
	sync.Mutex
	rtp, single int
}{rtp: rtpFrom + (os.Getpid()%20)*rtpBlock, single: singleFrom + (os.Getpid()%60)*200}

// single hands out the next port that free says is free.
func single(free func(address string) error) int {
	next.Lock()
	defer next.Unlock()
	for {
		p := next.single
		if next.single++; next.single == singleTo {
			next.single = singleFrom
		}
		if free("127.0.0.1:"+strconv.Itoa(p)) == nil {
			return p
		}
	}
}

// FreeTCP is a TCP port that is free now and that nobody else of this process is given.
func FreeTCP() int {
	return single(func(address string) error {
		l, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		return l.Close()
	})
}

// FreeUDP is a UDP port that is free now, for TCP as well.
func FreeUDP(testing.TB) int {
	return single(func(address string) error {
		c, err := net.ListenPacket("udp", address)
		if err != nil {
			return err
		}
		defer func() { _ = c.Close() }()
		l, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		return l.Close()
	})
}

// freeRTP hands out the beginning of a block of ports for sound. The first two of the block stay ours for as long as the test
// runs, so that nobody, in this process or another, is given the same block.
func freeRTP(t testing.TB) int {
	t.Helper()
	next.Lock()
	defer next.Unlock()
	for range (rtpTo - rtpFrom) / rtpBlock {
		p := next.rtp
		if next.rtp += rtpBlock; next.rtp >= rtpTo {
			next.rtp = rtpFrom
		}
		c, err := net.ListenPacket("udp", "127.0.0.1:"+strconv.Itoa(p))
		if err == nil {
			t.Cleanup(func() { _ = c.Close() })
			return p + 2
		}
	}
	t.Fatal("no free RTP ports")
	return 0
}

// Switchboard starts an Asterisk of ours that dials the given websocket and takes the town for its trunk.
func Switchboard(t testing.TB, p Ports, websocket string) *Instance {
	t.Cleanup(func() { _ = os.Remove(TrunkFile(p)) })
	return start(t, "switchboard", p.HTTP, p.SIP, "ringbook", switchboardValues(p, websocket)...)
}

func switchboardValues(p Ports, websocket string) []string {
	return []string{"RTP_START=" + strconv.Itoa(p.RTP), "RTP_END=" + strconv.Itoa(p.RTP+rtpBlock-3), "WEBSOCKET=" + websocket,
		"TRUNK=sip:127.0.0.1:" + strconv.Itoa(p.TownSIP), "CA_FILE=" + townCertificate(p), "TRUNK_FILE=" + TrunkFile(p), "TLS_PORT=" + strconv.Itoa(p.TLS), "MANAGER_PORT=" + strconv.Itoa(p.Manager), "PHONE_PORT=" + strconv.Itoa(p.Phones), "FALLBACK=PJSIP/+74950000900@trunk"}
}

// TrunkFile is where a [Switchboard] reads the trunks that are set in Ringbook.
func TrunkFile(p Ports) string {
	return filepath.Join(os.TempDir(), "ringbook-trunks-"+strconv.Itoa(p.SIP)+".conf")
}

// townCertificate is where the town's certificate stands for those who are to trust it.
func townCertificate(p Ports) string {
	return filepath.Join(os.TempDir(), "ringbook-town-"+strconv.Itoa(p.TownTLS)+".crt")
}

// SwitchboardWithClock is a [Switchboard] whose clock can be set: the file holds how far it is off, as "+3600" in seconds.
// Its monotonic clock goes on evenly, as in a machine whose time is set.
func SwitchboardWithClock(t testing.TB, p Ports, websocket, file string) *Instance {
	t.Helper()
	lib, err := filepath.Glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
	if err != nil || len(lib) == 0 {
		t.Fatal("libfaketime is missing: apt-get install faketime")
	}
	return startWith(t, []string{"LD_PRELOAD=" + lib[0], "FAKETIME_TIMESTAMP_FILE=" + file, "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1"},
		"switchboard", p.HTTP, p.SIP, "ringbook", switchboardValues(p, websocket)...)
}

// Town starts the outside world.
func Town(t testing.TB, p Ports) *Instance {
	t.Cleanup(func() { _ = os.Remove(townCertificate(p)) })
	town := start(t, "town", p.TownHTTP, p.TownSIP, "town", "TLS_PORT="+strconv.Itoa(p.TownTLS), "RTP_START="+strconv.Itoa(p.TownRTP), "RTP_END="+strconv.Itoa(p.TownRTP+rtpBlock-3), "OURS=sip:127.0.0.1:"+strconv.Itoa(p.SIP))
	certificate, err := os.ReadFile(filepath.Join(town.Dir, "keys", "asterisk.crt"))
	if err == nil {
		err = os.WriteFile(townCertificate(p), certificate, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	return town
}

// Foreign starts an Asterisk that somebody else has configured: templates is the folder of their files, which may use the
// values of a [Switchboard]. They have an ARI user of their own, by which the instance is looked at.
func Foreign(t testing.TB, p Ports, templates string) *Instance {
	return start(t, templates, p.HTTP, p.SIP, "office", switchboardValues(p, "ws://127.0.0.1:1")...)
}

// Console says a line in the instance's console and gives the answer.
func (i *Instance) Console(line string) string {
	i.t.Helper()
	args := append(slices.Clone(i.command[1:len(i.command)-1]), "-rx", line)
	out, err := exec.Command(i.command[0], args...).CombinedOutput()
	if err != nil {
		i.t.Fatalf("say %q in Asterisk's console: %v\n%s", line, err, out)
	}
	return string(out)
}

func start(t testing.TB, kind string, httpPort, sipPort int, user string, values ...string) *Instance {
	t.Helper()
	return startWith(t, nil, kind, httpPort, sipPort, user, values...)
}

func startWith(t testing.TB, env []string, kind string, httpPort, sipPort int, user string, values ...string) *Instance {
	t.Helper()
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "ringbook-"+filepath.Base(kind)+"-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	i := &Instance{t: t, Dir: dir, HTTPPort: httpPort, SIPPort: sipPort, user: user, env: env}
	args := append([]string{dir, kind, "ROOT=" + root, "HTTP_PORT=" + strconv.Itoa(httpPort), "SIP_PORT=" + strconv.Itoa(sipPort),
		"ARI_USER=" + user, "ARI_PASSWORD=" + Password}, values...)
	out, err := exec.Command(filepath.Join(deploy(), "asterisk", "instance"), args...).Output()
	if err != nil {
		t.Fatalf("configure Asterisk: %v", err)
	}
	i.command = strings.Fields(string(out))
	i.Start()
	t.Cleanup(func() {
		i.Stop()
		if t.Failed() {
			i.showLog()
		}
	})
	return i
}

// Start runs the instance and waits until ARI answers.
func (i *Instance) Start() {
	i.t.Helper()
	cmd := exec.Command(i.command[0], i.command[1:]...)
	cmd.Env = append(os.Environ(), i.env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	runtime.LockOSThread() // Pdeathsig belongs to the thread that started the child
	err := cmd.Start()
	runtime.UnlockOSThread()
	if err != nil {
		i.t.Fatalf("start Asterisk: %v", err)
	}
	i.mu.Lock()
	i.cmd = cmd
	i.mu.Unlock()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if err := i.Get("/asterisk/info", nil); err == nil {
			return
		} else if time.Now().After(end) {
			_ = cmd.Process.Kill()
			_ = cmd.Wait() // what it said is all there
			i.t.Fatalf("Asterisk does not answer: %v\n%s", err, out.String())
		}
	}
}

// Stop ends the instance at once; Start brings it back on the same ports.
func (i *Instance) Stop() {
	i.mu.Lock()
	cmd := i.cmd
	i.cmd = nil
	i.mu.Unlock()
	if cmd == nil {
		return
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

func (i *Instance) showLog() {
	log, err := os.ReadFile(filepath.Join(i.Dir, "log", "messages"))
	if err == nil {
		i.t.Logf("the last of Asterisk's log (%s):\n%s", i.Dir, log[max(0, len(log)-4000):])
	}
}

// URL is the instance's ARI.
func (i *Instance) URL() string { return "http://127.0.0.1:" + strconv.Itoa(i.HTTPPort) + "/ari" }

// CDR is the instance's own record of calls.
func (i *Instance) CDR() string { return filepath.Join(i.Dir, "log", "cdr-csv", "Master.csv") }

// Get asks ARI and decodes the answer.
func (i *Instance) Get(path string, into any) error {
	return i.do(http.MethodGet, path, nil, nil, into)
}

// Post asks ARI to do something.
func (i *Instance) Post(path string, query url.Values, into any) error {
	return i.do(http.MethodPost, path, query, nil, into)
}

// Delete ends something, as a channel.
func (i *Instance) Delete(path string) error { return i.do(http.MethodDelete, path, nil, nil, nil) }

func (i *Instance) do(method, path string, query url.Values, body, into any) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var packed bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&packed).Encode(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, i.URL()+path+"?"+query.Encode(), &packed)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.SetBasicAuth(i.user, Password)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s %s", method, path, res.Status, answer)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer, into)
}

// Call lets somebody in the town call one of our numbers and talk. It returns the town's channel.
func (i *Instance) Call(from, to string) string {
	i.t.Helper()
	return i.originate(from, to, "speaking", nil)
}

// CallSaying is a call of somebody who says a file again and again, named without its ".wav".
func (i *Instance) CallSaying(from, to, file string) string {
	i.t.Helper()
	return i.originate(from, to, "speaking", map[string]string{"SPEECH_FILE": file})
}

// CallHearing is a call of somebody who says nothing; what they hear is written to a file, named without its ".wav".
func (i *Instance) CallHearing(from, to, file string) string {
	i.t.Helper()
	return i.originate(from, to, "hearing", map[string]string{"HEARD_FILE": file})
}

// CallListening is a call of a machine that keeps the first five keys it hears; [Instance.Keys] gives them.
func (i *Instance) CallListening(from, to string) string {
	i.t.Helper()
	return i.originate(from, to, "listening", nil)
}

// Keys are what such a machine has heard, empty until all five have come.
func (i *Instance) Keys() string {
	i.t.Helper()
	var v struct {
		Value string `json:"value"`
	}
	_ = i.do(http.MethodGet, "/asterisk/variable", url.Values{"variable": {"KEYS"}}, nil, &v) // empty until it is set
	return v.Value
}

func (i *Instance) originate(from, to, context string, variables map[string]string) string {
	i.t.Helper()
	var made struct {
		ID string `json:"id"`
	}
	query := url.Values{"endpoint": {"PJSIP/" + to + "@ours"}, "callerId": {from}, "context": {context}, "extension": {"s"}, "priority": {"1"}}
	if err := i.do(http.MethodPost, "/channels", query, map[string]any{"variables": variables}, &made); err != nil {
		i.t.Fatalf("call from the town: %v", err)
	}
	return made.ID
}

// CallRegistered calls a number of ours by way of the provider that wants a password: it calls who has registered there, and
// names the number in P-Called-Party-ID.
func (i *Instance) CallRegistered(from, to string) {
	i.t.Helper()
	query := url.Values{"endpoint": {"Local/" + to + "@asking-out"}, "callerId": {from}, "context": {"speaking"}, "extension": {"s"}, "priority": {"1"}}
	if err := i.do(http.MethodPost, "/channels", query, nil, nil); err != nil {
		i.t.Fatalf("call from the town's provider: %v", err)
	}
}

// Channel is what Asterisk says of a channel.
type Channel struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	State    string `json:"state"`
	Dialplan struct {
		Context string `json:"context"`
		App     string `json:"app_name"`
	} `json:"dialplan"`
	Caller struct {
		Number string `json:"number"`
	} `json:"caller"`
}

// Channels lists every channel.
func (i *Instance) Channels() []Channel {
	i.t.Helper()
	var list []Channel
	if err := i.Get("/channels", &list); err != nil {
		i.t.Fatalf("list channels: %v", err)
	}
	return list
}
