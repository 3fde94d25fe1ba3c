package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ringbook/crm"
	"ringbook/softphone"
)

// Where the package keeps what is not a setting.
const (
	packagedData  = "/var/lib/ringbook"
	asteriskCache = "/var/cache/ringbook"
	// setUp is the file in the folder of data without which the services do not start.
	setUp = "set-up"
	// ownMedia is where browsers' sound comes to beside an Asterisk of our own.
	ownMedia = "0.0.0.0:8088"
)

// prepareDatabase makes a role and a database in this machine's PostgreSQL, or takes the one that was given.
func (s *setup) prepareDatabase(ctx context.Context) error {
	const name = "RINGBOOK_DATABASE_URL"
	switch given := cmp.Or(s.Database, s.given[name]); {
	case given != "" && given != "local":
		s.given[name] = given
		return nil
	case given == "" && s.file.get(name) != "":
		return nil
	}
	if os.Geteuid() != 0 {
		return errors.New("a database in this machine's PostgreSQL is made by root: run this with sudo, or give --database postgres://user:password@host/database")
	}
	if _, err := exec.LookPath("psql"); err != nil {
		return errors.New("there is no PostgreSQL here: apt install postgresql, or give --database postgres://user:password@host/database")
	}
	old, _ := url.Parse(s.file.get(name))
	password := secret()
	if old != nil && old.User != nil {
		if kept, ok := old.User.Password(); ok {
			password = kept
		}
	}
	role := "do $$ begin if not exists (select from pg_roles where rolname = 'ringbook') then create role ringbook login; end if; end $$;\nalter role ringbook password '" + strings.ReplaceAll(password, "'", "''") + "';\n"
	database := "select $$create database ringbook owner ringbook encoding 'UTF8' locale 'C.UTF-8' template template0$$ where not exists (select from pg_database where datname = 'ringbook') \\gexec\n"
	port, err := asPostgres(ctx, role+database+"show port;\n")
	if err != nil {
		return err
	}
	s.given[name] = "postgres://" + url.UserPassword("ringbook", password).String() + "@127.0.0.1:" + port + "/ringbook?sslmode=disable"
	return nil
}

// asPostgres runs SQL as PostgreSQL's own user, through the local socket, and gives the last line of the answer.
func asPostgres(ctx context.Context, sql string) (string, error) {
	cmd := exec.CommandContext(ctx, "setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", "postgres")
	cmd.Dir = "/"
	cmd.Stdin = strings.NewReader(sql)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("make the database in this machine's PostgreSQL: %w: %s (does it run? systemctl start postgresql)", err, strings.TrimSpace(said.String()))
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	return lines[len(lines)-1], nil
}

// secret is one that needs no quoting anywhere.
func secret() string {
	b := make([]byte, 24)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

// settle turns the answers into settings and makes the folders, the certificate and Asterisk that they name.
func (s *setup) settle(ctx context.Context, a answers) error {
	f := s.file
	f.standard("RINGBOOK_DATA", cmp.Or(s.given["RINGBOOK_DATA"], packagedData))
	for _, name := range slices.Sorted(maps.Keys(s.given)) {
		f.set(name, s.given[name])
	}
	data := f.get("RINGBOOK_DATA")
	if f.path == packagedSettings && filepath.Clean(data) != packagedData {
		return fmt.Errorf("the services may write in %s only: mount the larger disk there instead of --data %s", packagedData, data)
	}
	key := make([]byte, crm.SealKey)
	_, _ = rand.Read(key)
	if _, err := os.Stat(filepath.Join(data, "secret.key")); err != nil { // what is sealed already needs that one
		f.standard("RINGBOOK_SECRET_KEY", base64.StdEncoding.EncodeToString(key))
	}
	f.standard("RINGBOOK_LISTEN", "0.0.0.0:80")
	f.standard("RINGBOOK_LISTEN_TLS", "0.0.0.0:443")
	if old, _ := url.Parse(f.get("RINGBOOK_PUBLIC_URL")); s.given["RINGBOOK_PUBLIC_URL"] == "" && (old == nil || old.Hostname() != a.address) {
		f.set("RINGBOOK_PUBLIC_URL", publicURL(a.address, f.get("RINGBOOK_LISTEN_TLS")))
	}
	if f.get("RINGBOOK_MEDIA_ADDRESS") == "" {
		if behind := behindAddresses(ctx, a.address); len(behind) > 0 {
			f.set("RINGBOOK_MEDIA_ADDRESS", strings.Join(append([]string{softphone.Own}, behind...), ","))
		}
	}
	f.standard("RINGBOOK_ARI_PASSWORD", secret())
	if err := s.settleRecordings(a, data); err != nil {
		return err
	}
	if err := s.settleAsterisk(ctx, a, data); err != nil {
		return err
	}
	if err := s.makeFolders(data); err != nil {
		return err
	}
	return s.settleCertificate(ctx, a, data)
}

// behindAddresses are the public addresses that people come to by that name or address and that no interface of this machine has: it
// stands behind a router that leads them here (1:1 NAT).
func behindAddresses(ctx context.Context, host string) (list []string) {
	found := []string{host}
	if publicName(host) {
		ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
		defer cancel()
		found, _ = net.DefaultResolver.LookupHost(ctx, host) // a name that nobody knows yet is no reason to stop
	}
	own, _ := net.InterfaceAddrs()
	for _, addr := range found {
		ip, err := netip.ParseAddr(addr)
		if err != nil || !ip.IsGlobalUnicast() || ip.IsPrivate() {
			continue
		}
		if !slices.ContainsFunc(own, func(a net.Addr) bool { return strings.HasPrefix(a.String(), ip.String()+"/") }) {
			list = append(list, ip.String())
		}
	}
	return list
}

func publicURL(host, listenTLS string) string {
	_, port, _ := net.SplitHostPort(listenTLS)
	if port != "" && port != "443" {
		host = net.JoinHostPort(host, port)
	} else if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return "https://" + host
}

func (s *setup) settleRecordings(a answers, data string) error {
	f := s.file
	if a.recordings != onDisk {
		f.set("RINGBOOK_S3_ENDPOINT", a.recordings)
		if f.get("RINGBOOK_STORE_DIR") != "" {
			f.set("RINGBOOK_STORE_DIR", "")
		}
		return nil
	}
	if f.get("RINGBOOK_STORE_DIR") == "" { // the keys of somebody else's S3 are not ours
		f.set("RINGBOOK_STORE_DIR", filepath.Join(data, "objects"))
		f.standard("RINGBOOK_STORE_LISTEN", "127.0.0.1:8084")
		f.set("RINGBOOK_S3_ENDPOINT", "http://"+f.get("RINGBOOK_STORE_LISTEN"))
		f.set("RINGBOOK_S3_BUCKET", "ringbook")
		f.set("RINGBOOK_S3_ACCESS_KEY", secret()[:20])
		f.set("RINGBOOK_S3_SECRET_KEY", secret())
	}
	return nil
}

func (s *setup) settleAsterisk(ctx context.Context, a answers, data string) error {
	f := s.file
	if a.asterisk != ownAsterisk {
		f.set("RINGBOOK_ARI_URL", a.asterisk)
		for _, name := range []string{"RINGBOOK_TRUNK_FILE", "RINGBOOK_ASTERISK_LOG", "RINGBOOK_CDR_FILE", "RINGBOOK_ASTERISK_ROOT"} {
			if _, given := s.given[name]; !given && f.get(name) != "" {
				f.set(name, "")
			}
		}
		near := facing(a.asterisk)
		f.standard("RINGBOOK_LOCAL_LISTEN", net.JoinHostPort(near, "8082"))
		f.standard("RINGBOOK_RTP_LISTEN", net.JoinHostPort(near, "8087"))
		if was := f.get("RINGBOOK_MEDIA_LISTEN"); was == "" || was == ownMedia && s.given["RINGBOOK_MEDIA_LISTEN"] == "" {
			f.set("RINGBOOK_MEDIA_LISTEN", "0.0.0.0:8090") // 8088 is usually that Asterisk's
		}
		return nil
	}
	own := filepath.Join(data, "asterisk")
	f.standard("RINGBOOK_LOCAL_LISTEN", "127.0.0.1:8082")
	f.standard("RINGBOOK_RTP_LISTEN", "127.0.0.1:8087")
	f.standard("RINGBOOK_MEDIA_LISTEN", ownMedia)
	if f.get("RINGBOOK_TRUNK_FILE") == "" {
		f.set("RINGBOOK_ARI_URL", "http://127.0.0.1:8083/ari")
		f.set("RINGBOOK_TRUNK_FILE", filepath.Join(own, "etc/trunks/pjsip.conf"))
		f.set("RINGBOOK_ASTERISK_LOG", filepath.Join(own, "log/messages"))
		f.set("RINGBOOK_CDR_FILE", filepath.Join(own, "log/cdr-csv/Master.csv"))
	}
	f.standard("RINGBOOK_ASTERISK_LANGUAGE", map[bool]string{true: "ru", false: "en"}[slices.Contains([]string{"RU", "BY", "KZ"}, a.country)])
	root, err := s.script(ctx, []string{"RINGBOOK_CACHE=" + asteriskCache}, filepath.Join(s.Share, "asterisk/prepare-root"))
	if err != nil {
		return fmt.Errorf("prepare a private Asterisk: %w", err)
	}
	f.set("RINGBOOK_ASTERISK_ROOT", root)
	return nil
}

// facing is our address on the way to a host: what it can reach us at.
func facing(ari string) string {
	u, err := url.Parse(ari)
	if err != nil {
		return "127.0.0.1"
	}
	conn, err := net.Dial("udp", net.JoinHostPort(u.Hostname(), "9"))
	if err != nil {
		return "127.0.0.1"
	}
	defer func() { _ = conn.Close() }()
	host, _, _ := net.SplitHostPort(conn.LocalAddr().String())
	return host
}

// script runs one of the package's own and gives its last line. What it says meanwhile is shown.
func (s *setup) script(ctx context.Context, environment []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), environment...)
	cmd.Stderr = s.env.stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("run %s: %w", name, err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1], nil
}

func (s *setup) makeFolders(data string) error {
	for _, dir := range []string{"", "spool", "greetings", "objects", "asterisk", "asterisk/etc/trunks", "tls"} {
		dir := filepath.Join(data, dir)
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return fmt.Errorf("make the folders: %w", err)
		}
	}
	return s.giveAway(data)
}

// giveAway makes what is new in the folder belong to the user that Ringbook runs as.
func (s *setup) giveAway(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.Name() == "objects" && path != filepath.Join(dir, "objects") {
			return fs.SkipDir
		}
		return os.Lchown(path, s.uid, s.gid)
	})
	if err != nil {
		return fmt.Errorf("give %s to %s: %w", dir, s.User, err)
	}
	return nil
}

// settleCertificate has a public name's certificate fetched; for any other a local authority makes one.
func (s *setup) settleCertificate(ctx context.Context, a answers, data string) error {
	const domain = "RINGBOOK_TLS_DOMAIN"
	f := s.file
	own := filepath.Join(data, "tls")
	cert, names := f.get("RINGBOOK_TLS_CERT"), f.get(domain)
	_, given := s.given[domain]
	switch {
	case cert != "" && !strings.HasPrefix(cert, own+"/"):
		return nil // a certificate of their own
	case given && names != "":
		return nil
	case publicName(a.address) && (cert == "" || names != "" || slices.Contains(f.changed, "RINGBOOK_PUBLIC_URL")):
		if !slices.Contains(strings.Split(names, ","), a.address) {
			f.set(domain, a.address)
		}
		return nil
	case names != "":
		f.set(domain, "")
	}
	_, err := s.script(ctx, nil, "bash", "-c", `. "$1/lib/certificates.sh" && make_certificates "$2" "$3" && echo made`, "bash", s.Share, own, a.address)
	if err != nil {
		return fmt.Errorf("make a certificate: %w", err)
	}
	f.set("RINGBOOK_TLS_CERT", filepath.Join(own, "host.crt"))
	f.set("RINGBOOK_TLS_KEY", filepath.Join(own, "host.key"))
	f.set("RINGBOOK_CA_FILE", filepath.Join(own, "ca.crt"))
	return s.giveAway(own)
}

// publicName says whether a public authority could know the name (RFC 6761, RFC 6762, RFC 8375).
func publicName(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(host, ".") {
		return false
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	return !slices.Contains([]string{"local", "lan", "internal", "home", "test", "example", "invalid", "localhost", "localdomain", "arpa", "corp"}, last)
}
