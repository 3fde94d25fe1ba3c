package telephony

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"
)

// Options are what a switchboard is made of.
type Options struct {
	PBX    PBX
	Phones Phones
	Feed   Feed
	Plan   Plan
	Log    *slog.Logger
	// Now is the clock; nil takes [SteadyClock].
	Now func() time.Time
	// Random fills the IDs of outbound calls.
	Random func([]byte)
	// Spent is the money of today's outbound calls that are over, in hundredths of the currency.
	Spent int64
	// Ended are calls that ended lately in an earlier process: it may not have lived to hang them up.
	Ended []CallID
}

// SteadyClock is a wall clock that a jump of the machine's clock does not move: the time of its making plus the
// monotonic time since.
func SteadyClock() func() time.Time {
	start := time.Now()
	wall := start.Round(0)
	return func() time.Time { return wall.Add(time.Since(start)) }
}

// Switchboard owns every live call and every agent of a site. One goroutine, [Switchboard.Run], changes them; everything
// else asks it through its methods, which are safe from any goroutine.
type Switchboard struct {
	o      Options
	inbox  chan func()
	done   chan struct{}
	plan   Plan
	calls  map[CallID]Call
	legs   map[ChannelID]CallID // every channel of a live call
	agents map[AgentID]*Agent
	work   map[CallID]*worker
	early  map[CallID]time.Time    // ended lately: a late event of theirs makes no new call
	since  map[ChannelID]time.Time // when a leg of a live call came to be ours: an older listing cannot show it
	wg     sync.WaitGroup
	old    map[CallID]bool  // handed in at our start and not looked for in Asterisk yet
	money  spending         // of outbound calls
	down   map[TrunkID]bool // lines that are known to be of no use now
	desks  map[AgentID]bool // desk phones that have registered
	ready  bool             // the first reconcile is done: offers may be made
	ticked time.Time        // when the agents were looked at last
}

// NewSwitchboard makes a switchboard that carries the given live calls on, as they were stored before a restart.
func NewSwitchboard(o Options, live []Call, agents []Agent) *Switchboard {
	if o.Now == nil {
		o.Now = SteadyClock()
	}
	s := &Switchboard{o: o, inbox: make(chan func(), 4096), done: make(chan struct{}), plan: o.Plan, calls: map[CallID]Call{},
		legs: map[ChannelID]CallID{}, agents: map[AgentID]*Agent{}, work: map[CallID]*worker{}, early: map[CallID]time.Time{}, since: map[ChannelID]time.Time{}, old: map[CallID]bool{}}
	s.money = spending{day: o.Plan.day(o.Now()), sum: o.Spent}
	for _, c := range live {
		if c.Live() {
			s.keep(c)
			s.old[c.ID] = true
		}
	}
	for _, id := range o.Ended {
		s.early[id] = o.Now()
	}
	for _, a := range agents {
		a.Here, a.Media, a.SeenAt = false, false, o.Now()
		s.agents[a.ID] = &a
	}
	return s
}

// Run owns the calls until the context ends; calls are left as they are in Asterisk, for the next process.
func (s *Switchboard) Run(ctx context.Context) error {
	defer s.wg.Wait()
	defer close(s.done)
	s.freeAgents()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		timer.Reset(s.untilDue())
		select {
		case <-ctx.Done():
			for _, w := range s.work {
				w.close()
			}
			return nil
		case f := <-s.inbox:
			f()
		case <-timer.C:
			s.tick()
		}
		s.offer()
	}
}

// post runs f on the owner's goroutine. After the end it is dropped.
func (s *Switchboard) post(f func()) {
	select {
	case s.inbox <- f:
	case <-s.done:
	}
}

// ask runs f on the owner's goroutine and waits for it.
func (s *Switchboard) ask(f func()) {
	over := make(chan struct{})
	s.post(func() { defer close(over); f() })
	select {
	case <-over:
	case <-s.done:
	}
}

// SetPlan replaces what decisions are made from. Live calls keep their rules.
func (s *Switchboard) SetPlan(p Plan) { s.post(func() { s.plan = p }) }

// TrunksDown says which lines are of no use now: they are tried last.
func (s *Switchboard) TrunksDown(down map[TrunkID]bool) { s.post(func() { s.down = down }) }

// DeskPhones says whose desk phones can be reached now.
func (s *Switchboard) DeskPhones(there map[AgentID]bool) {
	s.post(func() {
		s.desks = there
		for id, a := range s.agents {
			if next := *a; next.Device == DeskPhone {
				next.Media = there[id]
				s.change(a, next)
			}
		}
	})
}

// Calls returns every live call, oldest first.
func (s *Switchboard) Calls() []Call {
	var out []Call
	s.ask(func() { out = slices.Collect(maps.Values(s.calls)) })
	slices.SortFunc(out, func(a, b Call) int { return a.StartedAt.Compare(b.StartedAt) })
	return out
}

// Call returns one live call.
func (s *Switchboard) Call(id CallID) (Call, bool) {
	var c Call
	var ok bool
	s.ask(func() { c, ok = s.calls[id] })
	return c, ok
}

// keep stores a call and indexes its channels.
func (s *Switchboard) keep(c Call) {
	old := s.calls[c.ID]
	for _, leg := range []ChannelID{old.Client.Channel, old.Ours.Channel} {
		delete(s.legs, leg)
	}
	if !c.Live() {
		delete(s.calls, c.ID)
		s.early[c.ID] = s.o.Now()
		return
	}
	s.calls[c.ID] = c
	for _, leg := range []ChannelID{c.Client.Channel, c.Ours.Channel} {
		if leg != "" {
			s.legs[leg] = c.ID
		}
	}
}

// date notes when the legs of a call came up, and forgets those that it let go.
func (s *Switchboard) date(before, after Call) {
	for _, pair := range [][2]Leg{{before.Client, after.Client}, {before.Ours, after.Ours}} {
		was, is := pair[0], pair[1]
		if !after.Live() || was.Channel != is.Channel {
			delete(s.since, was.Channel)
		}
		if after.Live() && is.Up && (was.Channel != is.Channel || !was.Up) {
			s.since[is.Channel] = s.o.Now()
		}
	}
}

// step gives one event to one call and carries the consequences.
func (s *Switchboard) step(id CallID, e Event, at time.Time) {
	before, ok := s.calls[id]
	if !ok {
		return
	}
	after, cmds := Next(before, e, at)
	s.settle(before, after, cmds)
}

func (s *Switchboard) settle(before, after Call, cmds []Command) {
	defer s.give(after, cmds)
	if after.Version == before.Version {
		return
	}
	s.keep(after)
	s.pay(after)
	s.date(before, after)
	for _, id := range slices.Compact([]AgentID{before.Agent, after.Agent}) {
		if a := s.agents[id]; a != nil {
			s.change(a, agentAfter(*a, before, after, s.plan.WrapUp, s.o.Now()))
		}
	}
	s.o.Feed.CallChanged(after)
	if before.State != after.State {
		s.o.Log.Info("call", "call", after.ID, "state", after.State, "was", before.State, "agent", after.Agent, "end", after.EndReason)
	}
}

// change stores an agent and tells, when anything changed.
func (s *Switchboard) change(a *Agent, next Agent) {
	if *a == next {
		return
	}
	if a.State != next.State {
		s.o.Log.Info("agent", "agent", a.ID, "state", next.State, "was", a.State)
	}
	*a = next
	s.o.Feed.AgentChanged(next)
}

// offer gives waiting clients to free agents until nobody fits.
func (s *Switchboard) offer() {
	if !s.ready {
		return
	}
	waiting := false
	for _, c := range s.calls {
		waiting = waiting || c.State == StateWaiting
	}
	if !waiting {
		return
	}
	now := s.o.Now()
	agents := make([]Agent, 0, len(s.agents))
	for _, a := range s.agents {
		agents = append(agents, *a)
	}
	for _, o := range Pick(slices.Collect(maps.Values(s.calls)), agents, now) {
		s.step(o.Call, Offered{o.Agent, o.Why, o.Device}, now)
	}
}

const tickAtLeast = time.Second

// untilDue is the time to the next deadline of a call; agents are looked at each second, however busy the inbox is.
func (s *Switchboard) untilDue() time.Duration {
	now := s.o.Now()
	wait := s.ticked.Add(tickAtLeast).Sub(now)
	for _, c := range s.calls {
		if due := c.Due(); !due.IsZero() {
			wait = min(wait, due.Sub(now))
		}
	}
	return max(wait, time.Millisecond)
}

func (s *Switchboard) tick() {
	now := s.o.Now()
	s.ticked = now
	for id, c := range s.calls {
		if due := c.Due(); !due.IsZero() && !now.Before(due) {
			s.step(id, Tick{}, now)
		}
	}
	for _, a := range s.agents {
		s.tickAgent(a, now)
	}
	for id, at := range s.early {
		if now.Sub(at) > 10*time.Minute {
			delete(s.early, id)
		}
	}
}
