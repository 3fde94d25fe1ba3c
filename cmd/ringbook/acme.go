package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/caddyserver/certmagic"
	"github.com/mholt/acmez/v3/acme"
	"go.uber.org/zap"
)

// acmeNames are the names whose certificates come from an authority by ACME: fetched at the start, kept in DATA/certificates,
// renewed when a third of their time is left.
type acmeNames struct {
	names  []string
	folder string
	config *certmagic.Config
	cache  *certmagic.Cache
	issuer *certmagic.ACMEIssuer
	log    *slog.Logger

	mu      sync.Mutex
	stopped string            // what stops all of them; empty when nothing does
	failed  map[string]string // the last refusal of a name whose certificate has not come since
}

// certificatesFolder is where certificates and the account at the authority are kept, readable for us alone.
func (c Config) certificatesFolder() string { return filepath.Join(c.Data, "certificates") }

func openACME(c Config, log *slog.Logger) (*acmeNames, error) {
	a := &acmeNames{names: c.TLSDomain, folder: c.certificatesFolder(), log: log, failed: map[string]string{}}
	roots, err := c.acmeRoots()
	if err != nil {
		return nil, err
	}
	quiet := zap.NewNop() // its changes of state come as events
	a.cache = certmagic.NewCache(certmagic.CacheOptions{Logger: quiet,
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return a.config, nil }})
	a.config = certmagic.New(a.cache, certmagic.Config{Storage: &certmagic.FileStorage{Path: a.folder}, Logger: quiet, OnEvent: a.told,
		DefaultServerName: a.names[0], FallbackServerName: a.names[0]})
	host, port := listenOf(c.Listen)
	_, portTLS := listenOf(c.ListenTLS)
	a.issuer = certmagic.NewACMEIssuer(a.config, certmagic.ACMEIssuer{CA: c.TLSACME, Email: c.TLSEmail, Agreed: true, TrustedRoots: roots,
		ListenHost: host, AltHTTPPort: port, AltTLSALPNPort: portTLS, Logger: quiet})
	a.config.Issuers = []certmagic.Issuer{a.issuer}
	return a, nil
}

// acmeRoots are who vouches for the authority's own HTTPS; nil for those of the system.
func (c Config) acmeRoots() (*x509.CertPool, error) {
	if c.TLSACMECA == "" {
		return nil, nil
	}
	text, err := os.ReadFile(c.TLSACMECA)
	if err != nil {
		return nil, fmt.Errorf("read RINGBOOK_TLS_ACME_CA: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("read RINGBOOK_TLS_ACME_CA: %s holds no certificate (PEM)", c.TLSACMECA)
	}
	return roots, nil
}

// listenOf takes an address to listen on apart; all addresses of the machine are an empty host.
func listenOf(addr string) (host string, port int) {
	host, text, _ := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = ""
	}
	port, _ = strconv.Atoi(text)
	return host, port
}

// has says whether a name is one of those; names of a wildcard cannot be fetched this way.
func (a *acmeNames) has(name string) bool {
	return slices.ContainsFunc(a.names, func(n string) bool { return strings.EqualFold(n, name) })
}

// begin fetches what is missing and renews, from now on and in the background. A folder that takes nothing is told, and is no reason
// to serve nobody; false means that it must be begun again.
func (a *acmeNames) begin(ctx context.Context) bool {
	err := a.keeps()
	if err == nil {
		a.tell("")
		err = a.config.ManageAsync(ctx, a.names)
	}
	if err == nil || ctx.Err() != nil {
		return true
	}
	if a.tell("certificates cannot be kept: " + err.Error()) {
		a.log.Error("HTTPS: certificates cannot be kept; it is tried again", "err", err)
	}
	return false
}

// keeps tries the folder, because certmagic gives a name up for good when it cannot be written.
func (a *acmeNames) keeps() error {
	if err := os.MkdirAll(a.folder, 0o700); err != nil {
		return err
	}
	probe, err := os.CreateTemp(a.folder, ".probe-")
	if err != nil {
		return err
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// tell keeps what stops all of them; true when it is news.
func (a *acmeNames) tell(stopped string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	news := a.stopped != stopped
	a.stopped = stopped
	return news
}

func (a *acmeNames) stop() { a.cache.Stop() }

// look renews at once what is due.
func (a *acmeNames) look(ctx context.Context) {
	if err := a.cache.RenewManagedCertificates(ctx); err != nil {
		a.log.Warn("HTTPS: certificates could not be looked at", "err", err)
	}
}

// told hears from certmagic what becomes of a name.
func (a *acmeNames) told(ctx context.Context, event string, data map[string]any) error {
	name, _ := data["identifier"].(string)
	a.mu.Lock()
	defer a.mu.Unlock()
	switch event {
	case "cert_obtained":
		delete(a.failed, name)
		a.log.Info("HTTPS: a certificate has come", "name", name, "renewed", data["renewal"], "authority", a.issuer.CA)
	case "cert_failed":
		err, _ := data["error"].(error)
		if ctx.Err() != nil || errors.Is(err, context.Canceled) {
			return nil // we are stopping
		}
		a.failed[name] = refused(err)
		a.log.Error("HTTPS: the authority gives no certificate; it is asked again", "name", name, "authority", a.issuer.CA, "err", a.failed[name])
	}
	return nil
}

// refused is the authority's own sentence, where there is one.
func refused(err error) string {
	if problem, ok := errors.AsType[acme.Problem](err); ok {
		return problem.Detail
	}
	if err == nil {
		return "it did not say why"
	}
	return err.Error()
}

func (a *acmeNames) problems() (all []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stopped != "" {
		all = append(all, a.stopped)
	}
	for _, name := range slices.Sorted(maps.Keys(a.failed)) {
		all = append(all, fmt.Sprintf("no certificate comes for %s: %s", name, a.failed[name]))
	}
	return all
}

// ends are those of the certificates that are in force.
func (a *acmeNames) ends() (all []time.Time) {
	for _, name := range a.names {
		var last time.Time // a renewed one stands beside its predecessor for a moment
		for _, cert := range a.cache.AllMatchingCertificates(name) {
			if cert.Leaf != nil && cert.Leaf.NotAfter.After(last) {
				last = cert.Leaf.NotAfter
			}
		}
		if !last.IsZero() {
			all = append(all, last)
		}
	}
	return all
}
