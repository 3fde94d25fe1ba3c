package calls

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"ringbook/crm"
	"ringbook/crm/postgres"
	"ringbook/recording"
	"ringbook/telephony"
)

// tape books the closed file of a call: its row, and the job that brings it to the bucket.
func (d *Desk) tape(ctx context.Context, tx pgx.Tx, call telephony.Call, t Tape) error {
	fresh, err := spooled(ctx, tx, string(call.ID), t, d.o.Now())
	if err != nil || !fresh || d.jobs == nil {
		return err
	}
	return queue(ctx, d.jobs, tx, string(call.ID))
}

// spooled makes the row of a closed file. A file that could not be kept whole is marked failed, and why.
func spooled(ctx context.Context, tx pgx.Tx, call string, t Tape, now time.Time) (fresh bool, err error) {
	state, reason := recording.Spooled, ""
	if t.Failed != "" {
		state, reason = recording.Failed, tidy(t.Failed)
	}
	if t.At.IsZero() {
		t.At = now.Add(-t.Duration)
	}
	gaps := t.Gaps
	if gaps == nil {
		gaps = []recording.Gap{}
	}
	tag, err := tx.Exec(ctx, `insert into recordings (id, call_id, state, reason, path, started_at, duration_ms, size, gaps)
		values ($1, $1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
		call, string(state), reason, t.Path, t.At, t.Duration.Milliseconds(), t.Size, gaps)
	if err != nil {
		return false, fmt.Errorf("booking a recording: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return false, nil
	}
	if err := chain(ctx, tx, call, recording.Capturing, t.At, ""); err != nil {
		return false, err
	}
	return true, chain(ctx, tx, call, state, now, reason)
}

// chain adds a link to the custody of a recording.
func chain(ctx context.Context, tx pgx.Tx, id string, state recording.State, at time.Time, reason string) error {
	_, err := tx.Exec(ctx, `insert into recording_states (recording_id, position, state, at, reason, actor)
		select $1, coalesce(max(position), 0) + 1, $2, $3, $4, `+postgres.Actor+` from recording_states where recording_id = $1`,
		id, string(state), at, reason)
	if err != nil {
		return fmt.Errorf("writing the custody of a recording: %w", err)
	}
	return nil
}

// move takes a recording from its state to the next one, as the drawing in package recording allows.
func move(ctx context.Context, tx pgx.Tx, id string, next recording.State, reason string, now time.Time) error {
	var was recording.State
	err := tx.QueryRow(ctx, "select state from recordings where id = $1 for update", id).Scan(&was)
	if err != nil {
		return fmt.Errorf("reading the state of a recording: %w", postgres.OrNotFound(err, "recording"))
	}
	if err := was.To(next); err != nil {
		refusal := crm.Conflict("recording_state", crm.Params{"from": string(was), "to": string(next)})
		refusal.Err = err
		return refusal
	}
	_, err = tx.Exec(ctx, "update recordings set state = $2, reason = $3, updated_at = $4 where id = $1", id, string(next), reason, now)
	if err != nil {
		return fmt.Errorf("moving a recording to %s: %w", next, err)
	}
	return chain(ctx, tx, id, next, now, reason)
}

// UploadArgs wake the worker for one recording; the state is in its row.
type UploadArgs struct {
	Recording string `json:"recording"`
}

// Kind names the job.
func (UploadArgs) Kind() string { return "recording_upload" }

// PurgeArgs take the sound of a deleted recording out of the bucket and the spool.
type PurgeArgs struct {
	Recording string `json:"recording"`
	Key       string `json:"key"`
}

// Kind names the job.
func (PurgeArgs) Kind() string { return "recording_purge" }

const attemptsForEver = 30000 // at one in five minutes: more than three months

var purging = &river.InsertOpts{MaxAttempts: attemptsForEver}

func queue(ctx context.Context, jobs *river.Client[pgx.Tx], tx pgx.Tx, id string) error {
	if _, err := jobs.InsertTx(ctx, tx, UploadArgs{id}, &river.InsertOpts{MaxAttempts: attemptsForEver}); err != nil {
		return fmt.Errorf("queueing the upload of a recording: %w", err)
	}
	return nil
}

// key is the recording's name in the bucket.
func key(id string) string { return "recordings/" + id + ".wav" }

// ErrBusy says that another worker brings the recording to the bucket at this moment.
var ErrBusy = errors.New("another worker has the recording")
