package calls

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
)

const (
	touching  = 50               // ms between two reports of one stretch: what a player's clock is good for
	sitting   = 10 * time.Minute // after so long without a report, listening again is a new line of the log
	maxReport = 60_000           // ms in one report: the player reports every 5 s, at up to four times the speed
)

// Heard is a stretch that was played, in seconds of the file.
type Heard struct {
	From float64 `json:"from" minimum:"0"`
	To   float64 `json:"to" minimum:"0"`
}

// Listened is a line of the listening log.
type Listened struct {
	User      Person    `json:"user"`
	From      float64   `json:"from"`
	To        float64   `json:"to"`
	StartedAt time.Time `json:"started_at"`
	HeardAt   time.Time `json:"heard_at"`
}

// Hear notes what the actor's player has played. Stretches that touch become one; a jump begins a new one.
func (b *Book) Hear(ctx context.Context, id string, h Heard) error {
	r, err := b.Recording(ctx, id)
	if err != nil {
		return err
	}
	from, to := int64(math.Round(h.From*1000)), int64(math.Round(h.To*1000))
	to = min(to, int64(r.Duration*1000))
	if from < 0 || to <= from || to-from > maxReport {
		return crm.Invalid("bad_range", crm.Params{"from": h.From, "to": h.To, "duration": r.Duration})
	}
	user, now := crm.ActorFrom(ctx).User, b.clock.Now()
	return postgres.Tx(ctx, b.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "select pg_advisory_xact_lock(hashtextextended('heard ' || $1 || $2, 0))", id, user)
		if err != nil {
			return fmt.Errorf("locking the listening log: %w", err)
		}
		var first bool
		err = tx.QueryRow(ctx, "select not exists (select from listening_log where recording_id = $1 and user_id = $2 and heard_at > $3)",
			id, user, now.Add(-sitting)).Scan(&first)
		if err != nil {
			return fmt.Errorf("reading the listening log: %w", err)
		}
		// All stretches of this sitting that the new one touches become one with it.
		_, err = tx.Exec(ctx, `with old as (delete from listening_log where recording_id = $2 and user_id = $3 and heard_at > $4
				and from_ms <= $6::bigint + $8::bigint and to_ms >= $5::bigint - $8::bigint returning from_ms, to_ms, started_at)
			insert into listening_log (id, recording_id, user_id, from_ms, to_ms, started_at, heard_at)
			select $1, $2, $3, least($5::bigint, min(from_ms)), greatest($6::bigint, max(to_ms)), coalesce(min(started_at), $7::timestamptz), $7::timestamptz from old`,
			crm.NewIDAt(now), id, user, now.Add(-sitting), from, to, now, touching)
		if err != nil {
			return fmt.Errorf("writing the listening log: %w", err)
		}
		if first {
			return b.audit(ctx, tx, "recording", id, "heard", nil)
		}
		return nil
	})
}

// Listening reads who has heard what of a recording, the latest first.
func (b *Book) Listening(ctx context.Context, id string) ([]Listened, error) {
	if _, err := b.Recording(ctx, id); err != nil {
		return nil, err
	}
	rows, err := b.pool.Query(ctx, `select l.user_id::text, u.name, l.from_ms, l.to_ms, l.started_at, l.heard_at
		from listening_log l join users u on u.id = l.user_id where l.recording_id = $1 order by l.started_at desc, l.id desc limit 1000`, id)
	if err != nil {
		return nil, fmt.Errorf("reading the listening log: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (l Listened, err error) {
		var from, to int64
		err = row.Scan(&l.User.ID, &l.User.Name, &from, &to, &l.StartedAt, &l.HeardAt)
		l.From, l.To = float64(from)/1000, float64(to)/1000
		return l, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the listening log: %w", err)
	}
	return list, nil
}
