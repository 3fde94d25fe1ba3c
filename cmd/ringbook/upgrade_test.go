package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/softphone/headless"
)

// withMigration writes what go build -overlay takes to have one more migration.
func withMigration(t *testing.T, sql string) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "next.sql")
	if err := os.WriteFile(file, []byte("-- +goose Up\n"+sql+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(top(t), "crm/postgres/migrations/999_next.sql"): file}})
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return overlay
}

// newer builds the program as it will be with one more migration.
func newer(t *testing.T, sql string) string {
	t.Helper()
	overlay := withMigration(t, sql)
	program := filepath.Join(t.TempDir(), "ringbook")
	cmd := exec.Command("go", "build", "-overlay", overlay, "-ldflags", "-X main.version=next", "-o", program, "./cmd/ringbook")
	cmd.Dir = top(t)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return program
}

// Twenty calls are live while a new version comes: its migration runs beside the old process, which is then killed, and the new one
// carries the calls on. Before that, a version whose migration fails changes nothing; after it, the old version is refused.
func TestAnUpgradeUnderTwentyCallsDropsNobody(t *testing.T) {
	t.Parallel()
	broken := newer(t, "alter table calls add column upgraded boolean;\nselect 1 / 0;")
	next := newer(t, "alter table calls add column upgraded boolean not null default true;")
	r := newRigApart(t)
	admin := r.somebody("administrator")
	var talking []*worker
	for _, name := range []string{"operator", "second", "third"} {
		talking = append(talking, r.operator(name, headless.Options{AnswerAfter: 50 * time.Millisecond}))
	}
	channels := map[string]string{}
	for i := range 20 {
		phone := fmt.Sprintf("+791611111%02d", i)
		channels[phone] = r.town.Call(phone, ourNumber)
	}
	r.eventually("three talk and the others wait", 30*time.Second, func() bool {
		states := map[string]int{}
		for _, c := range r.calls(admin) {
			states[c.State]++
		}
		return states["talking"] == 3 && states["waiting"] == 17
	})
	if out, code := commandOf(t, broken, r.env.Config, "migrate"); code != 1 || !strings.Contains(out, "version:999") {
		t.Errorf("a migration that fails: exit %d: %s", code, out)
	}
	if n := r.count("select count(*) from information_schema.columns where table_name = 'calls' and column_name = 'upgraded'"); n != 0 {
		t.Error("a migration that failed left something behind")
	}
	r.serves(admin, channels) // the old version is at work, as if nothing had been
	if out, code := commandOf(t, next, r.env.Config, "migrate"); code != 0 {
		t.Fatalf("the new migration: exit %d: %s", code, out)
	}
	r.serves(admin, channels)
	old := r.program
	r.kill()
	begun := time.Now()
	r.program = next
	r.start()
	for _, w := range talking {
		r.eventually("the socket is back", 15*time.Second, func() bool { return w.times("lost") > 0 && w.times("ready") > 1 })
		r.hears(w, 10*time.Second)
	}
	t.Logf("sound was back %s after the new version's start", time.Since(begun))
	r.serves(admin, channels)
	for _, channel := range channels {
		r.hangUp(channel)
	}
	r.eventually("every call is over", 30*time.Second, func() bool {
		n := 0
		for _, c := range r.calls(admin) {
			if c.State == "ended" {
				n++
			}
		}
		return n == 20
	})
	r.stop()
	if out, code := commandOf(t, old, r.env.Config, "serve"); code != 1 || !strings.Contains(out, "newer version") {
		t.Errorf("a step back: exit %d: %s", code, out)
	}
}

// serves says that every client is still connected, that the list has each call once, and that none of them ended.
func (r *rig) serves(admin *headless.Operator, channels map[string]string) {
	r.t.Helper()
	for phone, channel := range channels {
		if !r.stands(channel) {
			r.t.Errorf("%s was dropped", phone)
		}
	}
	list := r.calls(admin)
	for _, c := range list {
		if c.State == "ended" {
			r.t.Errorf("a call ended: %+v", c)
		}
	}
	if len(list) != len(channels) {
		r.t.Errorf("%d calls in the list, want %d", len(list), len(channels))
	}
}

// count asks the database for a number.
func (r *rig) count(sql string) (n int) {
	r.t.Helper()
	conn, err := pgx.Connect(context.Background(), r.env.DatabaseURL)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if err := conn.QueryRow(context.Background(), sql).Scan(&n); err != nil {
		r.t.Fatal(err)
	}
	return n
}
