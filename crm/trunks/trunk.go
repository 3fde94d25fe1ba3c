package trunks

import (
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"ringbook/crm"
)

// Trunk is a line to a provider.
type Trunk struct {
	ID          string      `json:"id" db:"id"`
	Name        string      `json:"name" db:"name"`
	Enabled     bool        `json:"enabled" db:"enabled"`
	Endpoint    string      `json:"endpoint" db:"endpoint" doc:"An endpoint of Asterisk's own configuration; then all of the connection is set there"`
	Host        string      `json:"host" db:"host" doc:"The provider's name or address, with a port if it is not the usual one"`
	Transport   string      `json:"transport" db:"transport" enum:"udp,tcp,tls"`
	Secure      bool        `json:"secure" db:"secure" doc:"Encrypted sound, SRTP"`
	Login       string      `json:"login" db:"login" doc:"Empty: the provider knows us by our address"`
	HasPassword bool        `json:"has_password" db:"has_password"`
	Register    bool        `json:"register" db:"register" doc:"Tell the provider where we are"`
	Probe       bool        `json:"probe" db:"probe" doc:"Ask by OPTIONS whether the provider is there; some never answer"`
	Realm       string      `json:"realm" db:"realm"`
	Domain      string      `json:"domain" db:"domain" doc:"The host part of From; empty: the provider's"`
	Proxy       string      `json:"proxy" db:"proxy" doc:"Outbound proxy, a host with a port if need be"`
	Codecs      []string    `json:"codecs" db:"codecs"`
	Sources     []string    `json:"sources" db:"sources" doc:"Addresses and networks that its calls come from; none: the host"`
	Called      string      `json:"called" db:"called" enum:"request_uri,to,diversion,p_called_party_id" doc:"Where it names the called number"`
	Home        string      `json:"home" db:"home" enum:"plus,digits,national,bare" doc:"How it wants numbers of the home country: +7..., 7..., 8..., ten digits"`
	Abroad      string      `json:"abroad" db:"abroad" enum:"plus,digits,prefix" doc:"How it wants numbers of other countries: +49..., 49..., 8-10-49..."`
	Identity    string      `json:"identity" db:"identity" enum:"from,pai" doc:"Where our number is shown: From, or P-Asserted-Identity with the login in From"`
	Prefixes    []string    `json:"prefixes" db:"prefixes" doc:"What it carries; none: everything"`
	Position    int         `json:"position" db:"position" doc:"The lowest is tried first"`
	MaxCalls    int         `json:"max_calls" db:"max_calls" doc:"At a time, both ways; 0: no limit"`
	Shows       []TrunkShow `json:"shows" db:"shows" doc:"Which of our numbers it may show; none: all"`
	Version     int64       `json:"version" db:"version"`
	State       TrunkState  `json:"state" db:"-"`
}

// TrunkShow is a number of ours that a trunk may show, and how if not as it writes numbers.
type TrunkShow struct {
	Number string `json:"number" doc:"ID of the number"`
	As     string `json:"as,omitempty" maxLength:"40"`
}

// TrunkState is how a trunk stands now.
type TrunkState struct {
	Known        bool   `json:"known" doc:"Asterisk has been asked"`
	Registration string `json:"registration,omitempty" enum:"registered,trying,refused,silent" doc:"Of a trunk that registers"`
	Reason       string `json:"reason,omitempty" doc:"SIP status of the last refusal"`
	Reachable    bool   `json:"reachable" doc:"The provider answers"`
	Calls        int    `json:"calls" doc:"Live calls"`
}

// Down says that a call through the trunk would be in vain.
func (s TrunkState) Down() bool {
	return s.Known && (!s.Reachable || s.Registration != "" && s.Registration != "registered")
}

// TrunkChange is a new trunk, or what changes of one; nil stays.
type TrunkChange struct {
	Version   int64        `json:"version,omitempty"`
	Name      *string      `json:"name,omitempty" maxLength:"100"`
	Enabled   *bool        `json:"enabled,omitempty"`
	Endpoint  *string      `json:"endpoint,omitempty" maxLength:"80"`
	Host      *string      `json:"host,omitempty" maxLength:"255"`
	Transport *string      `json:"transport,omitempty" enum:"udp,tcp,tls"`
	Secure    *bool        `json:"secure,omitempty"`
	Login     *string      `json:"login,omitempty" maxLength:"120"`
	Password  *string      `json:"password,omitempty" maxLength:"200" doc:"Never shown again"`
	Register  *bool        `json:"register,omitempty"`
	Probe     *bool        `json:"probe,omitempty"`
	Realm     *string      `json:"realm,omitempty" maxLength:"255"`
	Domain    *string      `json:"domain,omitempty" maxLength:"255"`
	Proxy     *string      `json:"proxy,omitempty" maxLength:"255"`
	Codecs    *[]string    `json:"codecs,omitempty" maxItems:"2"`
	Sources   *[]string    `json:"sources,omitempty" maxItems:"50"`
	Called    *string      `json:"called,omitempty" enum:"request_uri,to,diversion,p_called_party_id"`
	Home      *string      `json:"home,omitempty" enum:"plus,digits,national,bare"`
	Abroad    *string      `json:"abroad,omitempty" enum:"plus,digits,prefix"`
	Identity  *string      `json:"identity,omitempty" enum:"from,pai"`
	Prefixes  *[]string    `json:"prefixes,omitempty" maxItems:"200"`
	Position  *int         `json:"position,omitempty" minimum:"0" maximum:"1000"`
	MaxCalls  *int         `json:"max_calls,omitempty" minimum:"0" maximum:"10000"`
	Shows     *[]TrunkShow `json:"shows,omitempty" maxItems:"500"`
}

// fresh is what a new trunk begins with.
func fresh() Trunk {
	return Trunk{ID: crm.NewID(), Enabled: true, Probe: true, Transport: "udp", Codecs: []string{"alaw", "ulaw"}, Sources: []string{}, Called: "request_uri",
		Home: crm.HomePlus, Abroad: crm.AbroadPlus, Identity: "from", Prefixes: []string{}, Shows: []TrunkShow{}}
}

func (c TrunkChange) apply(t Trunk) (Trunk, error) {
	for to, from := range map[*string]*string{&t.Name: c.Name, &t.Endpoint: c.Endpoint, &t.Host: c.Host, &t.Transport: c.Transport, &t.Login: c.Login,
		&t.Realm: c.Realm, &t.Domain: c.Domain, &t.Proxy: c.Proxy, &t.Called: c.Called, &t.Home: c.Home, &t.Abroad: c.Abroad, &t.Identity: c.Identity} {
		if from != nil {
			*to = strings.TrimSpace(*from)
		}
	}
	set(&t.Enabled, c.Enabled)
	set(&t.Secure, c.Secure)
	set(&t.Register, c.Register)
	set(&t.Probe, c.Probe)
	set(&t.Position, c.Position)
	set(&t.MaxCalls, c.MaxCalls)
	set(&t.Shows, c.Shows)
	list(&t.Codecs, c.Codecs, "")
	list(&t.Sources, c.Sources, "")
	list(&t.Prefixes, c.Prefixes, " -()")
	if c.Password != nil {
		t.HasPassword = *c.Password != ""
	}
	return t, t.check()
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// list takes a list without empty entries and without the characters of drop.
func list(to *[]string, from *[]string, drop string) {
	if from == nil {
		return
	}
	kept := []string{}
	for _, text := range *from {
		text = strings.Map(func(r rune) rune {
			if strings.ContainsRune(drop, r) {
				return -1
			}
			return r
		}, strings.TrimSpace(text))
		if text != "" && !slices.Contains(kept, text) {
			kept = append(kept, text)
		}
	}
	*to = kept
}

var (
	endpointName = regexp.MustCompile(`^[A-Za-z0-9_.-]*$`)
	prefixForm   = regexp.MustCompile(`^(\+[0-9]{1,15}|[0-9]{2,4})$`)
	hostName     = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$`)
)

func (t Trunk) check() error {
	field := func(code, name string) error { return crm.Invalid(code, crm.Params{"field": name}) }
	for name, text := range map[string]string{"name": t.Name, "login": t.Login, "realm": t.Realm, "domain": t.Domain} {
		if strings.ContainsFunc(text, unicode.IsControl) {
			return field("bad_text", name)
		}
	}
	switch {
	case t.Name == "":
		return field("required", "name")
	case !endpointName.MatchString(t.Endpoint):
		return field("bad_endpoint", "endpoint")
	case t.Endpoint == "" && t.Host == "":
		return field("required", "host")
	case t.Host != "" && !isHost(t.Host):
		return field("bad_host", "host")
	case t.Proxy != "" && !isHost(t.Proxy):
		return field("bad_host", "proxy")
	case t.Domain != "" && !isHost(t.Domain):
		return field("bad_host", "domain")
	case t.Register && (t.Login == "" || !t.HasPassword):
		return field("required", "login")
	case strings.ContainsAny(t.Login, " \"<>@;"):
		return field("bad_text", "login")
	case t.Identity == "pai" && t.Login == "" && t.Endpoint == "":
		return field("required", "login")
	}
	return t.checkLists(field)
}

func (t Trunk) checkLists(field func(code, name string) error) error {
	for _, c := range t.Codecs {
		if c != "alaw" && c != "ulaw" {
			return field("bad_codec", "codecs")
		}
	}
	for _, s := range t.Sources {
		if _, err := netip.ParsePrefix(s); err != nil && !isHost(s) {
			return field("bad_host", "sources")
		}
	}
	for _, p := range t.Prefixes {
		if !prefixForm.MatchString(p) {
			return field("bad_prefix", "prefixes")
		}
	}
	for _, s := range t.Shows {
		if !crm.IsID(s.Number) {
			return field("unknown_reference", "shows")
		}
		if strings.Trim(s.As, "+0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.-") != "" {
			return field("bad_text", "shows")
		}
	}
	return nil
}

// isHost says whether a text is a name or an address that SIP can be sent to, with a port or without.
func isHost(text string) bool {
	host := text
	if h, port, err := net.SplitHostPort(text); err == nil {
		if host = h; port == "" || strings.Trim(port, "0123456789") != "" || len(port) > 5 {
			return false
		}
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return len(host) <= 253 && hostName.MatchString(host)
}
