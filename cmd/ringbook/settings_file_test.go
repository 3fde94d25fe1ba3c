package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is written is read back by us and by a shell as it was, whatever is in it.
func TestSettingsAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "env")
	values := map[string]string{"PLAIN": "a-b_c:1", "URL": "postgres://u:p@h/d?x=1&y=2", "WORDS": `Рога & "копыта"`, "SIGNS": "a$HOME`id`\\n'", "EMPTY": ""}
	f, err := readSettings(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range values {
		f.set(name, value)
	}
	if err := f.write(os.Getegid()); err != nil {
		t.Fatal(err)
	}
	if f, err = readSettings(path); err != nil {
		t.Fatal(err)
	}
	for name, want := range values {
		if got := f.get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
		out, err := exec.Command("sh", "-c", `. "$1"; eval "printf %s \"\$$2\""`, "sh", path, name).Output()
		if err != nil || string(out) != want {
			t.Errorf("a shell reads %s as %q, %v, want %q", name, out, err, want)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestAChangedSettingStaysWhereItStoodAndTheRestIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "env")
	text := "# ours\nA=1\n\n B = odd\nC='two words'\nA=2\n"
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := readSettings(path)
	if err != nil {
		t.Fatal(err)
	}
	f.set("A", "2")
	f.standard("C", "other")
	if len(f.changed) != 0 {
		t.Errorf("changed: %v", f.changed)
	}
	if err := f.write(0); err != nil {
		t.Fatal(err)
	}
	f.set("A", "3")
	if err := f.write(0); err != nil {
		t.Fatal(err)
	}
	now, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Replace(text, "A=2", "A=3", 1), string(now)); d != "" {
		t.Error(d)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("secrets can be read by everybody: %v, %v", info.Mode(), err)
	}
}

func TestASmallDiskIsWarnedOf(t *testing.T) {
	t.Parallel()
	c := Config{DiskHours: 50}
	fullDisk(t, &c)
	if detail, err := c.room(); err == nil || !strings.Contains(err.Error(), "data: room for 0 hours of talk; make room, 50 hours are wanted") || detail != "data: room for 0 hours of talk" {
		t.Errorf("%s, %v", detail, err)
	}
	c.DiskHours = 0
	if _, err := c.room(); err != nil {
		t.Error(err)
	}
}
