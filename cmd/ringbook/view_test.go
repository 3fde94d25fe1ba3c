package main

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/softphone/headless"
)

// callView is a call as the API shows it.
type callView struct {
	ID          string     `json:"id"`
	State       string     `json:"state"`
	Phone       string     `json:"phone"`
	Number      string     `json:"number"`
	EndReason   string     `json:"end_reason"`
	StartedAt   time.Time  `json:"started_at"`
	WaitingAt   *time.Time `json:"waiting_at"`
	AnsweredAt  *time.Time `json:"answered_at"`
	EndedAt     *time.Time `json:"ended_at"`
	WaitSeconds float64    `json:"wait_seconds"`
	TalkSeconds float64    `json:"talk_seconds"`
	HoldSeconds float64    `json:"hold_seconds"`
	Agent       *struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"agent"`
	Client *struct {
		ID string `json:"id"`
	} `json:"client"`
	Recording *struct {
		ID       string  `json:"id"`
		State    string  `json:"state"`
		Reason   string  `json:"reason"`
		Duration float64 `json:"duration"`
	} `json:"recording"`
	Trunk *struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"trunk"`
	Segments []struct {
		Kind  string `json:"kind"`
		Trunk *struct {
			Name string `json:"name"`
		} `json:"trunk"`
		From   time.Time  `json:"from"`
		To     *time.Time `json:"to"`
		Result string     `json:"result"`
	} `json:"segments"`
}

// recordingView is a recording as the API shows it.
type recordingView struct {
	State    string  `json:"state"`
	Reason   string  `json:"reason"`
	Duration float64 `json:"duration"`
	Gaps     []struct {
		From float64 `json:"from"`
		To   float64 `json:"to"`
		Why  string  `json:"why"`
	} `json:"gaps"`
}

// somebody logs in without a phone.
func (r *rig) somebody(name string) *headless.Operator {
	r.t.Helper()
	return r.somebodyAt(r.url, name)
}

// somebodyAt logs in at another address of ours, whose certificate is believed.
func (r *rig) somebodyAt(url, name string) *headless.Operator {
	r.t.Helper()
	op, err := headless.Open(context.Background(), headless.Options{URL: url, User: name + "@ringbook.example", Password: password, Insecure: true})
	if err != nil {
		r.t.Fatal(err)
	}
	return op
}

// calls lists every call there is, newest first.
func (r *rig) calls(as *headless.Operator) []callView {
	r.t.Helper()
	var out []callView
	for cursor := ""; ; {
		var page struct {
			Items []callView `json:"items"`
			Next  string     `json:"next_cursor"`
		}
		if err := as.Do(context.Background(), http.MethodGet, "/calls?limit=100&cursor="+url.QueryEscape(cursor), nil, &page); err != nil {
			r.t.Fatal(err)
		}
		out = append(out, page.Items...)
		if cursor = page.Next; cursor == "" {
			return out
		}
	}
}

// of finds the calls of one client's number.
func of(list []callView, phone string) (out []callView) {
	for _, c := range list {
		if c.Phone == phone {
			out = append(out, c)
		}
	}
	return out
}

// callOf waits until the one call of a number is as wanted.
func (r *rig) callOf(as *headless.Operator, phone, what string, within time.Duration, ok func(callView) bool) callView {
	r.t.Helper()
	var last []callView
	defer func() {
		if r.t.Failed() {
			r.t.Logf("calls of %s: %+v", phone, last)
		}
	}()
	r.eventually(what, within, func() bool {
		last = of(r.calls(as), phone)
		return len(last) == 1 && ok(last[0])
	})
	return last[0]
}

func ended(c callView) bool { return c.State == "ended" }

func verified(c callView) bool {
	return c.State == "ended" && c.Recording != nil && c.Recording.State == "verified"
}

func (r *rig) recording(as *headless.Operator, id string) (v recordingView) {
	r.t.Helper()
	if err := as.Do(context.Background(), http.MethodGet, "/recordings/"+id, nil, &v); err != nil {
		r.t.Fatal(err)
	}
	return v
}

// audio fetches the file of a recording.
func (r *rig) audio(as *headless.Operator, id string) []byte {
	r.t.Helper()
	body, err := as.Fetch(context.Background(), "/recordings/"+id+"/audio")
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = body.Close() }()
	data, err := io.ReadAll(body)
	if err != nil {
		r.t.Fatal(err)
	}
	return data
}

// stands says whether a channel of the town is still up.
func (r *rig) stands(channel string) bool {
	for _, c := range r.town.Channels() {
		if c.ID == channel {
			return true
		}
	}
	return false
}

// hears waits until the operator hears sound and gives how long that took.
func (r *rig) hears(w *worker, within time.Duration) time.Duration {
	r.t.Helper()
	begun := time.Now()
	r.eventually("sound is heard", within, func() bool {
		p := w.Phone()
		return p != nil && p.Heard().Packets() > 10
	})
	return time.Since(begun)
}

// sql changes the database behind the product's back.
func (r *rig) sql(text string, args ...any) {
	r.t.Helper()
	conn, err := pgx.Connect(context.Background(), r.env.DatabaseURL)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(context.Background(), text, args...); err != nil {
		r.t.Fatal(err)
	}
}
