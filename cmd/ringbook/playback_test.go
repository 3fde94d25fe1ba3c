package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/crm/api"
	"ringbook/crm/calls"
	"ringbook/crm/reports"
)

// player is somebody who listens through the API.
type player struct {
	t      *testing.T
	client *http.Client
	url    string
	csrf   string
}

// player serves the API over the demo data and logs the n-th person in.
func (d *demo) player(n int) *player {
	d.t.Helper()
	s3, err := d.config.openBucket()
	if err != nil {
		d.t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	people := access.New(d.pool, access.Options{Log: log})
	book := calls.NewBook(calls.BookOptions{Pool: d.pool, Access: people, Log: log, Bucket: s3})
	server := httptest.NewServer(api.New(api.Options{Log: log, Access: people, Slices: []api.Slice{book, reports.New(d.pool, people, nil)}}))
	d.t.Cleanup(server.Close)
	text, err := os.ReadFile(d.logins)
	if err != nil {
		d.t.Fatal(err)
	}
	login := strings.Fields(strings.Split(string(text), "\n")[n])
	jar, _ := cookiejar.New(nil)
	p := &player{t: d.t, client: &http.Client{Jar: jar}, url: server.URL + api.Prefix}
	var state access.SessionState
	_, body := p.do(http.MethodPost, "/login", map[string]any{"email": login[1], "password": login[2]}, "")
	if err := json.Unmarshal(body, &state); err != nil || state.CSRF == "" {
		d.t.Fatalf("logging %s in: %s", login[1], body)
	}
	p.csrf = state.CSRF
	return p
}

func (p *player) do(method, path string, in any, span string) (*http.Response, []byte) {
	p.t.Helper()
	text, err := json.Marshal(in)
	if err != nil {
		p.t.Fatal(err)
	}
	req, err := http.NewRequest(method, p.url+path, bytes.NewReader(text))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header = http.Header{"Content-Type": {"application/json"}, "X-Csrf-Token": {p.csrf}}
	if span != "" {
		req.Header.Set("Range", span)
	}
	res, err := p.client.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return res, body
}

// jumpsAreHeard plays the first five seconds of a recording, jumps, and plays five more.
func jumpsAreHeard(t *testing.T, d *demo) {
	d = d.of(t)
	p := d.player(1) // a supervisor
	supervisor := d.read("select id::text from users where email = 'supervisor@here.example'")[0]
	row := d.read(`select r.id::text from recordings r join calls c on c.id = r.call_id join users u on u.id = c.agent_id
		where r.duration_ms > 66000 and u.team_id = (select team_id from users where id = $1) order by r.id limit 1`, supervisor)
	if len(row) != 1 {
		t.Fatal("no recording of the team is long enough")
	}
	path := "/recordings/" + row[0]
	const second, head = 16000, 58
	_, whole := p.do(http.MethodGet, path+"/audio", nil, "")
	for _, from := range []int{0, 60} {
		a, b := head+from*second, head+(from+5)*second-1
		res, part := p.do(http.MethodGet, path+"/audio", nil, fmt.Sprintf("bytes=%d-%d", a, b))
		if want := fmt.Sprintf("bytes %d-%d/%d", a, b, len(whole)); res.StatusCode != http.StatusPartialContent || res.Header.Get("Content-Range") != want || !bytes.Equal(part, whole[a:b+1]) {
			t.Errorf("%s: %s %q, %d bytes", want, res.Status, res.Header.Get("Content-Range"), len(part))
		}
		for _, s := range []float64{0, 2.5} { // the player reports as it goes
			if res, body := p.do(http.MethodPost, path+"/heard", calls.Heard{From: float64(from) + s, To: float64(from) + s + 2.5}, ""); res.StatusCode != http.StatusNoContent {
				t.Fatalf("reporting: %s %s", res.Status, body)
			}
		}
	}
	if res, _ := p.do(http.MethodGet, path+"/audio", nil, fmt.Sprintf("bytes=%d-", len(whole))); res.StatusCode != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("behind the end: %s", res.Status)
	}
	got := d.read("select from_ms, to_ms from listening_log where recording_id = $1 order by from_ms", row[0])
	if strings.Join(got, "; ") != "0 5000; 60000 65000" {
		t.Errorf("the listening log holds %v", got)
	}
	got = d.read("select from_byte, to_byte from audio_fetches where recording_id = $1 and from_byte > 0 order by from_byte", row[0])
	if want := fmt.Sprintf("%d %d; %d %d", head, head+5*second, head+60*second, head+65*second); strings.Join(got, "; ") != want {
		t.Errorf("fetched %v, want %s", got, want)
	}
	stranger := d.player(4) // an operator of the other team
	for _, part := range []string{"", "/audio", "/peaks", "/listening"} {
		if res, _ := stranger.do(http.MethodGet, path+part, nil, ""); res.StatusCode != http.StatusNotFound {
			t.Errorf("a stranger asks for %q: %s", part, res.Status)
		}
	}
}

// get reads an answer of the API, and comes again when it is told to: a test asks faster than people do.
func get[T any](p *player, path string) (v T) {
	p.t.Helper()
	res, body := p.do(http.MethodGet, path, nil, "")
	for res.StatusCode == http.StatusTooManyRequests {
		seconds, err := strconv.Atoi(res.Header.Get("Retry-After"))
		if err != nil || seconds < 1 {
			p.t.Fatalf("%s: too often, and when to come again is %q", path, res.Header.Get("Retry-After"))
		}
		<-time.After(time.Duration(seconds) * time.Second)
		res, body = p.do(http.MethodGet, path, nil, "")
	}
	if err := json.Unmarshal(body, &v); err != nil || res.StatusCode != http.StatusOK {
		p.t.Fatalf("%s: %s %s", path, res.Status, body)
	}
	return v
}

// cellsOpenByHTTP follows the cells of a report as the browser does: the count, and the pages of the list.
func cellsOpenByHTTP(t *testing.T, d *demo) {
	d = d.of(t)
	p := d.player(2) // the administrator
	for _, by := range []string{"day", "hour", "number", "source", "agent", "queue"} {
		r := get[reports.Report](p, "/reports/calls?group_by="+by+"&from=2026-02-27&to=2026-03-02")
		for _, row := range append(r.Rows, r.Total) {
			for code, cell := range row.Cells {
				if n := get[calls.Counted](p, "/calls/count?"+cell.Filter).Count; n != cell.Calls {
					t.Errorf("by %s: row %s, %s says %d calls, the count %d", by, row.Key, code, cell.Calls, n)
				}
				if row.Key != r.Rows[0].Key && row.Key != "total" {
					continue
				}
				if n := p.listed(cell.Filter); n != cell.Calls {
					t.Errorf("by %s: row %s, %s says %d calls, the list has %d", by, row.Key, code, cell.Calls, n)
				}
			}
		}
	}
}

// listed counts the calls on all pages of a list.
func (p *player) listed(filter string) (n int) {
	for cursor := ""; ; {
		page := get[crm.Page[calls.Call]](p, "/calls?limit=50&"+filter+"&cursor="+url.QueryEscape(cursor))
		n += len(page.Items)
		if cursor = page.NextCursor; cursor == "" {
			return n
		}
	}
}
