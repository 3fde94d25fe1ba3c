package telephony

import (
	"cmp"
	"slices"
	"strings"
)

// TrunkID names a line to a provider. The empty one is the endpoint that Asterisk's own configuration calls trunk.
type TrunkID string

// Trunk is a line to a provider, as far as the choice of one needs it.
type Trunk struct {
	ID       TrunkID
	Prefixes []string            // what it carries: beginnings of E.164 numbers, or whole short ones; none: everything
	Order    int                 // among those that carry a number equally well the lowest is tried first
	MaxCalls int                 // at a time, both directions; 0 for no limit
	Shows    map[string]struct{} // the numbers of ours, E.164, that it may show; nil for all
}

// TrunksFor are the lines that may carry a call to the number, in the order in which they are tried: the longest matching
// prefix first, then by order; those that are known to be down last. Full says that some would, had they room.
func (p Plan) TrunksFor(phone, callerID string, calls map[TrunkID]int, down map[TrunkID]bool) (list []TrunkID, full bool) {
	type choice struct {
		Trunk
		matched int
	}
	var fit []choice
	for _, t := range p.Trunks {
		matched, ok := t.carries(phone)
		if _, shows := t.Shows[callerID]; !ok || (t.Shows != nil && callerID != "" && !shows) {
			continue
		}
		if t.MaxCalls > 0 && calls[t.ID] >= t.MaxCalls {
			full = true
			continue
		}
		fit = append(fit, choice{t, matched})
	}
	late := func(t TrunkID) int {
		if down[t] {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(fit, func(a, b choice) int {
		return cmp.Or(cmp.Compare(late(a.ID), late(b.ID)), cmp.Compare(b.matched, a.matched), cmp.Compare(a.Order, b.Order))
	})
	for _, c := range fit {
		list = append(list, c.ID)
	}
	return list, full && len(list) == 0
}

// carries says whether the trunk takes the number, and how many characters of it the best prefix names.
func (t Trunk) carries(phone string) (matched int, ok bool) {
	ok = len(t.Prefixes) == 0
	for _, prefix := range t.Prefixes {
		if phone == prefix || strings.HasPrefix(prefix, "+") && strings.HasPrefix(phone, prefix) {
			matched, ok = max(matched, len(prefix)), true
		}
	}
	return matched, ok
}

// trunkFault says whether a dialled call failed for the line's sake and not the client's: another line may do better.
// SIP status codes by RFC 3261 section 21, Q.850 causes by its table 1.
func trunkFault(cause, sip int) bool {
	switch sip {
	case 401, 403, 407, 408, 488, 606:
		return true
	case 0:
	default:
		return sip >= 500 && sip < 600
	}
	switch cause {
	case 20, 27, 34, 38, 41, 42, 44, 47, 58, 63, 66, 127:
		return true
	}
	return false
}

// nextTrunk is the line to try after the one that was tried last.
func (c Call) nextTrunk() (TrunkID, bool) {
	at := slices.Index(c.Rules.Trunks, c.Trunk) + 1
	if at == 0 || at >= len(c.Rules.Trunks) {
		return "", false
	}
	return c.Rules.Trunks[at], true
}

// redial tries the next line; false when there is none, or when the client's phone has rung already.
func (m *step) redial(result string) bool {
	c := &m.call
	next, more := c.nextTrunk()
	if !more || c.Progress {
		return false
	}
	m.close(SegmentDialing, result)
	c.Cause, c.SIPCode = 0, 0 // they were the line's, not the call's
	c.Trunk = next
	m.open(SegmentDialing)
	m.callClient()
	return true
}
