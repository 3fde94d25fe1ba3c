package softphone

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
)

// quality measures one incoming RTP stream by RFC 3550, appendix A.
type quality struct {
	mu sync.Mutex
	measures
	total *atomic.Uint64 // also counts what was lost; may be nil
}

// measures is what quality keeps of one stream.
type measures struct {
	ssrc     uint32
	begun    bool
	base     uint32 // extended sequence number of the first packet
	high     uint32 // extended highest
	received uint32
	transit  int32
	jitter   float64 // samples
	expPrior uint32
	recPrior uint32
	loss     float64 // percent, of the last interval
	lastSR   uint32  // middle 32 bits of the sender's last report
	lastSRAt time.Time
}

// observe takes in one packet.
func (q *quality) observe(ssrc uint32, seq uint16, ts uint32, at time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	arrival := int32(uint32(at.UnixMilli() * clockRate / 1000))
	if !q.begun || ssrc != q.ssrc || abs16(int16(seq-uint16(q.high))) > jumpSeq {
		q.measures = measures{ssrc: ssrc, begun: true, base: uint32(seq), high: uint32(seq), loss: q.loss, jitter: q.jitter}
		q.transit = arrival - int32(ts)
	}
	q.received++
	if d := int16(seq - uint16(q.high)); d > 0 {
		q.high += uint32(d)
	}
	transit := arrival - int32(ts)
	d := transit - q.transit
	q.transit = transit
	if d > jumpTime || d < -jumpTime {
		return // a pause of the talker, not of the network
	}
	q.jitter += (float64(max(d, -d)) - q.jitter) / 16
}

func abs16(v int16) int { return max(int(v), -int(v)) }

// heard takes in a sender's report, for the round trip that the other side measures.
func (q *quality) heard(sr *rtcp.SenderReport, at time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if sr.SSRC == q.ssrc {
		q.lastSR, q.lastSRAt = uint32(sr.NTPTime>>16), at
	}
}

// report closes an interval; ok is false when nothing came in it.
func (q *quality) report(now time.Time) (r rtcp.ReceptionReport, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	expected := q.high - q.base + 1
	exp, rec := expected-q.expPrior, q.received-q.recPrior
	if !q.begun || rec == 0 {
		return r, false
	}
	q.expPrior, q.recPrior = expected, q.received
	lost := max(0, int64(exp)-int64(rec))
	if q.total != nil {
		q.total.Add(uint64(lost))
	}
	q.loss = 0
	if exp > 0 {
		q.loss = 100 * float64(lost) / float64(exp)
		r.FractionLost = uint8(min(255, lost*256/int64(exp)))
	}
	r.SSRC, r.LastSequenceNumber, r.Jitter = q.ssrc, q.high, uint32(q.jitter)
	r.TotalLost = uint32(min(1<<23-1, max(0, int64(expected)-int64(q.received))))
	if q.lastSR != 0 {
		r.LastSenderReport, r.Delay = q.lastSR, uint32(now.Sub(q.lastSRAt)*65536/time.Second)
	}
	return r, true
}

// figures are the loss in percent and the jitter in milliseconds.
func (q *quality) figures() (loss, jitter float64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.loss, q.jitter * 1000 / clockRate
}

// ntp is a time in the 64-bit format of RFC 5905.
func ntp(t time.Time) uint64 {
	const epoch = 2208988800 // 1900 to 1970
	return uint64(t.Unix()+epoch)<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}

// roundTrip is the time between our sender's report and the reception report that answers it (RFC 3550, 6.4.1).
func roundTrip(r rtcp.ReceptionReport, now time.Time) (time.Duration, bool) {
	if r.LastSenderReport == 0 {
		return 0, false
	}
	units := uint32(ntp(now)>>16) - r.LastSenderReport - r.Delay
	if units > 60*65536 {
		return 0, false // clocks or a report from long ago
	}
	return time.Duration(units) * time.Second / 65536, true
}
