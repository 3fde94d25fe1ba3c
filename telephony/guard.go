package telephony

import (
	"errors"
	"strings"
	"time"
)

// Refusals of the guard over outbound calls.
var (
	ErrNotAllowed = errors.New("number is not allowed")                      // no allowed prefix begins the number
	ErrStopped    = errors.New("outbound calls are stopped")                 // by a person
	ErrNight      = errors.New("number is not allowed at this hour")         // the night rule
	ErrDayLimit   = errors.New("the money for outbound calls is spent")      // of the company's day
	ErrTooMany    = errors.New("too many outbound calls")                    // the cap on concurrent outbound calls
	ErrNoTrunk    = errors.New("no trunk carries the number")                //
	ErrTrunksFull = errors.New("every trunk for the number is full already") //
)

// Tariff is what belongs to an allowed prefix.
type Tariff struct {
	Night bool  // may be dialled while the night rule holds
	Price int64 // of each begun minute, in hundredths of the company's currency
}

// Guard is what keeps a stolen password or a lost headset from costing a fortune. The zero value lets everything through.
type Guard struct {
	Stopped            bool  // nothing but emergency numbers
	NightFrom, NightTo int   // minutes since midnight in the company's zone; equal: no night rule
	DayLimit           int64 // hundredths of the currency a day; 0: no limit
}

// night says whether the night rule holds at that moment, which must be in the company's zone.
func (g Guard) night(at time.Time) bool {
	m := at.Hour()*60 + at.Minute()
	if g.NightFrom <= g.NightTo {
		return m >= g.NightFrom && m < g.NightTo
	}
	return m >= g.NightFrom || m < g.NightTo
}

// Allows says whether a number may be dialled at all: some allowed prefix begins it. A short prefix of at most four digits
// without a plus (an emergency number) must match whole.
func (p Plan) Allows(phone string) bool {
	_, ok := p.prefix(phone)
	return ok
}

// prefix is the longest allowed beginning of a number.
func (p Plan) prefix(phone string) (longest string, ok bool) {
	for _, prefix := range p.Prefixes {
		fits := phone == prefix || strings.HasPrefix(prefix, "+") && strings.HasPrefix(phone, prefix)
		if fits && len(prefix) >= len(longest) {
			longest, ok = prefix, true
		}
	}
	return longest, ok
}

// tariff is that of the longest prefix; a prefix without one costs nothing and may be dialled at night.
func (p Plan) tariff(phone string) Tariff {
	prefix, _ := p.prefix(phone)
	if t, ok := p.Tariffs[prefix]; ok {
		return t
	}
	return Tariff{Night: true}
}

// Refuses says why a number may not be dialled now, nil if it may. Spent is the money of the company's day so far. An emergency
// number that is allowed is never refused.
func (p Plan) Refuses(phone string, spent int64, now time.Time) error {
	prefix, ok := p.prefix(phone)
	switch {
	case !ok:
		return ErrNotAllowed
	case !strings.HasPrefix(prefix, "+"):
		return nil
	case p.Guard.Stopped:
		return ErrStopped
	case p.Guard.night(now.In(p.zone())) && !p.tariff(phone).Night:
		return ErrNight
	case p.Guard.DayLimit > 0 && spent+p.tariff(phone).Price > p.Guard.DayLimit:
		return ErrDayLimit
	}
	return nil
}

// Cost is what the call costs, or has cost up to now, in hundredths of the currency: each begun minute since the client answered.
func (c Call) Cost(now time.Time) int64 {
	if c.Direction != Outbound || c.AnsweredAt.IsZero() || c.Rules.Price == 0 {
		return 0
	}
	end := c.EndedAt
	if c.Live() {
		end = now
	}
	return c.Rules.Price * int64((later(c.AnsweredAt, end).Sub(c.AnsweredAt)+time.Minute-1)/time.Minute)
}

// spending is the money of one day of the company.
type spending struct {
	day string
	sum int64
}

// day names a day in the company's zone.
func (p Plan) day(at time.Time) string { return at.In(p.zone()).Format(time.DateOnly) }

// spent is the money of today: of calls that ended and of those that go on.
func (s *Switchboard) spent(now time.Time) int64 {
	if today := s.plan.day(now); s.money.day != today {
		s.money = spending{day: today}
	}
	sum := s.money.sum
	for _, c := range s.calls {
		if c.Live() {
			sum += c.Cost(now)
		}
	}
	return sum
}

// Spent is the money of outbound calls today, in hundredths of the currency.
func (s *Switchboard) Spent() int64 {
	var sum int64
	s.ask(func() { sum = s.spent(s.o.Now()) })
	return sum
}

// pay books a call that is over.
func (s *Switchboard) pay(c Call) {
	if !c.Live() && c.Cost(c.EndedAt) > 0 {
		s.spent(c.EndedAt) // a new day begins anew
		s.money.sum += c.Cost(c.EndedAt)
	}
}

// HangUpOutbound ends every outbound call but those to emergency numbers, and says how many.
func (s *Switchboard) HangUpOutbound() int {
	n := 0
	s.ask(func() {
		for id, c := range s.calls {
			if c.Direction == Outbound && strings.HasPrefix(c.Phone, "+") {
				n++
				s.step(id, AgentHungUp{c.Agent}, s.o.Now())
			}
		}
	})
	return n
}
