package demodata

import (
	"fmt"
	"math/rand/v2"
	"time"

	"ringbook/telephony"
)

// What the company is.
const (
	CompanyName = "Ромашка Климат"
	TimeZone    = "Europe/Moscow"
	country     = "RU"
	days        = 60
	namedOnes   = 500 // clients with a name
	unnamedOnes = 40  // who called and were not named
	withSound   = 30  // answered calls, the last ones
)

// Company is the whole invention.
type Company struct {
	At      time.Time // where it ends
	Teams   []Team
	People  []Person
	Sources []Source
	Numbers []Number
	Clients []Client
	Calls   []Call // by their ends

	zone *time.Location
}

// Team is a team of people.
type Team struct{ ID, Name string }

// Person is somebody who works there. The first three are an operator, a supervisor and the administrator.
type Person struct {
	ID, Name, Email, Role, Team string
	female                      bool
}

// Source is where clients come from.
type Source struct{ ID, Name string }

// Number is one of the company's.
type Number struct{ ID, E164, Name, Queue, Source, Owner string }

// Call is a call that is over. Outcome is the place in the company's list of outcomes, from 1; 0 is none.
type Call struct {
	telephony.Call
	Client, Match   string
	Outcome         int
	Notes, NextStep string
}

// recorded says whether the call has sound, if it is one of the last.
func (c Call) recorded() bool { return !c.AnsweredAt.IsZero() }

// Sounding are the calls that are given sound: the last that were answered.
func (c *Company) Sounding() (list []Call) {
	for i := len(c.Calls) - 1; i >= 0 && len(list) < withSound; i-- {
		if c.Calls[i].recorded() {
			list = append(list, c.Calls[i])
		}
	}
	return list
}

// Person finds somebody by ID.
func (c *Company) person(id string) Person {
	for _, p := range c.People {
		if p.ID == id {
			return p
		}
	}
	return Person{}
}

// inventor makes everything, in one order, from one source of chance.
type inventor struct {
	*rand.Rand
	company *Company
	plan    telephony.Plan
	taken   map[string]bool // numbers of clients
}

// Invent makes the company as it is at that moment.
func Invent(at time.Time, seed uint64) (*Company, error) {
	zone, err := time.LoadLocation(TimeZone)
	if err != nil {
		return nil, fmt.Errorf("loading the company's time zone: %w", err)
	}
	at = at.In(zone).Truncate(time.Second)
	v := &inventor{Rand: rand.New(rand.NewPCG(seed, 0x52696e67)), company: &Company{At: at, zone: zone}, taken: map[string]bool{}}
	v.people()
	v.clients()
	v.calls()
	return v.company, nil
}

// id makes a UUIDv7 of that moment.
func (v *inventor) id(at time.Time) string {
	var random [10]byte
	for i := range random {
		random[i] = byte(v.Uint32())
	}
	return string(telephony.NewID(at, random))
}

func pick[T any](v *inventor, list []T) T { return list[v.IntN(len(list))] }

// chance is true in so many of a hundred cases.
func (v *inventor) chance(percent int) bool { return v.IntN(100) < percent }

// between gives a duration, to the millisecond.
func (v *inventor) between(from, to time.Duration) time.Duration {
	return from + time.Duration(v.Int64N(int64((to-from)/time.Millisecond)+1))*time.Millisecond
}

// begun is the first day, at midnight.
func (c *Company) begun() time.Time {
	y, m, d := c.At.Date()
	return time.Date(y, m, d-days, 0, 0, 0, 0, c.zone)
}
