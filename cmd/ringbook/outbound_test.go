package main

import (
	"context"
	"net/http"
	"testing"
	"time"

	"ringbook/softphone/headless"
)

// refusal waits for the next refusal after the n-th and gives its code.
func (r *rig) refusal(w *worker, n int) string {
	r.t.Helper()
	r.eventually("it is refused", 5*time.Second, func() bool { return w.times("refused") > n })
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := len(w.events) - 1; i >= 0; i-- {
		if w.events[i].Event == "refused" {
			return w.events[i].Reason
		}
	}
	return ""
}

func TestAClickCallsTheClientAndBothHearEachOther(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.somebody("administrator")
	w := r.operator("operator", headless.Options{Say: tone(agentTone, 1)})
	_ = w.Send("dial", map[string]any{"to": "8 (916) 111-11-00"})
	r.eventually("the client answers", 15*time.Second, func() bool { return w.times("answered") == 1 })
	time.Sleep(3 * time.Second)
	if level := energy(w.Phone().Heard().Samples()[8000:]); level < 100 {
		t.Errorf("the agent hears %.0f (RMS)", level)
	}
	_, call, _ := w.State()
	_ = w.Send("hangup", map[string]any{"call": call})
	c := r.callOf(admin, "+79161111100", "the call is kept with its recording", 20*time.Second, verified)
	if c.EndReason != "agent_hung_up" || c.Client == nil || c.Agent == nil || c.TalkSeconds < 2 {
		t.Errorf("the call: %+v", c)
	}
	_ = w.Send("dial", map[string]any{"to": "+79161111101"})
	r.callOf(admin, "+79161111101", "busy is busy", 10*time.Second, func(c callView) bool { return c.State == "ended" && c.EndReason == "busy" })
}

// The floor under toll fraud: what is not allowed is not dialled, and no more at once than is allowed.
func TestCallsOutsideTheAllowedAreRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.somebody("administrator")
	w := r.operator("operator", headless.Options{})
	for i, to := range []string{"+442071234567", "810 44 207 123-45-67", "+1 900 555 0100"} {
		_ = w.Send("dial", map[string]any{"to": to})
		if code := r.refusal(w, i); code != "number_not_allowed" {
			t.Errorf("%s is refused as %q", to, code)
		}
	}
	if err := admin.Do(context.Background(), http.MethodPatch, "/telephony-settings", map[string]any{"max_outbound": 1}, nil); err != nil {
		t.Fatal(err)
	}
	_ = w.Send("dial", map[string]any{"to": "+79161111102"}) // rings for ever
	r.eventually("the first is dialled", 5*time.Second, func() bool { return w.times("dialing") == 1 })
	second := r.operator("second", headless.Options{})
	_ = second.Send("dial", map[string]any{"to": "+79161111100"})
	if code := r.refusal(second, 0); code != "too_many_calls" {
		t.Errorf("one call too many is refused as %q", code)
	}
	if n := len(r.calls(admin)); n != 1 {
		t.Errorf("%d calls in the list, want 1", n)
	}
}

// A browser that answers nothing for a minute has left: the shift ends.
func TestAPageThatIsGoneForAMinuteEndsTheShift(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	w := r.operator("operator", headless.Options{})
	w.Freeze(true)
	begun := time.Now()
	r.eventually("the shift ends", 75*time.Second, func() bool { return r.server.board.Agent(w.agentID()).State == "offline" })
	if after := time.Since(begun); after < 55*time.Second {
		t.Errorf("the shift ended after %s", after)
	}
}

// The keypad: the client's side hears the keys as telephone events, and a key that is none is refused.
func TestTheKeysOfTheKeypadReachTheClient(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	w := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond})
	r.town.CallListening("+79161111111", ourNumber)
	r.eventually("they talk", 10*time.Second, func() bool { return w.times("answered") == 1 })
	_, call, _ := w.State()
	_ = w.Send("dtmf", map[string]any{"call": call, "digits": "1x"})
	if code := r.refusal(w, 0); code != "bad_digits" {
		t.Errorf("a key that is none is refused as %q", code)
	}
	for _, key := range []string{"1", "*", "2", "90"} {
		_ = w.Send("dtmf", map[string]any{"call": call, "digits": key})
	}
	r.eventually("the keys are heard", 15*time.Second, func() bool { return r.town.Keys() != "" })
	if got := r.town.Keys(); got != "1*290" {
		t.Errorf("the client's side heard %q, want 1*290", got)
	}
}

// The guard over calls out: the money of a day, the night rule, and the switch that stops them all and ends those that go on.
func TestTheGuardOverCallsOut(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.somebody("administrator")
	do := func(method, path string, body any) {
		t.Helper()
		if err := admin.Do(context.Background(), method, path, body, nil); err != nil {
			t.Fatal(err)
		}
	}
	var guard struct {
		Spent     int64 `json:"spent"`
		StoppedBy *struct {
			Name string `json:"name"`
		} `json:"stopped_by"`
	}
	look := func() { t.Helper(); guardOf(t, admin, &guard) }
	w := r.operator("operator", headless.Options{})
	refused := 0
	refuses := func(to, want string) {
		t.Helper()
		_ = w.Send("dial", map[string]any{"to": to})
		if code := r.refusal(w, refused); code != want {
			t.Errorf("%s is refused as %q, want %q", to, code, want)
		}
		refused++
	}
	do(http.MethodPost, "/prefixes", map[string]any{"prefix": "+7916", "price": 200, "night": false})
	do(http.MethodPatch, "/outbound", map[string]any{"day_limit": 300})
	_ = w.Send("dial", map[string]any{"to": "+79161111100"})
	r.eventually("the client answers", 15*time.Second, func() bool { return w.times("answered") == 1 })
	if look(); guard.Spent != 200 {
		t.Errorf("a begun minute costs %d", guard.Spent)
	}
	do(http.MethodPost, "/outbound/stop", map[string]any{"hang_up": true})
	c := r.callOf(admin, "+79161111100", "the call that goes on is ended", 10*time.Second, ended)
	if c.EndReason != "agent_hung_up" {
		t.Errorf("it ended as %s", c.EndReason)
	}
	if look(); guard.StoppedBy == nil || guard.StoppedBy.Name == "" || guard.Spent != 200 {
		t.Errorf("the guard is %+v", guard)
	}
	_ = w.Send("ready", nil)
	refuses("+79031111100", "outbound_stopped")
	do(http.MethodPost, "/outbound/resume", nil)
	refuses("+79161111100", "day_limit")
	minute := func(at time.Time) int { return at.Hour()*60 + at.Minute() }
	now := r.companyNow()
	do(http.MethodPatch, "/outbound", map[string]any{"day_limit": 0, "night_from": (minute(now) + 1430) % 1440, "night_to": (minute(now) + 10) % 1440})
	refuses("+79161111101", "night_rule")
	_ = w.Send("dial", map[string]any{"to": "+79031111101"})
	r.callOf(admin, "+79031111101", "another prefix may be dialled at night", 15*time.Second, ended)
	if spent, err := r.server.book.SpentToday(context.Background()); err != nil || spent != 200 {
		t.Errorf("the calls of today cost %d, %v", spent, err)
	}
}

func guardOf(t *testing.T, admin *headless.Operator, into any) {
	t.Helper()
	if err := admin.Do(context.Background(), http.MethodGet, "/outbound", nil, into); err != nil {
		t.Fatal(err)
	}
}

// companyNow is the time in the company's zone.
func (r *rig) companyNow() time.Time {
	r.t.Helper()
	company, err := r.server.access.Company(context.Background())
	if err != nil {
		r.t.Fatal(err)
	}
	zone, err := time.LoadLocation(company.TimeZone)
	if err != nil {
		r.t.Fatal(err)
	}
	return time.Now().In(zone)
}
