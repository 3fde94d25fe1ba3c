package calls

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"ringbook/telephony"
)

// Past is a call that is over already, with what people wrote to it: of demo data, or brought from elsewhere.
type Past struct {
	Call     telephony.Call
	Client   string // ID, empty when nobody or several match
	Match    string
	Outcome  string // ID, empty: none
	Notes    string
	NextStep string
	Tape     *Tape // nil: not recorded
}

// StorePast stores a call as the desk does at its end: the trail, the timeline, the debt, the recording. Give calls in the
// order of their ends, for each debt follows from what was before. Uploads are not queued: see [Book.Upload].
func StorePast(ctx context.Context, tx pgx.Tx, o Options, p Past) error {
	call := cleaned(p.Call)
	d := &Desk{o: o}
	if _, err := d.end(ctx, tx, &entry{tape: p.Tape}, call, count(call, call.EndedAt), Known{Client: p.Client, Match: p.Match}); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `update calls set outcome_id = nullif($2, '')::uuid, notes = $3, next_step = $4, edits = $5,
		created_at = started_at, updated_at = ended_at where id = $1`,
		string(call.ID), p.Outcome, tidy(p.Notes), tidy(p.NextStep), edits(p))
	if err != nil {
		return fmt.Errorf("writing what was noted to a call: %w", err)
	}
	return nil
}

// edits is how often people wrote to the call.
func edits(p Past) (n int64) {
	for _, text := range []string{p.Outcome, p.Notes, p.NextStep} {
		if text != "" {
			n++
		}
	}
	return n
}
