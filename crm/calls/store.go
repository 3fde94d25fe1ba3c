package calls

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"ringbook/telephony"
)

// store saves one call that [Desk.take] or [Desk.flush] chose, or journals it while the database is away.
func (d *Desk) store(ctx context.Context, id telephony.CallID) {
	d.mu.Lock()
	e := d.calls[id]
	if e == nil {
		d.mu.Unlock()
		return
	}
	call, away := e.call, d.away
	d.mu.Unlock()
	d.closeTape(ctx, e, call)
	if away {
		d.note(e, call)
		return
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveLimit) // what is begun is ended, also on the way out
	changed, err := d.save(limited, e, call)
	cancel()
	switch {
	case err == nil:
		d.stored(e, call)
		for _, c := range changed {
			d.o.OnChanged(c[0], c[1])
		}
	case refused(err):
		d.o.Log.Error("the database refused a call", "call", id, "err", err)
		d.mu.Lock()
		e.busy, e.due = false, d.o.Now().Add(retryAfter)
		d.mu.Unlock()
	default:
		d.lost(err)
		d.note(e, call)
	}
}

// closeTape ends the recording of a call that is over, once.
func (d *Desk) closeTape(ctx context.Context, e *entry, call telephony.Call) {
	if call.Live() || e.taped || d.o.Tape == nil {
		return
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveLimit)
	defer cancel()
	if tape, ok := d.o.Tape(limited, call); ok {
		e.tape = &tape
	}
	e.taped = true
}

// stored notes that a version of the call is in the database; an ended one is forgotten.
func (d *Desk) stored(e *entry, call telephony.Call) {
	d.mu.Lock()
	e.saved, e.was, e.busy = call.Version, d.o.Now(), false
	if e.call.Version == call.Version {
		e.due = time.Time{}
		if !call.Live() {
			delete(d.calls, call.ID)
		}
	} else if e.due.IsZero() {
		e.due = e.was.Add(saveEvery)
	}
	d.mu.Unlock()
	d.settled()
}

// note keeps the snapshot in the journal; it stays due.
func (d *Desk) note(e *entry, call telephony.Call) {
	err := d.journal.add(line{Call: &call, Tape: e.tape})
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.o.Now()
	e.busy, e.due, e.was = false, now, now
	if err != nil {
		d.o.Log.Error("journal", "call", call.ID, "err", err)
		e.due = now.Add(time.Second)
		return
	}
	e.noted = call.Version
	if e.call.Version > call.Version {
		e.due = now.Add(saveEvery)
	}
}

// lost notes that the database does not answer.
func (d *Desk) lost(err error) {
	d.mu.Lock()
	was := d.away
	d.away = true
	d.mu.Unlock()
	if !was {
		d.o.Log.Warn("database away: calls go to the journal", "err", err)
	}
}

// Away says whether the database does not answer.
func (d *Desk) Away() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.away
}

// probe asks a database that is away whether it is back.
func (d *Desk) probe(ctx context.Context) {
	tick := time.NewTicker(probeEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if !d.Away() {
			continue
		}
		limited, cancel := context.WithTimeout(ctx, probeEvery)
		err := d.o.Pool.Ping(limited)
		cancel()
		if err != nil {
			continue
		}
		d.o.Log.Info("database back")
		d.mu.Lock()
		d.away = false
		now := d.o.Now()
		for _, e := range d.calls {
			if e.saved < e.call.Version {
				e.due, e.noted = now, 0
			}
		}
		d.mu.Unlock()
		d.poke()
	}
}

// settled empties the journal when nothing is left that only it holds.
func (d *Desk) settled() {
	if d.journal.empty() {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.away || len(d.agents) > 0 || d.busy {
		return
	}
	for _, e := range d.calls {
		if e.saved < e.call.Version {
			return
		}
	}
	if err := d.journal.clear(); err != nil {
		d.o.Log.Error("emptying the journal", "err", err)
	}
}

// refused says whether the database answered and did not want the data: waiting does not help.
func refused(err error) bool {
	answer, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return false
	}
	for _, class := range []string{"08", "53", "57", "58", "XX", "40"} {
		if strings.HasPrefix(answer.Code, class) {
			return false
		}
	}
	return true
}
