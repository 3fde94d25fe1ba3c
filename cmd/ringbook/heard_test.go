package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ringbook/crm/calls"
	"ringbook/softphone/headless"
)

// Tones of what else a client may hear.
const (
	otherTone  = 1500.0 // the second agent
	helloTone  = 600.0
	nobodyTone = 800.0
	closedTone = 1200.0
)

// ear is what a client in the town heard, by the moments of the call.
type ear struct {
	t       *testing.T
	begun   time.Time
	samples []int16
}

// between cuts out what was heard between two moments.
func (e ear) between(from, to time.Time) []int16 {
	e.t.Helper()
	a, b := int(e.at(from)*8000), int(e.at(to)*8000)
	if a < 0 || b > len(e.samples) || a >= b {
		e.t.Fatalf("%.1f s to %.1f s of %.1f s heard", e.at(from), e.at(to), float64(len(e.samples))/8000)
	}
	return e.samples[a:b]
}

func (e ear) at(moment time.Time) float64 { return moment.Sub(e.begun).Seconds() }

// heard says that a tone stands far above what else there is, or does not.
func (e ear) heard(what string, from, to time.Time, hz float64, wanted bool) {
	e.t.Helper()
	if got := power(e.between(from, to), hz) > 60; got != wanted {
		e.t.Errorf("%s: %.0f Hz heard: %v, want %v (%.1f dB, RMS %.0f)", what, hz, got, wanted, power(e.between(from, to), hz), energy(e.between(from, to)))
	}
}

// nothingIsLeft waits until neither Asterisk nor the gateway holds anything of a call.
func (r *rig) nothingIsLeft() {
	r.t.Helper()
	var bridges []struct {
		ID string `json:"id"`
	}
	r.eventually("no channel and no bridge is left", 10*time.Second, func() bool {
		if err := r.own.Get("/bridges", &bridges); err != nil {
			r.t.Fatal(err)
		}
		return len(bridges) == 0 && len(r.own.Channels()) == 0
	})
}

// Hold, resume, a browser that is lost for good, another agent: at each moment the client hears whom they should, each
// agent's voice is in the recording, and each is credited with their own talk.
func TestTheClientHearsEachInTurnThroughHoldAndALostBrowser(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.somebody("administrator")
	if err := admin.Do(context.Background(), http.MethodPatch, "/telephony-settings", map[string]any{"away_seconds": 3}, nil); err != nil {
		t.Fatal(err)
	}
	anna := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond, Say: tone(agentTone, 1)})
	file := filepath.Join(t.TempDir(), "heard")
	e := ear{t: t, begun: time.Now()}
	channel := r.town.CallHearing("+79161111111", ourNumber, file)
	r.eventually("they talk", 10*time.Second, func() bool { return anna.times("answered") == 1 })
	talk := time.Now()
	vera := r.operator("second", headless.Options{AnswerAfter: 50 * time.Millisecond, Say: tone(otherTone, 1)})
	_, call, _ := anna.State()
	time.Sleep(time.Until(talk.Add(3 * time.Second)))
	_ = anna.Send("hold", map[string]any{"call": call})
	hold := time.Now()
	time.Sleep(3 * time.Second)
	_ = anna.Send("resume", map[string]any{"call": call})
	resumed := time.Now()
	time.Sleep(3 * time.Second)
	_ = anna.Phone().Close()
	away := time.Now()
	r.eventually("the other agent has the client", 15*time.Second, func() bool { return vera.times("answered") == 1 })
	second := time.Now()
	time.Sleep(4 * time.Second)
	r.hangUp(channel)
	c := r.callOf(admin, "+79161111111", "the recording is verified", 30*time.Second, verified)
	e.samples = mono(t, file+".wav")
	inside := func(from, to time.Time) (time.Time, time.Time) {
		return from.Add(1200 * time.Millisecond), to.Add(-300 * time.Millisecond)
	}
	for _, part := range []struct {
		name        string
		from, to    time.Time
		anna, other bool
	}{{"talk", talk, hold, true, false}, {"hold", hold, resumed, false, false}, {"resumed", resumed, away, true, false},
		{"away", away, second.Add(-time.Second), false, false}, {"second agent", second, second.Add(4 * time.Second), false, true}} {
		from, to := inside(part.from, part.to)
		e.heard(part.name, from, to, agentTone, part.anna)
		e.heard(part.name, from, to, otherTone, part.other)
		if level := energy(e.between(from, to)); level < 100 {
			t.Errorf("%s: the client hears next to nothing (RMS %.0f)", part.name, level)
		}
	}
	if c.Agent == nil || c.Agent.ID != vera.ID || c.EndReason != "client_hung_up" || c.HoldSeconds < 2 || c.HoldSeconds > 4 {
		t.Errorf("the call: %+v", c)
	}
	talked := r.talks(c.ID)
	if talked[anna.ID] < 5 || talked[anna.ID] > 8 || talked[vera.ID] < 3 || talked[vera.ID] > 5 {
		t.Errorf("talk seconds by agent: %v (%s, %s)", talked, anna.ID, vera.ID)
	}
	_, agent := channels(t, r.audio(admin, c.Recording.ID))
	if first, last := power(agent[8000:2*8000], agentTone), power(agent[len(agent)-2*8000:len(agent)-8000], otherTone); first < 60 || last < 60 {
		t.Errorf("in the recording the first agent stands at %.1f dB, the second at %.1f dB", first, last)
	}
	r.nothingIsLeft()
}

// talks sums the talk of a call by agent, as reports read it.
func (r *rig) talks(call string) map[string]int {
	r.t.Helper()
	rows, err := r.server.pool.Query(context.Background(), "select agent_id::text, sum(seconds)::int from call_segments where call_id = $1 and kind = 'talk' group by 1", call)
	if err != nil {
		r.t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var agent string
		var seconds int
		if err := rows.Scan(&agent, &seconds); err != nil {
			r.t.Fatal(err)
		}
		out[agent] = seconds
	}
	return out
}

// greeting keeps a tone as a greeting.
func (r *rig) greeting(name string, hz, seconds float64) *string {
	r.t.Helper()
	data, err := os.ReadFile(wavFile(r.t, tone(hz, seconds)) + ".wav")
	if err != nil {
		r.t.Fatal(err)
	}
	g, err := r.server.book.AddGreeting(system(context.Background()), name, data)
	if err != nil {
		r.t.Fatal(err)
	}
	return &g.ID
}

// What callers are told is audible, whole, and the calls are owed an answer.
func TestGreetingAndLastMessagesAreHeardWhole(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.somebody("administrator")
	const nightNumber, defaultNumber = "+74955551021", "+74955551022"
	shut := make(calls.Hours, 7)
	shut[(int(time.Now().UTC().Weekday())+3)%7] = append(calls.Hours{{}}[0], calls.Span{From: 540, To: 600})
	for _, n := range []calls.NumberChange{
		{E164: ptr("+74955551023"), Name: ptr("Day"), Queue: ptr("sales"), Greeting: r.greeting("hello", helloTone, 3), NobodyGreeting: r.greeting("nobody", nobodyTone, 3), MaxWaitSeconds: ptr(5)},
		{E164: ptr(nightNumber), Name: ptr("Night"), Queue: ptr("sales"), ClosedGreeting: r.greeting("closed", closedTone, 34), Hours: &shut},
		{E164: ptr(defaultNumber), Name: ptr("Plain"), Queue: ptr("sales"), Hours: &shut}} {
		if _, err := r.server.book.SetNumber(system(context.Background()), "", n); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	call := func(from, to string) string {
		r.town.CallHearing(from, to, filepath.Join(dir, from))
		return filepath.Join(dir, from) + ".wav"
	}
	day, night, plain := call("+79161111111", "+74955551023"), call("+79162222222", nightNumber), call("+79163333333", defaultNumber)
	seconds := func(file string, hz float64) (n float64) {
		samples := mono(t, file)
		for at := 0; at+800 <= len(samples); at += 800 {
			if power(samples[at:at+800], hz) > 60 {
				n += 0.1
			}
		}
		return n
	}
	for phone, reason := range map[string]string{"+79161111111": "nobody_answered", "+79162222222": "closed", "+79163333333": "closed"} {
		c := r.callOf(admin, phone, "the call of "+phone+" is over", 60*time.Second, ended)
		if c.EndReason != reason || c.AnsweredAt != nil {
			t.Errorf("%s: %+v", phone, c)
		}
	}
	r.nothingIsLeft()
	if hello, nobody := seconds(day, helloTone), seconds(day, nobodyTone); hello < 2.5 || nobody < 2.5 {
		t.Errorf("the greeting is heard for %.1f s, the last message for %.1f s, want 3 s of each", hello, nobody)
	}
	if n := seconds(night, closedTone); n < 33 {
		t.Errorf("the closed hours are told for %.1f s, want 34 s", n)
	}
	if level := energy(mono(t, plain)); level < 100 {
		t.Errorf("the message that comes with Ringbook is heard at %.0f (RMS)", level)
	}
	var owed int
	if err := r.server.pool.QueryRow(context.Background(), "select count(*) from missed_calls where closed_at is null").Scan(&owed); err != nil || owed != 3 {
		t.Errorf("%d clients are owed an answer, want 3 (%v)", owed, err)
	}
}
