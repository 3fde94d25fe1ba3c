package telephony

import (
	"slices"
	"time"
)

// Identifiers. A CallID is a UUIDv7 (RFC 9562) and names the bridge, the recording and the log lines of a call;
// an AgentID is the ID of the person; a ChannelID is Asterisk's own or one that we made.
type (
	CallID    string
	AgentID   string
	QueueID   string
	ChannelID string
)

// Direction says who began the call.
type Direction string

// The directions of a call.
const (
	Inbound  Direction = "inbound"
	Outbound Direction = "outbound"
)

// State is where a live call stands. The drawing is in doc.go.
type State string

// The states of a call.
const (
	StateGreeting State = "greeting" // the client hears the greeting
	StateWaiting  State = "waiting"  // the client hears music, no agent is chosen
	StateRinging  State = "ringing"  // an agent is offered the call
	StateDialing  State = "dialing"  // outbound: the client's phone is being called, the agent hears it
	StateTalking  State = "talking"  // both hear each other
	StateHeld     State = "held"     // the client hears music because the agent asked for it
	StateAway     State = "away"     // the agent's browser is gone, the client hears music
	StateMessage  State = "message"  // the client hears the last message before the end
	StateEnded    State = "ended"
)

// LiveStates lists the states of a call that is not over.
var LiveStates = []State{StateGreeting, StateWaiting, StateRinging, StateDialing, StateTalking, StateHeld, StateAway, StateMessage}

// EndReason says why a call ended. The set is closed; it is decided where the end happened.
type EndReason string

// The reasons for the end of a call.
const (
	EndClientHungUp   EndReason = "client_hung_up"  // after a talk
	EndAgentHungUp    EndReason = "agent_hung_up"   // after a talk
	EndAbandoned      EndReason = "abandoned"       // inbound: the client left before anybody answered
	EndNobody         EndReason = "nobody_answered" // inbound: the longest wait was over
	EndClosed         EndReason = "closed"          // inbound: outside business hours
	EndNoRoute        EndReason = "no_route"        // inbound: nothing is set for the called number
	EndCancelled      EndReason = "cancelled"       // outbound: the agent gave up before the answer
	EndBusy           EndReason = "busy"            // outbound: SIP 486, 600; Q.850 17
	EndNoAnswer       EndReason = "no_answer"       // outbound: SIP 408, 480, 487; Q.850 18, 19
	EndDeclined       EndReason = "declined"        // outbound: SIP 403, 603; Q.850 21
	EndWrongNumber    EndReason = "wrong_number"    // outbound: SIP 404, 410, 484; Q.850 1, 28
	EndFailed         EndReason = "failed"          // outbound: anything else that the network said
	EndAgentUnreached EndReason = "agent_unreached" // outbound: the agent's own leg could not be made
	EndLegLost        EndReason = "leg_lost"        // the agent's leg went and nobody took the client over
	EndAsteriskLost   EndReason = "asterisk_lost"   // Asterisk restarted under the call
	EndVanished       EndReason = "vanished"        // gone while nobody watched; found by reconcile
	EndFallback       EndReason = "fallback"        // the dialplan took the call while Ringbook was away
)

// EndReasons lists the closed set, in the order of the documentation.
var EndReasons = []EndReason{EndClientHungUp, EndAgentHungUp, EndAbandoned, EndNobody, EndClosed, EndNoRoute, EndCancelled, EndBusy,
	EndNoAnswer, EndDeclined, EndWrongNumber, EndFailed, EndAgentUnreached, EndLegLost, EndAsteriskLost, EndVanished, EndFallback}

// SegmentKind says what happened in a segment of the trail.
type SegmentKind string

// The kinds of segment.
const (
	SegmentGreeting SegmentKind = "greeting"
	SegmentWaiting  SegmentKind = "waiting"
	SegmentRinging  SegmentKind = "ringing" // one offer to one agent
	SegmentDialing  SegmentKind = "dialing"
	SegmentTalk     SegmentKind = "talk"
	SegmentHold     SegmentKind = "hold"
	SegmentAway     SegmentKind = "away"
	SegmentMessage  SegmentKind = "message"
)

// Segment is one step of a call's trail. Segments are ordered by From; waiting and ringing overlap, the others do not.
type Segment struct {
	Kind  SegmentKind `json:"kind"`
	Agent AgentID     `json:"agent,omitempty"`
	Queue QueueID     `json:"queue,omitempty"`
	Trunk TrunkID     `json:"trunk,omitempty"` // dialing: the line that was tried
	From  time.Time   `json:"from"`
	To    time.Time   `json:"to,omitzero"`      // zero while it lasts
	End   string      `json:"result,omitempty"` // ringing: answered, rejected, timeout, gone; dialing: answered, failed, silent; others empty
}

// Leg is a channel of the call.
type Leg struct {
	Channel ChannelID `json:"channel"`
	Up      bool      `json:"up"` // in our hands and able to carry sound
}

// Tap is a stretch of talk on a desk phone's leg, whose two sides Asterisk records. A hold ends it: what comes after is placed anew.
type Tap struct {
	Channel ChannelID `json:"channel"`
	At      time.Time `json:"at"`
	Over    bool      `json:"over,omitempty"`
}

// Rules are the settings that a call lives by from its beginning.
type Rules struct {
	RingFor   time.Duration `json:"ring_for"`
	AwayFor   time.Duration `json:"away_for"`
	MaxWait   time.Duration `json:"max_wait"`
	Nobody    string        `json:"nobody,omitempty"`     // media when MaxWait is over
	NobodyFor time.Duration `json:"nobody_for,omitempty"` // how long that lasts
	Members   []AgentID     `json:"members,omitempty"`
	CallerID  string        `json:"caller_id,omitempty"`
	Price     int64         `json:"price,omitempty"`  // outbound: of each begun minute, see [Tariff]
	Trunks    []TrunkID     `json:"trunks,omitempty"` // the lines that may be tried, in order
}

// MaxTrail is the most segments that a call keeps; [Call.Cut] says that there were more.
const MaxTrail = 500

// Call is one conversation, from the first ring to the last word, as a plain value: whoever has it has the whole trail.
// Only the call machine changes it.
type Call struct {
	ID        CallID    `json:"id"`
	Version   int64     `json:"version"` // grows with each change
	Direction Direction `json:"direction"`
	Phone     string    `json:"phone"`              // the client's number, E.164 where it could be parsed, else empty
	Caller    string    `json:"caller"`             // the client's number as the network sent it or the agent typed it
	Name      string    `json:"name"`               // the display name that the network sent
	Number    string    `json:"number"`             // our number, E.164
	Trunk     TrunkID   `json:"trunk,omitempty"`    // the line it came by, or is being dialled through
	Progress  bool      `json:"progress,omitempty"` // outbound: the network has given a sign of the client's phone
	Queue     QueueID   `json:"queue,omitempty"`
	State     State     `json:"state"`

	Device  Device    `json:"device,omitempty"`  // what the agent talks with
	Taps    []Tap     `json:"taps,omitempty"`    // desk phones' legs that Asterisk records, oldest first
	Agent   AgentID   `json:"agent,omitempty"`   // whoever is offered the call, talks or talked last
	Offers  int       `json:"offers"`            // how many offers were made; numbers the agent legs
	Until   time.Time `json:"until,omitzero"`    // when the present offer, greeting or absence ends
	Answer  bool      `json:"answer,omitempty"`  // the agent has answered and their leg is not up yet
	Gone    bool      `json:"gone,omitempty"`    // the agent's browser carries no sound
	Bridged bool      `json:"bridged,omitempty"` // the bridge was made
	LeaseAt time.Time `json:"lease_at,omitzero"` // when the client's lease must be renewed
	Rules   Rules     `json:"rules"`             // what the call was begun with; later settings do not touch it
	Client  Leg       `json:"client_leg"`        // the client's
	Ours    Leg       `json:"agent_leg"`         // the agent's
	Why     string    `json:"why,omitempty"`     // why this agent: longest_idle, direct

	StartedAt  time.Time `json:"started_at"`
	WaitingAt  time.Time `json:"waiting_at,omitzero"`  // when the client entered the queue
	AnsweredAt time.Time `json:"answered_at,omitzero"` // the first word between two people
	EndedAt    time.Time `json:"ended_at,omitzero"`
	EndReason  EndReason `json:"end_reason,omitempty"`
	SIPCode    int       `json:"sip_code,omitempty"` // RFC 3261 status of the client's leg, 0 when unknown
	Cause      int       `json:"cause,omitempty"`    // Q.850 cause of the client's leg, 0 when unknown

	Segments []Segment `json:"segments"`
	Cut      bool      `json:"cut,omitempty"` // the trail was longer than MaxTrail
}

// Live says whether the call has not ended.
func (c Call) Live() bool { return c.State != StateEnded }

// Total is the summed length of the segments of one kind up to now.
func (c Call) Total(kind SegmentKind, now time.Time) time.Duration {
	var sum time.Duration
	for _, s := range c.Segments {
		if s.Kind != kind {
			continue
		}
		to := s.To
		if to.IsZero() {
			to = now
		}
		sum += max(0, to.Sub(s.From))
	}
	return sum
}

// clone copies what the slices share, so that an older snapshot never changes.
func (c Call) clone() Call {
	c.Segments = slices.Clone(c.Segments)
	c.Taps = slices.Clone(c.Taps)
	return c
}
