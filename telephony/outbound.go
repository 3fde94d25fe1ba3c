package telephony

import (
	"slices"
	"time"
)

// Order is a call that an agent asked for.
type Order struct {
	ID       CallID
	Agent    AgentID
	Phone    string // E.164
	Device   Device
	Leg      ChannelID // the desk phone's own, when the number was dialled there
	Typed    string
	CallerID string    // our number, E.164
	Trunks   []TrunkID // the lines to try, in order; none: the one of Asterisk's own configuration
}

// NewOutbound begins a call to a client: the agent's leg first, so that they hear the network's own ringing.
func NewOutbound(o Order, plan Plan, now time.Time) (Call, []Command) {
	nobody := plan.Numbers[o.CallerID].Nobody
	m := &step{now: now, call: Call{ID: o.ID, Direction: Outbound, Phone: o.Phone, Caller: o.Typed, Number: o.CallerID, Agent: o.Agent, Device: o.Device,
		StartedAt: now, Why: "direct", Rules: Rules{RingFor: plan.RingFor, AwayFor: plan.AwayFor, CallerID: o.CallerID,
			Nobody: nobody, NobodyFor: plan.Lengths[nobody], Trunks: o.Trunks, Price: plan.tariff(o.Phone).Price}}}
	if len(o.Trunks) > 0 {
		m.call.Trunk = o.Trunks[0]
	}
	m.open(SegmentDialing)
	m.to(StateDialing)
	if o.Leg != "" {
		m.call.Ours, m.call.Bridged = Leg{o.Leg, true}, true
		m.do(AnswerClient{o.Leg}, MakeBridge{o.ID})
		m.dial()
		m.call.Version = 1
		return m.call, m.out
	}
	m.call.Until = now.Add(legTimeout)
	if o.Device == DeskPhone {
		m.call.Until = now.Add(plan.RingFor) // until the handset is lifted
	}
	m.makeLeg()
	m.call.Version = 1
	return m.call, m.out
}

// dial calls the client once the agent's leg stands.
func (m *step) dial() {
	c := &m.call
	if c.Client.Channel != "" {
		return
	}
	m.do(Join{c.ID, []ChannelID{c.Ours.Channel}}, TalkPhone{c.clone()})
	m.callClient()
}

// callClient dials the client through the line whose turn it is. One that gives no sign of life in time makes way for the next.
func (m *step) callClient() {
	c := &m.call
	who, try := string(c.Trunk), slices.Index(c.Rules.Trunks, c.Trunk)+1
	if who == "" {
		who, try = "trunk", 1
	}
	c.Client = Leg{Channel: LegChannel(c.ID, roleClient, who, try), Up: true}
	c.Until = m.now.Add(dialTimeout + legTimeout)
	if _, more := c.nextTrunk(); more {
		c.Until = m.now.Add(trunkPatience)
	}
	m.changed = true
	m.do(DialClient{Call: c.ID, Channel: c.Client.Channel, Trunk: c.Trunk, Phone: c.Phone, CallerID: c.Rules.CallerID, Timeout: dialTimeout})
}

// progress is the network's first sign of the client's phone: from here on the line is not changed.
func (m *step) progress(e ClientProgress) {
	c := &m.call
	if e.Channel != c.Client.Channel || c.State != StateDialing || c.Progress {
		return
	}
	c.Progress = true
	c.Until = m.now.Add(dialTimeout + legTimeout)
	m.changed = true
}

func (m *step) dialDue() {
	c := &m.call
	if c.Client.Channel == "" {
		m.end(EndAgentUnreached)
		return
	}
	silent := c.Client.Channel
	if m.redial("silent") {
		m.do(HangUp{silent, "normal"})
		return
	}
	m.end(EndNoAnswer)
}

func (m *step) clientUp(e ClientUp) {
	c := &m.call
	if e.Channel != c.Client.Channel || c.State != StateDialing {
		return
	}
	m.close(SegmentDialing, "answered")
	c.AnsweredAt = m.now
	c.Until = time.Time{}
	m.open(SegmentTalk)
	m.to(StateTalking)
	m.flow()
	m.do(Lease{c.Client.Channel, leaseTalking})
	if c.Gone {
		m.away()
	}
}

// DialResult reads why a client was not reached: the SIP status where it is known, else the Q.850 cause
// (RFC 3261 section 21; ITU-T Q.850 table 1; the mapping of RFC 3398 section 8.2.6.1).
func DialResult(cause, sip int) EndReason {
	switch sip {
	case 486, 600:
		return EndBusy
	case 408, 480, 487:
		return EndNoAnswer
	case 403, 603, 607:
		return EndDeclined
	case 404, 410, 484, 604:
		return EndWrongNumber
	}
	switch cause {
	case 17:
		return EndBusy
	case 18, 19, 20:
		return EndNoAnswer
	case 21:
		return EndDeclined
	case 1, 2, 3, 22, 28:
		return EndWrongNumber
	}
	return EndFailed
}
