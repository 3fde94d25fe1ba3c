package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"ringbook/crm/postgres/postgrestest"
)

// demo is a database with the demo company, filled by the command.
type demo struct {
	t      *testing.T
	config Config
	logins string
	pool   *pgxpool.Pool
}

func (d *demo) run(args ...string) (string, int) {
	var out bytes.Buffer
	c := d.config
	code := run(context.Background(), append([]string{"demo", "data", "--logins", d.logins, "--database-url", c.DatabaseURL, "--data", c.Data, "--s3-endpoint", c.S3Endpoint,
		"--s3-access-key", c.S3AccessKey, "--s3-secret-key", c.S3SecretKey, "--at", "2026-03-02T16:40:00Z"}, args...), &out, &out)
	return out.String(), code
}

func newDemo(t *testing.T) *demo {
	t.Helper()
	d := &demo{t: t, config: store(), logins: filepath.Join(t.TempDir(), "logins")}
	d.config.Data, d.config.DatabaseURL = t.TempDir(), postgrestest.URL(t)
	if err := os.WriteFile(d.logins, []byte("operator operator@here.example lantern-quay-41\nsupervisor supervisor@here.example zebra-harbour-72\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if out, code := d.run(); code != 0 {
		t.Fatalf("demo data ended with %d: %s", code, out)
	}
	t.Logf("demo data took %s", time.Since(begun).Round(10*time.Millisecond))
	pool, err := pgxpool.New(context.Background(), d.config.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	d.pool = pool
	return d
}

// of is the same database for another test.
func (d *demo) of(t *testing.T) *demo {
	c := *d
	c.t = t
	return &c
}

// read gives rows as lines of text.
func (d *demo) read(sql string, args ...any) []string {
	d.t.Helper()
	rows, _ := d.pool.Query(context.Background(), sql, args...)
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (string, error) {
		v, err := row.Values()
		return strings.TrimSpace(fmt.Sprintln(v...)), err
	})
	if err != nil {
		d.t.Fatalf("%s: %v", sql, err)
	}
	return list
}

func TestDemoDataFillsAnEmptyDatabaseOnce(t *testing.T) {
	t.Parallel()
	d := newDemo(t)
	text, err := os.ReadFile(d.logins)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if err != nil || len(lines) != 8 || lines[0] != "operator operator@here.example lantern-quay-41" ||
		!strings.HasPrefix(lines[1], "supervisor supervisor@here.example") || !strings.HasPrefix(lines[2], "administrator ") {
		t.Errorf("logins, %v:\n%s", err, text)
	}
	if out, code := d.run(); code != 1 || !strings.Contains(out, "holds clients already") {
		t.Errorf("the second run ended with %d: %s", code, out)
	}
	for _, part := range []struct {
		name  string
		check func(*testing.T, *demo)
	}{{"figures agree with segments", figuresAgree}, {"recordings play", recordingsPlay}, {"nothing is empty", nothingIsEmpty},
		{"cells open their calls", cellsOpen}, {"cells open their calls by HTTP", cellsOpenByHTTP}, {"jumps are heard", jumpsAreHeard}} {
		t.Run(part.name, func(t *testing.T) { part.check(t, d) })
	}
}

func TestTheSameSeedMakesTheSameRows(t *testing.T) {
	t.Parallel()
	a, b := newDemo(t), newDemo(t)
	for table, volatile := range map[string]string{"users": "password", "clients": "", "client_phones": "", "client_emails": "", "client_notes": "", "timeline": "",
		"calls": "outcome_id", "call_segments": "", "missed_calls": "", "recordings": "path,peaks,attempts", "recording_states": "", "sources": "", "numbers": "", "teams": ""} {
		sql := "select count(*), md5(string_agg(x::text, ',' order by x::text)) from (select to_jsonb(t) - array['created_at', 'updated_at'] - string_to_array($1, ',') as x from " + table + " t) x"
		if one, two := a.read(sql, volatile), b.read(sql, volatile); !slices.Equal(one, two) || strings.HasPrefix(one[0], "0 ") {
			t.Errorf("%s: %v and %v", table, one, two)
			rows := "select x::text from (select to_jsonb(t) - array['created_at', 'updated_at'] - string_to_array($1, ',') as x from " + table + " t) x order by 1"
			left, right := a.read(rows, volatile), b.read(rows, volatile)
			for i := range min(len(left), len(right)) {
				if left[i] != right[i] {
					t.Fatalf("the first that differs:\n%s\n%s", left[i], right[i])
				}
			}
		}
	}
}
