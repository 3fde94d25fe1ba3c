package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// mediaCommand measures sound through relays.
type mediaCommand struct {
	Legs     []int    `help:"How many legs at once, one run each." default:"10,20,50,100"`
	Seconds  float64  `help:"How long each run is measured, after a second of warming up." default:"10"`
	Relays   []string `help:"What to measure, in this order." default:"wire,gateway,naive,asterisk" enum:"wire,gateway,naive,asterisk"`
	Asterisk string   `help:"The root of deploy/asterisk/prepare-root; by default it is asked." placeholder:"DIR"`
	Top      string   `help:"Top of the repository, where deploy/ is." default:"." type:"existingdir"`
	Profile  string   `help:"Prefix of files for the relays' processor profiles." placeholder:"PATH"`
	JSON     bool     `help:"Print JSON instead of a table."`
}

const warmUp = time.Second

// mediaResult is one run.
type mediaResult struct {
	Relay string  `json:"relay"`
	Legs  int     `json:"legs"`
	CPU   float64 `json:"cpu_percent_of_a_core_per_leg"` // 0 for the wire: it has no process
	Down  flow    `json:"leg_to_browser"`
	Up    flow    `json:"browser_to_leg"`
}

// flow is one direction of a run.
type flow struct {
	Sent  int    `json:"sent"`
	Lost  int    `json:"lost"`
	Delay spread `json:"delay"`
}

// mediaReport is everything that one call of the command found.
type mediaReport struct {
	Machine machine       `json:"machine"`
	Seconds float64       `json:"seconds"`
	Runs    []mediaResult `json:"runs"`
	Missing []string      `json:"missing,omitempty"`
}

// Run measures each relay with each number of legs. A relay that cannot be had is named, the others go on.
func (c mediaCommand) Run(ctx context.Context, env *environment) error {
	report := mediaReport{Machine: thisMachine(), Seconds: c.Seconds}
	for _, legs := range c.Legs {
		for _, name := range c.Relays {
			env.say("%s, %d legs", name, legs)
			r, err := c.measure(ctx, env, name, legs)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				report.Missing = append(report.Missing, fmt.Sprintf("%s, %d legs: %v", name, legs, err))
				continue
			}
			report.Runs = append(report.Runs, r)
		}
	}
	if c.JSON {
		return printJSON(env.stdout, report)
	}
	return report.print(env.stdout)
}

func (c mediaCommand) relay(ctx context.Context, env *environment, name string, legs int) (relay, error) {
	var args []string
	if c.Profile != "" {
		args = []string{"--profile", fmt.Sprintf("%s%s-%d.pprof", c.Profile, name, legs)}
	}
	switch name {
	case "gateway", "naive":
		return startChild(env, append([]string{"media-" + name}, args...)...)
	case "asterisk":
		return startAsterisk(ctx, c.Top, c.Asterisk, legs)
	}
	return nil, nil
}

// line is one leg with both its ends.
type line struct {
	leg, tab end
	down, up meter
}

func (c mediaCommand) measure(ctx context.Context, env *environment, name string, legs int) (result mediaResult, err error) {
	r, err := c.relay(ctx, env, name, legs)
	if err != nil {
		return result, err
	}
	if r != nil {
		defer func() { err = errors.Join(err, r.close()) }()
	}
	var window span
	lines := make([]*line, 0, legs)
	defer func() {
		var wg sync.WaitGroup
		for _, l := range lines {
			wg.Go(func() { l.tab.close(); l.leg.close() })
		}
		wg.Wait()
	}()
	for n := range legs {
		l, err := openLine(ctx, r, n, &window)
		if err != nil {
			return result, err
		}
		lines = append(lines, l)
	}
	var cpu, took time.Duration
	if cpu, took, err = c.traffic(ctx, r, lines, &window); err != nil {
		return result, err
	}
	return summary(name, lines, cpu, took), nil
}

// openLine connects one browser and one leg through the relay; without one, two sockets with each other.
func openLine(ctx context.Context, r relay, n int, window *span) (*line, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	l := &line{}
	l.down.span, l.up.span = window, window
	leg, err := newFarLeg(&l.up)
	if err != nil {
		return nil, err
	}
	l.leg = leg
	if r == nil {
		tab, err := newFarLeg(&l.down)
		if err != nil {
			leg.close()
			return nil, err
		}
		l.tab = tab
		return l, errors.Join(leg.sendTo(tab.addr()), tab.sendTo(leg.addr()))
	}
	tab, offer, err := newBrowser(ctx, &l.down)
	if err != nil {
		leg.close()
		return nil, err
	}
	l.tab = tab
	if err := l.join(ctx, r, n, offer); err != nil {
		leg.close()
		tab.close()
		return nil, fmt.Errorf("joining leg %d: %w", n, err)
	}
	return l, nil
}

func (l *line) join(ctx context.Context, r relay, n int, offer string) error {
	leg, tab := l.leg.(*farLeg), l.tab.(browser)
	j, err := r.join(ctx, n, offer, leg.addr())
	if err != nil {
		return err
	}
	if err := leg.sendTo(j.Leg); err != nil {
		return err
	}
	if err := tab.Accept(j.Answer); err != nil {
		return err
	}
	select {
	case <-tab.Connected():
		return nil
	case <-tab.Closed():
		return errors.New("the connection failed")
	case <-ctx.Done():
		return fmt.Errorf("waiting for the connection: %w", ctx.Err())
	}
}

// traffic lets all lines talk and gives what the relay took of the processor while it counted.
func (c mediaCommand) traffic(ctx context.Context, r relay, lines []*line, window *span) (cpu, took time.Duration, err error) {
	speaking, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	for n, l := range lines {
		wg.Go(func() {
			talk(speaking, time.Duration(n)*frameEvery/time.Duration(len(lines)), l.leg, l.tab, &l.down, &l.up)
		})
	}
	defer wg.Wait()
	defer stop()
	if err := wait(ctx, warmUp); err != nil {
		return 0, 0, err
	}
	before, err := costOf(r)
	if err != nil {
		return 0, 0, err
	}
	begun := time.Now()
	window.from.Store(int64(time.Since(epoch)))
	if err := wait(ctx, time.Duration(c.Seconds*float64(time.Second))); err != nil {
		return 0, 0, err
	}
	window.to.Store(int64(time.Since(epoch)))
	took = time.Since(begun)
	after, err := costOf(r)
	if err != nil {
		return 0, 0, err
	}
	return after - before, took, wait(ctx, 500*time.Millisecond) // what is on its way is not lost
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func costOf(r relay) (time.Duration, error) {
	if r == nil || r.pid() == 0 {
		return 0, nil
	}
	return cpuTime(r.pid())
}

func summary(name string, lines []*line, cpu, took time.Duration) mediaResult {
	r := mediaResult{Relay: name, Legs: len(lines), CPU: 100 * cpu.Seconds() / took.Seconds() / float64(len(lines))}
	gather := func(of func(*line) *meter) (f flow) {
		var all []time.Duration
		for _, l := range lines {
			m := of(l)
			m.mu.Lock()
			all = append(all, slices.Clone(m.took)...)
			m.mu.Unlock()
			f.Sent += int(m.sent.Load())
		}
		f.Lost, f.Delay = f.Sent-len(all), spreadOf(all)
		return f
	}
	r.Down, r.Up = gather(func(l *line) *meter { return &l.down }), gather(func(l *line) *meter { return &l.up })
	return r
}
