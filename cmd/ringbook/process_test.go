package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// asProgram in the environment makes the test binary the program itself, so that tests can kill it.
const asProgram = "RINGBOOK_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
		stop()
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// process is the program with a command of its own.
type process struct {
	cmd  *exec.Cmd
	over chan struct{}
	err  error
}

// variables are a configuration as the environment of a process.
func variables(c Config) []string {
	list := append(os.Environ(), asProgram+"=1")
	for _, v := range variablesOf(c) {
		if v.value != "" {
			list = append(list, v.name+"="+v.value)
		}
	}
	return list
}

// spawn starts the program; it ends with the test.
func spawn(t testing.TB, c Config, args ...string) *process {
	t.Helper()
	return spawnProgram(t, os.Args[0], c, args...)
}

// spawnProgram starts another build of the program.
func spawnProgram(t testing.TB, program string, c Config, args ...string) *process {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = variables(c)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out := &lines{t: t}
	cmd.Stdout, cmd.Stderr = out, out
	p := &process{cmd: cmd, over: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // Pdeathsig belongs to the thread that started the child, which must live as long
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
		}
		close(p.over)
	}()
	if err := <-started; err != nil {
		t.Fatalf("start %v: %v", args, err)
	}
	t.Cleanup(func() { p.Kill(); out.close() })
	return p
}

// Kill ends it as a power cut does.
func (p *process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.over
}

// Stop ends it as a service manager does, and gives its complaint.
func (p *process) Stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.over:
		return p.err
	case <-time.After(15 * time.Second):
		p.Kill()
		return errors.New("it did not stop within 15 s")
	}
}

// lines gives what a process says to the test's log, until the test is over.
type lines struct {
	mu   sync.Mutex
	t    testing.TB
	over bool
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.over {
		l.t.Log(strings.TrimSpace(string(b)))
	}
	return len(b), nil
}

func (l *lines) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
}
