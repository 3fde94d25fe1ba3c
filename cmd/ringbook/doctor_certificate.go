package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/caddyserver/certmagic"
)

const (
	remedyPair = "Set RINGBOOK_TLS_CERT and RINGBOOK_TLS_KEY to a certificate (PEM) and its key"
	remedyACME = "Let the name lead to this machine in DNS and open ports 80 and 443 to everybody; it is tried again by itself"
)

// certificate must fit its key, be in force and name the host that people open, be it a file or an authority's.
func (d doctor) certificate(ctx context.Context) (string, error) {
	if d.ListenTLS == "" {
		return "no HTTPS is asked for; microphones work on this machine only", nil
	}
	var seen []string
	if d.TLSCert != "" || len(d.TLSDomain) == 0 {
		text, err := d.filedCertificate(ctx)
		if err != nil {
			return "", err
		}
		seen = append(seen, text)
	}
	for _, name := range d.TLSDomain {
		text, err := d.fetchedCertificate(ctx, name)
		if err != nil {
			return "", err
		}
		seen = append(seen, text)
	}
	return strings.Join(seen, ", "), nil
}

// filedCertificate looks at the pair of files, and whether the running server shows it.
func (d doctor) filedCertificate(ctx context.Context) (string, error) {
	stays := ""
	if d.away == nil && d.self.Certificates != "" {
		stays = " (the running server shows the earlier one)"
	}
	pair, err := tls.LoadX509KeyPair(d.TLSCert, d.TLSKey)
	if err != nil {
		return "", broken(remedyPair, "the certificate cannot be read%s: %v", stays, err)
	}
	if err := inForce(pair.Leaf, "Renew the certificate"); err != nil {
		return "", err
	}
	if err := d.namesPublic(pair.Leaf); err != nil {
		return "", err
	}
	if d.away == nil {
		shown, err := d.shown(ctx, "")
		if err != nil {
			return "", broken("See the server's log", "the running server shows no certificate: %v", err)
		}
		if len(d.TLSDomain) == 0 && !shown.Equal(pair.Leaf) {
			return "", broken("Send the server the signal HUP (systemctl reload ringbook) and see its log", "the running server shows another certificate than the file holds: %s", d.self.Certificates)
		}
	}
	return "in force until " + pair.Leaf.NotAfter.Format(time.DateOnly), nil
}

// fetchedCertificate looks at what the running server shows for a name, else at what was kept.
func (d doctor) fetchedCertificate(ctx context.Context, name string) (string, error) {
	var leaf *x509.Certificate
	var err error
	if d.away == nil {
		leaf, err = d.shown(ctx, name)
		if err == nil && leaf.VerifyHostname(name) != nil {
			leaf = nil // the pair stands in for it
		}
	} else {
		leaf, err = d.kept(name)
		if os.IsNotExist(err) {
			return name + ": fetched when Ringbook starts", nil
		}
	}
	if err != nil || leaf == nil {
		why := d.self.Certificates
		if why == "" && err != nil {
			why = err.Error()
		}
		return "", broken(remedyACME, "there is no certificate for %s: %s", name, why)
	}
	if err := inForce(leaf, remedyACME); err != nil {
		return "", err
	}
	if d.self.Certificates != "" {
		return "", broken(remedyACME, "%s is in force until %s, but %s", name, leaf.NotAfter.Format(time.DateOnly), d.self.Certificates)
	}
	return name + " in force until " + leaf.NotAfter.Format(time.DateOnly), nil
}

func inForce(leaf *x509.Certificate, remedy string) error {
	if now := time.Now(); now.After(leaf.NotAfter) || now.Before(leaf.NotBefore) {
		return broken(remedy, "the certificate is in force from %s to %s", leaf.NotBefore.Format(time.DateOnly), leaf.NotAfter.Format(time.DateOnly))
	}
	return nil
}

// namesPublic says whether a certificate names the host that people open; a name of the authority's needs no other.
func (d doctor) namesPublic(leaf *x509.Certificate) error {
	u, err := url.Parse(d.PublicURL)
	if err != nil || u.Hostname() == "" {
		return nil
	}
	for _, name := range d.TLSDomain {
		if strings.EqualFold(name, u.Hostname()) {
			return nil
		}
	}
	if err := leaf.VerifyHostname(u.Hostname()); err != nil {
		return broken("Take a certificate for the host of RINGBOOK_PUBLIC_URL", "%v", err)
	}
	return nil
}

// shown is the certificate that the running server shows for a name.
func (d doctor) shown(ctx context.Context, name string) (*x509.Certificate, error) {
	host, port, err := net.SplitHostPort(d.ListenTLS)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	dialer := tls.Dialer{Config: &tls.Config{ServerName: name, InsecureSkipVerify: true}} //nolint:gosec // it is looked at, not trusted
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	return conn.(*tls.Conn).ConnectionState().PeerCertificates[0], nil
}

// kept is the certificate of a name that an earlier run fetched.
func (d doctor) kept(name string) (*x509.Certificate, error) {
	key := certmagic.StorageKeys.SiteCert((&certmagic.ACMEIssuer{CA: d.TLSACME}).IssuerKey(), name)
	text, err := os.ReadFile(filepath.Join(d.certificatesFolder(), filepath.FromSlash(key)))
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, os.ErrInvalid
	}
	return x509.ParseCertificate(block.Bytes)
}
