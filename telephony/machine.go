package telephony

import "time"

// How long the dialplan waits for a sign of life before it takes a client back (see doc.go).
const (
	leaseWaiting  = 26 * time.Second // renewed each 10 s: an outage of 15 s costs a wait, a longer one leads to the fallback within 30 s
	leaseTalking  = 4 * time.Hour
	leaseEvery    = 10 * time.Second
	leaseRetry    = time.Second
	legTimeout    = 5 * time.Second  // for an agent's leg to come up
	dialTimeout   = 60 * time.Second // for a client to answer
	playSlack     = 20 * time.Second // for a greeting or a message to end by itself, past its length
	trunkPatience = 10 * time.Second // for a line to give a sign of the client's phone, when there is another line
	graceRestart  = 3 * time.Second  // for a browser to come back after a restart of ours, before music
)

// Next is the call machine: the only place where a call changes. It does no I/O, takes events in any order, and hands
// back the changed call (its version grown) with the commands to carry out, or the same call and none.
func Next(before Call, event Event, now time.Time) (Call, []Command) {
	if !before.Live() {
		return before, nil
	}
	m := &step{call: before.clone(), now: now}
	m.dispatch(event)
	if !m.changed {
		return before, m.out
	}
	m.call.Version++
	return m.call, m.out
}

// step is one transition under construction.
type step struct {
	call    Call
	now     time.Time
	out     []Command
	changed bool
}

func (m *step) do(cmds ...Command) { m.out = append(m.out, cmds...) }

func (m *step) to(s State) {
	m.call.State = s
	m.changed = true
}

func (m *step) dispatch(event Event) {
	switch e := event.(type) {
	case ClientGone:
		m.clientGone(e)
	case AsteriskGone:
		m.call.Client.Up, m.call.Ours.Up = false, false
		m.end(EndAsteriskLost)
	case Restored:
		m.restored(e)
	case Tick:
		m.tick()
	case Failed:
		m.failed(e)
	case LegUp:
		m.legUp(e)
	case LegGone:
		m.legGone(e)
	case PlayEnded:
		m.playEnded(e)
	case ClientUp:
		m.clientUp(e)
	case ClientProgress:
		m.progress(e)
	default:
		m.person(event)
	}
}

// person handles what an agent did; an event of somebody who does not have the call is nothing.
func (m *step) person(event Event) {
	switch e := event.(type) {
	case Offered:
		m.offered(e)
	case AgentAnswered:
		if m.owns(e.Agent) {
			m.agentAnswered()
		}
	case AgentRejected:
		if m.owns(e.Agent) && m.call.State == StateRinging {
			m.withdraw("rejected")
		}
	case AgentHungUp:
		if m.owns(e.Agent) {
			m.agentHungUp()
		}
	case AgentAway:
		if m.owns(e.Agent) {
			m.agentAway()
		}
	case AgentBack:
		if m.owns(e.Agent) {
			m.agentBack()
		}
	case HoldAsked:
		if m.owns(e.Agent) {
			m.hold()
		}
	case ResumeAsked:
		if m.owns(e.Agent) {
			m.resume()
		}
	case DigitsAsked:
		if m.owns(e.Agent) && (m.call.State == StateTalking || m.call.State == StateDialing) {
			m.do(Digits{m.call.Client.Channel, e.Digits})
		}
	}
}

func (m *step) owns(a AgentID) bool { return a != "" && m.call.Agent == a }

// open begins a segment, close ends the open one of a kind.
func (m *step) open(kind SegmentKind) {
	m.changed = true
	if len(m.call.Segments) >= MaxTrail {
		m.call.Cut = true
		return
	}
	s := Segment{Kind: kind, From: m.now}
	switch kind {
	case SegmentWaiting:
		s.Queue = m.call.Queue
	case SegmentGreeting, SegmentMessage:
	case SegmentDialing:
		s.Agent, s.Trunk = m.call.Agent, m.call.Trunk
	default:
		s.Agent = m.call.Agent
	}
	m.call.Segments = append(m.call.Segments, s)
}

func (m *step) close(kind SegmentKind, result string) {
	for i := len(m.call.Segments) - 1; i >= 0; i-- {
		s := &m.call.Segments[i]
		if s.Kind == kind && s.To.IsZero() {
			s.To, s.End = later(s.From, m.now), result
			m.changed = true
			return
		}
	}
}

// later keeps a duration from being negative when two clocks meet.
func later(from, to time.Time) time.Time {
	if to.Before(from) {
		return from
	}
	return to
}

// end is the one way out: it closes the trail, lets go of every leg and names the reason.
func (m *step) end(reason EndReason) {
	c := &m.call
	if c.State == StateRinging {
		m.do(StopPhone{c.clone()})
	}
	for i := range c.Segments {
		if c.Segments[i].To.IsZero() {
			c.Segments[i].To = later(c.Segments[i].From, m.now)
			if c.Segments[i].Kind == SegmentRinging {
				c.Segments[i].End = "gone"
			}
		}
	}
	if c.Client.Up {
		m.do(HangUp{c.Client.Channel, hangUpReason(reason)})
	}
	m.dropLeg()
	if c.Bridged {
		m.do(DropBridge{c.ID})
	}
	c.EndReason, c.EndedAt, c.Until, c.Answer = reason, later(c.StartedAt, m.now), time.Time{}, false
	m.to(StateEnded)
}

func hangUpReason(r EndReason) string {
	switch r {
	case EndNoRoute:
		return "congestion"
	default:
		return "normal"
	}
}

// dropLeg lets go of the agent's leg, made or in the making.
func (m *step) dropLeg() {
	c := &m.call
	if c.Ours.Channel == "" {
		return
	}
	m.do(HangUp{c.Ours.Channel, "normal"}, FreePhone{c.ID, c.Agent})
	c.Ours = Leg{}
}

func (m *step) clientGone(e ClientGone) {
	c := &m.call
	if e.Channel != c.Client.Channel {
		return
	}
	c.Client.Up = false
	c.Cause, c.SIPCode = e.Cause, e.SIPCode
	if c.State == StateDialing && trunkFault(e.Cause, e.SIPCode) && m.redial("failed") {
		return
	}
	switch {
	case c.State == StateMessage:
		m.end(c.EndReason)
	case e.Fallback:
		m.end(EndFallback)
	case e.Unseen:
		m.end(EndVanished)
	case c.Direction == Outbound && c.AnsweredAt.IsZero():
		m.end(DialResult(e.Cause, e.SIPCode))
	case c.AnsweredAt.IsZero():
		m.end(EndAbandoned)
	default:
		m.end(EndClientHungUp)
	}
}

func (m *step) tick() {
	c := &m.call
	if !c.LeaseAt.IsZero() && !m.now.Before(c.LeaseAt) {
		m.lease()
	}
	due := !c.Until.IsZero() && !m.now.Before(c.Until)
	switch c.State {
	case StateGreeting:
		if due {
			m.do(StopPlay{m.playback("greeting")})
			m.wait()
		}
	case StateWaiting, StateRinging:
		if c.State == StateRinging && due {
			m.withdraw(overdue(c.Answer))
		}
		if over := c.waitOver(); c.State == StateWaiting && !over.IsZero() && !m.now.Before(over) {
			m.say(c.Rules.Nobody, c.Rules.NobodyFor, EndNobody)
		}
	case StateMessage:
		if due {
			m.end(c.EndReason)
		}
	case StateDialing:
		if due {
			m.dialDue()
		}
	case StateTalking:
		if due && c.Gone {
			m.away()
		}
	case StateHeld, StateAway:
		if due {
			m.awayDue()
		}
	}
}

// overdue names an offer that ran out: an agent who did answer is not to blame for a leg that never came.
func overdue(answered bool) string {
	if answered {
		return "gone"
	}
	return "timeout"
}

// Due is when the call wants its next [Tick]; zero for never.
func (c Call) Due() time.Time {
	var due time.Time
	add := func(t time.Time) {
		if !t.IsZero() && (due.IsZero() || t.Before(due)) {
			due = t
		}
	}
	if !c.Live() {
		return due
	}
	add(c.Until)
	add(c.LeaseAt)
	if c.State == StateWaiting {
		add(c.waitOver())
	}
	return due
}

// waitOver is when the longest wait is over; zero for never. A client who comes back to the queue out of a talk waits anew:
// WaitingAt keeps their place, not their patience.
func (c Call) waitOver() time.Time {
	if c.Rules.MaxWait <= 0 {
		return time.Time{}
	}
	since := c.WaitingAt
	for _, s := range c.Segments {
		if s.Kind == SegmentWaiting && s.To.IsZero() {
			since = later(since, s.From)
		}
	}
	return since.Add(c.Rules.MaxWait)
}

// lease renews the client's lease; that of a talk is given once.
func (m *step) lease() {
	c := &m.call
	m.changed = true
	switch c.State {
	case StateTalking, StateHeld, StateAway:
		c.LeaseAt = time.Time{}
		m.do(Lease{c.Client.Channel, leaseTalking})
	default:
		c.LeaseAt = m.now.Add(leaseEvery)
		m.do(Lease{c.Client.Channel, leaseWaiting})
	}
}

// failed is a command that could not be carried out. What only decorates the call is let go; what carries it is undone.
func (m *step) failed(e Failed) {
	c := &m.call
	switch cmd := e.Command.(type) {
	case Play:
		m.playEnded(PlayEnded{cmd.Name})
	case MakeLeg:
		m.legGone(LegGone{Channel: cmd.Channel})
	case CallPhone:
		m.legGone(LegGone{Channel: cmd.Channel})
	case TieLeg:
		m.legGone(LegGone{Channel: cmd.Call.Ours.Channel})
	case Join:
		if c.State == StateTalking {
			m.legGone(LegGone{Channel: c.Ours.Channel})
		}
	case Lease:
		// A talk on a waiting client's lease would be taken to the fallback in its midst.
		if playing := c.State == StateGreeting || c.State == StateMessage; cmd.Channel == c.Client.Channel && !playing {
			c.LeaseAt = m.now.Add(leaseRetry)
			m.changed = true
		}
	case DialClient:
		if cmd.Channel == c.Client.Channel && c.State == StateDialing {
			c.Client.Up = false
			if !m.redial("failed") {
				m.end(EndFailed)
			}
		}
	}
}
