package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"ringbook/softphone/headless"
)

// tabs are the open /live sockets of everybody who was hired.
type tabs struct {
	all  []*headless.Operator
	stop context.CancelFunc
	wg   sync.WaitGroup

	mu        sync.Mutex // guards what follows
	calls     map[string]*popCall
	lost      int
	refused   []string
	ready     int
	available int
	snapshot  chan time.Time // of the tab that is asked on purpose
	news      int            // what a tab was told that only listens
}

// openTabs logs everybody in. The first so many are agents: they go available with a real WebRTC session and answer no call. The rest
// only listen.
func openTabs(ctx context.Context, web, password string, emails []string, agents int) (*tabs, error) {
	ctx, stop := context.WithCancel(ctx)
	t := &tabs{stop: stop, all: make([]*headless.Operator, len(emails)), calls: map[string]*popCall{}, snapshot: make(chan time.Time, 100)}
	err := each(len(emails), 8, func(k int) error {
		silent, last := k >= agents, k == len(emails)-1
		op, err := headless.Open(ctx, headless.Options{URL: web, User: emails[k], Password: password, AnswerAfter: -1, Silent: silent,
			Event: func(e headless.Event) { t.hear(e, last) }})
		if err != nil {
			return fmt.Errorf("opening the tab of %s: %w", emails[k], err)
		}
		t.all[k] = op
		t.wg.Go(func() { _ = op.Run(ctx) })
		return nil
	})
	if err == nil {
		err = t.settle(ctx, agents)
	}
	if err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

func (t *tabs) close() { t.stop(); t.wg.Wait() }

// hear is told of everything that happens at any tab.
func (t *tabs) hear(e headless.Event, asked bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e.Event {
	case "ready":
		t.ready++
		if asked {
			select {
			case t.snapshot <- e.Time:
			default:
			}
		}
	case "state":
		if e.State == "available" {
			t.available++
		}
	case "changed":
		if asked {
			t.news++
		}
	case "lost":
		t.lost++
	case "refused":
		t.refused = append(t.refused, e.Reason)
	case "pop", "ringing":
		if c := t.calls[e.Phone]; c != nil {
			c.heard(e)
		}
	}
}

// settle waits until every tab has its snapshot and every agent is available, then closes the microphones: an idle browser sends nothing.
func (t *tabs) settle(ctx context.Context, agents int) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		t.mu.Lock()
		done, refused := t.ready >= len(t.all) && t.available >= agents, t.refused
		state := fmt.Sprintf("%d of %d tabs are ready, %d of %d agents available; refused: %s", t.ready, len(t.all), t.available, agents, strings.Join(refused, ", "))
		t.mu.Unlock()
		if done {
			break
		}
		if err := wait(ctx, 50*time.Millisecond); err != nil {
			return fmt.Errorf("waiting for the tabs: %w: %s", err, state)
		}
	}
	for _, op := range t.all[:agents] {
		if p := op.Phone(); p != nil {
			p.Talk(false)
		}
	}
	return nil
}

// resync asks the last tab for its snapshot and gives how long it took.
func (t *tabs) resync(ctx context.Context) (time.Duration, error) {
	for len(t.snapshot) > 0 {
		<-t.snapshot
	}
	begun := time.Now()
	if err := t.all[len(t.all)-1].Send("resync", nil); err != nil {
		return 0, err
	}
	select {
	case at := <-t.snapshot:
		return at.Sub(begun), nil
	case <-ctx.Done():
		return 0, errors.Join(errors.New("waiting for a snapshot"), ctx.Err())
	}
}

// expect routes what is told of a caller's number to the call; forget ends it.
func (t *tabs) expect(phone string, c *popCall) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls[phone] = c
}

func (t *tabs) forget(phone string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.calls, phone)
}

// soFar is how often a socket was lost, and how many changes a tab was told of that only listens.
func (t *tabs) soFar() (lost, news int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.lost, t.news
}

// popCall is one call on its way to a screen.
type popCall struct {
	mu     sync.Mutex // guards what follows
	pop    time.Time
	ring   time.Time
	rings  chan struct{} // closed at the first ringing
	client string        // on the pop's card
}

func (c *popCall) heard(e headless.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case e.Event == "pop" && c.pop.IsZero():
		c.pop, c.client = e.Time, e.Client
	case e.Event == "ringing" && c.ring.IsZero():
		c.ring = e.Time
		close(c.rings)
	}
}

func (c *popCall) times() (pop, ring time.Time, client string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pop, c.ring, c.client
}
