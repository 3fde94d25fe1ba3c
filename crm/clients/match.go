package clients

import (
	"time"

	"ringbook/crm"
)

// Why a card is shown, or is not, for whoever calls.
const (
	MatchPhone        = "phone"         // this number is on this card
	MatchSeveral      = "several"       // it is on several; a person must say which
	MatchUnknown      = "unknown"       // it is on none
	MatchWithheld     = "withheld"      // the caller hides the number
	MatchUnparsable   = "unparsable"    // what the network sent is no number
	MatchOwn          = "own"           // it is one of the company's own
	MatchDatabaseAway = "database_away" // nobody could look
)

// Match explains why we think that we know who calls, or why we do not.
type Match struct {
	Reason string     `json:"reason" enum:"phone,several,unknown,withheld,unparsable,own,database_away"`
	Phone  string     `json:"phone" doc:"E.164, or what the network sent"`
	Since  *time.Time `json:"since" doc:"Since when the number is on the card"`
	Calls  int        `json:"calls" doc:"How many calls there were with the client"`
}

// unmatched says why nobody needs to look: the number is no number, or ours.
func unmatched(phone crm.Phone, own bool) (m Match, done bool) {
	m = Match{Phone: phone.E164}
	switch {
	case phone.E164 == "" && (phone.Reason == crm.PhoneWithheld || phone.Reason == crm.PhoneEmpty):
		m.Reason = MatchWithheld
	case phone.E164 == "":
		m.Reason, m.Phone = MatchUnparsable, phone.Typed
	case own:
		m.Reason = MatchOwn
	default:
		return m, false
	}
	return m, true
}

// explain says what the candidates mean; the client is the one that there is no doubt about.
func explain(phone crm.Phone, candidates []Client) (m Match, one *Client) {
	m = Match{Phone: phone.E164}
	switch len(candidates) {
	case 0:
		m.Reason = MatchUnknown
	case 1:
		one = &candidates[0]
		m.Reason, m.Calls = MatchPhone, one.CallsCount
		for _, p := range one.Phones {
			if p.E164 == phone.E164 && (m.Since == nil || p.Since.Before(*m.Since)) {
				m.Since = &p.Since
			}
		}
	default:
		m.Reason = MatchSeveral
	}
	return m, one
}
