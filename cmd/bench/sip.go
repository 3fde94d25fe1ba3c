package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"time"
)

// Timers of RFC 3261, section 17.
const (
	sipT1   = 500 * time.Millisecond
	sipLast = 32 * time.Second
)

// caller is the outside world: it calls over SIP and UDP, and hears what it is sent without listening.
type caller struct {
	conn  *net.UDPConn
	media *net.UDPConn
	to    *net.UDPAddr

	mu    sync.Mutex // guards what follows
	calls map[string]*outgoing
}

func newCaller(asterisk string) (*caller, error) {
	to, err := net.ResolveUDPAddr("udp4", asterisk)
	if err != nil {
		return nil, fmt.Errorf("reading Asterisk's address: %w", err)
	}
	here := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}
	conn, err := net.ListenUDP("udp4", here)
	if err != nil {
		return nil, fmt.Errorf("opening a SIP socket: %w", err)
	}
	media, err := net.ListenUDP("udp4", here)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening a socket for sound: %w", err), conn.Close())
	}
	c := &caller{conn: conn, media: media, to: to, calls: map[string]*outgoing{}}
	go c.read()
	go func() {
		for buf := make([]byte, 1500); ; {
			if _, err := media.Read(buf); errors.Is(err, net.ErrClosed) {
				return
			}
		}
	}()
	return c, nil
}

func (c *caller) close() { _, _ = c.conn.Close(), c.media.Close() }

func (c *caller) read() {
	buf := make([]byte, 65536)
	for {
		n, err := c.conn.Read(buf)
		at := time.Now()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		m, err := parseSIP(buf[:n])
		if err != nil {
			continue
		}
		c.mu.Lock()
		o := c.calls[m.get("call-id")]
		c.mu.Unlock()
		switch {
		case m.status() == 0:
			c.asked(o, m)
		case o != nil:
			o.answered(m, at)
		}
	}
}

// asked answers Asterisk's own requests.
func (c *caller) asked(o *outgoing, m sipMessage) {
	switch m.method() {
	case "ACK":
		return
	case "INVITE":
		c.write(m.reply("488 Not Acceptable Here", ""))
		return
	case "BYE":
		c.write(m.reply("200 OK", ""))
		if o != nil {
			o.finish()
		}
		return
	}
	c.write(m.reply("200 OK", ""))
}

func (c *caller) write(b []byte) { _, _ = c.conn.WriteToUDP(b, c.to) } // what is lost is sent again

// outgoing is one call of ours.
type outgoing struct {
	c            *caller
	id, from, to string // Call-ID and the two parties with their tags
	uri, remote  string // of the INVITE, and the contact that answered
	branch       string

	mu       sync.Mutex // guards what follows
	sent     time.Time  // the INVITE was written
	trying   time.Time  // the first response came
	status   int        // final of the INVITE
	leaving  bool
	retry    *time.Timer
	resent   int
	over     chan struct{}
	overOnce sync.Once
}

func token() string { return fmt.Sprintf("%016x", rand.Uint64()) }

// invite calls a number. The time of the INVITE is taken when it is written to the socket.
func (c *caller) invite(from, number string) *outgoing {
	o := &outgoing{c: c, id: token() + "@bench", branch: "z9hG4bK" + token(), over: make(chan struct{})}
	o.uri = fmt.Sprintf("sip:%s@%s", number, c.to)
	o.from = fmt.Sprintf("<sip:%s@127.0.0.1>;tag=%s", from, token())
	o.to = "<" + o.uri + ">"
	c.mu.Lock()
	c.calls[o.id] = o
	c.mu.Unlock()
	b := o.request("INVITE", 1, o.uri, o.branch, plainSDP("127.0.0.1", c.media.LocalAddr().(*net.UDPAddr).Port))
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent = time.Now()
	o.persist(b)
	return o
}

// request builds a request; the caller holds the lock or is alone.
func (o *outgoing) request(method string, cseq int, uri, branch, body string) []byte {
	var b strings.Builder
	at := o.c.conn.LocalAddr()
	fmt.Fprintf(&b, "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;rport;branch=%s\r\nMax-Forwards: 70\r\n", method, uri, at, branch)
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\nContact: <sip:bench@%s>\r\n", o.from, o.to, o.id, cseq, method, at)
	return finishSIP(&b, []string{"User-Agent: ringbook-bench", body}[:1+min(1, len(body))])
}

// persist sends a request until a response stops it; the caller holds the lock.
func (o *outgoing) persist(b []byte) {
	o.c.write(b)
	wait := sipT1
	o.retry = time.AfterFunc(wait, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		if wait *= 2; o.retry == nil || wait > sipLast {
			return
		}
		o.resent++
		o.c.write(b)
		o.retry.Reset(wait)
	})
}

func (o *outgoing) heard() {
	if o.retry != nil {
		o.retry.Stop()
		o.retry = nil
	}
}

// answered takes a response.
func (o *outgoing) answered(m sipMessage, at time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	status := m.status()
	if m.method() != "INVITE" {
		o.heard()
		if m.method() == "BYE" && status >= 200 {
			o.finish()
		}
		return
	}
	if o.trying.IsZero() {
		o.trying = at
	}
	if o.status == 0 && !o.leaving {
		o.heard()
	}
	if status < 200 {
		return
	}
	first := o.status == 0
	o.status, o.to = status, m.get("to")
	if status >= 300 {
		o.c.write(o.request("ACK", 1, o.uri, o.branch, ""))
		o.heard()
		o.finish()
		return
	}
	o.remote = m.contact()
	o.c.write(o.request("ACK", 1, o.remote, "z9hG4bK"+token(), ""))
	if first && o.leaving {
		o.heard()
		o.persist(o.request("BYE", 2, o.remote, "z9hG4bK"+token(), ""))
	}
}

// hangUp gives the call up, however far it is, and waits until the other side agrees.
func (o *outgoing) hangUp(ctx context.Context) error {
	o.mu.Lock()
	switch {
	case o.leaving || o.status >= 300:
	case o.status == 0:
		o.persist(o.request("CANCEL", 1, o.uri, o.branch, ""))
	default:
		o.persist(o.request("BYE", 2, o.remote, "z9hG4bK"+token(), ""))
	}
	o.leaving = true
	o.mu.Unlock()
	select {
	case <-o.over:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("hanging up: %w", ctx.Err())
	}
}

func (o *outgoing) finish() {
	o.overOnce.Do(func() {
		close(o.over)
		id := o.id
		time.AfterFunc(sipLast, func() { // late repetitions are still answered
			o.c.mu.Lock()
			defer o.c.mu.Unlock()
			delete(o.c.calls, id)
		})
	})
}

// times are when the INVITE was written and when its first response came.
func (o *outgoing) times() (sent, trying time.Time, status, resent int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.sent, o.trying, o.status, o.resent
}
