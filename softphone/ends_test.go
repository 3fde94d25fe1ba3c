package softphone_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"

	"ringbook/softphone"
	"ringbook/softphone/g711"
	"ringbook/softphone/testphone"
	"ringbook/telephony"
)

const (
	anna = telephony.AgentID("anna")
	call = telephony.CallID("call-1")
)

// gateway runs a gateway on loopback until the test ends.
func gateway(t testing.TB, change func(*softphone.Options)) *softphone.Gateway {
	t.Helper()
	o := softphone.Options{Media: "127.0.0.1:0", RTP: "127.0.0.1:0", Loopback: true, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	if change != nil {
		change(&o)
	}
	g, err := softphone.New(o)
	if err != nil {
		t.Fatal(err)
	}
	stop := run(t, g)
	t.Cleanup(stop)
	return g
}

// run runs a gateway; the answer ends it, once.
func run(t testing.TB, g *softphone.Gateway) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- g.Run(ctx) }()
	return sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

// browser is a test phone with what it heard and what the gateway said of its session.
type browser struct {
	*testphone.Phone
	heard  chan rtp.Packet
	events chan string
}

// open connects a browser of the agent.
func open(t testing.TB, g *softphone.Gateway, agent telephony.AgentID, o testphone.Options) *browser {
	t.Helper()
	b := &browser{heard: make(chan rtp.Packet, 1000), events: make(chan string, 100)}
	o.Loopback = true
	o.Packet = func(p *rtp.Packet, _ time.Time) {
		c := *p
		c.Payload = bytes.Clone(p.Payload)
		b.heard <- c
	}
	var err error
	if b.Phone, err = testphone.New(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	offer, err := b.Offer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	answer, err := g.Open(agent, offer, func(e softphone.SessionEvent) { b.events <- e.State })
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Accept(answer); err != nil {
		t.Fatal(err)
	}
	within(t, b.Connected(), "the browser to connect")
	b.expect(t, softphone.Connected)
	return b
}

func (b *browser) expect(t testing.TB, state string) {
	t.Helper()
	for {
		if got := within(t, b.events, "the session to be "+state); got == state {
			return
		}
	}
}

// asterisk is the far end of one leg: a real UDP socket.
type asterisk struct {
	conn *net.UDPConn
	to   *net.UDPAddr
	got  chan rtp.Packet
	seq  uint16
	ts   uint32
	ssrc uint32
}

func newAsterisk(t testing.TB, g *softphone.Gateway) *asterisk {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	a := &asterisk{conn: conn, got: make(chan rtp.Packet, 1000), ssrc: 0xA57E, seq: 65530, ts: 0xFFFFFF00}
	a.to, _ = net.ResolveUDPAddr("udp4", g.RTPAddr())
	go func() {
		for {
			buf := make([]byte, 1500)
			n, err := conn.Read(buf)
			if err != nil {
				return
			}
			var p rtp.Packet
			if p.Unmarshal(buf[:n]) == nil {
				a.got <- p
			}
		}
	}()
	return a
}

func (a *asterisk) addr() string { return a.conn.LocalAddr().String() }

func (a *asterisk) say(t testing.TB, payload []byte) {
	t.Helper()
	a.seq, a.ts = a.seq+1, a.ts+160
	p := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 8, SequenceNumber: a.seq, Timestamp: a.ts, SSRC: a.ssrc}, Payload: payload}
	b, _ := p.Marshal()
	if _, err := a.conn.WriteTo(b, a.to); err != nil {
		t.Fatal(err)
	}
}

// leg registers and connects a leg, and waits for the silence that comes before the sound.
func (a *asterisk) leg(t testing.TB, g *softphone.Gateway, c telephony.CallID, agent telephony.AgentID) {
	t.Helper()
	if err := g.Leg(c, agent, a.addr()); err != nil {
		t.Fatal(err)
	}
	if p := within(t, a.got, "silence towards Asterisk"); !isSilence(p.Payload) {
		t.Fatalf("before the connection Asterisk got %x", p.Payload)
	}
	g.Connect(c)
}

// hears takes packets until one has the payload.
func hears(t testing.TB, from <-chan rtp.Packet, payload []byte) rtp.Packet {
	t.Helper()
	for {
		if p := within(t, from, "sound"); bytes.Equal(p.Payload, payload) {
			return p
		}
	}
}

func within[T any](t testing.TB, from <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(45 * time.Second):
		t.Fatalf("waited in vain for %s", what)
		panic("unreachable")
	}
}

func isSilence(b []byte) bool { return bytes.Equal(b, bytes.Repeat([]byte{g711.ALaw.Silence()}, 160)) }

// frameOf is a recognisable frame.
func frameOf(n byte) []byte { return append(bytes.Repeat([]byte{n}, 159), ^n) }

func send(t testing.TB, b *browser, seq uint16, payload []byte) {
	t.Helper()
	if err := b.Send(rtp.Header{SequenceNumber: seq, Timestamp: uint32(seq) * 160}, payload); err != nil {
		t.Fatal(err)
	}
}
