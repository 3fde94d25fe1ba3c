package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/mholt/acmez/v3"

	"ringbook/crm/api"
)

// lookEvery is how often the files of a certificate are looked at. A signal HUP has everything looked at at once.
const lookEvery = 2 * time.Second

// certificates are what HTTPS shows: the pair of files that is set, and for the names of RINGBOOK_TLS_DOMAIN what an
// authority gives by ACME. New ones are taken without a restart; connections that are open stay.
type certificates struct {
	log  *slog.Logger
	pair *filePair  // nil: none is set
	acme *acmeNames // nil: no name is set
}

// openCertificates reads what is there. A pair that cannot be read is an error at the start, and only then.
func openCertificates(c Config, log *slog.Logger) (*certificates, error) {
	all := &certificates{log: log}
	if c.ListenTLS == "" {
		if len(c.TLSDomain) > 0 {
			return nil, errors.New("a certificate for RINGBOOK_TLS_DOMAIN is of no use without RINGBOOK_LISTEN_TLS, as 0.0.0.0:443")
		}
		return all, nil
	}
	if c.TLSCert != "" || len(c.TLSDomain) == 0 {
		all.pair = &filePair{cert: c.TLSCert, key: c.TLSKey}
		if err := all.pair.read(); err != nil {
			return nil, fmt.Errorf("open HTTPS: %w", err)
		}
	}
	var err error
	if len(c.TLSDomain) > 0 {
		all.acme, err = openACME(c, log)
	}
	return all, err
}

// config is for the listener of HTTPS.
func (c *certificates) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1", acmez.ACMETLS1Protocol}, GetCertificate: c.get}
}

// proof answers on the plain listener what an authority asks to see there.
func (c *certificates) proof(next http.Handler) http.Handler {
	if c.acme == nil {
		return next
	}
	return c.acme.issuer.HTTPChallengeHandler(next)
}

// get chooses by the name that is asked for. A name whose certificate has not come yet is shown the pair: the browser warns, and
// people can go on.
func (c *certificates) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	challenge := slices.Equal(hello.SupportedProtos, []string{acmez.ACMETLS1Protocol})
	if c.acme != nil && (c.pair == nil || challenge || c.acme.has(hello.ServerName)) {
		cert, err := c.acme.config.GetCertificate(hello)
		if err == nil || c.pair == nil || challenge {
			return cert, err
		}
	}
	if c.pair == nil {
		return nil, errors.New("no certificate is set")
	}
	return c.pair.current.Load(), nil
}

// run keeps them in force until the context ends. The listeners must be open: an authority comes to see them.
func (c *certificates) run(ctx context.Context) error {
	now := make(chan os.Signal, 1)
	signal.Notify(now, syscall.SIGHUP)
	defer signal.Stop(now)
	begun := c.acme == nil || c.acme.begin(ctx)
	if c.acme != nil {
		defer c.acme.stop()
	}
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-now:
			if c.acme != nil {
				c.acme.look(ctx)
			}
		case <-tick.C:
		}
		begun = begun || c.acme.begin(ctx)
		if c.pair != nil {
			c.pair.look(c.log)
		}
	}
}

// problems are what is wrong with them now, in words; empty when nothing is.
func (c *certificates) problems() string {
	var all []string
	if c.pair != nil {
		if p := c.pair.problem.Load(); p != nil {
			all = append(all, *p)
		}
	}
	if c.acme != nil {
		all = append(all, c.acme.problems()...)
	}
	return strings.Join(all, "; ")
}

// ends says when the first of those in force ends, if there is one.
func (c *certificates) ends() (first time.Time, ok bool) {
	take := func(end time.Time) {
		if !ok || end.Before(first) {
			first, ok = end, true
		}
	}
	if c.pair != nil {
		take(c.pair.current.Load().Leaf.NotAfter)
	}
	if c.acme != nil {
		for _, end := range c.acme.ends() {
			take(end)
		}
	}
	return first, ok
}

// check is for /readyz: without HTTPS nobody on another machine has a microphone, but those who work go on.
func (c *certificates) check(context.Context) (string, error) {
	if problems := c.problems(); problems != "" {
		return "", api.Warning(problems)
	}
	end, ok := c.ends()
	if !ok {
		return "", api.Warning("the first certificate has not come yet")
	}
	return "in force until " + end.Format(time.DateOnly), nil
}

// filePair is a certificate and its key as files, which somebody else renews.
type filePair struct {
	cert, key string
	current   atomic.Pointer[tls.Certificate]
	problem   atomic.Pointer[string] // why what the files hold now is not taken
	seen      string
}

// state is what tells that a file was written or put in another's place.
func (p *filePair) state() string {
	var all strings.Builder
	for _, name := range []string{p.cert, p.key} {
		info, err := os.Stat(name)
		if err != nil {
			fmt.Fprintf(&all, "%v\n", err)
			continue
		}
		inode := uint64(0)
		if s, ok := info.Sys().(*syscall.Stat_t); ok {
			inode = s.Ino
		}
		fmt.Fprintf(&all, "%d %d %d\n", info.ModTime().UnixNano(), info.Size(), inode)
	}
	return all.String()
}

// read takes the pair if it can be shown.
func (p *filePair) read() error {
	p.seen = p.state()
	pair, err := tls.LoadX509KeyPair(p.cert, p.key)
	if err != nil {
		return fmt.Errorf("the certificate %s with the key %s cannot be used: %w", p.cert, p.key, err)
	}
	old := p.current.Load()
	if now := time.Now(); old != nil && now.After(pair.Leaf.NotAfter) && now.Before(old.Leaf.NotAfter) {
		return fmt.Errorf("the certificate %s is over since %s", p.cert, pair.Leaf.NotAfter.Format(time.DateOnly))
	}
	p.current.Store(&pair)
	return nil
}

// look takes a pair that has changed. One that cannot be used leaves the earlier one in force.
func (p *filePair) look(log *slog.Logger) {
	if p.state() == p.seen {
		return
	}
	if err := p.read(); err != nil {
		text := err.Error() + "; the earlier one stays in force until " + p.current.Load().Leaf.NotAfter.Format(time.DateOnly)
		p.problem.Store(&text)
		log.Error("HTTPS: the new certificate is not taken", "err", text)
		return
	}
	p.problem.Store(nil)
	leaf := p.current.Load().Leaf
	log.Info("HTTPS: a new certificate is taken", "names", strings.Join(leaf.DNSNames, ","), "until", leaf.NotAfter.Format(time.RFC3339))
}
