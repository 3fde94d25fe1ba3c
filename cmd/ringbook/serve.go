package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"golang.org/x/sync/errgroup"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/crm/api"
	"ringbook/crm/calls"
	"ringbook/crm/clients"
	"ringbook/crm/deskphones"
	"ringbook/crm/postgres"
	"ringbook/crm/reports"
	"ringbook/crm/trunks"
	"ringbook/crm/web"
	"ringbook/recording"
	"ringbook/recording/bucket"
	"ringbook/softphone"
	"ringbook/telephony"
	"ringbook/telephony/asterisk"
)

// serveCommand runs everything.
type serveCommand struct{}

// Run serves until the context ends.
func (serveCommand) Run(ctx context.Context, env *environment) error {
	s, err := newServer(ctx, env)
	if postgres.Away(err) {
		env.log.Error("PostgreSQL does not answer, so Ringbook does not start; it must be started again. Until then callers wait in Asterisk, and after 15 s go to the fallback")
	}
	if err != nil {
		return err
	}
	defer s.pool.Close()
	return s.run(ctx)
}

// server is the whole product, wired.
type server struct {
	env          *environment
	log          *slog.Logger
	now          func() time.Time
	pool         *pgxpool.Pool
	sealer       *crm.Sealer
	access       *access.Store
	clients      *clients.Store
	book         *calls.Book
	desk         *calls.Desk
	reports      *reports.Store
	trunks       *trunks.Store
	board        *telephony.Switchboard
	pbx          *asterisk.PBX
	gateway      *softphone.Gateway
	hub          *api.Hub
	recorder     *recorder
	echoes       *echoes
	jobs         *river.Client[pgx.Tx]
	spool        *recording.Spool
	bucket       *bucket.S3
	certificates *certificates
	incidents    atomic.Int64 // calls that Asterisk saw go through us and that we do not know
	metricsOf
	trunksSet   chan struct{}
	desks       *deskphones.Store
	phoneStates atomic.Pointer[map[string]deskphones.DeskPhoneState]
	lines       atomic.Pointer[trunkLines]
	trunkStates atomic.Pointer[map[string]trunks.TrunkState]
	country     atomic.Pointer[string]                      // of the company, ISO 3166
	pageData    atomic.Pointer[map[string]any]              // what a page needs of the settings
	numbers     atomic.Pointer[map[string]telephony.Number] // ours, by E.164
}

func newServer(ctx context.Context, env *environment) (*server, error) {
	s := &server{env: env, log: env.log, now: telephony.SteadyClock(), trunksSet: make(chan struct{}, 1)}
	var err error
	if err := env.relay().Check(); err != nil {
		return nil, fmt.Errorf("read RINGBOOK_TURN: %w", err)
	}
	if s.sealer, err = env.sealer(); err != nil {
		return nil, err
	}
	if s.certificates, err = openCertificates(env.Config, env.log); err != nil {
		return nil, err
	}
	if s.pool, err = postgres.Open(ctx, env.DatabaseURL); err != nil {
		return nil, err
	}
	if err := postgres.Migrate(ctx, s.pool); err != nil {
		return nil, err
	}
	if err := postgres.Served(ctx, s.pool, version); err != nil {
		return nil, err
	}
	s.access = access.New(s.pool, access.Options{Log: env.log, Sealer: s.sealer, Demo: env.Demo, CA: env.CAFile != ""})
	s.clients = clients.New(s.pool, s.access, clients.Options{Log: env.log})
	s.clients.OnChange(func(client string) { s.hub.Tell("client", client) })
	s.clients.OwnNumbers(s.own)
	s.reports = reports.New(s.pool, s.access, nil)
	s.trunks = trunks.New(s.pool, trunks.Options{Access: s.access, Log: env.log, Sealer: s.sealer, States: s.trunksNow, Changed: s.trunksChanged, Test: s.tryTrunk})
	s.desks = deskphones.New(s.pool, deskphones.Options{Access: s.access, Log: env.log, Sealer: s.sealer, States: s.phonesNow, Server: s.phoneServer, Foreign: env.TrunkFile == "", Changed: s.trunksChanged})
	if err := s.wireTelephony(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// wireTelephony makes the switchboard and everything around it, with what an earlier process left.
func (s *server) wireTelephony(ctx context.Context) error {
	var err error
	if s.spool, err = recording.OpenSpool(s.env.spool()); err != nil {
		return err
	}
	s.recorder = newRecorder(s.spool, s.env.Law, s.now, s.log)
	s.gateway, err = softphone.New(softphone.Options{Media: s.env.MediaListen, Addresses: s.env.MediaAddress, RTP: s.env.RTPListen, Law: s.env.Law,
		Loopback: true, Log: s.log, Tap: s.recorder.tap})
	if err != nil {
		return err
	}
	tell := func(object, id string) { s.hub.Tell(object, id) }
	s.desk, err = calls.NewDesk(calls.Options{Pool: s.pool, Log: s.log, Spool: s.env.spool(), Now: s.now, Tape: s.recorder.tape,
		Lookup: s.lookup, Stranger: s.stranger, Ended: s.ended, OnChanged: tell})
	if err != nil {
		return err
	}
	objects, err := s.env.openBucket()
	if err != nil {
		return err
	}
	s.bucket = objects
	s.book = calls.NewBook(calls.BookOptions{Pool: s.pool, Access: s.access, Log: s.log, Desk: s.desk, Bucket: objects, Spool: s.spool,
		Greetings: s.env.greetings(), Dial: s.order, Spent: s.spent, HangUpOutbound: s.hangUpOutbound, Relinked: s.relinked, OnChanged: tell})
	s.clients.TimelineData("call", s.book.TimelineData)
	s.clients.SearchAlso(s.book.Search)
	if err := s.wireJobs(); err != nil {
		return err
	}
	plan, err := s.prepareBook(ctx)
	if err != nil {
		return err
	}
	return s.wireBoard(ctx, plan)
}

// wireJobs makes River, which carries recordings to their bucket.
func (s *server) wireJobs() error {
	workers := river.NewWorkers()
	s.book.AddWorkers(workers)
	jobs, err := river.NewClient(riverpgxv5.New(s.pool), &river.Config{Logger: slog.New(quiet{s.log.Handler()}), Workers: workers,
		Queues:     map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 8}},
		JobTimeout: calls.UploadTimeout, RescueStuckJobsAfter: calls.RescueAfter})
	if err != nil {
		return fmt.Errorf("make the queue of background work: %w", err)
	}
	s.jobs = jobs
	s.book.SetJobs(jobs)
	s.desk.SetJobs(jobs)
	return nil
}

// prepareBook gives a new company what it begins with and reads the settings.
func (s *server) prepareBook(ctx context.Context) (telephony.Plan, error) {
	if err := s.book.Begin(ctx); err != nil {
		return telephony.Plan{}, err
	}
	if err := s.desk.LoadNames(ctx); err != nil {
		return telephony.Plan{}, err
	}
	plan, err := s.book.LoadPlan(ctx)
	if err != nil {
		return plan, err
	}
	if plan.Trunks, err = s.loadTrunks(ctx); err != nil {
		return plan, err
	}
	s.country.Store(&plan.Country)
	s.numbers.Store(&plan.Numbers)
	return plan, s.loadPage(ctx)
}

// wireBoard makes the switchboard with the calls and agents that an earlier process left.
func (s *server) wireBoard(ctx context.Context, plan telephony.Plan) error {
	s.wireMetrics()
	live, err := s.desk.Live(ctx)
	if err != nil {
		return err
	}
	ended, err := s.desk.EndedLately(ctx)
	if err != nil {
		return err
	}
	agents, err := s.desk.Agents(ctx)
	if err != nil {
		return err
	}
	spent, err := s.book.SpentToday(ctx)
	if err != nil {
		return err
	}
	s.pbx = asterisk.New(asterisk.Options{URL: s.env.ARIURL, User: s.env.ARIUser, Password: s.env.ARIPassword, App: s.env.ARIApp, Trunk: s.env.endpoint(),
		Law: s.env.Law, RTP: s.gateway.RTPAddr(), Caller: s.caller, Called: s.called, Dialled: s.dialled, TrunkFile: s.env.TrunkFile, LogFile: s.env.AsteriskLog,
		DeskPhone: s.deskPhone, Keyed: s.keyed, Log: s.log, Now: s.now})
	s.recorder.taps = s.pbx
	s.echoes = &echoes{pbx: s.pbx, gateway: s.gateway, log: s.log, open: map[telephony.AgentID]telephony.ChannelID{}}
	s.hub = api.NewHub(api.LiveOptions{Gateway: s.gateway, Who: s.who, Origin: func(r *http.Request) bool { return api.OriginAllowed(r, s.env.PublicURL) },
		Card: func(ctx context.Context, c telephony.Call) any { return s.desk.Card(ctx, c).Card },
		View: func(c telephony.Call) any { return s.desk.View(c) }, Settings: s.page, Dial: s.dial,
		Relay: func(a crm.Actor) []softphone.ICEServer { return s.env.relay().For(a.User, time.Now()) }, Link: s.link,
		MayWatch: func(a crm.Actor) bool { return a.Can("floor.read") },
		Sees:     func(a crm.Actor, agent telephony.AgentID) bool { return s.desk.Within(a, "floor.read", string(agent)) }, Echo: s.echo, Recorder: s.recorder, Popped: s.popped, Log: s.log})
	s.board = telephony.NewSwitchboard(telephony.Options{PBX: s.pbx, Phones: s.hub, Feed: feeds{s.recorder, s.desk, s.hub, s.echoes, s.counted}, Plan: plan, Log: s.log, Now: s.now,
		Random: func(b []byte) { _, _ = rand.Read(b) }, Ended: ended, Spent: spent}, live, agents)
	s.hub.SetBoard(s.board)
	s.book.OnSettings(s.reload)
	s.access.OnChange(s.reload)
	s.access.OnSessionEnd(s.hub.SessionEnded)
	return nil
}

// reload reads the settings again after a change; live calls keep what they began with.
func (s *server) reload() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	plan, err := s.prepareBook(ctx)
	if err != nil {
		s.log.Error("the settings could not be read again", "err", err)
		return
	}
	s.board.SetPlan(plan)
	s.hub.Tell("settings", "")
	s.hub.RightsChanged()
}

// feeds tells the recorder, the desk, which stores, the hub, which shows, and the echo, which gives way to a call.
type feeds struct {
	recorder *recorder
	desk     *calls.Desk
	hub      *api.Hub
	echoes   *echoes
	counts   counted
}

func (f feeds) CallChanged(c telephony.Call) {
	if !c.Live() {
		f.recorder.Over(c.ID)
	}
	f.counts.CallChanged(c)
	f.desk.CallChanged(c)
	f.hub.CallChanged(c)
}

func (f feeds) AgentChanged(a telephony.Agent) {
	if a.Call != "" || !a.OnShift() {
		f.echoes.end(a.ID)
	}
	f.desk.AgentChanged(a)
	f.hub.AgentChanged(a)
}

// run starts every part and waits for all of them.
func (s *server) run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.desk.Run(ctx) })
	g.Go(func() error { return s.runRecordings(ctx) })
	g.Go(func() error { return s.gateway.Run(ctx) })
	g.Go(func() error { return s.hub.Run(ctx) })
	g.Go(func() error { return s.board.Run(ctx) })
	g.Go(func() error { return s.pbx.Run(ctx, s.board) })
	g.Go(func() error { return s.keepTrunks(ctx) })
	g.Go(func() error { return s.mendTapes(ctx) })
	g.Go(func() error { return s.readCDRs(ctx) })
	g.Go(func() error { return s.hearChanges(ctx) })
	g.Go(func() error { return s.serve(ctx) })
	err := g.Wait()
	return errors.Join(err, s.spool.Close()) // what is being recorded is on disk whole, for the next process to go on with
}

func (s *server) apiOptions() api.Options {
	_, tlsPort, _ := net.SplitHostPort(s.env.ListenTLS)
	slices := []api.Slice{s.clients, s.trunks, s.desks, s.book, s.reports}
	if s.env.Demo {
		slices = append(slices, &demoSlice{config: s.env.Config, pool: s.pool, country: s.home, numbers: s.ownNumbers})
	}
	return api.Options{Log: s.log, Access: s.access, Slices: slices, Live: s.hub, Web: web.Files(), CAFile: s.env.CAFile,
		PublicURL: s.env.PublicURL, TLSPort: tlsPort, Checks: s.checks()}
}

// checks are what /readyz asks.
func (s *server) checks() []api.Check {
	all := []api.Check{
		{Name: "database", Run: func(ctx context.Context) (string, error) { return "", s.pool.Ping(ctx) }},
		{Name: "asterisk", Run: func(context.Context) (string, error) {
			st := s.pbx.State()
			if !st.Connected || st.Reconciled.IsZero() {
				return "", fmt.Errorf("not connected: %s", st.LastProblem)
			}
			return fmt.Sprintf("Asterisk %s, clock %+.1f s", st.Version, st.Skew.Seconds()), nil
		}},
		{Name: "disk", Run: func(context.Context) (string, error) { return s.env.room() }},
	}
	if s.env.ListenTLS != "" {
		all = append(all, api.Check{Name: "certificate", Run: s.certificates.check})
	}
	return all
}
