package telephony

import (
	"errors"
	"strings"
	"time"
)

// Refusals of what an agent asked for. The browser has the words.
var (
	ErrNoCall      = errors.New("no such call")       // it ended, or is somebody else's
	ErrBusy        = errors.New("agent has a call")   // one call at a time
	ErrNotReady    = errors.New("agent has no phone") // the shift is not begun or no sound can pass
	ErrBadDigits   = errors.New("digits must be 0-9, *, # or A-D")
	ErrOffShift    = errors.New("agent is off shift")
	ErrStillInCall = errors.New("agent is in a call")
)

// StartShift makes the agent available as soon as their device carries sound. A shift that goes on is left as it is; its device changes
// between calls only.
func (s *Switchboard) StartShift(id AgentID, name string, device Device) {
	s.ask(func() {
		now := s.o.Now()
		a := s.agents[id]
		if a == nil {
			a = &Agent{ID: id, State: AgentOffline}
			s.agents[id] = a
		}
		next := *a
		next.Name, next.SeenAt, next.Here = name, now, true
		if next.Device != device && next.Call == "" {
			next.Device = device
			next.Media = device == DeskPhone && s.desks[id]
		}
		if !next.OnShift() {
			next.Idle = now
			next.After, next.AfterReason = "", ""
			next.set(AgentAvailable, now)
		} else if next.After == AgentOffline {
			next.After = ""
		}
		s.change(a, next)
	})
}

// EndShift takes the agent off; with a call, when it is over.
func (s *Switchboard) EndShift(id AgentID) {
	var call CallID
	_ = s.agent(id, func(a *Agent, now time.Time) error {
		if a.Call != "" && a.State != AgentRinging {
			a.After = AgentOffline
			return nil
		}
		call = a.Call
		a.set(AgentOffline, now)
		a.Call = ""
		return nil
	}, func() {
		if call != "" {
			s.step(call, AgentRejected{id}, s.o.Now())
		}
	})
}

// freeAgents lets go of those whose call ended in an earlier process that could not say so any more: nothing else would.
func (s *Switchboard) freeAgents() {
	now := s.o.Now()
	for _, a := range s.agents {
		if c, live := s.calls[a.Call]; a.Call == "" && a.State != AgentTalking && a.State != AgentRinging || live && c.Agent == a.ID {
			continue
		}
		next := *a
		next.Call, next.Mute, next.Idle = "", false, now
		if next.State == AgentTalking || next.State == AgentRinging {
			next.rest(now)
		}
		s.change(a, next)
	}
}

// Alive returns when the owner's goroutine has answered: a proof that the switchboard works.
func (s *Switchboard) Alive() { s.ask(func() {}) }

// agent changes one agent on the owner's goroutine, and does there what follows from it.
func (s *Switchboard) agent(id AgentID, f func(a *Agent, now time.Time) error, then ...func()) error {
	err := ErrOffShift
	s.ask(func() {
		a := s.agents[id]
		if a == nil {
			return
		}
		next := *a
		if err = f(&next, s.o.Now()); err == nil {
			s.change(a, next)
			for _, g := range then {
				g()
			}
		}
	})
	return err
}

// Seen is an answer of the agent's page to the heartbeat.
func (s *Switchboard) Seen(id AgentID) {
	s.post(func() {
		a := s.agents[id]
		if a == nil {
			return
		}
		next := *a
		next.Here = true
		a.SeenAt, next.SeenAt = s.o.Now(), s.o.Now() // not a change to tell
		s.change(a, next)
	})
}

// Media says whether the agent's WebRTC session carries sound; it is nothing to whoever has a desk phone.
func (s *Switchboard) Media(id AgentID, up bool) {
	s.post(func() {
		a := s.agents[id]
		if a == nil || a.Device == DeskPhone {
			return
		}
		next := *a
		next.Media = up
		s.change(a, next)
		if next.Call == "" {
			return
		}
		if up {
			s.step(next.Call, AgentBack{id}, s.o.Now())
		} else {
			s.step(next.Call, AgentAway{id}, s.o.Now())
		}
	})
}

// tickAgent ends what time ends: belief in a silent browser, the wrap-up.
func (s *Switchboard) tickAgent(a *Agent, now time.Time) {
	if a.Here && now.Sub(a.SeenAt) >= frozenAfter {
		next := *a
		next.Here = false
		s.change(a, next)
		if a.State == AgentRinging && a.Device == Browser {
			s.step(a.Call, AgentAway{a.ID}, now)
		}
	}
	next := *a
	silent := now.Sub(a.SeenAt)
	if next.OnShift() && next.Call == "" && silent >= goneAfter {
		next.set(AgentOffline, now)
	}
	if next.State == AgentWrapUp && !next.Until.IsZero() && !now.Before(next.Until) {
		next.rest(now)
	}
	s.change(a, next)
}

// Agents returns everybody who was on shift since the start.
func (s *Switchboard) Agents() []Agent {
	var out []Agent
	s.ask(func() {
		for _, a := range s.agents {
			out = append(out, *a)
		}
	})
	return out
}

// Agent returns one agent; the zero state is offline.
func (s *Switchboard) Agent(id AgentID) Agent {
	out := Agent{ID: id, State: AgentOffline}
	s.ask(func() {
		if a := s.agents[id]; a != nil {
			out = *a
		}
	})
	return out
}

// Pause takes the agent out of routing with a reason; in a call, when it and its wrap-up are over.
func (s *Switchboard) Pause(id AgentID, reason string) error {
	return s.agent(id, func(a *Agent, now time.Time) error {
		switch a.State {
		case AgentOffline:
			return ErrOffShift
		case AgentTalking, AgentRinging:
			a.After, a.AfterReason = AgentPaused, reason
		default:
			a.After, a.AfterReason = "", ""
			a.set(AgentPaused, now)
			a.Reason = reason
		}
		return nil
	})
}

// Ready makes the agent available: it ends a pause, a wrap-up and not responding.
func (s *Switchboard) Ready(id AgentID) error {
	return s.agent(id, func(a *Agent, now time.Time) error {
		switch a.State {
		case AgentOffline:
			return ErrOffShift
		case AgentTalking, AgentRinging:
			a.After, a.AfterReason = "", ""
		case AgentWrapUp:
			a.rest(now)
		default:
			a.After, a.AfterReason = "", ""
			a.set(AgentAvailable, now)
		}
		return nil
	})
}

// ExtendWrapUp gives the agent more time after a call.
func (s *Switchboard) ExtendWrapUp(id AgentID, by time.Duration) error {
	return s.agent(id, func(a *Agent, now time.Time) error {
		if a.State == AgentWrapUp {
			a.Until = later(now, a.Until).Add(min(max(by, 0), 10*time.Minute))
		}
		return nil
	})
}

// Mute notes that the agent's microphone is off, for those who watch the floor.
func (s *Switchboard) Mute(id AgentID, on bool) {
	_ = s.agent(id, func(a *Agent, _ time.Time) error { a.Mute = on; return nil })
}

// Answer, Reject, HangUp, Hold and Resume are the keys of the agent's phone; [ErrNoCall] when the call is not theirs.
func (s *Switchboard) Answer(id AgentID, call CallID) error {
	return s.key(id, call, AgentAnswered{id})
}

// Reject declines an offer.
func (s *Switchboard) Reject(id AgentID, call CallID) error {
	return s.key(id, call, AgentRejected{id})
}

// HangUp ends the call.
func (s *Switchboard) HangUp(id AgentID, call CallID) error { return s.key(id, call, AgentHungUp{id}) }

// Hold lets the client hear music.
func (s *Switchboard) Hold(id AgentID, call CallID) error { return s.key(id, call, HoldAsked{id}) }

// Resume ends a hold.
func (s *Switchboard) Resume(id AgentID, call CallID) error { return s.key(id, call, ResumeAsked{id}) }

// Dtmf sends digits to the client's side (ITU-T Q.23 keys).
func (s *Switchboard) Dtmf(id AgentID, call CallID, digits string) error {
	if digits == "" || len(digits) > 32 || strings.Trim(digits, "0123456789*#ABCD") != "" {
		return ErrBadDigits
	}
	return s.key(id, call, DigitsAsked{id, digits})
}

func (s *Switchboard) key(id AgentID, call CallID, e Event) error {
	err := ErrNoCall
	s.ask(func() {
		if c, ok := s.calls[call]; ok && c.Agent == id {
			err = nil
			s.step(call, e, s.o.Now())
		}
	})
	return err
}

// Dial begins a call to a client for the agent. The number is E.164; typed is what the agent clicked or typed.
func (s *Switchboard) Dial(id AgentID, phone, typed, callerID string) (CallID, error) {
	var call CallID
	err := ErrNotReady
	s.ask(func() { call, err = s.dial(Order{Agent: id, Phone: phone, Typed: typed, CallerID: callerID}) })
	return call, err
}

// DialFrom begins a call to a client that the agent dialled on their desk phone, whose leg is there already.
func (s *Switchboard) DialFrom(id AgentID, leg ChannelID, phone, typed string) (CallID, error) {
	var call CallID
	err := ErrNotReady
	s.ask(func() {
		if a := s.agents[id]; a != nil && a.Device == DeskPhone {
			call, err = s.dial(Order{Agent: id, Leg: leg, Phone: phone, Typed: typed})
		}
	})
	return call, err
}

func (s *Switchboard) dial(o Order) (CallID, error) {
	a := s.agents[o.Agent]
	if a == nil || !a.OnShift() || !a.Here || !a.Media {
		return "", ErrNotReady
	}
	if a.Call != "" {
		return "", ErrBusy
	}
	now := s.o.Now()
	if err := s.plan.Refuses(o.Phone, s.spent(now), now); err != nil {
		return "", err
	}
	outbound, lines := 0, map[TrunkID]int{}
	for _, c := range s.calls {
		lines[c.Trunk]++
		if c.Direction == Outbound {
			outbound++
		}
	}
	if s.plan.MaxOutbound > 0 && outbound >= s.plan.MaxOutbound {
		return "", ErrTooMany
	}
	if o.CallerID == "" {
		o.CallerID = s.plan.CallerID
	}
	trunks, full := s.plan.TrunksFor(o.Phone, o.CallerID, lines, s.down)
	switch {
	case full:
		return "", ErrTrunksFull
	case len(trunks) == 0 && len(s.plan.Trunks) > 0:
		return "", ErrNoTrunk
	}
	var random [10]byte
	s.o.Random(random[:])
	o.ID, o.Device, o.Trunks = NewID(now, random), a.Device, trunks
	c, cmds := NewOutbound(o, s.plan, now)
	s.begin(c, cmds)
	return c.ID, nil
}

// begin puts a new call in.
func (s *Switchboard) begin(c Call, cmds []Command) {
	s.settle(Call{ID: c.ID}, c, cmds)
}
