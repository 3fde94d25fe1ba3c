package calls

import (
	"encoding/json"
	"time"

	"ringbook/crm"
	"ringbook/telephony"
)

// Call is a call as people and programs see it.
type Call struct {
	ID          string        `json:"id"`
	Direction   string        `json:"direction" enum:"inbound,outbound,internal"`
	State       string        `json:"state"`
	Phone       string        `json:"phone" doc:"The client's, E.164; empty when withheld or not to be parsed"`
	Caller      string        `json:"caller" doc:"As the network sent it, or as it was typed"`
	Name        string        `json:"name" doc:"The display name that the network sent"`
	Number      string        `json:"number" doc:"Ours, E.164"`
	NumberName  string        `json:"number_name"`
	Trunk       *Thing        `json:"trunk" doc:"The line to a provider that it came by or was dialled through"`
	Queue       string        `json:"queue"`
	Source      *Thing        `json:"source"`
	Client      *Thing        `json:"client"`
	Match       string        `json:"match" doc:"Why this client"`
	Agent       *Person       `json:"agent"`
	Why         string        `json:"why" doc:"Why this agent"`
	StartedAt   time.Time     `json:"started_at"`
	WaitingAt   *time.Time    `json:"waiting_at"`
	AnsweredAt  *time.Time    `json:"answered_at"`
	EndedAt     *time.Time    `json:"ended_at"`
	Until       *time.Time    `json:"until" doc:"When the present offer, greeting or absence ends"`
	EndReason   string        `json:"end_reason"`
	SIPCode     int           `json:"sip_code"`
	Cause       int           `json:"cause" doc:"Q.850"`
	WaitSeconds int           `json:"wait_seconds"`
	TalkSeconds int           `json:"talk_seconds"`
	HoldSeconds int           `json:"hold_seconds"`
	FirstTime   bool          `json:"first_time"`
	Missed      bool          `json:"missed"`
	MissedID    string        `json:"missed_id" doc:"The debt that the call is part of"`
	Outcome     *Thing        `json:"outcome"`
	Notes       string        `json:"notes"`
	NextStep    string        `json:"next_step"`
	Recording   *RecordingRef `json:"recording"`
	Segments    []Segment     `json:"segments"`
	Version     int64         `json:"version" doc:"The switchboard's"`
	Edits       int64         `json:"edits" doc:"Grows with what people write"`
}

// RecordingRef is what a list needs to know of a recording.
type RecordingRef struct {
	ID       string  `json:"id"`
	State    string  `json:"state"`
	Duration float64 `json:"duration" doc:"Seconds"`
	Reason   string  `json:"reason"`
}

// Segment is a step of the trail.
type Segment struct {
	Kind   string     `json:"kind"`
	Agent  *Person    `json:"agent"`
	Queue  string     `json:"queue"`
	Trunk  *Thing     `json:"trunk" doc:"dialing: the line that was tried"`
	From   time.Time  `json:"from"`
	To     *time.Time `json:"to" doc:"null while it lasts"`
	Result string     `json:"result"`
}

// row is a call as it is read.
type row struct {
	ID, Direction, State, Phone, Caller, Name, Number, NumberName, TrunkID, TrunkName, Queue, SourceID, SourceName, ClientID, ClientName, Match string
	AgentID, AgentName, Why                                                                                                                     string
	StartedAt                                                                                                                                   time.Time
	WaitingAt, AnsweredAt, EndedAt, Until                                                                                                       *time.Time
	EndReason                                                                                                                                   string
	SIPCode, Cause, WaitSeconds, TalkSeconds, HoldSeconds                                                                                       int
	FirstTime, Missed                                                                                                                           bool
	MissedID, OutcomeID, OutcomeName, Notes, NextStep                                                                                           string
	RecordingID, RecordingState, RecordingReason                                                                                                string
	RecordingMS                                                                                                                                 int64
	Segments                                                                                                                                    json.RawMessage
	Version, Edits                                                                                                                              int64
}

// selection reads rows; conditions on calls c follow.
const selection = `select c.id::text as id, c.direction, c.state, c.phone, c.caller, c.name, c.number, coalesce(n.name, '') as number_name,
	coalesce(c.trunk_id::text, '') as trunk_id, coalesce(t.name, '') as trunk_name, c.queue,
	coalesce(c.source_id::text, '') as source_id, coalesce(s.name, '') as source_name, coalesce(c.client_id::text, '') as client_id,
	coalesce(k.name, '') as client_name, c.match, coalesce(c.agent_id::text, '') as agent_id, coalesce(u.name, '') as agent_name, c.why,
	c.started_at, c.waiting_at, c.answered_at, c.ended_at, c.until, coalesce(c.end_reason, '') as end_reason, c.sip_code, c.cause,
	c.wait_seconds, c.talk_seconds, c.hold_seconds, c.first_time, c.missed, coalesce(c.missed_id::text, '') as missed_id,
	coalesce(c.outcome_id::text, '') as outcome_id, coalesce(o.name, '') as outcome_name, c.notes, c.next_step,
	coalesce(r.id::text, '') as recording_id, coalesce(r.state, '') as recording_state, coalesce(r.reason, '') as recording_reason,
	coalesce(r.duration_ms, 0) as recording_ms, c.segments, c.version, c.edits
	from calls c
	left join lateral (select name from numbers where e164 = c.number order by archived_at desc nulls first limit 1) n on true
	left join trunks t on t.id = c.trunk_id
	left join sources s on s.id = c.source_id
	left join clients k on k.id = c.client_id
	left join users u on u.id = c.agent_id
	left join outcomes o on o.id = c.outcome_id
	left join recordings r on r.call_id = c.id `

func thing(id, name string) *Thing {
	if id == "" {
		return nil
	}
	return &Thing{id, name}
}

func person(id, name string) *Person {
	if id == "" {
		return nil
	}
	return &Person{ID: id, Name: name}
}

// view makes a call of its row; names gives those of the people in the trail.
func (r row) view(trail []telephony.Segment, names map[string]string) Call {
	c := Call{ID: r.ID, Direction: r.Direction, State: r.State, Phone: r.Phone, Caller: r.Caller, Name: r.Name, Number: r.Number,
		NumberName: r.NumberName, Trunk: thing(r.TrunkID, r.TrunkName), Queue: r.Queue, Source: thing(r.SourceID, r.SourceName), Client: thing(r.ClientID, r.ClientName),
		Match: r.Match, Agent: person(r.AgentID, r.AgentName), Why: r.Why, StartedAt: r.StartedAt, WaitingAt: r.WaitingAt,
		AnsweredAt: r.AnsweredAt, EndedAt: r.EndedAt, Until: r.Until, EndReason: r.EndReason, SIPCode: r.SIPCode, Cause: r.Cause,
		WaitSeconds: r.WaitSeconds, TalkSeconds: r.TalkSeconds, HoldSeconds: r.HoldSeconds, FirstTime: r.FirstTime, Missed: r.Missed,
		MissedID: r.MissedID, Outcome: thing(r.OutcomeID, r.OutcomeName), Notes: r.Notes, NextStep: r.NextStep,
		Version: r.Version, Edits: r.Edits, Segments: segments(trail, names)}
	if r.RecordingID != "" {
		c.Recording = &RecordingRef{r.RecordingID, r.RecordingState, float64(r.RecordingMS) / 1000, r.RecordingReason}
	}
	return c
}

func segments(trail []telephony.Segment, names map[string]string) []Segment {
	out := make([]Segment, 0, len(trail))
	for _, s := range trail {
		out = append(out, Segment{Kind: string(s.Kind), Agent: person(string(s.Agent), names[string(s.Agent)]), Queue: string(s.Queue),
			Trunk: thing(id(string(s.Trunk)), names[string(s.Trunk)]),
			From:  s.From, To: orNull(s.To), Result: s.End})
	}
	return out
}

// Edit is what people write to a call; nil stays.
type Edit struct {
	Edits    int64   `json:"edits,omitempty" doc:"The number that was read; a newer one is answered with 409 and the current call"`
	Notes    *string `json:"notes,omitempty" maxLength:"20000"`
	Outcome  *string `json:"outcome,omitempty" doc:"ID; empty: none"`
	NextStep *string `json:"next_step,omitempty" maxLength:"2000"`
	Client   *string `json:"client,omitempty" doc:"ID of the client whose call it is"`
}

func (e Edit) check() error {
	for field, ref := range map[string]*string{"outcome": e.Outcome, "client": e.Client} {
		if ref != nil && *ref != "" && !crm.IsID(*ref) {
			return crm.Invalid("unknown_reference", crm.Params{"field": field})
		}
	}
	if e.Client != nil && *e.Client == "" {
		return crm.Invalid("required", crm.Params{"field": "client"})
	}
	return nil
}
