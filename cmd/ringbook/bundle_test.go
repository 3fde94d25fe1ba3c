package main

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ringbook/softphone/headless"
)

// bundled reads a bundle: its files by name.
func bundled(t *testing.T, file string) map[string]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the bundle's mode: %v, %v", info.Mode(), err)
	}
	packed, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for files := tar.NewReader(packed); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(files)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimPrefix(header.Name, "ringbook/")] = string(text)
	}
}

// Secrets and clients are planted wherever the bundle looks; none of them is in it, and what helps is.
func TestABundleTellsMuchAndNoSecretAndNothingOfClients(t *testing.T) {
	t.Parallel()
	r := newRigApart(t)
	w := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond, HangUpAfter: time.Second})
	r.town.Call("+79161234567", ourNumber)
	r.eventually("a talk is over", 15*time.Second, func() bool { return w.times("ended") == 1 })
	r.addTrunk(r.somebody("administrator"), map[string]any{"name": "Provider", "host": "127.0.0.77", "login": "company", "password": "planted;line"})
	r.eventually("Asterisk is told of the trunk", 10*time.Second, func() bool {
		text, err := os.ReadFile(r.env.TrunkFile)
		return err == nil && strings.Contains(string(text), "planted")
	})
	c := r.env.Config
	key, err := os.ReadFile(filepath.Join(c.Data, "secret.key"))
	if err != nil {
		t.Fatalf("the server made no key: %v", err)
	}
	address, err := url.Parse(c.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	address.User = url.UserPassword("ringbook", "planted/database password")
	c.DatabaseURL = address.String()
	c.Trunk = "sip:company:plantedtrunk@provider.example"
	c.TURNSecret, c.TURNPassword = "planted-relay-secret", "planted-relay-password"
	c.SecretKey = "cGxhbnRlZC1rZXktcGxhbnRlZC1rZXktcGxhbnRlZDE="
	planted := []string{strings.TrimSpace(string(key)), "planted/database password", "planted%2Fdatabase%20password", "planted;line", "plantedtrunk", c.SecretKey, c.TURNSecret, c.TURNPassword,
		c.ARIPassword, c.S3SecretKey, c.S3AccessKey, c.TownARIPassword, "planted@client.example", "rb_plantedplantedplantedplanted",
		"79161234567", "89161234567", "+7 916 123-45-67", "8 (916) 123-45-67", "9161234567", "plantedcookie", "Planted Client"}
	log := `time=2026-11-23T10:00:00.000Z level=ERROR msg="x" call=019ab1c2-1234-7123-8123-123456789012 channel=1767323045.99 err="` +
		strings.Join(append(planted[:len(planted)-2:len(planted)-2], "%2B79161234567", c.DatabaseURL, "Cookie: ringbook_session=plantedcookie"), " ; ") + "\"\n"
	if err := os.MkdirAll(filepath.Join(c.Data, "log"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"ringbook.log": log, "store.log": log, "asterisk.log": "Planted Client"} {
		if err := os.WriteFile(filepath.Join(c.Data, "log", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r.number(`with a as (insert into clients (id, name) values ('019ab1c2-0000-7000-8000-000000000001', 'Planted Client') returning 1),
		j as (insert into river_job (kind, args, max_attempts, errors) values ('planted', '{"phone": "+79161234567"}', 5, array['{"error": "Planted Client"}'::jsonb]) returning 1)
		select count(*) from a, j`)

	file := filepath.Join(t.TempDir(), "bundle.tar.gz")
	out, code := command(t, c, "doctor", "--bundle", file)
	if code != 0 {
		t.Errorf("exit %d: %s", code, out)
	}
	files := bundled(t, file)
	for name, text := range files {
		for _, secret := range planted {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
	}
	for name, wants := range map[string][]string{
		"about.txt":         {"ringbook dev", "the running server: dev", "/etc/os-release"},
		"doctor.txt":        {"ok     database:", "ok     asterisk:"},
		"configuration.txt": {"RINGBOOK_DATABASE_URL=postgres://", "# RINGBOOK_ARI_PASSWORD is set", "RINGBOOK_LAW=alaw"},
		"readyz.json":       {`"ready":true`},
		"metrics.txt":       {"ringbook_build_info"},
		"ringbook.log":      {"call=019ab1c2-1234-7123-8123-123456789012", "channel=1767323045.99", "+7916•••4567"},
		"tables.txt":        {"calls", "rows_about"},
		"jobs.txt":          {"upload", "planted"},
		"migrations.txt":    {"40"},
		"database.txt":      {"PostgreSQL"},
		"asterisk.txt":      {"res_ari.so", `"resource": "trunk"`, "22."},
		"disk.txt":          {"data ", "MB free"},
	} {
		for _, want := range wants {
			if !strings.Contains(files[name], want) {
				t.Errorf("%s lacks %q:\n%.1500s", name, want, files[name])
			}
		}
	}
}

// What cannot be asked is said, and the rest is there.
func TestABundleIsWrittenOfAnInstanceThatDoesNotRun(t *testing.T) {
	t.Parallel()
	c := store()
	c.Data, c.DatabaseURL, c.ARIURL, c.ARIApp = t.TempDir(), "postgres://ringbook:plantedaway@127.0.0.1:1/ringbook", "http://127.0.0.1:1/ari", "ringbook"
	freePorts(t, &c)
	c.Law = "alaw"
	file := filepath.Join(t.TempDir(), "bundle.tar.gz")
	if out, code := command(t, c, "doctor", "--bundle", file); code != 1 {
		t.Errorf("exit %d: %s", code, out)
	}
	files := bundled(t, file)
	for name, want := range map[string]string{"about.txt": "no server of this configuration runs", "doctor.txt": "FAULT  database", "tables.txt": "Not all of it: reach the database",
		"asterisk.txt": "Not all of it: ask Asterisk", "ringbook.log": "journalctl", "disk.txt": "MB free"} {
		if !strings.Contains(files[name], want) {
			t.Errorf("%s lacks %q: %.500s", name, want, files[name])
		}
	}
	for name, text := range files {
		if strings.Contains(text, "plantedaway") {
			t.Errorf("%s holds the password", name)
		}
	}
}
