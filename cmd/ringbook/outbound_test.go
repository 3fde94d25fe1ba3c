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
