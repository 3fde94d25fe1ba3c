package calls

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"ringbook/recording"
	"ringbook/telephony"
)

const (
	saveEvery   = 250 * time.Millisecond // between two saves of a call
	saveLimit   = 3 * time.Second        // one save
	lookupLimit = 300 * time.Millisecond // who calls
	probeEvery  = 500 * time.Millisecond // is the database back
	retryAfter  = 10 * time.Second       // a save that the database refused
	writers     = 6
	lookers     = 8
)

// Known is who is on the line: the client and what the pop shows of them.
type Known struct {
	Client string // ID, empty when nobody or several match
	Name   string // of the client
	Match  string // why: phone, unknown, withheld, unparsable, several, database_away, chosen
	Card   any    // the pop's card
}

// Tape is the closed file of a call's sound.
type Tape struct {
	Path     string          `json:"path"`
	At       time.Time       `json:"at"` // of its first sample
	Duration time.Duration   `json:"duration"`
	Size     int64           `json:"size"`
	Gaps     []recording.Gap `json:"gaps,omitempty"`
	Failed   string          `json:"failed,omitempty"` // why there is no sound, or not all of it
}

// Options are what a desk is made of. Hooks may be nil.
type Options struct {
	Pool  *pgxpool.Pool
	Log   *slog.Logger
	Spool string // folder of unsaved.jsonl
	Now   func() time.Time

	// Lookup says who is on the line; it may make an unnamed card. It has 300 ms.
	Lookup func(ctx context.Context, call telephony.Call) (Known, error)
	// Stranger is what the pop shows while the database is away.
	Stranger func(call telephony.Call, match string) Known
	// Tape closes the recording of an ended call; false if there is none.
	Tape func(ctx context.Context, call telephony.Call) (Tape, bool)
	// Ended runs in the transaction of the end, for what is not ours to write.
	Ended func(ctx context.Context, tx pgx.Tx, call Ended) error
	// OnChanged hears of what was stored, after the commit. It must not block.
	OnChanged func(object, id string)
}

// Ended is what other slices learn of a call that is over.
type Ended struct {
	Call    telephony.Call
	Client  string
	Talked  bool // one second at least
	Seconds int  // of talk
	Missed  bool // it is a debt now
}

// Desk is the switchboard's feed: it stores every call. One [Desk.Run] owns its goroutines.
type Desk struct {
	o       Options
	jobs    *river.Client[pgx.Tx]
	journal *journal
	names   names

	mu     sync.Mutex
	calls  map[telephony.CallID]*entry
	agents []telephony.Agent // changes to be stored, in order
	noted  int               // how many of them the journal holds already
	busy   bool              // somebody stores agents
	away   bool              // the database does not answer

	wake  chan struct{}
	looks chan *lookup
}

// entry is what the desk holds of a call until it is over and stored.
type entry struct {
	call  telephony.Call
	saved int64     // the version that is stored
	was   time.Time // of the last save
	due   time.Time // zero: nothing to save
	busy  bool
	noted int64 // the version that the journal holds
	look  *lookup
	tape  *Tape
	taped bool // the recording was closed
}

// NewDesk makes a desk and reads what an earlier process could not store.
func NewDesk(o Options) (*Desk, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.OnChanged == nil {
		o.OnChanged = func(string, string) {}
	}
	if o.Stranger == nil {
		o.Stranger = func(_ telephony.Call, match string) Known { return Known{Match: match} }
	}
	d := &Desk{o: o, calls: map[telephony.CallID]*entry{}, wake: make(chan struct{}, 1), looks: make(chan *lookup, 1024)}
	j, lines, err := openJournal(filepath.Join(o.Spool, "unsaved.jsonl"))
	if err != nil {
		return nil, fmt.Errorf("opening the journal of unsaved calls: %w", err)
	}
	d.journal = j
	d.load(lines)
	return d, nil
}

// SetJobs gives the desk the client that queues uploads; before it, recordings wait for the start-up scan.
func (d *Desk) SetJobs(jobs *river.Client[pgx.Tx]) { d.jobs = jobs }

func (d *Desk) load(lines []line) {
	for _, l := range lines {
		switch {
		case l.Call != nil:
			e := d.calls[l.Call.ID]
			if e == nil {
				e = &entry{}
				d.calls[l.Call.ID] = e
			}
			if l.Call.Version >= e.call.Version {
				e.call, e.noted, e.due = *l.Call, l.Call.Version, d.o.Now()
			}
			if l.Tape != nil {
				e.tape, e.taped = l.Tape, true
			}
		case l.Agent != nil:
			d.agents = append(d.agents, *l.Agent)
			d.noted++
		}
	}
	for _, e := range d.calls {
		d.see(e)
	}
}

// CallChanged takes the newest snapshot of a call. It never waits.
func (d *Desk) CallChanged(call telephony.Call) {
	now := d.o.Now()
	d.mu.Lock()
	e := d.calls[call.ID]
	if e == nil {
		e = &entry{due: now}
		d.calls[call.ID] = e
		e.call = call
		d.see(e)
	}
	if call.Version < e.call.Version {
		d.mu.Unlock()
		return
	}
	urgent := !call.Live() || e.call.AnsweredAt.IsZero() && !call.AnsweredAt.IsZero()
	e.call = call
	switch soon := e.was.Add(saveEvery); {
	case urgent:
		e.due = now
	case e.due.IsZero():
		e.due = soon
	}
	d.mu.Unlock()
	d.poke()
}

// AgentChanged notes a change of an agent. It never waits.
func (d *Desk) AgentChanged(agent telephony.Agent) {
	d.mu.Lock()
	d.agents = append(d.agents, agent)
	d.mu.Unlock()
	d.poke()
}

func (d *Desk) poke() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Run stores what comes until the context ends, and then what is left.
func (d *Desk) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() { d.write(ctx) })
	}
	for range lookers {
		wg.Go(func() { d.lookUp(ctx) })
	}
	wg.Go(func() { d.probe(ctx) })
	wg.Wait()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveLimit)
	defer cancel()
	d.flush(last)
	return d.journal.close()
}

// write is one of the goroutines that store.
func (d *Desk) write(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for ctx.Err() == nil {
		id, wait := d.take()
		switch {
		case id != "":
			d.poke() // perhaps there is more, for the others
			d.store(ctx, id)
			continue
		case d.takeAgents():
			d.storeAgents(ctx)
			continue
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
		case <-d.wake:
		case <-timer.C:
		}
	}
}

// take picks a call that is due and marks it as being stored, or says how long nothing is due.
func (d *Desk) take() (telephony.CallID, time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now, wait := d.o.Now(), time.Hour
	for id, e := range d.calls {
		if e.busy || e.due.IsZero() || d.away && e.noted >= e.call.Version {
			continue
		}
		left := e.due.Sub(now)
		if left <= 0 {
			e.busy, e.due = true, time.Time{}
			return id, 0
		}
		wait = min(wait, left)
	}
	return "", wait
}

// flush stores or journals all that is not stored yet.
func (d *Desk) flush(ctx context.Context) {
	d.mu.Lock()
	var ids []telephony.CallID
	for id, e := range d.calls {
		if e.saved < e.call.Version {
			ids = append(ids, id)
		}
	}
	d.mu.Unlock()
	for _, id := range ids {
		d.store(ctx, id)
	}
	if d.takeAgents() {
		d.storeAgents(ctx)
	}
}
