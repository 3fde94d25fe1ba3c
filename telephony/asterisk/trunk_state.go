package asterisk

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"

	"ringbook/telephony"
)

// TrunkState is how a trunk stands.
type TrunkState struct {
	Registration string // registered, trying, refused or silent; empty for a trunk that does not register
	Reason       string // the SIP status of the last refusal, as "403"; 408 when there was no answer
	Reachable    bool   // the provider answers OPTIONS
}

// ApplyTrunks gives Asterisk the trunks and the desk phones and lets it read them. Calls go on. One goroutine at a time may call it.
func (p *PBX) ApplyTrunks(ctx context.Context, trunks []Trunk, phones []DeskPhone, network Network) error {
	if p.o.TrunkFile == "" {
		return nil
	}
	text, err := Configure(trunks, phones, network)
	if err != nil {
		return err
	}
	changed, err := writeTrunks(p.o.TrunkFile, text)
	if err != nil || !changed {
		p.applied = trunks
		return err
	}
	for _, module := range []string{"res_pjsip.so", "res_pjsip_outbound_registration.so", "res_pjsip_endpoint_identifier_ip.so"} {
		if _, err := p.request(ctx, http.MethodPut, "/asterisk/modules/"+module, nil, nil); err != nil {
			return fmt.Errorf("let Asterisk read the trunks: %w", err)
		}
	}
	p.o.Log.Info("Asterisk has read the trunks", "trunks", len(trunks), "phones", len(phones))
	before := p.applied
	p.applied = trunks
	return p.wake(ctx, before, trunks)
}

// TrunkStates asks Asterisk how its endpoints stand, by the endpoint's name.
func (p *PBX) TrunkStates(ctx context.Context) (map[string]TrunkState, error) {
	var endpoints []struct {
		Resource string `json:"resource"`
		State    string `json:"state"`
	}
	if _, err := p.request(ctx, http.MethodGet, "/endpoints/PJSIP", nil, &endpoints); err != nil {
		return nil, fmt.Errorf("ask for the endpoints: %w", err)
	}
	registrations, err := p.registrations(ctx)
	if err != nil {
		return nil, err
	}
	reasons := refusals(p.o.LogFile)
	out := make(map[string]TrunkState, len(endpoints))
	for _, e := range endpoints {
		s := TrunkState{Reachable: e.State == "online"}
		if r, ok := registrations[e.Resource]; ok {
			if s.Registration = registrationWord(r.status); s.Registration != "registered" {
				s.Reason = reasons[r.client]
				if s.Reason == noAnswer {
					s.Registration = "silent"
				}
			}
		}
		out[e.Resource] = s
	}
	return out, nil
}

func registrationWord(status string) string {
	switch {
	case strings.HasPrefix(status, "Registered"):
		return "registered"
	case strings.HasPrefix(status, "Rejected"), strings.HasPrefix(status, "Stopped"):
		return "refused"
	}
	return "trying"
}

type registration struct{ status, client string }

// registrations are Asterisk's own at its providers, by name. ARI has no word for them; the manager interface does
// (action PJSIPShowRegistrationsOutbound), over the same HTTP server.
func (p *PBX) registrations(ctx context.Context) (map[string]registration, error) {
	out := map[string]registration{}
	blocks, err := p.manager(ctx, url.Values{"action": {"PJSIPShowRegistrationsOutbound"}})
	for _, b := range blocks {
		if b["Event"] == "OutboundRegistrationDetail" {
			out[b["ObjectName"]] = registration{status: b["Status"], client: b["ClientUri"]}
		}
	}
	return out, err
}

// wake lets the trunks that are new or changed be asked for, and register, at once and not when their next turn comes.
func (p *PBX) wake(ctx context.Context, before, now []Trunk) error {
	was := make(map[telephony.TrunkID]Trunk, len(before))
	for _, t := range before {
		was[t.ID] = t
	}
	var actions []url.Values
	for _, t := range now {
		old, known := was[t.ID]
		moved := old.Login != t.Login || old.Password != t.Password || old.Host != t.Host || old.Transport != t.Transport
		if t.Probe && (!known || moved) {
			actions = append(actions, url.Values{"action": {"PJSIPQualify"}, "endpoint": {EndpointName(t.ID)}})
		}
		if t.Register && known && moved {
			actions = append(actions, url.Values{"action": {"PJSIPRegister"}, "registration": {EndpointName(t.ID)}})
		}
	}
	if len(actions) == 0 {
		return nil
	}
	_, err := p.manager(ctx, actions...)
	return err
}

// manager carries out actions of the manager interface and gives the blocks of all answers.
func (p *PBX) manager(ctx context.Context, actions ...url.Values) ([]map[string]string, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("ask the manager interface: %w", err)
	}
	client := &http.Client{Timeout: p.http.Timeout, Jar: jar}
	base := strings.TrimSuffix(p.o.URL, "/ari") + "/rawman?"
	if _, err := manage(ctx, client, base, url.Values{"action": {"Login"}, "username": {p.o.User}, "secret": {p.o.Password}, "events": {"off"}}); err != nil {
		return nil, err
	}
	defer func() { _, _ = manage(context.WithoutCancel(ctx), client, base, url.Values{"action": {"Logoff"}}) }()
	var all []map[string]string
	for _, action := range actions {
		blocks, err := manage(ctx, client, base, action)
		if err != nil {
			return all, err
		}
		all = append(all, blocks...)
	}
	return all, nil
}

// manage carries out one action and reads the blocks of its answer.
func manage(ctx context.Context, client *http.Client, base string, action url.Values) ([]map[string]string, error) {
	name := action.Get("action")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+action.Encode(), nil)
	if err != nil {
		return nil, fmt.Errorf("ask the manager interface: %w", err)
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask the manager interface for %s", name) // the error holds the address with the password
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("ask the manager interface for %s: %s", name, res.Status)
	}
	blocks, block := []map[string]string{}, map[string]string{}
	lines := bufio.NewScanner(io.LimitReader(res.Body, 8<<20))
	for lines.Scan() {
		key, value, ok := strings.Cut(lines.Text(), ":")
		if ok {
			block[strings.TrimSpace(key)] = strings.TrimSpace(value)
			continue
		}
		if len(block) > 0 {
			blocks, block = append(blocks, block), map[string]string{}
		}
	}
	if len(block) > 0 {
		blocks = append(blocks, block)
	}
	if len(blocks) > 0 && blocks[0]["Response"] == "Error" {
		return nil, fmt.Errorf("ask the manager interface for %s: %s", name, blocks[0]["Message"])
	}
	return blocks, lines.Err()
}

// Asterisk says why a registration failed in its log and nowhere else.
var (
	refused = regexp.MustCompile(`(?:Fatal response|Temporal response) '(\d{3})' received from '[^']*' on registration attempt to '([^']*)'`)
	silent  = regexp.MustCompile(`No response received from '[^']*' on registration attempt to '([^']*)'`)
	denied  = regexp.MustCompile(`registration attempt to '([^']*)'.*authentication`)
)

// noAnswer stands for a provider that said nothing at all (RFC 3261 section 8.1.3.1).
const noAnswer = "408"

// logTail is how much of Asterisk's log is read for the reason of a refusal.
const logTail = 256 << 10

// refusals are the last reasons in the end of Asterisk's log, by the client's URI.
func refusals(path string) map[string]string {
	out := map[string]string{}
	f, err := os.Open(path)
	if err != nil {
		return out
	}
	defer func() { _ = f.Close() }()
	if size, err := f.Seek(0, io.SeekEnd); err == nil {
		_, _ = f.Seek(max(0, size-logTail), io.SeekStart)
	}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		if m := refused.FindStringSubmatch(line); m != nil {
			out[m[2]] = m[1]
		} else if m := silent.FindStringSubmatch(line); m != nil {
			out[m[1]] = noAnswer
		} else if m := denied.FindStringSubmatch(line); m != nil {
			out[m[1]] = "401"
		}
	}
	return out
}
