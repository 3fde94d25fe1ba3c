package softphone

import (
	"math"
	"testing"
	"time"

	"github.com/pion/rtcp"
)

func TestLossAndJitterAreMeasuredByTheRFC(t *testing.T) {
	t.Parallel()
	var q quality
	at := time.UnixMilli(1_700_000_000_000)
	for i := range 100 {
		if i%10 == 5 {
			continue // lost
		}
		late := time.Duration(i%2) * 10 * time.Millisecond
		q.observe(7, uint16(65500+i), uint32(i*160), at.Add(time.Duration(i)*frame+late))
	}
	r, ok := q.report(at.Add(2 * time.Second))
	if !ok || r.TotalLost != 10 || r.FractionLost != 25 {
		t.Errorf("10 of 100 lost: %+v", r)
	}
	loss, jitter := q.figures()
	if loss != 10 || math.Abs(jitter-9.5) > 1.5 {
		t.Errorf("loss %v %%, jitter %v ms, want 10 and about 10", loss, jitter)
	}
	if _, ok := q.report(at.Add(4 * time.Second)); ok {
		t.Error("an interval in which nothing came was reported")
	}
}

func TestTheRoundTripIsWhatIsLeftOfTheReportsTimes(t *testing.T) {
	t.Parallel()
	sent := time.Now()
	r := rtcp.ReceptionReport{LastSenderReport: uint32(ntp(sent) >> 16), Delay: 65536 / 2}
	rtt, ok := roundTrip(r, sent.Add(530*time.Millisecond))
	if !ok || math.Abs(float64(rtt-30*time.Millisecond)) > float64(time.Millisecond) {
		t.Errorf("round trip %v, want 30 ms", rtt)
	}
	if _, ok := roundTrip(rtcp.ReceptionReport{}, sent); ok {
		t.Error("a round trip without a sender's report")
	}
}
