package main

import (
	"context"
	"encoding/binary"
	"io"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/crm/calls"
	"ringbook/crm/clients"
	"ringbook/crm/reports"
)

// figuresAgree holds what each call counts against its trail.
func figuresAgree(t *testing.T, d *demo) {
	d = d.of(t)
	if wrong := d.read(`select c.id::text, c.wait_seconds, c.talk_seconds, c.hold_seconds from calls c where
		c.talk_seconds <> (select coalesce(sum(seconds), 0) from call_segments s where s.call_id = c.id and s.kind = 'talk')
		or c.hold_seconds <> (select coalesce(sum(seconds), 0) from call_segments s where s.call_id = c.id and s.kind = 'hold')
		or c.wait_seconds <> case when c.direction = 'outbound' or c.waiting_at is null then 0
			else floor(extract(epoch from coalesce(c.answered_at, c.ended_at) - c.waiting_at)) end
		or c.direction = 'inbound' and c.answered_at is not null
			and c.wait_seconds <> (select sum(seconds) from call_segments s where s.call_id = c.id and s.kind = 'waiting')
		or jsonb_array_length(c.segments) <> (select count(*) from call_segments s where s.call_id = c.id)
		or c.state <> 'ended' or c.live is not null limit 5`); len(wrong) > 0 {
		t.Errorf("figures and trail differ: %v", wrong)
	}
	if wrong := d.read(`select c.id::text from calls c where c.client_id is not null
		and not exists (select from timeline l where l.kind = 'call' and l.object_id = c.id and l.client_id = c.client_id) limit 5`); len(wrong) > 0 {
		t.Errorf("calls that are on no timeline: %v", wrong)
	}
	if wrong := d.read(`select k.id::text from clients k where k.calls_count <> (select count(*) from calls c where c.client_id = k.id)
		or k.last_call_at is distinct from (select max(started_at) from calls c where c.client_id = k.id) limit 5`); len(wrong) > 0 {
		t.Errorf("clients whose calls are miscounted: %v", wrong)
	}
	if wrong := d.read(`select m.id::text from missed_calls m join calls c on c.id = m.closed_by
		where c.talk_seconds < 1 or c.answered_at is null or m.closed_at < m.opened_at 
			or c.client_id is distinct from m.client_id and not exists (select from client_phones p where p.client_id = c.client_id and p.e164 = m.phone) limit 5`); len(wrong) > 0 {
		t.Errorf("debts that no talk settled: %v", wrong)
	}
}

// recordingsPlay reads every recording from the bucket.
func recordingsPlay(t *testing.T, d *demo) {
	d = d.of(t)
	s3, err := d.config.openBucket()
	if err != nil {
		t.Fatal(err)
	}
	rows := d.read(`select r.key, r.size, r.duration_ms, round(extract(epoch from c.ended_at - c.answered_at) * 1000)::int8,
			(select string_agg(state, '>' order by position) from recording_states s where s.recording_id = r.id), r.peaks is not null, r.path
		from recordings r join calls c on c.id = r.call_id where r.state = 'verified' order by c.started_at desc`)
	if len(rows) != 30 {
		t.Fatalf("%d recordings are verified", len(rows))
	}
	for _, row := range rows {
		f := strings.Fields(row)
		if len(f) != 6 || f[4] != "capturing>spooled>uploading>verified" || f[5] != "true" {
			t.Fatalf("%q", row)
		}
		r, err := s3.Get(context.Background(), f[0], 0, -1)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		_ = r.Close()
		if err != nil || len(b) < 58 || string(b[:4]) != "RIFF" || string(b[8:16]) != "WAVEfmt " || binary.LittleEndian.Uint16(b[20:]) != 6 ||
			binary.LittleEndian.Uint16(b[22:]) != 2 || int(binary.LittleEndian.Uint32(b[54:])) != len(b)-58 {
			t.Fatalf("%s is no stereo A-law file: %v", f[0], err)
		}
		file, call := time.Duration(len(b)-58)*time.Second/16000, number(t, f[3])*time.Millisecond
		if off := file - call; off < -40*time.Millisecond || off > 40*time.Millisecond {
			t.Errorf("%s lasts %s, the call %s", f[0], file, call)
		}
		if call > 20*time.Second && (loud(b[58:], 0) == 0 || loud(b[58:], 1) == 0) {
			t.Errorf("%s: one side is silent: %d %% and %d %%", f[0], loud(b[58:], 0), loud(b[58:], 1))
		}
	}
	if later := d.read(`select c.id::text from calls c where c.answered_at is not null and not exists (select from recordings r where r.call_id = c.id)
		and c.ended_at > (select min(x.ended_at) from calls x join recordings r on r.call_id = x.id)`); len(later) > 0 {
		t.Errorf("answered later and not recorded: %v", later)
	}
}

// loud is how many of a hundred samples of one side are more than a whisper.
func loud(b []byte, side int) (percent int) {
	n := 0
	for i := side; i < len(b); i += 2 {
		if v := (b[i] ^ 0x55) & 0x7f; v > 0x30 {
			n++
		}
	}
	return n * 200 / len(b)
}

func number(t *testing.T, s string) (n time.Duration) {
	t.Helper()
	for _, r := range s {
		n = n*10 + time.Duration(r-'0')
	}
	return n
}

// nothingIsEmpty looks into every list, card and report.
func nothingIsEmpty(t *testing.T, d *demo) {
	d = d.of(t)
	ctx, people := system(context.Background()), access.New(d.pool, access.Options{})
	cards := clients.New(d.pool, people, clients.Options{})
	book := calls.NewBook(calls.BookOptions{Pool: d.pool, Access: people})
	cards.TimelineData("call", book.TimelineData)
	for _, f := range []clients.ListFilter{{}, {Kind: clients.Company}, {Unnamed: "only"}, {Query: "анна"}, {Tag: "vip"}, {Sort: "last_call"}, {Query: "8916"}} {
		f.Limit, f.Sort = 10, "new"
		page, err := cards.List(ctx, f)
		if err != nil || len(page.Items) == 0 {
			t.Errorf("clients %+v: %d, %v", f, len(page.Items), err)
		}
	}
	page, err := cards.List(ctx, clients.ListFilter{Sort: "last_call", Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if card, err := cards.Card(ctx, page.Items[0].ID); err != nil || len(card.Timeline) == 0 {
		t.Errorf("the card of the last caller: %+v, %v", card, err)
	}
	for _, f := range []calls.Filter{{}, {Missed: "true"}, {Direction: "outbound"}, {EndReason: "busy"}, {Outcome: "none"}, {Recorded: "true"}, {CalledBack: "true"}, {First: "true"}} {
		if n, err := book.Count(ctx, f); err != nil || n == 0 {
			t.Errorf("calls %+v: %d, %v", f, n, err)
		}
	}
	for _, state := range []string{"open", "closed"} {
		if page, err := book.Missed(ctx, calls.MissedFilter{State: state}, 10, ""); err != nil || len(page.Items) < 3 {
			t.Errorf("missed, %s: %d, %v", state, len(page.Items), err)
		}
	}
	for _, sql := range []string{"pause_reasons", "outcomes", "prefixes", "sources", "numbers", "teams", "audit", "client_notes", "client_emails"} {
		if n := d.read("select count(*) from " + sql); n[0] == "0" {
			t.Errorf("%s is empty", sql)
		}
	}
}

// cellsOpen holds every cell of the report, as each sort of person sees it, against the list that it opens.
func cellsOpen(t *testing.T, d *demo) {
	d = d.of(t)
	people := access.New(d.pool, access.Options{})
	book, report := calls.NewBook(calls.BookOptions{Pool: d.pool, Access: people}), reports.New(d.pool, people, nil)
	for _, role := range []string{access.Administrator, access.Supervisor, access.Operator} {
		rights, _ := access.BuiltIn(role)
		ctx := crm.WithActor(context.Background(), crm.Actor{User: d.read("select id::text from users where role = $1 order by created_at, id limit 1", role)[0], Rights: rights})
		for _, by := range []string{"day", "hour", "number", "source", "agent", "queue"} {
			r, err := report.Calls(ctx, reports.Query{GroupBy: by, From: "2026-02-16", To: "2026-03-02"})
			if err != nil {
				t.Fatal(err)
			}
			if *r.Total.Cells["calls"].Value == 0 || len(r.Rows) == 0 {
				t.Errorf("%s sees an empty report by %s", role, by)
			}
			opened := map[string]int{}
			for _, row := range append(slices.Clone(r.Rows), r.Total) {
				for code, cell := range row.Cells {
					n, known := opened[cell.Filter]
					if !known {
						if n, err = book.Count(ctx, filterOf(t, cell.Filter)); err != nil {
							t.Fatal(err)
						}
						opened[cell.Filter] = n
					}
					if n != cell.Calls {
						t.Errorf("%s, by %s: row %s, %s says %d calls, the list has %d", role, by, row.Label+row.Key, code, cell.Calls, n)
					}
				}
			}
			addUp(t, role+", by "+by, r)
		}
	}
}

// addUp holds the groups against the total row. Distinct callers do not add up, for one may call on two days: their total
// is at least the largest group's and at most the sum; shares, averages and percentiles are their own.
func addUp(t *testing.T, name string, r reports.Report) {
	t.Helper()
	for _, f := range r.Formulas {
		sum, most := 0.0, 0.0
		for _, row := range r.Rows {
			if v := row.Cells[f.Code].Value; v != nil {
				sum, most = sum+*v, max(most, *v)
			}
		}
		total := r.Total.Cells[f.Code].Value
		if f.Additive && (total == nil || sum != *total) {
			t.Errorf("%s: %s adds up to %v, the total says %v", name, f.Code, sum, total)
		}
		if f.Code == "unique_callers" && (*total < most || *total > sum) {
			t.Errorf("%s: %v unique callers in all, %v in the largest group, %v in the sum", name, *total, most, sum)
		}
	}
}

// filterOf reads the query of a cell as the API does.
func filterOf(t *testing.T, query string) (f calls.Filter) {
	t.Helper()
	v, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	to := reflect.ValueOf(&f).Elem()
	for i := range to.NumField() {
		name, _, _ := strings.Cut(to.Type().Field(i).Tag.Get("query"), ",")
		to.Field(i).SetString(v.Get(name))
		v.Del(name)
	}
	if len(v) > 0 {
		t.Fatalf("the list of calls has no filter for %v", v)
	}
	return f
}
