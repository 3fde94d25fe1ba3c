package access

import (
	"context"
	"fmt"
	"regexp"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
)

// Role is a named set of rights.
type Role struct {
	Name    string   `json:"name"`
	BuiltIn bool     `json:"built_in"`
	Rights  []string `json:"rights" doc:"Each as object.action.scope, such as calls.read.team"`
}

// Roles lists the roles, the built-in ones first.
func (s *Store) Roles(ctx context.Context) ([]Role, error) {
	rows, err := s.pool.Query(ctx, `select name, built_in, rights from roles
		order by built_in desc, array_position(array['operator', 'supervisor', 'head', 'administrator'], name), name`)
	if err != nil {
		return nil, fmt.Errorf("reading the roles: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (r Role, err error) {
		err = row.Scan(&r.Name, &r.BuiltIn, &r.Rights)
		r.Rights = Grants(rightsOf(r.Name, r.Rights))
		return r, err
	})
}

var roleName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)

// SaveRole adds a role of one's own or changes its rights.
func (s *Store) SaveRole(ctx context.Context, r Role) (Role, error) {
	if !roleName.MatchString(r.Name) {
		return Role{}, crm.Invalid("bad_role_name", crm.Params{"name": r.Name})
	}
	if _, builtIn := BuiltIn(r.Name); builtIn {
		return Role{}, crm.Conflict("built_in_role", crm.Params{"role": r.Name})
	}
	rights := crm.ParseRights(r.Rights)
	for right := range rights {
		if _, known := table[right]; !known {
			return Role{}, crm.Invalid("unknown_right", crm.Params{"right": string(right)})
		}
	}
	if len(rights) != len(r.Rights) {
		return Role{}, crm.Invalid("bad_rights")
	}
	if actor := crm.ActorFrom(ctx); actor.User != "" && !covers(actor.Rights, rights) {
		return Role{}, &crm.Error{Kind: crm.KindForbidden, Code: "more_than_own_rights", Params: crm.Params{"role": r.Name}}
	}
	r.BuiltIn, r.Rights = false, Grants(rights)
	err := postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "insert into roles (name, rights) values ($1, $2) on conflict (name) do update set rights = excluded.rights", r.Name, r.Rights)
		if err != nil {
			return fmt.Errorf("saving a role: %w", err)
		}
		return s.Audit(ctx, tx, Entry{Action: "role.saved", Object: "role", ObjectID: r.Name, Data: map[string]any{"rights": r.Rights}})
	})
	if err == nil {
		s.logins.Clear()
		s.tell()
	}
	return r, err
}

// DeleteRole takes away a role of one's own that nobody has.
func (s *Store) DeleteRole(ctx context.Context, name string) error {
	return postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "delete from roles where name = $1 and not built_in", name)
		switch {
		case postgres.Violates(err, "users_role_fkey"):
			return crm.Conflict("role_in_use", crm.Params{"role": name})
		case err != nil:
			return fmt.Errorf("deleting a role: %w", err)
		case tag.RowsAffected() == 0:
			return crm.NotFound("role")
		}
		return s.Audit(ctx, tx, Entry{Action: "role.deleted", Object: "role", ObjectID: name})
	})
}
