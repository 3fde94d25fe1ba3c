package calls

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/recording"
	"ringbook/telephony"
)

// folder is a bucket in a folder of the disk, which can be away.
type folder struct {
	dir  string
	mu   sync.Mutex
	away bool
}

var errGone = errors.New("no bucket")

func (f *folder) check() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.away {
		return errGone
	}
	return nil
}

func (f *folder) set(away bool) {
	f.mu.Lock()
	f.away = away
	f.mu.Unlock()
}

func (f *folder) path(key string) string { return filepath.Join(f.dir, filepath.Base(key)) }

func (f *folder) Put(_ context.Context, key, path, _ string) error {
	if err := f.check(); err != nil {
		return err
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(f.path(key), b, 0o600)
}

func (f *folder) Stat(_ context.Context, key string) (recording.Info, error) {
	if err := f.check(); err != nil {
		return recording.Info{}, err
	}
	size, sum, err := recording.Sum(f.path(key))
	if errors.Is(err, os.ErrNotExist) {
		return recording.Info{}, recording.ErrNotFound
	}
	return recording.Info{Size: size, SHA256: sum}, err
}

func (f *folder) Get(_ context.Context, key string, from, to int64) (io.ReadCloser, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(f.path(key))
	if err != nil {
		return nil, err
	}
	if to < 0 || to >= int64(len(b)) {
		to = int64(len(b)) - 1
	}
	return io.NopCloser(bytes.NewReader(b[from : to+1])), nil
}

func (f *folder) Delete(_ context.Context, key string) error {
	if err := f.check(); err != nil {
		return err
	}
	return os.RemoveAll(f.path(key))
}

// library is an office with its book, its bucket and its queue of jobs.
type library struct {
	*office
	book   *Book
	bucket *folder
	tapes  *recording.Spool
	jobs   *river.Client[pgx.Tx]
}

func newLibrary(t *testing.T) *library {
	t.Helper()
	l := &library{bucket: &folder{dir: t.TempDir()}}
	l.office = newOffice(t, func(o *Options) { o.Tape = l.tape })
	var err error
	if l.tapes, err = recording.OpenSpool(filepath.Join(l.spool, "tapes")); err != nil {
		t.Fatal(err)
	}
	l.reopen()
	return l
}

// reopen makes a book and its queue, as a new process does; no job runs before work.
func (l *library) reopen() {
	l.t.Helper()
	log := slog.New(slog.DiscardHandler)
	l.book = NewBook(BookOptions{Pool: l.pool, Access: access.New(l.pool, access.Options{Log: log}), Log: log, Bucket: l.bucket, Spool: l.tapes,
		Greetings: l.t.TempDir(), Desk: l.desk, OnChanged: func(object, id string) { l.told <- [2]string{object, id} }})
	workers := river.NewWorkers()
	l.book.AddWorkers(workers)
	var err error
	l.jobs, err = river.NewClient(riverpgxv5.New(l.pool), &river.Config{Logger: log, Workers: workers, FetchPollInterval: 100 * time.Millisecond,
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 4}}})
	if err != nil {
		l.t.Fatal(err)
	}
	l.book.SetJobs(l.jobs)
	l.desk.SetJobs(l.jobs)
}

func (l *library) work() {
	l.t.Helper()
	if err := l.jobs.Start(context.Background()); err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { _ = l.jobs.Stop(context.Background()) })
}

// tape is two seconds of sound of any answered call.
func (l *library) tape(_ context.Context, c telephony.Call) (Tape, bool) {
	if c.AnsweredAt.IsZero() {
		return Tape{}, false
	}
	capture, err := l.tapes.Begin(string(c.ID), c.AnsweredAt, "alaw")
	if err != nil {
		return Tape{Failed: err.Error()}, true
	}
	closed, err := capture.Close(c.AnsweredAt.Add(2 * time.Minute))
	return Tape{Path: closed.Path, At: closed.At, Duration: closed.Duration, Size: closed.Size}, err == nil
}

// state waits until a recording is in a state.
func (l *library) state(id, want string) {
	l.t.Helper()
	limit := time.Now().Add(15 * time.Second)
	for time.Now().Before(limit) {
		if l.read("select state from recordings where id = $1", id) == "["+want+"]" {
			return
		}
		select {
		case <-l.told:
		case <-time.After(50 * time.Millisecond):
		}
	}
	l.t.Fatalf("the recording is %s, want %s", l.read("select state, error from recordings where id = $1", id), want)
}

// as gives a context of a person of the role.
func (l *library) as(role string, id telephony.AgentID) context.Context {
	rights, _ := access.BuiltIn(role)
	return crm.WithActor(context.Background(), crm.Actor{User: string(id), Name: role, Role: role, Rights: rights})
}

func TestARecordingReachesTheBucketAndLeavesTheSpool(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	anna := l.user("anna")
	c := l.end(talk(telephony.Inbound, anna, "+79160000001", noon, time.Minute))
	l.work()
	l.state(string(c.ID), "verified")
	if _, err := os.Stat(l.tapes.Path(string(c.ID))); !errors.Is(err, os.ErrNotExist) {
		l.wait("recording", string(c.ID))
	}
	r, err := l.book.Recording(l.as(access.Operator, anna), string(c.ID))
	if err != nil || r.Duration != 120 || len(r.SHA256) != 64 {
		t.Fatalf("%+v %v", r, err)
	}
	states := ""
	for _, link := range r.Chain {
		states += link.State + " "
	}
	if states != "capturing spooled uploading verified " {
		t.Errorf("custody: %s", states)
	}
	if w, err := l.book.Waveform(l.as(access.Operator, anna), string(c.ID)); err != nil || w.Frames != 120*8000 {
		t.Errorf("waveform of %d frames, %v", w.Frames, err)
	}
}

func TestWithoutABucketARecordingIsPlayedFromTheSpoolAndGoesWhenTheBucketIsBack(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	l.bucket.set(true)
	anna := l.user("anna")
	c := l.end(talk(telephony.Inbound, anna, "+79160000001", noon, time.Minute))
	if err := l.book.Upload(context.Background(), string(c.ID)); !errors.Is(err, errGone) {
		t.Fatal(err)
	}
	r, err := l.book.Recording(l.as(access.Operator, anna), string(c.ID))
	if err != nil || r.State != "spooled" || !r.Playable || r.Error == "" {
		t.Fatalf("%+v %v", r, err)
	}
	sound, err := l.book.open(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	defer sound.Close()
	if b, err := io.ReadAll(sound); err != nil || int64(len(b)) != r.Size {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	l.bucket.set(false)
	l.work()
	l.state(string(c.ID), "verified")
}

func TestAnUploadThatDiedWithItsProcessIsTakenUpAtTheStart(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	anna := l.user("anna")
	c := l.end(talk(telephony.Inbound, anna, "+79160000001", noon, time.Minute))
	if _, err := l.book.begin(context.Background(), string(c.ID)); err != nil { // killed right here
		t.Fatal(err)
	}
	l.exec("update river_job set state = 'running', attempt = 1, attempted_at = now()")
	l.reopen()
	if err := l.book.Recover(context.Background()); err != nil {
		t.Fatal(err)
	}
	l.work()
	l.state(string(c.ID), "verified")
}

func TestAFileThatNoRowKnowsIsBookedAtTheStart(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	anna := l.user("anna")
	c := l.end(talk(telephony.Inbound, anna, "+79160000001", noon, time.Minute))
	l.exec("delete from recording_states")
	l.exec("delete from recordings")
	if err := l.book.Recover(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := l.read("select state, duration_ms from recordings where id = $1", string(c.ID)); got != "[spooled 120000]" {
		t.Error(got)
	}
}

func TestAMissingSpoolFileIsAFailureWithAReason(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	anna := l.user("anna")
	c := l.end(talk(telephony.Inbound, anna, "+79160000001", noon, time.Minute))
	if err := l.tapes.Remove(string(c.ID)); err != nil {
		t.Fatal(err)
	}
	if err := l.book.Upload(context.Background(), string(c.ID)); err == nil {
		t.Fatal("uploaded nothing")
	}
	if got := l.read("select state, reason from recordings"); got != "[failed file_missing]" {
		t.Error(got)
	}
}

func TestTheListeningLogHoldsExactlyWhatWasPlayed(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	anna := l.user("anna")
	c := l.end(talk(telephony.Inbound, anna, "+79160000001", noon, 2*time.Minute))
	ctx := l.as(access.Operator, anna)
	for _, h := range []Heard{{0, 2.5}, {2.5, 5}, {60, 62}, {62, 65}} {
		if err := l.book.Hear(ctx, string(c.ID), h); err != nil {
			t.Fatal(err)
		}
	}
	list, err := l.book.Listening(ctx, string(c.ID))
	if err != nil || len(list) != 2 || list[1].From != 0 || list[1].To != 5 || list[0].From != 60 || list[0].To != 65 {
		t.Errorf("%+v %v", list, err)
	}
	for _, bad := range []Heard{{5, 5}, {7, 6}, {-1, 3}, {0, 100}, {130, 140}} {
		if err := l.book.Hear(ctx, string(c.ID), bad); crm.KindOf(err) != crm.KindInvalid {
			t.Errorf("%v was taken: %v", bad, err)
		}
	}
	if got := l.read("select count(*) from audit where action = 'recording.heard'"); got != "[1]" {
		t.Errorf("audit lines: %s", got)
	}
}

func TestOnlyAdministratorsDeleteASoundAndTheRowSaysWhy(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	anna, root := l.user("anna"), l.user("root")
	c := l.end(talk(telephony.Inbound, anna, "+79160000001", noon, time.Minute))
	l.work()
	l.state(string(c.ID), "verified")
	if err := l.book.Purge(l.as(access.Supervisor, anna), string(c.ID), Removal{"by mistake"}); !crm.IsNotFound(err) {
		t.Fatalf("a supervisor: %v", err)
	}
	ctx := l.as(access.Administrator, root)
	if err := l.book.Purge(ctx, string(c.ID), Removal{"the client asked"}); err != nil {
		t.Fatal(err)
	}
	r, err := l.book.Recording(ctx, string(c.ID))
	last := r.Chain[len(r.Chain)-1]
	if err != nil || r.State != "purged" || r.Playable || last.Reason != "the client asked" || last.Actor == nil || last.Actor.Name != "root" {
		t.Errorf("%+v %v", r, err)
	}
	limit := time.Now().Add(10 * time.Second)
	for _, err := l.bucket.Stat(ctx, key(string(c.ID))); !errors.Is(err, recording.ErrNotFound); _, err = l.bucket.Stat(ctx, key(string(c.ID))) {
		if time.Now().After(limit) {
			t.Fatal("the sound is still in the bucket")
		}
		<-time.After(20 * time.Millisecond)
	}
	if got := l.read("select count(*) from audit where action = 'recording.deleted'"); got != "[1]" {
		t.Errorf("audit lines: %s", got)
	}
}

func TestAnOperatorHearsTheirOwnCallsOnly(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	anna, boris := l.user("anna"), l.user("boris")
	c := l.end(talk(telephony.Inbound, anna, "+79160000001", noon, time.Minute))
	if _, err := l.book.Recording(l.as(access.Operator, boris), string(c.ID)); !crm.IsNotFound(err) {
		t.Error(err)
	}
	if _, err := l.book.Recording(l.as(access.Head, boris), string(c.ID)); err != nil {
		t.Error(err)
	}
}

func TestAGreetingIsKeptInTheFormThatAsteriskPlays(t *testing.T) {
	t.Parallel()
	samples := make([]int16, 2*44100)
	wav := writePCM(samples)
	binary.LittleEndian.PutUint16(wav[22:], 2)
	binary.LittleEndian.PutUint32(wav[24:], 44100)
	got, rate, err := readPCM(wav)
	if err != nil || rate != 44100 || len(got) != 44100 {
		t.Fatalf("%d samples at %d, %v", len(got), rate, err)
	}
	if n := len(resample(got, rate, greetingRate)); n != 8000 {
		t.Errorf("a second has %d samples", n)
	}
	for _, bad := range [][]byte{nil, []byte("RIFF"), wav[:44], []byte("RIFF0000WAVEdata\xff\xff\xff\xff")} {
		if _, _, err := readPCM(bad); crm.KindOf(err) != crm.KindInvalid {
			t.Errorf("%q was taken: %v", bad, err)
		}
	}
}

func FuzzReadingAWAVNeverPanics(f *testing.F) {
	f.Add(writePCM(make([]int16, 10)))
	f.Fuzz(func(_ *testing.T, b []byte) {
		if samples, rate, err := readPCM(b); err == nil {
			resample(samples, rate, greetingRate)
		}
	})
}
