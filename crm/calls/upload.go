package calls

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"ringbook/crm/postgres"
	"ringbook/recording"
)

// What River is to be told about uploads: see design section 6.
const (
	UploadTimeout = 15 * time.Minute
	RescueAfter   = 16 * time.Minute
)

// AddWorkers registers what brings recordings to the bucket and takes deleted ones out.
func (b *Book) AddWorkers(workers *river.Workers) {
	river.AddWorker(workers, &uploader{book: b})
	river.AddWorker(workers, &purger{book: b})
}

// patience is how long a job waits after its n-th failure: 5 s, doubled each time, 5 min at most.
func patience(n int) time.Duration {
	return min(5*time.Minute, 5*time.Second<<min(max(n-1, 0), 10))
}

// Uploads counts since the start the uploads that ended well, and those that failed; each of these is tried again.
func (b *Book) Uploads() (verified, failed int64) { return b.verified.Load(), b.failed.Load() }

// Unverified counts the recordings that are not yet in the bucket for good, by state.
func (b *Book) Unverified(ctx context.Context) (map[recording.State]int, error) {
	rows, err := b.pool.Query(ctx, "select state, count(*) from recordings where state in ('capturing', 'spooled', 'uploading', 'failed') group by state")
	if err != nil {
		return nil, fmt.Errorf("counting recordings: %w", err)
	}
	out := map[recording.State]int{recording.Capturing: 0, recording.Spooled: 0, recording.Uploading: 0, recording.Failed: 0}
	var state recording.State
	var n int
	_, err = pgx.ForEachRow(rows, []any{&state, &n}, func() error { out[state] = n; return nil })
	if err != nil {
		return nil, fmt.Errorf("counting recordings: %w", err)
	}
	return out, nil
}

type uploader struct {
	river.WorkerDefaults[UploadArgs]
	book *Book
}

func (*uploader) Timeout(*river.Job[UploadArgs]) time.Duration { return UploadTimeout }

func (*uploader) NextRetry(job *river.Job[UploadArgs]) time.Time {
	return time.Now().Add(patience(job.Attempt))
}

// Work brings one recording to the bucket: sum and peaks, put, verify, and only then the spool file goes.
func (u *uploader) Work(ctx context.Context, job *river.Job[UploadArgs]) error {
	err := u.book.Upload(ctx, job.Args.Recording)
	if errors.Is(err, ErrBusy) {
		return river.JobSnooze(5 * time.Second)
	}
	return err
}

// load is what an upload knows of its recording.
type load struct {
	ID, Path, Key, SHA256 string
	State                 recording.State
	Size                  int64
	drawn                 bool
}

// Upload brings one recording to the bucket. One that is there already, or never will be, is nothing to do.
func (b *Book) Upload(ctx context.Context, id string) error {
	conn, err := b.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("taking a connection for an upload: %w", err)
	}
	defer conn.Release()
	var mine bool
	if err := conn.QueryRow(ctx, "select pg_try_advisory_lock(hashtextextended('recording ' || $1, 0))", id).Scan(&mine); err != nil {
		return fmt.Errorf("locking a recording: %w", err)
	}
	if !mine {
		return ErrBusy
	}
	defer func() {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		defer cancel()
		if _, err := conn.Exec(late, "select pg_advisory_unlock(hashtextextended('recording ' || $1, 0))", id); err != nil {
			_ = conn.Conn().Close(late) // the lock goes with the connection
		}
	}()
	l, err := b.begin(ctx, id)
	if err != nil || l == nil {
		return err
	}
	if err := b.bring(ctx, l); err != nil {
		return b.backToSpool(ctx, l, err)
	}
	return nil
}

// begin reads the recording and marks that it is on its way; nil when there is nothing to bring.
func (b *Book) begin(ctx context.Context, id string) (*load, error) {
	l := &load{ID: id}
	err := b.pool.QueryRow(ctx, "select path, key, sha256, state, size, peaks is not null from recordings where id = $1", id).
		Scan(&l.Path, &l.Key, &l.SHA256, &l.State, &l.Size, &l.drawn)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading a recording: %w", err)
	}
	if l.State != recording.Spooled && l.State != recording.Uploading {
		return nil, nil
	}
	if l.State == recording.Spooled {
		err = postgres.Tx(ctx, b.pool, func(tx pgx.Tx) error { return move(ctx, tx, id, recording.Uploading, "", b.clock.Now()) })
	}
	return l, err
}

func (b *Book) bring(ctx context.Context, l *load) error {
	if err := b.measure(ctx, l); err != nil {
		return err
	}
	if err := b.o.Bucket.Put(ctx, l.Key, l.Path, l.SHA256); err != nil {
		return fmt.Errorf("putting a recording into the bucket: %w", err)
	}
	if err := recording.Verify(ctx, b.o.Bucket, l.Key, l.Size, l.SHA256); err != nil {
		return err
	}
	err := postgres.Tx(ctx, b.pool, func(tx pgx.Tx) error {
		if err := move(ctx, tx, l.ID, recording.Verified, "", b.clock.Now()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "update recordings set error = '', path = '' where id = $1", l.ID)
		return err
	})
	if err != nil {
		return fmt.Errorf("booking a verified recording: %w", err)
	}
	b.verified.Add(1)
	b.o.OnChanged("recording", l.ID)
	if err := b.clearSpool(l.ID, l.Path); err != nil {
		b.log.Warn("clearing the spool", "call", l.ID, "err", err) // the start-up scan does it
	}
	b.hurry(ctx)
	return nil
}

// measure sums the file and draws its waveform, once.
func (b *Book) measure(ctx context.Context, l *load) (err error) {
	if l.Size, l.SHA256, err = recording.Sum(l.Path); err != nil {
		return err
	}
	l.Key = key(l.ID)
	_, err = b.pool.Exec(ctx, "update recordings set size = $2, sha256 = $3, key = $4, attempts = attempts + 1 where id = $1", l.ID, l.Size, l.SHA256, l.Key)
	if err != nil {
		return fmt.Errorf("booking the sum of a recording: %w", err)
	}
	if l.drawn {
		return nil
	}
	w, err := recording.Peaks(l.Path)
	if err != nil {
		return err
	}
	text, err := json.Marshal(w)
	if err != nil {
		return fmt.Errorf("packing a waveform: %w", err)
	}
	if _, err := b.pool.Exec(ctx, "update recordings set peaks = $2 where id = $1", l.ID, text); err != nil {
		return fmt.Errorf("booking a waveform: %w", err)
	}
	b.o.OnChanged("recording", l.ID)
	return nil
}

// backToSpool notes why a recording did not reach the bucket. Without its file there is nothing to try again.
func (b *Book) backToSpool(ctx context.Context, l *load, why error) error {
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	b.failed.Add(1)
	next, reason := recording.Spooled, ""
	if errors.Is(why, fs.ErrNotExist) {
		next, reason = recording.Failed, "file_missing"
	}
	err := postgres.Tx(late, b.pool, func(tx pgx.Tx) error {
		if err := move(late, tx, l.ID, next, reason, b.clock.Now()); err != nil {
			return err
		}
		_, err := tx.Exec(late, "update recordings set error = $2 where id = $1", l.ID, tidy(why.Error()))
		return err
	})
	b.o.OnChanged("recording", l.ID)
	if err == nil && next == recording.Failed {
		return river.JobCancel(why)
	}
	return errors.Join(why, err)
}

func (b *Book) clearSpool(id, path string) error {
	if b.o.Spool != nil {
		return b.o.Spool.Remove(id)
	}
	if path == "" {
		return nil
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// hurry makes uploads that wait for their next attempt due now: the bucket works.
func (b *Book) hurry(ctx context.Context) {
	if b.jobs == nil {
		return
	}
	list, err := b.jobs.JobList(ctx, river.NewJobListParams().Kinds(UploadArgs{}.Kind()).States(rivertype.JobStateRetryable).First(1000))
	if err != nil {
		b.log.Warn("looking for waiting uploads", "err", err)
		return
	}
	for _, job := range list.Jobs {
		if _, err := b.jobs.JobRetry(ctx, job.ID); err != nil && !errors.Is(err, river.ErrNotFound) {
			b.log.Warn("hurrying an upload", "err", err)
		}
	}
}

type purger struct {
	river.WorkerDefaults[PurgeArgs]
	book *Book
}

func (*purger) NextRetry(job *river.Job[PurgeArgs]) time.Time {
	return time.Now().Add(patience(job.Attempt))
}

// Work takes the sound out of the bucket and the spool.
func (p *purger) Work(ctx context.Context, job *river.Job[PurgeArgs]) error {
	if job.Args.Key != "" {
		if err := p.book.o.Bucket.Delete(ctx, job.Args.Key); err != nil {
			return fmt.Errorf("deleting a recording from the bucket: %w", err)
		}
	}
	return p.book.clearSpool(job.Args.Recording, "")
}
