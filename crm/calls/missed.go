package calls

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/crm/postgres"
)

// Missed is a debt: a client who was not answered, until somebody has talked to them.
type Missed struct {
	ID             string     `json:"id"`
	Client         *Thing     `json:"client"`
	Phone          string     `json:"phone"`
	Number         string     `json:"number"`
	NumberName     string     `json:"number_name"`
	Source         *Thing     `json:"source"`
	Owner          *Person    `json:"owner"`
	OpenedAt       time.Time  `json:"opened_at"`
	Deadline       time.Time  `json:"deadline"`
	Overdue        bool       `json:"overdue"`
	Rings          int        `json:"rings" doc:"How often the client rang in vain"`
	LastCall       string     `json:"last_call" doc:"ID of the last of these calls"`
	LastAt         time.Time  `json:"last_at"`
	LastReason     string     `json:"last_reason" doc:"Why it ended"`
	LastWait       int        `json:"last_wait_seconds"`
	Attempts       int        `json:"attempts" doc:"Calls of ours that reached nobody"`
	FirstAttemptAt *time.Time `json:"first_attempt_at"`
	LastAttemptAt  *time.Time `json:"last_attempt_at"`
	ClosedAt       *time.Time `json:"closed_at"`
	ClosedBy       *ClosedBy  `json:"closed_by" doc:"The talk that settled it"`
	ClosedUser     *Person    `json:"closed_user" doc:"Who closed it by hand"`
	Reason         string     `json:"reason" doc:"Why it is closed"`
	Comment        string     `json:"comment"`
}

// ClosedBy is the call that settled a debt.
type ClosedBy struct {
	Call        string  `json:"call"`
	Direction   string  `json:"direction"`
	Agent       *Person `json:"agent"`
	TalkSeconds int     `json:"talk_seconds"`
}

type missedRow struct {
	ID, ClientID, ClientName, Phone, Number, NumberName, SourceID, SourceName, OwnerID, OwnerName string
	OpenedAt, Deadline                                                                            time.Time
	Overdue                                                                                       bool
	Rings                                                                                         int
	LastCall                                                                                      string
	LastAt                                                                                        time.Time
	LastReason                                                                                    string
	LastWait, Attempts                                                                            int
	FirstAttemptAt, LastAttemptAt, ClosedAt                                                       *time.Time
	ByCall, ByDirection, ByAgentID, ByAgentName                                                   string
	ByTalk                                                                                        int
	UserID, UserName, Reason, Comment                                                             string
}

const missedSelection = `select m.id::text as id, coalesce(m.client_id::text, '') as client_id, coalesce(k.name, '') as client_name, m.phone, m.number,
	coalesce(n.name, '') as number_name, coalesce(m.source_id::text, '') as source_id, coalesce(s.name, '') as source_name,
	coalesce(m.owner_id::text, '') as owner_id, coalesce(o.name, '') as owner_name, m.opened_at, m.deadline,
	m.closed_at is null and m.deadline < $1 as overdue, m.rings, m.last_call::text as last_call, m.last_at,
	coalesce(l.end_reason, '') as last_reason, l.wait_seconds as last_wait, m.attempts, m.first_attempt_at, m.last_attempt_at, m.closed_at,
	coalesce(m.closed_by::text, '') as by_call, coalesce(t.direction, '') as by_direction, coalesce(t.agent_id::text, '') as by_agent_id,
	coalesce(a.name, '') as by_agent_name, coalesce(t.talk_seconds, 0) as by_talk, coalesce(m.closed_user::text, '') as user_id,
	coalesce(h.name, '') as user_name, m.reason, m.comment
	from missed_calls m
	join calls l on l.id = m.last_call
	left join clients k on k.id = m.client_id
	left join lateral (select name from numbers where e164 = m.number order by archived_at desc nulls first limit 1) n on true
	left join sources s on s.id = m.source_id
	left join users o on o.id = m.owner_id
	left join calls t on t.id = m.closed_by
	left join users a on a.id = t.agent_id
	left join users h on h.id = m.closed_user `

func (r missedRow) view() Missed {
	m := Missed{ID: r.ID, Client: thing(r.ClientID, r.ClientName), Phone: r.Phone, Number: r.Number, NumberName: r.NumberName,
		Source: thing(r.SourceID, r.SourceName), Owner: person(r.OwnerID, r.OwnerName), OpenedAt: r.OpenedAt, Deadline: r.Deadline,
		Overdue: r.Overdue, Rings: r.Rings, LastCall: r.LastCall, LastAt: r.LastAt, LastReason: r.LastReason, LastWait: r.LastWait,
		Attempts: r.Attempts, FirstAttemptAt: r.FirstAttemptAt, LastAttemptAt: r.LastAttemptAt, ClosedAt: r.ClosedAt,
		ClosedUser: person(r.UserID, r.UserName), Reason: r.Reason, Comment: r.Comment}
	if r.ByCall != "" {
		m.ClosedBy = &ClosedBy{r.ByCall, r.ByDirection, person(r.ByAgentID, r.ByAgentName), r.ByTalk}
	}
	return m
}

// MissedFilter chooses debts.
type MissedFilter struct {
	State  string `query:"state" enum:"open,closed" default:"open"`
	Owner  string `query:"owner" doc:"ID or none"`
	Client string `query:"client" doc:"ID"`
	Number string `query:"number" maxLength:"30"`
}

// Missed reads a page of debts: open ones by their deadline, closed ones the latest first.
func (b *Book) Missed(ctx context.Context, f MissedFilter, limit int, cursor string) (page crm.Page[Missed], err error) {
	args := []any{b.clock.Now()}
	w := &where{args: &args}
	column, order, compare := "m.deadline", "m.deadline, m.id", ">"
	if f.State == "closed" {
		column, order, compare = "m.closed_at", "m.closed_at desc, m.id desc", "<"
		w.add("m.closed_at is not null")
	} else {
		w.add("m.closed_at is null")
	}
	w.add(access.Within(crm.ActorFrom(ctx), "missed.read", "m.owner_id", &args))
	if err := w.ref("owner", f.Owner, "m.owner_id"); err != nil {
		return page, err
	}
	if err := w.ref("client", f.Client, "m.client_id"); err != nil {
		return page, err
	}
	if f.Number != "" {
		w.add("m.number = ?", f.Number)
	}
	if cursor != "" {
		at, id, err := place(cursor)
		if err != nil {
			return page, err
		}
		w.add("("+column+", m.id) "+compare+" (?, ?::uuid)", at, id)
	}
	args = append(args, limit+1)
	rest := "where " + w.String() + fmt.Sprintf(" order by %s limit $%d", order, len(args))
	if page.Items, err = readMissed(ctx, b.pool, rest, args...); err != nil || len(page.Items) <= limit {
		return page, err
	}
	page.Items = page.Items[:limit]
	last := page.Items[limit-1]
	at := last.Deadline
	if last.ClosedAt != nil {
		at = *last.ClosedAt
	}
	page.NextCursor = crm.EncodeCursor(at.UTC().Format(time.RFC3339Nano), last.ID)
	return page, nil
}

func readMissed(ctx context.Context, q postgres.Querier, rest string, args ...any) ([]Missed, error) {
	rows, err := q.Query(ctx, missedSelection+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("reading missed calls: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[missedRow])
	if err != nil {
		return nil, fmt.Errorf("reading missed calls: %w", err)
	}
	out := make([]Missed, len(list))
	for i, r := range list {
		out[i] = r.view()
	}
	return out, nil
}

// Closing is why a debt is closed without a talk.
type Closing struct {
	Reason  string `json:"reason" enum:"spam,wrong_number,other_channel,unreachable,other"`
	Comment string `json:"comment,omitempty" maxLength:"1000"`
}

// CloseMissed closes a debt by hand. One that is closed already is a conflict that shows how.
func (b *Book) CloseMissed(ctx context.Context, id string, c Closing) (Missed, error) {
	return b.changeMissed(ctx, id, func(tx pgx.Tx, was Missed) error {
		if was.ClosedAt != nil {
			return crm.Conflict("closed_already", crm.Params{"current": was})
		}
		_, err := tx.Exec(ctx, "update missed_calls set closed_at = $2, closed_user = "+postgres.Actor+", reason = $3, comment = $4 where id = $1",
			id, b.clock.Now(), c.Reason, tidy(c.Comment))
		if err != nil {
			return fmt.Errorf("closing a missed call: %w", err)
		}
		return b.audit(ctx, tx, "missed", id, "closed", c)
	})
}

// ReopenMissed takes a close by hand back. A debt that a talk settled stays settled, and a client owes one debt at a time.
func (b *Book) ReopenMissed(ctx context.Context, id string) (Missed, error) {
	return b.changeMissed(ctx, id, func(tx pgx.Tx, was Missed) error {
		if was.ClosedUser == nil || was.Reason == "merged" {
			return crm.Conflict("not_closed_by_hand", crm.Params{"current": was})
		}
		tag, err := tx.Exec(ctx, `update missed_calls m set closed_at = null, closed_user = null, reason = '', comment = '' where id = $1 and not exists
			(select from missed_calls o where o.closed_at is null and o.id <> m.id and (o.client_id = m.client_id or o.client_id is null and m.client_id is null and o.phone = m.phone))`, id)
		if err != nil {
			return fmt.Errorf("opening a missed call again: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return crm.Conflict("missed_again", crm.Params{"current": was})
		}
		return b.audit(ctx, tx, "missed", id, "reopened", map[string]any{"reason": was.Reason})
	})
}

// changeMissed changes a debt that the actor may close, and tells everybody.
func (b *Book) changeMissed(ctx context.Context, id string, change func(tx pgx.Tx, was Missed) error) (now Missed, err error) {
	err = postgres.Tx(ctx, b.pool, func(tx pgx.Tx) error {
		args := []any{b.clock.Now(), id}
		visible := access.Within(crm.ActorFrom(ctx), "missed.close", "m.owner_id", &args)
		found, err := readMissed(ctx, tx, "where m.id = $2 and "+visible+" for update of m", args...)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return crm.NotFound("missed")
		}
		if err := change(tx, found[0]); err != nil {
			return err
		}
		found, err = readMissed(ctx, tx, "where m.id = $2", b.clock.Now(), id)
		if err == nil {
			now = found[0]
		}
		return err
	})
	if err == nil {
		b.o.OnChanged("missed", id)
	}
	return now, err
}
