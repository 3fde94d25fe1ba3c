package calls

import (
	"slices"

	"ringbook/crm"
	"ringbook/telephony"
)

// Span is an opening time in minutes since midnight, To exclusive.
type Span struct {
	From int `json:"from" minimum:"0" maximum:"1439"`
	To   int `json:"to" minimum:"1" maximum:"1440"`
}

// Hours are the opening times of seven weekdays from Sunday, in the company's time zone. No span at all: always open.
type Hours [][]Span

func (h Hours) check() error {
	if len(h) != 7 {
		return crm.Invalid("bad_hours", crm.Params{"reason": "seven_days"})
	}
	for day, spans := range h {
		if len(spans) > 10 {
			return crm.Invalid("bad_hours", crm.Params{"reason": "too_many", "day": day})
		}
		sorted := slices.SortedFunc(slices.Values(spans), func(a, b Span) int { return a.From - b.From })
		for i, s := range sorted {
			if s.From < 0 || s.To > 24*60 || s.From >= s.To {
				return crm.Invalid("bad_hours", crm.Params{"reason": "span", "day": day})
			}
			if i > 0 && s.From < sorted[i-1].To {
				return crm.Invalid("bad_hours", crm.Params{"reason": "overlap", "day": day})
			}
		}
		if spans == nil {
			h[day] = []Span{}
		}
	}
	return nil
}

func (h Hours) plan() (out telephony.Hours) {
	for day := range min(len(h), 7) {
		for _, s := range h[day] {
			out[day] = append(out[day], telephony.Span{From: s.From, To: s.To})
		}
	}
	return out
}
