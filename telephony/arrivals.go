package telephony

import "time"

// Arrived is a client's channel that entered our application. One that is known already is nothing new.
func (s *Switchboard) Arrived(a Arrival) {
	s.post(func() { s.arrived(a) })
}

func (s *Switchboard) arrived(a Arrival) {
	if _, known := s.calls[a.ID]; known {
		return
	}
	if _, ended := s.early[a.ID]; ended {
		return
	}
	now := s.o.Now()
	if a.At.IsZero() || a.At.After(now) {
		a.At = now
	}
	c, cmds := NewInbound(a, s.plan, now)
	s.begin(c, cmds)
}

// Happened gives an event of Asterisk's to the call that owns the channel. At is the time of the event in our clock.
func (s *Switchboard) Happened(channel ChannelID, e Event, at time.Time) {
	s.post(func() {
		if id, ok := s.legs[channel]; ok {
			if gone, client := e.(ClientGone); client && s.calls[id].Ours.Channel == channel { // a desk phone that dialled
				e = LegGone{channel, gone.Cause}
			}
			s.step(id, e, at)
		} else if leg, ok := ParseLeg(channel); ok {
			s.step(leg.Call, e, at)
		}
	})
}

// Played gives the end of a playback to its call; the name begins with the call's ID.
func (s *Switchboard) Played(name string, at time.Time) {
	if len(name) < 36 {
		return
	}
	s.post(func() { s.step(CallID(name[:36]), PlayEnded{name}, at) })
}

// Standing is one channel of ours as a listing of Asterisk shows it.
type Standing struct {
	Channel  ChannelID
	Asterisk string  // UNICASTRTP address of an externalMedia leg
	Arrival  Arrival // of a client's inbound leg; its ID is computed
	Bridge   string  // the bridge that it sits in, if any
	Up       bool
}

// device is what stands behind an agent's leg: an externalMedia leg has an address, a desk phone's has none.
func (s Standing) device() Device {
	if s.Asterisk == "" {
		return DeskPhone
	}
	return Browser
}

// Listing is what Asterisk has of ours at a moment.
type Listing struct {
	At        time.Time // in our clock, before Asterisk was asked: what came since is not in it
	Standing  []Standing
	First     bool      // the first listing after our start
	Restarted time.Time // Asterisk's start in our clock, if it restarted since the one before: the channels of then are no more
}

// legSettles is how long a leg may be ours before Asterisk lists it: the command that makes it may still be on its way.
const legSettles = 2 * time.Second

// Reconcile compares what Asterisk has with what we have. It returns the channels that nobody needs any more: legs that
// we made whose call is over, and clients whose call is over and who were not hung up.
func (s *Switchboard) Reconcile(l Listing) (orphans []ChannelID) {
	s.ask(func() { orphans = s.reconcile(l) })
	return orphans
}

func (s *Switchboard) reconcile(l Listing) []ChannelID {
	now := s.o.Now()
	have := make(map[ChannelID]Standing, len(l.Standing))
	for _, st := range l.Standing {
		have[st.Channel] = st
	}
	for id, c := range s.calls {
		s.compare(id, c, have, l, now)
	}
	for _, st := range l.Standing {
		if _, ours := ParseLeg(st.Channel); !ours {
			s.adopt(st, l.Standing, now)
		}
	}
	s.ready = true
	clear(s.old)
	return s.orphans(l.Standing)
}

// compare tells one call which of its channels went unseen. A leg that came up after the listing was asked for is not
// missing from it, and a call that arrived since our start has nothing to be restored.
func (s *Switchboard) compare(id CallID, c Call, have map[ChannelID]Standing, l Listing, now time.Time) {
	client, clientOK := have[c.Client.Channel]
	ours, oursOK := have[c.Ours.Channel]
	missing := c.Client.Channel != "" && !clientOK && s.listed(c.Client.Channel, l)
	switch {
	case !l.Restarted.IsZero() && !clientOK && !oursOK && s.before(c, l):
		s.step(id, AsteriskGone{}, now)
	case missing:
		s.step(id, ClientGone{Channel: c.Client.Channel, Unseen: true}, now)
	case l.First && s.old[id]:
		s.step(id, Restored{Leg: ours.Channel, Asterisk: ours.Asterisk}, now)
		if c.State == StateDialing && clientOK && client.Up {
			s.step(id, ClientUp{client.Channel}, now)
		}
	case !c.Ours.Up && oursOK && (ours.Asterisk != "" || c.Device == DeskPhone && ours.Up):
		s.step(id, LegUp{ours.Channel, ours.Asterisk}, now)
	case c.Ours.Up && !oursOK && s.listed(c.Ours.Channel, l):
		s.step(id, LegGone{Channel: c.Ours.Channel}, now)
	}
}

// before says whether a call that is not in the listing is of the time before Asterisk restarted.
func (s *Switchboard) before(c Call, l Listing) bool {
	if s.listed(c.Client.Channel, l) && s.listed(c.Ours.Channel, l) {
		return true
	}
	return s.since[c.Client.Channel].Before(l.Restarted) && s.since[c.Ours.Channel].Before(l.Restarted)
}

// listed says whether a leg that stands must be in the listing.
func (s *Switchboard) listed(leg ChannelID, l Listing) bool {
	return l.At.Sub(s.since[leg]) >= legSettles
}

// adopt takes in a client's leg that no stored call knows: routed, or joined to the talk that it sits in.
func (s *Switchboard) adopt(st Standing, list []Standing, now time.Time) {
	if st.Arrival.ID == "" {
		return
	}
	if _, known := s.calls[st.Arrival.ID]; known {
		return
	}
	if _, ended := s.early[st.Arrival.ID]; ended {
		return // the listing is older than the end: the agent may be in another call by now
	}
	if st.Bridge == "" || st.Bridge != string(st.Arrival.ID) {
		s.arrived(st.Arrival)
		return
	}
	for _, other := range list {
		leg, ok := ParseLeg(other.Channel)
		if !ok || leg.Call != st.Arrival.ID || leg.Role != roleAgent || other.Bridge != st.Bridge {
			continue
		}
		if agent := s.agents[leg.Agent]; agent != nil && agent.Call != "" {
			continue // one person, one call: the client is routed anew
		}
		a := st.Arrival
		c := Call{ID: a.ID, Direction: Inbound, Phone: a.Phone, Caller: a.Caller, Name: a.Name, Number: a.Number, StartedAt: a.At,
			Client: Leg{a.Channel, true}, Ours: Leg{other.Channel, true}, Offers: leg.N, Agent: leg.Agent, Device: other.device(), Bridged: true, WaitingAt: a.At,
			AnsweredAt: now, State: StateTalking, Version: 1, Queue: s.plan.Numbers[a.Number].Queue,
			Rules:    Rules{RingFor: s.plan.RingFor, AwayFor: s.plan.AwayFor, MaxWait: s.plan.Numbers[a.Number].MaxWait},
			Segments: []Segment{{Kind: SegmentTalk, Agent: leg.Agent, From: now}}}
		s.begin(c, nil)
		s.step(c.ID, Restored{Leg: other.Channel, Asterisk: other.Asterisk}, now)
		return
	}
	s.arrived(st.Arrival)
}

// orphans are legs of ours whose call is not live or uses another leg by now, and clients whose hang-up was lost: nobody
// would ever speak to them again.
func (s *Switchboard) orphans(list []Standing) []ChannelID {
	var out []ChannelID
	for _, st := range list {
		leg, ok := ParseLeg(st.Channel)
		if _, ended := s.early[st.Arrival.ID]; ended && !ok {
			out = append(out, st.Channel)
		}
		if !ok {
			continue
		}
		if c, live := s.calls[leg.Call]; live && (c.Ours.Channel == st.Channel || c.Client.Channel == st.Channel) {
			continue
		}
		out = append(out, st.Channel)
	}
	return out
}
