package reports

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/crm/calls"
)

// Store counts.
type Store struct {
	pool   *pgxpool.Pool
	access *access.Store
	clock  crm.Clock
}

// New makes the store over a pool.
func New(pool *pgxpool.Pool, people *access.Store, clock crm.Clock) *Store {
	return &Store{pool: pool, access: people, clock: clock}
}

// Query is what a report is about.
type Query struct {
	GroupBy   string `query:"group_by" enum:"day,hour,number,source,agent,queue" default:"day"`
	From      string `query:"from" maxLength:"40" doc:"Time (RFC 3339) or day of the company's zone"`
	To        string `query:"to" maxLength:"40" doc:"Time, or day which is included"`
	Hour      string `query:"hour" pattern:"^([01]?[0-9]|2[0-3])?$"`
	Number    string `query:"number" maxLength:"60"`
	Queue     string `query:"queue" maxLength:"60"`
	Source    string `query:"source"`
	Agent     string `query:"agent"`
	Client    string `query:"client"`
	Phone     string `query:"phone" maxLength:"60"`
	Direction string `query:"direction" enum:",inbound,outbound,internal"`
	Outcome   string `query:"outcome"`
	EndReason string `query:"end_reason" maxLength:"30"`
}

func (q Query) filter() calls.Filter {
	return calls.Filter{From: q.From, To: q.To, Hour: q.Hour, Number: q.Number, Queue: q.Queue, Source: q.Source, Agent: q.Agent,
		Client: q.Client, Phone: q.Phone, Direction: q.Direction, Outcome: q.Outcome, EndReason: q.EndReason, Ended: "true"}
}

// Cell is one figure of one row.
type Cell struct {
	Value  *float64 `json:"value" doc:"null: there is nothing to count it from"`
	Calls  int      `json:"calls" doc:"How many calls are behind it: as many as /calls lists for the filter"`
	Filter string   `json:"filter" doc:"Query of /calls that opens them"`
}

// Row is one group, or the total.
type Row struct {
	Key   string          `json:"key" doc:"Day, hour, number, ID ...; none: the calls without one"`
	Label string          `json:"label" doc:"Name of the key, empty when it is its own"`
	Cells map[string]Cell `json:"cells" doc:"By the figure's code"`
}

// Report is a table of figures.
type Report struct {
	GroupBy  string    `json:"group_by"`
	TimeZone string    `json:"time_zone"`
	Rows     []Row     `json:"rows"`
	Total    Row       `json:"total"`
	Formulas []Formula `json:"formulas" doc:"In the order of the columns"`
}

// group says how calls c are put together: the key, its name, and the order of the rows.
type group struct{ key, label string }

const none = "none"

func groupOf(by string, zone string) group {
	switch by {
	case "hour":
		return group{key: "extract(hour from c.started_at at time zone " + zone + ")::int::text"}
	case "number":
		return group{key: "c.number", label: "(select n.name from numbers n where n.e164 = t.key order by n.archived_at desc nulls first limit 1)"}
	case "source":
		return group{key: "c.source_id::text", label: "(select s.name from sources s where s.id::text = t.key)"}
	case "agent":
		return group{key: "c.agent_id::text", label: "(select u.name from users u where u.id::text = t.key)"}
	case "queue":
		return group{key: "c.queue"}
	}
	return group{key: "to_char(c.started_at at time zone " + zone + ", 'YYYY-MM-DD')"}
}

// Calls counts calls by the query, as far as the actor's right reaches.
func (s *Store) Calls(ctx context.Context, q Query) (r Report, err error) {
	company, err := s.access.Company(ctx)
	if err != nil {
		return r, err
	}
	frame, err := calls.FrameOf(company)
	if err != nil {
		return r, err
	}
	list := figuresFor(q.filter(), frame.Target)
	raw, err := s.count(ctx, q, frame, list)
	if err != nil {
		return r, err
	}
	r = Report{GroupBy: q.GroupBy, TimeZone: company.TimeZone, Rows: []Row{}, Total: Row{Key: "total"}}
	for _, f := range list {
		r.Formulas = append(r.Formulas, f.Formula)
	}
	r.Total.Cells = empty(list).cells(q, list, none, frame, true)
	for _, v := range raw {
		if v.Total {
			r.Total.Cells = v.cells(q, list, "", frame, true)
			continue
		}
		key := v.Key
		if key == "" {
			key = none
		}
		r.Rows = append(r.Rows, Row{Key: key, Label: v.Label, Cells: v.cells(q, list, key, frame, false)})
	}
	return s.complete(r, q, list, frame), nil
}

// counted is a row as it is read: values and calls behind them, in the order of the figures.
type counted struct {
	Key, Label string
	Total      bool
	Values     []*float64
	Behind     []int
}

func (s *Store) count(ctx context.Context, q Query, frame calls.Frame, list []figure) ([]counted, error) {
	sql, args, err := statement(ctx, q, frame, list)
	if err != nil {
		return nil, err
	}
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("counting calls by %s: %w", q.GroupBy, err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByPos[counted])
	if err != nil {
		return nil, fmt.Errorf("counting calls by %s: %w", q.GroupBy, err)
	}
	return out, nil
}

// statement writes the one pass: groups and total, and for agents who talked in it by the trail.
func statement(ctx context.Context, q Query, frame calls.Frame, list []figure) (string, []any, error) {
	args := []any{frame.Zone.String()}
	g := groupOf(q.GroupBy, "$1::text")
	condition, err := q.filter().Where(frame, &args)
	if err != nil {
		return "", nil, err
	}
	condition = "$1::text is not null and " + calls.Visible(crm.ActorFrom(ctx), "reports.read", &args) + " and " + condition
	values, behind := make([]string, len(list)), make([]string, len(list))
	for i, f := range list {
		values[i] = "(" + f.value + ")::float8"
		if behind[i] = f.behind; f.behind == "" {
			behind[i] = f.value
		}
	}
	counted := "select " + g.key + " as key, grouping(" + g.key + ") = 1 as total, array[" + strings.Join(values, ", ") + "] as values, array[" +
		strings.Join(behind, ", ") + "]::int[] as behind from calls c where " + condition + " group by grouping sets ((" + g.key + "), ())"
	label := "''"
	if g.label != "" {
		label = "coalesce(" + g.label + ", '')"
	}
	if q.GroupBy != "agent" {
		return "select coalesce(t.key, ''), " + label + ", t.total, t.values, t.behind from (" + counted + ") t order by t.total, t.key", args, nil
	}
	talk := slices.IndexFunc(list, func(f figure) bool { return f.Code == "talk_seconds" }) + 1
	// Arrays count from 1. Who only helped out has no calls of their own, and a row all the same.
	return fmt.Sprintf(`with own as (%s), trail as (
			select g.agent_id::text as key, sum(g.seconds)::float8 as talk, count(distinct c.id)::int as calls
			from calls c join call_segments g on g.call_id = c.id and g.kind = 'talk' where c.answered_at is not null and %s group by 1),
		t as (select coalesce(o.key, r.key) as key, coalesce(o.total, false) as total,
			case when o.total then o.values else coalesce(o.values[:%d], array_fill(null::float8, array[%d])) || coalesce(r.talk, 0) || coalesce(o.values[%d:], array_fill(null::float8, array[%d])) end as values,
			case when o.total then o.behind else coalesce(o.behind[:%d], array_fill(0, array[%d])) || coalesce(r.calls, 0) || coalesce(o.behind[%d:], array_fill(0, array[%d])) end as behind
			from own o full join trail r on case when o.total then 'total' else coalesce(o.key, '') end = coalesce(r.key, ''))
		select coalesce(t.key, ''), %s, t.total, t.values, t.behind from t order by t.total, 2, t.key`,
		counted, condition, talk-1, talk-1, talk+1, len(list)-talk, talk-1, talk-1, talk+1, len(list)-talk, label), args, nil
}

func empty(list []figure) counted {
	v := counted{Values: make([]*float64, len(list)), Behind: make([]int, len(list))}
	for i, f := range list {
		if f.Unit == unitCount || f.Additive {
			v.Values[i] = new(float64)
		}
	}
	return v
}

func (v counted) cells(q Query, list []figure, key string, frame calls.Frame, total bool) map[string]Cell {
	cells := make(map[string]Cell, len(list))
	for i, f := range list {
		filter := q.filter()
		if !total {
			narrow(&filter, q.GroupBy, key, frame)
			if q.GroupBy == "agent" && f.Code == "talk_seconds" {
				filter.Agent, filter.TalkedBy = q.Agent, key
			}
		}
		f.narrow(&filter)
		value := v.Values[i]
		if value == nil && (f.Unit == unitCount || f.Additive) {
			value = new(float64)
		}
		cells[f.Code] = Cell{Value: value, Calls: v.Behind[i], Filter: query(filter)}
	}
	return cells
}

// narrow limits the filter to one group.
func narrow(f *calls.Filter, by, key string, frame calls.Frame) {
	switch by {
	case "hour":
		f.Hour = key
	case "number":
		f.Number = key
	case "source":
		f.Source = key
	case "agent":
		f.Agent = key
	case "queue":
		f.Queue = key
	default:
		day, err := time.ParseInLocation(time.DateOnly, key, frame.Zone)
		if err != nil {
			return
		}
		f.From, f.To = later(f.From, key, day), sooner(f.To, key, day.AddDate(0, 0, 1))
	}
}

// later keeps the beginning of a period that begins within the day.
func later(from, key string, day time.Time) string {
	if t, err := time.Parse(time.RFC3339, from); err == nil && t.After(day) {
		return from
	}
	return key
}

func sooner(to, key string, end time.Time) string {
	if t, err := time.Parse(time.RFC3339, to); err == nil && t.Before(end) {
		return to
	}
	return key
}

// query writes a filter as the query of /calls.
func query(f calls.Filter) string {
	text, _ := json.Marshal(f) // plain strings always can be
	var fields map[string]string
	_ = json.Unmarshal(text, &fields)
	v := url.Values{}
	for name, value := range fields {
		v.Set(name, value)
	}
	return v.Encode()
}

// complete adds the hours and days on which nothing happened: a chart without them lies.
func (s *Store) complete(r Report, q Query, list []figure, frame calls.Frame) Report {
	var keys []string
	switch q.GroupBy {
	case "hour":
		if q.Hour != "" {
			return r
		}
		for h := range 24 {
			keys = append(keys, strconv.Itoa(h))
		}
	case "day":
		from, err := time.ParseInLocation(time.DateOnly, q.From, frame.Zone)
		to, err2 := time.ParseInLocation(time.DateOnly, q.To, frame.Zone)
		if err != nil || err2 != nil || to.Sub(from) > 400*24*time.Hour {
			return r
		}
		for day := from; !day.After(to); day = day.AddDate(0, 0, 1) {
			keys = append(keys, day.Format(time.DateOnly))
		}
	default:
		return r
	}
	there := map[string]Row{}
	for _, row := range r.Rows {
		there[row.Key] = row
	}
	r.Rows = r.Rows[:0]
	for _, key := range keys {
		row, ok := there[key]
		if !ok {
			row = Row{Key: key, Cells: empty(list).cells(q, list, key, frame, false)}
		}
		r.Rows = append(r.Rows, row)
	}
	return r
}
