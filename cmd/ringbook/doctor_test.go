package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ringbook/crm/postgres/postgrestest"
	"ringbook/telephony/asterisktest"
)

// command runs the program to its end, as a process, and gives what it printed and its exit code.
func command(t *testing.T, c Config, args ...string) (out string, code int) {
	t.Helper()
	return commandOf(t, os.Args[0], c, args...)
}

// commandOf runs a command of another build of the program.
func commandOf(t *testing.T, program string, c Config, args ...string) (out string, code int) {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = variables(c)
	var buf bytes.Buffer
	cmd.Stdout, cmd.Stderr = &buf, &buf
	err := cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatalf("run %v: %v", args, err)
	}
	return buf.String(), cmd.ProcessState.ExitCode()
}

func TestTheDoctorFindsNothingInAHealthyInstance(t *testing.T) {
	t.Parallel()
	certificates := t.TempDir()
	makeCertificates(t, certificates, "127.0.0.1")
	_, relay := relayed(t, "127.0.0.1", "secret", certificates)
	r := newRigApart(t, func(c *Config) {
		c.TURN, c.TURNSecret = []string{fmt.Sprintf("turn:127.0.0.1:%d", relay), fmt.Sprintf("turn:127.0.0.1:%d?transport=tcp", relay)}, "secret"
	})
	out, code := command(t, r.env.Config, "doctor")
	if code != 0 || strings.Contains(out, "FAULT") || strings.Count(out, "ok     ") != 13 {
		t.Errorf("exit %d:\n%s", code, out)
	}
}

// Each part is broken in turn: its line names it and says what to do, the others are well, the exit code is 1.
func TestTheDoctorNamesThePartAndTheRemedy(t *testing.T) {
	t.Parallel()
	r := newRigApart(t)
	for _, c := range []struct {
		name   string
		change func(t *testing.T, c *Config)
		parts  string // that must be at fault, the first of them with what follows
		says   []string
	}{
		{"a wrong ARI password", func(_ *testing.T, c *Config) { c.ARIPassword = "wrong" }, "asterisk modules websocket dialplan trunk", []string{"refuses", "ari.conf"}},
		{"no Asterisk", func(_ *testing.T, c *Config) {
			c.ARIURL = fmt.Sprintf("http://127.0.0.1:%d/ari", asterisktest.FreeTCP())
		}, "asterisk modules websocket dialplan trunk", []string{"does not answer", "Start Asterisk"}},
		{"an old Asterisk", oldAsterisk, "asterisk", []string{"20.7.0 is too old", "22.10.1"}},
		{"an Asterisk that never dialled", func(_ *testing.T, c *Config) { c.ARIApp = "other" }, "websocket", []string{"has not dialled us", "websocket_client.conf"}},
		{"no S3", func(_ *testing.T, c *Config) {
			c.S3Endpoint = fmt.Sprintf("http://127.0.0.1:%d", asterisktest.FreeTCP())
		}, "bucket", []string{"does not serve us", "Start ringbook store"}},
		{"a wrong S3 key", func(_ *testing.T, c *Config) { c.S3SecretKey = "wrong" }, "bucket", []string{"RINGBOOK_S3_SECRET_KEY"}},
		{"no PostgreSQL", func(_ *testing.T, c *Config) {
			c.DatabaseURL = fmt.Sprintf("postgres://ringbook@127.0.0.1:%d/ringbook", asterisktest.FreeTCP())
		}, "database", []string{"does not answer", "Start PostgreSQL"}},
		{"a database that nobody migrated", func(_ *testing.T, c *Config) { c.DatabaseURL = os.Getenv(postgrestest.Variable) }, "database", []string{"missing", "ringbook migrate"}},
		{"a full disk", fullDisk, "spool", []string{"MB left", "Free some space"}},
		{"a folder that is none", func(t *testing.T, c *Config) {
			c.Data = filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(c.Data, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			freePorts(t, c)
		}, "spool", []string{"cannot be made", "RINGBOOK_DATA"}},
		{"a port that is taken", func(t *testing.T, c *Config) {
			taken := c.Listen
			freePorts(t, c)
			c.Listen = taken
		}, "ports", []string{"is taken by somebody else", "RINGBOOK_LISTEN"}},
		{"a UDP port that is taken", func(t *testing.T, c *Config) {
			freePorts(t, c)
			held, err := net.ListenPacket("udp", c.RTPListen)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = held.Close() })
		}, "ports", []string{"(udp) is taken", "RINGBOOK_RTP_LISTEN"}},
		{"a clock that is off", fakedClock, "clock", []string{"PostgreSQL's clock differs", "NTP"}},
		{"an address for sound that is none", func(_ *testing.T, c *Config) { c.MediaAddress = []string{"nowhere"} }, "sound", []string{"no IP address", "RINGBOOK_MEDIA_ADDRESS"}},
		{"a relay that is not there", func(_ *testing.T, c *Config) {
			c.TURN, c.TURNSecret = []string{fmt.Sprintf("turn:127.0.0.1:%d?transport=tcp", asterisktest.FreeTCP())}, "secret"
		}, "relay", []string{"gives no place", "connection refused", "Start the relay"}},
		{"a relay with another secret", func(t *testing.T, c *Config) {
			certificates := t.TempDir()
			makeCertificates(t, certificates, "127.0.0.1")
			_, plain := relayed(t, "127.0.0.1", "secret", certificates)
			c.TURN, c.TURNSecret = []string{fmt.Sprintf("turn:127.0.0.1:%d", plain)}, "another"
		}, "relay", []string{"gives no place", "static-auth-secret"}},
		{"a relay whose certificate nobody trusts", func(t *testing.T, c *Config) {
			certificates := t.TempDir()
			makeCertificates(t, certificates, "127.0.0.1")
			secure, _ := relayed(t, "127.0.0.1", "secret", certificates)
			c.TURN, c.TURNSecret = []string{fmt.Sprintf("turns:127.0.0.1:%d?transport=tcp", secure)}, "secret"
		}, "relay", []string{"gives no place", "certificate that browsers trust"}},
		{"a relay without a secret", func(_ *testing.T, c *Config) { c.TURN = []string{"turn:127.0.0.1"} }, "relay", []string{"needs a secret", "RINGBOOK_TURN_SECRET"}},
		{"a certificate that is not there", func(_ *testing.T, c *Config) { c.ListenTLS, c.TLSCert, c.TLSKey = "127.0.0.1:1", "none", "none" }, "certificate", []string{"cannot be read", "RINGBOOK_TLS_CERT"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := r.env.Config
			c.change(t, &config)
			begun := time.Now()
			out, code := command(t, config, "doctor")
			if took := time.Since(begun); code != 1 || took > 3*examineWithin {
				t.Errorf("exit %d after %s", code, took)
			}
			var faulty []string
			for _, line := range strings.Split(out, "\n") {
				rest, bad := strings.CutPrefix(line, "FAULT  ")
				if !bad {
					continue
				}
				part, text, _ := strings.Cut(rest, ": ")
				faulty = append(faulty, part)
				for _, want := range c.says {
					if len(faulty) == 1 && !strings.Contains(text, want) {
						t.Errorf("the line does not say %q: %s", want, line)
					}
				}
			}
			if got := strings.Join(faulty, " "); got != c.parts {
				t.Errorf("at fault: %s, want %s\n%s", got, c.parts, out)
			}
		})
	}
}

// freePorts makes the configuration that of another instance, which does not run.
func freePorts(t *testing.T, c *Config) {
	c.Listen, c.LocalListen = fmt.Sprintf("127.0.0.1:%d", asterisktest.FreeTCP()), fmt.Sprintf("127.0.0.1:%d", asterisktest.FreeTCP())
	c.RTPListen = fmt.Sprintf("127.0.0.1:%d", asterisktest.FreeUDP(t))
	for range 100 { // the sound's port must be free twice
		c.MediaListen = fmt.Sprintf("127.0.0.1:%d", asterisktest.FreeUDP(t))
		if l, err := net.Listen("tcp", c.MediaListen); err == nil {
			_ = l.Close()
			return
		}
	}
	t.Fatal("no port is free for both UDP and TCP")
}

// oldAsterisk answers as an Asterisk of two years ago; none of that age is to be had here.
func oldAsterisk(t *testing.T, c *Config) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != c.ARIUser || password != c.ARIPassword {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(`{"system":{"version":"20.7.0","entity_id":"00:00:00:00:00:01"},"status":{"startup_time":"2026-01-02T03:04:05.000+0000"}}`))
	}))
	t.Cleanup(srv.Close)
	c.ARIURL = srv.URL + "/ari"
}

// fullDisk is a disk of 16 MB.
func fullDisk(t *testing.T, c *Config) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16m"); err != nil {
		t.Fatalf("mount a disk of 16 MB (the tests need root for it): %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	c.Data = dir
	freePorts(t, c)
}

// fakedClock is a real PostgreSQL, migrated, whose clock is an hour ahead.
func fakedClock(t *testing.T, c *Config) {
	dir, err := os.MkdirTemp("", "ringbook-clock-")
	if err == nil {
		err = os.Chmod(dir, 0o755) // PostgreSQL runs as somebody else
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	port, dir := asterisktest.FreeTCP(), filepath.Join(dir, "postgres")
	cmd := exec.Command("bash", "-c", `. deploy/lib/common.sh; . deploy/lib/postgres.sh; postgres_init "$1"
		mapfile -t command < <(postgres_command "$1" "$2" "$1")
		library=$(find /usr/lib -name libfaketime.so.1 | head -n 1)
		[ -n "$library" ] || { echo "faketime is not installed"; exit 1; }
		for i in "${!command[@]}"; do # only PostgreSQL itself, which is another user
			case ${command[i]} in */postgres) break ;; esac
		done
		command=("${command[@]:0:i}" env "LD_PRELOAD=$library" FAKETIME=+1h FAKETIME_DONT_FAKE_MONOTONIC=1 "${command[@]:i}")
		exec "${command[@]}"`, "bash", dir, fmt.Sprint(port))
	cmd.Dir = top(t)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Signal(syscall.SIGINT); _ = cmd.Wait() })
	c.DatabaseURL = fmt.Sprintf("postgres://ringbook@127.0.0.1:%d/postgres?sslmode=disable", port)
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		said, code := command(t, *c, "migrate")
		if code == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the PostgreSQL with another clock does not serve: %s\n%s", said, out.String())
		}
	}
}
