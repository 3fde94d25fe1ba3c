package main

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// sipMessage is a request or a response (RFC 3261, section 7).
type sipMessage struct {
	start  string
	fields []sipField
	body   string
}

type sipField struct{ name, value string }

var errNotSIP = errors.New("not a SIP message")

// compact are the short names that a sender may use (RFC 3261, section 7.3.3).
var compact = map[string]string{"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length", "c": "content-type"}

func parseSIP(b []byte) (m sipMessage, err error) {
	head, body, ok := bytes.Cut(b, []byte("\r\n\r\n"))
	if !ok {
		return m, errNotSIP
	}
	lines := strings.Split(string(head), "\r\n")
	m.start, m.body = lines[0], string(body)
	if !strings.Contains(m.start, "SIP/2.0") {
		return m, errNotSIP
	}
	for _, line := range lines[1:] {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return m, errNotSIP
		}
		name = strings.ToLower(strings.TrimSpace(name))
		if long := compact[name]; long != "" {
			name = long
		}
		m.fields = append(m.fields, sipField{name, strings.TrimSpace(value)})
	}
	return m, nil
}

// status is a response's code, 0 for a request.
func (m sipMessage) status() int {
	rest, ok := strings.CutPrefix(m.start, "SIP/2.0 ")
	if !ok || len(rest) < 3 {
		return 0
	}
	code, _ := strconv.Atoi(rest[:3])
	return code
}

// method is the request's, or that of the request which a response answers.
func (m sipMessage) method() string {
	if m.status() == 0 {
		method, _, _ := strings.Cut(m.start, " ")
		return method
	}
	_, method, _ := strings.Cut(m.get("cseq"), " ")
	return strings.TrimSpace(method)
}

func (m sipMessage) get(name string) string {
	for _, f := range m.fields {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

// contact is the URI that later requests of the dialog go to.
func (m sipMessage) contact() string {
	_, uri, ok := strings.Cut(m.get("contact"), "<")
	if !ok {
		return m.get("contact")
	}
	uri, _, _ = strings.Cut(uri, ">")
	return uri
}

// reply is a response with what it must repeat (RFC 3261, section 8.2.6); the tag is added to To if it has none.
func (m sipMessage) reply(status, tag string, more ...string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "SIP/2.0 %s\r\n", status)
	for _, f := range m.fields {
		switch f.name {
		case "via", "from", "call-id", "cseq", "record-route":
			fmt.Fprintf(&b, "%s: %s\r\n", f.name, f.value)
		case "to":
			if tag != "" && !strings.Contains(f.value, ";tag=") {
				f.value += ";tag=" + tag
			}
			fmt.Fprintf(&b, "To: %s\r\n", f.value)
		}
	}
	return finishSIP(&b, more)
}

// finishSIP adds the last fields and the body; more is fields, as "Name: value", and at the end a body if it begins with v=.
func finishSIP(b *strings.Builder, more []string) []byte {
	body := ""
	for _, line := range more {
		if strings.HasPrefix(line, "v=") {
			body = line
			continue
		}
		b.WriteString(line + "\r\n")
	}
	if body != "" {
		b.WriteString("Content-Type: application/sdp\r\n")
	}
	fmt.Fprintf(b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return []byte(b.String())
}

// plainSDP offers, or answers with, one stream of A-law.
func plainSDP(host string, port int) string {
	return fmt.Sprintf("v=0\r\no=bench 1 1 IN IP4 %[1]s\r\ns=-\r\nc=IN IP4 %[1]s\r\nt=0 0\r\nm=audio %[2]d RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\na=sendrecv\r\n", host, port)
}

// mediaOf reads where an SDP wants its audio.
func mediaOf(sdp string) (string, error) {
	var host, port string
	for line := range strings.Lines(sdp) {
		line = strings.TrimSpace(line)
		if f := strings.Fields(line); strings.HasPrefix(line, "c=") && len(f) == 3 {
			host = f[2]
		} else if strings.HasPrefix(line, "m=audio ") && len(f) > 1 {
			port = f[1]
		}
	}
	if host == "" || port == "" {
		return "", errors.New("reading an SDP: it names no address")
	}
	return host + ":" + port, nil
}
