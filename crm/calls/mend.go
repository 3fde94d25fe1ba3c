package calls

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"ringbook/recording"
)

// RecordingState says where a call's recording stands, and why; empty when there is none.
func (b *Book) RecordingState(ctx context.Context, call string) (state recording.State, reason string, err error) {
	err = b.pool.QueryRow(ctx, "select state, reason from recordings where id = $1", call).Scan(&state, &reason)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", "", fmt.Errorf("reading the state of a recording: %w", err)
	}
	return state, reason, nil
}

// Mend books a file that lacked something when its call ended and is whole now: it goes to the bucket.
func (b *Book) Mend(ctx context.Context, call string, t Tape) error {
	if t.Failed != "" {
		return fmt.Errorf("mending a recording: %s", t.Failed)
	}
	gaps := t.Gaps
	if gaps == nil {
		gaps = []recording.Gap{}
	}
	err := pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error {
		if err := move(ctx, tx, call, recording.Spooled, "", b.clock.Now()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "update recordings set path = $2, started_at = $3, duration_ms = $4, size = $5, gaps = $6 where id = $1",
			call, t.Path, t.At, t.Duration.Milliseconds(), t.Size, gaps)
		if err != nil {
			return fmt.Errorf("booking a mended recording: %w", err)
		}
		if b.jobs == nil {
			return nil
		}
		return queue(ctx, b.jobs, tx, call)
	})
	if err == nil {
		b.o.OnChanged("recording", call)
	}
	return err
}
