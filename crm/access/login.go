package access

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
)

// How many failed logins are borne within failureWindow. The limit by address is wide, since an office shares one;
// that by e-mail counts only this address's tries, so that nobody can lock somebody else out, with a wider one for all.
const (
	failureWindow    = 15 * time.Minute
	failuresPair     = 5
	failuresEmail    = 50
	failuresAddress  = 30
	failuresCode     = 10 // wrong codes of one person, from all addresses
	failuresKeptFor  = 24 * time.Hour
	codeBadLogin     = "bad_login"
	codeTooManyLogin = "too_many_logins"
)

// LogIn checks e-mail and password, and the code of whoever has a second step, and begins a session, always with a new
// token. The token is for the cookie. An empty code where one is needed is answered with "code_needed".
func (s *Store) LogIn(ctx context.Context, email, password, code string) (Login, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if err := s.limit(ctx, s.pool, email); err != nil {
		return Login{}, err
	}
	var user, hash string
	var active bool
	err := s.pool.QueryRow(ctx, "select id::text, coalesce(password, ''), active from users where email = $1", email).Scan(&user, &hash, &active)
	if err != nil && !crm.IsNotFound(postgres.OrNotFound(err, "user")) {
		return Login{}, fmt.Errorf("looking for a user: %w", err)
	}
	ok, err := s.matches(ctx, password, hash)
	if err != nil {
		return Login{}, err
	}
	if !ok || !active {
		return Login{}, s.failed(ctx, email, user, crm.Unauthenticated(codeBadLogin))
	}
	if err := s.passSecondStep(ctx, user, code); err != nil {
		return Login{}, err
	}
	return s.welcome(ctx, user, email)
}

func (s *Store) welcome(ctx context.Context, user, email string) (login Login, err error) {
	err = postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if login.token, login.Session, err = s.begin(ctx, tx, user); err != nil {
			return err
		}
		login.Actor, err = scanActor(tx.QueryRow(ctx, "select "+actorColumns+", "+enrols+`
			from users u cross join company c join roles r on r.name = u.role where u.id = $1`, user), &login.Enrol)
		if err != nil {
			return fmt.Errorf("reading who logged in: %w", err)
		}
		if _, err := tx.Exec(ctx, "delete from login_failures where email in ($1, $2) and address = $3", email, codeKey(user), RequestFrom(ctx).Address); err != nil {
			return fmt.Errorf("forgetting failed logins: %w", err)
		}
		return s.Audit(crm.WithActor(ctx, login.Actor), tx, Entry{Action: "login.done", Object: "session", ObjectID: login.Session})
	})
	return login, err
}

// LogOut ends the session of the request.
func (s *Store) LogOut(ctx context.Context) error {
	login := RequestFrom(ctx).login
	s.logins.Delete(sha256.Sum256([]byte(login.token)))
	err := postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "update sessions set ended_at = $2 where token = $1 and ended_at is null", digest(login.token), s.clock.Now())
		if err != nil {
			return fmt.Errorf("ending a session: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return nil
		}
		return s.Audit(ctx, tx, Entry{Action: "logout.done", Object: "session", ObjectID: login.Session})
	})
	if err == nil {
		s.tellOver(login.Actor.User)
	}
	return err
}

func (s *Store) limit(ctx context.Context, q postgres.Querier, email string) error {
	var pair, byEmail, byAddress int
	now := s.clock.Now()
	err := q.QueryRow(ctx, `select count(*) filter (where email = $1 and address = $2), count(*) filter (where email = $1),
			count(*) filter (where address = $2)
		from login_failures where at > $3 and (email = $1 or address = $2)`,
		email, RequestFrom(ctx).Address, now.Add(-failureWindow)).Scan(&pair, &byEmail, &byAddress)
	if err != nil {
		return fmt.Errorf("counting failed logins: %w", err)
	}
	most := failuresEmail
	if strings.HasPrefix(email, codeKey("")) {
		most = failuresCode
	}
	if pair >= failuresPair || byEmail >= most || byAddress >= failuresAddress {
		return crm.TooMany(codeTooManyLogin, crm.Params{"minutes": int(failureWindow.Minutes())})
	}
	return nil
}

// failed keeps the failed try and gives the error, which does not say what was wrong.
func (s *Store) failed(ctx context.Context, email, user string, why error) error {
	err := postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		return s.keepFailure(ctx, tx, email, Entry{Action: "login.failed", Object: "user", ObjectID: user, Data: map[string]any{"email": cut(email, 300)}})
	})
	if err != nil {
		return err
	}
	return why
}

func (s *Store) keepFailure(ctx context.Context, tx pgx.Tx, email string, told Entry) error {
	now := s.clock.Now()
	if _, err := tx.Exec(ctx, "insert into login_failures (at, address, email) values ($1, $2, $3)", now, RequestFrom(ctx).Address, cut(email, 300)); err != nil {
		return fmt.Errorf("keeping a failed login: %w", err)
	}
	if _, err := tx.Exec(ctx, "delete from login_failures where at < $1", now.Add(-failuresKeptFor)); err != nil {
		return fmt.Errorf("forgetting old failed logins: %w", err)
	}
	return s.Audit(ctx, tx, told)
}
