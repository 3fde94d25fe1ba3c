package calls

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/crm/postgres"
)

// Choice is an entry of a list that people choose from: a source, a reason for a pause, an outcome.
type Choice struct {
	ID       string `json:"id" db:"id"`
	Name     string `json:"name" db:"name"`
	Position int    `json:"position" db:"position"`
	Key      string `json:"key" db:"key" doc:"Of an outcome: the digit that chooses it together with Alt"`
}

// ChoiceChange is a new choice, or what changes of one; nil stays.
type ChoiceChange struct {
	Name     *string `json:"name,omitempty" maxLength:"100"`
	Position *int    `json:"position,omitempty" minimum:"0" maximum:"1000"`
	Key      *string `json:"key,omitempty" pattern:"^[1-9]?$"`
}

// choices is one of the lists.
type choices struct {
	table, object string
	keyed         bool
}

var (
	sources  = choices{"sources", "source", false}
	pauses   = choices{"pause_reasons", "pause_reason", false}
	outcomes = choices{"outcomes", "outcome", true}
)

func (l choices) key() string {
	if l.keyed {
		return "key"
	}
	return "''"
}

// PauseReasons are what an agent may give as the reason of a pause.
func (b *Book) PauseReasons(ctx context.Context) ([]Choice, error) { return b.choices(ctx, pauses) }

// Outcomes are how a call may have ended for the business.
func (b *Book) Outcomes(ctx context.Context) ([]Choice, error) { return b.choices(ctx, outcomes) }

func (b *Book) choices(ctx context.Context, l choices) ([]Choice, error) {
	rows, err := b.pool.Query(ctx, "select id::text, name, position, "+l.key()+" as key from "+l.table+
		" where archived_at is null order by position, lower(name), id")
	if err != nil {
		return nil, fmt.Errorf("reading the %ss: %w", l.object, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Choice])
	if err != nil {
		return nil, fmt.Errorf("reading the %ss: %w", l.object, err)
	}
	return list, nil
}

// setChoice makes a choice, or changes the one with the ID.
func (b *Book) setChoice(ctx context.Context, l choices, id string, c ChoiceChange) (now Choice, err error) {
	action := "changed"
	err = postgres.Tx(ctx, b.pool, func(tx pgx.Tx) error {
		if id == "" {
			action, now.ID = "added", crm.NewID()
		} else if now, err = l.one(ctx, tx, id); err != nil {
			return err
		}
		if now, err = c.apply(now); err != nil {
			return err
		}
		columns, values, update := "id, name, position", "$1, $2, $3", "name = $2, position = $3"
		args := []any{now.ID, now.Name, now.Position}
		if l.keyed {
			columns, values, update, args = columns+", key", values+", $4", update+", key = $4", append(args, now.Key)
		}
		_, err := tx.Exec(ctx, "insert into "+l.table+" ("+columns+") values ("+values+") on conflict (id) do update set "+update, args...)
		if err != nil {
			return taken(err, "saving a "+l.object)
		}
		return b.audit(ctx, tx, l.object, now.ID, action, now)
	})
	if err == nil {
		b.settingsChanged()
	}
	return now, err
}

func (l choices) one(ctx context.Context, tx pgx.Tx, id string) (Choice, error) {
	rows, err := tx.Query(ctx, "select id::text, name, position, "+l.key()+" as key from "+l.table+" where id = $1 and archived_at is null for update", id)
	if err != nil {
		return Choice{}, fmt.Errorf("reading a %s: %w", l.object, err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Choice])
	if err != nil {
		return Choice{}, fmt.Errorf("reading a %s: %w", l.object, postgres.OrNotFound(err, l.object))
	}
	return c, nil
}

func (c ChoiceChange) apply(v Choice) (Choice, error) {
	set(&v.Name, c.Name)
	set(&v.Position, c.Position)
	set(&v.Key, c.Key)
	v.Name = strings.TrimSpace(clean(v.Name))
	if v.Name == "" {
		return v, crm.Invalid("required", crm.Params{"field": "name"})
	}
	if v.Key != "" && (len(v.Key) != 1 || v.Key < "1" || v.Key > "9") {
		return v, crm.Invalid("bad_key", crm.Params{"field": "key"})
	}
	return v, nil
}

// archive takes an entry out of use; what was written with it keeps it.
func (b *Book) archive(ctx context.Context, table, object, id string) error {
	err := postgres.Tx(ctx, b.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "update "+table+" set archived_at = $2 where id = $1 and archived_at is null", id, b.clock.Now())
		if err != nil {
			return fmt.Errorf("archiving a %s: %w", object, err)
		}
		if tag.RowsAffected() == 0 {
			return crm.NotFound(object)
		}
		return b.audit(ctx, tx, object, id, "removed", nil)
	})
	if err == nil {
		b.settingsChanged()
	}
	return err
}

func (b *Book) audit(ctx context.Context, q postgres.Querier, object, id, verb string, to any) error {
	entry := access.Entry{Action: object + "." + verb, Object: object, ObjectID: id}
	if to != nil {
		entry.Data = map[string]any{"to": to}
	}
	return b.o.Access.Audit(ctx, q, entry)
}

// taken turns a unique violation into a conflict that names the field, and a reference to nothing into an invalid one.
func taken(err error, what string) error {
	refusal, ok := errors.AsType[*pgconn.PgError](err)
	switch {
	case ok && refusal.Code == "23505":
		field := refusal.ConstraintName[strings.LastIndexByte(refusal.ConstraintName, '_')+1:]
		return crm.Conflict("taken", crm.Params{"field": field})
	case ok && refusal.Code == "23503":
		return crm.Invalid("unknown_reference", crm.Params{"field": strings.TrimSuffix(refusal.ConstraintName, "_fkey")})
	}
	return fmt.Errorf("%s: %w", what, err)
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}
