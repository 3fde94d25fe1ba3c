package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"ringbook/telephony"
)

// figure is one of our metrics: its name ends in its unit, or in _total for what only grows.
func figure(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("ringbook_"+name, help, labels, nil)
}

// The metrics that are read off the parts when somebody asks.
var (
	metricCalls      = figure("calls", "Live calls by state.", "state")
	metricAgents     = figure("agents", "Agents by state.", "state")
	metricConnected  = figure("asterisk_connected", "1 while Asterisk's websocket stands.")
	metricSkew       = figure("asterisk_clock_skew_seconds", "Asterisk's clock minus ours.")
	metricEvents     = figure("asterisk_events_total", "Events of Asterisk by type.", "type")
	metricUnknown    = figure("asterisk_unknown_events_total", "Events of Asterisk that are not understood, by type.", "type")
	metricRequests   = figure("asterisk_requests_total", "Requests to Asterisk, with the sign of life each second.")
	metricErrors     = figure("asterisk_request_errors_total", "Requests that Asterisk refused or did not answer.")
	metricIncidents  = figure("incidents_total", "Calls that Asterisk's record says went through Ringbook and that it does not know.")
	metricTabs       = figure("live_tabs", "Open sockets of browser tabs.")
	metricSessions   = figure("media_sessions", "Browsers that carry sound.")
	metricLegs       = figure("media_legs", "Asterisk's legs.")
	metricUnclaimed  = figure("media_unclaimed_packets_total", "Packets from Asterisk that no leg claimed.")
	metricLost       = figure("media_lost_packets_total", "Packets that browsers sent and that never came.")
	metricSpool      = figure("spool_bytes", "Size of what waits in the spool.")
	metricRecordings = figure("recordings_unverified", "Recordings that are not in the bucket for good, by state.", "state")
	metricUploads    = figure("upload_failures_total", "Uploads that failed; each is tried again.")
	metricPool       = figure("database_connections", "Connections to PostgreSQL by state.", "state")
	metricPoolWaits  = figure("database_connection_waits_total", "How often somebody waited for a connection.")
	metricAway       = figure("database_away", "1 while calls are kept in memory and the journal because PostgreSQL is away.")
)

// watched reads the metrics off a server.
type watched struct{ s *server }

// Describe implements [prometheus.Collector]; that of the labels is not known before, so it says nothing.
func (watched) Describe(chan<- *prometheus.Desc) {}

// Collect implements [prometheus.Collector].
func (w watched) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	counter := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
	}
	w.telephony(gauge, counter)
	w.sound(gauge, counter)
	w.storage(gauge, counter)
}

type put func(d *prometheus.Desc, v float64, labels ...string)

func (w watched) telephony(gauge, counter put) {
	calls := map[telephony.State]int{}
	for _, state := range telephony.LiveStates {
		calls[state] = 0
	}
	for _, c := range w.s.board.Calls() {
		calls[c.State]++
	}
	for state, n := range calls {
		gauge(metricCalls, float64(n), string(state))
	}
	agents := map[telephony.AgentState]int{}
	for _, state := range telephony.AgentStates {
		agents[state] = 0
	}
	for _, a := range w.s.board.Agents() {
		agents[a.State]++
	}
	for state, n := range agents {
		gauge(metricAgents, float64(n), string(state))
	}
	state, traffic := w.s.pbx.State(), w.s.pbx.Traffic()
	gauge(metricConnected, truth(state.Connected))
	gauge(metricSkew, state.Skew.Seconds())
	for kind, n := range traffic.Events {
		counter(metricEvents, float64(n), kind)
	}
	for kind, n := range w.s.pbx.Unknown() {
		counter(metricUnknown, float64(n), kind)
	}
	counter(metricRequests, float64(traffic.Requests))
	counter(metricErrors, float64(traffic.Failures))
	counter(metricIncidents, float64(w.s.incidents.Load()))
}

func (w watched) sound(gauge, counter put) {
	f := w.s.gateway.Figures()
	gauge(metricTabs, float64(w.s.hub.Tabs()))
	gauge(metricSessions, float64(f.Sessions))
	gauge(metricLegs, float64(f.Legs))
	counter(metricUnclaimed, float64(f.Unclaimed))
	counter(metricLost, float64(f.Lost))
}

func (w watched) storage(gauge, counter put) {
	gauge(metricSpool, float64(sizeOf(w.s.env.spool())))
	counter(metricUploads, float64(w.s.book.UploadsFailed()))
	gauge(metricAway, truth(w.s.desk.Away()))
	pool := w.s.pool.Stat()
	gauge(metricPool, float64(pool.AcquiredConns()), "acquired")
	gauge(metricPool, float64(pool.IdleConns()), "idle")
	gauge(metricPool, float64(pool.MaxConns()), "max")
	counter(metricPoolWaits, float64(pool.EmptyAcquireCount()))
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	states, err := w.s.book.Unverified(ctx)
	if err != nil {
		return // database_away says why
	}
	for state, n := range states {
		gauge(metricRecordings, float64(n), string(state))
	}
}

func truth(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// sizeOf sums a folder's files.
func sizeOf(dir string) (sum int64) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if info, err := os.Stat(filepath.Join(dir, e.Name())); err == nil && info.Mode().IsRegular() {
			sum += info.Size()
		}
	}
	return sum
}

// wireMetrics makes what answers /metrics, and the clock for pops.
func (s *server) wireMetrics() {
	pops := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "ringbook_pop_seconds", Help: "Time to make the card of a pop and hand it to the tab.",
		Buckets: []float64{.001, .002, .005, .01, .02, .05, .1, .2, .3, .5}})
	s.popped = func(took time.Duration) { pops.Observe(took.Seconds()) }
	registry := prometheus.NewRegistry()
	registry.MustRegister(pops, watched{s}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	s.metrics = promhttp.HandlerFor(registry, promhttp.HandlerOpts{Timeout: 5 * time.Second})
}

// metricsOf keeps the fields of a server that its metrics need.
type metricsOf struct {
	metrics http.Handler
	popped  func(took time.Duration)
}
