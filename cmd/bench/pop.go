package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// popCommand measures how soon a call is on the operator's screen.
type popCommand struct {
	Data   string        `help:"Data folder of a deploy/run instance that runs." required:"" type:"existingdir"`
	Tabs   int           `help:"How many /live sockets are open." default:"500"`
	Agents int           `help:"How many of them are available, with a WebRTC session each." default:"20"`
	Calls  int           `help:"How many calls." default:"200"`
	Rate   float64       `help:"Calls a second." default:"5"`
	Number string        `help:"Number of the company that is called; by default one that everybody serves."`
	Hold   time.Duration `help:"How long a call rings before its caller gives up." default:"300ms"`
	JSON   bool          `help:"Print JSON instead of a table."`
}

// baseline is how long the costs are taken that are not the calls'.
const baseline = 8 * time.Second

// within is how long a call may take to ring, and anything else to answer.
const within = 10 * time.Second

// Run measures, and leaves the instance as it found it.
func (c popCommand) Run(ctx context.Context, env *environment) (err error) {
	if c.Tabs <= c.Agents || c.Calls < 1 || c.Rate <= 0 {
		return errors.New("more tabs than agents, and calls at a rate, are needed")
	}
	i, err := openInstance(ctx, c.Data)
	if err != nil {
		return err
	}
	defer i.pool.Close()
	report := popReport{Machine: thisMachine(), Tabs: c.Tabs, Agents: c.Agents, Calls: c.Calls, Rate: c.Rate}
	password := token()
	env.say("hiring %d people", c.Tabs)
	defer func() {
		env.say("switching them off again")
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		err = errors.Join(err, i.dismiss(late))
	}()
	emails, err := i.hire(ctx, c.Tabs, password)
	if err != nil {
		return err
	}
	env.say("opening %d tabs, %d with a phone", c.Tabs, c.Agents)
	t, err := openTabs(ctx, i.web, password, emails, c.Agents)
	if err != nil {
		return err
	}
	defer t.close()
	if err := c.measure(ctx, env, i, t, &report); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(env.stdout, report)
	}
	return report.print(env.stdout)
}

// popRun is what all calls of a run share.
type popRun struct {
	c      popCommand
	i      *instance
	t      *tabs
	caller *caller
	number string
	who    []known

	mu      sync.Mutex // guards what follows
	samples []popSample
	failed  map[string]int
}

// popSample is one call, with the parts measured right after it.
type popSample struct {
	trying, pop, ring time.Duration // from the INVITE; ring from the pop
	ari, card, live   time.Duration
	bare              bool // the card was not there in time, the number was
}

func (c popCommand) measure(ctx context.Context, env *environment, i *instance, t *tabs, report *popReport) error {
	run := &popRun{c: c, i: i, t: t, number: c.Number, failed: map[string]int{}}
	var err error
	if run.number == "" {
		if run.number, err = i.number(ctx); err != nil {
			return err
		}
	}
	if run.who, err = i.callers(ctx, c.Calls); err != nil {
		return err
	}
	if len(run.who) < 20 {
		return fmt.Errorf("only %d clients have a number of their own: let deploy/run make its demo data", len(run.who))
	}
	if run.caller, err = newCaller(i.sip); err != nil {
		return err
	}
	defer run.caller.close()
	costs, err := i.processes()
	if err != nil {
		return err
	}
	env.say("%s of idling, %s of the parts alone", baseline, baseline)
	if report.Idle, err = costs.during(func() error { return wait(ctx, baseline) }); err != nil {
		return err
	}
	if report.Parts, err = costs.during(func() error { return run.partsAlone(ctx) }); err != nil {
		return err
	}
	before := i.counters(ctx)
	_, heard := t.soFar()
	env.say("%d calls to %s", c.Calls, run.number)
	if report.Busy, err = costs.during(func() error { return run.all(ctx) }); err != nil {
		return err
	}
	after := i.counters(ctx)
	report.Requests, report.Events = perCall(before, after, requestsCounter, c.Calls), perCall(before, after, eventsCounter, c.Calls)
	lost, news := t.soFar()
	report.fill(run, lost)
	report.News = float64(news-heard) / float64(c.Calls)
	return nil
}

// perCall is how far a counter went a call; nil if it is not counted.
func perCall(before, after map[string]float64, name string, calls int) *float64 {
	was, counted := before[name]
	if !counted {
		return nil
	}
	return new((after[name] - was) / float64(calls))
}

// partsAlone measures the parts at the calls' pace without the calls, so that their cost can be told from the calls'.
func (r *popRun) partsAlone(ctx context.Context) error {
	every := r.every()
	begun := time.Now()
	for n := 0; time.Since(begun) < baseline; n++ {
		var s popSample
		if err := r.parts(ctx, r.who[n%len(r.who)].Client, &s); err != nil {
			return err
		}
		if err := wait(ctx, time.Until(begun.Add(time.Duration(n+1)*every))); err != nil {
			return err
		}
	}
	return nil
}

func (r *popRun) every() time.Duration { return time.Duration(float64(time.Second) / r.c.Rate) }

// all makes the calls at their pace and waits for their ends.
func (r *popRun) all(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	every := r.every()
	begun := time.Now()
	for n := range r.c.Calls {
		if err := wait(ctx, time.Until(begun.Add(time.Duration(n)*every))); err != nil {
			return err
		}
		wg.Go(func() {
			s, err := r.one(ctx, r.who[n%len(r.who)], every/2)
			r.mu.Lock()
			defer r.mu.Unlock()
			if err != nil {
				r.failed[err.Error()]++
				return
			}
			r.samples = append(r.samples, s)
		})
	}
	return nil
}

// one is a call, given up once it rang, and a round of its physical parts between this call and the next.
func (r *popRun) one(ctx context.Context, who known, half time.Duration) (s popSample, err error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	call := &popCall{rings: make(chan struct{})}
	r.t.expect(who.Phone, call)
	defer r.t.forget(who.Phone)
	o := r.caller.invite(who.Phone, r.number)
	parts := make(chan error, 1)
	go func() {
		err := wait(ctx, half)
		if err == nil {
			err = r.parts(ctx, who.Client, &s)
		}
		parts <- err
	}()
	select {
	case <-call.rings:
		err = wait(ctx, r.c.Hold)
	case <-o.over:
		_, _, status, _ := o.times()
		err = fmt.Errorf("the call was ended by Asterisk with %d", status)
	case <-ctx.Done():
		err = errors.New("the call did not ring")
	}
	late, stop := context.WithTimeout(context.WithoutCancel(ctx), within)
	defer stop()
	err = errors.Join(err, o.hangUp(late), <-parts)
	pop, ring, client := call.times()
	sent, trying, _, resent := o.times()
	switch {
	case err != nil:
	case resent > 0:
		err = errors.New("SIP had to be sent again")
	case client == "":
		s.bare = true
	case client != who.Client:
		err = errors.New("the pop shows another client")
	}
	s.trying, s.pop, s.ring = trying.Sub(sent), pop.Sub(sent), ring.Sub(pop)
	return s, err
}
