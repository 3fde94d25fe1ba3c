package telephony

import (
	"cmp"
	"slices"
	"time"
)

// Offer is a call for an agent.
type Offer struct {
	Call   CallID
	Agent  AgentID
	Why    string
	Device Device
}

// restAfterOffer is how long a call is not offered again to an agent who let it ring or declined it.
const restAfterOffer = 30 * time.Second

// restAfterFault is how long a call is offered to nobody after an offer that failed through no agent's fault.
const restAfterFault = time.Second

// Pick matches waiting clients with free agents: the longest waiting client first, for them the agent who has been idle
// longest. It is pure, and each client and agent stands in one offer at most.
func Pick(calls []Call, agents []Agent, now time.Time) []Offer {
	waiting := make([]Call, 0, len(calls))
	for _, c := range calls {
		if c.State == StateWaiting {
			waiting = append(waiting, c)
		}
	}
	if len(waiting) == 0 {
		return nil
	}
	free := make([]Agent, 0, len(agents))
	for _, a := range agents {
		if a.Free() {
			free = append(free, a)
		}
	}
	slices.SortFunc(waiting, func(a, b Call) int {
		return cmp.Or(a.WaitingAt.Compare(b.WaitingAt), a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(free, func(a, b Agent) int { return cmp.Or(a.Idle.Compare(b.Idle), cmp.Compare(a.ID, b.ID)) })
	var offers []Offer
	for _, c := range waiting {
		i := slices.IndexFunc(free, func(a Agent) bool { return c.mayOffer(a.ID, now) })
		if i < 0 {
			continue
		}
		offers = append(offers, Offer{c.ID, free[i].ID, "longest_idle", free[i].Device})
		free = slices.Delete(free, i, i+1)
	}
	return offers
}

// mayOffer says whether the agent serves this call's number and did not let it ring just now.
func (c Call) mayOffer(agent AgentID, now time.Time) bool {
	if len(c.Rules.Members) > 0 && !slices.Contains(c.Rules.Members, agent) {
		return false
	}
	for i := len(c.Segments) - 1; i >= 0; i-- {
		s := c.Segments[i]
		if s.Kind == SegmentRinging && s.End == "gone" && now.Sub(s.To) < restAfterFault {
			return false
		}
		if s.Kind == SegmentRinging && s.Agent == agent && (s.End == "timeout" || s.End == "rejected") {
			return now.Sub(s.To) >= restAfterOffer
		}
	}
	return true
}
