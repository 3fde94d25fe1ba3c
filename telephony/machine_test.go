package telephony

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var morning = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) // a Monday

func testPlan() Plan {
	return Plan{RingFor: 20 * time.Second, AwayFor: 15 * time.Second, WrapUp: 30 * time.Second, Prefixes: []string{"+7", "112"},
		Numbers: map[string]Number{
			"+74951111111": {Queue: "sales", MaxWait: time.Minute, Nobody: "sound:nobody"},
			"+74952222222": {Queue: "sales", Greeting: "sound:hello", MaxWait: time.Minute},
			"+74953333333": {Queue: "sales", Closed: "sound:closed", Hours: Hours{time.Tuesday: {{540, 1080}}}},
		}}
}

// story drives one call and keeps everything that it was told to do.
type story struct {
	call Call
	now  time.Time
	did  []string
}

func begin(number string) *story {
	s := &story{now: morning}
	c, cmds := NewInbound(Arrival{ID: CallID(uuid7(morning, make([]byte, 10))), Channel: "c1", Phone: "+79161234567", Number: number, At: morning}, testPlan(), morning)
	s.call = c
	s.note(cmds)
	return s
}

func beginOutbound() *story {
	s := &story{now: morning}
	c, cmds := NewOutbound(Order{ID: CallID(uuid7(morning, make([]byte, 10))), Agent: "anna", Phone: "+79161234567", CallerID: "+74951111111"}, testPlan(), morning)
	s.call = c
	s.note(cmds)
	return s
}

func (s *story) note(cmds []Command) {
	for _, c := range cmds {
		s.did = append(s.did, commandName(c))
	}
}

func (s *story) after(d time.Duration, events ...Event) *story {
	s.now = s.now.Add(d)
	for _, e := range events {
		var cmds []Command
		s.call, cmds = Next(s.call, e, s.now)
		s.note(cmds)
	}
	return s
}

func (s *story) leg() ChannelID    { return s.call.Ours.Channel }
func (s *story) client() ChannelID { return s.call.Client.Channel }

func (s *story) answered() *story {
	s.after(time.Second, Offered{Agent: "anna"})
	s.after(time.Second, LegUp{s.leg(), "127.0.0.1:9"}, AgentAnswered{"anna"})
	return s
}

func (s *story) dialled() *story {
	s.after(100*time.Millisecond, LegUp{s.leg(), "127.0.0.1:9"})
	return s
}

func (s *story) trail() string {
	var b strings.Builder
	for _, g := range s.call.Segments {
		end := "…"
		if !g.To.IsZero() {
			end = g.To.Sub(morning).String()
		}
		fmt.Fprintf(&b, "%s %s-%s %s;", g.Kind, g.From.Sub(morning), end, g.End)
	}
	return b.String()
}

func TestEveryWayToEndHasItsReason(t *testing.T) {
	t.Parallel()
	const plain, greeted, shut = "+74951111111", "+74952222222", "+74953333333"
	cases := []struct {
		name string
		run  func() *story
		want EndReason
	}{
		{"the client leaves while waiting", func() *story { s := begin(plain); return s.after(1e9, ClientGone{Channel: "c1", Cause: 16}) }, EndAbandoned},
		{"the client leaves in the greeting", func() *story { s := begin(greeted); return s.after(1e9, ClientGone{Channel: "c1"}) }, EndAbandoned},
		{"the client leaves while it rings", func() *story {
			return begin(plain).after(1e9, Offered{Agent: "anna"}).after(1e9, ClientGone{Channel: "c1"})
		}, EndAbandoned},
		{"the client hangs up after a talk", func() *story { return begin(plain).answered().after(9e9, ClientGone{Channel: "c1"}) }, EndClientHungUp},
		{"the agent hangs up", func() *story { return begin(plain).answered().after(9e9, AgentHungUp{"anna"}) }, EndAgentHungUp},
		{"the agent hangs up a held call", func() *story { return begin(plain).answered().after(9e9, HoldAsked{"anna"}, AgentHungUp{"anna"}) }, EndAgentHungUp},
		{"nobody answers", func() *story { return begin(plain).after(time.Minute, Tick{}).after(time.Minute, Tick{}) }, EndNobody},
		{"nobody answers and the client leaves in the message", func() *story {
			return begin(plain).after(time.Minute, Tick{}, ClientGone{Channel: "c1"})
		}, EndNobody},
		{"closed hours", func() *story { s := begin(shut); return s.after(1e9, PlayEnded{string(s.call.ID) + ".message"}) }, EndClosed},
		{"a number that is not ours", func() *story { return begin("+70000000000") }, EndNoRoute},
		{"Asterisk restarts under a talk", func() *story { return begin(plain).answered().after(1e9, AsteriskGone{}) }, EndAsteriskLost},
		{"gone while nobody watched", func() *story { return begin(plain).answered().after(1e9, ClientGone{Channel: "c1", Unseen: true}) }, EndVanished},
		{"outbound busy by SIP", func() *story {
			s := beginOutbound().dialled()
			return s.after(1e9, ClientGone{Channel: s.client(), Cause: 17, SIPCode: 486})
		}, EndBusy},
		{"outbound declined by SIP where Q.850 says otherwise", func() *story {
			s := beginOutbound().dialled()
			return s.after(1e9, ClientGone{Channel: s.client(), Cause: 21, SIPCode: 603})
		}, EndDeclined},
		{"outbound wrong number by Q.850", func() *story {
			s := beginOutbound().dialled()
			return s.after(1e9, ClientGone{Channel: s.client(), Cause: 1})
		}, EndWrongNumber},
		{"outbound not answered by the network", func() *story {
			s := beginOutbound().dialled()
			return s.after(1e9, ClientGone{Channel: s.client(), Cause: 19, SIPCode: 480})
		}, EndNoAnswer},
		{"outbound rings for ever", func() *story { return beginOutbound().dialled().after(2*time.Minute, Tick{}) }, EndNoAnswer},
		{"outbound given up", func() *story { return beginOutbound().dialled().after(1e9, AgentHungUp{"anna"}) }, EndCancelled},
		{"outbound without a leg", func() *story { return beginOutbound().after(6e9, Tick{}) }, EndAgentUnreached},
		{"outbound refused by the trunk", func() *story {
			s := beginOutbound().dialled()
			return s.after(0, Failed{Command: DialClient{Channel: s.client()}})
		}, EndFailed},
		{"the agent never came back to an outbound talk", func() *story {
			s := beginOutbound().dialled()
			s.after(1e9, ClientUp{s.client()}).after(1e9, AgentAway{"anna"}).after(16*time.Second, Tick{})
			if s.call.State != StateMessage {
				t.Errorf("state %s: the client is told nothing", s.call.State)
			}
			return s.after(1e9, PlayEnded{string(s.call.ID) + ".message"})
		}, EndLegLost},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := c.run()
			if s.call.Live() || s.call.EndReason != c.want {
				t.Fatalf("state %s, reason %q, want %q; did %v", s.call.State, s.call.EndReason, c.want, s.did)
			}
			for _, g := range s.call.Segments {
				if g.To.IsZero() {
					t.Errorf("segment %s was left open", g.Kind)
				}
			}
		})
	}
}

func TestAnUnansweredOfferGoesOnAndTheWaitStands(t *testing.T) {
	t.Parallel()
	s := begin("+74951111111").after(0, Offered{Agent: "anna"}).after(20*time.Second, Tick{})
	if s.call.State != StateWaiting || s.call.Agent != "" || !s.call.WaitingAt.Equal(morning) {
		t.Fatalf("state %s, agent %q, waiting since %s", s.call.State, s.call.Agent, s.call.WaitingAt)
	}
	if s.call.mayOffer("anna", s.now) || !s.call.mayOffer("boris", s.now) {
		t.Error("the deaf agent may be offered the call again, or the other may not")
	}
	want := "waiting 0s-… ;ringing 0s-20s timeout;"
	if diff := cmp.Diff(want, s.trail()); diff != "" {
		t.Error(diff)
	}
}

func TestALostBrowserIsNotAHangUp(t *testing.T) {
	t.Parallel()
	s := begin("+74951111111").answered()
	s.after(10*time.Second, AgentAway{"anna"})
	if s.call.State != StateAway {
		t.Fatalf("state %s, want away", s.call.State)
	}
	s.after(5*time.Second, AgentBack{"anna"})
	if s.call.State != StateTalking || s.call.Agent != "anna" {
		t.Fatalf("state %s with %q, want talking with anna", s.call.State, s.call.Agent)
	}
	s.after(10*time.Second, AgentAway{"anna"}).after(15*time.Second, Tick{})
	if s.call.State != StateWaiting || !s.call.WaitingAt.Equal(morning) {
		t.Fatalf("state %s waiting since %s, want the head of the queue", s.call.State, s.call.WaitingAt)
	}
	want := "waiting 0s-2s ;ringing 1s-2s answered;talk 2s-12s ;away 12s-17s ;talk 17s-27s ;away 27s-42s ;waiting 42s-… ;"
	if diff := cmp.Diff(want, s.trail()); diff != "" {
		t.Error(diff)
	}
}

func TestAnAnswerBeforeTheLegWaitsForIt(t *testing.T) {
	t.Parallel()
	s := begin("+74951111111").after(1e9, Offered{Agent: "anna"}).after(1e9, AgentAnswered{"anna"})
	if s.call.State != StateRinging {
		t.Fatalf("talking without a leg: %s", s.call.State)
	}
	s.after(1e8, LegUp{s.leg(), "127.0.0.1:9"})
	if s.call.State != StateTalking {
		t.Fatalf("state %s, want talking", s.call.State)
	}
}

func TestARestartKeepsTheTalkAndWithdrawsTheOffer(t *testing.T) {
	t.Parallel()
	s := begin("+74951111111").answered()
	s.after(5*time.Second, Restored{Leg: s.leg(), Asterisk: "127.0.0.1:9"})
	if s.call.State != StateTalking || !s.call.Gone {
		t.Fatalf("state %s, gone %v", s.call.State, s.call.Gone)
	}
	s.after(time.Second, AgentBack{"anna"})
	if s.call.State != StateTalking || s.call.Gone || !s.call.Until.IsZero() {
		t.Fatalf("state %s, gone %v, until %v", s.call.State, s.call.Gone, s.call.Until)
	}
	r := begin("+74951111111").after(0, Offered{Agent: "anna"}).after(time.Second, Restored{})
	if r.call.State != StateWaiting || !r.call.mayOffer("anna", r.now.Add(restAfterFault)) {
		t.Fatalf("state %s after a restart while it rang", r.call.State)
	}
}

// TestNoOrderOfEventsBreaksACall throws random events at calls: each stays whole and can be ended.
func TestNoOrderOfEventsBreaksACall(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 1))
		s := begin("+74951111111")
		if seed%3 == 0 {
			s = beginOutbound()
		}
		for range 60 {
			agent := AgentID([]string{"anna", "boris"}[r.IntN(2)])
			device := Browser
			if seed%5 == 0 {
				device = DeskPhone
			}
			all := []Event{Offered{Agent: agent, Device: device}, AgentAnswered{agent}, AgentRejected{agent}, AgentHungUp{agent}, AgentAway{agent}, AgentBack{agent},
				HoldAsked{agent}, ResumeAsked{agent}, DigitsAsked{agent, "1"}, LegUp{s.leg(), "127.0.0.1:9"}, LegGone{Channel: s.leg()}, LegGone{s.leg(), causeNormal}, Tick{}, ClientUp{s.client()},
				Restored{Leg: s.leg()}, Failed{Command: MakeLeg{Channel: s.leg()}}, PlayEnded{"x"}}
			e := all[r.IntN(len(all))]
			version := s.call.Version
			s.after(time.Duration(r.IntN(5000))*time.Millisecond, e)
			if s.call.Version < version {
				t.Fatalf("seed %d: the version went back", seed)
			}
			checkWhole(t, seed, s.call)
		}
		s.after(time.Second, AsteriskGone{})
		if s.call.Live() {
			t.Fatalf("seed %d: the call cannot be ended", seed)
		}
	}
}

func checkWhole(t *testing.T, seed uint64, c Call) {
	t.Helper()
	open := map[SegmentKind]int{}
	for _, g := range c.Segments {
		if g.To.IsZero() {
			open[g.Kind]++
		} else if g.To.Before(g.From) {
			t.Fatalf("seed %d: a segment of negative length", seed)
		}
	}
	for kind, n := range open {
		if n > 1 {
			t.Fatalf("seed %d: %d open segments of %s in state %s", seed, n, kind, c.State)
		}
	}
	if c.State == StateTalking && (open[SegmentTalk] != 1 || c.Agent == "") {
		t.Fatalf("seed %d: talking without a talk or an agent: %v", seed, open)
	}
	if c.State == StateEnded && (c.EndReason == "" || c.EndedAt.IsZero() || len(open) > 0) {
		t.Fatalf("seed %d: an end without reason, time or with open segments", seed)
	}
}
