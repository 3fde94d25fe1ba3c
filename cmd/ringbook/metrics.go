package main

import (
	"context"
	"net/http"
	"runtime"
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
	metricSpoolFiles = figure("spool_files", "Recordings that wait in the spool, those of live calls too.")
	metricSpoolAge   = figure("spool_oldest_age_seconds", "Since when the oldest recording in the spool has been waiting, 0 without one.")
	metricRecordings = figure("recordings_unverified", "Recordings that are not in the bucket for good, by state.", "state")
	metricUploads    = figure("uploads_total", "Uploads of recordings by result; a failed one is tried again.", "result")
	metricPool       = figure("database_connections", "Connections to PostgreSQL by state.", "state")
	metricPoolMost   = figure("database_connections_max", "Most connections to PostgreSQL.")
	metricPoolWaits  = figure("database_connection_waits_total", "How often somebody waited for a connection.")
	metricPoolWaited = figure("database_connection_wait_seconds_total", "How long all of them waited together.")
	metricAway       = figure("database_away", "1 while calls are kept in memory and the journal because PostgreSQL is away.")
	metricDebts      = figure("missed_calls_open", "Missed calls that nobody has settled.")
	metricOverdue    = figure("missed_calls_overdue", "Those of them whose deadline is over.")
	metricLogins     = figure("sessions", "Places where somebody is logged in.")
	metricDialled    = figure("asterisk_connections_total", "How often Asterisk's websocket has reached Ringbook; more than one is a reconnect.")
	metricTrunkUp    = figure("trunk_up", "1 while calls can go through the trunk: it is registered, or answers.", "trunk")
	metricTrunkCalls = figure("trunk_calls", "Live calls through the trunk.", "trunk")
	metricDiskFree   = figure("disk_free_bytes", "Room that is left on the disk of a folder.", "folder")
	metricDiskSize   = figure("disk_size_bytes", "Size of the disk of a folder.", "folder")
	metricExpiry     = figure("certificate_expiry_timestamp_seconds", "When the certificate of HTTPS ends, in Unix time.")
	metricBuild      = figure("build_info", "1, with what runs.", "version", "goversion")
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
	w.house(gauge)
	w.stored(gauge)
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
	counter(metricDialled, float64(traffic.Dialled))
	counter(metricRequests, float64(traffic.Requests))
	counter(metricErrors, float64(traffic.Failures))
	counter(metricIncidents, float64(w.s.incidents.Load()))
	for _, t := range w.s.trunkFigures() {
		gauge(metricTrunkUp, truth(t.up), t.name)
		gauge(metricTrunkCalls, float64(t.calls), t.name)
	}
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
	spool := lookIntoSpool(w.s.env.spool(), time.Now())
	gauge(metricSpool, float64(spool.bytes))
	gauge(metricSpoolFiles, float64(spool.files))
	gauge(metricSpoolAge, spool.oldest.Seconds())
	verified, failed := w.s.book.Uploads()
	counter(metricUploads, float64(verified), "verified")
	counter(metricUploads, float64(failed), "failed")
	gauge(metricAway, truth(w.s.desk.Away()))
	pool := w.s.pool.Stat()
	gauge(metricPool, float64(pool.AcquiredConns()), "acquired")
	gauge(metricPool, float64(pool.IdleConns()), "idle")
	gauge(metricPoolMost, float64(pool.MaxConns()))
	counter(metricPoolWaits, float64(pool.EmptyAcquireCount()))
	counter(metricPoolWaited, pool.EmptyAcquireWaitTime().Seconds())
}

// house is the machine and the program.
func (w watched) house(gauge put) {
	for folder, dir := range w.s.env.folders() {
		if free, size, err := diskOf(dir); err == nil {
			gauge(metricDiskFree, float64(free), folder)
			gauge(metricDiskSize, float64(size), folder)
		}
	}
	if ends, ok := w.s.certificates.ends(); ok {
		gauge(metricExpiry, float64(ends.Unix()))
	}
	gauge(metricBuild, 1, version, runtime.Version())
}

// stored is what the database counts; while it is away, database_away says why this is missing.
func (w watched) stored(gauge put) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	states, err := w.s.book.Unverified(ctx)
	if err != nil {
		return
	}
	for state, n := range states {
		gauge(metricRecordings, float64(n), string(state))
	}
	if open, overdue, err := w.s.book.Debts(ctx); err == nil {
		gauge(metricDebts, float64(open))
		gauge(metricOverdue, float64(overdue))
	}
	if n, err := w.s.access.LivingSessions(ctx); err == nil {
		gauge(metricLogins, float64(n))
	}
}

func truth(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// counted are the metrics that are counted as things happen.
type counted struct {
	pops     prometheus.Histogram
	offers   *prometheus.CounterVec
	ends     *prometheus.CounterVec
	fallback *prometheus.CounterVec
}

func newCounted() counted {
	c := counted{
		pops: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "ringbook_pop_seconds", Help: "Time to make the card of a pop and hand it to the tab.",
			Buckets: []float64{.001, .002, .005, .01, .02, .05, .1, .2, .3, .5}}),
		offers: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "ringbook_offers_total",
			Help: "Offers of calls to agents, by what came of them; counted at the end of the call."}, []string{"result"}),
		ends: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "ringbook_calls_ended_total", Help: "Calls that ended, by reason."}, []string{"reason"}),
		fallback: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "ringbook_fallback_calls_total",
			Help: "Calls that the dialplan took because Ringbook was away."}, []string{"answered"}),
	}
	for _, reason := range telephony.EndReasons { // a series that is missing until the first call cannot be told from a broken one
		c.ends.WithLabelValues(string(reason))
	}
	for _, result := range []string{"answered", "rejected", "timeout", "gone"} {
		c.offers.WithLabelValues(result)
	}
	for _, answered := range []string{"true", "false"} {
		c.fallback.WithLabelValues(answered)
	}
	return c
}

// CallChanged counts a call once, at its end.
func (c counted) CallChanged(call telephony.Call) {
	if call.Live() {
		return
	}
	c.ends.WithLabelValues(string(call.EndReason)).Inc()
	for _, s := range call.Segments {
		if s.Kind == telephony.SegmentRinging && s.End != "" {
			c.offers.WithLabelValues(s.End).Inc()
		}
	}
}

// wireMetrics makes what answers /metrics.
func (s *server) wireMetrics() {
	s.counted = newCounted()
	s.popped = func(took time.Duration) { s.counted.pops.Observe(took.Seconds()) }
	s.registry = prometheus.NewRegistry()
	s.registry.MustRegister(s.counted.pops, s.counted.offers, s.counted.ends, s.counted.fallback, watched{s},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	s.metrics = promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{Timeout: 5 * time.Second})
}

// metricsOf keeps the fields of a server that its metrics need.
type metricsOf struct {
	metrics  http.Handler
	registry *prometheus.Registry
	counted  counted
	popped   func(took time.Duration)
}
