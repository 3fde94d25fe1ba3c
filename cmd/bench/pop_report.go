package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// popReport is what one run of bench pop found.
type popReport struct {
	Machine machine `json:"machine"`
	Tabs    int     `json:"tabs"`
	Agents  int     `json:"agents"`
	Calls   int     `json:"calls"`
	Rate    float64 `json:"calls_per_second"`

	Pop  spread `json:"invite_to_pop"`
	Ring spread `json:"pop_to_ringing"`
	Sum  spread `json:"sum_of_parts"`
	Try  spread `json:"invite_to_trying"`
	API  spread `json:"ari_round_trip"`
	Card spread `json:"card_from_database"`
	Live spread `json:"live_round_trip"`

	Idle  cost `json:"idle"`  // all tabs open, no calls
	Parts cost `json:"parts"` // and the parts measured at the pace of the calls
	Busy  cost `json:"busy"`  // and the calls
	// Of Ringbook's own counting; nil: its /metrics does not tell.
	Requests *float64 `json:"ari_requests_per_call"`
	Events   *float64 `json:"ari_events_per_call"`

	News   float64        `json:"changes_told_to_each_tab_per_call"`
	Bare   int            `json:"pops_without_their_card"`
	Lost   int            `json:"sockets_lost"`
	Failed map[string]int `json:"failed"`
}

func (r *popReport) fill(run *popRun, lost int) {
	gather := func(of func(popSample) time.Duration) spread {
		var all []time.Duration
		for _, s := range run.samples {
			all = append(all, of(s))
		}
		return spreadOf(all)
	}
	r.Pop = gather(func(s popSample) time.Duration { return s.pop })
	r.Ring = gather(func(s popSample) time.Duration { return s.ring })
	r.Sum = gather(func(s popSample) time.Duration { return s.trying + s.ari + s.card + s.live })
	r.Try = gather(func(s popSample) time.Duration { return s.trying })
	r.API = gather(func(s popSample) time.Duration { return s.ari })
	r.Card = gather(func(s popSample) time.Duration { return s.card })
	r.Live = gather(func(s popSample) time.Duration { return s.live })
	for _, s := range run.samples {
		if s.bare {
			r.Bare++
		}
	}
	r.Lost, r.Failed = lost, run.failed
}

func (r *popReport) print(w io.Writer) error {
	if _, err := fmt.Fprintf(w, "INVITE to pop: %d tabs, %d of them available, %d calls at %g a second; %s\n", r.Tabs, r.Agents, r.Calls, r.Rate, r.Machine); err != nil {
		return err
	}
	rows := [][]string{{"what", "calls", "p50 ms", "p95 ms", "p99 ms", "max ms"}}
	for _, row := range []struct {
		name string
		spread
	}{{"INVITE > pop", r.Pop}, {"pop > ringing", r.Ring}, {"sum of the parts", r.Sum}, {"INVITE > 100 Trying", r.Try},
		{"ARI round trip", r.API}, {"card from the database", r.Card}, {"/live round trip", r.Live}} {
		rows = append(rows, append([]string{row.name}, row.cells()...))
	}
	if err := table(w, rows); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(w, "aim: INVITE > pop p50 30 ms, p99 100 ms"); err != nil {
		return err
	}
	if err := r.printCosts(w); err != nil {
		return err
	}
	if r.Bare > 0 {
		if _, err := fmt.Fprintf(w, "%d pops showed the number alone: the card was late\n", r.Bare); err != nil {
			return err
		}
	}
	for _, reason := range slices.Sorted(maps.Keys(r.Failed)) {
		if _, err := fmt.Fprintf(w, "not counted: %d calls: %s\n", r.Failed[reason], reason); err != nil {
			return err
		}
	}
	if r.Lost > 0 {
		_, err := fmt.Fprintf(w, "%d sockets were lost on the way\n", r.Lost)
		return err
	}
	return nil
}

// printCosts gives the processor time of a call: what is taken with the calls, less what tabs and parts take without them.
func (r *popReport) printCosts(w io.Writer) error {
	rows := [][]string{{"% of a core", "tabs alone", "and parts", "and calls", "ms a call"}}
	for _, p := range []struct {
		name string
		of   func(cost) time.Duration
	}{{"ringbook", func(c cost) time.Duration { return c.Ringbook }}, {"asterisk", func(c cost) time.Duration { return c.Asterisk }},
		{"postgres", func(c cost) time.Duration { return c.Postgres }}} {
		share := func(c cost) float64 { return p.of(c).Seconds() / c.Took.Seconds() }
		call := (share(r.Busy) - share(r.Parts)) * milliseconds(r.Busy.Took) / float64(r.Calls)
		row := []string{p.name}
		for _, c := range []cost{r.Idle, r.Parts, r.Busy} {
			row = append(row, fmt.Sprintf("%.1f", 100*share(c)))
		}
		rows = append(rows, append(row, fmt.Sprintf("%.2f", call)))
	}
	if err := table(w, rows); err != nil {
		return err
	}
	told := func(v *float64) string {
		if v == nil {
			return "not told by /metrics"
		}
		return fmt.Sprintf("%.1f", *v)
	}
	_, err := fmt.Fprintf(w, "a call: ARI requests %s, ARI events %s, changes told to each tab that only listens %.1f\n",
		told(r.Requests), told(r.Events), r.News)
	return err
}
