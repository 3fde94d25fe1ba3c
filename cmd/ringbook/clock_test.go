package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ringbook/softphone/headless"
	"ringbook/telephony/asterisktest"
)

// Asterisk's clock jumps an hour ahead in a live call, and back in the next: what the calls lasted is what they lasted.
func TestAClockThatJumpsChangesNoCall(t *testing.T) {
	t.Parallel()
	clock := filepath.Join(t.TempDir(), "clock")
	set := func(seconds int) {
		t.Helper()
		if err := os.WriteFile(clock, fmt.Appendf(nil, "%+d", seconds), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	set(0)
	r := openRig(t, rigOptions{apart: true, switchboard: func(p asterisktest.Ports, websocket string) *asterisktest.Instance {
		return asterisktest.SwitchboardWithClock(t, p, websocket, clock)
	}})
	admin := r.somebody("administrator")
	w := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond})
	for i, jump := range []int{3600, 0} {
		phone := fmt.Sprintf("+791611111%02d", i)
		begun := time.Now()
		channel := r.town.Call(phone, ourNumber)
		r.eventually("they talk", 30*time.Second, func() bool { return w.times("answered") == i+1 })
		answered := time.Now()
		time.Sleep(time.Second)
		set(jump)
		time.Sleep(3 * time.Second)
		r.hangUp(channel)
		over := time.Now()
		c := r.callOf(admin, phone, "the call is over and its recording verified", 20*time.Second, verified)
		near := func(what string, got time.Time, want time.Time) {
			if d := got.Sub(want); d.Abs() > time.Second {
				t.Errorf("call %d: %s is %s off", i, what, d)
			}
		}
		near("the beginning", c.StartedAt, begun)
		near("the answer", *c.AnsweredAt, answered)
		near("the end", *c.EndedAt, over)
		if got, want := c.EndedAt.Sub(*c.AnsweredAt).Seconds(), over.Sub(answered).Seconds(); math.Abs(got-want) > 0.5 {
			t.Errorf("call %d lasted %.2f s, is kept with %.2f s", i, want, got)
		}
	}
}
