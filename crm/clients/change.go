package clients

import (
	"slices"
	"strings"
)

// Changed is one field that somebody changed, from what to what, as people read it.
type Changed struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// difference lists what differs between two states of a client.
func difference(was, now Client) []Changed {
	changes := []Changed{}
	for _, f := range []Changed{
		{"kind", was.Kind, now.Kind}, {"name", was.Name, now.Name}, {"first_name", was.FirstName, now.FirstName},
		{"last_name", was.LastName, now.LastName}, {"middle_name", was.MiddleName, now.MiddleName}, {"company", was.Company, now.Company},
		{"city", was.City, now.City}, {"owner", was.owner(), now.owner()}, {"tags", strings.Join(was.Tags, ", "), strings.Join(now.Tags, ", ")},
		{"preferences", was.Preferences, now.Preferences}, {"claims", was.Claims, now.Claims}, {"source", was.Source, now.Source},
	} {
		if f.From != f.To {
			changes = append(changes, f)
		}
	}
	changes = append(changes, lists("phone", was.Phones, now.Phones, func(p ClientPhone) (string, string) { return p.ID, p.written() })...)
	return append(changes, lists("email", was.Emails, now.Emails, func(e ClientEmail) (string, string) { return e.ID, labelled(e.Email, e.Label) })...)
}

// lists compares two lists of things with IDs: what came, what went, what changed.
func lists[T any](field string, was, now []T, read func(T) (id, text string)) (changes []Changed) {
	before := map[string]string{}
	for _, v := range was {
		id, text := read(v)
		before[id] = text
	}
	for _, v := range now {
		id, text := read(v)
		if before[id] != text {
			changes = append(changes, Changed{field, before[id], text})
		}
		delete(before, id)
	}
	gone := []string{}
	for _, text := range before {
		gone = append(gone, text)
	}
	slices.Sort(gone)
	for _, text := range gone {
		changes = append(changes, Changed{field, text, ""})
	}
	return changes
}

func (v Client) owner() string {
	if v.Owner == nil {
		return ""
	}
	return v.Owner.Name
}

func (p ClientPhone) written() string {
	number := p.Typed
	if p.E164 != "" {
		number = p.E164
		if p.Ext != "" {
			number += " #" + p.Ext
		}
	}
	return labelled(number, p.Label)
}

func labelled(text, label string) string {
	if label == "" {
		return text
	}
	return text + " (" + label + ")"
}
