package calls

import (
	"context"
	"errors"
	"sync"

	"ringbook/telephony"
)

// errAway is the answer of a look-up that was not tried.
var errAway = errors.New("the database is away")

// lookup is the question who is on the line, asked once at first sight. It is answered when done is closed.
type lookup struct {
	call telephony.Call
	done chan struct{}

	mu     sync.Mutex
	known  Known
	err    error
	chosen bool // by a person: no later answer counts
}

func (l *lookup) get() (Known, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.known, l.err
}

func (l *lookup) set(k Known, err error) {
	l.mu.Lock()
	if !l.chosen {
		l.known, l.err = k, err
	}
	l.mu.Unlock()
}

func (l *lookup) choose(client, name string) {
	l.mu.Lock()
	l.known.Client, l.known.Name, l.known.Match, l.err, l.chosen = client, name, "chosen", nil, true
	l.mu.Unlock()
}

// see asks who is on the line of a call that is new to us. The caller holds the lock.
func (d *Desk) see(e *entry) {
	l := &lookup{call: e.call, done: make(chan struct{})}
	e.look = l
	select {
	case d.looks <- l:
	default: // so many at once that the answer would be late anyway
		l.set(d.o.Stranger(e.call, "database_away"), errAway)
		close(l.done)
	}
}

// lookUp is one of the goroutines that answer.
func (d *Desk) lookUp(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case l := <-d.looks:
			l.set(d.ask(ctx, l.call))
			close(l.done)
		}
	}
}

// ask looks the number up within its time; without an answer the caller is a stranger.
func (d *Desk) ask(ctx context.Context, call telephony.Call) (Known, error) {
	if d.o.Lookup == nil {
		return d.o.Stranger(call, "unknown"), nil
	}
	if d.Away() {
		return d.o.Stranger(call, "database_away"), errAway
	}
	limited, cancel := context.WithTimeout(ctx, lookupLimit)
	defer cancel()
	known, err := d.o.Lookup(limited, call)
	if err != nil {
		d.o.Log.Warn("looking the caller up", "call", call.ID, "err", err)
		return d.o.Stranger(call, "database_away"), err
	}
	return known, nil
}

// Card is who is on the line of a live call and what the pop shows, once it is known; it waits for that as long as the
// context does and works from memory. After that, and for a call that the desk never saw, it is a stranger's.
func (d *Desk) Card(ctx context.Context, call telephony.Call) Known {
	d.mu.Lock()
	var l *lookup
	if e := d.calls[call.ID]; e != nil {
		l = e.look
	}
	d.mu.Unlock()
	if l == nil {
		return d.o.Stranger(call, "database_away")
	}
	select {
	case <-l.done:
	case <-ctx.Done():
		return d.o.Stranger(call, "database_away")
	}
	known, _ := l.get()
	return known
}

// client is who is on the line for a save: asked again if the first answer never came. Settled says that the answer stands.
func (d *Desk) client(ctx context.Context, e *entry, call telephony.Call) (known Known, settled bool) {
	d.mu.Lock()
	l := e.look
	if l == nil {
		l = &lookup{call: call, done: make(chan struct{}), err: errAway}
		close(l.done)
		e.look = l
	}
	d.mu.Unlock()
	select {
	case <-l.done:
	case <-ctx.Done():
		return Known{}, false
	}
	known, err := l.get()
	if err == nil {
		return known, true
	}
	if d.o.Lookup == nil {
		return known, true
	}
	if known, err = d.o.Lookup(ctx, call); err != nil {
		return known, false
	}
	l.set(known, nil)
	return known, true
}
