package recording

import "time"

const (
	early     = 2 * rate      // further in the future than this a packet cannot be
	late      = 10 * rate     // a network may hold sound back for so long; beyond it the source stood still
	near      = 3 * rate / 50 // a seam may lie this much before the end of what is written
	slack     = rate / 50     // drift that is left alone
	hardSlack = rate / 10     // drift that is taken out even in the middle of a word
	drifting  = time.Second   // how long the least delay is looked for
	jump      = 1000          // of sequence numbers: another stream
)

// placement says where in the file the packets of one side belong. Inside a stream its timestamps rule, for they have no jitter; how
// streams lie to each other and to the call is known from arrivals alone. Two clocks drift apart: the least delay seen in some
// seconds shows by how much, and the difference is taken out where it is quiet.
type placement struct {
	begun bool
	ssrc  uint32
	seq   uint16 // highest
	ts    uint32 // of that packet
	pos   int64  // of that packet
	end   int64  // behind the last frame that was placed

	seen  bool // least holds something
	since int64
	least int64 // the least of arrival - pos
	drift int64 // to be taken out at the next quiet packet
}

// cut makes the next packet be placed by its arrival.
func (p *placement) cut() { p.begun = false }

// place gives the position of a packet that arrived at the given frame of the file.
func (p *placement) place(arrival int64, ssrc uint32, seq uint16, ts uint32, n int, quiet bool) int64 {
	arrival = max(0, arrival)
	dseq, dts := int16(seq-p.seq), int64(int32(ts-p.ts))
	pos := p.pos + dts
	switch {
	case !p.begun || ssrc != p.ssrc || dseq > jump || dseq < -jump, pos < 0, pos > arrival+early, pos < arrival-late:
		return p.anchor(arrival, ssrc, seq, ts, n)
	}
	if dseq > 0 {
		pos += p.correct(arrival, pos, quiet)
		p.seq, p.ts, p.pos = seq, ts, pos
	}
	p.end = max(p.end, pos+int64(n))
	return pos
}

// anchor begins a stream anew at its arrival, or right behind what is written if that is nearly there.
func (p *placement) anchor(arrival int64, ssrc uint32, seq uint16, ts uint32, n int) int64 {
	pos := arrival
	if pos < p.end && p.end-pos <= near {
		pos = p.end
	}
	*p = placement{begun: true, ssrc: ssrc, seq: seq, ts: ts, pos: pos, end: max(p.end, pos+int64(n))}
	return pos
}

// correct watches the delay and answers by how much the stream is to be shifted now.
func (p *placement) correct(arrival, pos int64, quiet bool) int64 {
	if d := arrival - pos; !p.seen {
		p.seen, p.since, p.least = true, arrival, d
	} else {
		p.least = min(p.least, d)
	}
	if arrival-p.since >= frameAt(drifting) {
		p.drift, p.seen = p.least, false
	}
	size := max(p.drift, -p.drift)
	switch {
	case size <= slack:
		p.drift = 0
		return 0
	case size > hardSlack, quiet:
		by := p.drift
		p.drift, p.seen = 0, false
		return max(by, -pos)
	}
	return 0
}
