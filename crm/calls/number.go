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

// Number is one of ours (DID) with its short route: hours, greeting, queue.
type Number struct {
	ID             string   `json:"id" db:"id"`
	E164           string   `json:"e164" db:"e164"`
	Name           string   `json:"name" db:"name"`
	Queue          string   `json:"queue" db:"queue"`
	Source         string   `json:"source" db:"source_id" doc:"ID of the traffic source"`
	Owner          string   `json:"owner" db:"owner_id" doc:"ID of who owns the missed calls of clients that nobody owns"`
	Members        []string `json:"members" db:"members" doc:"IDs of those who are offered its calls; none: everybody on shift"`
	Greeting       string   `json:"greeting" db:"greeting_id"`
	ClosedGreeting string   `json:"closed_greeting" db:"closed_greeting_id" doc:"Outside the hours"`
	NobodyGreeting string   `json:"nobody_greeting" db:"nobody_greeting_id" doc:"When the longest wait is over"`
	MaxWaitSeconds *int     `json:"max_wait_seconds" db:"max_wait_seconds" doc:"null: the general one"`
	Hours          Hours    `json:"hours" db:"hours" doc:"null: the general ones"`
	Version        int64    `json:"version" db:"version"`
}

// NumberChange is a new number, or what changes of one; nil stays.
type NumberChange struct {
	Version        int64     `json:"version,omitempty"`
	E164           *string   `json:"e164,omitempty" maxLength:"60" doc:"In any form"`
	Name           *string   `json:"name,omitempty" maxLength:"100"`
	Queue          *string   `json:"queue,omitempty" pattern:"^[a-z0-9_-]{1,40}$"`
	Source         *string   `json:"source,omitempty"`
	Owner          *string   `json:"owner,omitempty"`
	Members        *[]string `json:"members,omitempty" maxItems:"500"`
	Greeting       *string   `json:"greeting,omitempty"`
	ClosedGreeting *string   `json:"closed_greeting,omitempty"`
	NobodyGreeting *string   `json:"nobody_greeting,omitempty"`
	MaxWaitSeconds *int      `json:"max_wait_seconds,omitempty" minimum:"0" maximum:"3600" doc:"0: the general one"`
	Hours          *Hours    `json:"hours,omitempty" doc:"Empty: the general ones"`
}

const numberColumns = `id::text, e164, name, queue, coalesce(source_id::text, '') as source_id, coalesce(owner_id::text, '') as owner_id,
	members::text[] as members, coalesce(greeting_id::text, '') as greeting_id, coalesce(closed_greeting_id::text, '') as closed_greeting_id,
	coalesce(nobody_greeting_id::text, '') as nobody_greeting_id, max_wait_seconds, hours, version`

// Numbers lists our numbers, the oldest first.
func (b *Book) Numbers(ctx context.Context) ([]Number, error) {
	return numbers(ctx, b.pool, "order by created_at, id")
}

func numbers(ctx context.Context, q postgres.Querier, rest string, args ...any) ([]Number, error) {
	rows, err := q.Query(ctx, "select "+numberColumns+" from numbers where archived_at is null "+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("reading our numbers: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Number])
	if err != nil {
		return nil, fmt.Errorf("reading our numbers: %w", err)
	}
	return list, nil
}

// SetNumber makes a number, or changes the one with the ID.
func (b *Book) SetNumber(ctx context.Context, id string, c NumberChange) (now Number, err error) {
	company, err := b.o.Access.Company(ctx)
	if err != nil {
		return now, err
	}
	verb := "changed"
	err = postgres.Tx(ctx, b.pool, func(tx pgx.Tx) error {
		was := Number{ID: crm.NewID(), Queue: "main", Members: []string{}}
		if id == "" {
			verb = "added"
		} else {
			found, err := numbers(ctx, tx, "and id = $1 for update", id)
			if err != nil {
				return err
			}
			if len(found) == 0 {
				return crm.NotFound("number")
			}
			if was = found[0]; c.Version != 0 && c.Version != was.Version {
				return crm.Conflict("changed_meanwhile", crm.Params{"current": was})
			}
		}
		if now, err = c.apply(was, company.Country); err != nil {
			return err
		}
		now.Version++
		if err := now.write(ctx, tx); err != nil {
			return err
		}
		return b.audit(ctx, tx, "number", now.ID, verb, now)
	})
	if err == nil {
		b.settingsChanged()
	}
	return now, err
}

func (v Number) write(ctx context.Context, tx pgx.Tx) error {
	var hours any
	if len(v.Hours) > 0 {
		hours = v.Hours
	}
	_, err := tx.Exec(ctx, `insert into numbers (id, e164, name, queue, source_id, owner_id, members, greeting_id, closed_greeting_id,
			nobody_greeting_id, max_wait_seconds, hours, version)
		values ($1, $2, $3, $4, nullif($5, '')::uuid, nullif($6, '')::uuid, $7::text[]::uuid[], nullif($8, '')::uuid, nullif($9, '')::uuid,
			nullif($10, '')::uuid, $11, $12, $13)
		on conflict (id) do update set e164 = excluded.e164, name = excluded.name, queue = excluded.queue, source_id = excluded.source_id,
			owner_id = excluded.owner_id, members = excluded.members, greeting_id = excluded.greeting_id,
			closed_greeting_id = excluded.closed_greeting_id, nobody_greeting_id = excluded.nobody_greeting_id,
			max_wait_seconds = excluded.max_wait_seconds, hours = excluded.hours, version = excluded.version`,
		v.ID, v.E164, v.Name, v.Queue, v.Source, v.Owner, v.Members, v.Greeting, v.ClosedGreeting, v.NobodyGreeting, v.MaxWaitSeconds, hours, v.Version)
	if err != nil {
		return taken(err, "saving a number")
	}
	return nil
}

var queueName = regexp.MustCompile(`^[a-z0-9_-]{1,40}$`)

func (c NumberChange) apply(v Number, country string) (Number, error) {
	if c.E164 != nil {
		phone, err := crm.ParsePhone(*c.E164, country)
		if err != nil {
			return v, err
		}
		v.E164 = phone.E164
	}
	set(&v.Name, c.Name)
	set(&v.Queue, c.Queue)
	set(&v.Source, c.Source)
	set(&v.Owner, c.Owner)
	set(&v.Members, c.Members)
	set(&v.Greeting, c.Greeting)
	set(&v.ClosedGreeting, c.ClosedGreeting)
	set(&v.NobodyGreeting, c.NobodyGreeting)
	set(&v.Hours, c.Hours)
	if c.MaxWaitSeconds != nil {
		if v.MaxWaitSeconds = c.MaxWaitSeconds; *c.MaxWaitSeconds == 0 {
			v.MaxWaitSeconds = nil
		}
	}
	v.Name = strings.TrimSpace(clean(v.Name))
	return v, v.check()
}

func (v Number) check() error {
	switch {
	case v.E164 == "":
		return crm.Invalid("required", crm.Params{"field": "e164"})
	case v.Name == "":
		return crm.Invalid("required", crm.Params{"field": "name"})
	case !queueName.MatchString(v.Queue):
		return crm.Invalid("bad_queue", crm.Params{"field": "queue"})
	case v.MaxWaitSeconds != nil && (*v.MaxWaitSeconds < 5 || *v.MaxWaitSeconds > 3600):
		return crm.Invalid("out_of_range", crm.Params{"field": "max_wait_seconds", "min": 5, "max": 3600})
	}
	refs := map[string]string{"source": v.Source, "owner": v.Owner, "greeting": v.Greeting, "closed_greeting": v.ClosedGreeting, "nobody_greeting": v.NobodyGreeting}
	for field, ref := range refs {
		if ref != "" && !crm.IsID(ref) {
			return crm.Invalid("unknown_reference", crm.Params{"field": field})
		}
	}
	for _, m := range v.Members {
		if !crm.IsID(m) {
			return crm.Invalid("unknown_reference", crm.Params{"field": "members"})
		}
	}
	if len(v.Hours) == 0 {
		return nil
	}
	return v.Hours.check()
}
