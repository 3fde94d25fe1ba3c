package telephony

import "time"

// AgentState is what an agent does now.
type AgentState string

// The states of an agent.
const (
	AgentOffline       AgentState = "offline"
	AgentAvailable     AgentState = "available"
	AgentRinging       AgentState = "ringing"
	AgentTalking       AgentState = "talking" // also dialling and holding: busy with a call
	AgentWrapUp        AgentState = "wrap_up"
	AgentPaused        AgentState = "paused"
	AgentNotResponding AgentState = "not_responding"
)

// AgentStates lists them.
var AgentStates = []AgentState{AgentOffline, AgentAvailable, AgentRinging, AgentTalking, AgentWrapUp, AgentPaused, AgentNotResponding}

// Device is what an agent talks with.
type Device string

// The devices. A person has one at a time.
const (
	Browser   Device = ""           // sound by WebRTC
	DeskPhone Device = "desk_phone" // a SIP telephone that has registered
)

// How long a silent browser is believed.
const (
	frozenAfter = 5 * time.Second  // without an answer to the heartbeat: no call is offered
	goneAfter   = 60 * time.Second // the shift ends
)

// Agent is a person on shift, as the switchboard knows them.
type Agent struct {
	ID     AgentID    `json:"id"`
	Name   string     `json:"name"`
	State  AgentState `json:"state"`
	Since  time.Time  `json:"since"`      // of the present state
	Idle   time.Time  `json:"idle_since"` // of the last end of a call or start of the shift: who is idle longest
	Reason string     `json:"reason,omitempty"`
	Call   CallID     `json:"call,omitempty"`
	Until  time.Time  `json:"until,omitzero"` // when wrap-up ends by itself
	Mute   bool       `json:"muted,omitempty"`
	Here   bool       `json:"here"`  // a live page answers the heartbeat
	Media  bool       `json:"media"` // the device can be reached: the WebRTC session is connected, or the desk phone has registered
	Device Device     `json:"device,omitempty"`
	SeenAt time.Time  `json:"seen_at"`

	After       AgentState `json:"after,omitempty"` // the state that follows the call and its wrap-up, if not available
	AfterReason string     `json:"after_reason,omitempty"`
}

// Free says whether a call may be offered.
func (a Agent) Free() bool {
	return a.State == AgentAvailable && a.Here && a.Media && a.Call == ""
}

// OnShift says whether the agent has begun a shift and not ended it.
func (a Agent) OnShift() bool { return a.State != AgentOffline && a.State != "" }

func (a *Agent) set(s AgentState, now time.Time) {
	if a.State == s {
		return
	}
	a.State, a.Since, a.Until = s, now, time.Time{}
	if s != AgentPaused {
		a.Reason = ""
	}
}

// rest is where an agent goes when nothing holds them any more.
func (a *Agent) rest(now time.Time) {
	if a.After == AgentPaused {
		reason := a.AfterReason
		a.After, a.AfterReason = "", ""
		a.set(AgentPaused, now)
		a.Reason = reason
		return
	}
	if a.After == AgentOffline {
		a.After = ""
		a.set(AgentOffline, now)
		return
	}
	a.set(AgentAvailable, now)
}

// agentAfter is what a step of a call makes of an agent who had or has it.
func agentAfter(a Agent, before, after Call, wrapUp time.Duration, now time.Time) Agent {
	if after.Live() && after.Agent == a.ID {
		a.Call = after.ID
		if after.State == StateRinging {
			a.set(AgentRinging, now)
			return a
		}
		if a.State == AgentPaused && a.After == "" {
			a.After, a.AfterReason = AgentPaused, a.Reason
		}
		a.set(AgentTalking, now)
		return a
	}
	if a.Call != after.ID {
		return a
	}
	a.Call, a.Mute = "", false
	switch {
	case before.State == StateRinging:
		a.afterOffer(offerResult(after, a.ID), now)
	case !after.AnsweredAt.IsZero() && wrapUp > 0:
		a.Idle = now
		a.set(AgentWrapUp, now)
		a.Until = now.Add(wrapUp)
	default:
		a.Idle = now
		a.rest(now)
	}
	return a
}

func (a *Agent) afterOffer(result string, now time.Time) {
	if result == "timeout" {
		a.set(AgentNotResponding, now)
		return
	}
	a.rest(now)
}

func offerResult(c Call, agent AgentID) string {
	for i := len(c.Segments) - 1; i >= 0; i-- {
		if s := c.Segments[i]; s.Kind == SegmentRinging && s.Agent == agent {
			return s.End
		}
	}
	return ""
}
