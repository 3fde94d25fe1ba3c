package telephony

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTheTrunkThatFitsTheNumberBestIsTriedFirst(t *testing.T) {
	t.Parallel()
	plan := Plan{Trunks: []Trunk{
		{ID: "world", Order: 1},
		{ID: "moscow", Order: 9, Prefixes: []string{"+7495", "+7499", "112"}},
		{ID: "russia", Order: 3, Prefixes: []string{"+7"}, MaxCalls: 2},
		{ID: "own", Order: 2, Prefixes: []string{"+7"}, Shows: map[string]struct{}{"+74951111111": {}}},
	}}
	for _, row := range []struct {
		name, phone, shown string
		calls              map[TrunkID]int
		down               map[TrunkID]bool
		want               string
		full               bool
	}{
		{name: "the longest prefix, then the order", phone: "+74951234567", shown: "+74951111111", want: "moscow own russia world"},
		{name: "a number that a trunk may not show", phone: "+74951234567", shown: "+74952222222", want: "moscow russia world"},
		{name: "another country", phone: "+491234567", want: "world"},
		{name: "a short number stands whole", phone: "112", want: "moscow world"},
		{name: "no room", phone: "+79161234567", calls: map[TrunkID]int{"russia": 2}, want: "own world"},
		{name: "what is down comes last", phone: "+74951234567", down: map[TrunkID]bool{"moscow": true}, want: "own russia world moscow"},
	} {
		t.Run(row.name, func(t *testing.T) {
			list, full := plan.TrunksFor(row.phone, row.shown, row.calls, row.down)
			var got []string
			for _, id := range list {
				got = append(got, string(id))
			}
			if strings.Join(got, " ") != row.want || full {
				t.Errorf("got %v, full %v; want %s", got, full, row.want)
			}
		})
	}
	one := Plan{Trunks: plan.Trunks[2:3]}
	if list, full := one.TrunksFor("+79161234567", "", map[TrunkID]int{"russia": 2}, nil); len(list) != 0 || !full {
		t.Errorf("a full trunk gave %v, full %v", list, full)
	}
	if list, full := one.TrunksFor("+491234567", "", nil, nil); len(list) != 0 || full {
		t.Errorf("a trunk that carries nothing of the kind gave %v, full %v", list, full)
	}
}

// twoTrunks is an outbound call whose leg stands, with two lines to try.
func twoTrunks() *story {
	s := &story{now: morning}
	c, cmds := NewOutbound(Order{ID: CallID(uuid7(morning, make([]byte, 10))), Agent: "anna", Phone: "+79161234567",
		Trunks: []TrunkID{"a", "b"}}, testPlan(), morning)
	s.call = c
	s.note(cmds)
	return s.dialled()
}

func TestACallGoesOnThroughTheNextTrunk(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		event func(s *story) Event
		after time.Duration
		trunk TrunkID
		end   EndReason
	}{
		{"503", func(s *story) Event { return ClientGone{Channel: s.client(), Cause: 34, SIPCode: 503} }, time.Second, "b", ""},
		{"no such endpoint", func(s *story) Event { return Failed{Command: DialClient{Channel: s.client()}} }, time.Second, "b", ""},
		{"a provider that says nothing", func(*story) Event { return Tick{} }, trunkPatience, "b", ""},
		{"a client who is busy", func(s *story) Event { return ClientGone{Channel: s.client(), Cause: 17, SIPCode: 486} }, time.Second, "a", EndBusy},
		{"a client who declines", func(s *story) Event { return ClientGone{Channel: s.client(), Cause: 21, SIPCode: 603} }, time.Second, "a", EndDeclined},
		{"an agent who gives up", func(*story) Event { return AgentHungUp{"anna"} }, time.Second, "a", EndCancelled},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := twoTrunks()
			first := s.client()
			s.after(row.after, row.event(s))
			if s.call.Trunk != row.trunk || s.call.EndReason != row.end {
				t.Fatalf("by %s, ended %q; want %s, %q", s.call.Trunk, s.call.EndReason, row.trunk, row.end)
			}
			if row.trunk == "b" && (s.call.SIPCode != 0 || s.client() == first || s.call.Segments[0].Trunk != "a" || s.call.Segments[1].Trunk != "b" || s.call.Segments[0].To.IsZero()) {
				t.Errorf("the trail does not show both: %+v", s.call.Segments)
			}
		})
	}
}

func TestAPhoneThatHasRungIsNotCalledThroughAnotherTrunk(t *testing.T) {
	t.Parallel()
	s := twoTrunks()
	s.after(time.Second, ClientProgress{s.client()}).after(trunkPatience, Tick{})
	if s.call.Trunk != "a" || !s.call.Live() {
		t.Fatalf("a ringing phone was left after %s: %+v", trunkPatience, s.call)
	}
	s.after(time.Second, ClientGone{Channel: s.client(), Cause: 34, SIPCode: 503})
	if s.call.EndReason != EndFailed {
		t.Errorf("ended as %q", s.call.EndReason)
	}
}

func TestTheLastTrunkDecidesWhatTheCallEndsAs(t *testing.T) {
	t.Parallel()
	s := twoTrunks()
	s.after(trunkPatience, Tick{})
	if !slices.Contains(s.did, "HangUp") {
		t.Error("the line that says nothing is not let go")
	}
	s.after(time.Second, ClientGone{Channel: s.client(), Cause: 34, SIPCode: 503})
	if s.call.EndReason != EndFailed || s.call.SIPCode != 503 {
		t.Errorf("ended as %q with %d", s.call.EndReason, s.call.SIPCode)
	}
}
