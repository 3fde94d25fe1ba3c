package calls

import (
	"testing"
	"time"

	"ringbook/telephony"
)

var noon = time.Date(2025, 3, 3, 12, 0, 0, 0, time.UTC)

func at(s float64) time.Time { return noon.Add(time.Duration(s * float64(time.Second))) }

func TestStretchesOfOneKindAddUpToTheCallsSeconds(t *testing.T) {
	t.Parallel()
	c := telephony.Call{Direction: telephony.Inbound, State: telephony.StateEnded, StartedAt: at(0), WaitingAt: at(0.2), AnsweredAt: at(5.9),
		EndedAt: at(20), Segments: []telephony.Segment{
			{Kind: telephony.SegmentTalk, Agent: "a", From: at(5.9), To: at(7.5)},  // 1.6
			{Kind: telephony.SegmentHold, Agent: "a", From: at(7.5), To: at(8.4)},  // 0.9
			{Kind: telephony.SegmentTalk, Agent: "b", From: at(8.4), To: at(10.1)}, // 1.7
			{Kind: telephony.SegmentTalk, Agent: "a", From: at(11)},                // 9, unfinished
		}}
	f := count(c, at(1000))
	if f.Wait != 5 || f.Talk != 12 || f.Hold != 0 {
		t.Errorf("wait %d, talk %d, hold %d", f.Wait, f.Talk, f.Hold)
	}
	sum := 0
	for _, s := range f.Trail {
		if s.Kind == telephony.SegmentTalk {
			sum += s.Seconds
		}
	}
	if sum != f.Talk {
		t.Errorf("the stretches give %d, the call %d", sum, f.Talk)
	}
}

func TestNobodyHadACallThatWasNotAnswered(t *testing.T) {
	t.Parallel()
	c := telephony.Call{Direction: telephony.Inbound, State: telephony.StateRinging, Agent: "a"}
	if had(c) != "a" {
		t.Error("a ringing call belongs to whom it is offered")
	}
	c.State = telephony.StateEnded
	if had(c) != "" {
		t.Error("a missed call belongs to nobody")
	}
	c.Direction = telephony.Outbound
	if had(c) != "a" {
		t.Error("a call out belongs to whom dialled it")
	}
}

func TestTextFromTheNetworkIsMadeFitToStore(t *testing.T) {
	t.Parallel()
	if got := clean("a\x00b\xffc"); got != "ab\uFFFDc" {
		t.Errorf("%q", got)
	}
}

func TestAWaitIsNeverNegative(t *testing.T) {
	t.Parallel()
	c := telephony.Call{Direction: telephony.Inbound, WaitingAt: at(10), AnsweredAt: at(9)}
	if f := count(c, at(20)); f.Wait != 0 {
		t.Error(f.Wait)
	}
}
