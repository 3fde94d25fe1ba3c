package calls

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
	"ringbook/telephony"
)

// Edit writes what people say about a call, and gives it to another client.
func (b *Book) Edit(ctx context.Context, id string, e Edit) (now Call, err error) {
	if err := e.check(); err != nil {
		return now, err
	}
	if e.Client != nil && !crm.ActorFrom(ctx).Can("clients.read") {
		return now, crm.Forbidden("clients.read")
	}
	var was Call
	err = postgres.Tx(ctx, b.pool, func(tx pgx.Tx) error {
		args := []any{id}
		visible := Visible(crm.ActorFrom(ctx), "calls.write", &args)
		if was, err = one(ctx, tx, "where c.id = $1 and "+visible+" for update of c", args...); err != nil {
			return err
		}
		if e.Edits != 0 && e.Edits != was.Edits {
			return crm.Conflict("changed_meanwhile", crm.Params{"current": was})
		}
		_, err := tx.Exec(ctx, `update calls set notes = coalesce($2, notes), next_step = coalesce($3, next_step),
				outcome_id = case when $4::text is null then outcome_id else nullif($4, '')::uuid end, edits = edits + 1, updated_at = $5
			where id = $1`, id, cleanText(e.Notes), cleanText(e.NextStep), e.Outcome, b.clock.Now())
		if err != nil {
			return taken(err, "writing to a call")
		}
		if e.Client != nil && (was.Client == nil || was.Client.ID != *e.Client) {
			if err := b.relink(ctx, tx, was, *e.Client); err != nil {
				return err
			}
		}
		now, err = one(ctx, tx, "where c.id = $1", id)
		return err
	})
	if err != nil {
		return now, err
	}
	b.o.OnChanged("call", id)
	for _, c := range []*Thing{was.Client, now.Client} {
		if c != nil {
			b.o.OnChanged("client", c.ID)
		}
	}
	if now.EndedAt == nil && e.Client != nil && b.o.Desk != nil {
		b.o.Desk.Chosen(telephony.CallID(id), now.Client.ID, now.Client.Name)
	}
	return now, nil
}

func cleanText(s *string) *string {
	if s == nil {
		return nil
	}
	text := tidy(*s)
	return &text
}

// relink gives a call, with what it is owed, to another client.
func (b *Book) relink(ctx context.Context, tx pgx.Tx, c Call, to string) error {
	from := ""
	if c.Client != nil {
		from = c.Client.ID
	}
	tag, err := tx.Exec(ctx, `update calls set client_id = $2, match = 'chosen'
		where id = $1 and exists (select from clients where id = $2 and deleted_at is null)`, c.ID, to)
	if err != nil {
		return fmt.Errorf("giving a call to a client: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return crm.NotFound("client")
	}
	if c.EndedAt != nil {
		if _, err := onTimeline(ctx, tx, c.ID); err != nil {
			return err
		}
	}
	if c.EndedAt != nil && c.AnsweredAt != nil && c.TalkSeconds >= 1 {
		over := Ended{Client: to, Call: telephony.Call{ID: telephony.CallID(c.ID), Phone: c.Phone, EndedAt: *c.EndedAt}}
		if _, err := settle(ctx, tx, over); err != nil {
			return err
		}
	}
	if c.MissedID != "" {
		if err := moveDebt(ctx, tx, c.MissedID, to); err != nil {
			return err
		}
	}
	if b.o.Relinked == nil {
		return nil
	}
	if err := b.o.Relinked(ctx, tx, c.ID, from, to); err != nil {
		return fmt.Errorf("telling that a call has another client: %w", err)
	}
	return nil
}

// moveDebt makes an open debt another client's; if they are owed one already, the two become one.
func moveDebt(ctx context.Context, tx pgx.Tx, debt, client string) error {
	var other string
	err := tx.QueryRow(ctx, "select id::text from missed_calls where client_id = $1 and closed_at is null and id <> $2", client, debt).Scan(&other)
	if errors.Is(err, pgx.ErrNoRows) {
		_, err = tx.Exec(ctx, "update missed_calls set client_id = $2 where id = $1 and closed_at is null", debt, client)
		if err != nil {
			return fmt.Errorf("giving a missed call to a client: %w", err)
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking for the client's debt: %w", err)
	}
	tag, err := tx.Exec(ctx, `update missed_calls set closed_at = now(), closed_user = `+postgres.Actor+`, reason = 'merged'
		where id = $1 and closed_at is null`, debt)
	if err == nil && tag.RowsAffected() > 0 {
		_, err = tx.Exec(ctx, `with old as (select * from missed_calls where id = $1), moved as (update calls set missed_id = $2 where missed_id = $1)
			update missed_calls m set rings = m.rings + old.rings, opened_at = least(m.opened_at, old.opened_at),
				deadline = least(m.deadline, old.deadline), attempts = m.attempts + old.attempts
			from old where m.id = $2`, debt, other)
	}
	if err != nil {
		return fmt.Errorf("joining two missed calls: %w", err)
	}
	return nil
}

// Merged gives everything of one client to another; the clients slice tells of it in its transaction.
func (b *Book) Merged(ctx context.Context, tx pgx.Tx, from, to string) error {
	if _, err := tx.Exec(ctx, "update calls set client_id = $2 where client_id = $1", from, to); err != nil {
		return fmt.Errorf("giving a client's calls to another: %w", err)
	}
	rows, err := tx.Query(ctx, "select id::text from missed_calls where client_id = $1 and closed_at is null", from)
	if err != nil {
		return fmt.Errorf("reading a client's missed calls: %w", err)
	}
	open, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("reading a client's missed calls: %w", err)
	}
	for _, debt := range open {
		if err := moveDebt(ctx, tx, debt, to); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, "update missed_calls set client_id = $2 where client_id = $1", from, to); err != nil {
		return fmt.Errorf("giving a client's missed calls to another: %w", err)
	}
	return nil
}
