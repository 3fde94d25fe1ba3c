package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"ringbook/crm/access"
	"ringbook/crm/calls"
	"ringbook/crm/postgres"
	"ringbook/crm/postgres/postgrestest"
	"ringbook/recording/bucket"
	"ringbook/softphone/headless"
	"ringbook/telephony/asterisktest"
)

const (
	ourNumber = "+74955551020"
	password  = "correct horse battery"
)

// store is the S3 of all tests of this process: there can be one.
var store = sync.OnceValue(func() Config {
	dir, err := os.MkdirTemp("", "ringbook-store-")
	if err != nil {
		panic(err)
	}
	c := Config{S3Endpoint: fmt.Sprintf("http://127.0.0.1:%d", asterisktest.FreeTCP()), S3Bucket: "ringbook", S3AccessKey: "test-key", S3SecretKey: "test-secret", S3Region: "us-east-1"}
	go func() {
		_ = bucket.Serve(context.Background(), bucket.Options{Listen: strings.TrimPrefix(c.S3Endpoint, "http://"), Dir: dir, AccessKey: c.S3AccessKey, SecretKey: c.S3SecretKey})
	}()
	return c
})

// rig is the whole product in this process, with real parts around it.
type rig struct {
	t      *testing.T
	env    *environment
	url    string
	own    *asterisktest.Instance
	town   *asterisktest.Instance
	server *server
	stop   func()
}

// newRig starts everything. The company has one number and three people.
func newRig(t *testing.T) *rig {
	t.Helper()
	ports := asterisktest.FreePorts(t)
	c := store()
	c.Data, c.DatabaseURL = t.TempDir(), postgrestest.URL(t)
	web, local := asterisktest.FreeTCP(), asterisktest.FreeTCP()
	c.Listen, c.LocalListen = fmt.Sprintf("127.0.0.1:%d", web), fmt.Sprintf("127.0.0.1:%d", local)
	c.ARIURL, c.ARIUser, c.ARIPassword, c.ARIApp = fmt.Sprintf("http://127.0.0.1:%d/ari", ports.HTTP), "ringbook", asterisktest.Password, "ringbook"
	c.Law, c.RTPListen, c.MediaListen = "alaw", fmt.Sprintf("127.0.0.1:%d", asterisktest.FreeUDP(t)), fmt.Sprintf("127.0.0.1:%d", asterisktest.FreeUDP(t))
	r := &rig{t: t, url: "http://" + c.Listen, env: &environment{Config: c, log: slog.New(slog.NewTextHandler(t.Output(), nil)), stdout: t.Output(), stderr: t.Output()}}
	r.prepare()
	r.start()
	t.Cleanup(func() { r.stop() })
	r.own = asterisktest.Switchboard(t, ports, "ws://"+c.LocalListen+"/ari")
	r.town = asterisktest.Town(t, ports)
	r.eventually("everything is ready", 20*time.Second, func() bool {
		res, err := http.Get(r.url + "/readyz")
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
	return r
}

// prepare migrates the database and puts people and a number into it.
func (r *rig) prepare() {
	r.t.Helper()
	ctx := context.Background()
	pool, err := pgxpool.New(ctx, r.env.DatabaseURL)
	if err != nil {
		r.t.Fatal(err)
	}
	defer pool.Close()
	if err := postgres.Migrate(ctx, pool); err != nil {
		r.t.Fatal(err)
	}
	people := access.New(pool, access.Options{Log: r.env.log})
	for _, role := range []string{access.Operator, access.Supervisor, access.Administrator} {
		if _, err := people.AddUser(ctx, access.NewUser{Email: role + "@ringbook.example", Name: role, Role: role, Password: password}); err != nil {
			r.t.Fatal(err)
		}
	}
	book := calls.NewBook(calls.BookOptions{Pool: pool, Access: people, Log: r.env.log})
	if err := book.Begin(ctx); err != nil {
		r.t.Fatal(err)
	}
	if _, err := book.SetNumber(system(ctx), "", calls.NumberChange{E164: ptr(ourNumber), Name: ptr("Sales"), Queue: ptr("sales")}); err != nil {
		r.t.Fatal(err)
	}
	if _, err := book.ChangeSettings(system(ctx), calls.SettingsChange{WrapSeconds: ptr(0)}); err != nil {
		r.t.Fatal(err)
	}
}

func ptr[T any](v T) *T { return &v }

// start runs the server, again after a stop.
func (r *rig) start() {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s, err := newServer(ctx, r.env)
	if err != nil {
		cancel()
		r.t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- s.run(ctx); s.pool.Close() }()
	r.server = s
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-over; err != nil {
			r.t.Errorf("the server ended: %v", err)
		}
	})
}

func (r *rig) eventually(what string, within time.Duration, ok func() bool) {
	r.t.Helper()
	for end := time.Now().Add(within); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("not within %s: %s", within, what)
		}
	}
}

// worker is a headless operator with all that happened to them.
type worker struct {
	*headless.Operator
	mu     sync.Mutex
	events []headless.Event
}

func (w *worker) seen(name string) (headless.Event, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.events {
		if e.Event == name {
			return e, true
		}
	}
	return headless.Event{}, false
}

// operator logs in and works until the test's end.
func (r *rig) operator(role string, o headless.Options) *worker {
	r.t.Helper()
	w := &worker{}
	o.URL, o.User, o.Password = r.url, role+"@ringbook.example", password
	o.Event = func(e headless.Event) {
		w.mu.Lock()
		w.events = append(w.events, e)
		w.mu.Unlock()
	}
	op, err := headless.Open(context.Background(), o)
	if err != nil {
		r.t.Fatal(err)
	}
	w.Operator = op
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan struct{})
	go func() { defer close(over); _ = op.Run(ctx) }()
	r.t.Cleanup(func() { cancel(); <-over })
	r.eventually(role+" is ready", 10*time.Second, func() bool { _, ok := w.seen("ready"); return ok })
	return w
}
