package main

import (
	"bytes"
	"context"
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
