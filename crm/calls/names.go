package calls

import (
	"context"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/telephony"
)

// names are what people, numbers and sources are called, held in memory for the view of live calls.
type names struct {
	mu      sync.RWMutex
	people  map[string]string // and of trunks
	teams   map[string]string // of people
	numbers map[string]ours
}

// ours is one of our numbers.
type ours struct {
	name   string
	source *Thing
}

// LoadNames reads what people, numbers and sources are called. Call it at the start and when they change.
func (d *Desk) LoadNames(ctx context.Context) error {
	people, teams, numbers := map[string]string{}, map[string]string{}, map[string]ours{}
	rows, err := d.o.Pool.Query(ctx, `select id::text, name, coalesce(team_id::text, '') from users
		union all select id::text, name, '' from trunks`)
	if err != nil {
		return fmt.Errorf("reading the names of people: %w", err)
	}
	var id, name, team, source, sourceName string
	if _, err = pgx.ForEachRow(rows, []any{&id, &name, &team}, func() error { people[id], teams[id] = name, team; return nil }); err != nil {
		return fmt.Errorf("reading the names of people: %w", err)
	}
	rows, err = d.o.Pool.Query(ctx, `select n.e164, n.name, coalesce(s.id::text, ''), coalesce(s.name, '') from numbers n
		left join sources s on s.id = n.source_id where n.archived_at is null`)
	if err != nil {
		return fmt.Errorf("reading the names of numbers: %w", err)
	}
	_, err = pgx.ForEachRow(rows, []any{&id, &name, &source, &sourceName}, func() error {
		numbers[id] = ours{name, thing(source, sourceName)}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the names of numbers: %w", err)
	}
	d.names.mu.Lock()
	d.names.people, d.names.teams, d.names.numbers = people, teams, numbers
	d.names.mu.Unlock()
	return nil
}

// Within says, from memory, whether a person is in the reach of somebody's right.
func (d *Desk) Within(actor crm.Actor, right crm.Right, person string) bool {
	d.names.mu.RLock()
	defer d.names.mu.RUnlock()
	switch actor.Scope(right) {
	case crm.ScopeAll:
		return true
	case crm.ScopeTeam:
		team := d.names.teams[actor.User]
		return person == actor.User || team != "" && d.names.teams[person] == team
	case crm.ScopeOwn:
		return person == actor.User
	}
	return false
}

// View shows a live call as people see it, from memory alone.
func (d *Desk) View(c telephony.Call) Call {
	c = cleaned(c)
	f := count(c, d.o.Now())
	known := d.known(c.ID)
	d.names.mu.RLock()
	defer d.names.mu.RUnlock()
	number := d.names.numbers[c.Number]
	agent := string(had(c))
	v := Call{ID: string(c.ID), Direction: string(c.Direction), State: string(c.State), Phone: c.Phone, Caller: c.Caller, Name: c.Name,
		Number: c.Number, NumberName: number.name, Trunk: thing(id(string(c.Trunk)), d.names.people[string(c.Trunk)]), Queue: string(c.Queue), Source: number.source, Client: thing(known.Client, known.Name),
		Match: known.Match, Agent: person(agent, d.names.people[agent]), Why: c.Why, StartedAt: c.StartedAt, WaitingAt: orNull(c.WaitingAt),
		AnsweredAt: orNull(c.AnsweredAt), EndedAt: orNull(c.EndedAt), Until: orNull(c.Until), EndReason: string(c.EndReason),
		SIPCode: c.SIPCode, Cause: c.Cause, WaitSeconds: f.Wait, TalkSeconds: f.Talk, HoldSeconds: f.Hold,
		Missed: c.Direction == telephony.Inbound && !c.Live() && c.AnsweredAt.IsZero(), Version: c.Version,
		Segments: segments(c.Segments, d.names.people)}
	return v
}

// known is who is on the line as far as memory has it, without waiting.
func (d *Desk) known(call telephony.CallID) Known {
	d.mu.Lock()
	var l *lookup
	if e := d.calls[call]; e != nil {
		l = e.look
	}
	d.mu.Unlock()
	if l == nil {
		return Known{}
	}
	k, _ := l.get()
	return k
}

// Chosen notes for a live call which client somebody has chosen; its next snapshot is stored with them.
func (d *Desk) Chosen(call telephony.CallID, client, name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	e := d.calls[call]
	if e == nil || e.look == nil {
		return
	}
	e.look.choose(client, name)
}
