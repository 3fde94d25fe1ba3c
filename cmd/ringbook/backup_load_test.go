package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ringbook/softphone/headless"
)

// Calls come, are talked and end all the time while a backup is made, then a second one, then a third one that fails half-way. Everything
// is lost and brought back: what was over when the second began is as it was, and nothing that it caught in the middle stays unfinished.
func TestABackupUnderLoadBringsBackWhatWasOver(t *testing.T) {
	t.Parallel()
	r := newRigApart(t)
	admin := r.somebody("administrator")
	for _, name := range []string{"operator", "second", "third"} {
		r.operator(name, headless.Options{AnswerAfter: 50 * time.Millisecond, HangUpAfter: 1500 * time.Millisecond})
	}
	flow := r.flow()
	dir := filepath.Join(t.TempDir(), "backup")
	r.eventually("six recordings are in the bucket", 60*time.Second, func() bool { return len(kept(r.calls(admin))) >= 6 })
	r.backUp(dir)
	had := map[string]callView{}
	sounds := map[string][]byte{}
	r.eventually("six more are", 60*time.Second, func() bool { return len(kept(r.calls(admin))) >= 12 })
	for _, c := range kept(r.calls(admin)) {
		had[c.ID], sounds[c.ID] = c, r.audio(admin, c.Recording.ID)
	}
	live := 0
	for _, c := range r.calls(admin) {
		if !ended(c) {
			live++
		}
	}
	if r.backUp(dir); live == 0 {
		t.Error("nobody called while the backup was made")
	}
	before := len(kept(r.calls(admin)))
	r.eventually("one more is", 30*time.Second, func() bool { return len(kept(r.calls(admin))) > before })
	r.s3.Refuse()
	if out, code := command(t, r.env.Config, "backup", dir); code != 1 {
		t.Errorf("a backup without the bucket: exit %d: %s", code, out)
	}
	flow.end()
	var ids []string
	for _, c := range r.calls(admin) {
		if c.Recording != nil {
			ids = append(ids, c.Recording.ID)
		}
	}
	r.kill()
	r.s3.Pass()
	r.wipe(ids...)
	key := filepath.Join(r.env.Data, "secret.key")
	r.env.Data = t.TempDir()
	if err := copyFile(key, filepath.Join(r.env.Data, "secret.key")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if out, code := command(t, r.env.Config, "restore", dir); code != 0 {
		t.Fatalf("restore: exit %d: %s", code, out)
	}
	r.start()
	r.ready()
	admin = r.somebody("administrator")
	r.asBefore(admin, had, sounds)
}

// asBefore says that what was over is as it was, and that what was caught in the middle comes to an end.
func (r *rig) asBefore(admin *headless.Operator, had map[string]callView, sounds map[string][]byte) {
	r.t.Helper()
	var list []callView
	defer func() {
		if r.t.Failed() {
			r.t.Logf("the calls: %+v", list)
		}
	}()
	r.eventually("every call has an end and every recording is in the bucket", 60*time.Second, func() bool {
		list = r.calls(admin)
		for _, c := range list {
			if !ended(c) || c.Recording != nil && c.Recording.State != "verified" {
				return false
			}
		}
		return true
	})
	back := map[string]callView{}
	for _, c := range list {
		back[c.ID] = c
	}
	for id, was := range had {
		c, ok := back[id]
		if !ok || c.TalkSeconds != was.TalkSeconds || c.EndReason != was.EndReason || c.Client == nil || c.Client.ID != was.Client.ID || len(c.Segments) != len(was.Segments) {
			r.t.Errorf("was %+v\nis  %+v", was, c)
			continue
		}
		if got := r.audio(admin, c.Recording.ID); !bytes.Equal(got, sounds[id]) {
			r.t.Errorf("%d bytes of sound, was %d", len(got), len(sounds[id]))
		}
	}
	r.t.Logf("%d calls are back, %d of them were over", len(list), len(had))
}

// kept are the calls whose recordings are in the bucket.
func kept(list []callView) (out []callView) {
	for _, c := range list {
		if verified(c) {
			out = append(out, c)
		}
	}
	return out
}

// backUp makes a backup that must succeed.
func (r *rig) backUp(dir string) {
	r.t.Helper()
	if out, code := command(r.t, r.env.Config, "backup", dir); code != 0 {
		r.t.Fatalf("backup: exit %d: %s", code, strings.TrimSpace(out))
	}
}

// flow is an endless row of callers.
type flow struct{ stop, over chan struct{} }

// flow lets somebody call three times a second, until it is ended.
func (r *rig) flow() *flow {
	f := &flow{stop: make(chan struct{}), over: make(chan struct{})}
	go func() {
		defer close(f.over)
		tick := time.NewTicker(350 * time.Millisecond)
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-f.stop:
				return
			case <-tick.C:
				r.town.Call(fmt.Sprintf("+7916222%04d", i), ourNumber)
			}
		}
	}()
	r.t.Cleanup(f.end)
	return f
}

func (f *flow) end() {
	select {
	case <-f.stop:
	default:
		close(f.stop)
	}
	<-f.over
}
