package demodata

import (
	"time"

	"ringbook/telephony"
)

// story is one call on its way through the call machine.
type story struct {
	telephony.Call
	v       *inventor
	now     time.Time
	unheard bool // whoever is rung does not hear it
}

// after lets time pass and then something happen.
func (s *story) after(d time.Duration, events ...telephony.Event) {
	s.at(s.now.Add(d), events...)
}

func (s *story) at(now time.Time, events ...telephony.Event) {
	s.now = now
	for _, e := range events {
		s.Call, _ = telephony.Next(s.Call, e, now)
	}
}

func (s *story) clientGone(cause, sip int) telephony.Event {
	return telephony.ClientGone{Channel: s.Client.Channel, Cause: cause, SIPCode: sip}
}

// arrive begins an inbound call.
func (v *inventor) arrive(at time.Time, phone, caller, number string) *story {
	id := telephony.CallID(v.id(at))
	s := &story{v: v, now: at}
	s.Call, _ = telephony.NewInbound(telephony.Arrival{ID: id, Channel: telephony.ChannelID("demo-" + string(id)), Phone: phone, Caller: caller,
		Number: number, At: at}, v.plan, at)
	return s
}

// wait takes an inbound call to its answer or its end: whoever is idle longest is offered it, as long as the client is patient.
func (s *story) wait(f *floor) {
	v := s.v
	leaves := s.now.Add(v.patience())
	if s.unheard {
		leaves = s.now.Add(v.between(8*time.Second, 40*time.Second))
	}
	for s.Live() && s.AnsweredAt.IsZero() {
		a, free := f.longestIdle(s.now)
		free = free.Add(v.between(30*time.Millisecond, 250*time.Millisecond))
		gone, limit := leaves, later(s.now, s.WaitingAt.Add(s.Rules.MaxWait))
		switch {
		case free.After(gone) && gone.Before(limit):
			s.at(gone, s.clientGone(16, 0))
		case free.After(limit):
			s.at(limit, telephony.Tick{})
			s.after(v.between(3*time.Second, 5*time.Second), telephony.PlayEnded{Name: string(s.ID) + ".message"})
		default:
			s.at(free, telephony.Offered{Agent: telephony.AgentID(a.ID), Why: "longest_idle"})
			s.ring(a, leaves)
		}
	}
}

// ring is one offer: answered, rejected, not heard, or the client leaves meanwhile.
func (s *story) ring(a *worker, leaves time.Time) {
	v, id := s.v, s.Agent
	s.after(v.between(40*time.Millisecond, 120*time.Millisecond), telephony.LegUp{Channel: s.Ours.Channel, Asterisk: "127.0.0.1:16000"})
	reaction := v.between(1500*time.Millisecond, 9*time.Second)
	event := telephony.Event(telephony.AgentAnswered{Agent: id})
	a.free = s.now.Add(reaction)
	switch n := v.IntN(100); {
	case n < 8 || s.unheard:
		reaction, event = s.Until.Sub(s.now), telephony.Tick{}
		a.free = s.Until.Add(v.between(time.Minute, 6*time.Minute)) // not responding until a click
	case n < 12:
		event = telephony.AgentRejected{Agent: id}
		a.free = s.now.Add(reaction + time.Minute)
	}
	if at := s.now.Add(reaction); at.After(leaves) {
		s.at(leaves, s.clientGone(16, 0))
		a.free = leaves
		return
	}
	s.after(reaction, event)
}

// talk goes on from the answer to the end, with a hold or a reloaded browser now and then.
func (s *story) talk(a *worker) {
	v, id := s.v, s.Agent
	left := v.talkTime()
	if v.chance(11) && left > 20*time.Second {
		part := v.between(5*time.Second, left/2)
		s.after(part, telephony.HoldAsked{Agent: id})
		s.after(v.between(6*time.Second, 45*time.Second), telephony.ResumeAsked{Agent: id})
		left -= part
	}
	if v.chance(2) && left > 20*time.Second {
		part := v.between(5*time.Second, left/2)
		s.after(part, telephony.AgentAway{Agent: id})
		s.after(v.between(1500*time.Millisecond, 6*time.Second), telephony.AgentBack{Agent: id})
		left -= part
	}
	if v.chance(60) {
		s.after(left, s.clientGone(16, 0))
	} else {
		s.after(left, telephony.AgentHungUp{Agent: id})
	}
	a.free, a.idle = s.now.Add(v.between(3*time.Second, 40*time.Second)), s.now
}

// dial is a call out: to its answer or to what the network said.
func (v *inventor) dial(at time.Time, a *worker, phone, typed, from string) *story {
	s := &story{v: v, now: at}
	s.Call, _ = telephony.NewOutbound(telephony.Order{ID: telephony.CallID(v.id(at)), Agent: telephony.AgentID(a.ID), Phone: phone, Typed: typed, CallerID: from}, v.plan, at)
	s.after(v.between(40*time.Millisecond, 120*time.Millisecond), telephony.LegUp{Channel: s.Ours.Channel, Asterisk: "127.0.0.1:16000"})
	switch n := v.IntN(100); {
	case n < 58:
		s.after(v.between(3*time.Second, 17*time.Second), telephony.ClientUp{Channel: s.Client.Channel})
		s.talk(a)
	case n < 70:
		s.after(v.between(time.Second, 3*time.Second), s.clientGone(17, 486))
	case n < 84:
		s.after(v.between(25*time.Second, 50*time.Second), s.clientGone(19, 480))
	case n < 91:
		s.after(v.between(3*time.Second, 12*time.Second), s.clientGone(21, 603))
	case n < 94:
		s.after(v.between(500*time.Millisecond, 2*time.Second), s.clientGone(1, 404))
	default:
		s.after(v.between(8*time.Second, 30*time.Second), telephony.AgentHungUp{Agent: s.Agent})
	}
	if a.free.Before(s.now) {
		a.free, a.idle = s.now.Add(v.between(2*time.Second, 15*time.Second)), s.now
	}
	return s
}

// patience is how long a client waits: few only for seconds, most for a minute and more.
func (v *inventor) patience() time.Duration {
	if v.chance(12) {
		return v.between(2*time.Second, 9*time.Second)
	}
	return v.between(15*time.Second, 3*time.Minute)
}

// talkTime is short for many and long for some.
func (v *inventor) talkTime() time.Duration {
	switch n := v.IntN(100); {
	case n < 12:
		return v.between(4*time.Second, 15*time.Second)
	case n < 75:
		return v.between(15*time.Second, 80*time.Second)
	}
	return v.between(80*time.Second, 200*time.Second)
}
