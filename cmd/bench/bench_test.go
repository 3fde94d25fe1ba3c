package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/signal"
	"testing"
)

// TestMain lets the test binary be the program, for it starts itself as a relay.
func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		defer stop()
		os.Exit(run(ctx, os.Args[1:], &environment{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}))
	}
	os.Exit(m.Run())
}

func TestSoundPassesBothWaysThroughTheGatewayAndTheNaiveRelay(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	args := []string{"media", "--legs", "2", "--seconds", "1", "--relays", "wire,gateway,naive", "--json"}
	if code := run(t.Context(), args, &environment{stdin: &bytes.Buffer{}, stdout: &out, stderr: t.Output()}); code != 0 {
		t.Fatalf("bench media ended with %d", code)
	}
	var report mediaReport
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Runs) != 3 || len(report.Missing) != 0 {
		t.Fatalf("three relays were asked for, the report says %s", out.String())
	}
	for _, r := range report.Runs {
		for name, f := range map[string]flow{"to the browser": r.Down, "to the leg": r.Up} {
			if f.Delay.N == 0 || f.Delay.N > f.Sent {
				t.Errorf("%s: %d of %d packets came %s", r.Relay, f.Delay.N, f.Sent, name)
			}
		}
	}
}
