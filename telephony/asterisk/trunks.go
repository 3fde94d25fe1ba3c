package asterisk

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ringbook/telephony"
)

// Trunk is a line to a provider as Asterisk is configured for it (PJSIP's endpoint, aor, auth, registration and identify).
type Trunk struct {
	ID        telephony.TrunkID
	Name      string
	Host      string // the provider's name or address, with a port if it is not the usual one
	Transport string // udp, tcp or tls
	Login     string // digest authentication (RFC 3261 section 22); empty: known by address
	Password  string
	Register  bool     // tell the provider where we are (RFC 3261 section 10)
	Probe     bool     // ask by OPTIONS whether it is there (RFC 3261 section 11): one that is not is not called
	Realm     string   // the provider's, if it must be named; empty takes what it asks with
	Domain    string   // the host part of From; empty takes the provider's
	Proxy     string   // outbound proxy: a host, with a port if need be
	Codecs    []string // alaw, ulaw; none: both
	Sources   []string // addresses and networks that its calls come from; none: the host
	Called    string   // the header that names the called number: To, Diversion, P-Called-Party-ID; empty for the request URI
	Identity  string   // where our number is shown: from or pai (From keeps the login, RFC 3325)
	Secure    bool     // SRTP with keys in the SDP (RFC 4568)
}

// Network is how the outside world reaches an Asterisk that stands behind NAT. The zero value is none.
type Network struct {
	External string   // the public address
	Local    []string // networks that are reached without it, as 192.168.0.0/16
}

// EndpointName is what a trunk of ours is called in Asterisk.
func EndpointName(id telephony.TrunkID) string { return "rb-" + string(id) }

// transports are the names in deploy/asterisk/switchboard/pjsip.conf.
var transports = map[string]string{"udp": "trunk-transport", "tcp": "trunk-tcp", "tls": "trunk-tls"}

// ErrTrunk is a trunk that Asterisk could not be told.
var ErrTrunk = errors.New("trunk cannot be configured")

// Configure writes the trunks and the desk phones in the form of pjsip.conf, for a file that it includes.
func Configure(trunks []Trunk, phones []DeskPhone, network Network) (string, error) {
	var b strings.Builder
	b.WriteString("; Written by Ringbook: a change by hand is lost.\n")
	if network.External != "" {
		for _, name := range []string{"trunk-transport", "trunk-tcp", "trunk-tls", "phone-udp", "phone-tcp"} {
			section(&b, name, "(+)", "external_media_address", network.External, "external_signaling_address", network.External)
			for _, local := range network.Local {
				setting(&b, "local_net", local)
			}
		}
	}
	for _, t := range trunks {
		if err := t.check(); err != nil {
			return "", err
		}
		t.write(&b)
	}
	for _, d := range phones {
		if err := d.check(); err != nil {
			return "", err
		}
		d.write(&b)
	}
	return b.String(), nil
}

func (t Trunk) check() error {
	texts := append([]string{string(t.ID), t.Host, t.Login, t.Password, t.Realm, t.Domain, t.Proxy, t.Called}, t.Codecs...)
	for _, text := range append(texts, t.Sources...) {
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return fmt.Errorf("%w: %s has a control character in a setting", ErrTrunk, t.Name)
		}
	}
	switch {
	case t.ID == "" || strings.Trim(string(t.ID), "0123456789abcdefghijklmnopqrstuvwxyz-") != "":
		return fmt.Errorf("%w: the name %q", ErrTrunk, t.ID)
	case transports[t.Transport] == "":
		return fmt.Errorf("%w: no transport %q", ErrTrunk, t.Transport)
	case t.Host == "" || strings.ContainsAny(t.Host, " \t<>;,@\"") || strings.ContainsAny(t.Proxy, " \t<>;,@\""):
		return fmt.Errorf("%w: %s has no host that can be called", ErrTrunk, t.Name)
	}
	return nil
}

func (t Trunk) write(b *strings.Builder) {
	name, address := EndpointName(t.ID), t.address("")
	fmt.Fprintf(b, "\n; %s\n", strings.Map(printable, t.Name))
	section(b, name, "", "type", "endpoint", "transport", transports[t.Transport], "context", "from-trunk", "disallow", "all",
		"allow", strings.Join(orElse(t.Codecs, "alaw", "ulaw"), ","), "aors", name, "direct_media", "no", "rtp_symmetric", "yes",
		"force_rport", "yes", "rewrite_contact", "yes", "identify_by", "ip", "trust_id_inbound", "yes", "timers", "yes", "dtmf_mode", "rfc4733",
		"rtp_timeout", "300", "rtp_timeout_hold", "1800", "set_var", "RB_TRUNK="+string(t.ID), "from_domain", orElse([]string{t.Domain}, hostOnly(t.Host))[0])
	if t.Called != "" {
		setting(b, "set_var", "RB_CALLED="+t.Called)
	}
	if t.Identity == "pai" {
		setting(b, "send_pai", "yes")
		setting(b, "trust_id_outbound", "yes")
		setting(b, "from_user", t.Login)
	}
	if t.Secure {
		setting(b, "media_encryption", "sdes")
	}
	if t.Proxy != "" {
		setting(b, "outbound_proxy", t.proxy())
	}
	every := "0"
	if t.Probe {
		every = "30"
	}
	if t.Login != "" {
		setting(b, "outbound_auth", name)
		section(b, name, "", "type", "auth", "auth_type", "userpass", "username", t.Login, "password", t.Password)
		if t.Realm != "" {
			setting(b, "realm", t.Realm)
		}
	}
	section(b, name, "", "type", "aor", "contact", address, "qualify_frequency", every, "qualify_timeout", "4")
	if t.Proxy != "" {
		setting(b, "outbound_proxy", t.proxy())
	}
	section(b, name, "", "type", "identify", "endpoint", name, "match", strings.Join(orElse(t.Sources, hostOnly(t.Host)), ","))
	if t.Register {
		t.registration(b, name)
	}
}

// registration keeps at it: a provider that refuses today may have been paid tomorrow.
func (t Trunk) registration(b *strings.Builder, name string) {
	section(b, name, "", "type", "registration", "transport", transports[t.Transport], "outbound_auth", name, "server_uri", t.address(""),
		"client_uri", t.address(t.Login), "contact_user", t.Login, "expiration", "300", "retry_interval", "15",
		"forbidden_retry_interval", "120", "fatal_retry_interval", "120", "max_retries", "1000000", "auth_rejection_permanent", "no",
		"line", "yes", "endpoint", name)
	if t.Proxy != "" {
		setting(b, "outbound_proxy", t.proxy())
	}
}

// address is the provider's SIP URI, with a user if there is one.
func (t Trunk) address(user string) string {
	if user != "" {
		user += "@"
	}
	uri := "sip:" + user + t.Host
	if t.Transport != "udp" {
		uri += ";transport=" + t.Transport
	}
	return uri
}

func (t Trunk) proxy() string {
	uri := "sip:" + t.Proxy + ";lr"
	if t.Transport != "udp" {
		uri += ";transport=" + t.Transport
	}
	return uri
}

func hostOnly(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	return host
}

func orElse(list []string, otherwise ...string) []string {
	if given := slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == "" }); len(given) > 0 {
		return given
	}
	return otherwise
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return ' '
	}
	return r
}

func section(b *strings.Builder, name, mark string, pairs ...string) {
	fmt.Fprintf(b, "[%s]%s\n", name, mark)
	for i := 0; i+1 < len(pairs); i += 2 {
		setting(b, pairs[i], pairs[i+1])
	}
}

// setting writes one line; a semicolon would begin a comment.
func setting(b *strings.Builder, key, value string) {
	fmt.Fprintf(b, "%s = %s\n", key, strings.ReplaceAll(value, ";", `\;`))
}

// writeTrunks puts the text where Asterisk reads it; false when it stands there already.
func writeTrunks(path, text string) (changed bool, err error) {
	if old, err := os.ReadFile(path); err == nil && string(old) == text {
		return false, nil
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".trunks-*")
	if err != nil {
		return false, fmt.Errorf("write the trunks: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Chmod(0o640), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return false, fmt.Errorf("write the trunks: %w", err)
	}
	return true, nil
}
