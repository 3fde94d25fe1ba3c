package access

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
)

const codeNeeded = "code_needed"

// codeKey is under what wrong codes of a person are counted. Only who knows the password can send one, so that the limit
// is for all addresses together and yet locks nobody else out.
func codeKey(user string) string { return "code:" + user }

// passSecondStep lets a login through that needs no code, or whose code is right. A code is taken once.
func (s *Store) passSecondStep(ctx context.Context, user, code string) error {
	var on bool
	err := s.pool.QueryRow(ctx, "select exists (select 1 from second_steps where user_id = $1 and secret is not null)", user).Scan(&on)
	if err != nil {
		return fmt.Errorf("looking for a second step: %w", err)
	}
	if !on {
		return nil
	}
	if code = typed(code); code == "" {
		return crm.Unauthenticated(codeNeeded)
	}
	return s.tried(ctx, user, "bad_code", func(tx pgx.Tx) (bool, error) {
		r, err := readSecondStep(ctx, tx, user)
		if err != nil || r.secret == nil { // turned off meanwhile
			return err == nil, err
		}
		return s.takeCode(ctx, tx, user, code, r)
	})
}

// tried runs one try of a code and keeps a wrong one, in one transaction: its lock makes tries that come together be
// counted one by one.
func (s *Store) tried(ctx context.Context, user, code string, try func(tx pgx.Tx) (bool, error)) error {
	right := false
	err := postgres.Tx(ctx, s.pool, func(tx pgx.Tx) (err error) {
		if _, err := readSecondStep(ctx, tx, user); err != nil {
			return err
		}
		if err := s.limit(ctx, tx, codeKey(user)); err != nil {
			return err
		}
		if right, err = try(tx); err != nil || right {
			return err
		}
		return s.keepFailure(ctx, tx, codeKey(user), Entry{Action: "login.code_failed", Object: "user", ObjectID: user})
	})
	if err == nil && !right {
		return crm.Unauthenticated(code)
	}
	return err
}

func (s *Store) takeCode(ctx context.Context, tx pgx.Tx, user, code string, r secondStep) (bool, error) {
	secret, err := s.unseal(user, r.secret)
	if err != nil {
		return false, err
	}
	if step := stepOf(secret, code, s.clock.Now(), r.last); step != 0 {
		if _, err := tx.Exec(ctx, "update second_steps set last_step = $2 where user_id = $1", user, step); err != nil {
			return false, fmt.Errorf("taking a code: %w", err)
		}
		return true, nil
	}
	tag, err := tx.Exec(ctx, "update recovery_codes set used_at = $3 where user_id = $1 and code = $2 and used_at is null", user, recoverySum(code), s.clock.Now())
	if err != nil {
		return false, fmt.Errorf("taking a recovery code: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return false, nil
	}
	return true, s.Audit(ctx, tx, Entry{Action: "second_step.recovered", Object: "user", ObjectID: user})
}

// confirm checks the actor's password again before something that a stolen session must not do.
func (s *Store) confirm(ctx context.Context, password string) error {
	login := RequestFrom(ctx).login
	if login.program {
		return crm.Forbidden("account.write") // a token is no person
	}
	var email, hash string
	err := s.pool.QueryRow(ctx, "select email, coalesce(password, '') from users where id = $1", login.Actor.User).Scan(&email, &hash)
	if err != nil {
		return fmt.Errorf("reading the present password: %w", postgres.OrNotFound(err, "user"))
	}
	if err := s.limit(ctx, s.pool, email); err != nil {
		return err
	}
	ok, err := s.matches(ctx, password, hash)
	if err != nil {
		return err
	}
	if !ok {
		return s.failed(ctx, email, login.Actor.User, crm.Invalid("wrong_password"))
	}
	return nil
}
