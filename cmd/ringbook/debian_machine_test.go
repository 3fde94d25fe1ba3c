package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"ringbook/telephony/asterisktest"
)

// debianMachine is a Debian with processes, mounts and a network of its own: first without a service manager, then with systemd.
type debianMachine struct {
	t    *testing.T
	init string // the process that is the machine's first, as seen from here
}

// newDebianMachine brings up a clean Debian of a suite. The packages stand in its /packages, a prepared Asterisk where setup
// would put it.
func newDebianMachine(t *testing.T, root, packages string) *debianMachine {
	t.Helper()
	asterisk, err := asterisktest.Root()
	if err != nil || asterisk == "" {
		t.Fatalf("a prepared Asterisk is needed: %q, %v", asterisk, err)
	}
	cmd := exec.Command("unshare", "--mount", "--pid", "--net", "--ipc", "--uts", "--cgroup", "--fork", "--kill-child", "--propagation", "private",
		filepath.Join(top(t), "cmd/ringbook/testdata/machine.sh"), root, t.TempDir(), packages, asterisk)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	said, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var complaint strings.Builder
	cmd.Stderr = &complaint
	started := make(chan error, 1)
	over := make(chan struct{})
	go func() {
		runtime.LockOSThread() // Pdeathsig belongs to the thread that started the child, which must live as long
		defer runtime.UnlockOSThread()
		defer close(over)
		started <- cmd.Start()
		if cmd.Process != nil {
			_, _ = cmd.Process.Wait()
		}
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-over })
	if line, err := bufio.NewReader(said).ReadString('\n'); err != nil || line != "up\n" {
		<-over
		t.Fatalf("the machine did not come up (%q, %v); the tests need root:\n%s", line, err, complaint.String())
	}
	children, err := exec.Command("pgrep", "-P", strconv.Itoa(cmd.Process.Pid)).Output()
	if err != nil {
		t.Fatalf("look for the machine's first process: %v", err)
	}
	return &debianMachine{t: t, init: strings.Fields(string(children))[0]}
}

// do runs a line of shell in the machine, as root.
func (m *debianMachine) do(line string) (out string, code int) {
	m.t.Helper()
	cmd := exec.Command("nsenter", "-t", m.init, "-a", "-r", "-w", "env", "-i", "HOME=/root", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive",
		"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "bash", "-c", line)
	text, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		m.t.Fatalf("run %q: %v", line, err)
	}
	return strings.TrimSpace(string(text)), cmd.ProcessState.ExitCode()
}

// must run.
func (m *debianMachine) must(line string) string {
	m.t.Helper()
	out, code := m.do(line)
	if code != 0 {
		m.t.Fatalf("%s: exit %d\n%s", line, code, out)
	}
	return out
}

// is holds the output of a line against what it must be.
func (m *debianMachine) is(want, line string) {
	m.t.Helper()
	if out, _ := m.do(line); out != want {
		m.t.Errorf("%s:\n%s\nwant %s", line, out, want)
	}
}

// fetch is curl of this machine in the network of that one.
func (m *debianMachine) fetch(args ...string) string {
	out, _ := exec.Command("nsenter", append([]string{"-t", m.init, "-n", "curl", "-sS", "--max-time", "5"}, args...)...).CombinedOutput()
	return string(out)
}

func (m *debianMachine) eventually(what string, within time.Duration, ok func() bool) {
	m.t.Helper()
	for end := time.Now().Add(within); !ok(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			log, _ := m.do("journalctl --no-pager -n 60 2>/dev/null || cat /run/boot.log")
			m.t.Fatalf("not within %s: %s\n%s", within, what, log)
		}
	}
}

// boot lets systemd take over.
func (m *debianMachine) boot() {
	m.t.Helper()
	m.must("touch /run/boot")
	m.eventually("systemd has started everything", time.Minute, func() bool {
		state, _ := m.do("systemctl is-system-running")
		return state == "running" || state == "degraded"
	})
}

// property of a unit.
func (m *debianMachine) property(unit, name string) string {
	return m.must("systemctl show --value -p " + name + " " + unit)
}

// debianRoot is a clean root of a suite, fetched once and kept beside Asterisk's.
func debianRoot(t *testing.T, suite string) string {
	t.Helper()
	cmd := exec.Command("bash", "-c", `. deploy/lib/common.sh && . deploy/lib/debian_root.sh && debian_root "$@"`, "bash", suite,
		"systemd", "ca-certificates", "openssl", "logrotate", "tzdata", "postgresql", "debootstrap", "nftables", "iproute2")
	cmd.Dir = top(t)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("prepare a clean Debian %s: %v", suite, err)
	}
	return strings.TrimSpace(string(out))
}
