package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/crm/calls"
	"ringbook/crm/postgres"
	"ringbook/crm/postgres/postgrestest"
	"ringbook/recording"
	"ringbook/recording/bucket"
	"ringbook/telephony"
	"ringbook/telephony/asterisktest"
)

// aside is a store of its own, in a process that can be stopped and started.
type aside struct {
	t      *testing.T
	config Config
	dir    string
	*process
}

func (a *aside) start() {
	a.t.Helper()
	listen := strings.TrimPrefix(a.config.S3Endpoint, "http://")
	a.process = spawn(a.t, a.config, "store", "--store-listen", listen, "--store-dir", a.dir)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if res, err := http.Get(a.config.S3Endpoint + bucket.HealthPath); err == nil {
			_ = res.Body.Close()
			return
		} else if time.Now().After(end) {
			a.t.Fatalf("the store does not answer: %v", err)
		}
	}
}

func TestAnUploadIsTriedAgainUntilTheStoreIsBack(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	a := &aside{t: t, dir: t.TempDir(), config: Config{S3Endpoint: fmt.Sprintf("http://127.0.0.1:%d", asterisktest.FreeTCP()), S3Bucket: "ringbook",
		S3AccessKey: "key-of-a-test", S3SecretKey: "secret-of-a-test", S3Region: "us-east-1", Law: "alaw"}}
	a.start()
	s3, err := a.config.openBucket()
	if err != nil {
		t.Fatal(err)
	}
	if err := s3.EnsureBucket(ctx); err != nil {
		t.Fatal(err)
	}
	a.Kill()

	pool := postgrestest.New(t)
	people := access.New(pool, access.Options{})
	spool, err := recording.OpenSpool(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	book := calls.NewBook(calls.BookOptions{Pool: pool, Access: people, Log: slog.New(slog.DiscardHandler), Bucket: s3, Spool: spool})
	workers := river.NewWorkers()
	book.AddWorkers(workers)
	jobs, err := river.NewClient(riverpgxv5.New(pool), &river.Config{Logger: slog.New(slog.DiscardHandler), Workers: workers,
		FetchPollInterval: 200 * time.Millisecond, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 2}}})
	if err != nil {
		t.Fatal(err)
	}
	book.SetJobs(jobs)
	id := recordedCall(t, func(tx func(pgx.Tx) error) error { return postgres.Tx(ctx, pool, tx) }, spool)
	if err := book.Recover(ctx); err != nil { // it queues the upload
		t.Fatal(err)
	}
	if err := jobs.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = jobs.Stop(context.Background()) })
	until := func(what, condition string) {
		t.Helper()
		for end := time.Now().Add(40 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			var ok bool
			if err := pool.QueryRow(ctx, "select "+condition+" from recordings where id = $1", id).Scan(&ok); err != nil {
				t.Fatal(err)
			}
			if ok {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("not in time: %s", what)
			}
		}
	}
	until("the first try fails and is kept", "state = 'spooled' and error <> '' and attempts >= 1")
	if r, err := book.Recording(system(ctx), id); err != nil || !r.Playable {
		t.Errorf("while the store is away: %+v, %v", r, err)
	}
	if _, err := book.Waveform(system(ctx), id); err != nil {
		t.Errorf("the waveform while the store is away: %v", err)
	}
	a.start()
	until("a later try brings it", "state = 'verified' and path = '' and attempts >= 2")
	info, err := s3.Stat(ctx, "recordings/"+id+".wav")
	if r, err2 := book.Recording(system(ctx), id); err != nil || err2 != nil || info.SHA256 != r.SHA256 || info.Size != r.Size {
		t.Errorf("in the bucket %+v, booked %+v, %v, %v", info, r, err, err2)
	}
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if left, _ := filepath.Glob(spool.Path("*")); len(left) == 0 {
			break
		} else if time.Now().After(end) {
			t.Errorf("the spool still holds %v", left)
			break
		}
	}
}

// recordedCall stores a call of three seconds with its sound in the spool.
func recordedCall(t *testing.T, in func(func(pgx.Tx) error) error, spool *recording.Spool) string {
	t.Helper()
	begun := time.Now().Add(-time.Minute)
	id := crm.NewIDAt(begun)
	if err := recording.WriteFile(spool.Path(id), "alaw", make([]byte, 24000), make([]byte, 24000)); err != nil {
		t.Fatal(err)
	}
	c := telephony.Call{ID: telephony.CallID(id), Version: 9, Direction: telephony.Inbound, State: telephony.StateEnded, Phone: "+79161234567", StartedAt: begun,
		WaitingAt: begun, AnsweredAt: begun, EndedAt: begun.Add(3 * time.Second), EndReason: telephony.EndClientHungUp}
	err := in(func(tx pgx.Tx) error {
		return calls.StorePast(context.Background(), tx, calls.Options{Now: time.Now},
			calls.Past{Call: c, Match: "unknown", Tape: &calls.Tape{Path: spool.Path(id), At: begun, Duration: 3 * time.Second, Size: 48058}})
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}
