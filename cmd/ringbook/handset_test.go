package main

import (
	"crypto/md5" // #nosec G501 -- RFC 2617 has no other
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ringbook/softphone/g711"
)

// handset is a desk phone of our own, small enough to know to the millisecond what went out of it and what came in: it registers by
// UDP (RFC 3261), answers or declines as it is told, says bursts, and notes when those of the other side begin.
type handset struct {
	t           *testing.T
	login, pass string
	sip, rtp    *net.UDPConn
	asterisk    *net.UDPAddr
	declines    atomic.Bool
	mu          sync.Mutex
	said, heard []time.Time // the beginnings of bursts
	status      chan string // of REGISTER
	dialog      string      // the INVITE that was answered
	over        chan struct{}
	talking     bool
	sequence    int
}

func (r *rig) handset(login, password string) *handset {
	r.t.Helper()
	listen := func() *net.UDPConn {
		conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			r.t.Fatal(err)
		}
		return conn
	}
	h := &handset{t: r.t, login: login, pass: password, sip: listen(), rtp: listen(), asterisk: &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: r.ports.Phones},
		status: make(chan string, 16), over: make(chan struct{})}
	var done sync.WaitGroup
	done.Go(h.serve)
	done.Go(h.listen)
	r.t.Cleanup(func() { h.unplug(); done.Wait() })
	return h
}

// unplug is a phone whose power is gone: it says no good-bye.
func (h *handset) unplug() {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case <-h.over:
	default:
		close(h.over)
		_, _ = h.sip.Close(), h.rtp.Close()
	}
}

func (h *handset) send(text string) { _, _ = h.sip.WriteToUDP([]byte(text), h.asterisk) }

var quotedPart = regexp.MustCompile(`(\w+)="([^"]*)"`)

// register answers the challenge (RFC 2617, without qop or with auth) and gives the final status.
func (h *handset) register() string {
	h.t.Helper()
	h.request("")
	for proven := false; ; proven = true {
		select {
		case answer := <-h.status:
			if challenge := headerOf(answer, "WWW-Authenticate"); challenge != "" && !proven {
				h.request(h.proof(challenge))
				continue
			}
			return strings.TrimPrefix(headerOf(answer, ""), "SIP/2.0 ")
		case <-time.After(5 * time.Second):
			return "silence"
		}
	}
}

func (h *handset) proof(challenge string) string {
	of := map[string]string{}
	for _, m := range quotedPart.FindAllStringSubmatch(challenge, -1) {
		of[m[1]] = m[2]
	}
	hash := func(parts ...string) string {
		sum := md5.Sum([]byte(strings.Join(parts, ":"))) // #nosec G401
		return hex.EncodeToString(sum[:])
	}
	uri := "sip:" + h.asterisk.String()
	response := hash(hash(h.login, of["realm"], h.pass), of["nonce"], "00000001", "cafe", "auth", hash("REGISTER", uri))
	return fmt.Sprintf("Authorization: Digest username=%q, realm=%q, nonce=%q, uri=%q, response=%q, algorithm=MD5, qop=auth, nc=00000001, cnonce=\"cafe\", opaque=%q\r\n",
		h.login, of["realm"], of["nonce"], uri, response, of["opaque"])
}

func (h *handset) request(authorization string) {
	h.sequence++
	own := h.sip.LocalAddr()
	h.send(fmt.Sprintf("REGISTER sip:%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%d;rport\r\nMax-Forwards: 70\r\nFrom: <sip:%s@127.0.0.1>;tag=h\r\nTo: <sip:%s@127.0.0.1>\r\n"+
		"Call-ID: %s-register\r\nCSeq: %d REGISTER\r\nContact: <sip:%s@%s>\r\nExpires: 300\r\nUser-Agent: Handset\r\n%sContent-Length: 0\r\n\r\n",
		h.asterisk, own, time.Now().UnixNano(), h.login, h.login, h.login, h.sequence, h.login, own, authorization))
}

func (h *handset) serve() {
	buf := make([]byte, 65535)
	for {
		n, _, err := h.sip.ReadFromUDP(buf)
		if err != nil {
			return
		}
		text := string(buf[:n])
		switch method, _, _ := strings.Cut(text, " "); method {
		case "SIP/2.0":
			if strings.Contains(headerOf(text, "CSeq"), "REGISTER") {
				h.status <- text
			}
		case "OPTIONS":
			h.reply(text, "200 OK", "")
		case "INVITE":
			h.invited(text)
		case "BYE", "CANCEL":
			h.reply(text, "200 OK", "")
			h.mu.Lock()
			h.talking = false
			h.mu.Unlock()
		}
	}
}

// reply answers a request of Asterisk's.
func (h *handset) reply(request, status, sdp string) {
	out := "SIP/2.0 " + status + "\r\n"
	for line := range strings.Lines(request) {
		name, _, _ := strings.Cut(line, ":")
		switch name {
		case "To":
			if out += strings.TrimSpace(line); !strings.Contains(line, "tag=") {
				out += ";tag=handset"
			}
			out += "\r\n"
		case "Via", "From", "Call-ID", "CSeq":
			out += strings.TrimSpace(line) + "\r\n"
		}
	}
	if sdp != "" {
		out += fmt.Sprintf("Contact: <sip:%s@%s>\r\nContent-Type: application/sdp\r\n", h.login, h.sip.LocalAddr())
	}
	h.send(out + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(sdp), sdp))
}

func (h *handset) invited(invite string) {
	if h.declines.Load() {
		h.reply(invite, "603 Decline", "")
		return
	}
	h.mu.Lock()
	again := h.dialog != "" && headerOf(h.dialog, "Call-ID") == headerOf(invite, "Call-ID")
	h.dialog = invite
	h.mu.Unlock()
	h.reply(invite, "180 Ringing", "")
	port := h.rtp.LocalAddr().(*net.UDPAddr).Port
	h.reply(invite, "200 OK", fmt.Sprintf("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 8\r\na=ptime:20\r\n", port))
	_, media, _ := strings.Cut(invite, "m=audio ")
	var to int
	if _, err := fmt.Sscanf(media, "%d", &to); err != nil || again {
		return
	}
	h.mu.Lock()
	h.talking = true
	h.mu.Unlock()
	go h.talk(&net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: to})
}

// talk says a burst at the beginning of each second, in packets of 20 ms.
func (h *handset) talk(to *net.UDPAddr) {
	samples := bursts(agentTone, 1)
	for i := range 8000 { // a telephone's line is never quite silent
		if samples[i] == 0 {
			samples[i] = 8
		}
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-h.over:
			return
		case <-tick.C:
		}
		h.mu.Lock()
		on := h.talking
		if on && n%50 == 0 {
			h.said = append(h.said, time.Now())
		}
		h.mu.Unlock()
		if !on {
			return
		}
		at := n % 50 * 160
		payload := make([]byte, 160)
		for i := range payload {
			payload[i] = g711.ALaw.Encode(samples[at+i])
		}
		packet := make([]byte, 12, 12+len(payload)) // RFC 3550 section 5.1
		packet[0], packet[1] = 2<<6, 8
		binary.BigEndian.PutUint16(packet[2:], uint16(n))
		binary.BigEndian.PutUint32(packet[4:], uint32(n*160))
		binary.BigEndian.PutUint32(packet[8:], 7)
		_, _ = h.rtp.WriteToUDP(append(packet, payload...), to)
	}
}

// listen notes when a burst of the other side begins.
func (h *handset) listen() {
	buf, quiet := make([]byte, 2000), 0
	for {
		n, err := h.rtp.Read(buf)
		if err != nil {
			return
		}
		at := time.Now()
		if n <= 12 || buf[0] != 2<<6 || buf[1]&0x7f != 8 {
			continue
		}
		samples := make([]int16, n-12)
		for i, b := range buf[12:n] {
			samples[i] = g711.ALaw.Decode(b)
		}
		loud := 0
		for loud < len(samples) && !audible(samples[loud:loud+1]) {
			loud++
		}
		switch {
		case loud == len(samples):
			quiet++
		default:
			if quiet >= 5 {
				h.mu.Lock()
				// The packet holds 20 ms that ended when it was sent.
				h.heard = append(h.heard, at.Add(time.Duration(loud)*time.Second/8000))
				h.mu.Unlock()
			}
			quiet = 0
		}
	}
}

// apart is by how much what came in is later than what went out, within a second.
func (h *handset) apart() (mean time.Duration, seconds int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var sum time.Duration
	for _, in := range h.heard {
		for _, out := range h.said {
			if d := in.Sub(out); d > -500*time.Millisecond && d <= 500*time.Millisecond {
				sum += d
				seconds++
			}
		}
	}
	if seconds == 0 {
		return 0, 0
	}
	return sum / time.Duration(seconds), seconds
}
