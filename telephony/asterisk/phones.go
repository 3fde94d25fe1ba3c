package asterisk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/CyCoreSystems/ari/v5"

	"ringbook/telephony"
)

// DeskPhone is a SIP telephone of an agent's as Asterisk is configured for it. Its login names the endpoint, the address of record
// and the user of digest authentication (RFC 3261 sections 10 and 22).
type DeskPhone struct {
	Agent     telephony.AgentID
	Login     string
	Password  string
	Transport string // udp or tcp
}

// phoneTransports are the names in deploy/asterisk/switchboard/pjsip.conf: the phones' own, not the trunks'.
var phoneTransports = map[string]string{"udp": "phone-udp", "tcp": "phone-tcp"}

// contextPhones is what a phone's own keypad reaches.
const contextPhones = "ringbook-phones"

func (d DeskPhone) check() error {
	switch {
	case d.Login == "" || strings.Trim(d.Login, "0123456789abcdefghijklmnopqrstuvwxyz") != "":
		return fmt.Errorf("%w: the phone's login %q", ErrTrunk, d.Login)
	case phoneTransports[d.Transport] == "":
		return fmt.Errorf("%w: no transport %q for a phone", ErrTrunk, d.Transport)
	case strings.ContainsFunc(d.Password+string(d.Agent), func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return fmt.Errorf("%w: the phone %s has a control character in a setting", ErrTrunk, d.Login)
	}
	return nil
}

// write configures one phone at a time for a login: a later registration takes the earlier one's place. It can transfer nothing by
// itself, and a phone that goes silent for a minute is lost.
func (d DeskPhone) write(b *strings.Builder) {
	fmt.Fprintf(b, "\n; the desk phone of %s\n", d.Agent)
	section(b, d.Login, "", "type", "endpoint", "transport", phoneTransports[d.Transport], "context", contextPhones, "disallow", "all", "allow", "alaw,ulaw",
		"aors", d.Login, "auth", d.Login, "identify_by", "auth_username,username", "direct_media", "no", "rtp_symmetric", "yes", "force_rport", "yes",
		"rewrite_contact", "yes", "allow_transfer", "no", "allow_subscribe", "no", "timers", "yes", "dtmf_mode", "auto", "send_pai", "no",
		"rtp_timeout", "60", "rtp_timeout_hold", "1800", "device_state_busy_at", "1", "set_var", "RB_PHONE="+string(d.Agent))
	section(b, d.Login, "", "type", "auth", "auth_type", "userpass", "username", d.Login, "password", d.Password)
	section(b, d.Login, "", "type", "aor", "max_contacts", "1", "remove_existing", "yes", "qualify_frequency", "30", "qualify_timeout", "4",
		"default_expiration", "300", "minimum_expiration", "30", "maximum_expiration", "3600")
}

// Registered is a telephone that is there now.
type Registered struct {
	Address string // host:port that it registered from
	Name    string // what it calls itself (User-Agent)
}

// Registrations lists the telephones that have registered and answer, by login. ARI knows that they are there, the manager interface
// where.
func (p *PBX) Registrations(ctx context.Context) (map[string]Registered, error) {
	out := map[string]Registered{}
	blocks, err := p.manager(ctx, url.Values{"action": {"PJSIPShowContacts"}})
	if err != nil && strings.Contains(err.Error(), "No Contacts") { // which it calls an error
		return out, nil
	}
	for _, b := range blocks {
		if b["Event"] != "ContactList" || b["Status"] == "Unreachable" || b["Status"] == "Removed" {
			continue
		}
		login, _, _ := strings.Cut(b["ObjectName"], ";@")
		at := b["ViaAddr"]
		if port := b["ViaPort"]; port != "" && port != "0" {
			at += ":" + port
		}
		out[login] = Registered{Address: at, Name: b["UserAgent"]}
	}
	return out, err
}

// ring calls a desk phone, which shows who calls.
func (p *PBX) ring(ctx context.Context, c telephony.CallPhone) error {
	login := ""
	if p.o.DeskPhone != nil {
		login = p.o.DeskPhone(c.Agent)
	}
	if login == "" {
		return fmt.Errorf("ring the desk phone of %s: there is none", c.Agent)
	}
	ch, key := p.ari.Channel(), channelKey(c.Channel)
	p.asked.Add(1)
	_, err := ch.Create(nil, ari.ChannelCreateRequest{Endpoint: "PJSIP/" + login, App: p.o.App, AppArgs: "phone," + string(c.Call), ChannelID: string(c.Channel)})
	if err != nil {
		return fmt.Errorf("make the desk phone's leg: %w", err)
	}
	for name, value := range map[string]string{"CONNECTEDLINE(num,i)": c.Number, "CONNECTEDLINE(name,i)": c.Name} {
		if value == "" {
			continue
		}
		p.asked.Add(1)
		if err := ch.SetVariable(key, name, value); err != nil {
			p.o.Log.Warn("the desk phone is not told who calls", "call", c.Call, "err", root(err))
		}
	}
	if err := p.startDialling(ctx, c.Channel, c.Timeout); err != nil {
		_ = ch.Hangup(key, "normal")
		return fmt.Errorf("ring the desk phone: %w", err)
	}
	return nil
}

// keyed is a number that was dialled on a desk phone. One that may not be called is refused as a network does; what came while we were
// away is old.
func (p *PBX) keyed(args []string, leg telephony.ChannelID, replay bool) {
	go func() {
		err, agent := error(telephony.ErrNotReady), telephony.AgentID("")
		if !replay && p.o.Keyed != nil && len(args) == 3 {
			agent = telephony.AgentID(args[2])
			err = p.o.Keyed(agent, leg, args[1])
		}
		if err == nil {
			return
		}
		p.o.Log.Info("a number dialled on a desk phone is refused", "agent", agent, "err", err)
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = p.Do(ctx, telephony.HangUp{Channel: leg, Reason: "congestion"})
	}()
}

// isPhone says whether a channel is a telephone's, and not a leg of externalMedia.
func isPhone(c channel) bool { return strings.HasPrefix(c.Name, "PJSIP/") }

// The sides of a tap: what comes in from the phone is the agent, what goes out to it the client.
var tapSides = []struct{ name, spy string }{{"agent", "in"}, {"client", "out"}}

// tapPrefix begins the IDs of channels that listen to a desk phone's leg. They end with it.
const tapPrefix = "tap."

func isTap(id telephony.ChannelID) bool { return strings.HasPrefix(string(id), tapPrefix) }

// TapName is what Asterisk calls the recording of one side, "agent" or "client", of a tapped leg.
func TapName(call telephony.CallID, tap telephony.Tap, side string) string {
	leg, _ := telephony.ParseLeg(tap.Channel)
	return "ringbook-" + string(call) + "-" + strconv.Itoa(leg.N) + "-" + strconv.FormatInt(tap.At.UnixMilli(), 10) + "-" + side
}

// tap lets Asterisk record both sides of a leg, each from a channel of its own that listens to it (snoop): the bridge stays as simple
// as it is. One that is recorded already, since before a restart of ours, goes on.
func (p *PBX) tap(ctx context.Context, c telephony.TapLeg) error {
	_, err := p.request(ctx, http.MethodGet, "/recordings/live/"+url.PathEscape(TapName(c.Call, c.Tap, tapSides[0].name)), nil, nil)
	if err == nil {
		return nil
	}
	if statusOnly(err) != nil {
		return fmt.Errorf("look for the recording of a desk phone: %w", err)
	}
	for _, side := range tapSides {
		_, err := p.request(ctx, http.MethodPost, "/channels/"+url.PathEscape(string(c.Tap.Channel))+"/snoop/"+url.PathEscape(tapPrefix+TapName(c.Call, c.Tap, side.name)),
			url.Values{"spy": {side.spy}, "app": {p.o.App}, "appArgs": {"tap"}}, nil)
		if err != nil {
			return fmt.Errorf("listen to the %s's side: %w", side.name, err)
		}
	}
	for _, side := range tapSides { // one right after the other: they lie as they were said
		if err := p.recordTap(ctx, TapName(c.Call, c.Tap, side.name)); err != nil {
			return fmt.Errorf("record the %s's side: %w", side.name, err)
		}
	}
	return nil
}

// recordTap begins as soon as the listening channel has come to our application.
func (p *PBX) recordTap(ctx context.Context, name string) error {
	for try := 0; ; try++ {
		_, err := p.request(ctx, http.MethodPost, "/channels/"+url.PathEscape(tapPrefix+name)+"/record",
			url.Values{"name": {name}, "format": {p.o.Law}, "ifExists": {"fail"}}, nil)
		status, refused := errors.AsType[*StatusError](err)
		if err == nil || try == 10 || !refused || status.Code != http.StatusConflict && status.Code != http.StatusNotFound {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// endTap lets go of both listening channels, which ends their recordings.
func (p *PBX) endTap(ctx context.Context, c telephony.EndTap) error {
	var errs []error
	for _, side := range tapSides {
		_, err := p.request(ctx, http.MethodDelete, "/channels/"+url.PathEscape(tapPrefix+TapName(c.Call, c.Tap, side.name)), nil, nil)
		errs = append(errs, statusOnly(err))
	}
	return errors.Join(errs...)
}

// statusOnly lets what is over already be no error.
func statusOnly(err error) error {
	if status, ok := errors.AsType[*StatusError](err); ok && (status.Code == http.StatusNotFound || status.Code == http.StatusConflict) {
		return nil
	}
	return err
}

// ErrRecording says that Asterisk is still recording.
var ErrRecording = errors.New("asterisk is still recording")

// ErrNoRecording says that Asterisk has no such recording.
var ErrNoRecording = errors.New("asterisk has no such recording")

// Taped gives what was recorded under a name of [TapName], once the leg is over: G.711 in the law of the legs, nothing around it.
func (p *PBX) Taped(ctx context.Context, name string) ([]byte, error) {
	name = url.PathEscape(name)
	if _, err := p.request(ctx, http.MethodGet, "/recordings/live/"+name, nil, nil); err == nil {
		return nil, ErrRecording
	} else if statusOnly(err) != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.o.URL+"/recordings/stored/"+name+"/file", nil)
	if err != nil {
		return nil, fmt.Errorf("fetch a recording of Asterisk's: %w", err)
	}
	req.SetBasicAuth(p.o.User, p.o.Password)
	p.asked.Add(1)
	res, err := p.http.Do(req)
	if err != nil {
		return nil, p.failed(fmt.Errorf("fetch a recording of Asterisk's: %w", err))
	}
	defer func() { _ = res.Body.Close() }()
	switch res.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return nil, ErrNoRecording
	default:
		return nil, p.failed(fmt.Errorf("fetch a recording of Asterisk's: %s", res.Status))
	}
	sound, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, p.failed(fmt.Errorf("fetch a recording of Asterisk's: %w", err))
	}
	return sound, nil
}

// Untape removes what was recorded under a name: it is kept elsewhere by now.
func (p *PBX) Untape(ctx context.Context, name string) error {
	_, err := p.request(ctx, http.MethodDelete, "/recordings/stored/"+url.PathEscape(name), nil, nil)
	return statusOnly(err)
}

// Leftover is a recording of a desk phone that Asterisk still has.
type Leftover struct {
	Call telephony.CallID
	At   time.Time // of its beginning
	Name string    // without the side
}

// Side names the recording of one side.
func (l Leftover) Side(side string) string { return l.Name + "-" + side }

// Leftovers lists what nobody has fetched, also of an earlier process.
func (p *PBX) Leftovers(ctx context.Context) ([]Leftover, error) {
	var stored []struct {
		Name string `json:"name"`
	}
	if _, err := p.request(ctx, http.MethodGet, "/recordings/stored", nil, &stored); err != nil {
		return nil, fmt.Errorf("list the recordings of Asterisk's: %w", err)
	}
	seen := map[string]Leftover{}
	for _, s := range stored {
		m := tapNamed.FindStringSubmatch(s.Name)
		if m == nil {
			continue
		}
		ms, err := strconv.ParseInt(m[3], 10, 64)
		if err != nil {
			continue
		}
		seen[m[1]] = Leftover{Call: telephony.CallID(m[2]), At: time.UnixMilli(ms), Name: m[1]}
	}
	return slices.SortedFunc(maps.Values(seen), func(a, b Leftover) int { return a.At.Compare(b.At) }), nil
}

var tapNamed = regexp.MustCompile(`^(ringbook-([0-9a-f-]{36})-[0-9]+-([0-9]{13}))-(?:client|agent)$`)
