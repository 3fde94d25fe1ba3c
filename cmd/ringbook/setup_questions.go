package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/recording/bucket"
)

// answers to the five questions.
type answers struct {
	address                    string // a host
	company, country, timeZone string
	email, password            string // no password: as it is
	generated                  bool   // the password is ours, and must be shown
	recordings                 string // disk, or an endpoint
	asterisk                   string // own, or an ARI
}

const (
	onDisk      = "disk"
	ownAsterisk = "own"
)

var hostName = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

// interview asks the five questions.
func (s *setup) interview(ctx context.Context) (a answers, err error) {
	company, administrator := s.standing(ctx)
	for _, step := range []func() error{
		func() error {
			u, _ := url.Parse(s.file.get("RINGBOOK_PUBLIC_URL"))
			host, _ := os.Hostname()
			if u != nil && u.Hostname() != "" {
				host = u.Hostname()
			}
			a.address, err = s.ask.answer(question{flag: "address", ask: "1. Name or address that people open", given: s.Address, standing: host, check: checkHost})
			return err
		},
		func() error { return s.askCompany(&a, company) },
		func() error { return s.askAdministrator(&a, administrator) },
		func() error { return s.askRecordings(ctx, &a) },
		func() error { return s.askAsterisk(ctx, &a) },
	} {
		if err := step(); err != nil {
			return a, err
		}
	}
	return a, nil
}

func checkHost(answer string) (string, error) {
	if u, err := url.Parse(answer); err == nil && u.Scheme != "" && u.Hostname() != "" {
		answer = u.Hostname()
	}
	if ip, err := netip.ParseAddr(answer); err == nil {
		if ip.IsUnspecified() {
			return "", fmt.Errorf("%s is no address that people can open", answer)
		}
		return ip.String(), nil
	}
	if len(answer) > 253 || !hostName.MatchString(answer) || strings.Trim(answer, "0123456789.") == "" {
		return "", fmt.Errorf("%q is neither a host name nor an IP address", answer)
	}
	return strings.ToLower(answer), nil
}

func (s *setup) askCompany(a *answers, now access.Company) (err error) {
	a.company, err = s.ask.answer(question{flag: "company", ask: "2. Company's name", given: s.Company, standing: now.Name})
	if err != nil {
		return err
	}
	a.country, err = s.ask.answer(question{flag: "country", ask: "   Country, as RU or DE", given: s.Country, standing: now.Country, check: func(c string) (string, error) {
		if c = strings.ToUpper(c); !crm.KnownCountry(c) {
			return "", fmt.Errorf("%q is no country of two letters (ISO 3166)", c)
		}
		return c, nil
	}})
	if err != nil {
		return err
	}
	standing := cmp.Or(now.TimeZone, localZone())
	a.timeZone, err = s.ask.answer(question{flag: "time-zone", ask: "   Time zone, as Europe/Moscow", given: s.TimeZone, standing: standing, check: func(z string) (string, error) {
		if _, err := time.LoadLocation(z); err != nil || z == "Local" {
			return "", fmt.Errorf("%q is no time zone; they are listed by timedatectl list-timezones", z)
		}
		return z, nil
	}})
	return err
}

// localZone is the machine's, by its name.
func localZone() string {
	if text, err := os.ReadFile("/etc/timezone"); err == nil {
		return strings.TrimSpace(string(text))
	}
	path, _ := filepath.EvalSymlinks("/etc/localtime")
	_, zone, _ := strings.Cut(path, "/zoneinfo/")
	return zone
}

func (s *setup) askAdministrator(a *answers, now string) (err error) {
	a.email, err = s.ask.answer(question{flag: "email", ask: "3. Administrator's e-mail", given: s.Email, standing: now, check: func(e string) (string, error) {
		parsed, err := mail.ParseAddress(e)
		if err != nil || parsed.Address != e {
			return "", fmt.Errorf("%q is no e-mail address", e)
		}
		return strings.ToLower(e), nil
	}})
	if err != nil {
		return err
	}
	known := now == a.email
	ask := "   Password"
	if known {
		ask += " (empty: as it is)"
	}
	a.password, err = s.ask.answer(question{flag: "password", ask: ask, given: s.Password, secret: true, may: known || s.Yes, check: func(p string) (string, error) {
		return p, explainPassword(access.CheckPassword(p, a.email, "Administrator"))
	}})
	if err == nil && a.password == "" && !known {
		a.password, a.generated = strings.ToLower(rand.Text()[:16]), true
	}
	return err
}

func explainPassword(err error) error {
	switch {
	case err == nil:
		return nil
	case strings.Contains(err.Error(), "password_length"):
		return errors.New("a password has at least 10 characters")
	case strings.Contains(err.Error(), "password_personal"):
		return errors.New("the password holds the e-mail or the name")
	}
	return errors.New("the password is one of the common ones")
}

func (s *setup) askRecordings(ctx context.Context, a *answers) (err error) {
	standing := onDisk
	if endpoint := s.file.get("RINGBOOK_S3_ENDPOINT"); endpoint != "" && s.file.get("RINGBOOK_STORE_DIR") == "" {
		standing = endpoint
	}
	given := cmp.Or(s.Recordings, s.given["RINGBOOK_S3_ENDPOINT"])
	a.recordings, err = s.ask.answer(question{flag: "recordings", ask: "4. Recordings: disk, or an S3 endpoint", given: given, standing: standing, check: func(r string) (string, error) {
		if r == onDisk {
			return r, nil
		}
		u, err := url.Parse(r)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return "", fmt.Errorf("%q is neither the word disk nor an address as https://s3.example.com", r)
		}
		return strings.TrimSuffix(r, "/"), nil
	}})
	if err != nil || a.recordings == onDisk {
		return err
	}
	for _, q := range []struct {
		flag, variable, ask, usual string
		secret                     bool
	}{{"s3-bucket", "RINGBOOK_S3_BUCKET", "   Bucket", "ringbook", false}, {"s3-access-key", "RINGBOOK_S3_ACCESS_KEY", "   Access key", "", false},
		{"s3-secret-key", "RINGBOOK_S3_SECRET_KEY", "   Secret key", "", true}} {
		s.given[q.variable], err = s.ask.answer(question{flag: q.flag, ask: q.ask, given: s.given[q.variable], standing: cmp.Or(s.file.get(q.variable), q.usual), secret: q.secret})
		if err != nil {
			return err
		}
	}
	objects, err := bucket.Open(bucket.Config{Endpoint: a.recordings, Bucket: s.given["RINGBOOK_S3_BUCKET"], AccessKey: s.given["RINGBOOK_S3_ACCESS_KEY"],
		SecretKey: s.given["RINGBOOK_S3_SECRET_KEY"], Region: cmp.Or(s.given["RINGBOOK_S3_REGION"], s.file.get("RINGBOOK_S3_REGION"), s.env.S3Region)})
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, examineWithin)
		defer cancel()
		err = objects.EnsureBucket(ctx)
	}
	if err != nil {
		return fmt.Errorf("the S3 at %s does not serve us with this bucket and these keys: %w", a.recordings, err)
	}
	return nil
}

func (s *setup) askAsterisk(ctx context.Context, a *answers) (err error) {
	standing := ownAsterisk
	if ari := s.file.get("RINGBOOK_ARI_URL"); ari != "" && s.file.get("RINGBOOK_TRUNK_FILE") == "" {
		standing = ari
	}
	given := cmp.Or(s.Asterisk, s.given["RINGBOOK_ARI_URL"])
	a.asterisk, err = s.ask.answer(question{flag: "asterisk", ask: "5. Asterisk: own, or the ARI of one that runs", given: given, standing: standing, check: func(r string) (string, error) {
		if r == ownAsterisk {
			return r, s.canHaveAsterisk()
		}
		return strings.TrimSuffix(r, "/"), answersARI(ctx, strings.TrimSuffix(r, "/"))
	}})
	return err
}

// canHaveAsterisk says whether a private Asterisk can be prepared here, or is there.
func (s *setup) canHaveAsterisk() error {
	if _, err := os.Stat(filepath.Join(asteriskCache, "asterisk/usr/sbin/asterisk")); err == nil {
		return nil
	}
	if os.Geteuid() != 0 {
		return errors.New("a private Asterisk is prepared by root: run this with sudo")
	}
	if _, err := exec.LookPath("debootstrap"); err != nil {
		return errors.New("a private Asterisk needs debootstrap: apt install debootstrap")
	}
	return nil
}

// answersARI says whether there is an ARI. It must refuse us: our user comes there by asterisk-config.
func answersARI(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("%q is neither the word own nor an address as http://127.0.0.1:8088/ari", address)
	}
	ctx, cancel := context.WithTimeout(ctx, examineWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/asterisk/info", nil)
	if err != nil {
		return fmt.Errorf("ask Asterisk: %w", err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("no Asterisk answers at %s: enable http.conf and ari.conf there (%w)", address, err)
	}
	_ = res.Body.Close()
	if res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusOK {
		return nil
	}
	return fmt.Errorf("what answers at %s is no ARI (%s): enable ari.conf, and look at the path", address, res.Status)
}
