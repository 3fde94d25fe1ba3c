package calls

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
)

// Prefix is the beginning of numbers that may be dialled: with a plus of E.164, or a whole short number such as 112.
type Prefix struct {
	ID     string `json:"id" db:"id"`
	Prefix string `json:"prefix" db:"prefix"`
	Name   string `json:"name" db:"name"`
	Price  int64  `json:"price" db:"price" doc:"Of each begun minute, hundredths of the currency"`
	Night  bool   `json:"night" db:"night" doc:"May be dialled while the night rule holds"`
}

// PrefixChange is a new prefix, or what changes of one; nil stays.
type PrefixChange struct {
	Prefix *string `json:"prefix,omitempty" maxLength:"30"`
	Name   *string `json:"name,omitempty" maxLength:"100"`
	Price  *int64  `json:"price,omitempty" minimum:"0" maximum:"100000000"`
	Night  *bool   `json:"night,omitempty"`
}

var prefixForm = regexp.MustCompile(`^(\+[0-9]{1,15}|[0-9]{2,4})$`)

// Prefixes lists what may be dialled.
func (b *Book) Prefixes(ctx context.Context) ([]Prefix, error) {
	rows, err := b.pool.Query(ctx, "select id::text, prefix, name, price, night from prefixes order by prefix")
	if err != nil {
		return nil, fmt.Errorf("reading the prefixes: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Prefix])
	if err != nil {
		return nil, fmt.Errorf("reading the prefixes: %w", err)
	}
	return list, nil
}

// SetPrefix allows numbers, or changes what an entry allows.
func (b *Book) SetPrefix(ctx context.Context, id string, c PrefixChange) (now Prefix, err error) {
	verb := "changed"
	err = postgres.Tx(ctx, b.pool, func(tx pgx.Tx) error {
		if id == "" {
			verb, now.ID, now.Night = "added", crm.NewID(), true
		} else {
			now.ID = id
			err := tx.QueryRow(ctx, "select prefix, name, price, night from prefixes where id = $1 for update", id).Scan(&now.Prefix, &now.Name, &now.Price, &now.Night)
			if err != nil {
				return fmt.Errorf("reading a prefix: %w", postgres.OrNotFound(err, "prefix"))
			}
		}
		set(&now.Prefix, c.Prefix)
		set(&now.Name, c.Name)
		set(&now.Price, c.Price)
		set(&now.Night, c.Night)
		now.Prefix = strings.Join(strings.FieldsFunc(now.Prefix, func(r rune) bool { return strings.ContainsRune(" -()", r) }), "")
		now.Name = strings.TrimSpace(clean(now.Name))
		if !prefixForm.MatchString(now.Prefix) {
			return crm.Invalid("bad_prefix", crm.Params{"field": "prefix"})
		}
		_, err := tx.Exec(ctx, `insert into prefixes (id, prefix, name, price, night) values ($1, $2, $3, $4, $5)
			on conflict (id) do update set prefix = $2, name = $3, price = $4, night = $5`, now.ID, now.Prefix, now.Name, now.Price, now.Night)
		if err != nil {
			return taken(err, "saving a prefix")
		}
		return b.audit(ctx, tx, "prefix", now.ID, verb, now)
	})
	if err == nil {
		b.settingsChanged()
	}
	return now, err
}

// RemovePrefix denies what an entry allowed.
func (b *Book) RemovePrefix(ctx context.Context, id string) error {
	err := postgres.Tx(ctx, b.pool, func(tx pgx.Tx) error {
		var was string
		err := tx.QueryRow(ctx, "delete from prefixes where id = $1 returning prefix", id).Scan(&was)
		if err != nil {
			return fmt.Errorf("removing a prefix: %w", postgres.OrNotFound(err, "prefix"))
		}
		return b.audit(ctx, tx, "prefix", id, "removed", was)
	})
	if err == nil {
		b.settingsChanged()
	}
	return err
}
