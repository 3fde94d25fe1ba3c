package calls

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/crm/postgres"
	"ringbook/recording"
)

// Recording is the sound of a call and what happened to it.
type Recording struct {
	ID        string    `json:"id"`
	Call      string    `json:"call"`
	State     string    `json:"state" enum:"capturing,spooled,uploading,verified,held,redacted,purged,failed"`
	Reason    string    `json:"reason" doc:"Of a failure, a hold or a deletion"`
	Playable  bool      `json:"playable"`
	StartedAt time.Time `json:"started_at" doc:"Of the first sample"`
	Duration  float64   `json:"duration" doc:"Seconds"`
	Size      int64     `json:"size"`
	SHA256    string    `json:"sha256"`
	Gaps      []Gap     `json:"gaps" doc:"Silence where nobody was there to hear"`
	Attempts  int       `json:"attempts"`
	Error     string    `json:"error" doc:"Of the last attempt to bring it to the bucket"`
	Chain     []Link    `json:"chain"`

	path, key string
}

// Gap is a stretch of a recording that was not captured, in seconds of the file.
type Gap struct {
	From float64 `json:"from"`
	To   float64 `json:"to"`
	Why  string  `json:"why"`
}

// Link is a state of custody.
type Link struct {
	State  string    `json:"state"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
	Actor  *Person   `json:"actor"`
}

// Recording reads one recording that a right of the actor reaches, by the call's agent.
func (b *Book) Recording(ctx context.Context, id string) (Recording, error) {
	return b.recording(ctx, b.pool, id, "recordings.listen", "")
}

func (b *Book) recording(ctx context.Context, q postgres.Querier, id string, right crm.Right, lock string) (r Recording, err error) {
	args := []any{id}
	visible := Visible(crm.ActorFrom(ctx), right, &args)
	var ms int64
	var gaps []recording.Gap
	err = q.QueryRow(ctx, `select r.id::text, r.call_id::text, r.state, r.reason, r.path, r.key, r.started_at, r.duration_ms, r.size, r.sha256, r.gaps,
			r.attempts, r.error
		from recordings r join calls c on c.id = r.call_id where r.id = $1 and `+visible+lock, args...).
		Scan(&r.ID, &r.Call, &r.State, &r.Reason, &r.path, &r.key, &r.StartedAt, &ms, &r.Size, &r.SHA256, &gaps, &r.Attempts, &r.Error)
	if err != nil {
		return r, fmt.Errorf("reading a recording: %w", postgres.OrNotFound(err, "recording"))
	}
	r.Duration, r.Gaps = float64(ms)/1000, make([]Gap, len(gaps))
	for i, g := range gaps {
		r.Gaps[i] = Gap{g.From.Seconds(), g.To.Seconds(), g.Why}
	}
	r.Playable = r.State != string(recording.Purged) && r.State != string(recording.Capturing) && r.Size > 0
	r.Chain, err = links(ctx, q, id)
	return r, err
}

func links(ctx context.Context, q postgres.Querier, id string) ([]Link, error) {
	rows, err := q.Query(ctx, `select s.state, s.at, s.reason, coalesce(s.actor::text, ''), coalesce(u.name, '')
		from recording_states s left join users u on u.id = s.actor where s.recording_id = $1 order by s.position`, id)
	if err != nil {
		return nil, fmt.Errorf("reading the custody of a recording: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (l Link, err error) {
		var who, name string
		err = row.Scan(&l.State, &l.At, &l.Reason, &who, &name)
		l.Actor = person(who, name)
		return l, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the custody of a recording: %w", err)
	}
	return list, nil
}

// Waveform is the picture of a recording; from the spool file while the job has not drawn it.
func (b *Book) Waveform(ctx context.Context, id string) (w recording.Waveform, err error) {
	r, err := b.Recording(ctx, id)
	if err != nil {
		return w, err
	}
	var text []byte
	if err := b.pool.QueryRow(ctx, "select peaks from recordings where id = $1", id).Scan(&text); err != nil {
		return w, fmt.Errorf("reading a waveform: %w", err)
	}
	switch {
	case text != nil:
		if err := json.Unmarshal(text, &w); err != nil {
			return w, fmt.Errorf("reading a waveform: %w", err)
		}
		return w, nil
	case r.Playable && r.path != "":
		return recording.Peaks(r.path)
	}
	return w, crm.NotFound("waveform")
}

// Removal is why a recording is deleted.
type Removal struct {
	Reason string `json:"reason" minLength:"3" maxLength:"1000"`
}

// Purge deletes the sound of a recording for good. The row stays and says who did it, when and why.
func (b *Book) Purge(ctx context.Context, id string, why Removal) error {
	reason := tidy(why.Reason)
	if len(reason) < 3 {
		return crm.Invalid("required", crm.Params{"field": "reason"})
	}
	err := postgres.Tx(ctx, b.pool, func(tx pgx.Tx) error {
		r, err := b.recording(ctx, tx, id, "recordings.delete", " for update of r")
		if err != nil {
			return err
		}
		if err := move(ctx, tx, id, recording.Purged, reason, b.clock.Now()); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "update recordings set path = '', peaks = null where id = $1", id); err != nil {
			return fmt.Errorf("emptying a recording: %w", err)
		}
		if b.jobs != nil {
			if _, err := b.jobs.InsertTx(ctx, tx, PurgeArgs{Recording: id, Key: r.key}, purging); err != nil {
				return fmt.Errorf("queueing the deletion of a recording: %w", err)
			}
		}
		return b.o.Access.Audit(ctx, tx, access.Entry{Action: "recording.deleted", Object: "recording", ObjectID: id, Data: map[string]any{"reason": reason}})
	})
	if err == nil {
		b.o.OnChanged("recording", id)
		b.o.OnChanged("call", id)
	}
	return err
}
