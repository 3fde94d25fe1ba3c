package calls

import (
	"fmt"
	"strings"
	"time"

	"ringbook/crm"
	"ringbook/crm/access"
)

// Filter chooses calls. Every field narrows; the zero Filter is all calls. Reports are counted and opened by the same filter.
// IDs may be "none": the calls that have none.
type Filter struct {
	Phone      string `query:"phone" json:"phone,omitempty" maxLength:"60" doc:"In any form, or its first or last digits"`
	Client     string `query:"client" json:"client,omitempty" doc:"ID or none"`
	Agent      string `query:"agent" json:"agent,omitempty" doc:"ID of who had the call, or none"`
	TalkedBy   string `query:"talked_by" json:"talked_by,omitempty" doc:"ID of somebody who talked in it, or none"`
	Number     string `query:"number" json:"number,omitempty" maxLength:"60" doc:"Ours, E.164"`
	Trunk      string `query:"trunk" json:"trunk,omitempty" doc:"ID of the line to a provider, or none"`
	Queue      string `query:"queue" json:"queue,omitempty" maxLength:"60"`
	Source     string `query:"source" json:"source,omitempty" doc:"ID or none"`
	From       string `query:"from" json:"from,omitempty" maxLength:"40" doc:"Time (RFC 3339) or day of the company's zone; begun then or later"`
	To         string `query:"to" json:"to,omitempty" maxLength:"40" doc:"Time, or day which is included; begun before"`
	Hour       string `query:"hour" json:"hour,omitempty" pattern:"^([01]?[0-9]|2[0-3])?$" doc:"Of the company's clock"`
	Direction  string `query:"direction" json:"direction,omitempty" enum:",inbound,outbound,internal"`
	Outcome    string `query:"outcome" json:"outcome,omitempty" doc:"ID or none"`
	EndReason  string `query:"end_reason" json:"end_reason,omitempty" maxLength:"30"`
	Ended      string `query:"ended" json:"ended,omitempty" enum:",true,false"`
	Missed     string `query:"missed" json:"missed,omitempty" enum:",true,false" doc:"Inbound and answered by nobody"`
	Answered   string `query:"answered" json:"answered,omitempty" enum:",true,false"`
	Offered    string `query:"offered" json:"offered,omitempty" enum:",true,false" doc:"Inbound that came as far as the queue, or was answered"`
	First      string `query:"first" json:"first,omitempty" enum:",true,false" doc:"Inbound, and the first call ever with this phone"`
	Target     string `query:"target" json:"target,omitempty" enum:",true,false" doc:"Inbound with as much talk as the company counts"`
	Unique     string `query:"unique" json:"unique,omitempty" enum:",true" doc:"Inbound, and of each phone only the first call that the rest of the filter lets through"`
	CalledBack string `query:"called_back" json:"called_back,omitempty" enum:",true,false" doc:"Missed and called back"`
	Recorded   string `query:"recorded" json:"recorded,omitempty" enum:",true,false"`
	Debt       string `query:"debt" json:"debt,omitempty" doc:"ID of a missed call: all the calls that it is made of"`
}

// Offered is the condition on calls c that are offered: inbound, and they came as far as the queue. What the fallback
// answered while Ringbook was away counts, though no queue saw it.
const Offered = "c.direction = 'inbound' and (c.waiting_at is not null or c.answered_at is not null)"

// Frame is what a filter needs to know of the company.
type Frame struct {
	Country string
	Zone    *time.Location
	Target  int // seconds
}

// FrameOf takes the frame out of the company.
func FrameOf(c access.Company) (Frame, error) {
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return Frame{}, fmt.Errorf("loading the company's time zone: %w", err)
	}
	return Frame{c.Country, zone, c.TargetSeconds}, nil
}

// where gathers conditions; a question mark stands for the argument.
type where struct {
	sql  []string
	args *[]any
}

func (w *where) add(condition string, args ...any) {
	for _, a := range args {
		*w.args = append(*w.args, a)
		condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(*w.args)), 1)
	}
	w.sql = append(w.sql, condition)
}

// String joins the conditions.
func (w *where) String() string {
	if len(w.sql) == 0 {
		return "true"
	}
	return strings.Join(w.sql, " and ")
}

func (w *where) flag(value, yes string) {
	switch value {
	case "true":
		w.add("(" + yes + ")")
	case "false":
		w.add("not coalesce((" + yes + "), false)")
	}
}

func (w *where) ref(field, value, column string) error {
	switch {
	case value == "":
	case value == "none":
		w.add(column + " is null")
	case crm.IsID(value):
		w.add(column+" = ?::uuid", value)
	default:
		return crm.Invalid("bad_filter", crm.Params{"field": field})
	}
	return nil
}

// Where writes the filter, but for Unique, as a condition on calls c; what it needs is appended to the query's arguments.
// Unique is for the caller, when everything else that narrows is known.
func (f Filter) Where(frame Frame, args *[]any) (string, error) {
	w := &where{args: args}
	for _, r := range []struct{ field, value, column string }{{"client", f.Client, "c.client_id"}, {"agent", f.Agent, "c.agent_id"},
		{"source", f.Source, "c.source_id"}, {"outcome", f.Outcome, "c.outcome_id"}, {"debt", f.Debt, "c.missed_id"}, {"trunk", f.Trunk, "c.trunk_id"}} {
		if err := w.ref(r.field, r.value, r.column); err != nil {
			return "", err
		}
	}
	if err := f.talkedBy(w); err != nil {
		return "", err
	}
	if err := f.times(w, frame); err != nil {
		return "", err
	}
	f.phones(w, frame)
	f.kinds(w, frame)
	return w.String(), nil
}

func (f Filter) talkedBy(w *where) error {
	const talks = "select from call_segments g where g.call_id = c.id and g.kind = 'talk'"
	switch {
	case f.TalkedBy == "":
	case f.TalkedBy == "none":
		w.add("exists (" + talks + " and g.agent_id is null)")
	case crm.IsID(f.TalkedBy):
		w.add("exists ("+talks+" and g.agent_id = ?::uuid)", f.TalkedBy)
	default:
		return crm.Invalid("bad_filter", crm.Params{"field": "talked_by"})
	}
	return nil
}

func (f Filter) times(w *where, frame Frame) error {
	from, err := moment(f.From, frame.Zone, false)
	if err != nil {
		return crm.Invalid("bad_filter", crm.Params{"field": "from"})
	}
	to, err := moment(f.To, frame.Zone, true)
	if err != nil {
		return crm.Invalid("bad_filter", crm.Params{"field": "to"})
	}
	if !from.IsZero() {
		w.add("c.started_at >= ?", from)
	}
	if !to.IsZero() {
		w.add("c.started_at < ?", to)
	}
	if f.Hour != "" {
		w.add("extract(hour from c.started_at at time zone ?)::int = ?::text::int", frame.Zone.String(), f.Hour)
	}
	return nil
}

// moment reads a time, or a day of the zone: its beginning, or its end where the day is included.
func moment(s string, zone *time.Location, end bool) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, s, zone)
	if err != nil {
		return time.Time{}, err
	}
	if end {
		day = day.AddDate(0, 0, 1)
	}
	return day, nil
}

func (f Filter) phones(w *where, frame Frame) {
	if f.Phone != "" {
		f.phone(w, frame)
	}
	switch {
	case f.Number == "none":
		w.add("c.number = ''")
	case f.Number != "":
		number := f.Number
		if phone, err := crm.ParsePhone(number, frame.Country); err == nil {
			number = phone.E164
		}
		w.add("c.number = ?", number)
	}
	switch {
	case f.Queue == "none":
		w.add("c.queue = ''")
	case f.Queue != "":
		w.add("c.queue = ?", f.Queue)
	}
}

// phone finds a number in any form: whole, its last digits, or its first as they are being typed.
func (f Filter) phone(w *where, frame Frame) {
	whole, err := crm.ParsePhone(f.Phone, frame.Country)
	digits := crm.Digits(f.Phone)
	condition, args := "c.phone = ?", []any{whole.E164}
	switch {
	case err != nil && digits == "":
		w.add("false")
		return
	case err != nil:
		condition, args = "reverse(c.phone) like reverse(?) || '%'", []any{digits}
	}
	for _, beginning := range crm.PhoneBeginnings(f.Phone, frame.Country) {
		condition, args = condition+" or c.phone like ? || '%'", append(args, "+"+beginning)
	}
	w.add("c.phone <> '' and ("+condition+")", args...)
}

func (f Filter) kinds(w *where, frame Frame) {
	if f.Direction != "" {
		w.add("c.direction = ?", f.Direction)
	}
	if f.EndReason != "" {
		w.add("c.end_reason = ?", f.EndReason)
	}
	w.flag(f.Ended, "c.state = 'ended'")
	w.flag(f.Missed, "c.missed")
	w.flag(f.Answered, "c.answered_at is not null")
	w.flag(f.Offered, Offered)
	w.flag(f.First, "c.direction = 'inbound' and c.first_time")
	w.flag(f.Target, fmt.Sprintf("c.direction = 'inbound' and c.talk_seconds >= %d", frame.Target))
	w.flag(f.CalledBack, "c.missed and c.called_back_at is not null")
	w.flag(f.Recorded, "exists (select from recordings r where r.call_id = c.id and r.state <> 'purged')")
}

// Visible limits calls c to those that a right of the actor reaches. Whoever reaches a team sees the calls that nobody had, too.
func Visible(actor crm.Actor, right crm.Right, args *[]any) string {
	condition := access.Within(actor, right, "c.agent_id", args)
	if actor.Scope(right) == crm.ScopeTeam {
		return "(c.agent_id is null or " + condition + ")"
	}
	return condition
}
