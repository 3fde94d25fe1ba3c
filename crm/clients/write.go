package clients

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
)

func insert(ctx context.Context, tx pgx.Tx, c Client, now time.Time) error {
	_, err := tx.Exec(ctx, `insert into clients (id, kind, name, first_name, last_name, middle_name, company, city, owner_id, tags,
			preferences, claims, source, how, created_at, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, nullif($9, '')::uuid, $10, $11, $12, $13, $14, $15, $15)`,
		c.ID, c.Kind, c.Name, c.FirstName, c.LastName, c.MiddleName, c.Company, c.City, c.ownerID(), c.Tags,
		c.Preferences, c.Claims, c.Source, c.How, now)
	if err != nil {
		return fmt.Errorf("adding a client: %w", refused(err, c))
	}
	return contacts(ctx, tx, c)
}

func update(ctx context.Context, tx pgx.Tx, c Client, now time.Time) error {
	_, err := tx.Exec(ctx, `update clients set kind = $2, name = $3, first_name = $4, last_name = $5, middle_name = $6, company = $7, city = $8,
			owner_id = nullif($9, '')::uuid, tags = $10, preferences = $11, claims = $12, source = $13, version = version + 1, updated_at = $14
		where id = $1`,
		c.ID, c.Kind, c.Name, c.FirstName, c.LastName, c.MiddleName, c.Company, c.City, c.ownerID(), c.Tags,
		c.Preferences, c.Claims, c.Source, now)
	if err != nil {
		return fmt.Errorf("changing a client: %w", refused(err, c))
	}
	return contacts(ctx, tx, c)
}

// contacts makes the stored phones and e-mails what the client's are, in one round trip.
func contacts(ctx context.Context, tx pgx.Tx, c Client) error {
	var batch pgx.Batch
	phones, emails := []string{}, []string{}
	for i, p := range c.Phones {
		phones = append(phones, p.ID)
		batch.Queue(`insert into client_phones (id, client_id, position, typed, e164, ext, digits, label, since)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			on conflict (id) do update set position = $3, typed = $4, e164 = $5, ext = $6, digits = $7, label = $8, since = $9`,
			p.ID, c.ID, i, p.Typed, p.E164, p.Ext, p.digits(), p.Label, p.Since)
	}
	for i, e := range c.Emails {
		emails = append(emails, e.ID)
		batch.Queue(`insert into client_emails (id, client_id, position, email, label) values ($1, $2, $3, $4, $5)
			on conflict (id) do update set position = $3, email = $4, label = $5`, e.ID, c.ID, i, e.Email, e.Label)
	}
	batch.Queue("delete from client_phones where client_id = $1 and not (id = any($2::uuid[]))", c.ID, phones)
	batch.Queue("delete from client_emails where client_id = $1 and not (id = any($2::uuid[]))", c.ID, emails)
	if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
		return fmt.Errorf("writing a client's phones and e-mails: %w", err)
	}
	return nil
}

func refused(err error, c Client) error {
	if postgres.Violates(err, "clients_owner_id_fkey") {
		return crm.Invalid("unknown_user", crm.Params{"user": c.ownerID()})
	}
	return err
}

// EnsureByPhone finds the one card with the number, or makes one, in the transaction of the call that needs it. A card
// that a call makes is unnamed, whatever the network calls the caller: name is for the other ways. When several cards
// have the number, the ID is empty: a person must say which. Two calls of one number at once make one card.
func (s *Store) EnsureByPhone(ctx context.Context, tx pgx.Tx, phone crm.Phone, name, source, how string) (id string, created bool, err error) {
	if phone.E164 == "" || s.own(phone.E164) {
		return "", false, crm.Invalid(crm.CodePhone, crm.Params{"reason": phone.Reason})
	}
	if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock(hashtextextended($1, 7))", phone.E164); err != nil {
		return "", false, fmt.Errorf("waiting for the same number: %w", err)
	}
	rows, err := tx.Query(ctx, candidateIDs, phone.E164)
	if err != nil {
		return "", false, fmt.Errorf("looking for a number: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	switch {
	case err != nil:
		return "", false, fmt.Errorf("looking for a number: %w", err)
	case len(found) == 1:
		return found[0], false, nil
	case len(found) > 1:
		return "", false, nil
	}
	now := s.clock.Now()
	if how == HowCall {
		name = ""
	}
	c := Client{ID: crm.NewIDAt(now), Kind: Person, Name: name, Source: source, How: how, Tags: []string{},
		Phones: []ClientPhone{{ID: crm.NewIDAt(now), Typed: phone.Typed, E164: phone.E164, Ext: phone.Ext, Since: now}}}
	if c.Phones[0].Typed == "" {
		c.Phones[0].Typed = phone.E164
	}
	if err := insert(ctx, tx, c, now); err != nil {
		return "", false, err
	}
	_, err = AddEntry(ctx, tx, Entry{Client: c.ID, At: now, Kind: "created", Data: map[string]any{"how": how}})
	return c.ID, true, err
}

// Touch counts a call with the client, in the call's transaction, once a call; talked says that two people spoke, which
// brings an unnamed card into the list.
func (s *Store) Touch(ctx context.Context, tx pgx.Tx, client string, at time.Time, talked bool) error {
	_, err := tx.Exec(ctx, `update clients set calls_count = calls_count + 1, last_call_at = greatest(last_call_at, $2), talked = talked or $3
		where id = $1`, client, at, talked)
	if err != nil {
		return fmt.Errorf("counting a client's call: %w", err)
	}
	return nil
}

// Untouch takes back a [Store.Touch], when a call turns out to be another client's. Last must be the client's last call then, zero without one.
func (s *Store) Untouch(ctx context.Context, tx pgx.Tx, client string, last time.Time) error {
	_, err := tx.Exec(ctx, "update clients set calls_count = greatest(calls_count - 1, 0), last_call_at = $2 where id = $1", client, orNull(last))
	if err != nil {
		return fmt.Errorf("taking back a client's call: %w", err)
	}
	return nil
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
