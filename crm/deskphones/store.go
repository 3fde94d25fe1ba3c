// Package deskphones keeps the SIP telephones of agents: who has one, with which login and password it registers, and how it stands.
// A password is made here, shown once and sealed at rest.
package deskphones

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/crm/postgres"
)

// DeskPhone is somebody's telephone.
type DeskPhone struct {
	User      DeskPhoneOwner `json:"user"`
	Login     string         `json:"login"`
	Transport string         `json:"transport" enum:"udp,tcp"`
	State     DeskPhoneState `json:"state"`
}

// DeskPhoneOwner is whose it is.
type DeskPhoneOwner struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// DeskPhoneState is how a telephone stands now.
type DeskPhoneState struct {
	Registered bool   `json:"registered"`
	Address    string `json:"address,omitempty" doc:"host:port that it registered from"`
	Name       string `json:"name,omitempty" doc:"What it calls itself"`
}

// DeskPhoneGiven is a telephone with its password, which is shown this once.
type DeskPhoneGiven struct {
	DeskPhone
	Password string `json:"password"`
}

// DeskPhoneServer is what is typed into a telephone beside its login.
type DeskPhoneServer struct {
	Host string `json:"host"`
	Port int    `json:"port"`
}

// Line is a telephone as Asterisk is told of it.
type Line struct{ User, Login, Password, Transport string }

// Options are what the store works with.
type Options struct {
	Access *access.Store
	Sealer *crm.Sealer
	Log    *slog.Logger
	States func() map[string]DeskPhoneState // how the telephones stand, by login
	Server func() DeskPhoneServer
	// Foreign says that Asterisk is somebody else's to configure: telephones are set there, and none is given here.
	Foreign bool
	// Changed is told after each change that was committed.
	Changed func()
}

// Store keeps the telephones.
type Store struct {
	pool *pgxpool.Pool
	o    Options
}

// New makes a Store.
func New(pool *pgxpool.Pool, o Options) *Store { return &Store{pool, o} }

func place(user string) string { return "desk_phones/" + user }

// List reads everybody's telephone.
func (s *Store) List(ctx context.Context) ([]DeskPhone, error) { return s.read(ctx, "") }

func (s *Store) read(ctx context.Context, user string) ([]DeskPhone, error) {
	rows, err := s.pool.Query(ctx, `select u.id::text, u.name, d.login, d.transport from desk_phones d join users u on u.id = d.user_id
		where $1 = '' or u.id::text = $1 order by lower(u.name), u.id`, user)
	if err != nil {
		return nil, fmt.Errorf("reading the desk phones: %w", err)
	}
	states := map[string]DeskPhoneState{}
	if s.o.States != nil {
		states = s.o.States()
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (d DeskPhone, err error) {
		err = row.Scan(&d.User.ID, &d.User.Name, &d.Login, &d.Transport)
		d.State = states[d.Login]
		return d, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the desk phones: %w", err)
	}
	return list, nil
}

// Mine is one's own telephone; false when there is none.
func (s *Store) Mine(ctx context.Context) (DeskPhone, bool, error) {
	list, err := s.read(ctx, crm.ActorFrom(ctx).User)
	if err != nil || len(list) == 0 {
		return DeskPhone{}, false, err
	}
	return list[0], true, nil
}

// Lines is what Asterisk is told. A password that cannot be opened, for the key of the installation was lost, costs its telephone alone.
func (s *Store) Lines(ctx context.Context) ([]Line, error) {
	rows, err := s.pool.Query(ctx, `select d.user_id::text, d.login, d.transport, d.password from desk_phones d join users u on u.id = d.user_id
		where u.active order by d.login`)
	if err != nil {
		return nil, fmt.Errorf("reading the desk phones: %w", err)
	}
	var list []Line
	var l Line
	var box []byte
	_, err = pgx.ForEachRow(rows, []any{&l.User, &l.Login, &l.Transport, &box}, func() error {
		plain, err := s.o.Sealer.Open(box, place(l.User))
		if err != nil {
			s.o.Log.Error("a desk phone's password cannot be opened: make a new one", "user", l.User, "err", err)
			return nil
		}
		l.Password = string(plain)
		list = append(list, l)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the desk phones: %w", err)
	}
	return list, nil
}

// Give lets somebody have a telephone; one that they have gets a new password, and the old one is worth nothing.
func (s *Store) Give(ctx context.Context, user, transport string) (DeskPhoneGiven, error) {
	if s.o.Foreign {
		return DeskPhoneGiven{}, crm.Conflict("asterisk_not_ours")
	}
	if transport == "" {
		transport = "udp"
	}
	password := rand.Text()[:20]
	sealed, err := s.o.Sealer.Seal([]byte(password), place(user))
	if err != nil {
		return DeskPhoneGiven{}, fmt.Errorf("sealing a desk phone's password: %w", err)
	}
	err = postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		var active bool
		if err := tx.QueryRow(ctx, "select active from users where id = $1 for update", user).Scan(&active); errors.Is(err, pgx.ErrNoRows) || err == nil && !active {
			return crm.NotFound("user")
		} else if err != nil {
			return fmt.Errorf("reading a person: %w", err)
		}
		_, err := tx.Exec(ctx, `insert into desk_phones (user_id, login, password, transport) values ($1, $2, $3, $4)
			on conflict (user_id) do update set password = $3, transport = $4`, user, "p"+strings.ToLower(rand.Text()[:8]), sealed, transport)
		if err != nil {
			return fmt.Errorf("saving a desk phone: %w", err)
		}
		return s.audit(ctx, tx, user, "given", transport)
	})
	if err != nil {
		return DeskPhoneGiven{}, err
	}
	s.changed()
	list, err := s.read(ctx, user)
	if err != nil || len(list) == 0 {
		return DeskPhoneGiven{}, err
	}
	return DeskPhoneGiven{list[0], password}, nil
}

// Take takes somebody's telephone away: it can register no more.
func (s *Store) Take(ctx context.Context, user string) error {
	err := postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "delete from desk_phones where user_id = $1", user)
		if err != nil {
			return fmt.Errorf("removing a desk phone: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return crm.NotFound("desk_phone")
		}
		return s.audit(ctx, tx, user, "removed", nil)
	})
	if err == nil {
		s.changed()
	}
	return err
}

func (s *Store) audit(ctx context.Context, q postgres.Querier, user, verb string, to any) error {
	entry := access.Entry{Action: "desk_phone." + verb, Object: "desk_phone", ObjectID: user}
	if to != nil {
		entry.Data = map[string]any{"to": to}
	}
	return s.o.Access.Audit(ctx, q, entry)
}

func (s *Store) changed() {
	if s.o.Changed != nil {
		s.o.Changed()
	}
}
