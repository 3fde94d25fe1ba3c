package access

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
)

// Session is a place where somebody is logged in.
type Session struct {
	ID        string    `json:"id" db:"id"`
	UserID    string    `json:"user_id" db:"user_id"`
	Address   string    `json:"address" db:"address"`
	Agent     string    `json:"agent" db:"agent"`
	CreatedAt time.Time `json:"created_at" db:"created_at"`
	SeenAt    time.Time `json:"seen_at" db:"seen_at"`
	Current   bool      `json:"current" db:"current"`
}

// Sessions lists the living sessions that the actor may see; user, which may be empty, narrows them to one person's.
func (s *Store) Sessions(ctx context.Context, user string) ([]Session, error) {
	now := s.clock.Now()
	args := []any{now, now.Add(-sessionIdle), user, RequestFrom(ctx).login.Session}
	rows, err := s.pool.Query(ctx, `select id::text as id, user_id::text as user_id, address, agent, created_at, seen_at, id::text = $4 as current
		from sessions where ended_at is null and expires_at > $1 and seen_at > $2 and ($3 = '' or user_id::text = $3) and `+
		Within(crm.ActorFrom(ctx), "account.write", "user_id", &args)+" order by seen_at desc", args...)
	if err != nil {
		return nil, fmt.Errorf("reading the sessions: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[Session])
}

// EndSession logs a place out.
func (s *Store) EndSession(ctx context.Context, id string) error {
	return s.endOne(ctx, "sessions", "account.write", "session", id)
}

// EndSessions logs a person out everywhere but in the session that asks; an empty user is the actor.
func (s *Store) EndSessions(ctx context.Context, user string) error {
	login := RequestFrom(ctx).login
	if user == "" {
		user = login.Actor.User
	}
	err := postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		args := []any{user}
		err := tx.QueryRow(ctx, "select u.id::text from users u where u.id = $1 and "+Within(crm.ActorFrom(ctx), "account.write", "u.id", &args), args...).Scan(&user)
		if err != nil {
			return fmt.Errorf("looking for whose sessions to end: %w", postgres.OrNotFound(err, "user"))
		}
		if err := s.endSessions(ctx, tx, user, login.Session); err != nil {
			return err
		}
		return s.Audit(ctx, tx, Entry{Action: "session.all_ended", Object: "user", ObjectID: user})
	})
	if err == nil {
		s.tellOver(user)
	}
	return err
}

// LivingSessions counts the places where anybody is logged in.
func (s *Store) LivingSessions(ctx context.Context) (n int, err error) {
	now := s.clock.Now()
	err = s.pool.QueryRow(ctx, "select count(*) from sessions where ended_at is null and expires_at > $1 and seen_at > $2", now, now.Add(-sessionIdle)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting sessions: %w", err)
	}
	return n, nil
}
