package calls

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm/postgres"
	"ringbook/telephony"
)

// Witness is what Asterisk's own record says of one call, for comparison with ours.
type Witness string

// The answers of the comparison.
const (
	WitnessKnown   Witness = "known"   // it stands here
	WitnessUnknown Witness = "unknown" // it does not
	WitnessLive    Witness = "live"    // it stands here and is not over
)

// sameCall finds a call by an ID of which only the second is known: the random part of an inbound call's ID is computed from its
// channel, the time of it is within two seconds.
const sameCall = `select id::text, state from calls where substring(id::text from 15) = substring($1::text from 15)
	and id between $2::uuid and $3::uuid limit 1`

// CDRPlace reads how far a file of CDRs was read; ok is false for one that never was.
func (d *Desk) CDRPlace(ctx context.Context, file string) (inode uint64, position int64, ok bool, err error) {
	var number int64
	err = d.o.Pool.QueryRow(ctx, "select inode, position from cdr_places where file = $1", file).Scan(&number, &position)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, 0, false, nil
	}
	if err != nil {
		return 0, 0, false, fmt.Errorf("reading how far the CDRs were read: %w", err)
	}
	return uint64(number), position, true, nil
}

// SetCDRPlace keeps how far a file of CDRs was read.
func (d *Desk) SetCDRPlace(ctx context.Context, file string, inode uint64, position int64) error {
	_, err := d.o.Pool.Exec(ctx, `insert into cdr_places (file, inode, position) values ($1, $2, $3)
		on conflict (file) do update set inode = $2, position = $3, updated_at = now()`, file, int64(inode), position)
	if err != nil {
		return fmt.Errorf("keeping how far the CDRs were read: %w", err)
	}
	return nil
}

// Witnessed compares a call of Asterisk's record with ours. A leg of ours names its call exactly; the ID of an inbound one is
// exact to the second.
func (d *Desk) Witnessed(ctx context.Context, id telephony.CallID) (Witness, error) {
	_, w, err := witnessed(ctx, d.o.Pool, id)
	return w, err
}

func witnessed(ctx context.Context, q postgres.Querier, id telephony.CallID) (ours string, w Witness, err error) {
	from, to, err := around(id)
	if err != nil {
		return "", "", err
	}
	var state string
	err = q.QueryRow(ctx, sameCall, string(id), from, to).Scan(&ours, &state)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return "", WitnessUnknown, nil
	case err != nil:
		return "", "", fmt.Errorf("looking for a call of Asterisk's record: %w", err)
	case state != string(telephony.StateEnded):
		return ours, WitnessLive, nil
	}
	return ours, WitnessKnown, nil
}

// around are the IDs two seconds before and after.
func around(id telephony.CallID) (from, to string, err error) {
	if len(id) != 36 {
		return "", "", fmt.Errorf("reading the call ID %q: it is none", id)
	}
	var ms int64
	if _, err := fmt.Sscanf(string(id[:8]+id[9:13]), "%x", &ms); err != nil {
		return "", "", fmt.Errorf("reading the call ID %q: %w", id, err)
	}
	edge := func(ms int64) string { s := fmt.Sprintf("%012x", max(0, ms)); return s[:8] + "-" + s[8:] }
	return edge(ms-2000) + "-0000-0000-000000000000", edge(ms+2000) + "-ffff-ffff-ffffffffffff", nil
}

// TakeFallback stores a call that the dialplan took while Ringbook was away: over, with the reason fallback. A call that stands
// here already, because it had begun with us, is corrected instead. To take one again changes nothing.
func (d *Desk) TakeFallback(ctx context.Context, call telephony.Call) error {
	call = cleaned(call)
	var known Known
	if d.o.Lookup != nil {
		var err error
		if known, err = d.o.Lookup(ctx, call); err != nil {
			return fmt.Errorf("looking up whose call the fallback took: %w", err)
		}
	}
	var changed [][2]string
	err := postgres.Tx(ctx, d.o.Pool, func(tx pgx.Tx) (err error) {
		ours, w, err := witnessed(ctx, tx, call.ID)
		if err != nil {
			return err
		}
		if w == WitnessUnknown {
			changed, err = d.end(ctx, tx, &entry{}, call, count(call, call.EndedAt), known)
			return err
		}
		changed, err = d.amend(ctx, tx, ours, call)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range changed {
		d.o.OnChanged(c[0], c[1])
	}
	return nil
}

// amend corrects a call of which we saw only the beginning: how it ended, and the talk with a phone of the fallback.
func (d *Desk) amend(ctx context.Context, tx pgx.Tx, ours string, call telephony.Call) ([][2]string, error) {
	var talk []telephony.Segment
	for _, s := range call.Segments {
		if s.Kind == telephony.SegmentTalk {
			talk = append(talk, s)
		}
	}
	f := count(call, call.EndedAt)
	trail, err := json.Marshal(talk)
	if err != nil {
		return nil, fmt.Errorf("packing a talk of the fallback: %w", err)
	}
	if talk == nil {
		trail = []byte("[]")
	}
	var client *string
	var was time.Time
	err = tx.QueryRow(ctx, `update calls set end_reason = 'fallback', ended_at = $2::timestamptz, answered_at = $3::timestamptz, talk_seconds = $4, segments = segments || $5::jsonb,
			wait_seconds = greatest(0, floor(extract(epoch from coalesce($3::timestamptz, $2::timestamptz) - coalesce(waiting_at, started_at))))::int, updated_at = now()
		where id = $1 and state = 'ended' and answered_at is null and (end_reason <> 'fallback' or $3::timestamptz is not null)
		returning client_id::text, started_at`,
		ours, call.EndedAt, orNull(call.AnsweredAt), f.Talk, string(trail)).Scan(&client, &was)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil // corrected before, or a talk of ours
	}
	if err != nil {
		return nil, fmt.Errorf("correcting a call that the fallback took: %w", err)
	}
	if len(talk) > 0 {
		_, err = tx.Exec(ctx, `insert into call_segments (call_id, position, kind, from_at, to_at, seconds)
			select $1, coalesce(max(position), -1) + 1, 'talk', $2, $3, $4 from call_segments where call_id = $1`,
			ours, talk[0].From, talk[0].To, f.Talk)
		if err != nil {
			return nil, fmt.Errorf("writing a talk of the fallback: %w", err)
		}
	}
	changed := [][2]string{{"call", ours}}
	if !talked(call, f) {
		return changed, nil
	}
	// The debt was opened when we found the call gone, which may be after the talk.
	tag, err := tx.Exec(ctx, `update missed_calls set closed_at = greatest(opened_at, $2), closed_by = $1, reason = 'talked' where last_call = $1 and closed_at is null`,
		ours, call.EndedAt)
	if err != nil {
		return nil, fmt.Errorf("closing the debt of a call that the fallback answered: %w", err)
	}
	if tag.RowsAffected() > 0 {
		changed = append(changed, [2]string{"missed", ours})
	}
	if client != nil {
		changed = append(changed, [2]string{"client", *client})
	}
	return changed, nil
}
