package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ringbook/softphone/headless"
)

// PostgreSQL is away for 30 s: one call goes on, one comes and ends, Ringbook is killed, and nothing is lost.
func TestADatabaseThatIsAwayLosesNothing(t *testing.T) {
	t.Parallel()
	r := newRigApart(t)
	admin := r.somebody("administrator")
	anna := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond})
	vera := r.operator("second", headless.Options{AnswerAfter: 50 * time.Millisecond})
	long := r.town.Call("+79161111111", ourNumber)
	r.eventually("the first talk", 10*time.Second, func() bool { return anna.times("answered")+vera.times("answered") == 1 })
	begun := time.Now()
	r.database.Refuse()
	second := r.town.Call("+79162222222", ourNumber)
	r.eventually("the second is answered without a database", 10*time.Second, func() bool { return anna.times("answered")+vera.times("answered") == 2 })
	for _, w := range []*worker{anna, vera} {
		pop, _ := w.seen("pop")
		ringing, _ := w.seen("ringing")
		if pop.Phone == "" || !pop.Time.Before(ringing.Time) {
			t.Errorf("the pop %+v, the ringing at %s", pop, ringing.Time)
		}
	}
	time.Sleep(2 * time.Second)
	r.hangUp(second)
	r.eventually("the second is over", 5*time.Second, func() bool { return anna.times("ended")+vera.times("ended") == 1 })
	r.town.Call("+79164444444", ourNumber) // its end is not seen by anybody: it is killed with the process
	r.eventually("the third is answered", 10*time.Second, func() bool { return anna.times("answered")+vera.times("answered") == 3 })
	if !r.stands(long) {
		t.Error("the long call was dropped")
	}
	time.Sleep(12*time.Second - time.Since(begun))
	r.kill()
	begunAgain := time.Now()
	for r.start(); time.Since(begun) < 30*time.Second; r.start() { // as the supervisor does: what dies is started again
		select {
		case <-r.process.over:
		case <-time.After(30*time.Second - time.Since(begun)):
		}
		if time.Since(begun) >= 30*time.Second {
			break
		}
		time.Sleep(500 * time.Millisecond)
	}
	r.database.Pass()
	select {
	case <-r.process.over:
		r.start()
	case <-time.After(time.Second):
	}
	r.ready()
	t.Logf("ready %s after the kill", time.Since(begunAgain))
	if !r.stands(long) {
		t.Error("the long call was dropped by the restart")
	}
	ended2 := r.callOf(admin, "+79162222222", "the second stands in the list with its recording", 40*time.Second, verified)
	if ended2.EndReason != "client_hung_up" || ended2.TalkSeconds < 2 || ended2.Client == nil {
		t.Errorf("the second: %+v", ended2)
	}
	r.callOf(admin, "+79164444444", "the third goes on", 10*time.Second, func(c callView) bool { return c.State != "ended" })
	r.hangUp(long)
	first := r.callOf(admin, "+79161111111", "the first is whole", 20*time.Second, verified)
	if first.TalkSeconds < 25 {
		t.Errorf("the first: %+v", first)
	}
}

// The bucket is away: what is recorded waits in the spool and is heard from there; then all is brought within a minute.
func TestRecordingsWaitTenMinutesForABucketThatIsAway(t *testing.T) {
	t.Parallel()
	r := newRigApart(t)
	admin := r.somebody("administrator")
	w := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond, HangUpAfter: 2 * time.Second})
	r.s3.Refuse()
	away := time.Now()
	phones := []string{"+79161111111", "+79162222222", "+79163333333"}
	for i, phone := range phones {
		r.town.Call(phone, ourNumber)
		r.eventually("it is over", 15*time.Second, func() bool { return w.times("ended") == i+1 })
	}
	for _, phone := range phones {
		c := r.callOf(admin, phone, "it waits in the spool", 5*time.Second, func(c callView) bool {
			return c.Recording != nil && (c.Recording.State == "spooled" || c.Recording.State == "uploading")
		})
		if wav := r.audio(admin, c.Recording.ID); len(wav) < 2*16000 {
			t.Errorf("%d bytes are heard from the spool", len(wav))
		}
	}
	time.Sleep(10*time.Minute - time.Since(away))
	r.town.Call("+79164444444", ourNumber)
	r.eventually("a call at the end of the outage is over", 15*time.Second, func() bool { return w.times("ended") == 4 })
	phones = append(phones, "+79164444444")
	r.s3.Pass()
	begun := time.Now()
	for _, phone := range phones {
		r.callOf(admin, phone, "it is verified", time.Minute-time.Since(begun), verified)
	}
	t.Logf("all verified %s after the bucket's return", time.Since(begun))
	if left, _ := filepath.Glob(filepath.Join(r.env.spool(), "*.wav")); len(left) > 0 {
		t.Errorf("the spool still holds %v", left)
	}
}

// Asterisk dies and comes back: calls end as lost, agents are free again with no click.
func TestAsteriskRestarts(t *testing.T) {
	t.Parallel()
	r := newRigApart(t)
	admin := r.somebody("administrator")
	w := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond})
	r.town.Call("+79161111111", ourNumber)
	r.eventually("they talk", 10*time.Second, func() bool { return w.times("answered") == 1 })
	r.own.Stop()
	r.own.Start() // returns when ARI answers
	begun := time.Now()
	r.eventually("the agent is available with no click", 5*time.Second, func() bool { agent, _, _ := w.State(); return agent == "available" })
	t.Logf("available %s after ARI answered", time.Since(begun))
	c := r.callOf(admin, "+79161111111", "the call ended as lost", 10*time.Second, ended)
	if !strings.Contains(c.EndReason, "lost") {
		t.Errorf("it ended as %s", c.EndReason)
	}
	r.ready()
	r.town.Call("+79162222222", ourNumber)
	r.eventually("the next call is answered", 20*time.Second, func() bool { return w.times("answered") == 2 })
}

// The network between Asterisk and Ringbook swallows everything: nobody is told, and still each caller is served.
func TestASocketThatSwallows(t *testing.T) {
	t.Parallel()
	r := newRigApart(t)
	admin := r.somebody("administrator")
	w := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond})
	talk := r.town.Call("+79161111111", ourNumber)
	r.eventually("they talk", 10*time.Second, func() bool { return w.times("answered") == 1 })
	vera := r.operator("second", headless.Options{AnswerAfter: 50 * time.Millisecond})
	r.ring.Swallow()
	time.Sleep(time.Second)
	unseen := r.town.Call("+79162222222", ourNumber)
	begun := time.Now()
	time.Sleep(8 * time.Second)
	heard := w.Phone().Heard().Packets()
	time.Sleep(time.Second)
	if n := w.Phone().Heard().Packets() - heard; n < 35 {
		t.Errorf("%d packets in 1 s of the talk while the socket swallows, want about 50", n)
	}
	r.ring.Pass()
	r.eventually("the caller whom nobody saw is answered", 30*time.Second, func() bool { return vera.times("answered") == 1 })
	t.Logf("answered %s after the call came", time.Since(begun))
	if !r.stands(talk) || !r.stands(unseen) {
		t.Error("a client was dropped")
	}
	r.hangUp(unseen)
	r.callOf(admin, "+79162222222", "the end is seen by the new socket", 5*time.Second, ended)
}

// The spool's disk is full in mid-call: the call goes on, and its recording says why it failed.
func TestAFullSpool(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16m"); err != nil {
		t.Fatalf("mount a disk of 16 MB (the tests need root for it): %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	r := newRigApart(t, func(c *Config) { c.Data = dir })
	admin := r.somebody("administrator")
	w := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond})
	channel := r.town.Call("+79161111111", ourNumber)
	r.eventually("they talk", 10*time.Second, func() bool { return w.times("answered") == 1 })
	time.Sleep(time.Second)
	fill(t, filepath.Join(dir, "ballast"))
	time.Sleep(3 * time.Second)
	before := w.Phone().Heard().Packets()
	time.Sleep(time.Second)
	if n := w.Phone().Heard().Packets() - before; n < 35 {
		t.Errorf("%d packets in 1 s with a full disk, want about 50", n)
	}
	r.hangUp(channel)
	c := r.callOf(admin, "+79161111111", "the recording is marked", 15*time.Second, func(c callView) bool {
		return c.State == "ended" && c.Recording != nil && c.Recording.State == "failed"
	})
	if c.Recording.Reason != "disk_full" {
		t.Errorf("the reason is %q", c.Recording.Reason)
	}
}

// fill writes until nothing fits any more.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
}
