package trunks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/crm/postgres"
)

// Options are what the store works with.
type Options struct {
	Access *access.Store
	Sealer *crm.Sealer
	Log    *slog.Logger
	// States is how the trunks stand now, by ID.
	States func() map[string]TrunkState
	// Changed is told after each change that was committed.
	Changed func()
	// Test calls a number, E.164, through a trunk and says how that went.
	Test func(ctx context.Context, trunk, to string) (TrunkTest, error)
}

// Store keeps the trunks.
type Store struct {
	pool *pgxpool.Pool
	o    Options
}

// New makes a Store.
func New(pool *pgxpool.Pool, o Options) *Store { return &Store{pool: pool, o: o} }

func (s *Store) changed() {
	if s.o.Changed != nil {
		s.o.Changed()
	}
}

func (s *Store) audit(ctx context.Context, q postgres.Querier, object, id, verb string, to any) error {
	entry := access.Entry{Action: object + "." + verb, Object: object, ObjectID: id}
	if to != nil {
		entry.Data = map[string]any{"to": to}
	}
	return s.o.Access.Audit(ctx, q, entry)
}

const columns = `id::text, name, enabled, endpoint, host, transport, secure, login, password is not null as has_password, register, probe, realm, domain, proxy,
	codecs, sources, called, home, abroad, identity, prefixes, position, max_calls, shows, version`

// All reads the trunks in the order in which they are tried, without how they stand.
func (s *Store) All(ctx context.Context) ([]Trunk, error) {
	return read(ctx, s.pool, "order by position, created_at, id")
}

// List reads the trunks in the order in which they are tried, with how they stand.
func (s *Store) List(ctx context.Context) ([]Trunk, error) {
	list, err := s.All(ctx)
	if err != nil || s.o.States == nil {
		return list, err
	}
	states := s.o.States()
	for i := range list {
		list[i].State = states[list[i].ID]
	}
	return list, nil
}

func read(ctx context.Context, q postgres.Querier, rest string, args ...any) ([]Trunk, error) {
	rows, err := q.Query(ctx, "select "+columns+" from trunks where archived_at is null "+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the trunks: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Trunk])
	if err != nil {
		return nil, fmt.Errorf("reading the trunks: %w", err)
	}
	return list, nil
}

// one reads a trunk and keeps it from being changed by others.
func one(ctx context.Context, tx pgx.Tx, id string) (Trunk, error) {
	found, err := read(ctx, tx, "and id = $1 for update", id)
	if err != nil {
		return Trunk{}, err
	}
	if len(found) == 0 {
		return Trunk{}, crm.NotFound("trunk")
	}
	return found[0], nil
}

// Set makes a trunk, or changes the one with the ID.
func (s *Store) Set(ctx context.Context, id string, c TrunkChange) (now Trunk, err error) {
	verb := "changed"
	err = postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		was := fresh()
		if id == "" {
			verb = "added"
		} else if was, err = one(ctx, tx, id); err != nil {
			return err
		}
		if c.Version != 0 && c.Version != was.Version {
			return crm.Conflict("changed_meanwhile", crm.Params{"current": was})
		}
		if now, err = c.apply(was); err != nil {
			return err
		}
		now.Version++
		if err := now.write(ctx, tx); err != nil {
			return err
		}
		if err := s.setPassword(ctx, tx, now.ID, c.Password); err != nil {
			return err
		}
		return s.audit(ctx, tx, "trunk", now.ID, verb, now)
	})
	if err == nil {
		s.changed()
	}
	return now, err
}

func (t Trunk) write(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `insert into trunks (id, name, enabled, endpoint, host, transport, secure, login, register, realm, domain, proxy, codecs, sources,
			called, home, abroad, identity, prefixes, position, max_calls, shows, version, probe)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
		on conflict (id) do update set name = $2, enabled = $3, endpoint = $4, host = $5, transport = $6, secure = $7, login = $8, register = $9, realm = $10,
			domain = $11, proxy = $12, codecs = $13, sources = $14, called = $15, home = $16, abroad = $17, identity = $18, prefixes = $19, position = $20,
			max_calls = $21, shows = $22, version = $23, probe = $24`,
		t.ID, t.Name, t.Enabled, t.Endpoint, t.Host, t.Transport, t.Secure, t.Login, t.Register, t.Realm, t.Domain, t.Proxy, t.Codecs, t.Sources,
		t.Called, t.Home, t.Abroad, t.Identity, t.Prefixes, t.Position, t.MaxCalls, t.Shows, t.Version, t.Probe)
	if refusal, ok := errors.AsType[*pgconn.PgError](err); ok && refusal.Code == "23505" {
		return crm.Conflict("taken", crm.Params{"field": "name"})
	}
	if err != nil {
		return fmt.Errorf("saving a trunk: %w", err)
	}
	return nil
}

// place is what a trunk's password is sealed for.
func place(id string) string { return "trunks/" + id }

func (s *Store) setPassword(ctx context.Context, tx pgx.Tx, id string, password *string) error {
	if password == nil {
		return nil
	}
	var sealed []byte
	if *password != "" {
		var err error
		if sealed, err = s.o.Sealer.Seal([]byte(*password), place(id)); err != nil {
			return fmt.Errorf("sealing a trunk's password: %w", err)
		}
	}
	if _, err := tx.Exec(ctx, "update trunks set password = $2 where id = $1", id, sealed); err != nil {
		return fmt.Errorf("saving a trunk's password: %w", err)
	}
	return nil
}

// Passwords reads what Asterisk needs to log in, by the trunk's ID. One that cannot be opened, for the key of the installation was
// lost, is empty and costs only its trunk.
func (s *Store) Passwords(ctx context.Context) (map[string]string, error) {
	rows, err := s.pool.Query(ctx, "select id::text, password from trunks where archived_at is null and password is not null")
	if err != nil {
		return nil, fmt.Errorf("reading the passwords of trunks: %w", err)
	}
	out, id, box := map[string]string{}, "", []byte(nil)
	_, err = pgx.ForEachRow(rows, []any{&id, &box}, func() error {
		plain, err := s.o.Sealer.Open(box, place(id))
		if err != nil {
			s.o.Log.Error("a trunk's password cannot be opened: enter it anew", "trunk", id, "err", err)
		}
		out[id] = string(plain)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the passwords of trunks: %w", err)
	}
	return out, nil
}

// Remove takes a trunk away; old calls keep its name.
func (s *Store) Remove(ctx context.Context, id string) error {
	err := postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := one(ctx, tx, id); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "update trunks set archived_at = now(), password = null where id = $1", id); err != nil {
			return fmt.Errorf("removing a trunk: %w", err)
		}
		return s.audit(ctx, tx, "trunk", id, "removed", nil)
	})
	if err == nil {
		s.changed()
	}
	return err
}

// Numbers are our numbers, E.164 by ID.
func (s *Store) Numbers(ctx context.Context) (map[string]string, error) {
	rows, err := s.pool.Query(ctx, "select id::text, e164 from numbers where archived_at is null")
	if err != nil {
		return nil, fmt.Errorf("reading our numbers: %w", err)
	}
	out, id, e164 := map[string]string{}, "", ""
	if _, err := pgx.ForEachRow(rows, []any{&id, &e164}, func() error { out[id] = e164; return nil }); err != nil {
		return nil, fmt.Errorf("reading our numbers: %w", err)
	}
	return out, nil
}
