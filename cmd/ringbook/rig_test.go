package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
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
	"ringbook/telephony"
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

// rig is the whole product with real parts around it: in this process, or in one of its own that can be killed.
type rig struct {
	t     *testing.T
	env   *environment
	url   string
	ports asterisktest.Ports
	own   *asterisktest.Instance
	town  *asterisktest.Instance
	apart bool
	start func()
	stop  func() // as a service manager does
	kill  func() // as a power cut does; only apart

	server             *server  // only in this process
	process            *process // only apart
	program            string   // what startApart runs
	database, s3, ring *gate    // only apart: to PostgreSQL, to the bucket, from Asterisk's websocket to us
}

// newRig starts everything in this process. The company has one number and three people.
func newRig(t *testing.T) *rig {
	t.Helper()
	return openRig(t, rigOptions{})
}

// newRigApart starts Ringbook as a process, with gates between it and the other parts.
func newRigApart(t *testing.T, change ...func(*Config)) *rig {
	t.Helper()
	return openRig(t, rigOptions{apart: true, change: change})
}

// rigOptions are what a rig may have of its own.
type rigOptions struct {
	apart       bool
	absent      bool // Ringbook is not started
	change      []func(*Config)
	switchboard func(p asterisktest.Ports, websocket string) *asterisktest.Instance
}

func openRig(t *testing.T, o rigOptions) *rig {
	t.Helper()
	if o.switchboard == nil {
		o.switchboard = func(p asterisktest.Ports, websocket string) *asterisktest.Instance {
			return asterisktest.Switchboard(t, p, websocket)
		}
	}
	ports := asterisktest.FreePorts(t)
	c := store()
	c.Data, c.DatabaseURL = t.TempDir(), postgrestest.URL(t)
	web, local := asterisktest.FreeTCP(), asterisktest.FreeTCP()
	c.Listen, c.LocalListen = fmt.Sprintf("127.0.0.1:%d", web), fmt.Sprintf("127.0.0.1:%d", local)
	c.ARIURL, c.ARIUser, c.ARIPassword, c.ARIApp = fmt.Sprintf("http://127.0.0.1:%d/ari", ports.HTTP), "ringbook", asterisktest.Password, "ringbook"
	c.Demo, c.TownARIURL, c.TownARIUser, c.TownARIPassword = true, fmt.Sprintf("http://127.0.0.1:%d/ari", ports.TownHTTP), "town", asterisktest.Password
	c.Law, c.RTPListen, c.MediaListen = "alaw", fmt.Sprintf("127.0.0.1:%d", asterisktest.FreeUDP(t)), fmt.Sprintf("127.0.0.1:%d", asterisktest.FreeUDP(t))
	c.TrunkFile, c.PhonePort = asterisktest.TrunkFile(ports), ports.Phones
	for _, f := range o.change {
		f(&c)
	}
	r := &rig{t: t, url: "http://" + c.Listen, apart: o.apart, program: os.Args[0], ports: ports, start: func() {}, env: &environment{Config: c, log: slog.New(slog.NewTextHandler(t.Output(), nil)), stdout: t.Output(), stderr: t.Output()}}
	r.prepare()
	socket := c.LocalListen
	if o.apart {
		socket = r.putGates()
		r.start = r.startApart
	} else {
		r.start = r.startHere
	}
	r.stop, r.kill = func() {}, func() {}
	if !o.absent {
		r.start()
	}
	t.Cleanup(func() { r.stop() })
	r.town = asterisktest.Town(t, ports)
	r.own = o.switchboard(ports, "ws://"+socket+"/ari")
	if !o.absent {
		r.ready()
	}
	return r
}

// putGates puts a gate between Ringbook and each part, and gives the address for Asterisk's websocket.
func (r *rig) putGates() string {
	r.t.Helper()
	c := &r.env.Config
	address, err := url.Parse(c.DatabaseURL)
	if err != nil {
		r.t.Fatal(err)
	}
	r.database = newGate(r.t, address.Host)
	address.Host = r.database.Addr()
	c.DatabaseURL = address.String()
	r.s3 = newGate(r.t, strings.TrimPrefix(c.S3Endpoint, "http://"))
	c.S3Endpoint = "http://" + r.s3.Addr()
	r.ring = newGate(r.t, c.LocalListen)
	return r.ring.Addr()
}

// startApart runs the server as a process, again after an end.
func (r *rig) startApart() {
	r.t.Helper()
	p := spawnProgram(r.t, r.program, r.env.Config, "serve")
	r.process = p
	r.kill = p.Kill
	r.stop = sync.OnceFunc(func() {
		if err := p.Stop(); err != nil {
			r.t.Logf("the server ended: %v", err)
		}
	})
}

// ready waits until Ringbook says that it is.
func (r *rig) ready() {
	r.t.Helper()
	r.eventually("everything is ready", 20*time.Second, func() bool {
		res, err := http.Get(r.url + "/readyz")
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
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
	for name, role := range map[string]string{access.Operator: access.Operator, "second": access.Operator, "third": access.Operator,
		access.Supervisor: access.Supervisor, access.Administrator: access.Administrator} {
		if _, err := people.AddUser(ctx, access.NewUser{Email: name + "@ringbook.example", Name: name, Role: role, Password: password}); err != nil {
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

// startHere runs the server in this process, again after a stop.
func (r *rig) startHere() {
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

// times counts an event.
func (w *worker) times(name string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.events {
		if e.Event == name {
			n++
		}
	}
	return n
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
func (r *rig) operator(name string, o headless.Options) *worker {
	r.t.Helper()
	return r.operatorTold(name, o, func(headless.Event) {})
}

// operatorTold is an operator whose events are also told, one at a time.
func (r *rig) operatorTold(name string, o headless.Options, told func(headless.Event)) *worker {
	r.t.Helper()
	w := &worker{}
	o.URL, o.User, o.Password = r.url, name+"@ringbook.example", password
	o.Event = func(e headless.Event) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.events = append(w.events, e)
		told(e)
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
	r.eventually(name+" is ready", 10*time.Second, func() bool { _, ok := w.seen("ready"); return ok })
	return w
}

// hire adds one more operator.
func (r *rig) hire(admin *headless.Operator, name string) {
	r.t.Helper()
	err := admin.Do(context.Background(), http.MethodPost, "/users",
		map[string]any{"email": name + "@ringbook.example", "name": name, "role": access.Operator, "password": password}, nil)
	if err != nil {
		r.t.Fatal(err)
	}
}

// agentID is how the switchboard calls the operator.
func (w *worker) agentID() telephony.AgentID { return telephony.AgentID(w.ID) }
