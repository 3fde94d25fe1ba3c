package calls

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm/postgres/postgrestest"
	"ringbook/telephony"
)

// server is a connection to another database of the same PostgreSQL, and the name of the office's.
func (o *office) server() (admin *pgx.Conn, database string) {
	o.t.Helper()
	ctx := context.Background()
	admin, err := pgx.Connect(ctx, os.Getenv(postgrestest.Variable))
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { _ = admin.Close(ctx) })
	return admin, o.pool.Config().ConnConfig.Database
}

// eventually asks the server until the answer is yes.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	limit := time.Now().Add(10 * time.Second)
	for !ok() {
		if time.Now().After(limit) {
			t.Fatalf("not in time: %s", what)
		}
		<-time.After(10 * time.Millisecond)
	}
}

func TestADatabaseThatStopsInTheMiddleOfAnEndLosesNothingAndStoresItOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ctx := context.Background()
	anna, client := o.user("anna"), o.client("+79161234567")
	o.end(missedCall("+79161234567", noon))
	admin, database := o.server()
	do := func(sql string, args ...any) {
		t.Helper()
		if _, err := admin.Exec(ctx, sql, args...); err != nil {
			t.Fatal(err)
		}
	}

	// The end writes the call, and then waits for the table of segments.
	config := o.pool.Config().ConnConfig.Copy()
	holder, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = holder.Close(ctx) }()
	if _, err := holder.Exec(ctx, "begin; lock table call_segments in access exclusive mode"); err != nil {
		t.Fatal(err)
	}
	c := talk(telephony.Inbound, anna, "+79161234567", noon.Add(time.Hour), time.Minute)
	o.desk.CallChanged(c)
	eventually(t, "the end waits in its transaction", func() bool {
		var n int
		err := admin.QueryRow(ctx, "select count(*) from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'", database).Scan(&n)
		return err == nil && n == 1
	})

	// The database goes, and takes the transaction with it.
	do("alter database " + database + " allow_connections false")
	do("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", database)
	eventually(t, "the desk sees it", o.desk.Away)
	journal := filepath.Join(o.spool, "unsaved.jsonl")
	eventually(t, "the end stands in the journal", func() bool {
		text, err := os.ReadFile(journal)
		return err == nil && len(text) > 0
	})
	o.stop() // and the process as well
	if text, err := os.ReadFile(journal); err != nil || len(text) == 0 {
		t.Fatalf("the journal holds %q, %v", text, err)
	}
	o.open()
	do("alter database " + database + " allow_connections true")
	o.wait("call", string(c.ID))

	if got := o.read("select state, talk_seconds, client_id::text from calls where id = $1", string(c.ID)); got != "[ended 60 "+client+"]" {
		t.Errorf("the call is %s", got)
	}
	for what, sql := range map[string]string{"segments": "select kind from call_segments where call_id = $1 order by position",
		"timeline": "select kind from timeline where object_id = $1", "debt": "select reason from missed_calls where closed_by = $1"} {
		want := map[string]string{"segments": "[waiting talk]", "timeline": "[call]", "debt": "[talked]"}[what]
		if got := o.read(sql, string(c.ID)); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	eventually(t, "the journal is empty again", func() bool {
		text, err := os.ReadFile(journal)
		return err == nil && len(text) == 0
	})
}
