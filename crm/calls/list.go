package calls

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
	"ringbook/telephony"
)

// Frame reads what filters need to know of the company.
func (b *Book) Frame(ctx context.Context) (Frame, error) {
	company, err := b.o.Access.Company(ctx)
	if err != nil {
		return Frame{}, err
	}
	return FrameOf(company)
}

// List reads a page of the calls that the actor may see, the newest first.
func (b *Book) List(ctx context.Context, f Filter, limit int, cursor string) (page crm.Page[Call], err error) {
	frame, err := b.Frame(ctx)
	if err != nil {
		return page, err
	}
	var args []any
	condition, err := f.within(ctx, frame, "calls.read", &args)
	if err != nil {
		return page, err
	}
	if cursor != "" {
		at, id, err := place(cursor)
		if err != nil {
			return page, err
		}
		args = append(args, at, id)
		condition += fmt.Sprintf(" and (c.started_at, c.id) < ($%d, $%d::uuid)", len(args)-1, len(args))
	}
	args = append(args, limit+1)
	list, err := read(ctx, b.pool, "where "+condition+fmt.Sprintf(" order by c.started_at desc, c.id desc limit $%d", len(args)), args...)
	if err != nil {
		return page, err
	}
	page.Items = list
	if len(list) > limit {
		last := list[limit-1]
		page.Items, page.NextCursor = list[:limit], crm.EncodeCursor(last.StartedAt.UTC().Format(time.RFC3339Nano), last.ID)
	}
	return page, nil
}

// Count counts the calls of a filter that the actor may see.
func (b *Book) Count(ctx context.Context, f Filter) (n int, err error) {
	frame, err := b.Frame(ctx)
	if err != nil {
		return 0, err
	}
	var args []any
	condition, err := f.within(ctx, frame, "calls.read", &args)
	if err != nil {
		return 0, err
	}
	if err := b.pool.QueryRow(ctx, "select count(*) from calls c where "+condition, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting calls: %w", err)
	}
	return n, nil
}

// within joins the filter with what the actor's right reaches.
func (f Filter) within(ctx context.Context, frame Frame, right crm.Right, args *[]any) (string, error) {
	condition, err := f.Where(frame, args)
	if err != nil {
		return "", err
	}
	condition = Visible(crm.ActorFrom(ctx), right, args) + " and " + condition
	if f.Unique != "true" {
		return condition, nil
	}
	return "c.id in (select distinct on (c.phone) c.id from calls c where " + condition +
		" and c.direction = 'inbound' and c.phone <> '' order by c.phone, c.started_at, c.id)", nil
}

func place(cursor string) (at time.Time, id string, err error) {
	parts, err := crm.DecodeCursor(cursor, 2)
	if err != nil {
		return at, "", err
	}
	at, err = time.Parse(time.RFC3339Nano, parts[0])
	if err != nil || !crm.IsID(parts[1]) {
		return at, "", crm.Invalid("bad_cursor")
	}
	return at, parts[1], nil
}

// Call reads one call that the actor may see.
func (b *Book) Call(ctx context.Context, id string) (Call, error) {
	args := []any{id}
	return one(ctx, b.pool, "where c.id = $1 and "+Visible(crm.ActorFrom(ctx), "calls.read", &args), args...)
}

// TimelineData reads the calls of timeline entries as they are now; for clients.Store.TimelineData with the kind "call".
func (b *Book) TimelineData(ctx context.Context, ids []string) (map[string]any, error) {
	list, err := read(ctx, b.pool, "where c.id = any($1::text[]::uuid[])", ids)
	out := make(map[string]any, len(list))
	for _, c := range list {
		out[c.ID] = c
	}
	return out, err
}

func one(ctx context.Context, q postgres.Querier, rest string, args ...any) (Call, error) {
	list, err := read(ctx, q, rest, args...)
	if err != nil {
		return Call{}, err
	}
	if len(list) == 0 {
		return Call{}, crm.NotFound("call")
	}
	return list[0], nil
}

// read reads calls with the names of all who had a part in them.
func read(ctx context.Context, q postgres.Querier, rest string, args ...any) ([]Call, error) {
	rows, err := q.Query(ctx, selection+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("reading calls: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	if err != nil {
		return nil, fmt.Errorf("reading calls: %w", err)
	}
	trails := make([][]telephony.Segment, len(list))
	var people []string
	for i, r := range list {
		if err := json.Unmarshal(r.Segments, &trails[i]); err != nil {
			return nil, fmt.Errorf("reading the trail of call %s: %w", r.ID, err)
		}
		for _, s := range trails[i] {
			if crm.IsID(string(s.Agent)) {
				people = append(people, string(s.Agent))
			}
			if crm.IsID(string(s.Trunk)) {
				people = append(people, string(s.Trunk))
			}
		}
	}
	names, err := peopleNames(ctx, q, people)
	if err != nil {
		return nil, err
	}
	out := make([]Call, len(list))
	for i, r := range list {
		out[i] = r.view(trails[i], names)
	}
	return out, nil
}

// peopleNames are the names of people and of trunks.
func peopleNames(ctx context.Context, q postgres.Querier, ids []string) (map[string]string, error) {
	names := map[string]string{}
	if len(ids) == 0 {
		return names, nil
	}
	rows, err := q.Query(ctx, `select id::text, name from users where id = any($1::text[]::uuid[])
		union all select id::text, name from trunks where id = any($1::text[]::uuid[])`, ids)
	if err != nil {
		return nil, fmt.Errorf("reading names: %w", err)
	}
	var id, name string
	_, err = pgx.ForEachRow(rows, []any{&id, &name}, func() error { names[id] = name; return nil })
	if err != nil {
		return nil, fmt.Errorf("reading names: %w", err)
	}
	return names, nil
}
