package demodata

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"ringbook/crm/calls"
	"ringbook/crm/clients"
	"ringbook/crm/postgres"
)

// Target is where a company is put.
type Target struct {
	Pool    *pgxpool.Pool
	Clients *clients.Store
	Spool   string // the folder where recordings wait for their bucket
}

// ErrNotEmpty says that the database is somebody's already.
var ErrNotEmpty = fmt.Errorf("the database holds clients already: demo data is only for an empty one")

// Store puts the company into the database, in one transaction, with the sound of its last calls in the spool. The
// company's people must be there: see [Company.StorePeople].
func (c *Company) Store(ctx context.Context, to Target, sound *Studio) error {
	tapes, err := c.record(ctx, to.Spool, sound)
	if err != nil {
		return err
	}
	err = postgres.Tx(ctx, to.Pool, func(tx pgx.Tx) error {
		if err := Empty(ctx, tx); err != nil {
			return err
		}
		if err := c.storeSettings(ctx, tx); err != nil {
			return err
		}
		if err := c.storeClients(ctx, tx); err != nil {
			return err
		}
		if err := c.storeCalls(ctx, tx, to, tapes); err != nil {
			return err
		}
		return c.closeByHand(ctx, tx)
	})
	if err != nil {
		for _, t := range tapes {
			_ = os.Remove(t.Path) // sound of calls that are not there
		}
	}
	return err
}

// Empty refuses a database that holds clients.
func Empty(ctx context.Context, q postgres.Querier) error {
	var there bool
	if err := q.QueryRow(ctx, "select exists (select from clients)").Scan(&there); err != nil {
		return fmt.Errorf("looking for clients: %w", err)
	}
	if there {
		return ErrNotEmpty
	}
	return nil
}

// StorePeople puts the teams and people there. Whoever has the e-mail already is taken as they are.
func (c *Company) StorePeople(ctx context.Context, pool *pgxpool.Pool) error {
	hired := c.begun().AddDate(0, -8, 0)
	return postgres.Tx(ctx, pool, func(tx pgx.Tx) error {
		for _, t := range c.Teams {
			if _, err := tx.Exec(ctx, "insert into teams (id, name, created_at) values ($1, $2, $3) on conflict do nothing", t.ID, t.Name, hired); err != nil {
				return fmt.Errorf("adding a team: %w", err)
			}
		}
		for i, p := range c.People {
			var id string
			err := tx.QueryRow(ctx, `insert into users (id, email, name, role, team_id, language, created_at, updated_at)
				values ($1, $2, $3, $4, (select id from teams where name = (select name from teams where id = nullif($5, '')::uuid)), '', $6, $6)
				on conflict (email) do update set email = excluded.email returning id::text`, p.ID, p.Email, p.Name, p.Role, p.Team, hired).Scan(&id)
			if err != nil {
				return fmt.Errorf("adding %s: %w", p.Email, err)
			}
			c.rename(i, id)
		}
		return nil
	})
}

// rename gives a person the ID that they have in the database.
func (c *Company) rename(i int, id string) {
	was := c.People[i].ID
	if was == id {
		return
	}
	c.People[i].ID = id
	swap := func(s *string) {
		if *s == was {
			*s = id
		}
	}
	for n := range c.Numbers {
		swap(&c.Numbers[n].Owner)
	}
	for n := range c.Clients {
		swap(&c.Clients[n].Owner)
		for m := range c.Clients[n].Notes {
			swap(&c.Clients[n].Notes[m].Author)
		}
	}
	for n := range c.Calls {
		swap((*string)(&c.Calls[n].Agent))
		for m := range c.Calls[n].Segments {
			swap((*string)(&c.Calls[n].Segments[m].Agent))
		}
	}
}

func (c *Company) storeSettings(ctx context.Context, tx pgx.Tx) error {
	hired := c.begun().AddDate(0, -8, 0)
	batch := &pgx.Batch{}
	batch.Queue("update company set name = $1, country = $2, time_zone = $3, version = version + 1", CompanyName, country, TimeZone)
	for i, s := range c.Sources {
		batch.Queue("insert into sources (id, name, position, created_at) values ($1, $2, $3, $4)", s.ID, s.Name, i+1, hired)
	}
	for i, n := range c.Numbers {
		batch.Queue(`insert into numbers (id, e164, name, queue, source_id, owner_id, created_at) values ($1, $2, $3, $4, $5, $6, $7)
			on conflict (e164) where archived_at is null do update set name = excluded.name, queue = excluded.queue,
				source_id = excluded.source_id, owner_id = excluded.owner_id, version = numbers.version + 1`,
			n.ID, n.E164, n.Name, n.Queue, n.Source, n.Owner, hired.AddDate(0, 0, i))
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("writing the company's settings: %w", err)
	}
	return nil
}

func (c *Company) storeCalls(ctx context.Context, tx pgx.Tx, to Target, tapes map[string]calls.Tape) error {
	outcomes, err := ids(ctx, tx, "select id::text from outcomes where archived_at is null order by position, lower(name), id")
	if err != nil {
		return err
	}
	at := c.At
	o := calls.Options{Pool: to.Pool, Now: func() time.Time { return at }, Ended: func(ctx context.Context, tx pgx.Tx, e calls.Ended) error {
		if e.Client == "" {
			return nil
		}
		return to.Clients.Touch(ctx, tx, e.Client, e.Call.StartedAt, e.Talked)
	}}
	for _, call := range c.Calls {
		p := calls.Past{Call: call.Call, Client: call.Client, Match: call.Match, Notes: call.Notes, NextStep: call.NextStep}
		if call.Outcome > 0 && len(outcomes) > 0 {
			p.Outcome = outcomes[(call.Outcome-1)%len(outcomes)]
		}
		if tape, ok := tapes[string(call.ID)]; ok {
			p.Tape = &tape
		}
		if err := calls.StorePast(ctx, tx, o, p); err != nil {
			return err
		}
	}
	return nil
}

func ids(ctx context.Context, tx pgx.Tx, sql string) ([]string, error) {
	rows, err := tx.Query(ctx, sql)
	if err != nil {
		return nil, fmt.Errorf("reading what calls end with: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// closeByHand lets the supervisor have closed what nobody settled long ago.
func (c *Company) closeByHand(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `update missed_calls m set closed_at = greatest(m.last_at, coalesce(m.last_attempt_at, m.last_at)) + interval '3 hours',
			closed_user = $1, reason = (array['spam', 'other_channel', 'unreachable'])[1 + (o.n % 3)]
		from (select id, row_number() over (order by id) as n from missed_calls where closed_at is null) o
		where o.id = m.id and greatest(m.last_at, coalesce(m.last_attempt_at, m.last_at)) < $2`, c.People[1].ID, c.At.AddDate(0, 0, -2))
	if err != nil {
		return fmt.Errorf("closing old missed calls: %w", err)
	}
	return nil
}

// Upload brings the sound of the last calls to the bucket, as the job of a call that ends does. What cannot be brought now
// waits in the spool, and Ringbook tries again.
func (c *Company) Upload(ctx context.Context, book *calls.Book) error {
	for _, call := range c.Sounding() {
		for {
			err := book.Upload(ctx, string(call.ID))
			if errors.Is(err, calls.ErrBusy) {
				if err := pause(ctx); err != nil {
					return err
				}
				continue
			}
			if err != nil {
				return err
			}
			break
		}
	}
	return nil
}
