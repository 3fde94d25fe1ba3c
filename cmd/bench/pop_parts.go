package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// parts measures what the way of a call is made of, one after the other.
func (r *popRun) parts(ctx context.Context, client string, s *popSample) (err error) {
	begun := time.Now()
	if err := r.i.askARI(ctx); err != nil {
		return err
	}
	s.ari = time.Since(begun)
	begun = time.Now()
	if err := r.t.all[0].Do(ctx, http.MethodGet, "/clients/"+client+"/card", nil, nil); err != nil {
		return fmt.Errorf("asking for the card: %w", err)
	}
	s.card = time.Since(begun)
	s.live, err = r.t.resync(ctx)
	return err
}

// askARI is the cheapest round trip of ARI that does something.
func (i *instance) askARI(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, i.values["ARI_URL"]+"/asterisk/info", nil)
	if err != nil {
		return fmt.Errorf("asking ARI: %w", err)
	}
	req.SetBasicAuth(i.values["ARI_USER"], i.values["ARI_PASSWORD"])
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("asking ARI: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return fmt.Errorf("asking ARI: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("asking ARI: %s", res.Status)
	}
	return nil
}

// The counters of /metrics that say what went between Ringbook and Asterisk.
const (
	requestsCounter = "ringbook_asterisk_requests_total"
	eventsCounter   = "ringbook_asterisk_events_total"
)

// counters are Ringbook's own by name, all labels together; those that it does not count are missing.
func (i *instance) counters(ctx context.Context) map[string]float64 {
	sums := map[string]float64{}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+i.values["LOCAL_LISTEN"]+"/metrics", nil)
	if err != nil {
		return sums
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return sums
	}
	defer func() { _ = res.Body.Close() }()
	for lines := bufio.NewScanner(res.Body); res.StatusCode == http.StatusOK && lines.Scan(); {
		line := lines.Text()
		space := strings.LastIndexByte(line, ' ')
		if space < 0 || strings.HasPrefix(line, "#") {
			continue
		}
		name, _, _ := strings.Cut(line[:space], "{")
		if v, err := strconv.ParseFloat(line[space+1:], 64); err == nil {
			sums[name] += v
		}
	}
	return sums
}

// processes are those whose cost a call is counted against.
type processes struct{ ringbook, asterisk, postgres int }

// cost is what they took of the processor, over so long a time.
type cost struct {
	Took     time.Duration `json:"took_ns"`
	Ringbook time.Duration `json:"ringbook_ns"`
	Asterisk time.Duration `json:"asterisk_ns"`
	Postgres time.Duration `json:"postgres_ns"` // 0 if it runs elsewhere
}

// processes finds them by the ports that they listen on.
func (i *instance) processes() (p processes, err error) {
	for setting, pid := range map[string]*int{"LISTEN": &p.ringbook, "ARI_URL": &p.asterisk} {
		port, err := i.port(setting)
		if err != nil {
			return p, err
		}
		if *pid, err = listener(port); err != nil {
			return p, err
		}
	}
	if port, err := i.port("DATABASE_URL"); err == nil {
		p.postgres, _ = listener(port) // on another machine, or not ours to see
	}
	return p, nil
}

func (p processes) now() (c cost, err error) {
	if c.Ringbook, err = cpuTime(p.ringbook); err != nil {
		return c, err
	}
	if c.Asterisk, err = cpuTime(p.asterisk); err != nil {
		return c, err
	}
	if p.postgres != 0 {
		c.Postgres, err = familyTime(p.postgres)
	}
	return c, err
}

// familyTime is the processor time of a process and of its children that live.
func familyTime(parent int) (sum time.Duration, err error) {
	if sum, err = cpuTime(parent); err != nil {
		return 0, err
	}
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, err
	}
	for _, file := range all {
		b, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		rest := b[strings.LastIndexByte(string(b), ')')+1:]
		if f := strings.Fields(string(rest)); len(f) < 2 || f[1] != strconv.Itoa(parent) {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if t, err := cpuTime(pid); err == nil {
			sum += t
		}
	}
	return sum, nil
}

// during is what they took while f ran.
func (p processes) during(f func() error) (cost, error) {
	before, err := p.now()
	if err != nil {
		return cost{}, err
	}
	begun := time.Now()
	if err := f(); err != nil {
		return cost{}, err
	}
	took := time.Since(begun)
	after, err := p.now()
	return cost{took, after.Ringbook - before.Ringbook, after.Asterisk - before.Asterisk, after.Postgres - before.Postgres}, err
}
