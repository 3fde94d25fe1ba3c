package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ringbook/softphone/headless"
)

// A service manager stops and starts Ringbook in a talk: what was recorded is on disk whole, and the next process goes on with it.
func TestAStopInATalkLeavesARecordingToGoOnWith(t *testing.T) {
	t.Parallel()
	r := newRigApart(t)
	admin := r.somebody("administrator")
	w := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond})
	talk := r.town.Call("+79161111111", ourNumber)
	r.eventually("they talk", 10*time.Second, func() bool { return w.times("answered") == 1 })
	time.Sleep(1500 * time.Millisecond)
	r.stop()
	files, _ := filepath.Glob(filepath.Join(r.env.spool(), "*.wav"))
	if len(files) != 1 {
		t.Fatalf("the spool holds %v", files)
	}
	info, err := os.Stat(files[0])
	if err != nil || info.Size() < 1200*16 {
		t.Errorf("%v of the recording is on disk (%v)", info, err)
	}
	var notes struct {
		Client int64 `json:"client_packets"`
	}
	text, err := os.ReadFile(strings.TrimSuffix(files[0], ".wav") + ".json")
	if err == nil {
		err = json.Unmarshal(text, &notes)
	}
	if err != nil || notes.Client < 50 {
		t.Errorf("the notes beside it: %s (%v)", text, err)
	}
	r.start()
	r.eventually("the sound is back", 10*time.Second, func() bool { return w.times("ready") > 1 })
	r.hears(w, 10*time.Second)
	time.Sleep(time.Second)
	r.hangUp(talk)
	c := r.callOf(admin, "+79161111111", "the recording is verified", 20*time.Second, verified)
	rec := r.recording(admin, c.Recording.ID)
	if want := c.EndedAt.Sub(*c.AnsweredAt).Seconds(); math.Abs(rec.Duration-want) > 0.04 {
		t.Errorf("the recording lasts %.3f s, the talk %.3f s", rec.Duration, want)
	}
	if len(rec.Gaps) == 0 {
		t.Error("the time without a listener is not marked")
	}
}

func TestServeSaysThatTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	r := newRigApart(t)
	r.stop()
	r.database.Refuse()
	out, code := command(t, r.env.Config, "serve")
	if code != 1 || !strings.Contains(out, "PostgreSQL does not answer, so Ringbook does not start") {
		t.Errorf("exit %d: %s", code, out)
	}
}
