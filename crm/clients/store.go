package clients

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/crm/postgres"
)

// Options are what the store needs to know about the program around it.
type Options struct {
	Log   *slog.Logger
	Clock crm.Clock
}

// Store reads and writes clients.
type Store struct {
	pool    *pgxpool.Pool
	people  *access.Store
	log     *slog.Logger
	clock   crm.Clock
	own     func(e164 string) bool
	parts   []part
	fresh   map[string]FreshData
	changed []func(client string)

	searches []Search
}

// New makes the store over a pool.
func New(pool *pgxpool.Pool, people *access.Store, o Options) *Store {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Store{pool: pool, people: people, log: o.Log, clock: o.Clock, own: func(string) bool { return false }, fresh: map[string]FreshData{}}
}

// OwnNumbers sets who knows the company's own numbers, which never are a client's. Set it before serving.
func (s *Store) OwnNumbers(own func(e164 string) bool) { s.own = own }

// OnChange adds a function that is called after a client's change was committed. Add them before serving.
func (s *Store) OnChange(f func(client string)) { s.changed = append(s.changed, f) }

func (s *Store) tell(client string) {
	for _, f := range s.changed {
		f(client)
	}
}

const clientColumns = `c.id::text, c.kind, c.name, c.first_name, c.last_name, c.middle_name, c.company, c.city, c.name = '',
	coalesce((select json_agg(json_build_object('id', p.id, 'typed', p.typed, 'e164', p.e164, 'ext', p.ext, 'label', p.label, 'since', p.since)
		order by p.position, p.id) from client_phones p where p.client_id = c.id), '[]'),
	coalesce((select json_agg(json_build_object('id', e.id, 'email', e.email, 'label', e.label)
		order by e.position, e.id) from client_emails e where e.client_id = c.id), '[]'),
	c.owner_id::text, (select u.name from users u where u.id = c.owner_id),
	c.tags, c.preferences, c.claims, c.source, c.how, c.calls_count, c.last_call_at, c.version, c.created_at, c.updated_at`

func scanClient(row pgx.CollectableRow) (c Client, err error) {
	var owner, name *string
	err = row.Scan(&c.ID, &c.Kind, &c.Name, &c.FirstName, &c.LastName, &c.MiddleName, &c.Company, &c.City, &c.Unnamed, &c.Phones, &c.Emails,
		&owner, &name, &c.Tags, &c.Preferences, &c.Claims, &c.Source, &c.How, &c.CallsCount, &c.LastCallAt, &c.Version, &c.CreatedAt, &c.UpdatedAt)
	if owner != nil && name != nil {
		c.Owner = &Owner{ID: *owner, Name: *name}
	}
	return c, err
}

// reach limits a query to the clients that the actor's right reaches; the system itself reaches all.
func reach(ctx context.Context, right crm.Right, args *[]any) string {
	actor := crm.ActorFrom(ctx)
	if actor.User == "" {
		return "true"
	}
	return access.Within(actor, right, "c.owner_id", args)
}

// Client reads one client.
func (s *Store) Client(ctx context.Context, id string) (Client, error) {
	return client(ctx, s.pool, id, "clients.read", "")
}

func client(ctx context.Context, q postgres.Querier, id string, right crm.Right, lock string) (Client, error) {
	args := []any{id}
	where := reach(ctx, right, &args)
	rows, err := q.Query(ctx, "select "+clientColumns+" from clients c where c.id = $1 and c.deleted_at is null and "+where+" "+lock, args...)
	if err != nil {
		return Client{}, fmt.Errorf("reading a client: %w", err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, scanClient)
	if err != nil {
		return Client{}, fmt.Errorf("reading a client: %w", postgres.OrNotFound(err, "client"))
	}
	return c, nil
}

// Add adds a client; how is one of the How constants.
func (s *Store) Add(ctx context.Context, change ClientChange, how string) (c Client, err error) {
	company, err := s.people.Company(ctx)
	if err != nil {
		return Client{}, err
	}
	now := s.clock.Now()
	c, err = change.apply(Client{ID: crm.NewIDAt(now), Kind: Person, How: how, Tags: []string{}, Phones: []ClientPhone{}, Emails: []ClientEmail{}}, company.Country, now)
	if err != nil {
		return Client{}, err
	}
	if c.Name == "" && len(c.Phones) == 0 && len(c.Emails) == 0 {
		return Client{}, crm.Invalid("empty_client")
	}
	err = postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := insert(ctx, tx, c, now); err != nil {
			return err
		}
		if _, err := AddEntry(ctx, tx, Entry{Client: c.ID, At: now, Kind: "created", Data: map[string]any{"how": how}}); err != nil {
			return err
		}
		c, err = client(ctx, tx, c.ID, "clients.read", "")
		return err
	})
	if err == nil {
		s.tell(c.ID)
	}
	return c, err
}

// lastChangedBy is the name of whoever changed the client last; empty when nobody did.
func lastChangedBy(ctx context.Context, q postgres.Querier, id string) (name string, err error) {
	err = q.QueryRow(ctx, `select coalesce(u.name, '') from timeline t left join users u on u.id = t.actor
		where t.client_id = $1 and t.kind = 'changed' order by t.at desc, t.id desc limit 1`, id).Scan(&name)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("reading who changed a client: %w", err)
	}
	return name, nil
}

// Change changes a client if the version that was read is still the current one, and writes who changed what into the timeline.
func (s *Store) Change(ctx context.Context, id string, change ClientChange) (now Client, err error) {
	company, err := s.people.Company(ctx)
	if err != nil {
		return Client{}, err
	}
	err = postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		was, err := client(ctx, tx, id, "clients.write", "for update of c")
		if err != nil {
			return err
		}
		if change.Version != 0 && change.Version != was.Version {
			by, err := lastChangedBy(ctx, tx, id)
			if err != nil {
				return err
			}
			return crm.Conflict("changed_meanwhile", crm.Params{"current": was, "by": by})
		}
		at := s.clock.Now()
		if now, err = change.apply(was, company.Country, at); err != nil {
			return err
		}
		if err := update(ctx, tx, now, at); err != nil {
			return err
		}
		if now, err = client(crm.WithActor(ctx, crm.Actor{}), tx, id, "", ""); err != nil { // it may have left the actor's reach
			return err
		}
		changes := difference(was, now)
		if len(changes) == 0 {
			return nil
		}
		_, err = AddEntry(ctx, tx, Entry{Client: id, At: at, Kind: "changed", Data: map[string]any{"changes": changes}})
		return err
	})
	if err == nil {
		s.tell(id)
	}
	return now, err
}

// Delete takes a client out of all lists and matches. What was said with them stays.
func (s *Store) Delete(ctx context.Context, id string) error {
	err := postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		args := []any{id, s.clock.Now()}
		where := reach(ctx, "clients.delete", &args)
		tag, err := tx.Exec(ctx, "update clients c set deleted_at = $2, version = version + 1 where c.id = $1 and c.deleted_at is null and "+where, args...)
		if err != nil {
			return fmt.Errorf("deleting a client: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return crm.NotFound("client")
		}
		return s.people.Audit(ctx, tx, access.Entry{Action: "client.deleted", Object: "client", ObjectID: id})
	})
	if err == nil {
		s.tell(id)
	}
	return err
}

func (v Client) ownerID() string {
	if v.Owner == nil {
		return ""
	}
	return v.Owner.ID
}
