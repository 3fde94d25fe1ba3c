package reports

import (
	"fmt"

	"ringbook/crm/calls"
)

// The units of figures.
const (
	unitCount   = "count"
	unitShare   = "share"
	unitSeconds = "seconds"
)

// Formula explains a figure; the words are the browser's, by the code.
type Formula struct {
	Code     string         `json:"code"`
	Unit     string         `json:"unit" enum:"count,share,seconds"`
	Additive bool           `json:"additive" doc:"The rows add up to the total"`
	Text     string         `json:"text" doc:"Code of the formula's words"`
	LeftOut  string         `json:"left_out" doc:"Code of what it leaves out; empty: nothing"`
	Params   map[string]any `json:"params"`
}

// figure is one metric: how it is counted in SQL over calls c, how many calls are behind it, and the filter that opens them.
type figure struct {
	Formula
	value  string // SQL of the value
	behind string // SQL of the number of calls behind it; empty: the value itself
	narrow func(f *calls.Filter)
}

func when(condition string) string { return "count(*) filter (where " + condition + ")" }

// figures are the call report's, by metrics.md: offered 1, answered 2, abandon share 5, wait 10, talk 13 as a sum,
// missed 28, call-back time 29, and of call tracking the callers and target calls.
func figures(target int) []figure {
	const answered = calls.Offered + " and c.answered_at is not null"
	isTarget := fmt.Sprintf("c.direction = 'inbound' and c.talk_seconds >= %d", target)
	list := []figure{
		{Formula{Code: "calls", Unit: unitCount, Additive: true}, "count(*)", "", func(*calls.Filter) {}},
		{Formula{Code: "offered", Unit: unitCount, Additive: true, LeftOut: "not_queued"}, when(calls.Offered), "",
			func(f *calls.Filter) { f.Offered = "true" }},
		{Formula{Code: "answered", Unit: unitCount, Additive: true}, when(answered), "",
			func(f *calls.Filter) { f.Offered, f.Answered = "true", "true" }},
		{Formula{Code: "not_queued", Unit: unitCount, Additive: true}, when("c.missed and not (" + calls.Offered + ")"), "",
			func(f *calls.Filter) { f.Missed, f.Offered = "true", "false" }},
		{Formula{Code: "missed", Unit: unitCount, Additive: true}, when("c.missed"), "",
			func(f *calls.Filter) { f.Missed = "true" }},
		{Formula{Code: "unanswered_share", Unit: unitShare, LeftOut: "not_queued"},
			"(" + when(calls.Offered+" and c.answered_at is null") + ")::float8 / nullif(" + when(calls.Offered) + ", 0)",
			when(calls.Offered + " and c.answered_at is null"), func(f *calls.Filter) { f.Offered, f.Answered = "true", "false" }},
		{Formula{Code: "unique_callers", Unit: unitCount, LeftOut: "withheld"},
			"count(distinct c.phone) filter (where c.direction = 'inbound' and c.phone <> '')", "", func(f *calls.Filter) { f.Unique = "true" }},
		{Formula{Code: "first_time_callers", Unit: unitCount, Additive: true, LeftOut: "withheld"}, when("c.direction = 'inbound' and c.first_time"), "",
			func(f *calls.Filter) { f.First = "true" }},
		{Formula{Code: "target_calls", Unit: unitCount, Additive: true, Params: map[string]any{"target_seconds": target}}, when(isTarget), "",
			func(f *calls.Filter) { f.Target = "true" }},
		{Formula{Code: "wait_average", Unit: unitSeconds, LeftOut: "not_queued"},
			"(avg(c.wait_seconds) filter (where " + calls.Offered + "))::float8", when(calls.Offered), func(f *calls.Filter) { f.Offered = "true" }},
		{Formula{Code: "wait_p90", Unit: unitSeconds, LeftOut: "not_queued", Params: map[string]any{"percentile": 90}},
			"percentile_disc(0.9) within group (order by c.wait_seconds) filter (where " + calls.Offered + ")", when(calls.Offered),
			func(f *calls.Filter) { f.Offered = "true" }},
		{Formula{Code: "talk_seconds", Unit: unitSeconds, Additive: true}, "coalesce(sum(c.talk_seconds) filter (where c.answered_at is not null), 0)",
			when("c.answered_at is not null"), func(f *calls.Filter) { f.Answered = "true" }},
		{Formula{Code: "callback_median", Unit: unitSeconds, LeftOut: "not_called_back"},
			"percentile_disc(0.5) within group (order by extract(epoch from c.called_back_at - c.ended_at)) filter (where c.missed and c.called_back_at is not null)",
			when("c.missed and c.called_back_at is not null"), func(f *calls.Filter) { f.CalledBack = "true" }},
		{Formula{Code: "outbound", Unit: unitCount, Additive: true}, when("c.direction = 'outbound'"), "",
			func(f *calls.Filter) { f.Direction = "outbound" }},
		{Formula{Code: "outbound_answered", Unit: unitCount, Additive: true}, when("c.direction = 'outbound' and c.answered_at is not null"), "",
			func(f *calls.Filter) { f.Direction, f.Answered = "outbound", "true" }},
	}
	for i := range list {
		list[i].Text = "report.formula." + list[i].Code
		if list[i].LeftOut != "" {
			list[i].LeftOut = "report.left_out." + list[i].LeftOut
		}
		if list[i].Params == nil {
			list[i].Params = map[string]any{}
		}
	}
	return list
}

// figuresFor leaves out what the filter excludes by its nature: calls out of a report on calls in.
func figuresFor(f calls.Filter, target int) []figure {
	var out []figure
	for _, g := range figures(target) {
		narrowed := f
		g.narrow(&narrowed)
		if f.Direction != "" && narrowed.Direction != f.Direction {
			continue
		}
		out = append(out, g)
	}
	return out
}
