package telephony

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"
)

// Each of these stories once ended with a client who was dropped, or heard by nobody.

func TestAClientWhoComesBackToTheQueueOutOfATalkWaitsAnew(t *testing.T) {
	t.Parallel()
	s := begin("+74951111111").answered()
	s.after(10*time.Minute, AgentAway{"anna"}).after(15*time.Second, Tick{})
	s.after(time.Second, Tick{})
	if s.call.State != StateWaiting || !s.call.WaitingAt.Equal(morning) {
		t.Fatalf("state %s since %s: the client of a long talk must wait at the head of the queue", s.call.State, s.call.WaitingAt)
	}
	if !slices.Contains(s.did, "StopPhone") {
		t.Error("the page of the agent who was lost is not told that the call is not theirs any more")
	}
	if due := s.call.Due(); due.Before(s.now) {
		t.Errorf("the call is due at %s, which is past", due)
	}
	if s.after(time.Minute, Tick{}); s.call.State != StateMessage {
		t.Errorf("state %s after another longest wait, want the message", s.call.State)
	}
}

func TestAHeldClientIsNotForgottenWithTheAgentsBrowser(t *testing.T) {
	t.Parallel()
	s := begin("+74951111111").answered().after(time.Second, HoldAsked{"anna"}, AgentAway{"anna"}).after(15*time.Second, Tick{})
	if s.call.State != StateWaiting || s.call.Agent != "" {
		t.Fatalf("state %s with %q, want the queue", s.call.State, s.call.Agent)
	}
	back := begin("+74951111111").answered().after(time.Second, HoldAsked{"anna"}, AgentAway{"anna"}).after(time.Second, AgentBack{"anna"}).after(time.Hour, Tick{})
	if back.call.State != StateHeld || !back.call.Due().IsZero() {
		t.Fatalf("state %s due %s: an agent who came back holds for as long as they wish", back.call.State, back.call.Due())
	}
	restarted := begin("+74951111111").answered().after(time.Second, HoldAsked{"anna"})
	restarted.after(time.Minute, Restored{Leg: restarted.leg(), Asterisk: "127.0.0.1:9"}).after(15*time.Second, Tick{})
	if restarted.call.State != StateWaiting {
		t.Fatalf("state %s: nobody came back to a hold after a restart", restarted.call.State)
	}
}

func TestAHoldIsNotResumedByAnAgentWhoCannotBeHeard(t *testing.T) {
	t.Parallel()
	s := begin("+74951111111").answered().after(time.Second, HoldAsked{"anna"}, AgentAway{"anna"}, ResumeAsked{"anna"})
	if s.call.State != StateAway {
		t.Fatalf("state %s, want away", s.call.State)
	}
	if s.after(time.Second, AgentBack{"anna"}); s.call.State != StateTalking {
		t.Fatalf("state %s, want talking", s.call.State)
	}
}

func TestAnAbsenceOfOursIsNotTheAgents(t *testing.T) {
	t.Parallel()
	for _, leg := range []bool{true, false} {
		s := begin("+74951111111").answered().after(time.Second, AgentAway{"anna"})
		stands := Restored{}
		if leg {
			stands = Restored{Leg: s.leg(), Asterisk: "127.0.0.1:9"}
		}
		s.after(20*time.Second, stands, Tick{})
		if s.call.State != StateAway || s.call.Agent != "anna" {
			t.Errorf("leg %v: state %s with %q at once after a restart, want away", leg, s.call.State, s.call.Agent)
		}
	}
}

func TestATalkIsNotLeftOnAWaitingClientsLease(t *testing.T) {
	t.Parallel()
	s := begin("+74951111111").answered()
	lost := Lease{s.client(), leaseTalking}
	s.after(0, Failed{Command: lost, Err: errors.New("no answer")})
	_, cmds := Next(s.call, Tick{}, s.call.Due())
	if s.call.Due().Sub(s.now) > 2*time.Second || !slices.Contains(cmds, Command(lost)) {
		t.Fatalf("due in %s: %v, want the lease of a talk again", s.call.Due().Sub(s.now), cmds)
	}
	s.after(2*time.Second, Tick{})
	if due := s.call.Due(); !due.IsZero() {
		t.Errorf("the lease of a talk is due again at %s", due)
	}
	away := begin("+74951111111").answered().after(time.Second, AgentAway{"anna"})
	_, cmds = Next(away.call, Tick{}, away.call.Until)
	if !slices.Contains(cmds, Command(Lease{away.client(), leaseWaiting})) {
		t.Errorf("back in the queue without a waiting client's lease: %v", cmds)
	}
}

func TestARestartDoesNotCutTheLastMessageShort(t *testing.T) {
	t.Parallel()
	s := begin("+74951111111").after(time.Minute, Tick{}).after(time.Second, Restored{}, Tick{})
	if s.call.State != StateMessage {
		t.Fatalf("state %s, want the message", s.call.State)
	}
	if s.after(playSlack, Tick{}); s.call.EndReason != EndNobody || s.call.Live() {
		t.Fatalf("state %s, end %s", s.call.State, s.call.EndReason)
	}
}

// void is a world in which every command succeeds and nothing comes of it.
type void struct{}

func (void) Do(context.Context, Command) error { return nil }
func (void) Ring(Call)                         {}
func (void) Stop(Call)                         {}
func (void) Leg(Call, string) error            { return nil }
func (void) Connect(Call)                      {}
func (void) Quiet(Call)                        {}
func (void) Release(CallID, AgentID)           {}
func (void) CallChanged(Call)                  {}
func (void) AgentChanged(Agent)                {}

// board is a switchboard whose owner is the test's goroutine.
func board(t *testing.T, now *time.Time, live []Call, agents ...Agent) *Switchboard {
	s := NewSwitchboard(Options{PBX: void{}, Phones: void{}, Feed: void{}, Plan: testPlan(), Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return *now }}, live, agents)
	t.Cleanup(func() {
		for _, w := range s.work {
			w.close()
		}
		s.wg.Wait()
	})
	return s
}

func arrival(n byte, number string, at time.Time) Arrival {
	id := CallID(uuid7(at, append([]byte{n}, make([]byte, 9)...)))
	return Arrival{ID: id, Channel: ChannelID("c" + string('0'+rune(n))), Phone: "+79161234567", Number: number, At: at}
}

func TestAListingOlderThanALegDoesNotEndIt(t *testing.T) {
	t.Parallel()
	now := morning
	s := board(t, &now, nil, Agent{ID: "anna", State: AgentAvailable})
	// A call that arrives while the very first listing is being made has no need of being restored, and did not vanish.
	fresh := arrival(1, "+74952222222", now.Add(-5*time.Second)) // it waited in Asterisk for us
	s.arrived(fresh)
	s.reconcile(Listing{At: now.Add(-50 * time.Millisecond), First: true})
	if c := s.calls[fresh.ID]; c.State != StateGreeting {
		t.Fatalf("state %q of a call that is being greeted", c.State)
	}
	s.reconcile(Listing{At: now, First: true, Standing: []Standing{{Channel: fresh.Channel, Arrival: fresh, Up: true}}})
	if c := s.calls[fresh.ID]; c.State != StateGreeting {
		t.Fatalf("state %q: the greeting was cut", c.State)
	}
	// An agent's leg that came up after the listing was asked for is no lost leg.
	now = now.Add(time.Minute)
	s.step(fresh.ID, PlayEnded{string(fresh.ID) + ".greeting"}, now)
	s.step(fresh.ID, Offered{Agent: "anna"}, now)
	asked := now
	now = now.Add(100 * time.Millisecond)
	s.step(fresh.ID, LegUp{s.calls[fresh.ID].Ours.Channel, "127.0.0.1:9"}, now)
	s.step(fresh.ID, AgentAnswered{"anna"}, now)
	client := Standing{Channel: fresh.Channel, Arrival: fresh, Up: true}
	s.reconcile(Listing{At: asked, Standing: []Standing{client}})
	if c := s.calls[fresh.ID]; c.State != StateTalking {
		t.Fatalf("state %q: a leg that is younger than the listing was taken for lost", c.State)
	}
	s.reconcile(Listing{At: now.Add(time.Minute), Standing: []Standing{client}})
	if c := s.calls[fresh.ID]; c.State != StateAway {
		t.Fatalf("state %q: a leg that is not there any more went unnoticed", c.State)
	}
}

func TestACallThatArrivesRightAfterARestartOfAsteriskLives(t *testing.T) {
	t.Parallel()
	now := morning
	s := board(t, &now, nil)
	old := arrival(1, "+74951111111", now)
	s.arrived(old)
	now = now.Add(time.Second) // Asterisk starts fast
	fresh, unlisted := arrival(2, "+74951111111", now), arrival(3, "+74951111111", now)
	s.arrived(fresh)
	s.arrived(unlisted)
	s.reconcile(Listing{At: now, Restarted: now.Add(-100 * time.Millisecond), Standing: []Standing{{Channel: fresh.Channel, Arrival: fresh, Up: true}}})
	if _, live := s.calls[old.ID]; live {
		t.Error("a call of before the restart lives on")
	}
	for _, a := range []Arrival{fresh, unlisted} {
		if c := s.calls[a.ID]; c.State != StateWaiting {
			t.Errorf("state %q of a call that came after the restart", c.State)
		}
	}
}

func TestAClientWhoseHangUpWasLostIsHungUpLater(t *testing.T) {
	t.Parallel()
	now := morning
	s := board(t, &now, nil)
	a := arrival(1, "+70000000000", now)
	s.arrived(a) // not ours: it ends at once
	got := s.reconcile(Listing{At: now, Standing: []Standing{{Channel: a.Channel, Arrival: a, Up: true}}})
	if !slices.Equal(got, []ChannelID{a.Channel}) {
		t.Errorf("orphans %v, want the client who stands there for nobody", got)
	}
}

func TestAClientWhoseHangUpDiedWithItsProcessIsHungUp(t *testing.T) {
	t.Parallel()
	now := morning
	a := arrival(1, "+74951111111", now.Add(-time.Minute))
	s := NewSwitchboard(Options{PBX: void{}, Phones: void{}, Feed: void{}, Plan: testPlan(), Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return now }, Ended: []CallID{a.ID}}, nil, nil)
	got := s.reconcile(Listing{At: now, First: true, Standing: []Standing{{Channel: a.Channel, Arrival: a, Up: true}}})
	if len(s.calls) != 0 || !slices.Equal(got, []ChannelID{a.Channel}) {
		t.Errorf("%d calls, orphans %v: want the client of a call that is over hung up, not queued again", len(s.calls), got)
	}
}

// stubborn fails each command of one kind a few times.
type stubborn struct {
	void
	kind     string
	failures int
	tries    *[]string
}

func (p *stubborn) Do(_ context.Context, cmd Command) error {
	name := commandName(cmd)
	*p.tries = append(*p.tries, name)
	if name == p.kind && p.failures > 0 {
		p.failures--
		return errors.New("Asterisk is busy")
	}
	return nil
}

func TestMusicThatCouldNotBeStoppedIsStoppedAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cmd   Command
		tries int
	}{{MusicOff{"c1"}, 3}, {Part{"call", "c1"}, 3}, {HangUp{"c1", "normal"}, 3}, {AnswerClient{"c1"}, 1}} {
		var tries []string
		s := &Switchboard{o: Options{PBX: &stubborn{kind: commandName(c.cmd), failures: 2, tries: &tries}}}
		err := s.attempt(c.cmd)
		if len(tries) != c.tries || (err == nil) != (c.tries == 3) {
			t.Errorf("%s: tried %d times, %v; want %d", commandName(c.cmd), len(tries), err, c.tries)
		}
	}
}

func TestAnAgentIsNotHeldByACallThatEndedInAnEarlierProcess(t *testing.T) {
	t.Parallel()
	now := morning
	talk := begin("+74951111111").answered().call
	s := board(t, &now, []Call{talk}, Agent{ID: "anna", State: AgentTalking, Call: talk.ID}, Agent{ID: "boris", State: AgentTalking, Call: "ended", Mute: true},
		Agent{ID: "clara", State: AgentRinging, Call: talk.ID, After: AgentPaused, AfterReason: "lunch"}, Agent{ID: "dora", State: AgentWrapUp})
	s.freeAgents()
	for id, want := range map[AgentID]AgentState{"anna": AgentTalking, "boris": AgentAvailable, "clara": AgentPaused, "dora": AgentWrapUp} {
		if a := s.agents[id]; a.State != want || (a.Call != "") != (id == "anna") || a.Mute {
			t.Errorf("%s is %s with call %q, want %s", id, a.State, a.Call, want)
		}
	}
}

func TestAFullInboxDoesNotStopItsOwner(t *testing.T) {
	t.Parallel()
	now := morning
	s := board(t, &now, nil, Agent{ID: "anna", State: AgentAvailable})
	a := arrival(1, "+74951111111", now)
	s.arrived(a)
	s.step(a.ID, Offered{Agent: "anna"}, now)
	s.agents["anna"].Here, s.agents["anna"].SeenAt = true, now
	for range cap(s.inbox) {
		s.inbox <- func() {}
	}
	now = now.Add(frozenAfter)
	s.tick()
	if c := s.calls[a.ID]; c.State != StateWaiting || s.agents["anna"].State != AgentAvailable {
		t.Errorf("state %s, agent %s: a frozen page keeps a call", c.State, s.agents["anna"].State)
	}
}

func TestAListingOlderThanAnEndBringsNoCallBack(t *testing.T) {
	t.Parallel()
	now := morning
	s := board(t, &now, nil, Agent{ID: "anna", State: AgentAvailable})
	talk := arrival(1, "+74951111111", now)
	s.arrived(talk)
	s.step(talk.ID, Offered{Agent: "anna"}, now)
	leg := s.calls[talk.ID].Ours.Channel
	s.step(talk.ID, LegUp{leg, "127.0.0.1:9"}, now)
	s.step(talk.ID, AgentAnswered{"anna"}, now)
	asked := now
	listed := []Standing{{Channel: talk.Channel, Arrival: talk, Bridge: string(talk.ID), Up: true}, {Channel: leg, Bridge: string(talk.ID), Asterisk: "127.0.0.1:9"}}
	now = now.Add(50 * time.Millisecond)
	s.step(talk.ID, AgentHungUp{"anna"}, now)
	next := arrival(2, "+74951111111", now)
	s.arrived(next)
	s.step(next.ID, Offered{Agent: "anna"}, now)
	s.reconcile(Listing{At: asked, Standing: listed})
	if len(s.calls) != 1 || s.calls[next.ID].Agent != "anna" || s.agents["anna"].Call != next.ID {
		t.Fatalf("%d calls live, anna is in %q, want her in %q alone", len(s.calls), s.agents["anna"].Call, next.ID)
	}
}

func TestAnAdoptedTalkDoesNotTakeAnAgentFromAnother(t *testing.T) {
	t.Parallel()
	now := morning
	s := board(t, &now, nil, Agent{ID: "anna", State: AgentAvailable})
	mine := arrival(1, "+74951111111", now)
	s.arrived(mine)
	s.step(mine.ID, Offered{Agent: "anna"}, now)
	other := arrival(2, "+74951111111", now)
	leg := LegChannel(other.ID, roleAgent, "anna", 1)
	s.reconcile(Listing{At: now.Add(time.Second), Standing: []Standing{{Channel: mine.Channel, Arrival: mine, Up: true},
		{Channel: other.Channel, Arrival: other, Bridge: string(other.ID), Up: true}, {Channel: leg, Bridge: string(other.ID), Asterisk: "127.0.0.1:9"}}})
	if s.agents["anna"].Call != mine.ID || s.calls[other.ID].State == StateTalking {
		t.Fatalf("anna is in %q, the other call is %s", s.agents["anna"].Call, s.calls[other.ID].State)
	}
}

// Asterisk does nothing else on a channel that plays: a lease that is renewed meanwhile comes too late, and the dialplan takes
// the client out of the message.
func TestAClientWhoHearsALongMessageIsNotTakenToTheFallback(t *testing.T) {
	t.Parallel()
	plan := testPlan()
	plan.Lengths = map[string]time.Duration{"sound:hello": 2 * time.Minute, "sound:closed": time.Minute, "sound:nobody": 50 * time.Second}
	for number, length := range plan.Lengths {
		a := arrival(1, map[string]string{"sound:hello": "+74952222222", "sound:closed": "+74953333333", "sound:nobody": "+74951111111"}[number], morning)
		c, cmds := NewInbound(a, plan, morning)
		now := morning
		if number == "sound:nobody" {
			now = c.WaitingAt.Add(time.Minute)
			c, cmds = Next(c, Tick{}, now)
		}
		lease := slices.Index(cmds, Command(Lease{a.Channel, length + leaseWaiting}))
		play := slices.IndexFunc(cmds, func(c Command) bool { _, ok := c.(Play); return ok })
		if lease < 0 || play < lease {
			t.Errorf("%s: %v, want a lease until its end before it plays", number, cmds)
		}
		if due := c.Due(); due.Before(now.Add(length)) || due.After(now.Add(length+leaseWaiting)) {
			t.Errorf("%s: due %s after it began", number, due.Sub(now))
		}
	}
}
