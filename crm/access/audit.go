package access

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
)

// Entry is a line of the audit log to be written: an action as object.verb, such as "recording.deleted", and what it was done to.
type Entry struct {
	Action   string
	Object   string
	ObjectID string
	Data     map[string]any
}

// AuditLine is a line of the audit log.
type AuditLine struct {
	ID       string         `json:"id"`
	At       time.Time      `json:"at"`
	Actor    *PersonRef     `json:"actor"`
	Action   string         `json:"action"`
	Object   string         `json:"object"`
	ObjectID string         `json:"object_id"`
	Address  string         `json:"address"`
	Data     map[string]any `json:"data"`
}

// PersonRef names a person.
type PersonRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Audit writes a line into the audit log, in the transaction of what it tells of. Actor and address come from the context.
func (s *Store) Audit(ctx context.Context, q postgres.Querier, e Entry) error {
	actor := crm.ActorFrom(ctx)
	if e.Data == nil {
		e.Data = map[string]any{}
	}
	_, err := q.Exec(ctx, `insert into audit (id, at, actor, actor_name, action, object, object_id, address, data)
		values ($1, $2, nullif($3, '')::uuid, $4, $5, $6, $7, $8, $9)`,
		crm.NewID(), s.clock.Now(), actor.User, actor.Name, e.Action, e.Object, e.ObjectID, RequestFrom(ctx).Address, e.Data)
	if err != nil {
		return fmt.Errorf("writing the audit log: %w", err)
	}
	return nil
}

// AuditFilter narrows the audit log.
type AuditFilter struct {
	Action   string
	Actor    string
	Object   string
	ObjectID string
	From, To time.Time
	Limit    int
	Cursor   string
}

// AuditLog reads the audit log, the newest first.
func (s *Store) AuditLog(ctx context.Context, f AuditFilter) (page crm.Page[AuditLine], err error) {
	at, id := any(nil), any(nil)
	if f.Cursor != "" {
		parts, err := crm.DecodeCursor(f.Cursor, 2)
		if err != nil {
			return page, err
		}
		when, err := time.Parse(time.RFC3339Nano, parts[0])
		if err != nil || !crm.IsID(parts[1]) {
			return page, crm.Invalid("bad_cursor")
		}
		at, id = when, parts[1]
	}
	rows, err := s.pool.Query(ctx, `select id::text, at, coalesce(actor::text, ''), actor_name, action, object, object_id, address, data
		from audit where ($1 = '' or action like $1 || '%') and ($2 = '' or actor = nullif($2, '')::uuid) and ($3 = '' or object = $3)
			and ($4 = '' or object_id = $4) and ($5::timestamptz is null or at >= $5) and ($6::timestamptz is null or at < $6)
			and ($7::timestamptz is null or (at, id) < ($7, $8::uuid))
		order by at desc, id desc limit $9`,
		f.Action, f.Actor, f.Object, f.ObjectID, orNull(f.From), orNull(f.To), at, id, f.Limit+1)
	if err != nil {
		return page, fmt.Errorf("reading the audit log: %w", err)
	}
	page.Items, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (l AuditLine, err error) {
		var who PersonRef
		err = row.Scan(&l.ID, &l.At, &who.ID, &who.Name, &l.Action, &l.Object, &l.ObjectID, &l.Address, &l.Data)
		if who.ID != "" {
			l.Actor = &who
		}
		return l, err
	})
	if err != nil {
		return page, fmt.Errorf("reading the audit log: %w", err)
	}
	if len(page.Items) > f.Limit {
		page.Items = page.Items[:f.Limit]
		last := page.Items[f.Limit-1]
		page.NextCursor = crm.EncodeCursor(last.At.UTC().Format(time.RFC3339Nano), last.ID)
	}
	return page, nil
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
