package calls

import (
	"context"
	"fmt"
	"time"

	"ringbook/crm"
	"ringbook/crm/access"
)

// figuresOver is the time that the figures of missed calls look back over.
const figuresOver = 7 * 24 * time.Hour

// MissedFigures say what became of the debts of the last seven days. A contact is our first attempt or the close, whichever
// came first.
type MissedFigures struct {
	Days       int      `json:"days"`
	Missed     int      `json:"missed" doc:"Debts that were opened"`
	CallBack   *float64 `json:"call_back_seconds" doc:"Median from the miss to our first attempt; null without any"`
	CalledBack int      `json:"called_back" doc:"Debts with an attempt of ours"`
	Due        int      `json:"due" doc:"Debts with a contact, or whose deadline is over"`
	OnTime     int      `json:"on_time" doc:"Debts with a contact before the deadline"`
	Reached    int      `json:"reached" doc:"Debts that a talk settled, ours or theirs"`
	Lost       int      `json:"lost" doc:"Debts whose deadline is over without any contact"`
}

// MissedFigures counts the debts that the actor may see.
func (b *Book) MissedFigures(ctx context.Context, f MissedFilter) (out MissedFigures, err error) {
	now := b.clock.Now()
	args := []any{now}
	w := &where{args: &args}
	w.add("m.opened_at >= ?", now.Add(-figuresOver))
	w.add("m.reason <> 'merged'")
	w.add(access.Within(crm.ActorFrom(ctx), "missed.read", "m.owner_id", &args))
	if err := w.ref("owner", f.Owner, "m.owner_id"); err != nil {
		return out, err
	}
	if f.Number != "" {
		w.add("m.number = ?", f.Number)
	}
	out.Days = int(figuresOver / (24 * time.Hour))
	err = b.pool.QueryRow(ctx, `select count(*),
			percentile_cont(0.5) within group (order by extract(epoch from first_attempt_at - opened_at)::float8) filter (where first_attempt_at is not null),
			count(first_attempt_at), count(*) filter (where contact is not null or deadline < $1), count(*) filter (where contact <= deadline),
			count(*) filter (where closed_by is not null), count(*) filter (where contact is null and deadline < $1)
		from (select m.*, least(m.first_attempt_at, m.closed_at) as contact from missed_calls m where `+w.String()+`) m`, args...).
		Scan(&out.Missed, &out.CallBack, &out.CalledBack, &out.Due, &out.OnTime, &out.Reached, &out.Lost)
	if err != nil {
		return out, fmt.Errorf("counting missed calls: %w", err)
	}
	return out, nil
}

// Debts counts the missed calls of the whole company that nobody has settled, and those of them whose deadline is over.
func (b *Book) Debts(ctx context.Context) (open, overdue int, err error) {
	err = b.pool.QueryRow(ctx, "select count(*), count(*) filter (where deadline < $1) from missed_calls where closed_at is null", b.clock.Now()).
		Scan(&open, &overdue)
	if err != nil {
		return 0, 0, fmt.Errorf("counting missed calls: %w", err)
	}
	return open, overdue, nil
}
