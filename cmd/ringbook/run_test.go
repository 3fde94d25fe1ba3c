package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// deployment is one deploy/run.
type deployment struct {
	t         *testing.T
	dir       string
	base, sip int
	cmd       *exec.Cmd
	over      chan struct{}

	mu   sync.Mutex
	said []string
}

// deploy/run as people use it: two side by side, a crash, mistakes, Ctrl-C, a second start.
func TestDeployRun(t *testing.T) {
	if os.Getenv("RINGBOOK_TEST_RUN") == "" {
		t.Skip("deploy/test run runs it: it starts whole instances on fixed ports")
	}
	if out, err := exec.Command(filepath.Join(top(t), "deploy", "build")).CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	a := deploy(t, freeBlock(t, 21000), freeBlock(t, 25000))
	a.ready(5 * time.Minute)
	b := deploy(t, freeBlock(t, a.base+20), freeBlock(t, a.sip+10))
	b.ready(time.Minute)

	for _, d := range []*deployment{a, b} {
		out, code := d.program("doctor")
		if self := d.self(); code != 0 || !strings.Contains(out, fmt.Sprintf("our own server, process %d", self.PID)) || self.Data != real(d.dir) {
			t.Errorf("the doctor of %s, exit %d:\n%s", d.dir, code, out)
		}
		if logins, err := os.ReadFile(filepath.Join(d.dir, "logins")); err != nil || strings.Count(string(logins), "@") != 3 {
			t.Errorf("logins: %s, %v", logins, err)
		}
	}

	was := a.self()
	begun := time.Now()
	if err := syscall.Kill(was.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	a.eventually("another process serves", 3*time.Second, func() bool { return a.self().PID != was.PID && a.self().PID != 0 })
	if took := time.Since(begun); took < 500*time.Millisecond {
		t.Errorf("it was back after %s", took)
	}
	a.says("ringbook ended (137), starting again")

	for want, args := range map[string][]string{
		fmt.Sprintf("port in use: %d (web); stop what uses it or choose another --port-base", a.base): {"--data", t.TempDir(), "--port-base", fmt.Sprint(a.base), "--sip-port", fmt.Sprint(freeBlock(t, 27000))},
		fmt.Sprintf("port in use: %d/udp (SIP)", a.sip):                                               {"--data", t.TempDir(), "--port-base", fmt.Sprint(freeBlock(t, 28000)), "--sip-port", fmt.Sprint(a.sip)},
		"another deploy/run uses " + a.dir:                                                            {"--data", a.dir, "--port-base", fmt.Sprint(freeBlock(t, 28000))},
		"missing right: /proc/ringbook cannot be made; choose another folder with --data":             {"--data", "/proc/ringbook"},
		"--port-base and --sip-port take numbers":                                                     {"--port-base", "many"},
		"no option --nonsense":                                                                        {"--nonsense"},
	} {
		out, err := exec.Command(filepath.Join(top(t), "deploy", "run"), args...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), want) || strings.Count(string(out), "\n") != 1 {
			t.Errorf("deploy/run %v: %v, want one line with %q:\n%s", args, err, want, out)
		}
	}

	stopped := time.Now()
	a.interrupt()
	t.Logf("stopped in %s", time.Since(stopped).Round(100*time.Millisecond))
	if left := a.processes(); len(left) > 0 {
		t.Errorf("Ctrl-C left %v", left)
	}
	if b.self().PID == 0 || len(b.processes()) < 4 {
		t.Errorf("Ctrl-C of one stopped the other: %v", b.processes())
	}
	again := time.Now()
	a.start()
	a.ready(15 * time.Second)
	t.Logf("the second start took %s", time.Since(again).Round(100*time.Millisecond))
	for _, d := range []*deployment{a, b} {
		d.interrupt()
		if left := d.processes(); len(left) > 0 {
			t.Errorf("Ctrl-C left %v", left)
		}
	}
}

// freeBlock finds ten ports in a row that are free for TCP and UDP.
func freeBlock(t *testing.T, from int) int {
	t.Helper()
next:
	for base := from; base < from+2000; base += 10 {
		for p := base; p < base+10; p++ {
			l, err := net.Listen("tcp", fmt.Sprintf(":%d", p))
			if err != nil {
				continue next
			}
			_ = l.Close()
			u, err := net.ListenPacket("udp", fmt.Sprintf(":%d", p))
			if err != nil {
				continue next
			}
			_ = u.Close()
		}
		return base
	}
	t.Fatal("no ten free ports")
	return 0
}

func deploy(t *testing.T, base, sip int) *deployment {
	t.Helper()
	dir, err := os.MkdirTemp("", "ringbook-run-")
	if err != nil {
		t.Fatal(err)
	}
	d := &deployment{t: t, dir: dir, base: base, sip: sip}
	t.Cleanup(func() {
		d.interrupt()
		if !t.Failed() {
			_ = os.RemoveAll(dir)
			return
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		t.Logf("deploy/run in %s said:\n%s", dir, strings.Join(d.said, "\n"))
	})
	d.start()
	return d
}

// start runs it in a process group of its own, as a shell does in a terminal.
func (d *deployment) start() {
	d.t.Helper()
	d.cmd = exec.Command(filepath.Join(top(d.t), "deploy", "run"), "--no-demo", "--data", d.dir, "--port-base", fmt.Sprint(d.base), "--sip-port", fmt.Sprint(d.sip), "--listen", "127.0.0.1")
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	for _, v := range os.Environ() { // a test's variables are not this instance's
		if !strings.HasPrefix(v, "RINGBOOK_") || strings.HasPrefix(v, "RINGBOOK_CACHE=") {
			d.cmd.Env = append(d.cmd.Env, v)
		}
	}
	r, w, err := os.Pipe()
	if err != nil {
		d.t.Fatal(err)
	}
	d.cmd.Stdout, d.cmd.Stderr = w, w
	if err := d.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	_ = w.Close()
	d.said, d.over = nil, make(chan struct{})
	go func() {
		for in := bufio.NewScanner(r); in.Scan(); {
			d.mu.Lock()
			d.said = append(d.said, in.Text())
			d.mu.Unlock()
		}
	}()
	go func() { _ = d.cmd.Wait(); close(d.over) }()
}

func (d *deployment) heard(text string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, line := range d.said {
		if strings.Contains(line, text) {
			return true
		}
	}
	return false
}

func (d *deployment) says(text string) {
	d.t.Helper()
	d.eventually("it says: "+text, 2*time.Second, func() bool { return d.heard(text) })
}

func (d *deployment) ready(within time.Duration) {
	d.t.Helper()
	d.eventually("it is ready", within, func() bool {
		select {
		case <-d.over:
			d.t.Fatal("deploy/run has ended")
		default:
		}
		return d.heard("ready after")
	})
	res, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/readyz", d.base))
	if err != nil {
		d.t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		d.t.Errorf("/readyz says %s", res.Status)
	}
}

func (d *deployment) eventually(what string, within time.Duration, ok func() bool) {
	d.t.Helper()
	for end := time.Now().Add(within); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			d.t.Fatalf("not within %s: %s", within, what)
		}
	}
}

// self is what the server of this instance says of itself; zero when there is none.
func (d *deployment) self() instance {
	i, err := Config{Data: d.dir, LocalListen: fmt.Sprintf("127.0.0.1:%d", d.base+2)}.running(context.Background())
	if err != nil {
		return instance{}
	}
	return i
}

// program runs bin/ringbook with the variables of DATA/env.
func (d *deployment) program(args ...string) (string, int) {
	d.t.Helper()
	cmd := exec.Command("bash", append([]string{"-c", `set -a; . "$1"; set +a; shift; exec "$@"`, "bash", filepath.Join(d.dir, "env"),
		filepath.Join(top(d.t), "bin", "ringbook")}, args...)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	out, _ := cmd.CombinedOutput()
	return string(out), cmd.ProcessState.ExitCode()
}

// interrupt is Ctrl-C: the terminal sends it to the whole group.
func (d *deployment) interrupt() {
	_ = syscall.Kill(-d.cmd.Process.Pid, syscall.SIGINT)
	select {
	case <-d.over:
	case <-time.After(20 * time.Second):
		d.t.Errorf("deploy/run in %s does not stop", d.dir)
		_ = syscall.Kill(-d.cmd.Process.Pid, syscall.SIGKILL)
	}
}

// processes are those that work in this instance's folder.
func (d *deployment) processes() (list []string) {
	all, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range all {
		line, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
		env, _ := os.ReadFile(filepath.Join(dir, "environ"))
		if bytes.Contains(line, []byte(d.dir)) || bytes.Contains(env, []byte("RINGBOOK_DATA="+d.dir+"\x00")) {
			list = append(list, filepath.Base(dir)+" "+string(bytes.ReplaceAll(line[:min(len(line), 120)], []byte{0}, []byte{' '})))
		}
	}
	return list
}
