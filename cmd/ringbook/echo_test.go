package main

import (
	"testing"
	"time"

	"ringbook/softphone/headless"
	"ringbook/telephony/asterisktest"
)

// An agent tries their headset: what they say comes back by way of Asterisk, until they stop it or a call comes.
func TestAnAgentHearsThemselvesThroughAsterisk(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	w := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond, Say: tone(agentTone, 1)})
	inEcho := func() (n int) {
		for _, c := range r.own.Channels() {
			if c.Dialplan.Context == "ringbook-echo" && c.Dialplan.App == "Echo" {
				n++
			}
		}
		return n
	}
	hears := func(hz float64) bool {
		samples := w.Phone().Heard().Samples()
		return len(samples) > 8000 && power(samples[len(samples)-8000:], hz) > 60
	}
	echo := func(on bool) { _ = w.Send("echo", map[string]any{"on": on}) }

	echo(true)
	r.eventually("they hear themselves", 10*time.Second, func() bool { return inEcho() == 1 && hears(agentTone) })
	echo(true) // again: the earlier one ends
	r.eventually("there is one echo", 5*time.Second, func() bool { return inEcho() == 1 && len(r.own.Channels()) == 1 })
	echo(false)
	r.eventually("nothing of it is left", 5*time.Second, func() bool { return len(r.own.Channels()) == 0 })

	echo(true)
	r.eventually("they hear themselves again", 10*time.Second, func() bool { return inEcho() == 1 })
	r.town.CallSaying("+79161111111", ourNumber, wavFile(t, tone(clientTone, 10)))
	r.eventually("they talk", 15*time.Second, func() bool { return w.times("answered") == 1 })
	r.eventually("the client is heard, not the echo", 10*time.Second, func() bool { return hears(clientTone) && !hears(agentTone) && inEcho() == 0 })
	echo(true)
	if code := r.refusal(w, 0); code != "busy" {
		t.Errorf("an echo in a talk is refused as %q", code)
	}
	var talk []asterisktest.Channel
	for _, c := range r.own.Channels() {
		if c.Dialplan.Context != "ringbook-echo" {
			talk = append(talk, c)
		}
	}
	if len(talk) != 2 {
		t.Errorf("%d channels in the talk: %+v", len(talk), talk)
	}
}
