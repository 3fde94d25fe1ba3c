package access

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
)

// APIToken opens the API to a program, with the rights of the person whose it is.
type APIToken struct {
	ID        string     `json:"id" db:"id"`
	UserID    string     `json:"user_id" db:"user_id"`
	Name      string     `json:"name" db:"name"`
	CreatedAt time.Time  `json:"created_at" db:"created_at"`
	SeenAt    *time.Time `json:"seen_at" db:"seen_at"`
}

// CreateToken makes a token for the person with the e-mail. The secret is given here once and stored nowhere.
func (s *Store) CreateToken(ctx context.Context, email, name string) (secretText string, t APIToken, err error) {
	secretText = "rb_" + secret()
	t = APIToken{ID: crm.NewID(), Name: strings.TrimSpace(name), CreatedAt: s.clock.Now()}
	err = postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		args := []any{strings.ToLower(strings.TrimSpace(email))}
		reach := "true"
		if actor := crm.ActorFrom(ctx); actor.User != "" {
			reach = Within(actor, "tokens.write", "u.id", &args)
		}
		var role string
		err := tx.QueryRow(ctx, "select u.id::text, u.role from users u where u.email = $1 and u.active and "+reach, args...).Scan(&t.UserID, &role)
		if err != nil {
			return fmt.Errorf("looking for the token's person: %w", postgres.OrNotFound(err, "user"))
		}
		if err := mayGrant(ctx, tx, role); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "insert into api_tokens (id, token, user_id, name, created_at) values ($1, $2, $3, $4, $5)",
			t.ID, digest(secretText), t.UserID, t.Name, t.CreatedAt)
		if err != nil {
			return fmt.Errorf("making a token: %w", err)
		}
		return s.Audit(ctx, tx, Entry{Action: "token.added", Object: "token", ObjectID: t.ID, Data: map[string]any{"user": t.UserID, "name": t.Name}})
	})
	return secretText, t, err
}

// Tokens lists the living tokens that the actor may see.
func (s *Store) Tokens(ctx context.Context) ([]APIToken, error) {
	var args []any
	rows, err := s.pool.Query(ctx, `select id::text as id, user_id::text as user_id, name, created_at, seen_at from api_tokens
		where ended_at is null and `+Within(crm.ActorFrom(ctx), "tokens.write", "user_id", &args)+" order by id desc", args...)
	if err != nil {
		return nil, fmt.Errorf("reading the tokens: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[APIToken])
}

// EndToken makes a token worthless.
func (s *Store) EndToken(ctx context.Context, id string) error {
	return s.endOne(ctx, "api_tokens", "tokens.write", "token", id)
}

func (s *Store) endOne(ctx context.Context, table string, right crm.Right, object, id string) error {
	var user string
	err := postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		args := []any{id, s.clock.Now()}
		err := tx.QueryRow(ctx, "update "+table+" set ended_at = $2 where id = $1 and ended_at is null and "+
			Within(crm.ActorFrom(ctx), right, "user_id", &args)+" returning user_id::text", args...).Scan(&user)
		if err != nil {
			return fmt.Errorf("ending a %s: %w", object, postgres.OrNotFound(err, object))
		}
		return s.Audit(ctx, tx, Entry{Action: object + ".ended", Object: object, ObjectID: id})
	})
	s.logins.Clear()
	if err == nil {
		s.tellOver(user)
	}
	return err
}
