package telephony

import "time"

// Arrival is an inbound call as Asterisk shows it.
type Arrival struct {
	ID      CallID
	Channel ChannelID
	Phone   string // E.164, empty when withheld or not to be parsed
	Caller  string // as the network sent it
	Name    string
	Number  string // ours, E.164
	Trunk   TrunkID
	At      time.Time
}

// NewInbound begins a call from the arrival and the plan of this moment.
func NewInbound(a Arrival, plan Plan, now time.Time) (Call, []Command) {
	m := &step{now: now, call: Call{ID: a.ID, Direction: Inbound, Phone: a.Phone, Caller: a.Caller, Name: a.Name, Number: a.Number, Trunk: a.Trunk,
		StartedAt: a.At, Client: Leg{Channel: a.Channel, Up: true}}}
	c := &m.call
	number, known := plan.Numbers[a.Number]
	c.Queue = number.Queue
	c.Rules = Rules{RingFor: plan.RingFor, AwayFor: plan.AwayFor, MaxWait: number.MaxWait, Nobody: number.Nobody, NobodyFor: plan.Lengths[number.Nobody],
		Members: number.Members}
	switch {
	case !known:
		m.end(EndNoRoute)
	case !number.Hours.Open(now.In(plan.zone())):
		m.do(AnswerClient{a.Channel})
		m.say(number.Closed, plan.Lengths[number.Closed], EndClosed)
	case number.Greeting != "":
		m.do(AnswerClient{a.Channel})
		m.play("greeting", number.Greeting, plan.Lengths[number.Greeting])
		m.open(SegmentGreeting)
		m.to(StateGreeting)
	default:
		m.do(AnswerClient{a.Channel})
		m.wait()
	}
	m.call.Version = 1
	return m.call, m.out
}

func (p Plan) zone() *time.Location {
	if p.Location == nil {
		return time.UTC
	}
	return p.Location
}

// Open says whether the hours hold at that moment; the time must be in the company's zone. No span at all means always.
func (h Hours) Open(at time.Time) bool {
	empty := true
	for _, day := range h {
		if len(day) > 0 {
			empty = false
		}
	}
	if empty {
		return true
	}
	minute := at.Hour()*60 + at.Minute()
	for _, s := range h[at.Weekday()] {
		if minute >= s.From && minute < s.To {
			return true
		}
	}
	return false
}

// play lets the client hear a file. Asterisk carries out nothing else on a channel that plays, a lease no more than music: the
// lease must last until the file's end, and is not renewed before.
func (m *step) play(what, media string, length time.Duration) {
	c := &m.call
	m.do(Lease{c.Client.Channel, length + leaseWaiting}, Play{c.Client.Channel, m.playback(what), media})
	c.LeaseAt, c.Until = time.Time{}, m.now.Add(length+playSlack)
}

func (m *step) playback(what string) string { return string(m.call.ID) + "." + what }

func (m *step) playEnded(e PlayEnded) {
	c := &m.call
	switch {
	case c.State == StateGreeting && e.Name == string(c.ID)+".greeting":
		m.wait()
	case c.State == StateMessage && e.Name == string(c.ID)+".message":
		m.end(c.EndReason)
	}
}

// wait puts the client into the queue, or back to its head: WaitingAt never moves. From here on the lease is renewed.
func (m *step) wait() {
	c := &m.call
	m.close(SegmentGreeting, "")
	if c.WaitingAt.IsZero() {
		c.WaitingAt = m.now
	}
	c.Agent, c.Until, c.Answer, c.Gone = "", time.Time{}, false, false
	m.do(MusicOn{c.Client.Channel})
	m.open(SegmentWaiting)
	m.to(StateWaiting)
	m.lease()
}

// say plays the last message and remembers why the call ends; with nothing to play it ends at once.
func (m *step) say(media string, length time.Duration, reason EndReason) {
	c := &m.call
	m.close(SegmentWaiting, "")
	if media == "" {
		m.end(reason)
		return
	}
	m.do(MusicOff{c.Client.Channel})
	m.play("message", media, length)
	m.open(SegmentMessage)
	c.EndReason, c.Agent = reason, ""
	m.to(StateMessage)
}

func (m *step) offered(e Offered) {
	c := &m.call
	if c.State != StateWaiting {
		return
	}
	c.Agent, c.Why, c.Device = e.Agent, e.Why, e.Device
	c.Until = m.now.Add(c.Rules.RingFor)
	m.open(SegmentRinging)
	m.to(StateRinging)
	if c.Device == DeskPhone { // which rings by itself: the card is open before
		m.do(RingPhone{c.clone()})
		m.makeLeg()
		return
	}
	m.makeLeg()
	m.do(RingPhone{c.clone()})
}

// makeLeg asks for the agent's leg and, once in a call's life, for the bridge.
func (m *step) makeLeg() {
	c := &m.call
	c.Offers++
	c.Ours = Leg{Channel: LegChannel(c.ID, roleAgent, string(c.Agent), c.Offers)}
	if c.Device == DeskPhone {
		m.do(CallPhone{c.ID, c.Agent, c.Ours.Channel, c.Phone, c.Name, c.Rules.RingFor + legTimeout})
	} else {
		m.do(MakeLeg{c.ID, c.Agent, c.Ours.Channel})
	}
	if !c.Bridged {
		c.Bridged = true
		m.do(MakeBridge{c.ID})
	}
	m.changed = true
}

// withdraw takes the offer back and leaves the client waiting where they stood.
func (m *step) withdraw(result string) {
	c := &m.call
	m.close(SegmentRinging, result)
	m.do(StopPhone{c.clone()})
	m.dropLeg()
	c.Agent, c.Until, c.Answer = "", time.Time{}, false
	m.to(StateWaiting)
}

func (m *step) agentAnswered() {
	c := &m.call
	if c.State != StateRinging || c.Answer || c.Device == DeskPhone { // its handset is lifted by hand: [LegUp]
		return
	}
	c.Answer = true
	c.Until = m.now.Add(legTimeout)
	m.changed = true
	if c.Ours.Up {
		m.talk()
	}
}

// talk brings the two together for the first time.
func (m *step) talk() {
	c := &m.call
	m.close(SegmentRinging, "answered")
	m.close(SegmentWaiting, "")
	if c.AnsweredAt.IsZero() {
		c.AnsweredAt = m.now
	}
	c.Until, c.LeaseAt, c.Answer = time.Time{}, time.Time{}, false
	m.do(MusicOff{c.Client.Channel}, Join{c.ID, []ChannelID{c.Client.Channel, c.Ours.Channel}})
	m.open(SegmentTalk)
	m.to(StateTalking)
	m.flow()
	m.do(Lease{c.Client.Channel, leaseTalking})
}

// flow lets both hear each other, and what they say be recorded.
func (m *step) flow() {
	c := &m.call
	m.do(TalkPhone{c.clone()})
	if c.Device != DeskPhone || c.State != StateTalking {
		return
	}
	if n := len(c.Taps); n == 0 || c.Taps[n-1].Over || c.Taps[n-1].Channel != c.Ours.Channel {
		c.Taps = append(c.Taps, Tap{Channel: c.Ours.Channel, At: m.now})
	}
	m.do(TapLeg{c.ID, c.Taps[len(c.Taps)-1]})
}
