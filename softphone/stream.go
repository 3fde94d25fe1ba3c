package softphone

import (
	"math/rand/v2"
	"time"
)

const (
	clockRate = 8000 // G.711, RFC 3551
	frame     = 20 * time.Millisecond
	frameSize = clockRate / 50
	window    = 64   // how late a packet may be and still be sent
	jumpSeq   = 1000 // a longer way is another stream under the same SSRC (RFC 3550, appendix A.1, in spirit)
	jumpTime  = clockRate * 2
	leeway    = 2 * frameSize // jitter that is no gap
)

// source names one incoming stream; a change of it is a seam.
type source struct {
	of   any // the leg or session that it comes through
	cut  uint32
	ssrc uint32
}

// stream turns whatever sources follow each other into one continuous RTP stream: one SSRC, sequence numbers without a
// hole at the seams, timestamps that go on with the clock on the wall. Inside a source loss and order are passed on as they are.
// No sequence number is ever given twice, for SRTP in GCM mode may never encrypt two packets under one. Not safe for concurrent use.
type stream struct {
	ssrc    uint32
	begun   bool
	src     source
	inSeq   uint16 // highest of the source
	inTS    uint32
	inAt    time.Time
	offSeq  uint16 // out = in + off
	offTS   uint32
	seq     uint16 // highest given
	ts      uint32 // of that packet
	samples uint32 // in that packet
	at      time.Time
	given   uint64 // bit n: seq-n was given
}

func newStream() stream {
	return stream{ssrc: rand.Uint32(), seq: uint16(rand.Uint32()), ts: rand.Uint32()}
}

// next gives the place of a packet; marker says that a talk spurt begins here, ok that the packet may be sent.
func (s *stream) next(src source, seq uint16, ts uint32, samples int, at time.Time) (outSeq uint16, outTS uint32, marker, ok bool) {
	if !s.begun || src != s.src || s.jumped(seq, ts, at) {
		outSeq, outTS = s.own(samples, at)
		s.src, s.inSeq, s.inTS, s.inAt = src, seq, ts, at
		s.offSeq, s.offTS = outSeq-seq, outTS-ts
		return outSeq, outTS, true, true
	}
	if int16(seq-s.inSeq) > 0 {
		s.inSeq, s.inTS, s.inAt = seq, ts, at
	}
	outSeq, outTS = seq+s.offSeq, ts+s.offTS
	return outSeq, outTS, false, s.give(outSeq, outTS, samples, at)
}

// own gives the next place to a packet that has no numbers of its own.
func (s *stream) own(samples int, at time.Time) (seq uint16, ts uint32) {
	seq, ts = s.seq+1, s.ts+s.samples
	if s.begun {
		if passed := uint32(max(0, at.Sub(s.at)) * clockRate / time.Second); passed > s.samples+leeway {
			ts = s.ts + passed
		}
	}
	s.src = source{}
	s.give(seq, ts, samples, at)
	return seq, ts
}

// jumped says whether the source began anew without changing its SSRC.
func (s *stream) jumped(seq uint16, ts uint32, at time.Time) bool {
	if d := int16(seq - s.inSeq); d > jumpSeq || d < -jumpSeq {
		return true
	}
	passed := int32(at.Sub(s.inAt) * clockRate / time.Second)
	d := int32(ts-s.inTS) - passed
	return d > jumpTime || d < -jumpTime
}

func (s *stream) give(seq uint16, ts uint32, samples int, at time.Time) bool {
	d := int16(seq - s.seq)
	switch {
	case !s.begun:
		s.begun, s.given = true, 1
	case d > 0:
		s.given = s.given<<min(d, window) | 1
	case -d >= window || s.given&(1<<-d) != 0:
		return false
	default:
		s.given |= 1 << -d
		return true
	}
	s.seq, s.ts, s.samples, s.at = seq, ts, uint32(samples), at
	return true
}
