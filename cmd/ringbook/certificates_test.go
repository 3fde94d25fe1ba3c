package main

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ringbook/crm/postgres/postgrestest"
	"ringbook/softphone/headless"
	"ringbook/telephony/asterisktest"
)

// secured is a server with HTTPS alone: no Asterisk.
func secured(t *testing.T, change func(c *Config)) *rig {
	t.Helper()
	c := store()
	c.Data, c.DatabaseURL = t.TempDir(), postgrestest.URL(t)
	c.Listen, c.ListenTLS = fmt.Sprintf("127.0.0.1:%d", asterisktest.FreeTCP()), fmt.Sprintf("127.0.0.1:%d", asterisktest.FreeTCP())
	c.LocalListen, c.ARIURL = fmt.Sprintf("127.0.0.1:%d", asterisktest.FreeTCP()), "http://127.0.0.1:1/ari"
	c.RTPListen, c.MediaListen = fmt.Sprintf("127.0.0.1:%d", asterisktest.FreeUDP(t)), fmt.Sprintf("127.0.0.1:%d", asterisktest.FreeUDP(t))
	change(&c)
	r := &rig{t: t, apart: true, program: os.Args[0], url: "https://localhost" + strings.TrimPrefix(c.ListenTLS, "127.0.0.1"),
		env: &environment{Config: c, log: slog.New(slog.NewTextHandler(t.Output(), nil)), stdout: t.Output(), stderr: t.Output()}}
	r.prepare()
	r.startApart()
	t.Cleanup(func() { r.stop() })
	return r
}

// shown is the certificate that a new connection sees, nil while there is none.
func (r *rig) shown() *x509.Certificate {
	conn, err := tls.DialWithDialer(&net.Dialer{Timeout: 5 * time.Second}, "tcp", r.env.ListenTLS, &tls.Config{ServerName: "localhost", InsecureSkipVerify: true})
	if err != nil {
		return nil
	}
	defer func() { _ = conn.Close() }()
	return conn.ConnectionState().PeerCertificates[0]
}

// hangUpSignal has the server look at its certificates now.
func (r *rig) hangUpSignal() { _ = r.process.cmd.Process.Signal(syscall.SIGHUP) }

// expiry is what the metrics say of the certificate's end.
func (r *rig) expiry() string {
	res, err := http.Get("http://" + r.env.LocalListen + "/metrics")
	if err != nil {
		return err.Error()
	}
	defer func() { _ = res.Body.Close() }()
	text, _ := io.ReadAll(res.Body)
	_, after, _ := strings.Cut(string(text), "\nringbook_certificate_expiry_timestamp_seconds ")
	line, _, _ := strings.Cut(after, "\n")
	return line
}

// listener is a page with an open socket and no phone; stillThere says whether it is the same socket as at the beginning.
func (r *rig) listener() (stillThere func() bool) {
	r.t.Helper()
	w := r.operator("operator", headless.Options{Silent: true, Insecure: true})
	return func() bool {
		before := w.times("ready")
		if err := w.Send("resync", nil); err != nil {
			return false
		}
		r.eventually("the socket answers", 5*time.Second, func() bool { return w.times("ready") > before })
		return w.times("lost") == 0
	}
}

// A pair of files is replaced while a page's socket is open: the socket stays, new connections see the new one. A broken pair
// leaves the earlier one in force, and it is said.
func TestANewCertificateIsTakenWithoutARestart(t *testing.T) {
	t.Parallel()
	firstCert, firstKey := certificateFor(t)
	secondCert, secondKey := certificateFor(t)
	r := secured(t, func(c *Config) { c.TLSCert, c.TLSKey = firstCert, firstKey })
	r.eventually("the first one is shown", 15*time.Second, func() bool { return r.shown() != nil })
	stillThere := r.listener()
	first := r.shown()
	change := func(to, from string) {
		t.Helper()
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to+".new", text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(to+".new", to); err != nil {
			t.Fatal(err)
		}
	}
	change(firstCert, secondCert) // without its key: broken
	r.eventually("the broken pair is named", 10*time.Second, func() bool { return strings.Contains(r.readyz(), "the earlier one stays in force") })
	if now := r.shown(); now == nil || !now.Equal(first) {
		t.Error("the broken pair has taken the place of the first one")
	}
	if line := r.doctorsLine("certificate"); !strings.HasPrefix(line, "FAULT") || !strings.Contains(line, "the running server shows the earlier one") || !strings.Contains(line, "private key does not match") {
		t.Errorf("the doctor: %s", line)
	}
	change(firstKey, secondKey)
	r.eventually("the second one is shown without a signal", 10*time.Second, func() bool { now := r.shown(); return now != nil && !now.Equal(first) })
	second := r.shown()
	if line := r.doctorsLine("certificate"); !strings.HasPrefix(line, "ok") || strings.Contains(r.readyz(), "the earlier one") {
		t.Errorf("the doctor: %s\nreadyz: %s", line, r.readyz())
	}
	thirdCert, thirdKey := certificateFor(t)
	change(firstKey, thirdKey)
	change(firstCert, thirdCert)
	r.hangUpSignal()
	r.eventually("the third one is shown", 10*time.Second, func() bool { now := r.shown(); return now != nil && !now.Equal(first) && !now.Equal(second) })
	if !stillThere() {
		t.Error("the page has lost its socket")
	}
}

func (r *rig) readyz() string {
	res, err := http.Get("http://" + r.env.Listen + "/readyz")
	if err != nil {
		return err.Error()
	}
	defer func() { _ = res.Body.Close() }()
	text, _ := io.ReadAll(res.Body)
	return string(text)
}

func (r *rig) doctorsLine(part string) string {
	r.t.Helper()
	out, _ := command(r.t, r.env.Config, "doctor")
	for line := range strings.Lines(out) {
		if strings.Contains(line, " "+part+": ") {
			return strings.TrimSpace(line)
		}
	}
	return "no line of " + part + " in " + out
}

// authority is a real ACME server: Let's Encrypt's own test one.
type authority struct {
	t                    *testing.T
	directory, ca, roots string
}

// newAuthority starts one that comes to see proofs at those ports; port 1 answers nobody.
func newAuthority(t *testing.T, portHTTP, portTLS, validSeconds int) *authority {
	t.Helper()
	return newAuthorityBy(t, exec.Command, portHTTP, portTLS, validSeconds)
}

// newAuthorityBy starts one by a command of another machine.
func newAuthorityBy(t *testing.T, command func(name string, args ...string) *exec.Cmd, portHTTP, portTLS, validSeconds int) *authority {
	t.Helper()
	program := os.Getenv("RINGBOOK_TEST_PEBBLE")
	if program == "" {
		t.Fatal("RINGBOOK_TEST_PEBBLE must name pebble, the ACME server: deploy/test installs it")
	}
	cert, key := certificateFor(t)
	listen, manage := fmt.Sprintf("127.0.0.1:%d", asterisktest.FreeTCP()), fmt.Sprintf("127.0.0.1:%d", asterisktest.FreeTCP())
	settings, err := json.Marshal(map[string]any{"pebble": map[string]any{"listenAddress": listen, "managementListenAddress": manage, "certificate": cert, "privateKey": key,
		"httpPort": portHTTP, "tlsPort": portTLS, "domainBlocklist": []string{"refused.example"}, "retryAfter": map[string]int{"authz": 1, "order": 1},
		"profiles": map[string]any{"default": map[string]any{"description": "short", "validityPeriod": validSeconds}}}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "pebble.json")
	if err := os.WriteFile(path, settings, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := command(program, "-config", path)
	cmd.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0")
	out := &lines{t: t}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatalf("start pebble: %v", err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait(); out.close() })
	_, port, _ := net.SplitHostPort(listen)
	return &authority{t: t, directory: "https://localhost:" + port + "/dir", ca: cert, roots: "https://" + manage + "/roots/0"}
}

// trusts are those who trust the authority.
func (a *authority) trusts() *x509.CertPool {
	a.t.Helper()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	res, err := client.Get(a.roots)
	if err != nil {
		a.t.Fatalf("ask the authority for its root: %v", err)
	}
	defer func() { _ = res.Body.Close() }()
	text, _ := io.ReadAll(res.Body)
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		a.t.Fatalf("the authority's root: %s", text)
	}
	return pool
}

func portOf(addr string) int {
	_, port := listenOf(addr)
	return port
}

// A name's certificate comes from a real authority, proved on the plain port, and is renewed while a page's socket is open.
func TestACertificateIsFetchedByItsNameAndRenewedWithoutARestart(t *testing.T) {
	t.Parallel()
	var a *authority
	r := secured(t, func(c *Config) {
		a = newAuthority(t, portOf(c.Listen), 1, 24)
		c.TLSDomain, c.TLSACME, c.TLSACMECA, c.TLSEmail = []string{"localhost"}, a.directory, a.ca, "admin@ringbook.example"
	})
	trusted := func(leaf *x509.Certificate) bool {
		if leaf == nil {
			return false
		}
		chain := x509.NewCertPool()
		if conn, err := tls.Dial("tcp", r.env.ListenTLS, &tls.Config{ServerName: "localhost", InsecureSkipVerify: true}); err == nil {
			for _, c := range conn.ConnectionState().PeerCertificates[1:] {
				chain.AddCert(c)
			}
			_ = conn.Close()
		}
		_, err := leaf.Verify(x509.VerifyOptions{DNSName: "localhost", Roots: a.trusts(), Intermediates: chain})
		return err == nil
	}
	r.eventually("the certificate has come", 30*time.Second, func() bool { return trusted(r.shown()) })
	first := r.shown()
	stillThere := r.listener()
	if line := r.doctorsLine("certificate"); !strings.HasPrefix(line, "ok     certificate: localhost in force until ") {
		t.Errorf("the doctor: %s", line)
	}
	r.eventually("it is renewed", 40*time.Second, func() bool {
		r.hangUpSignal()
		now := r.shown()
		return now != nil && !now.Equal(first) && trusted(now)
	})
	if !stillThere() {
		t.Error("the page has lost its socket")
	}
	if got := r.expiry(); got == "" || got == fmt.Sprint(float64(first.NotAfter.Unix())) {
		t.Errorf("the metric says that the certificate ends at %q, as the first one", got)
	}
	err := filepath.WalkDir(r.env.certificatesFolder(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() == "locks" { // which come and go
			return cmp.Or(err, error(fs.SkipDir))
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has the rights %s", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// Where the plain port is closed the proof is made on the port of HTTPS itself. A name that the authority refuses is named with its
// reason, and takes nothing from the others. A folder that takes no certificate stops nobody's work, and is told.
func TestANameThatTheAuthorityRefusesIsNamedAndTheOthersAreServed(t *testing.T) {
	t.Parallel()
	r := secured(t, func(c *Config) {
		a := newAuthority(t, 1, portOf(c.ListenTLS), 3600)
		c.TLSDomain, c.TLSACME, c.TLSACMECA = []string{"localhost", "refused.example"}, a.directory, a.ca
		if err := os.WriteFile(c.certificatesFolder(), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	})
	r.eventually("the folder is named", 15*time.Second, func() bool { return strings.Contains(r.readyz(), "certificates cannot be kept: ") })
	if err := os.Remove(r.env.certificatesFolder()); err != nil {
		t.Fatal(err)
	}
	r.eventually("the certificate has come", 30*time.Second, func() bool { return r.shown() != nil })
	r.eventually("the refusal is told", 15*time.Second, func() bool { return strings.Contains(r.readyz(), "no certificate comes for refused.example: ") })
	if line := r.doctorsLine("certificate"); !strings.HasPrefix(line, "FAULT") || !strings.Contains(line, "refused.example") || !strings.Contains(line, "ports 80 and 443") {
		t.Errorf("the doctor: %s", line)
	}
	r.stop()
	c := r.env.Config
	c.TLSDomain = []string{"localhost"}
	if out, _ := command(t, c, "doctor"); !strings.Contains(out, "ok     certificate: localhost in force until ") {
		t.Errorf("the doctor of a server that is stopped: %s", out)
	}
}
