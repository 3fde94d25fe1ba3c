package calls

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"ringbook/telephony"
)

// settling are the debts that a talk with the client $1 or the phone $2 settles: by any of the client's numbers.
const settling = `m.closed_at is null and (m.client_id = nullif($1, '')::uuid or m.phone = $2 and $2 <> ''
	or m.phone in (select p.e164 from client_phones p where p.client_id = nullif($1, '')::uuid and p.e164 <> ''))`

// owe books what the end of a call means for the missed-call debt: a talk settles it, a miss opens it or adds to it, a
// call of ours that reached nobody is an attempt. It returns the debt that changed, and whether the call was a miss.
func owe(ctx context.Context, tx pgx.Tx, c Ended) (debt string, missed bool, err error) {
	if c.Call.Phone == "" && c.Client == "" {
		return "", false, nil // nobody to call back
	}
	// Two calls of one client that end together wait for each other, so that neither overlooks what the other one books.
	key := c.Client
	if key == "" {
		key = c.Call.Phone
	}
	if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock(hashtextextended('debt ' || $1, 0))", key); err != nil {
		return "", false, fmt.Errorf("waiting for the client's debt: %w", err)
	}
	if c.Call.Direction == telephony.Outbound {
		if debt, err = attempt(ctx, tx, c); err != nil {
			return "", false, err
		}
	}
	missed = c.Call.Direction == telephony.Inbound && c.Call.AnsweredAt.IsZero() || cutOff(c.Call)
	if c.Talked {
		if debt, err = settle(ctx, tx, c); err != nil {
			return "", false, err
		}
	}
	if missed && c.Call.Phone != "" {
		return open(ctx, tx, c)
	}
	return debt, false, nil
}

// cutOff says whether a talk was broken off by us: the agent's browser was lost, and the client was left with music or in
// the queue when the call ended.
func cutOff(c telephony.Call) bool {
	if c.AnsweredAt.IsZero() || len(c.Segments) == 0 || c.EndReason == telephony.EndAgentHungUp {
		return false
	}
	switch c.Segments[len(c.Segments)-1].Kind {
	case telephony.SegmentAway, telephony.SegmentWaiting, telephony.SegmentRinging, telephony.SegmentMessage:
		return true
	}
	return false
}

// settle closes the debt: somebody has talked to the client. A miss that came after the talk stays, and so does what the call
// itself is owed for.
func settle(ctx context.Context, tx pgx.Tx, c Ended) (debt string, err error) {
	err = tx.QueryRow(ctx, `update missed_calls m set closed_at = $3, closed_by = $4, reason = 'talked'
		where `+settling+` and m.opened_at <= $3 and m.id <> $4 returning m.id::text`, c.Client, c.Call.Phone, c.Call.EndedAt, string(c.Call.ID)).Scan(&debt)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("closing a missed call: %w", err)
	}
	return debt, nil
}

// attempt counts a call of ours to a client whom we owe one.
func attempt(ctx context.Context, tx pgx.Tx, c Ended) (debt string, err error) {
	err = tx.QueryRow(ctx, `update missed_calls m set attempts = m.attempts + case when $5 then 0 else 1 end,
			first_attempt_at = least(m.first_attempt_at, $3), last_attempt_at = greatest(m.last_attempt_at, $3)
		where `+settling+` and m.opened_at <= $4 returning m.id::text`,
		c.Client, c.Call.Phone, c.Call.StartedAt, c.Call.EndedAt, c.Talked).Scan(&debt)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("counting an attempt: %w", err)
	}
	_, err = tx.Exec(ctx, "update calls set called_back_at = $2 where missed_id = $1 and called_back_at is null and ended_at <= $2",
		debt, c.Call.StartedAt)
	if err != nil {
		return "", fmt.Errorf("noting the call back: %w", err)
	}
	return debt, nil
}

// open makes the debt, or adds one more ring to the client's open one. A client to whom somebody has talked since, or is
// talking, is owed nothing: answered elsewhere is not missed. Nor is a number of our own.
func open(ctx context.Context, tx pgx.Tx, c Ended) (debt string, missed bool, err error) {
	var nothing bool
	err = tx.QueryRow(ctx, `select exists (select from calls o where o.id <> $3
			and (o.client_id = nullif($1, '')::uuid or o.phone = $2) and o.answered_at is not null
			and (o.state <> 'ended' or o.talk_seconds >= 1 and o.ended_at >= $4))
			or exists (select from numbers n where n.e164 = $2 and n.archived_at is null)`,
		c.Client, c.Call.Phone, string(c.Call.ID), c.Call.StartedAt).Scan(&nothing)
	if err != nil {
		return "", false, fmt.Errorf("looking for a talk with the client: %w", err)
	}
	if nothing {
		return "", false, nil
	}
	err = tx.QueryRow(ctx, `update missed_calls m set rings = m.rings + 1, last_call = $3, last_at = greatest(m.last_at, $4)
		where `+settling+` returning m.id::text`, c.Client, c.Call.Phone, string(c.Call.ID), c.Call.EndedAt).Scan(&debt)
	if errors.Is(err, pgx.ErrNoRows) {
		debt = string(c.Call.ID)
		_, err = tx.Exec(ctx, `insert into missed_calls (id, client_id, phone, number, source_id, owner_id, opened_at, deadline, last_call, last_at)
			select k.id, k.client_id, k.phone, k.number, k.source_id, coalesce(
					(select c.owner_id from clients c join users u on u.id = c.owner_id and u.active where c.id = k.client_id),
					(select n.owner_id from numbers n where n.e164 = k.number and n.archived_at is null)),
				k.ended_at, k.ended_at + make_interval(mins => (select missed_minutes from telephony_settings)), k.id, k.ended_at
			from calls k where k.id = $1`, debt)
	}
	if err != nil {
		return "", false, fmt.Errorf("opening a missed call: %w", err)
	}
	if _, err := tx.Exec(ctx, "update calls set missed_id = $2 where id = $1", string(c.Call.ID), debt); err != nil {
		return "", false, fmt.Errorf("tying a call to its debt: %w", err)
	}
	return debt, true, nil
}
