package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// newRigWatched is a whole server with all that its metrics can tell of: HTTPS, and a trunk.
func newRigWatched(t *testing.T) *rig {
	t.Helper()
	r := openRig(t, rigOptions{change: []func(*Config){func(c *Config) {
		c.ListenTLS = "127.0.0.1:0"
		c.TLSCert, c.TLSKey = certificateFor(t)
	}}})
	admin := r.somebody("administrator")
	r.addTrunk(admin, map[string]any{"name": "Full", "host": fmt.Sprintf("127.0.0.3:%d", r.ports.TownSIP)})
	r.addTrunk(admin, map[string]any{"name": "Nobody", "host": "127.0.0.9:9"})
	r.eventually("Asterisk knows the trunks", 20*time.Second, func() bool {
		up := map[string]bool{}
		for _, t := range r.server.trunkFigures() {
			up[t.name] = t.up
		}
		_, known := up["Nobody"]
		return up["Full"] && known && !up["Nobody"]
	})
	return r
}

func TestTheMetricsAreNamedAfterTheConventions(t *testing.T) {
	t.Parallel()
	r := newRigWatched(t)
	problems, err := testutil.GatherAndLint(r.server.registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	served := r.served()
	for _, name := range []string{"ringbook_sessions", "ringbook_spool_files", "ringbook_disk_free_bytes", "ringbook_build_info", "ringbook_offers_total",
		"ringbook_certificate_expiry_timestamp_seconds", "ringbook_missed_calls_open", "ringbook_asterisk_connections_total"} {
		if !served[name] {
			t.Errorf("%s is not served", name)
		}
	}
	r.watchesKnow(served)
}

// served are the names of what /metrics has.
func (r *rig) served() map[string]bool {
	r.t.Helper()
	families, err := r.server.registry.Gather()
	if err != nil {
		r.t.Fatal(err)
	}
	names := map[string]bool{"up": true} // Prometheus makes it
	for _, f := range families {
		names[f.GetName()] = true
	}
	return names
}

var metricName = regexp.MustCompile(`\b(?:ringbook|go|process)_[a-z0-9_]+\b|\bup\b`)

// watchesKnow says that the dashboard and the alerts ask only for what is served, and for most of it.
func (r *rig) watchesKnow(served map[string]bool) {
	r.t.Helper()
	asked := map[string]bool{}
	for _, expr := range slices.Concat(expressions(r.t, "grafana.json"), expressions(r.t, "alerts.yml")) {
		for _, name := range metricName.FindAllString(expr, -1) {
			name = strings.TrimSuffix(name, "_bucket")
			asked[name] = true
			if !served[name] {
				r.t.Errorf("%s is watched and not served: %s", name, expr)
			}
		}
	}
	for name := range served {
		if strings.HasPrefix(name, "ringbook_") && !asked[name] && name != "ringbook_asterisk_unknown_events_total" {
			r.t.Errorf("%s is served and nobody watches it", name)
		}
	}
}

// expressions are the PromQL of a file in deploy/watch.
func expressions(t *testing.T, file string) (all []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(top(t), "deploy", "watch", file))
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(file, ".yml") {
		for line := range strings.Lines(string(text)) {
			if expr, ok := strings.CutPrefix(strings.TrimSpace(line), "expr:"); ok {
				all = append(all, expr)
			}
		}
	} else {
		var dashboard struct {
			Panels []struct {
				Targets []struct{ Expr string }
			}
		}
		if err := json.Unmarshal(text, &dashboard); err != nil {
			t.Fatal(err)
		}
		for _, p := range dashboard.Panels {
			for _, target := range p.Targets {
				all = append(all, target.Expr)
			}
		}
	}
	if len(all) < 10 {
		t.Fatalf("%s has %d expressions", file, len(all))
	}
	return all
}

// promtool is Prometheus' own judge; deploy/test gets it from Debian's package.
func promtool(t *testing.T, args ...string) (string, error) {
	t.Helper()
	name := os.Getenv("RINGBOOK_TEST_PROMTOOL")
	if name == "" {
		name = "promtool"
	}
	cmd := exec.Command(name, args...)
	cmd.Dir = filepath.Join(top(t), "deploy", "watch")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestTheAlertsAreRightAndRingWhenTheyShould(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"check", "rules", "alerts.yml"}, {"test", "rules", "alerts_test.yml"}} {
		if out, err := promtool(t, args...); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	// Each expression of the dashboard is PromQL: promtool reads it as a rule.
	rules := "groups:\n- name: dashboard\n  rules:\n"
	for _, expr := range expressions(t, "grafana.json") {
		quoted, err := json.Marshal(strings.ReplaceAll(expr, "$instance", ".*"))
		if err != nil {
			t.Fatal(err)
		}
		rules += "  - {record: 'panel', expr: " + string(quoted) + "}\n"
	}
	file := filepath.Join(t.TempDir(), "dashboard.yml")
	if err := os.WriteFile(file, []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := promtool(t, "check", "rules", "--lint=none", file); err != nil {
		t.Errorf("the dashboard: %v\n%s", err, out)
	}
}

func TestTheSpoolsAgeIsThatOfWhatNobodyWritesToAnyMore(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Now()
	if w := lookIntoSpool(dir, now); w != (waiting{}) {
		t.Errorf("an empty spool: %+v", w)
	}
	for name, age := range map[string]time.Duration{"live.wav": 0, "old.wav": time.Hour, "old.json": 2 * time.Hour, "unsaved.jsonl": 3 * time.Hour} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, make([]byte, 100), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if w := lookIntoSpool(dir, now); w.files != 2 || w.bytes != 400 || w.oldest.Round(time.Second) != time.Hour {
		t.Errorf("the spool: %+v", w)
	}
}

// certificateFor makes a certificate of its own kind, good for a day.
func certificateFor(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), DNSNames: []string{"localhost"}}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	packed, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: signed}, key: {Type: "PRIVATE KEY", Bytes: packed}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}
