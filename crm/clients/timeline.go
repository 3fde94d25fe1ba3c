package clients

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
)

// Entry is something that happened to a client, to be written into the timeline. The actor is whoever acts, unless one is named.
type Entry struct {
	ID     string // empty: a new one
	Client string
	At     time.Time
	Kind   string // created, changed, note, call ...
	Object string // ID of the call, the note ...; one entry an object and kind. May be empty
	Actor  string // ID of the person
	Data   any    // as JSON
}

// TimelineItem is an entry of the timeline. Kind says what data holds: each slice has its own.
type TimelineItem struct {
	ID       string          `json:"id"`
	At       time.Time       `json:"at"`
	Kind     string          `json:"kind"`
	ObjectID string          `json:"object_id" doc:"The call, the note ... that it is about; may be empty"`
	Actor    *Owner          `json:"actor" doc:"Who did it; null: nobody, or the client"`
	Data     json.RawMessage `json:"data"`
}

// FreshData reads the present data of entries by the IDs of their objects; what it leaves out keeps the data written.
type FreshData func(ctx context.Context, objects []string) (map[string]any, error)

// TimelineData sets who reads the present data of the entries of a kind. Set it before serving.
func (s *Store) TimelineData(kind string, fresh FreshData) { s.fresh[kind] = fresh }

// AddEntry writes an entry in the transaction of what it tells of. An entry of the same kind and object is replaced,
// also when it was another client's. Added says that it is new.
func AddEntry(ctx context.Context, q postgres.Querier, e Entry) (added bool, err error) {
	if e.Actor == "" {
		e.Actor = crm.ActorFrom(ctx).User
	}
	if e.Data == nil {
		e.Data = map[string]any{}
	}
	if e.ID == "" {
		e.ID = crm.NewIDAt(e.At)
	}
	err = q.QueryRow(ctx, `insert into timeline (id, client_id, at, kind, object_id, actor, data)
		values ($1, $2, $3, $4, nullif($5, '')::uuid, nullif($6, '')::uuid, $7)
		on conflict (kind, object_id) where object_id is not null
			do update set client_id = excluded.client_id, at = excluded.at, actor = excluded.actor, data = excluded.data
		returning xmax = 0`, e.ID, e.Client, e.At, e.Kind, e.Object, e.Actor, e.Data).Scan(&added)
	if err != nil {
		return false, fmt.Errorf("writing the timeline: %w", err)
	}
	return added, nil
}

// RemoveEntry takes an object's entry off the timeline.
func RemoveEntry(ctx context.Context, q postgres.Querier, kind, object string) error {
	if _, err := q.Exec(ctx, "delete from timeline where kind = $1 and object_id = $2", kind, object); err != nil {
		return fmt.Errorf("removing from the timeline: %w", err)
	}
	return nil
}

const timelineColumns = `t.id::text, t.at, t.kind, coalesce(t.object_id::text, ''), t.actor::text, (select u.name from users u where u.id = t.actor), t.data`

func scanItem(row pgx.CollectableRow) (i TimelineItem, err error) {
	var who, name *string
	err = row.Scan(&i.ID, &i.At, &i.Kind, &i.ObjectID, &who, &name, &i.Data)
	if who != nil && name != nil {
		i.Actor = &Owner{ID: *who, Name: *name}
	}
	return i, err
}

// Timeline reads what happened to a client, the newest first. Kind, which may be empty, narrows it.
func (s *Store) Timeline(ctx context.Context, id, kind string, limit int, cursor string) (page crm.Page[TimelineItem], err error) {
	args := []any{id, kind, limit + 1, nil, nil}
	if cursor != "" {
		parts, err := crm.DecodeCursor(cursor, 2)
		if err != nil {
			return page, err
		}
		at, err := time.Parse(time.RFC3339Nano, parts[0])
		if err != nil || !crm.IsID(parts[1]) {
			return page, crm.Invalid("bad_cursor")
		}
		args[3], args[4] = at, parts[1]
	}
	if _, err := client(ctx, s.pool, id, "clients.read", ""); err != nil {
		return page, err
	}
	rows, err := s.pool.Query(ctx, "select "+timelineColumns+` from timeline t
		where t.client_id = $1 and ($2 = '' or t.kind = $2) and ($4::timestamptz is null or (t.at, t.id) < ($4, $5::uuid))
		order by t.at desc, t.id desc limit $3`, args...)
	if err != nil {
		return page, fmt.Errorf("reading the timeline: %w", err)
	}
	if page.Items, err = pgx.CollectRows(rows, scanItem); err != nil {
		return page, fmt.Errorf("reading the timeline: %w", err)
	}
	if len(page.Items) > limit {
		page.Items = page.Items[:limit]
		last := page.Items[limit-1]
		page.NextCursor = crm.EncodeCursor(last.At.UTC().Format(time.RFC3339Nano), last.ID)
	}
	return page, s.refresh(ctx, page.Items)
}

// refresh asks the slices for the present data of their entries.
func (s *Store) refresh(ctx context.Context, items []TimelineItem) error {
	for kind, read := range s.fresh {
		var objects []string
		for _, i := range items {
			if i.Kind == kind && i.ObjectID != "" {
				objects = append(objects, i.ObjectID)
			}
		}
		if len(objects) == 0 {
			continue
		}
		fresh, err := read(ctx, objects)
		if err != nil {
			return fmt.Errorf("reading the %s entries of a timeline: %w", kind, err)
		}
		for n, i := range items {
			data, ok := fresh[i.ObjectID]
			if !ok || i.Kind != kind {
				continue
			}
			if items[n].Data, err = json.Marshal(data); err != nil {
				return fmt.Errorf("writing the %s entries of a timeline: %w", kind, err)
			}
		}
	}
	return nil
}
