package telephony

import (
	"slices"
	"testing"
	"time"
)

// desked is a call that rings anna's desk phone.
func desked() *story {
	return begin("+74951111111").after(time.Second, Offered{Agent: "anna", Device: DeskPhone})
}

func TestADeskPhoneIsPoppedBeforeItRingsAndAnsweredByItsHandset(t *testing.T) {
	t.Parallel()
	s := desked()
	if pop, ring := slices.Index(s.did, "RingPhone"), slices.Index(s.did, "CallPhone"); pop < 0 || ring < pop {
		t.Errorf("did %v", s.did)
	}
	if s.after(time.Second, AgentAnswered{"anna"}); s.call.State != StateRinging {
		t.Errorf("a click lifted the handset: %s", s.call.State)
	}
	s.after(time.Second, LegUp{Channel: s.leg()})
	if s.call.State != StateTalking || len(s.call.Taps) != 1 || slices.Contains(s.did, "TieLeg") || slices.Contains(s.did, "MakeLeg") {
		t.Errorf("%s, %v, did %v", s.call.State, s.call.Taps, s.did)
	}
	s.after(time.Second, HoldAsked{"anna"}).after(time.Second, ResumeAsked{"anna"})
	if taps := s.call.Taps; len(taps) != 2 || !taps[0].Over || taps[1].Over || !slices.Contains(s.did, "EndTap") || s.call.State != StateTalking {
		t.Errorf("after a hold: %v, %s, did %v", taps, s.call.State, s.did)
	}
	if s.after(time.Second, LegGone{s.leg(), causeNormal}); s.call.EndReason != EndAgentHungUp {
		t.Errorf("the handset was put down: %s", s.call.EndReason)
	}
}

func TestADeskPhoneThatLetsGoOfAnOffer(t *testing.T) {
	t.Parallel()
	for cause, want := range map[int]string{causeBusy: "rejected", causeDeclined: "rejected", 20: "timeout", 0: "timeout"} {
		s := desked()
		s.after(time.Second, LegGone{s.leg(), cause})
		if s.call.State != StateWaiting || offerResult(s.call, "anna") != want {
			t.Errorf("cause %d: %s, %s, want %s", cause, s.call.State, offerResult(s.call, "anna"), want)
		}
	}
}

// A phone that is lost in a talk is no hang-up: it is rung again while the client hears music, and then the client goes to the head of
// the queue.
func TestADeskPhoneThatIsLostInATalk(t *testing.T) {
	t.Parallel()
	s := desked()
	s.after(time.Second, LegUp{Channel: s.leg()}).after(time.Second, LegGone{s.leg(), 44})
	if s.call.State != StateAway || s.leg() == "" {
		t.Fatalf("%s, leg %q", s.call.State, s.leg())
	}
	again := *s
	if again.after(time.Second, LegUp{Channel: s.leg()}); again.call.State != StateTalking || len(again.call.Taps) != 2 {
		t.Errorf("lifted again: %s, %v", again.call.State, again.call.Taps)
	}
	if s.after(16*time.Second, Tick{}); s.call.State != StateWaiting {
		t.Errorf("nobody lifted it: %s", s.call.State)
	}
}

// A restart of ours is nothing to a desk phone: the talk goes on without a moment of music.
func TestADeskPhonesTalkIsRestoredUntouched(t *testing.T) {
	t.Parallel()
	s := desked()
	s.after(time.Second, LegUp{Channel: s.leg()})
	taps := slices.Clone(s.call.Taps)
	s.did = nil
	s.after(time.Second, Restored{Leg: s.leg()}).after(20*time.Second, Tick{})
	if s.call.State != StateTalking || s.call.Gone || !slices.Equal(s.call.Taps, taps) || slices.Contains(s.did, "MusicOn") || !slices.Contains(s.did, "TapLeg") {
		t.Errorf("%s, gone %t, %v, did %v", s.call.State, s.call.Gone, s.call.Taps, s.did)
	}
}

func TestANumberKeyedInOnADeskPhoneUsesItsLeg(t *testing.T) {
	t.Parallel()
	c, cmds := NewOutbound(Order{ID: CallID(uuid7(morning, make([]byte, 10))), Agent: "anna", Device: DeskPhone, Leg: "phone.1", Phone: "+79161234567"}, testPlan(), morning)
	s := &story{now: morning, call: c}
	s.note(cmds)
	if slices.Contains(s.did, "CallPhone") || !slices.Contains(s.did, "DialClient") || c.Ours.Channel != "phone.1" {
		t.Errorf("did %v", s.did)
	}
	if s.after(time.Second, LegGone{s.leg(), causeNormal}); s.call.EndReason != EndCancelled {
		t.Errorf("put down before the answer: %s", s.call.EndReason)
	}
}
