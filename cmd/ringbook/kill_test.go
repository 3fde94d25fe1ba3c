package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"ringbook/softphone/headless"
)

func TestAKillDropsNobodyAndTheTalkGoesOn(t *testing.T) {
	t.Parallel()
	r := newRigApart(t)
	admin := r.somebody("administrator")
	anna := r.operator("operator", headless.Options{AnswerAfter: 100 * time.Millisecond})
	talk := r.town.Call("+79161111111", ourNumber)
	r.eventually("they talk", 10*time.Second, func() bool { return anna.times("answered") == 1 })
	vera := r.operator("second", headless.Options{AnswerAfter: -1})
	rings := r.town.Call("+79162222222", ourNumber)
	r.eventually("it rings", 10*time.Second, func() bool { return vera.times("ringing") == 1 })
	waits := r.town.Call("+79163333333", ourNumber)
	before := r.callOf(admin, "+79163333333", "the third waits", 5*time.Second, func(c callView) bool { return c.State == "waiting" })
	time.Sleep(time.Second) // of talk before the kill
	r.kill()
	time.Sleep(time.Second)
	begun := time.Now()
	r.start()
	r.eventually("anna's socket is back", 10*time.Second, func() bool { return anna.times("lost") > 0 && anna.times("ready") > 1 })
	r.hears(anna, 10*time.Second)
	back := time.Since(begun)
	t.Logf("the sound was back %s after the new process's start", back)
	if back > 3*time.Second {
		t.Errorf("the sound was back after %s, want 3 s at most", back)
	}
	for name, channel := range map[string]string{"talk": talk, "ringing": rings, "waiting": waits} {
		if !r.stands(channel) {
			t.Errorf("the %s client was dropped", name)
		}
	}
	time.Sleep(time.Second)
	r.hangUp(talk)
	second := r.callOf(admin, "+79162222222", "the second is answered", 30*time.Second, func(c callView) bool { return c.State == "talking" })
	third := r.callOf(admin, "+79163333333", "the third is known", time.Second, func(c callView) bool { return c.State != "ended" })
	if !third.WaitingAt.Equal(*before.WaitingAt) || !second.WaitingAt.Before(*third.WaitingAt) {
		t.Errorf("the waits began %s and %s; the third's was %s before", second.WaitingAt, third.WaitingAt, before.WaitingAt)
	}
	r.hangUp(rings)
	r.callOf(admin, "+79163333333", "the third is answered", 30*time.Second, func(c callView) bool { return c.State == "talking" })
	r.hangUp(waits)
	first := r.callOf(admin, "+79161111111", "the first is kept whole", 20*time.Second, verified)
	if first.EndReason != "client_hung_up" || first.TalkSeconds < 3 {
		t.Errorf("the first call: %+v", first)
	}
	rec := r.recording(admin, first.Recording.ID)
	if want := first.EndedAt.Sub(*first.AnsweredAt).Seconds(); math.Abs(rec.Duration-want) > 0.04 {
		t.Errorf("the recording lasts %.3f s, the talk %.3f s", rec.Duration, want)
	}
	if len(rec.Gaps) == 0 {
		t.Error("the seconds without a listener are not marked")
	}
	if n := len(r.calls(admin)); n != 3 {
		t.Errorf("%d calls in the list, want 3", n)
	}
}

func TestFiftyKillsWithinTheFirstMomentsOfACall(t *testing.T) {
	t.Parallel()
	r := newRigApart(t)
	admin := r.somebody("administrator")
	const kills, each = 10, 5
	var channels []string
	phone := func(i int) string { return fmt.Sprintf("+7916%07d", 5550000+i) }
	for k := range kills {
		if k > 0 {
			r.start()
			r.ready()
		}
		for i := range each {
			channels = append(channels, r.town.Call(phone(k*each+i), ourNumber))
			time.Sleep(time.Duration(rand.Int64N(int64(60 * time.Millisecond)))) // the first has lived up to 300 ms at the kill
		}
		r.kill()
	}
	r.start()
	r.ready()
	r.eventually("each caller is known", 20*time.Second, func() bool { return len(r.calls(admin)) >= kills*each })
	list := r.calls(admin)
	for i, channel := range channels {
		mine := of(list, phone(i))
		switch {
		case !r.stands(channel):
			t.Errorf("caller %d was dropped: %+v", i, mine)
		case len(mine) != 1:
			t.Errorf("caller %d stands %d times in the list", i, len(mine))
		case mine[0].State != "waiting":
			t.Errorf("caller %d is %s (%s)", i, mine[0].State, mine[0].EndReason)
		}
	}
	if len(list) != kills*each {
		t.Errorf("%d calls in the list, want %d", len(list), kills*each)
	}
}

func TestAKillInTheMiddleOfAnUpload(t *testing.T) {
	t.Parallel()
	r := newRigApart(t)
	admin := r.somebody("administrator")
	w := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond, HangUpAfter: 2 * time.Second})
	r.s3.Swallow()
	r.town.Call("+79161234567", ourNumber)
	r.eventually("they talked", 10*time.Second, func() bool { return w.times("ended") == 1 })
	r.callOf(admin, "+79161234567", "the upload is under way", 10*time.Second, func(c callView) bool { return c.Recording != nil && c.Recording.State == "uploading" })
	r.kill()
	r.s3.Pass()
	begun := time.Now()
	r.start()
	r.ready()
	r.callOf(admin, "+79161234567", "the recording is verified", 10*time.Second, verified)
	t.Logf("verified %s after the restart", time.Since(begun))
}

// hangUp ends a call from the town's side.
func (r *rig) hangUp(channel string) {
	r.t.Helper()
	if err := r.town.Delete("/channels/" + channel); err != nil {
		r.t.Fatal(err)
	}
}
