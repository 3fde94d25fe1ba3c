package calls

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
	"ringbook/recording"
)

// watchEvery is how often a bucket that was away is asked whether it is back.
const watchEvery = 10 * time.Second

// Recover sets right what a crash left of recordings: files that no row knows, rows that were on their way, files that
// were verified and not removed. Uploads that were under way are taken up at once.
func (b *Book) Recover(ctx context.Context) error {
	if b.o.Spool != nil {
		if err := b.scan(ctx); err != nil {
			return err
		}
	}
	return postgres.Tx(ctx, b.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select id::text, state from recordings where state in ('spooled', 'uploading') for update")
		if err != nil {
			return fmt.Errorf("reading unfinished recordings: %w", err)
		}
		type unfinished struct {
			ID    string
			State recording.State
		}
		list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[unfinished])
		if err != nil {
			return fmt.Errorf("reading unfinished recordings: %w", err)
		}
		for _, r := range list {
			if r.State == recording.Uploading {
				if err := move(ctx, tx, r.ID, recording.Spooled, "restart", b.clock.Now()); err != nil {
					return err
				}
			}
			if b.jobs == nil {
				continue
			}
			if err := queue(ctx, b.jobs, tx, r.ID); err != nil { // a job that died with its process may still be called running
				return err
			}
		}
		return nil
	})
}

// scan books the files of calls that are over and have no row, and removes those that are in the bucket.
func (b *Book) scan(ctx context.Context) error {
	found, err := b.o.Spool.Scan()
	if err != nil {
		return fmt.Errorf("scanning the spool: %w", err)
	}
	for _, f := range found {
		if !crm.IsID(f.Call) {
			continue
		}
		if f.Err != nil {
			b.log.Error("a spool file cannot be made a recording", "call", f.Call, "err", f.Err)
			f.Failed = f.Err.Error()
		}
		if err := b.adopt(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

func (b *Book) adopt(ctx context.Context, f recording.Found) error {
	var over, kept bool
	err := b.pool.QueryRow(ctx, `select exists (select from calls where id = $1 and state = 'ended'),
		exists (select from recordings where id = $1 and state in ('verified', 'held', 'redacted', 'purged'))`, f.Call).Scan(&over, &kept)
	switch {
	case err != nil:
		return fmt.Errorf("looking for the call of a spool file: %w", err)
	case kept:
		return b.clearSpool(f.Call, f.Path)
	case !over:
		return nil // it goes on, or waits in the journal
	}
	return postgres.Tx(ctx, b.pool, func(tx pgx.Tx) error {
		t := Tape{Path: f.Path, At: f.At, Duration: f.Duration, Size: f.Size, Gaps: f.Gaps, Failed: f.Failed}
		_, err := spooled(ctx, tx, f.Call, t, b.clock.Now())
		return err
	})
}

// Run asks, while recordings wait for the bucket, whether it is back, until the context ends. Recordings that no job
// knows, because they were booked before there was a queue, are given one.
func (b *Book) Run(ctx context.Context) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := b.watch(ctx); err != nil && ctx.Err() == nil {
			b.log.Warn("watching recordings that wait", "err", err)
		}
	}
}

func (b *Book) watch(ctx context.Context) error {
	if b.jobs == nil || b.o.Bucket == nil {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, watchEvery)
	defer cancel()
	rows, err := b.pool.Query(limited, `select r.id::text, exists (select from river_job j where j.kind = 'recording_upload'
			and j.args->>'recording' = r.id::text and j.state in ('available', 'pending', 'retryable', 'running', 'scheduled'))
		from recordings r where r.state in ('spooled', 'uploading') and r.updated_at < now() - interval '5 seconds' order by r.created_at limit 1000`)
	if err != nil {
		return fmt.Errorf("reading recordings that wait: %w", err)
	}
	type waiting struct {
		ID     string
		Queued bool
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[waiting])
	if err != nil || len(list) == 0 {
		return err
	}
	for _, r := range list {
		if r.Queued {
			continue
		}
		err := postgres.Tx(limited, b.pool, func(tx pgx.Tx) error { return queue(limited, b.jobs, tx, r.ID) })
		if err != nil {
			return err
		}
	}
	if _, err := b.o.Bucket.Stat(limited, key(list[0].ID)); err == nil || errors.Is(err, recording.ErrNotFound) {
		b.hurry(limited)
	}
	return nil
}
