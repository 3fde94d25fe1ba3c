package access

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
)

// Team is people who work together; a right of the scope team reaches its members' things.
type Team struct {
	ID   string `json:"id" db:"id"`
	Name string `json:"name" db:"name"`
}

// Teams lists the teams by name.
func (s *Store) Teams(ctx context.Context) ([]Team, error) {
	rows, err := s.pool.Query(ctx, "select id::text as id, name from teams order by lower(name), id")
	if err != nil {
		return nil, fmt.Errorf("reading the teams: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[Team])
}

// SaveTeam adds a team (empty ID) or gives one another name.
func (s *Store) SaveTeam(ctx context.Context, t Team) (Team, error) {
	if t.Name = strings.TrimSpace(t.Name); t.Name == "" {
		return Team{}, crm.Invalid("empty", crm.Params{"field": "name"})
	}
	sql, action := "update teams set name = $2 where id = $1", "team.changed"
	if t.ID == "" {
		t.ID, sql, action = crm.NewID(), "insert into teams (id, name) values ($1, $2)", "team.added"
	}
	err := postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sql, t.ID, t.Name)
		switch {
		case postgres.Violates(err, "teams_name_key"):
			return crm.Conflict("name_taken", crm.Params{"name": t.Name})
		case err != nil:
			return fmt.Errorf("saving a team: %w", err)
		case tag.RowsAffected() == 0:
			return crm.NotFound("team")
		}
		return s.Audit(ctx, tx, Entry{Action: action, Object: "team", ObjectID: t.ID, Data: map[string]any{"name": t.Name}})
	})
	if err == nil {
		s.tell()
	}
	return t, err
}
