package telephony

import "time"

func (m *step) legUp(e LegUp) {
	c := &m.call
	if e.Channel != c.Ours.Channel || c.Ours.Up {
		return
	}
	c.Ours.Up = true
	m.changed = true
	m.do(TieLeg{c.clone(), e.Asterisk})
	switch {
	case c.State == StateRinging && c.Answer:
		m.talk()
	case c.State == StateDialing:
		m.dial()
	case c.State == StateAway && !c.Gone:
		m.join(SegmentAway)
	}
}

// legGone is a leg of the agent's that went without our asking.
func (m *step) legGone(e LegGone) {
	c := &m.call
	if e.Channel == "" || e.Channel != c.Ours.Channel {
		return
	}
	m.do(FreePhone{c.ID, c.Agent})
	c.Ours = Leg{}
	m.changed = true
	switch c.State {
	case StateRinging:
		m.withdraw("gone")
	case StateDialing:
		m.end(EndAgentUnreached)
	case StateTalking, StateHeld:
		// The person is still there: a new leg is made while the client hears music.
		gone := c.Gone
		if c.State == StateTalking {
			m.music(SegmentTalk)
		} else {
			m.close(SegmentHold, "")
		}
		again := m.lostBefore()
		m.goAway(gone)
		if again {
			m.awayDue()
			return
		}
		m.makeLeg()
	case StateAway:
		m.awayDue()
	}
}

// lostBefore says whether the last absence ended a moment ago: a leg that is lost at once again is not made a third time.
func (m *step) lostBefore() bool {
	for i := len(m.call.Segments) - 1; i >= 0; i-- {
		if s := m.call.Segments[i]; s.Kind == SegmentAway {
			return m.now.Sub(s.To) < legTimeout
		}
	}
	return false
}

func (m *step) agentHungUp() {
	c := &m.call
	switch c.State {
	case StateRinging:
		m.withdraw("rejected")
	case StateDialing:
		m.end(EndCancelled)
	case StateTalking, StateHeld, StateAway:
		m.end(EndAgentHungUp)
	}
}

func (m *step) hold() {
	if m.call.State != StateTalking {
		return
	}
	m.music(SegmentTalk)
	m.open(SegmentHold)
	if m.call.Until = (time.Time{}); m.call.Gone {
		m.call.Until = m.now.Add(m.call.Rules.AwayFor)
	}
	m.to(StateHeld)
}

// resume ends a hold. An agent whose browser carries no sound is away, not back in the talk.
func (m *step) resume() {
	if m.call.State != StateHeld {
		return
	}
	if m.call.Gone {
		m.close(SegmentHold, "")
		m.goAway(true)
		return
	}
	m.join(SegmentHold)
}

// music takes the client out of the bridge and lets them hear music.
func (m *step) music(ends SegmentKind) {
	m.close(ends, "")
	m.do(Part{m.call.ID, m.call.Client.Channel}, MusicOn{m.call.Client.Channel}, QuietPhone{m.call.clone()})
}

// join brings a client who heard music back to the agent.
func (m *step) join(ends SegmentKind) {
	c := &m.call
	m.close(ends, "")
	c.Until = time.Time{}
	m.do(MusicOff{c.Client.Channel}, Join{c.ID, []ChannelID{c.Client.Channel, c.Ours.Channel}})
	m.open(SegmentTalk)
	m.to(StateTalking)
	m.do(TalkPhone{c.clone()})
}

// agentAway: a lost browser is not a hang-up. The leg stays, the client hears music.
func (m *step) agentAway() {
	c := &m.call
	if c.Gone {
		return
	}
	switch c.State {
	case StateRinging:
		m.withdraw("gone")
	case StateTalking:
		m.away()
	case StateHeld:
		c.Gone, c.Until = true, m.now.Add(c.Rules.AwayFor)
		m.changed = true
	case StateDialing:
		c.Gone = true
		m.changed = true
	}
}

func (m *step) away() {
	m.music(SegmentTalk)
	m.goAway(true)
}

func (m *step) goAway(gone bool) {
	c := &m.call
	c.Gone = gone
	c.Until = m.now.Add(c.Rules.AwayFor)
	m.open(SegmentAway)
	m.to(StateAway)
}

func (m *step) agentBack() {
	c := &m.call
	if !c.Gone {
		return
	}
	c.Gone = false
	m.changed = true
	switch {
	case c.State == StateAway && c.Ours.Up:
		m.join(SegmentAway)
	case c.State == StateTalking:
		c.Until = time.Time{}
		m.do(TalkPhone{c.clone()})
	case c.State == StateHeld:
		c.Until = time.Time{}
	case c.State == StateDialing && c.Ours.Up:
		m.do(TalkPhone{c.clone()}) // the network's ringing, again
	}
}

// awayDue: nobody came back, to a talk or to a hold. An inbound client goes to the head of the queue; an outbound one is let go.
func (m *step) awayDue() {
	c := &m.call
	m.close(SegmentAway, "")
	m.close(SegmentHold, "")
	m.dropLeg()
	if c.Direction == Outbound {
		m.say(c.Rules.Nobody, c.Rules.NobodyFor, EndLegLost)
		return
	}
	c.Ours = Leg{}
	lost := c.Agent
	m.wait()
	left := c.clone()
	left.Agent = lost
	m.do(StopPhone{left}) // a page that is still there must not show a talk that is not its own any more
}

// restored takes a call up again after a restart of ours. Offers are withdrawn, talks go on untouched for as long as a
// browser needs to come back.
func (m *step) restored(e Restored) {
	c := &m.call
	if c.Client.Channel == "" {
		return
	}
	standing := e.Leg != "" && (c.Ours.Channel == e.Leg || c.Ours.Channel == "")
	switch c.State {
	case StateRinging:
		m.withdraw("gone")
		m.lease()
	case StateGreeting:
		m.do(StopPlay{m.playback("greeting")})
		m.wait()
	case StateWaiting:
		m.do(MusicOn{c.Client.Channel})
		m.lease()
	case StateMessage: // it plays on, under the lease that it began with
	case StateDialing, StateTalking, StateHeld, StateAway:
		c.Gone = true
		m.changed = true
		if c.State == StateHeld || c.State == StateAway {
			c.Until = m.now.Add(c.Rules.AwayFor) // our own absence is not the agent's
		}
		if !standing {
			c.Ours = Leg{}
			if c.State == StateTalking {
				m.music(SegmentTalk)
				m.goAway(true)
			}
			if c.State == StateDialing {
				m.end(EndAgentUnreached)
				return
			}
			m.makeLeg()
			return
		}
		c.Ours = Leg{Channel: e.Leg, Up: true}
		m.do(TieLeg{c.clone(), e.Asterisk})
		if c.State == StateTalking {
			c.Until = m.now.Add(graceRestart)
			m.do(TalkPhone{c.clone()})
		}
	}
}
