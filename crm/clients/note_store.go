package clients

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
)

// Note is something that somebody wrote on a client's card.
type Note struct {
	ID        string    `json:"id"`
	ClientID  string    `json:"client_id"`
	Text      string    `json:"text"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

const noteKind = "note"

// AddNote writes a note on a client's card.
func (s *Store) AddNote(ctx context.Context, id, text string) (n Note, err error) {
	if text = strings.TrimSpace(text); text == "" {
		return Note{}, crm.Invalid("empty", crm.Params{"field": "text"})
	}
	now := s.clock.Now()
	n = Note{ID: crm.NewIDAt(now), ClientID: id, Text: text, CreatedAt: now, UpdatedAt: now}
	err = postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := client(ctx, tx, id, "clients.write", ""); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `insert into client_notes (id, client_id, text, author, created_at, updated_at)
			values ($1, $2, $3, nullif($4, '')::uuid, $5, $5)`, n.ID, id, text, crm.ActorFrom(ctx).User, now)
		if err != nil {
			return fmt.Errorf("writing a note: %w", err)
		}
		_, err = AddEntry(ctx, tx, Entry{Client: id, At: now, Kind: noteKind, Object: n.ID, Data: map[string]any{"text": text}})
		return err
	})
	if err == nil {
		s.tell(id)
	}
	return n, err
}

// ChangeNote changes one's own note; whoever may delete clients may change anybody's.
func (s *Store) ChangeNote(ctx context.Context, id, note, text string) (n Note, err error) {
	if text = strings.TrimSpace(text); text == "" {
		return Note{}, crm.Invalid("empty", crm.Params{"field": "text"})
	}
	err = s.withNote(ctx, id, note, func(tx pgx.Tx, was Note, author string) error {
		n = was
		n.Text, n.UpdatedAt = text, s.clock.Now()
		if _, err := tx.Exec(ctx, "update client_notes set text = $2, updated_at = $3 where id = $1", note, text, n.UpdatedAt); err != nil {
			return fmt.Errorf("changing a note: %w", err)
		}
		_, err := AddEntry(ctx, tx, Entry{Client: id, At: was.CreatedAt, Kind: noteKind, Object: note, Actor: author,
			Data: map[string]any{"text": text, "edited_at": n.UpdatedAt}})
		return err
	})
	return n, err
}

// DeleteNote takes a note away; the timeline keeps that it was there, and what it said.
func (s *Store) DeleteNote(ctx context.Context, id, note string) error {
	return s.withNote(ctx, id, note, func(tx pgx.Tx, was Note, _ string) error {
		if _, err := tx.Exec(ctx, "delete from client_notes where id = $1", note); err != nil {
			return fmt.Errorf("deleting a note: %w", err)
		}
		if err := RemoveEntry(ctx, tx, noteKind, note); err != nil {
			return err
		}
		_, err := AddEntry(ctx, tx, Entry{Client: id, At: s.clock.Now(), Kind: "changed",
			Data: map[string]any{"changes": []Changed{{Field: noteKind, From: was.Text}}}})
		return err
	})
}

func (s *Store) withNote(ctx context.Context, id, note string, do func(tx pgx.Tx, was Note, author string) error) error {
	err := postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := client(ctx, tx, id, "clients.write", ""); err != nil {
			return err
		}
		actor := crm.ActorFrom(ctx)
		was, author := Note{ID: note, ClientID: id}, ""
		err := tx.QueryRow(ctx, `select text, coalesce(author::text, ''), created_at, updated_at from client_notes
			where id = $1 and client_id = $2 and (author::text = $3 or $4) for update`,
			note, id, actor.User, actor.User == "" || actor.Can("clients.delete")).Scan(&was.Text, &author, &was.CreatedAt, &was.UpdatedAt)
		if err != nil {
			return fmt.Errorf("reading a note: %w", postgres.OrNotFound(err, "note"))
		}
		return do(tx, was, author)
	})
	if err == nil {
		s.tell(id)
	}
	return err
}
