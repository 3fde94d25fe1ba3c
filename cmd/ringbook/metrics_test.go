package main

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/softphone/headless"
)

func TestTheMetricsAreServedLocallyAndNeverInPublic(t *testing.T) {
	t.Parallel()
	r := newRigApart(t)
	w := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond})
	channel := r.town.Call("+79161111111", ourNumber)
	r.eventually("they talk", 10*time.Second, func() bool { return w.times("answered") == 1 })
	for name, want := range map[string]float64{`ringbook_calls{state="talking"}`: 1, `ringbook_calls{state="waiting"}`: 0, `ringbook_agents{state="talking"}`: 1,
		"ringbook_asterisk_connected": 1, "ringbook_live_tabs": 1, "ringbook_media_legs": 1, "ringbook_media_sessions": 1, "ringbook_pop_seconds_count": 1,
		`ringbook_recordings_unverified{state="spooled"}`: 0, "ringbook_database_connections_max": 20, "ringbook_database_away": 0, "ringbook_incidents_total": 0} {
		if got := r.metric(name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if r.metric(`ringbook_asterisk_events_total{type="StasisStart"}`) < 2 || r.metric("ringbook_spool_bytes") < 1 {
		t.Error("no events of Asterisk, or nothing in the spool")
	}
	r.hangUp(channel)
	r.eventually("the end is counted, and what became of the offer", 10*time.Second, func() bool {
		return r.metric(`ringbook_calls_ended_total{reason="client_hung_up"}`) == 1 && r.metric(`ringbook_offers_total{result="answered"}`) == 1
	})
	r.eventually("the recording is counted", 30*time.Second, func() bool {
		return r.metric(`ringbook_uploads_total{result="verified"}`) == 1 && r.metric("ringbook_spool_files") == 0
	})
	for _, path := range []string{"/metrics", "/metrics/", "/instance", "/api/v1/metrics"} {
		res, err := http.Get(r.url + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if text := string(body); strings.Contains(text, "ringbook_calls") || strings.Contains(text, `"pid"`) {
			t.Errorf("%s is told to everybody", path)
		}
	}
}

// metric reads one figure of the running server, 0 when it is not there.
func (r *rig) metric(name string) float64 {
	r.t.Helper()
	res, err := http.Get("http://" + r.env.LocalListen + "/metrics")
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		r.t.Fatalf("%s: %s, %v", res.Status, body, err)
	}
	for line := range strings.Lines(string(body)) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			v, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
			if err != nil {
				r.t.Fatal(err)
			}
			return v
		}
	}
	return 0
}

// number asks the database behind the product's back.
func (r *rig) number(text string) (n int64) {
	r.t.Helper()
	conn, err := pgx.Connect(context.Background(), r.env.DatabaseURL)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if err := conn.QueryRow(context.Background(), text).Scan(&n); err != nil {
		r.t.Fatal(err)
	}
	return n
}
