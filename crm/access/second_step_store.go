package access

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
)

// secondStep is the row of a person's second step, zero without one.
type secondStep struct {
	secret, pending  []byte
	since, pendingAt *time.Time
	last             int64
}

func readSecondStep(ctx context.Context, tx pgx.Tx, user string) (r secondStep, err error) {
	if _, err := tx.Exec(ctx, "insert into second_steps (user_id) values ($1) on conflict do nothing", user); err != nil {
		return r, fmt.Errorf("preparing a second step: %w", err)
	}
	err = tx.QueryRow(ctx, "select secret, since, last_step, pending, pending_at from second_steps where user_id = $1 for update", user).
		Scan(&r.secret, &r.since, &r.last, &r.pending, &r.pendingAt)
	if err != nil {
		return r, fmt.Errorf("reading a second step: %w", err)
	}
	return r, nil
}

// SecondStep says how the actor's second step stands.
func (s *Store) SecondStep(ctx context.Context) (st SecondStep, err error) {
	me := crm.ActorFrom(ctx)
	err = s.pool.QueryRow(ctx, `select st.since is not null, st.since, u.role = any(c.second_step_roles),
			(select count(*) from recovery_codes r where r.user_id = u.id and r.used_at is null)
		from users u cross join company c left join second_steps st on st.user_id = u.id where u.id = $1`, me.User).
		Scan(&st.On, &st.Since, &st.Required, &st.Codes)
	if err != nil {
		return st, fmt.Errorf("reading a second step: %w", postgres.OrNotFound(err, "user"))
	}
	return st, nil
}

// BeginSecondStep makes a secret for the actor, whose password must be known. One that is on stays until the new one is proved.
func (s *Store) BeginSecondStep(ctx context.Context, password string) (shown NewSecondStep, err error) {
	if err := s.confirm(ctx, password); err != nil {
		return shown, err
	}
	me, err := s.User(ctx, crm.ActorFrom(ctx).User)
	if err != nil {
		return shown, err
	}
	c, err := s.Company(ctx)
	if err != nil {
		return shown, err
	}
	secret, shown, err := newSecret(c.Name, me.Email)
	if err != nil {
		return shown, err
	}
	box, err := s.seal(me.ID, secret)
	if err != nil {
		return shown, err
	}
	_, err = s.pool.Exec(ctx, `insert into second_steps (user_id, pending, pending_at) values ($1, $2, $3)
		on conflict (user_id) do update set pending = excluded.pending, pending_at = excluded.pending_at`, me.ID, box, s.clock.Now())
	if err != nil {
		return shown, fmt.Errorf("keeping a secret: %w", err)
	}
	return shown, nil
}

// ProveSecondStep turns the actor's second step on, by a code of the new secret, and ends their other sessions, which were
// begun without it. The recovery codes are given here once.
func (s *Store) ProveSecondStep(ctx context.Context, code string) (codes RecoveryCodes, err error) {
	login, now := RequestFrom(ctx).login, s.clock.Now()
	user := login.Actor.User
	if login.program {
		return codes, crm.Forbidden("account.write")
	}
	err = s.tried(ctx, user, "bad_code", func(tx pgx.Tx) (bool, error) {
		r, err := readSecondStep(ctx, tx, user)
		if err != nil {
			return false, err
		}
		if r.pending == nil || now.Sub(*r.pendingAt) > pendingLasts {
			return false, crm.Conflict("second_step_not_begun")
		}
		secret, err := s.unseal(user, r.pending)
		if err != nil {
			return false, err
		}
		step := stepOf(secret, typed(code), now, 0)
		if step == 0 {
			return false, nil
		}
		codes.Codes, err = s.turnOn(ctx, tx, login, step)
		return true, err
	})
	if crm.KindOf(err) == crm.KindUnknown { // who is logged in stays so
		return codes, crm.Invalid("bad_code")
	}
	if err == nil {
		s.tellOver(user)
	}
	return codes, err
}

func (s *Store) turnOn(ctx context.Context, tx pgx.Tx, login Login, step int64) ([]string, error) {
	user := login.Actor.User
	if _, err := tx.Exec(ctx, `update second_steps set secret = pending, since = $2, last_step = $3, pending = null, pending_at = null
		where user_id = $1`, user, s.clock.Now(), step); err != nil {
		return nil, fmt.Errorf("turning a second step on: %w", err)
	}
	codes, err := s.renewCodes(ctx, tx, user)
	if err != nil {
		return nil, err
	}
	if err := s.endSessions(ctx, tx, user, login.Session); err != nil {
		return nil, err
	}
	return codes, s.Audit(ctx, tx, Entry{Action: "second_step.on", Object: "user", ObjectID: user})
}

// renewCodes makes new recovery codes in the place of all earlier ones.
func (s *Store) renewCodes(ctx context.Context, tx pgx.Tx, user string) ([]string, error) {
	shown, kept := newRecoveryCodes()
	if _, err := tx.Exec(ctx, "delete from recovery_codes where user_id = $1", user); err != nil {
		return nil, fmt.Errorf("forgetting recovery codes: %w", err)
	}
	if _, err := tx.Exec(ctx, "insert into recovery_codes (user_id, code) select $1, unnest($2::bytea[])", user, kept); err != nil {
		return nil, fmt.Errorf("keeping recovery codes: %w", err)
	}
	return shown, nil
}

// RenewRecoveryCodes gives the actor new recovery codes; the earlier ones are worth nothing. The password must be known.
func (s *Store) RenewRecoveryCodes(ctx context.Context, password string) (codes RecoveryCodes, err error) {
	if err := s.confirm(ctx, password); err != nil {
		return codes, err
	}
	user := crm.ActorFrom(ctx).User
	err = postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		r, err := readSecondStep(ctx, tx, user)
		if err != nil {
			return err
		}
		if r.secret == nil {
			return crm.Conflict("second_step_not_begun")
		}
		if codes.Codes, err = s.renewCodes(ctx, tx, user); err != nil {
			return err
		}
		return s.Audit(ctx, tx, Entry{Action: "second_step.codes", Object: "user", ObjectID: user})
	})
	return codes, err
}

// EndSecondStep turns the actor's second step off; the password must be known. Of whom the company requires it, it stays.
func (s *Store) EndSecondStep(ctx context.Context, password string) error {
	if err := s.confirm(ctx, password); err != nil {
		return err
	}
	st, err := s.SecondStep(ctx)
	if err != nil {
		return err
	}
	if st.Required {
		return crm.Conflict("second_step_required")
	}
	user := crm.ActorFrom(ctx).User
	return postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		return s.dropSecondStep(ctx, tx, user, "second_step.off")
	})
}

// ResetSecondStep takes another person's second step away, for whoever has lost their device, and ends all their sessions.
func (s *Store) ResetSecondStep(ctx context.Context, id string) error {
	if crm.ActorFrom(ctx).User == id {
		return crm.Conflict("own_second_step") // one's own goes with the password
	}
	err := postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		u, err := user(ctx, tx, id, "for update of u")
		if err != nil {
			return err
		}
		if err := mayGrant(ctx, tx, u.Role); err != nil {
			return err
		}
		if err := s.dropSecondStep(ctx, tx, id, "second_step.reset"); err != nil {
			return err
		}
		return s.endSessions(ctx, tx, id, "")
	})
	if err == nil {
		s.tellOver(id)
	}
	return err
}

func (s *Store) dropSecondStep(ctx context.Context, tx pgx.Tx, user, action string) error {
	for _, table := range []string{"second_steps", "recovery_codes"} {
		if _, err := tx.Exec(ctx, "delete from "+table+" where user_id = $1", user); err != nil {
			return fmt.Errorf("turning a second step off: %w", err)
		}
	}
	return s.Audit(ctx, tx, Entry{Action: action, Object: "user", ObjectID: user})
}
