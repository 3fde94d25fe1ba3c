package main

import (
	"testing"
	"time"

	"ringbook/softphone/headless"
)

// inFallback counts the clients who talk to the phone of the last resort.
func (r *rig) inFallback() (n int) {
	for _, c := range r.own.Channels() {
		if c.Dialplan.App == "Dial" && c.Dialplan.Context == "fallback" && c.State == "Up" {
			n++
		}
	}
	return n
}

// Ringbook is away for more than a minute: who waits and who comes reaches the fallback, who talks is left alone, and the
// calls of the fallback stand in the list afterwards.
func TestARingbookThatIsAwayLeadsToTheFallback(t *testing.T) {
	t.Parallel()
	r := newRigApart(t, func(c *Config) { c.CDRFile = "" })
	admin := r.somebody("administrator")
	w := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond})
	talk := r.town.Call("+79161111111", ourNumber)
	r.eventually("they talk", 10*time.Second, func() bool { return w.times("answered") == 1 })
	waits := r.town.Call("+79162222222", ourNumber)
	r.callOf(admin, "+79162222222", "the second waits", 5*time.Second, func(c callView) bool { return c.State == "waiting" })
	r.kill()
	begun := time.Now()
	r.eventually("who waited is in the fallback", 35*time.Second, func() bool { return r.inFallback() == 1 })
	t.Logf("who waited was there after %s", time.Since(begun))
	time.Sleep(time.Until(begun.Add(60 * time.Second)))
	comes := r.town.Call("+79163333333", ourNumber)
	came := time.Now()
	r.eventually("who comes is in the fallback", 35*time.Second, func() bool { return r.inFallback() == 2 })
	t.Logf("who came was there after %s", time.Since(came))
	if !r.stands(talk) {
		t.Error("the talk was cut")
	}
	r.hangUp(waits)
	r.hangUp(comes)
	r.eventually("the fallback is empty", 10*time.Second, func() bool { return r.inFallback() == 0 })
	r.env.CDRFile = r.own.CDR()
	r.start()
	r.ready()
	for _, phone := range []string{"+79162222222", "+79163333333"} {
		r.callOf(admin, phone, "the fallback's call stands in the list", 30*time.Second, func(c callView) bool { return c.State == "ended" && c.EndReason == "fallback" })
	}
	r.callOf(admin, "+79161111111", "the talk goes on", 10*time.Second, func(c callView) bool { return c.State == "talking" })
}

// A stop of five seconds costs a wait and nothing else.
func TestAStopOfFiveSecondsReachesTheAgent(t *testing.T) {
	t.Parallel()
	r := newRigApart(t)
	w := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond})
	r.kill()
	r.town.Call("+79161111111", ourNumber)
	time.Sleep(5 * time.Second)
	r.start()
	r.eventually("the agent has the call", 15*time.Second, func() bool { return w.times("answered") == 1 })
	if n := r.inFallback(); n != 0 {
		t.Errorf("%d callers are in the fallback", n)
	}
}

// Asterisk has never seen a Ringbook: the caller reaches the fallback.
func TestWithoutARingbookEverTheFallbackAnswers(t *testing.T) {
	t.Parallel()
	r := openRig(t, rigOptions{apart: true, absent: true})
	r.town.Call("+79161111111", ourNumber)
	r.eventually("the caller is in the fallback", 35*time.Second, func() bool { return r.inFallback() == 1 })
	r.start()
	r.ready()
	w := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond})
	r.town.Call("+79162222222", ourNumber)
	r.eventually("the next call reaches the agent", 15*time.Second, func() bool { return w.times("answered") == 1 })
}
