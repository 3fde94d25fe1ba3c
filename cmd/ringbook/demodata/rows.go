package demodata

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
)

// storeClients copies the cards with everything on them.
func (c *Company) storeClients(ctx context.Context, tx pgx.Tx) error {
	var cards, phones, emails, notes, entries [][]any
	for _, k := range c.Clients {
		cards = append(cards, []any{uuid(k.ID), k.Kind, k.Name, k.First, k.Last, k.Middle, k.Company, k.City, uuid(k.Owner), k.Tags,
			k.Preferences, k.Claims, k.Source, k.How, k.Created, k.Created})
		entries = append(entries, []any{uuid(k.Entry), uuid(k.ID), k.Created, "created", nil, nil, map[string]any{"how": k.How}})
		for i, p := range k.Phones {
			phones = append(phones, []any{uuid(p.ID), uuid(k.ID), i, p.Typed, p.E164, p.Ext, crm.Digits(p.E164), p.Label, k.Created})
		}
		for i, e := range k.Emails {
			emails = append(emails, []any{uuid(e.ID), uuid(k.ID), i, e.Email, e.Label})
		}
		for _, n := range k.Notes {
			notes = append(notes, []any{uuid(n.ID), uuid(k.ID), n.Text, uuid(n.Author), n.At, n.At})
			entries = append(entries, []any{uuid(n.Entry), uuid(k.ID), n.At, "note", uuid(n.ID), uuid(n.Author), map[string]any{"text": n.Text}})
		}
	}
	for _, t := range []struct {
		name    string
		columns []string
		rows    [][]any
	}{
		{"clients", []string{"id", "kind", "name", "first_name", "last_name", "middle_name", "company", "city", "owner_id", "tags",
			"preferences", "claims", "source", "how", "created_at", "updated_at"}, cards},
		{"client_phones", []string{"id", "client_id", "position", "typed", "e164", "ext", "digits", "label", "since"}, phones},
		{"client_emails", []string{"id", "client_id", "position", "email", "label"}, emails},
		{"client_notes", []string{"id", "client_id", "text", "author", "created_at", "updated_at"}, notes},
		{"timeline", []string{"id", "client_id", "at", "kind", "object_id", "actor", "data"}, entries},
	} {
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, pgx.CopyFromRows(t.rows)); err != nil {
			return fmt.Errorf("copying %s: %w", t.name, err)
		}
	}
	return nil
}

// uuid is an ID as COPY takes it; nil when there is none.
func uuid(id string) any {
	if id == "" {
		return nil
	}
	return id
}

// pause waits while a running Ringbook does the same work.
func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(200 * time.Millisecond):
		return nil
	}
}
