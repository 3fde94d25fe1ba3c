package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ringbook/softphone/headless"
)

// One recording is in the bucket, one waits in the spool. Both, and everything else, are there again after a restore.
func TestABackupBringsEverythingBack(t *testing.T) {
	t.Parallel()
	r := newRigApart(t)
	admin := r.somebody("administrator")
	w := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond, HangUpAfter: 2 * time.Second})
	r.town.Call("+79161111111", ourNumber)
	first := r.callOf(admin, "+79161111111", "the first is in the bucket", 20*time.Second, verified)
	sounds := map[string][]byte{first.Recording.ID: r.audio(admin, first.Recording.ID)}
	r.s3.Refuse()
	r.town.Call("+79162222222", ourNumber)
	second := r.callOf(admin, "+79162222222", "the second waits in the spool", 20*time.Second, func(c callView) bool { return c.State == "ended" && c.Recording != nil })
	r.eventually("both talks are over", 5*time.Second, func() bool { return w.times("ended") == 2 })
	sounds[second.Recording.ID] = r.audio(admin, second.Recording.ID)
	greeting := filepath.Join(r.env.greetings(), "hello.wav")
	if err := replace(greeting, strings.NewReader("RIFF")); err != nil {
		t.Fatal(err)
	}
	if out, code := command(t, r.env.Config, "restore", t.TempDir()); code != 1 || !strings.Contains(out, "stop it before a restore") {
		t.Errorf("a restore under a running server: exit %d: %s", code, out)
	}
	r.stop()
	r.s3.Pass()
	dir := filepath.Join(t.TempDir(), "backup")
	for i, want := range []string{"1 objects, 1 of them new", "1 objects, 0 of them new"} {
		if out, code := command(t, r.env.Config, "backup", dir); code != 0 || !strings.Contains(out, "2 clients, 2 calls, 2 recordings") || !strings.Contains(out, want) {
			t.Fatalf("backup %d: exit %d: %s", i+1, code, out)
		}
	}
	if settings, err := os.ReadFile(ofBackup(t, dir, "settings")); err != nil || bytes.Contains(settings, []byte("test-secret")) || !bytes.Contains(settings, []byte("RINGBOOK_LISTEN=")) {
		t.Errorf("settings: %v\n%s", err, settings)
	}

	if out, code := command(t, r.env.Config, "restore", dir); code != 1 || !strings.Contains(out, "--force") {
		t.Errorf("a restore over data: exit %d: %s", code, out)
	}
	r.wipe(first.Recording.ID)
	r.env.Data = t.TempDir()
	for _, force := range []string{"false", "true"} { // a second one changes nothing, but must be forced
		out, code := command(t, r.env.Config, "restore", "--force="+force, dir)
		if code != 0 || !strings.Contains(out, "2 clients, 2 calls, 2 recordings; 1 objects") {
			t.Fatalf("restore: exit %d: %s", code, out)
		}
	}
	if text, err := os.ReadFile(filepath.Join(r.env.greetings(), "hello.wav")); err != nil || string(text) != "RIFF" {
		t.Errorf("the greeting: %q, %v", text, err)
	}
	r.start()
	r.ready()
	admin = r.somebody("administrator")
	for _, c := range []callView{first, second} {
		back := r.callOf(admin, c.Phone, "it is in the bucket", 20*time.Second, verified)
		if back.TalkSeconds != c.TalkSeconds || back.Client == nil || back.Client.ID != c.Client.ID || len(back.Segments) != len(c.Segments) {
			t.Errorf("was %+v\nis  %+v", c, back)
		}
		if got := r.audio(admin, back.Recording.ID); !bytes.Equal(got, sounds[back.Recording.ID]) {
			t.Errorf("%d bytes of sound, was %d", len(got), len(sounds[back.Recording.ID]))
		}
	}
}

func TestADamagedBackupIsNotRestored(t *testing.T) {
	t.Parallel()
	r := newRigApart(t)
	r.stop()
	dir := t.TempDir()
	if out, code := command(t, r.env.Config, "backup", dir); code != 0 {
		t.Fatalf("backup: exit %d: %s", code, out)
	}
	dump := ofBackup(t, dir, "database.dump")
	text, err := os.ReadFile(dump)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2] ^= 1
	if err := os.WriteFile(dump, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := command(t, r.env.Config, "restore", "--force", dir); code != 1 || !strings.Contains(out, "database.dump of the backup is not what was put there") {
		t.Errorf("exit %d: %s", code, out)
	}
	r.start()
	r.ready()
	r.somebody("administrator")
}

// ofBackup finds a file that one backup alone has. There is one backup in the folder.
func ofBackup(t *testing.T, dir, name string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*", name))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s of the backup: %v, %v", name, found, err)
	}
	return found[0]
}

// wipe loses the database's tables and some recordings.
func (r *rig) wipe(ids ...string) {
	r.t.Helper()
	r.sql("drop schema public cascade")
	r.sql("create schema public")
	objects, err := r.env.openBucket()
	if err != nil {
		r.t.Fatal(err)
	}
	for _, id := range ids {
		if err := objects.Delete(context.Background(), "recordings/"+id+".wav"); err != nil {
			r.t.Fatal(err)
		}
		if _, err := objects.Stat(context.Background(), "recordings/"+id+".wav"); err == nil {
			r.t.Fatal("the recording is still in the bucket")
		}
	}
}
