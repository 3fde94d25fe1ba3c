package reports

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/crm/calls"
	"ringbook/crm/postgres/postgrestest"
)

// firm is a database with calls of a few weeks, as an administrator sees it.
type firm struct {
	t       *testing.T
	pool    *pgxpool.Pool
	reports *Store
	book    *calls.Book
	ctx     context.Context
	users   []string
}

func newFirm(t *testing.T) *firm {
	t.Helper()
	pool := postgrestest.New(t)
	people := access.New(pool, access.Options{})
	rights, _ := access.BuiltIn(access.Administrator)
	f := &firm{t: t, pool: pool, reports: New(pool, people, nil), book: calls.NewBook(calls.BookOptions{Pool: pool, Access: people}),
		ctx: crm.WithActor(context.Background(), crm.Actor{Rights: rights})}
	for i := range 3 {
		id := crm.NewID()
		f.exec("insert into users (id, email, name, role) values ($1, $2, $3, 'operator')", id, fmt.Sprintf("u%d@example.com", i), fmt.Sprintf("User %d", i))
		f.users = append(f.users, id)
	}
	return f
}

func (f *firm) exec(sql string, args ...any) {
	f.t.Helper()
	if _, err := f.pool.Exec(f.ctx, sql, args...); err != nil {
		f.t.Fatal(err)
	}
}

// call stores an ended call; talk by agents, in order, of so many seconds each.
func (f *firm) call(direction, phone, number string, at time.Time, wait int, answered bool, by string, talk map[string]int, source any) string {
	f.t.Helper()
	id := crm.NewIDAt(at)
	sum := 0
	for _, s := range talk {
		sum += s
	}
	var waiting, answer, agent any
	if direction == "inbound" && wait >= 0 {
		waiting = at
	}
	if answered {
		answer = at.Add(time.Duration(max(wait, 0)) * time.Second)
	}
	if by != "" {
		agent = by
	}
	f.exec(`insert into calls (id, version, direction, state, phone, number, started_at, waiting_at, answered_at, ended_at, end_reason, wait_seconds,
			talk_seconds, agent_id, queue, first_time, source_id)
		values ($1, 1, $2, 'ended', $3, $4, $5, $6, $7, $8, 'abandoned', $9, $10, $11, 'main',
			$3 <> '' and not exists (select from calls where phone = $3 and started_at < $5), $12)`, id, direction, phone, number, at, waiting, answer,
		at.Add(time.Duration(max(wait, 0)+sum)*time.Second), max(wait, 0), sum, agent, source)
	i := 0
	for who, s := range talk {
		f.exec(`insert into call_segments (call_id, position, kind, agent_id, from_at, to_at, seconds) values ($1, $2, 'talk', $3, $4, $4, $5)`, id, i, who, at, s)
		i++
	}
	return id
}

// random makes calls of every sort.
func (f *firm) random(n int) {
	r := rand.New(rand.NewPCG(1, 2))
	source := crm.NewID()
	f.exec("insert into sources (id, name) values ($1, 'Site')", source)
	start := time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)
	for range n {
		phone := ""
		if r.IntN(10) > 0 {
			phone = fmt.Sprintf("+7916000%04d", r.IntN(40))
		}
		who, other := f.users[r.IntN(2)], f.users[2]
		answered := r.IntN(3) > 0
		talk := map[string]int{}
		if answered {
			talk[who] = r.IntN(90)
			if r.IntN(4) == 0 {
				talk[other] = 5 + r.IntN(20)
			}
		}
		direction, by := "inbound", ""
		if r.IntN(5) == 0 {
			direction = "outbound"
		}
		if answered || direction == "outbound" {
			by = who
		}
		var from any
		if r.IntN(3) == 0 {
			from = source
		}
		id := f.call(direction, phone, fmt.Sprintf("+7495000000%d", r.IntN(2)), start.Add(time.Duration(r.IntN(15*24*3600))*time.Second),
			r.IntN(60)-5, answered, by, talk, from)
		if direction == "inbound" && !answered && r.IntN(2) == 0 {
			f.exec("update calls set called_back_at = ended_at + make_interval(secs => $2) where id = $1", id, r.IntN(5000))
		}
	}
}

func (f *firm) report(q Query) Report {
	f.t.Helper()
	r, err := f.reports.Calls(f.ctx, q)
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

// opened counts the calls that a cell opens.
func (f *firm) opened(query string) int {
	f.t.Helper()
	v, err := url.ParseQuery(query)
	if err != nil {
		f.t.Fatal(err)
	}
	var filter calls.Filter
	to := reflect.ValueOf(&filter).Elem()
	for i := range to.NumField() {
		to.Field(i).SetString(v.Get(to.Type().Field(i).Tag.Get("query")))
	}
	n, err := f.book.Count(f.ctx, filter)
	if err != nil {
		f.t.Fatal(err)
	}
	return n
}

var groupings = []string{"day", "hour", "number", "source", "agent", "queue"}

func TestEveryCellOpensExactlyItsCalls(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	f.random(300)
	for _, by := range groupings {
		for _, q := range []Query{{GroupBy: by}, {GroupBy: by, From: "2025-03-03", To: "2025-03-09", Number: "+74950000001"},
			{GroupBy: by, Agent: f.users[0], Direction: "inbound", From: "2025-03-04T10:00:00Z", To: "2025-03-06T10:00:00Z"}, {GroupBy: by, Source: "none", Hour: "7"}} {
			r := f.report(q)
			for _, row := range append(r.Rows, r.Total) {
				for code, cell := range row.Cells {
					if n := f.opened(cell.Filter); n != cell.Calls {
						t.Errorf("%+v: row %s, %s says %d calls, the list %s has %d", q, row.Key, code, cell.Calls, cell.Filter, n)
					}
				}
			}
		}
	}
}

func TestGroupsAddUpToTheTotal(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	f.random(300)
	for _, by := range groupings {
		r := f.report(Query{GroupBy: by, From: "2025-03-02", To: "2025-03-12"})
		if len(r.Rows) < 1 || *r.Total.Cells["calls"].Value == 0 {
			t.Fatalf("by %s there is nothing", by)
		}
		for _, formula := range r.Formulas {
			sum := 0.0
			for _, row := range r.Rows {
				if v := row.Cells[formula.Code].Value; v != nil {
					sum += *v
				}
			}
			if total := r.Total.Cells[formula.Code].Value; formula.Additive && sum != *total {
				t.Errorf("by %s %s adds up to %v, the total says %v", by, formula.Code, sum, *total)
			}
		}
		c := r.Total.Cells
		if *c["offered"].Value+*c["not_queued"].Value != *c["answered"].Value+*c["missed"].Value {
			t.Errorf("by %s: offered and not queued are not answered and missed", by)
		}
	}
}

func TestADayIsTheCompanys(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	f.call("inbound", "+79160000001", "+74950000001", time.Date(2025, 3, 3, 23, 30, 0, 0, time.UTC), 5, false, "", nil, nil)
	r := f.report(Query{GroupBy: "day", From: "2025-03-04", To: "2025-03-04"})
	if len(r.Rows) != 1 || *r.Rows[0].Cells["missed"].Value != 1 {
		t.Errorf("%+v", r.Rows)
	}
	if r := f.report(Query{GroupBy: "hour"}); *r.Rows[2].Cells["calls"].Value != 1 {
		t.Error("23:30 UTC is not Moscow's hour 2")
	}
}

func TestWaitsAreExactAndTalkIsWhoseItWas(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	at := time.Date(2025, 3, 3, 9, 0, 0, 0, time.UTC)
	var waits []int
	for i := range 11 {
		waits = append(waits, i*i)
		f.call("inbound", fmt.Sprintf("+7916000000%d", i%3), "+74950000001", at.Add(time.Duration(i)*time.Minute), i*i, true, f.users[0],
			map[string]int{f.users[0]: 10, f.users[1]: 20}, nil)
	}
	r := f.report(Query{GroupBy: "agent"})
	slices.Sort(waits)
	if got, want := *r.Total.Cells["wait_p90"].Value, float64(waits[9]); got != want { // the 10th of 11
		t.Errorf("90th percentile %v, want %v", got, want)
	}
	if got := *r.Total.Cells["wait_average"].Value; got != 35 {
		t.Errorf("average %v", got)
	}
	if *r.Total.Cells["unique_callers"].Value != 3 || *r.Total.Cells["first_time_callers"].Value != 3 {
		t.Errorf("callers %+v", r.Total.Cells)
	}
	talk := map[string]float64{}
	for _, row := range r.Rows {
		talk[row.Key] = *row.Cells["talk_seconds"].Value
	}
	if talk[f.users[0]] != 110 || talk[f.users[1]] != 220 || *r.Total.Cells["talk_seconds"].Value != 330 {
		t.Errorf("talk %v", talk)
	}
}

func TestAnExportIsAFileAndALineInTheAuditLog(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	f.random(20)
	b, err := f.reports.Export(f.ctx, Query{GroupBy: "number"}, "ru")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[0], "\uFEFFНомер;Звонки;") || !strings.HasPrefix(lines[1], "'+7495") || !strings.HasPrefix(lines[3], "Всего;") {
		t.Errorf("%s", b)
	}
	var n int
	if err := f.pool.QueryRow(f.ctx, "select count(*) from audit where action = 'report.exported'").Scan(&n); err != nil || n != 1 {
		t.Errorf("%d audit lines, %v", n, err)
	}
}

func TestEachFigureHasItsWordsInBothLanguages(t *testing.T) {
	t.Parallel()
	for language, w := range words {
		for _, f := range figures(30) {
			if w[f.Code] == "" {
				t.Errorf("%s has no word for %s", language, f.Code)
			}
		}
	}
}
