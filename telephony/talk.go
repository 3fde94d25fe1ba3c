package telephony

import "time"

func (m *step) legUp(e LegUp) {
	c := &m.call
	if e.Channel != c.Ours.Channel || c.Ours.Up {
		return
	}
	c.Ours.Up = true
	m.changed = true
	if c.Device != DeskPhone {
		m.do(TieLeg{c.clone(), e.Asterisk})
	}
	switch {
	case c.State == StateRinging && (c.Answer || c.Device == DeskPhone):
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
	up := c.Ours.Up
	c.Ours = Leg{}
	m.changed = true
	if c.Device == DeskPhone && m.handsetDown(up, e.Cause) {
		return
	}
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

// handsetDown is a desk phone that let go of the call by itself: it declined, it did not ring, or its handset was put down. False when
// it was rather lost: that is no hang-up.
func (m *step) handsetDown(up bool, cause int) bool {
	switch c := &m.call; {
	case c.State == StateRinging:
		result := "timeout" // switched off or out of reach: nothing is offered until a click
		if cause == causeBusy || cause == causeDeclined {
			result = "rejected"
		}
		m.withdraw(result)
	case c.State == StateDialing && up && cause == causeNormal:
		m.end(EndCancelled)
	case (c.State == StateTalking || c.State == StateHeld) && cause == causeNormal:
		m.end(EndAgentHungUp)
	default:
		return false
	}
	return true
}

// Causes of ITU-T Q.850 table 1.
const (
	causeNormal   = 16
	causeBusy     = 17
	causeDeclined = 21
)

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
	c := &m.call
	m.do(Part{c.ID, c.Client.Channel}, MusicOn{c.Client.Channel}, QuietPhone{c.clone()})
	if n := len(c.Taps); n > 0 && !c.Taps[n-1].Over {
		c.Taps[n-1].Over = true
		m.do(EndTap{c.ID, c.Taps[n-1]})
	}
}

// join brings a client who heard music back to the agent.
func (m *step) join(ends SegmentKind) {
	c := &m.call
	m.close(ends, "")
	c.Until = time.Time{}
	m.do(MusicOff{c.Client.Channel}, Join{c.ID, []ChannelID{c.Client.Channel, c.Ours.Channel}})
	m.open(SegmentTalk)
	m.to(StateTalking)
	m.flow()
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
		if m.changed = true; c.Device == DeskPhone && standing {
			m.phoneStands(e.Leg)
			return
		}
		c.Gone = c.Device != DeskPhone
		if c.State == StateHeld || c.State == StateAway {
			c.Until = m.now.Add(c.Rules.AwayFor) // our own absence is not the agent's
		}
		if !standing {
			c.Ours = Leg{}
			if c.State == StateTalking {
				m.music(SegmentTalk)
				m.goAway(c.Gone)
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

// phoneStands: a desk phone needs us for nothing. Whether its handset has been lifted meanwhile, the next listing shows.
func (m *step) phoneStands(leg ChannelID) {
	c := &m.call
	c.Ours.Channel = leg
	if c.State == StateTalking {
		m.flow()
	}
}
