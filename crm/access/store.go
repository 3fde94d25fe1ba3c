package access

import (
	"log/slog"
	"sync"

	"github.com/jackc/pgx/v5/pgxpool"

	"ringbook/crm"
)

// Options are what the store needs to know about the program around it.
type Options struct {
	Log    *slog.Logger
	Clock  crm.Clock
	Sealer *crm.Sealer // of the secrets of second steps; nil: there are none to be made or checked
	Demo   bool        // told to the web app
	CA     bool        // /ca.crt is there to be offered at the login
}

// Store reads and writes people, logins, roles, the company and the audit log.
type Store struct {
	pool    *pgxpool.Pool
	log     *slog.Logger
	clock   crm.Clock
	sealer  *crm.Sealer
	demo    bool
	ca      bool
	logins  sync.Map      // SHA-256 of the token -> memory
	hashing chan struct{} // argon2id takes memory: only so many at once
	changed []func()      // told when the company or the people changed
	over    []func(user string)
}

// New makes the store over a pool.
func New(pool *pgxpool.Pool, o Options) *Store {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Store{pool: pool, log: o.Log, clock: o.Clock, sealer: o.Sealer, demo: o.Demo, ca: o.CA, hashing: make(chan struct{}, 4)}
}

// OnChange adds a function that is called after people, teams, roles or the company changed. Add them before serving.
func (s *Store) OnChange(f func()) { s.changed = append(s.changed, f) }

// OnSessionEnd adds a function that is called after sessions or tokens of a person were ended, with their ID. Add them before serving.
func (s *Store) OnSessionEnd(f func(user string)) { s.over = append(s.over, f) }

func (s *Store) tellOver(user string) {
	for _, f := range s.over {
		f(user)
	}
}

func (s *Store) tell() {
	for _, f := range s.changed {
		f()
	}
}
