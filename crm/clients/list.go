package clients

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
)

// ListFilter narrows the list of clients. Empty fields do not.
type ListFilter struct {
	Query   string // a name, a number or an e-mail
	Phone   string // in any form, or its last digits
	Owner   string
	Tag     string
	Source  string
	Kind    string
	Unnamed string // only: those not named yet. Else the list holds whoever was named or talked to
	Sort    string // new (default), name, last_call
	Limit   int
	Cursor  string
}

// List reads a page of clients. What was made by a call and neither named nor talked to comes only when asked for, or by its number.
func (s *Store) List(ctx context.Context, f ListFilter) (page crm.Page[Client], err error) {
	q := &query{}
	if err := s.conditions(ctx, f, q); err != nil {
		return page, err
	}
	q.where = append(q.where, reach(ctx, "clients.read", &q.args))
	order, err := q.page(f)
	if err != nil {
		return page, err
	}
	rows, err := s.pool.Query(ctx, "select "+clientColumns+" from clients c where "+strings.Join(q.where, " and ")+order, q.args...)
	if err != nil {
		return page, fmt.Errorf("reading the clients: %w", err)
	}
	if page.Items, err = pgx.CollectRows(rows, scanClient); err != nil {
		return page, fmt.Errorf("reading the clients: %w", err)
	}
	if len(page.Items) > f.Limit {
		page.Items = page.Items[:f.Limit]
		page.NextCursor = cursorOf(f.Sort, page.Items[f.Limit-1])
	}
	return page, nil
}

type query struct {
	where []string
	args  []any
}

// add appends a condition; each ? in it stands for the argument.
func (q *query) add(condition string, arg any) {
	q.args = append(q.args, arg)
	q.where = append(q.where, strings.ReplaceAll(condition, "?", "$"+strconv.Itoa(len(q.args))))
}

func (s *Store) conditions(ctx context.Context, f ListFilter, q *query) error {
	visible := "c.listed"
	if f.Unnamed == "only" {
		visible = "c.name = '' and c.deleted_at is null"
	}
	text, phone := strings.TrimSpace(f.Query), strings.TrimSpace(f.Phone)
	if phone == "" && LooksLikePhone(text) {
		text, phone = "", text
	}
	if phone != "" {
		visible = "c.deleted_at is null"
		company, err := s.people.Company(ctx)
		if err != nil {
			return err
		}
		byPhone(q, phone, company.Country)
	}
	q.where = append(q.where, visible)
	switch {
	case strings.Contains(text, "@"):
		q.add("c.id in (select e.client_id from client_emails e where lower(e.email) like ?)", like(strings.ToLower(text))+"%")
	case text != "":
		for _, word := range strings.Fields(strings.ToLower(text)) {
			q.add("c.search like ?", "%"+like(word)+"%")
		}
	}
	if f.Owner != "" {
		q.add("c.owner_id = ?::uuid", f.Owner)
	}
	if f.Tag != "" {
		q.add("c.tags @> array[?::text]", f.Tag)
	}
	if f.Source != "" {
		q.add("c.source = ?", f.Source)
	}
	if f.Kind != "" {
		q.add("c.kind = ?", f.Kind)
	}
	return nil
}

// byPhone finds a number in any form: whole, its last digits, or its first as they are being typed.
func byPhone(q *query, text, country string) {
	digits := crm.Digits(text)
	if digits == "" {
		q.add("c.id in (select p.client_id from client_phones p where p.typed = ?)", text)
		return
	}
	var or []string
	either := func(condition, arg string) {
		q.args = append(q.args, arg)
		or = append(or, strings.ReplaceAll(condition, "?", "$"+strconv.Itoa(len(q.args))))
	}
	if phone, err := crm.ParsePhone(text, country); err == nil {
		either("p.e164 = ? and p.e164 <> ''", phone.E164)
	} else if !strings.Contains(text, "+") {
		either("reverse(p.digits) like reverse(?) || '%'", digits)
	}
	for _, beginning := range crm.PhoneBeginnings(text, country) {
		either("p.digits like ? || '%'", beginning)
	}
	q.where = append(q.where, "c.id in (select p.client_id from client_phones p where "+strings.Join(or, " or ")+")")
}

// LooksLikePhone says whether what was typed into the search is a number rather than a name.
func LooksLikePhone(text string) bool {
	if len(crm.Digits(text)) < 3 {
		return false
	}
	lower := strings.ToLower(text)
	for _, word := range []string{"tel:", "доб", "ext", "вн."} {
		lower = strings.ReplaceAll(lower, word, "")
	}
	return strings.IndexFunc(lower, unicode.IsLetter) < 0 && !strings.Contains(lower, "@")
}

var likeEscapes = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func like(text string) string { return likeEscapes.Replace(text) }

// page adds where the page begins and gives the order; one row more than the page says whether there is another.
func (q *query) page(f ListFilter) (order string, err error) {
	const never = "'-infinity'::timestamptz"
	var parts []string
	if f.Cursor != "" {
		if parts, err = crm.DecodeCursor(f.Cursor, 3); err != nil {
			return "", err
		}
		if parts[0] != f.Sort || !crm.IsID(parts[2]) {
			return "", crm.Invalid("bad_cursor")
		}
	}
	switch f.Sort {
	case "name":
		order = " order by lower(c.name), c.id"
		if parts != nil {
			q.add("(lower(c.name), c.id) > (lower(?), ", parts[1])
			q.tail("?::uuid)", parts[2])
		}
	case "last_call":
		order = " order by coalesce(c.last_call_at, " + never + ") desc, c.id desc"
		if parts != nil {
			if _, err := time.Parse(time.RFC3339Nano, parts[1]); err != nil && parts[1] != "-infinity" {
				return "", crm.Invalid("bad_cursor")
			}
			q.add("(coalesce(c.last_call_at, "+never+"), c.id) < (?::text::timestamptz, ", parts[1])
			q.tail("?::uuid)", parts[2])
		}
	default:
		order = " order by c.id desc"
		if parts != nil {
			q.add("c.id < ?::uuid", parts[2])
		}
	}
	q.args = append(q.args, f.Limit+1)
	return order + " limit $" + strconv.Itoa(len(q.args)), nil
}

// tail goes on with the last condition.
func (q *query) tail(more string, arg any) {
	q.args = append(q.args, arg)
	q.where[len(q.where)-1] += strings.ReplaceAll(more, "?", "$"+strconv.Itoa(len(q.args)))
}

func cursorOf(sort string, last Client) string {
	switch sort {
	case "name":
		return crm.EncodeCursor(sort, last.Name, last.ID)
	case "last_call":
		at := "-infinity"
		if last.LastCallAt != nil {
			at = last.LastCallAt.UTC().Format(time.RFC3339Nano)
		}
		return crm.EncodeCursor(sort, at, last.ID)
	}
	return crm.EncodeCursor(sort, "", last.ID)
}

// Tags lists the tags in use.
func (s *Store) Tags(ctx context.Context) ([]string, error) {
	rows, err := s.pool.Query(ctx, "select distinct unnest(c.tags) as tag from clients c where c.listed and c.tags <> '{}' order by tag limit 500")
	if err != nil {
		return nil, fmt.Errorf("reading the tags: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
