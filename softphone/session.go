package softphone

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"ringbook/softphone/g711"
	"ringbook/telephony"
)

// seat is an agent's place at the gateway: the browser's session and the leg that it talks to. Each comes and goes without the other.
type seat struct {
	agent   telephony.AgentID
	session atomic.Pointer[session]
	leg     atomic.Pointer[leg]
}

// session is one WebRTC connection of a browser.
type session struct {
	seat  *seat
	law   g711.Law // of the trunk
	pc    *webrtc.PeerConnection
	track *track
	on    func(SessionEvent)
	wg    *sync.WaitGroup

	up       quality // from the browser
	received atomic.Uint64

	mu    sync.Mutex // guards what follows
	state string
	over  bool
	down  stream // to the browser
	sent  uint64
	bytes uint32
	told  uint64 // sent, at the last sender's report
	far   rtcp.ReceptionReport
	rtt   time.Duration
	buf   []byte
}

var errNoG711 = errors.New("the browser offers neither PCMA nor PCMU")

// answer negotiates: the browser's offer in, ours with all candidates out.
func (s *session) answer(offer string) (string, error) {
	offered := slices.DeleteFunc(codecs(s.law), func(c webrtc.RTPCodecParameters) bool {
		return !strings.Contains(offer, strings.TrimPrefix(c.MimeType, "audio/")+"/8000")
	})
	if len(offered) == 0 {
		return "", errNoG711
	}
	sender, err := s.pc.AddTrack(s.track)
	if err != nil {
		return "", fmt.Errorf("adding our track: %w", err)
	}
	s.pc.OnConnectionStateChange(s.changed)
	s.pc.OnTrack(func(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
		s.goes(func() { s.readRTCP(r.Read) })
		s.goes(func() { s.readTrack(t) })
	})
	if err := s.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return "", fmt.Errorf("reading the offer: %w", err)
	}
	for _, t := range s.pc.GetTransceivers() {
		if err := t.SetCodecPreferences(offered); err != nil {
			return "", fmt.Errorf("preferring the trunk's law: %w", err)
		}
	}
	answer, err := s.pc.CreateAnswer(nil)
	if err != nil {
		return "", fmt.Errorf("making the answer: %w", err)
	}
	gathered := webrtc.GatheringCompletePromise(s.pc)
	if err := s.pc.SetLocalDescription(answer); err != nil {
		return "", fmt.Errorf("taking the answer: %w", err)
	}
	s.goes(func() { s.readRTCP(sender.Read) })
	<-gathered
	return s.pc.LocalDescription().SDP, nil
}

func (s *session) goes(f func()) { s.wg.Go(f) }

// changed is told by pion of each change of the connection.
func (s *session) changed(state webrtc.PeerConnectionState) {
	switch state {
	case webrtc.PeerConnectionStateConnected:
		s.tell(Connected)
	case webrtc.PeerConnectionStateDisconnected:
		s.tell(Disconnected)
	case webrtc.PeerConnectionStateFailed:
		s.close(Failed)
	case webrtc.PeerConnectionStateClosed:
		s.close(Closed)
	}
}

func (s *session) tell(state string) {
	s.mu.Lock()
	over := s.over
	if !over {
		s.state = state
	}
	s.mu.Unlock()
	if !over && s.on != nil {
		s.on(SessionEvent{Agent: s.seat.agent, State: state})
	}
}

// close is the one way out of a session, whoever wants it; safe to call twice.
func (s *session) close(why string) {
	s.mu.Lock()
	over := s.over
	s.over, s.state = true, why
	s.mu.Unlock()
	if over {
		return
	}
	s.seat.session.CompareAndSwap(s, nil)
	s.goes(func() { _ = s.pc.GracefulClose() }) // an error says only that parts were closed before
	if s.on != nil {
		s.on(SessionEvent{Agent: s.seat.agent, State: why})
	}
}

// readTrack moves the browser's sound until the session ends.
func (s *session) readTrack(t *webrtc.TrackRemote) {
	buf, other := make([]byte, 1500), make([]byte, 1500)
	var p rtp.Packet
	for {
		n, _, err := t.Read(buf)
		if err != nil {
			return
		}
		at := time.Now()
		if p.Unmarshal(buf[:n]) != nil || len(p.Payload) == 0 {
			continue
		}
		law, ok := g711.FromPayloadType(p.PayloadType)
		if !ok {
			continue // telephone-event among others: digits go by ARI
		}
		s.received.Add(1)
		s.up.observe(p.SSRC, p.SequenceNumber, p.Timestamp, at)
		payload := p.Payload
		if law != s.law {
			payload = other[:len(payload)]
			law.Convert(payload, p.Payload)
		}
		s.deliver(&p, payload, at)
	}
}

func (s *session) deliver(p *rtp.Packet, payload []byte, at time.Time) {
	if s.seat.session.Load() != s {
		return // a later session has taken the seat
	}
	if l := s.seat.leg.Load(); l != nil {
		if l.talking.Load() {
			p.PayloadType = s.law.PayloadType()
			l.fromBrowser(s, p, payload, at)
		}
	}
}

// send passes a packet, in the given law, to the browser.
func (s *session) send(src source, p *rtp.Packet, law g711.Law, at time.Time) {
	out := s.track.out.Load()
	if out == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	seq, ts, marker, ok := s.down.next(src, p.SequenceNumber, p.Timestamp, len(p.Payload), at)
	if !ok || s.over {
		return
	}
	payload := p.Payload
	if law != out.law {
		s.buf = append(s.buf[:0], payload...)
		law.Convert(s.buf, s.buf)
		payload = s.buf
	}
	h := rtp.Header{SequenceNumber: seq, Timestamp: ts, Marker: marker || p.Marker}
	if out.write(&h, payload) == nil {
		s.sent++
		s.bytes += uint32(len(payload))
	}
}

// readRTCP takes in the browser's reports.
func (s *session) readRTCP(read func([]byte) (int, interceptor.Attributes, error)) {
	buf := make([]byte, 1500)
	for {
		n, _, err := read(buf)
		if err != nil {
			return
		}
		packets, err := rtcp.Unmarshal(buf[:n])
		if err != nil {
			continue
		}
		now := time.Now()
		for _, p := range packets {
			switch p := p.(type) {
			case *rtcp.SenderReport:
				s.up.heard(p, now)
				s.hear(p.Reports, now)
			case *rtcp.ReceiverReport:
				s.hear(p.Reports, now)
			}
		}
	}
}

func (s *session) hear(reports []rtcp.ReceptionReport, now time.Time) {
	out := s.track.out.Load()
	for _, r := range reports {
		if out == nil || r.SSRC != out.ssrc {
			continue
		}
		s.mu.Lock()
		s.far = r
		if rtt, ok := roundTrip(r, now); ok {
			s.rtt = rtt
		}
		s.mu.Unlock()
	}
}

// report sends our side's RTCP, if any sound passed since the last one.
func (s *session) report(now time.Time) {
	out := s.track.out.Load()
	if out == nil {
		return
	}
	var reports []rtcp.ReceptionReport
	if r, ok := s.up.report(now); ok {
		reports = append(reports, r)
	}
	s.mu.Lock()
	spoke := s.sent != s.told
	s.told = s.sent
	passed := uint32(max(0, now.Sub(s.down.at)) * clockRate / time.Second)
	sr := &rtcp.SenderReport{SSRC: out.ssrc, NTPTime: ntp(now), RTPTime: s.down.ts + passed,
		PacketCount: uint32(s.sent), OctetCount: s.bytes, Reports: reports}
	s.mu.Unlock()
	switch {
	case spoke:
		_ = s.pc.WriteRTCP([]rtcp.Packet{sr}) // lost reports are made good by the next one
	case len(reports) > 0:
		_ = s.pc.WriteRTCP([]rtcp.Packet{&rtcp.ReceiverReport{SSRC: out.ssrc, Reports: reports}})
	}
}

func (s *session) stats() Stats {
	up, jitter := s.up.figures()
	s.mu.Lock()
	defer s.mu.Unlock()
	down := float64(s.far.FractionLost) * 100 / 256
	return Stats{State: s.state, Loss: max(up, down), LossUp: up, LossDown: down,
		Jitter: max(jitter, float64(s.far.Jitter)*1000/clockRate), RTT: float64(s.rtt) / float64(time.Millisecond),
		Received: s.received.Load(), Sent: s.sent}
}
