package main

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"testing"
	"time"
)

func TestARunningServerHearsWhatAnotherProcessChanged(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var out bytes.Buffer
	if code := run(context.Background(), []string{"user", "add", "--database-url", r.env.DatabaseURL, "--email", "new@ringbook.example", "--name", "Newcomer",
		"--password", "eleven grey herons"}, &out, &out); code != 0 {
		t.Fatal(out.String())
	}
	if _, err := r.server.pool.Exec(context.Background(), "insert into numbers (id, e164, name) values (gen_random_uuid(), '+74955559999', 'By another process')"); err != nil {
		t.Fatal(err)
	}
	if err := tellChanged(context.Background(), r.server.pool); err != nil {
		t.Fatal(err)
	}
	r.eventually("the number is known", 5*time.Second, func() bool { return slices.Contains(r.server.ownNumbers(), "+74955559999") })
}

func TestWhoLostTheDeviceOfTheirCodesIsLetInAgainFromTheCommandLine(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	before := r.browser("administrator")
	_, err := r.server.pool.Exec(context.Background(), "insert into second_steps (user_id, secret, since) select id, 'lost', now() from users where email = 'administrator@ringbook.example'")
	if err != nil {
		t.Fatal(err)
	}
	login := map[string]any{"email": "administrator@ringbook.example", "password": password}
	if res := before.do(http.MethodPost, "/login", login); res.StatusCode != http.StatusUnauthorized {
		t.Fatalf("without a code: %s", res.Status)
	}
	var out bytes.Buffer
	if code := run(context.Background(), []string{"user", "reset", "--database-url", r.env.DatabaseURL, "Administrator@ringbook.example"}, &out, &out); code != 0 {
		t.Fatal(out.String())
	}
	if !before.closed() {
		t.Error("an earlier login outlives the reset")
	}
	if res := before.do(http.MethodPost, "/login", login); res.StatusCode != http.StatusOK {
		t.Errorf("by the password alone: %s", res.Status)
	}
}
