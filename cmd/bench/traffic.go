package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"

	"ringbook/softphone/testphone"
)

const (
	frameEvery  = 20 * time.Millisecond
	frameSize   = 160
	payloadType = 8            // A-law, RFC 3551
	stampMark   = 0x52424E4348 // tells our packets from silence that a relay makes
)

// epoch is what stamps count from, on the steady clock.
var epoch = time.Now()

// span is the time that counts: what was sent before and after it is ignored, in both directions.
type span struct{ from, to atomic.Int64 }

func (s *span) holds(stamp int64) bool {
	from, to := s.from.Load(), s.to.Load()
	return from > 0 && stamp >= from && (to == 0 || stamp < to)
}

// meter counts one direction of one leg.
type meter struct {
	span *span
	sent atomic.Int64
	mu   sync.Mutex // guards what follows
	took []time.Duration
}

// stamp writes the present time into a frame, and counts it.
func (m *meter) stamp(frame []byte) {
	now := int64(time.Since(epoch))
	binary.BigEndian.PutUint64(frame, stampMark)
	binary.BigEndian.PutUint64(frame[8:], uint64(now))
	if m.span.holds(now) {
		m.sent.Add(1)
	}
}

// hear takes a frame that came.
func (m *meter) hear(frame []byte, at time.Time) {
	if len(frame) < 16 || binary.BigEndian.Uint64(frame) != stampMark {
		return
	}
	sent := int64(binary.BigEndian.Uint64(frame[8:]))
	if !m.span.holds(sent) {
		return
	}
	m.mu.Lock()
	m.took = append(m.took, at.Sub(epoch)-time.Duration(sent))
	m.mu.Unlock()
}

// end is where sound is said and heard: a browser, or a far leg.
type end interface {
	say(seq uint16, frame []byte) error
	close()
}

// farLeg is the end that a telephone exchange would be: RTP over a UDP socket.
type farLeg struct {
	conn *net.UDPConn
	to   atomic.Pointer[net.UDPAddr]
	buf  []byte
}

func newFarLeg(heard *meter) (*farLeg, error) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, fmt.Errorf("opening a far leg: %w", err)
	}
	l := &farLeg{conn: conn}
	go func() {
		buf := make([]byte, 1500)
		var p rtp.Packet
		for {
			n, err := conn.Read(buf)
			at := time.Now()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err == nil && p.Unmarshal(buf[:n]) == nil {
				heard.hear(p.Payload, at)
			}
		}
	}()
	return l, nil
}

func (l *farLeg) addr() string { return l.conn.LocalAddr().String() }

func (l *farLeg) sendTo(address string) error {
	to, err := net.ResolveUDPAddr("udp4", address)
	if err != nil {
		return fmt.Errorf("reading where a leg sends to: %w", err)
	}
	l.to.Store(to)
	return nil
}

func (l *farLeg) say(seq uint16, frame []byte) error {
	p := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: payloadType, SequenceNumber: seq, Timestamp: uint32(seq) * frameSize, SSRC: 0x1E6}, Payload: frame}
	if l.buf == nil {
		l.buf = make([]byte, 1500)
	}
	n, err := p.MarshalTo(l.buf)
	if err != nil {
		return err
	}
	_, err = l.conn.WriteToUDP(l.buf[:n], l.to.Load())
	return err
}

func (l *farLeg) close() { _ = l.conn.Close() }

// browser is the other end: a WebRTC session.
type browser struct{ *testphone.Phone }

func newBrowser(ctx context.Context, heard *meter) (b browser, offer string, err error) {
	b.Phone, err = testphone.New(testphone.Options{Loopback: true, Packet: func(p *rtp.Packet, at time.Time) { heard.hear(p.Payload, at) }})
	if err != nil {
		return b, "", err
	}
	if offer, err = b.Offer(ctx); err != nil {
		b.close()
	}
	return b, offer, err
}

func (b browser) say(seq uint16, frame []byte) error {
	return b.Send(rtp.Header{SequenceNumber: seq, Timestamp: uint32(seq) * frameSize}, frame)
}

func (b browser) close() { _ = b.Close() }

// talk lets both ends speak, a frame each in turn, until the context ends. The phase keeps legs from speaking all at once.
func talk(ctx context.Context, phase time.Duration, leg, tab end, down, up *meter) {
	frame := make([]byte, frameSize)
	timer := time.NewTimer(phase)
	defer timer.Stop()
	begun := time.Now().Add(phase)
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		from, meter := leg, down
		if i%2 == 1 {
			from, meter = tab, up
		}
		meter.stamp(frame)
		_ = from.say(uint16(i/2+1), frame) // what could not be sent counts as lost
		timer.Reset(time.Until(begun.Add(time.Duration(i+1) * frameEvery / 2)))
	}
}
