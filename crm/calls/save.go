package calls

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm/clients"
	"ringbook/crm/postgres"
	"ringbook/telephony"
)

// timelineKind marks the calls on a client's timeline.
const timelineKind = "call"

// save writes one snapshot, and at the end everything that follows from it, in one transaction. It returns what changed.
func (d *Desk) save(ctx context.Context, e *entry, call telephony.Call) (changed [][2]string, err error) {
	call = cleaned(call)
	known, settled := d.client(ctx, e, call)
	if !call.Live() && !settled {
		return nil, fmt.Errorf("looking up who called: %w", errAway)
	}
	f := count(call, d.o.Now())
	if call.Live() {
		_, err = upsert(ctx, d.o.Pool, call, f, known)
		return [][2]string{{"call", string(call.ID)}}, err
	}
	err = postgres.Tx(ctx, d.o.Pool, func(tx pgx.Tx) error {
		changed, err = d.end(ctx, tx, e, call, f, known)
		return err
	})
	return changed, err
}

// upsert stores the row of a call; an older version, or one after the end, changes nothing. What people wrote and the
// client that they chose stay.
func upsert(ctx context.Context, q postgres.Querier, c telephony.Call, f figures, known Known) (fresh bool, err error) {
	trail, err := json.Marshal(c.Segments)
	if err != nil {
		return false, fmt.Errorf("packing the trail: %w", err)
	}
	var live []byte
	if c.Live() {
		if live, err = json.Marshal(c); err != nil {
			return false, fmt.Errorf("packing the call: %w", err)
		}
	}
	if c.Segments == nil {
		trail = []byte("[]")
	}
	tag, err := q.Exec(ctx, `insert into calls as c (id, version, direction, state, phone, caller, name, number, source_id, queue, client_id, match,
			agent_id, why, started_at, waiting_at, answered_at, ended_at, until, end_reason, sip_code, cause,
			wait_seconds, talk_seconds, hold_seconds, first_time, segments, live, trunk_id, cost)
		values ($1, $2, $3, $4, $5, $6, $7, $8, (select source_id from numbers where e164 = $8 and archived_at is null), $9,
			(select id from clients where id = nullif($10, '')::uuid), $11, (select id from users where id = nullif($12, '')::uuid), $13,
			$14, $15, $16, $17, $18, nullif($19, ''), $20, $21, $22, $23, $24,
			$5 <> '' and not exists (select from calls o where o.phone = $5 and o.id <> $1 and (o.started_at, o.id) < ($14, $1)), $25, $26, nullif($27, '')::uuid, $28)
		on conflict (id) do update set version = excluded.version, state = excluded.state, phone = excluded.phone, caller = excluded.caller,
			name = excluded.name, number = excluded.number, queue = excluded.queue,
			client_id = case when excluded.match = 'chosen' then excluded.client_id else coalesce(c.client_id, excluded.client_id) end,
			match = case when c.client_id is null or excluded.match = 'chosen' then excluded.match else c.match end, agent_id = excluded.agent_id, why = excluded.why,
			started_at = excluded.started_at, waiting_at = excluded.waiting_at, answered_at = excluded.answered_at,
			ended_at = excluded.ended_at, until = excluded.until, end_reason = excluded.end_reason, sip_code = excluded.sip_code,
			cause = excluded.cause, wait_seconds = excluded.wait_seconds, talk_seconds = excluded.talk_seconds,
			hold_seconds = excluded.hold_seconds, segments = excluded.segments, live = excluded.live, trunk_id = excluded.trunk_id, cost = excluded.cost, updated_at = now()
		where c.state <> 'ended' and c.version < excluded.version`,
		string(c.ID), c.Version, string(c.Direction), string(c.State), c.Phone, c.Caller, c.Name, c.Number, string(c.Queue),
		known.Client, known.Match, id(string(had(c))), c.Why, c.StartedAt, orNull(c.WaitingAt), orNull(c.AnsweredAt), orNull(c.EndedAt),
		orNull(c.Until), string(c.EndReason), c.SIPCode, c.Cause, f.Wait, f.Talk, f.Hold, trail, live, id(string(c.Trunk)), c.Cost(c.EndedAt))
	if err != nil {
		return false, fmt.Errorf("saving a call: %w", err)
	}
	return tag.RowsAffected() > 0, nil
}

// end stores a call that is over and what follows: the trail, the debt, the recording and its job.
func (d *Desk) end(ctx context.Context, tx pgx.Tx, e *entry, call telephony.Call, f figures, known Known) ([][2]string, error) {
	fresh, err := upsert(ctx, tx, call, f, known)
	if err != nil || !fresh { // not fresh: an earlier try was committed although we did not hear of it
		return nil, err
	}
	if err := insertTrail(ctx, tx, call.ID, f.Trail); err != nil {
		return nil, err
	}
	changed := [][2]string{{"call", string(call.ID)}}
	client, err := onTimeline(ctx, tx, string(call.ID))
	if err != nil {
		return nil, err
	}
	over := Ended{Call: call, Client: client, Talked: talked(call, f), Seconds: f.Talk}
	debt, missed, err := owe(ctx, tx, over)
	if err != nil {
		return nil, err
	}
	over.Missed = missed
	if debt != "" {
		changed = append(changed, [2]string{"missed", debt})
	}
	if e.tape != nil {
		if err := d.tape(ctx, tx, call, *e.tape); err != nil {
			return nil, err
		}
		changed = append(changed, [2]string{"recording", string(call.ID)})
	}
	if d.o.Ended != nil {
		if err := d.o.Ended(ctx, tx, over); err != nil {
			return nil, fmt.Errorf("telling of the end of a call: %w", err)
		}
	}
	if client != "" {
		changed = append(changed, [2]string{"client", client})
	}
	return changed, nil
}

// onTimeline writes the call on its client's timeline, and says who that is.
func onTimeline(ctx context.Context, q postgres.Querier, call string) (client string, err error) {
	e := clients.Entry{ID: call, Kind: timelineKind, Object: call}
	err = q.QueryRow(ctx, "select coalesce(client_id::text, ''), coalesce(agent_id::text, ''), started_at from calls where id = $1", call).
		Scan(&e.Client, &e.Actor, &e.At)
	if err != nil {
		return "", fmt.Errorf("reading the client of a call: %w", err)
	}
	if e.Client == "" {
		return "", clients.RemoveEntry(ctx, q, timelineKind, call)
	}
	_, err = clients.AddEntry(ctx, q, e)
	return e.Client, err
}

func insertTrail(ctx context.Context, tx pgx.Tx, call telephony.CallID, trail []stretch) error {
	batch := &pgx.Batch{}
	for i, s := range trail {
		batch.Queue(`insert into call_segments (call_id, position, kind, agent_id, queue, from_at, to_at, seconds, result, trunk_id)
			values ($1, $2, $3, (select id from users where id = nullif($4, '')::uuid), $5, $6, $7, $8, $9, nullif($10, '')::uuid)`,
			string(call), i, string(s.Kind), id(string(s.Agent)), string(s.Queue), s.From, s.To, s.Seconds, clean(s.End), id(string(s.Trunk)))
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("saving the trail of a call: %w", err)
	}
	return nil
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
