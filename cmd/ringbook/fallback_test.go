package main

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"

	"ringbook/softphone/headless"
)

// Ringbook is stopped: one caller is answered by the fallback's phone, one reaches its voicemail, one had been waiting before.
// All stand in the list afterwards, once, whatever happens to the file in which Asterisk wrote them down.
func TestTheFallbacksCallsStandInTheList(t *testing.T) {
	t.Parallel()
	r := newRigApart(t)
	r.stop()
	r.env.CDRFile = r.own.CDR()
	r.start()
	r.ready()
	admin := r.somebody("administrator")
	waited := r.town.Call("+79163333333", ourNumber)
	r.callOf(admin, "+79163333333", "the third waits", 10*time.Second, func(c callView) bool { return c.State == "waiting" })
	r.kill()
	r.set("RINGBOOK_SEEN", "0") // as fifteen seconds later
	for _, c := range r.own.Channels() {
		if err := r.own.Post("/channels/"+c.ID+"/variable", url.Values{"variable": {"TIMEOUT(absolute)"}, "value": {"1"}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	r.talksToTheFallback(waited)
	r.talksToTheFallback(r.town.Call("+79161111111", ourNumber))
	r.set("RINGBOOK_FALLBACK", "PJSIP/+74950000901@trunk") // busy
	missed := r.town.Call("+79162222222", ourNumber)
	r.eventually("the voicemail is heard", 20*time.Second, func() bool {
		list := r.own.Channels()
		return len(list) == 1 && list[0].Dialplan.App == "Record"
	})
	r.hangUp(missed)
	r.eventually("all are gone", 5*time.Second, func() bool { return len(r.own.Channels()) == 0 })
	r.write(r.own.CDR(), "this is no CDR\n")

	r.start()
	r.ready()
	for _, phone := range []string{"+79161111111", "+79163333333"} {
		c := r.callOf(admin, phone, "it was answered by the fallback", 15*time.Second, func(c callView) bool { return c.EndReason == "fallback" && c.AnsweredAt != nil })
		if c.TalkSeconds < 1 || c.TalkSeconds > 4 || c.Client == nil || c.Agent != nil || len(c.Segments) < 2 {
			t.Errorf("%s: %+v", phone, c)
		}
	}
	c := r.callOf(admin, "+79162222222", "it was not answered", 5*time.Second, func(c callView) bool { return c.EndReason == "fallback" })
	if c.AnsweredAt != nil || c.TalkSeconds != 0 || c.Client == nil || c.WaitSeconds < 2 {
		t.Errorf("the missed one: %+v", c)
	}
	r.owed(admin, "+79162222222")
	for answered, want := range map[string]float64{"true": 2, "false": 1} {
		if n := r.metric(`ringbook_fallback_calls_total{answered="` + answered + `"}`); n != want {
			t.Errorf("%v calls of the fallback counted with answered=%s, want %v", n, answered, want)
		}
	}
	r.sql("delete from cdr_places") // the whole file is read again
	r.eventually("it was read again", 15*time.Second, func() bool { return r.number("select count(*) from cdr_places") == 1 })
	if n := len(r.calls(admin)); n != 3 {
		t.Errorf("%d calls in the list, want 3", n)
	}
	r.owed(admin, "+79162222222")
}

// Asterisk's record is the independent witness: what went through Ringbook and is unknown to it is an incident.
func TestACallThatAsteriskSawAndRingbookDoesNotKnowIsAnIncident(t *testing.T) {
	t.Parallel()
	r := newRigApart(t)
	r.stop()
	r.env.CDRFile = r.own.CDR()
	r.start()
	r.ready()
	w := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond, HangUpAfter: time.Second})
	r.town.Call("+79161111111", ourNumber)
	r.eventually("they talked", 15*time.Second, func() bool { return w.times("ended") == 1 })
	read := func() int64 { return r.number("select coalesce(max(position), 0) from cdr_places") }
	r.eventually("the record of it was read", 40*time.Second, func() bool { return read() > 0 })
	if n := r.metric("ringbook_incidents_total"); n != 0 {
		t.Fatalf("%v incidents of a call that is known", n)
	}
	before := read()
	r.write(r.own.CDR(), `"","+79169999999","`+ourNumber+`","ringbook-inbound","","PJSIP/trunk-0000000f","","Stasis","ringbook","2026-01-02 03:04:05","","2026-01-02 03:04:15",10,0,"ANSWERED","DOCUMENTATION","1767323045.99",""`+"\n")
	r.eventually("it was read", 15*time.Second, func() bool { return read() > before })
	if n := r.metric("ringbook_incidents_total"); n != 1 {
		t.Errorf("%v incidents, want 1", n)
	}
}

// set changes a global variable of our Asterisk.
func (r *rig) set(name, value string) {
	r.t.Helper()
	if err := r.own.Post("/asterisk/variable", url.Values{"variable": {name}, "value": {value}}, nil); err != nil {
		r.t.Fatal(err)
	}
}

// talksToTheFallback lets a client talk to the fallback's phone for two seconds.
func (r *rig) talksToTheFallback(channel string) {
	r.t.Helper()
	r.eventually("the fallback's phone answers", 35*time.Second, func() bool {
		list := r.own.Channels()
		return len(list) == 2 && list[0].State == "Up" && list[1].State == "Up"
	})
	time.Sleep(2500 * time.Millisecond) // of talk; a CDR's end has whole seconds
	r.hangUp(channel)
	r.eventually("both are gone", 5*time.Second, func() bool { return len(r.own.Channels()) == 0 })
}

// owed says that exactly this phone is to be called back.
func (r *rig) owed(as *headless.Operator, phone string) {
	r.t.Helper()
	var page struct {
		Items []struct {
			Phone    string  `json:"phone"`
			ClosedAt *string `json:"closed_at"`
		} `json:"items"`
	}
	if err := as.Do(context.Background(), http.MethodGet, "/missed?limit=100", nil, &page); err != nil {
		r.t.Fatal(err)
	}
	open := 0
	for _, m := range page.Items {
		if m.ClosedAt == nil {
			open++
		}
		if m.ClosedAt == nil && m.Phone != phone {
			r.t.Errorf("%s is owed a call", m.Phone)
		}
	}
	if open != 1 {
		r.t.Errorf("%d debts, want 1", open)
	}
}

// write appends to a file.
func (r *rig) write(path, text string) {
	r.t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		r.t.Fatal(err)
	}
	_ = f.Close()
}
