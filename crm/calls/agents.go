package calls

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
	"ringbook/telephony"
)

// takeAgents makes the caller the one who stores agents, if there is something to store.
func (d *Desk) takeAgents() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.busy || len(d.agents) == 0 || d.away && d.noted == len(d.agents) {
		return false
	}
	d.busy = true
	return true
}

// storeAgents stores the changes of agents in their order. What fails stays first in the row, and goes to the journal.
func (d *Desk) storeAgents(ctx context.Context) {
	d.mu.Lock()
	list, noted, away := d.agents, d.noted, d.away
	d.mu.Unlock()
	var err error
	if !away {
		err = d.saveAgents(ctx, list)
	}
	switch {
	case away:
		d.noteAgents(list[noted:])
	case err != nil && refused(err):
		d.o.Log.Error("the database refused changes of agents", "err", err)
		d.dropAgents(len(list))
	case err != nil:
		d.lost(err)
		d.noteAgents(list[noted:])
	default:
		d.dropAgents(len(list))
	}
	d.mu.Lock()
	d.busy = false
	d.mu.Unlock()
	d.settled()
}

func (d *Desk) saveAgents(ctx context.Context, list []telephony.Agent) error {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveLimit) // what is begun is ended, also on the way out
	defer cancel()
	return postgres.Tx(limited, d.o.Pool, func(tx pgx.Tx) error {
		for _, a := range list {
			if err := saveAgent(limited, tx, a); err != nil {
				return err
			}
		}
		return nil
	})
}

func (d *Desk) dropAgents(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.agents, d.noted = d.agents[n:], max(0, d.noted-n)
}

func (d *Desk) noteAgents(list []telephony.Agent) {
	n := 0
	for _, a := range list {
		if err := d.journal.add(line{Agent: &a}); err != nil {
			d.o.Log.Error("journal", "agent", a.ID, "err", err)
			break
		}
		n++
	}
	d.mu.Lock()
	d.noted += n
	d.mu.Unlock()
}

// saveAgent writes a change: another state, or another reason or call of the same one, begins a new row.
func saveAgent(ctx context.Context, tx pgx.Tx, a telephony.Agent) error {
	if !crm.IsID(string(a.ID)) {
		return nil
	}
	live, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("packing an agent: %w", err)
	}
	tag, err := tx.Exec(ctx, `update agent_states set live = $2, reason = $3, call_id = coalesce(call_id, nullif($4, '')::uuid)
		where agent_id = $1 and to_at is null and state = $5 and from_at = $6`,
		string(a.ID), live, clean(a.Reason), id(string(a.Call)), string(a.State), a.Since)
	if err != nil {
		return fmt.Errorf("saving an agent: %w", err)
	}
	if tag.RowsAffected() > 0 {
		return nil
	}
	_, err = tx.Exec(ctx, "update agent_states set to_at = greatest(from_at, $2), live = null where agent_id = $1 and to_at is null and from_at < $2",
		string(a.ID), a.Since)
	if err != nil {
		return fmt.Errorf("ending a state of an agent: %w", err)
	}
	// Two states in one microsecond: the later one stands. An older one than is stored is a replay of the journal.
	_, err = tx.Exec(ctx, `insert into agent_states as s (agent_id, from_at, state, reason, call_id, live)
		select u.id, $2, $3, $4, nullif($5, '')::uuid, $6 from users u where u.id = $1
			and not exists (select from agent_states o where o.agent_id = u.id and o.from_at > $2)
		on conflict (agent_id, from_at) do update set state = excluded.state, reason = excluded.reason, call_id = excluded.call_id, live = excluded.live`,
		string(a.ID), a.Since, string(a.State), clean(a.Reason), id(string(a.Call)), live)
	if err != nil {
		return fmt.Errorf("beginning a state of an agent: %w", err)
	}
	return nil
}

// Agents are those on shift as the last process left them.
func (d *Desk) Agents(ctx context.Context) ([]telephony.Agent, error) {
	rows, err := d.o.Pool.Query(ctx, "select live from agent_states where to_at is null and live is not null")
	if err != nil {
		return nil, fmt.Errorf("reading the agents: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[telephony.Agent])
	if err != nil {
		return nil, fmt.Errorf("reading the agents: %w", err)
	}
	newest := map[telephony.AgentID]telephony.Agent{}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, a := range append(list, d.agents...) {
		newest[a.ID] = a
	}
	out := make([]telephony.Agent, 0, len(newest))
	for _, a := range newest {
		if a.OnShift() {
			out = append(out, a)
		}
	}
	return out, nil
}

// Live are the calls that had not ended when the last process went, for the switchboard to go on from. What the journal
// has is newer than the database.
func (d *Desk) Live(ctx context.Context) ([]telephony.Call, error) {
	rows, err := d.o.Pool.Query(ctx, "select live from calls where state <> 'ended' and live is not null")
	if err != nil {
		return d.unsaved(), fmt.Errorf("reading the live calls: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[telephony.Call])
	if err != nil {
		return d.unsaved(), fmt.Errorf("reading the live calls: %w", err)
	}
	d.mu.Lock()
	for _, c := range list {
		e := d.calls[c.ID]
		if e == nil {
			e = &entry{call: c, saved: c.Version}
			d.calls[c.ID] = e
		}
		if e.look == nil {
			d.see(e)
		}
	}
	d.mu.Unlock()
	return d.unsaved(), nil
}

// EndedLately are the calls that ended in the last hour, stored or in the journal: a process that was killed may not have
// hung them up.
func (d *Desk) EndedLately(ctx context.Context) ([]telephony.CallID, error) {
	rows, err := d.o.Pool.Query(ctx, "select id::text from calls where state = 'ended' and ended_at > $1", d.o.Now().Add(-time.Hour))
	if err != nil {
		return nil, fmt.Errorf("reading the calls that ended lately: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[telephony.CallID])
	if err != nil {
		return nil, fmt.Errorf("reading the calls that ended lately: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, e := range d.calls {
		if !e.call.Live() {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func (d *Desk) unsaved() []telephony.Call {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []telephony.Call
	for _, e := range d.calls {
		if e.call.Live() {
			out = append(out, e.call)
		}
	}
	return out
}

// id is the text of an ID, empty for what is none.
func id(s string) string {
	if crm.IsID(s) {
		return s
	}
	return ""
}
