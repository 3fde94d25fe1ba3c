package main

import (
	"fmt"
	"io"
)

func (r mediaReport) print(w io.Writer) error {
	rows := [][]string{{"relay", "legs", "CPU %/leg", "direction", "sent", "lost", "heard", "p50 ms", "p95 ms", "p99 ms", "max ms"}}
	for _, run := range r.Runs {
		cpu := fmt.Sprintf("%.3f", run.CPU)
		if run.Relay == "wire" {
			cpu = "-"
		}
		for _, d := range []struct {
			name string
			flow
		}{{"leg>browser", run.Down}, {"browser>leg", run.Up}} {
			head := []string{run.Relay, fmt.Sprint(run.Legs), cpu, d.name, fmt.Sprint(d.Sent), fmt.Sprint(d.Lost)}
			rows = append(rows, append(head, d.Delay.cells()...))
		}
	}
	if _, err := fmt.Fprintf(w, "sound through a relay, %.0f s each; %s\nCPU: of one core, of the relay's process\n", r.Seconds, r.Machine); err != nil {
		return err
	}
	if err := table(w, rows); err != nil {
		return err
	}
	if err := r.compare(w); err != nil {
		return err
	}
	for _, m := range r.Missing {
		if _, err := fmt.Fprintln(w, "not measured:", m); err != nil {
			return err
		}
	}
	return nil
}

// compare sets our gateway against its peers, with as many legs: what it adds to the wire's delay, and its cost as a share of theirs.
func (r mediaReport) compare(w io.Writer) error {
	rows := [][]string{{"gateway", "legs", "added p50 ms", "added p99 ms", "CPU / naive", "CPU / asterisk"}}
	for _, own := range r.Runs {
		if own.Relay != "gateway" {
			continue
		}
		row := []string{"", fmt.Sprint(own.Legs), "-", "-", "-", "-"}
		for _, peer := range r.Runs {
			switch {
			case peer.Legs != own.Legs:
			case peer.Relay == "wire":
				row[2] = ms(max(own.Down.Delay.P50-peer.Down.Delay.P50, own.Up.Delay.P50-peer.Up.Delay.P50))
				row[3] = ms(max(own.Down.Delay.P99-peer.Down.Delay.P99, own.Up.Delay.P99-peer.Up.Delay.P99))
			case peer.Relay == "naive" && peer.CPU > 0:
				row[4] = fmt.Sprintf("%.2f", own.CPU/peer.CPU)
			case peer.Relay == "asterisk" && peer.CPU > 0:
				row[5] = fmt.Sprintf("%.2f", own.CPU/peer.CPU)
			}
		}
		rows = append(rows, row)
	}
	if len(rows) == 1 {
		return nil
	}
	rows = append(rows, []string{"aim", "", "0.5", "2", "", "0.6"})
	return table(w, rows)
}
