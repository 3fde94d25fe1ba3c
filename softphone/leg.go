package softphone

import (
	"bytes"
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"

	"ringbook/softphone/g711"
	"ringbook/telephony"
)

// leg is Asterisk's end of an agent's part in a call (an externalMedia channel).
type leg struct {
	call  telephony.CallID
	agent telephony.AgentID
	addr  netip.AddrPort
	seat  *seat
	law   g711.Law
	conn  *net.UDPConn

	talking atomic.Bool   // sound flows
	cuts    atomic.Uint32 // how often it began to
	tap     atomic.Pointer[Tap]
	asked   sync.Once // for the tap

	down   quality // from Asterisk
	in     atomic.Uint64
	out    atomic.Uint64
	mu     sync.Mutex // guards what follows
	up     stream     // to Asterisk
	realAt time.Time  // when the browser's sound was last sent
	buf    []byte
}

func newLeg(call telephony.CallID, agent telephony.AgentID, addr netip.AddrPort, s *seat, law g711.Law, conn *net.UDPConn) *leg {
	return &leg{call: call, agent: agent, addr: addr, seat: s, law: law, conn: conn, up: newStream()}
}

// listen gets the leg its tap.
func (l *leg) listen(ask func(telephony.CallID, telephony.AgentID) Tap) {
	l.asked.Do(func() {
		if ask == nil {
			return
		}
		if tap := ask(l.call, l.agent); tap != nil {
			l.tap.Store(&tap)
		}
	})
}

// fromAsterisk passes a packet on to the browser. Only the goroutine that reads the socket calls it.
func (l *leg) fromAsterisk(p *rtp.Packet, at time.Time) {
	l.in.Add(1)
	l.down.observe(p.SSRC, p.SequenceNumber, p.Timestamp, at)
	if !l.talking.Load() || p.PayloadType != l.law.PayloadType() || len(p.Payload) == 0 {
		return
	}
	if tap := l.tap.Load(); tap != nil {
		(*tap).Client(packet(p, at, p.Payload))
	}
	if s := l.seat.session.Load(); s != nil && l.seat.leg.Load() == l {
		s.send(source{l, l.cuts.Load(), p.SSRC}, p, l.law, at)
	}
}

// fromBrowser passes a packet of the session on to Asterisk; payload is in the trunk's law.
func (l *leg) fromBrowser(s *session, p *rtp.Packet, payload []byte, at time.Time) {
	if tap := l.tap.Load(); tap != nil {
		(*tap).Agent(packet(p, at, payload))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	seq, ts, marker, ok := l.up.next(source{s, l.cuts.Load(), p.SSRC}, p.SequenceNumber, p.Timestamp, len(payload), at)
	if !ok {
		return
	}
	l.realAt = at
	l.write(seq, ts, marker || p.Marker, payload)
}

// keepAlive sends a frame of silence when nothing else is to be sent: strict RTP learns our address, and the bridge has sound
// from this side before the agent answers, while they hold, and while their browser is away.
func (l *leg) keepAlive(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.talking.Load() && now.Sub(l.realAt) < 3*frame {
		return
	}
	seq, ts := l.up.own(frameSize, now)
	l.write(seq, ts, false, silence[l.law])
}

var silence = map[g711.Law][]byte{
	g711.ALaw:  bytes.Repeat([]byte{g711.ALaw.Silence()}, frameSize),
	g711.MuLaw: bytes.Repeat([]byte{g711.MuLaw.Silence()}, frameSize),
}

func (l *leg) write(seq uint16, ts uint32, marker bool, payload []byte) {
	pt := l.law.PayloadType()
	if marker {
		pt |= 0x80
	}
	b := append(l.buf[:0], 0x80, pt)
	b = binary.BigEndian.AppendUint16(b, seq)
	b = binary.BigEndian.AppendUint32(b, ts)
	b = binary.BigEndian.AppendUint32(b, l.up.ssrc)
	l.buf = append(b, payload...)
	// A refused or unreachable port is Asterisk's to report: the channel ends there and so does the leg.
	if _, err := l.conn.WriteToUDPAddrPort(l.buf, l.addr); err == nil {
		l.out.Add(1)
	}
}

func packet(p *rtp.Packet, at time.Time, payload []byte) Packet {
	return Packet{At: at, SSRC: p.SSRC, Seq: p.SequenceNumber, TS: p.Timestamp, PT: p.PayloadType, Payload: payload}
}
