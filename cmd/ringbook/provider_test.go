package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"ringbook/softphone/headless"
)

// provider is one that speaks SIP by UDP from an address of its own and writes everything as it pleases: it knows us by our address,
// answers OPTIONS, and refuses every call with 486 after it has kept the request.
type provider struct {
	t    *testing.T
	conn *net.UDPConn
	ours *net.UDPAddr
	mu   sync.Mutex
	got  []string // the INVITEs
	told []string // the answers to ours
}

func (r *rig) provider(address string) *provider {
	r.t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(address)})
	if err != nil {
		r.t.Fatal(err)
	}
	p := &provider{t: r.t, conn: conn, ours: &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: r.ports.SIP}}
	over := make(chan struct{})
	go func() { defer close(over); p.serve() }()
	r.t.Cleanup(func() { _ = conn.Close(); <-over })
	return p
}

func (p *provider) address() string { return p.conn.LocalAddr().String() }

func (p *provider) serve() {
	buf := make([]byte, 65535)
	for {
		n, from, err := p.conn.ReadFromUDP(buf)
		if err != nil {
			return
		}
		text := string(buf[:n])
		method, _, _ := strings.Cut(text, " ")
		p.mu.Lock()
		switch method {
		case "INVITE":
			p.got = append(p.got, text)
			p.answer(from, text, "486 Busy Here")
		case "OPTIONS", "BYE", "CANCEL":
			p.answer(from, text, "200 OK")
		case "SIP/2.0":
			p.told = append(p.told, text)
		}
		p.mu.Unlock()
	}
}

// answer repeats what an answer must (RFC 3261 section 8.2.6.2).
func (p *provider) answer(to *net.UDPAddr, request, status string) {
	reply := "SIP/2.0 " + status + "\r\n"
	for line := range strings.Lines(request) {
		name, _, _ := strings.Cut(line, ":")
		switch name {
		case "To":
			reply += strings.TrimSpace(line) + ";tag=theirs\r\n"
		case "Via", "From", "Call-ID", "CSeq":
			reply += strings.TrimSpace(line) + "\r\n"
		}
	}
	_, _ = p.conn.WriteToUDP([]byte(reply+"Content-Length: 0\r\n\r\n"), to)
}

// asked gives the last INVITE that came.
func (p *provider) asked() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.got) == 0 {
		return ""
	}
	return p.got[len(p.got)-1]
}

// headerOf gives the value of a header, the request line for an empty name.
func headerOf(request, name string) string {
	for line := range strings.Lines(request) {
		line = strings.TrimSpace(line)
		if name == "" {
			return line
		}
		if value, ok := strings.CutPrefix(line, name+": "); ok {
			return value
		}
	}
	return ""
}

// calls sends an INVITE; to and from are whole URIs, more is whole headers.
func (p *provider) calls(uri, to, from string, more ...string) {
	p.t.Helper()
	own, id := p.address(), time.Now().UnixNano()
	sdp := "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8\r\n"
	head := []string{"INVITE " + uri + " SIP/2.0", fmt.Sprintf("Via: SIP/2.0/UDP %s;branch=z9hG4bK%d;rport", own, id), "Max-Forwards: 70",
		fmt.Sprintf("From: %s;tag=%d", from, id), "To: " + to, fmt.Sprintf("Call-ID: %d@provider", id), "CSeq: 1 INVITE", "Contact: <sip:" + own + ">",
		"Content-Type: application/sdp", fmt.Sprintf("Content-Length: %d", len(sdp))}
	request := strings.Join(append(head, more...), "\r\n") + "\r\n\r\n" + sdp
	if _, err := p.conn.WriteToUDP([]byte(request), p.ours); err != nil {
		p.t.Fatal(err)
	}
}

// Providers name the called number in the request, To, Diversion or P-Called-Party-ID, and write it and the caller in their own ways:
// each call is on the right number of ours and from the right client.
func TestTheCalledNumberIsFoundWhereTheProviderPutsIt(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.somebody("administrator")
	us := fmt.Sprintf("127.0.0.1:%d", r.ports.SIP)
	login := "sip:login55@" + us
	for i, c := range []struct{ place, uri, to, header, from, phone string }{
		{"request_uri", "sip:84955551020@" + us, "<sip:login55@x.example>", "", "<sip:89161230001@x.example>", "+79161230001"},
		{"request_uri", "sip:+74955551020@" + us, "<sip:login55@x.example>", "", "<sip:+79161230002@x.example;user=phone>", "+79161230002"},
		{"request_uri", "sip:4955551020@" + us, "<sip:login55@x.example>", "", "<sip:9161230003@x.example>", "+79161230003"},
		{"to", login, "<sip:74955551020@x.example>", "", "<sip:79161230004@x.example>", "+79161230004"},
		{"to", login, `"Sales" <sip:+74955551020;phone-context=+7@x.example;user=phone>`, "", "<sip:79161230005@x.example>", "+79161230005"},
		{"diversion", login, "<sip:login55@x.example>", "Diversion: <sip:84955551020@x.example>;reason=unconditional", "<sip:8104930123456@x.example>", "+4930123456"},
		{"diversion", login, "<sip:login55@x.example>", "Diversion: <tel:+74955551020>;reason=user-busy", "<sip:79161230007@x.example>", "+79161230007"},
		{"p_called_party_id", login, "<sip:login55@x.example>", "P-Called-Party-ID: <sip:+74955551020@x.example>", "<sip:anonymous@anonymous.invalid>", ""},
		{"p_called_party_id", login, "<sip:login55@x.example>", "P-Called-Party-ID: sip:4955551020@x.example", "<sip:79161230009@x.example>", "+79161230009"},
		{"to", "sip:84955551020@" + us, "<sip:login55@x.example>", "", "<sip:79161230010@x.example>", "+79161230010"}, // not there: the request's
	} {
		p := r.provider(fmt.Sprintf("127.0.0.%d", 40+i))
		trunk := r.addTrunk(admin, map[string]any{"name": fmt.Sprint(i), "host": p.address(), "called": c.place})
		r.reachable(admin, trunk.Name)
		var more []string
		if c.header != "" {
			more = append(more, c.header)
		}
		p.calls(c.uri, c.to, c.from, more...)
		r.eventually("the call comes by that trunk", 10*time.Second, func() bool {
			for _, got := range r.calls(admin) {
				if got.Trunk != nil && got.Trunk.ID == trunk.ID {
					if got.Number != ourNumber || got.Phone != c.phone {
						t.Errorf("%+v: is to %q from %q", c, got.Number, got.Phone)
					}
					return true
				}
			}
			return false
		})
	}
}

// Behind a router the provider is told the public address, but not within the networks that are reached without it.
func TestBehindARouterTheProviderIsToldThePublicAddress(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.somebody("administrator")
	p := r.provider("127.0.0.60")
	trunk := r.addTrunk(admin, map[string]any{"name": "Behind", "host": p.address()})
	r.reachable(admin, trunk.Name)
	for _, step := range []struct {
		local   []string
		address string
	}{{[]string{"10.0.0.0/8"}, "203.0.113.7"}, {[]string{"10.0.0.0/8", "127.0.0.0/8"}, "127.0.0.1"}} {
		var now struct {
			Version int `json:"version"`
		}
		if err := admin.Do(context.Background(), http.MethodGet, "/trunk-network", nil, &now); err != nil {
			t.Fatal(err)
		}
		network := map[string]any{"external_address": "203.0.113.7", "local_networks": step.local, "version": now.Version}
		if err := admin.Do(context.Background(), http.MethodPut, "/trunk-network", network, nil); err != nil {
			t.Fatal(err)
		}
		r.eventually("the provider is told "+step.address, 30*time.Second, func() bool {
			p.tried(admin, trunk.ID, "+74951234500")
			invite := p.asked()
			return strings.Contains(headerOf(invite, "Contact"), "@"+step.address+":") &&
				strings.Contains(invite, "c=IN IP4 "+step.address)
		})
	}
}

// The provider gets each number in the form that it wants, whatever a person typed.
func TestAProviderGetsNumbersInTheFormItWants(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.somebody("administrator")
	p := r.provider("127.0.0.61")
	if err := admin.Do(context.Background(), http.MethodPost, "/prefixes", map[string]any{"prefix": "+49"}, nil); err != nil {
		t.Fatal(err)
	}
	trunk := r.addTrunk(admin, map[string]any{"name": "Forms", "host": p.address()})
	r.reachable(admin, trunk.Name)
	for _, c := range []struct{ home, abroad, typed, sent string }{
		{"plus", "plus", "8 (495) 123-45-67", "+74951234567"}, {"plus", "plus", "8-10-49-30-123456", "+4930123456"},
		{"digits", "digits", "495 1234567", "74951234567"}, {"digits", "digits", "+49 30 123456", "4930123456"},
		{"national", "prefix", "+7 495 1234567", "84951234567"}, {"national", "prefix", "+49 30 123456", "8104930123456"},
		{"bare", "prefix", "84951234567", "4951234567"},
	} {
		now := r.trunks(admin)["Forms"]
		if err := admin.Do(context.Background(), http.MethodPatch, "/trunks/"+trunk.ID, map[string]any{"home": c.home, "abroad": c.abroad, "version": now.Version}, nil); err != nil {
			t.Fatal(err)
		}
		r.eventually(fmt.Sprintf("%s is sent as %s", c.typed, c.sent), 20*time.Second, func() bool {
			p.tried(admin, trunk.ID, c.typed)
			return strings.HasPrefix(headerOf(p.asked(), ""), "INVITE sip:"+c.sent+"@127.0.0.61")
		})
	}
}

// reachable waits until the trunk is in use.
func (r *rig) reachable(admin *headless.Operator, name string) {
	r.t.Helper()
	r.eventually("the trunk is reachable", 20*time.Second, func() bool { return r.trunks(admin)[name].State.Reachable })
}

// tried lets Ringbook call a number through the trunk as a trial.
func (p *provider) tried(admin *headless.Operator, trunk, to string) {
	p.t.Helper()
	var tested struct {
		Result string `json:"result"`
	}
	if err := admin.Do(context.Background(), http.MethodPost, "/trunks/"+trunk+"/test", map[string]any{"to": to}, &tested); err != nil {
		p.t.Fatal(err)
	}
	if tested.Result != "busy" && tested.Result != "unreachable" {
		p.t.Errorf("the trial ended as %q", tested.Result)
	}
}
