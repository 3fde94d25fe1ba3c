package access

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
)

const selectUser = `select u.id::text as id, u.email, u.name, u.role, coalesce(u.team_id::text, '') as team_id, coalesce(t.name, '') as team,
	u.active, u.language, exists (select 1 from second_steps s where s.user_id = u.id and s.secret is not null) as second_step,
	u.version, u.created_at, u.updated_at from users u left join teams t on t.id = u.team_id `

// Users lists everybody by name, those who left only on demand.
func (s *Store) Users(ctx context.Context, withLeft bool) ([]User, error) {
	rows, err := s.pool.Query(ctx, selectUser+"where u.active or $1 order by lower(u.name), u.id", withLeft)
	if err != nil {
		return nil, fmt.Errorf("reading the users: %w", err)
	}
	users, err := pgx.CollectRows(rows, pgx.RowToStructByName[User])
	if err != nil {
		return nil, fmt.Errorf("reading the users: %w", err)
	}
	return users, nil
}

// User reads one person.
func (s *Store) User(ctx context.Context, id string) (User, error) { return user(ctx, s.pool, id, "") }

// UserByEmail finds a person's ID.
func (s *Store) UserByEmail(ctx context.Context, email string) (id string, err error) {
	err = s.pool.QueryRow(ctx, "select id::text from users where email = $1", strings.ToLower(strings.TrimSpace(email))).Scan(&id)
	if err != nil {
		return "", fmt.Errorf("looking for a user: %w", postgres.OrNotFound(err, "user"))
	}
	return id, nil
}

func user(ctx context.Context, q postgres.Querier, id, lock string) (User, error) {
	rows, err := q.Query(ctx, selectUser+"where u.id = $1 "+lock, id)
	if err != nil {
		return User{}, fmt.Errorf("reading a user: %w", err)
	}
	u, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[User])
	if err != nil {
		return User{}, fmt.Errorf("reading a user: %w", postgres.OrNotFound(err, "user"))
	}
	return u, nil
}

// AddUser adds a person.
func (s *Store) AddUser(ctx context.Context, n NewUser) (User, error) {
	u := User{ID: crm.NewID(), Email: n.Email, Name: n.Name, Role: n.Role, TeamID: n.TeamID, Active: true, Language: n.Language}
	if err := u.check(); err != nil {
		return User{}, err
	}
	var hash *string
	if n.Password != "" {
		h, err := s.hash(ctx, n.Password, u.Email, u.Name)
		if err != nil {
			return User{}, err
		}
		hash = &h
	}
	err := postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := mayGrant(ctx, tx, u.Role); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `insert into users (id, email, name, password, role, team_id, language)
			values ($1, $2, $3, $4, $5, nullif($6, '')::uuid, $7)`, u.ID, u.Email, u.Name, hash, u.Role, u.TeamID, u.Language)
		if err != nil {
			return fmt.Errorf("adding a user: %w", refused(err, u))
		}
		if u, err = user(ctx, tx, u.ID, ""); err != nil {
			return err
		}
		return s.Audit(ctx, tx, Entry{Action: "user.added", Object: "user", ObjectID: u.ID, Data: map[string]any{"email": u.Email, "role": u.Role}})
	})
	if err == nil {
		s.tell()
	}
	return u, err
}

// ChangeUser changes a person. Whoever is switched off, or gets another role, is logged out.
func (s *Store) ChangeUser(ctx context.Context, id string, c UserChange) (now User, err error) {
	err = postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		was, err := user(ctx, tx, id, "for update of u")
		if err != nil {
			return err
		}
		if c.Version != 0 && c.Version != was.Version {
			return crm.Conflict("changed_meanwhile", crm.Params{"current": was})
		}
		if now, err = c.apply(was); err != nil {
			return err
		}
		for _, role := range []string{was.Role, now.Role} {
			if err := mayGrant(ctx, tx, role); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `update users set email = $2, name = $3, role = $4, team_id = nullif($5, '')::uuid, active = $6, language = $7,
			version = version + 1, updated_at = $8 where id = $1`, id, now.Email, now.Name, now.Role, now.TeamID, now.Active, now.Language, s.clock.Now())
		if err != nil {
			return fmt.Errorf("changing a user: %w", refused(err, now))
		}
		if err := s.afterChange(ctx, tx, was, now); err != nil {
			return err
		}
		now, err = user(ctx, tx, id, "")
		return err
	})
	if err == nil {
		s.tell()
		s.tellOver(id) // another role has other rights; those switched off are out
	}
	return now, err
}

func (s *Store) afterChange(ctx context.Context, tx pgx.Tx, was, now User) error {
	if was.Role != now.Role || was.Active && !now.Active {
		if err := s.endSessions(ctx, tx, now.ID, ""); err != nil {
			return err
		}
	}
	if was.Role == Administrator && (now.Role != Administrator || !now.Active) {
		// The lock makes two administrators who switch each other off wait for one another.
		var left int
		err := tx.QueryRow(ctx, "select count(*) from (select 1 from users where role = $1 and active for update) a", Administrator).Scan(&left)
		if err != nil {
			return fmt.Errorf("counting administrators: %w", err)
		}
		if left == 0 {
			return crm.Conflict("last_administrator")
		}
	}
	data := map[string]any{}
	for field, pair := range map[string][2]any{"email": {was.Email, now.Email}, "name": {was.Name, now.Name}, "role": {was.Role, now.Role},
		"team_id": {was.TeamID, now.TeamID}, "active": {was.Active, now.Active}, "language": {was.Language, now.Language}} {
		if pair[0] != pair[1] {
			data[field] = pair
		}
	}
	return s.Audit(ctx, tx, Entry{Action: "user.changed", Object: "user", ObjectID: now.ID, Data: data})
}

// SetPassword gives a person another password and ends all their sessions but the one to keep, which may be empty.
func (s *Store) SetPassword(ctx context.Context, id, password, keep string) error {
	known, err := s.User(ctx, id)
	if err != nil {
		return err
	}
	hash, err := s.hash(ctx, password, known.Email, known.Name)
	if err != nil {
		return err
	}
	err = postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		u, err := user(ctx, tx, id, "for update of u")
		if err != nil {
			return err
		}
		if crm.ActorFrom(ctx).User != id {
			if err := mayGrant(ctx, tx, u.Role); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, "update users set password = $2, updated_at = $3 where id = $1", id, hash, s.clock.Now()); err != nil {
			return fmt.Errorf("setting a password: %w", err)
		}
		if err := s.endSessions(ctx, tx, id, keep); err != nil {
			return err
		}
		return s.Audit(ctx, tx, Entry{Action: "user.password", Object: "user", ObjectID: id})
	})
	if err == nil {
		s.tellOver(id)
	}
	return err
}

// ChangeOwnPassword gives the actor another password; the present one must be known.
func (s *Store) ChangeOwnPassword(ctx context.Context, current, password string) error {
	if err := s.confirm(ctx, current); err != nil {
		return err
	}
	login := RequestFrom(ctx).login
	return s.SetPassword(ctx, login.Actor.User, password, login.Session)
}

// mayGrant says whether the actor may make somebody what the role is: nobody gives more than they have. The system itself may.
func mayGrant(ctx context.Context, q postgres.Querier, role string) error {
	var rights []string
	err := q.QueryRow(ctx, "select rights from roles where name = $1", role).Scan(&rights)
	if crm.IsNotFound(postgres.OrNotFound(err, "role")) {
		return crm.Invalid("unknown_role", crm.Params{"role": role})
	}
	if err != nil {
		return fmt.Errorf("reading a role: %w", err)
	}
	if actor := crm.ActorFrom(ctx); actor.User != "" && !covers(actor.Rights, rightsOf(role, rights)) {
		return &crm.Error{Kind: crm.KindForbidden, Code: "more_than_own_rights", Params: crm.Params{"role": role}}
	}
	return nil
}

func refused(err error, u User) error {
	switch {
	case postgres.Violates(err, "users_email_unique"):
		return crm.Conflict("email_taken", crm.Params{"email": u.Email})
	case postgres.Violates(err, "users_team_id_fkey"):
		return crm.Invalid("unknown_team", crm.Params{"team": u.TeamID})
	}
	return err
}

func (s *Store) setLanguage(ctx context.Context, id, language string) error {
	if _, err := s.pool.Exec(ctx, "update users set language = $2 where id = $1", id, language); err != nil {
		return fmt.Errorf("setting a language: %w", err)
	}
	return nil
}
