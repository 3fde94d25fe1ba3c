package clients_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ringbook/crm"
	"ringbook/crm/clients"
)

// history reads the changes on a client's timeline, the newest entry first.
func (d *desk) history(id string) (changes []clients.Changed) {
	d.t.Helper()
	page, err := d.store.Timeline(d.ctx, id, "changed", 50, "")
	if err != nil {
		d.t.Fatal(err)
	}
	for _, item := range page.Items {
		var data struct{ Changes []clients.Changed }
		if err := json.Unmarshal(item.Data, &data); err != nil {
			d.t.Fatal(err)
		}
		changes = append(changes, data.Changes...)
	}
	return changes
}

func TestTheTimelineTellsWhoChangedWhatFromWhatToWhat(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.add(clients.ClientChange{FirstName: ptr("Marina"), LastName: ptr("Sokolova"),
		Phones: &[]clients.PhoneInput{{Typed: "8 916 000 00 01", Label: "mobile"}}, Emails: &[]clients.EmailInput{{Email: "m@x.example"}}})
	if c.Name != "Marina Sokolova" || c.Phones[0].E164 != "+79160000001" {
		t.Fatalf("added %+v", c)
	}
	changed, err := d.store.Change(d.ctx, c.ID, clients.ClientChange{Version: c.Version, LastName: ptr("Orlova"), OwnerID: ptr(d.users["boris"].ID),
		Tags: &[]string{"vip", " VIP ", ""}, Phones: &[]clients.PhoneInput{{ID: c.Phones[0].ID, Typed: "+7 916 000-00-02", Label: "mobile"}, {Typed: "later"}},
		Emails: &[]clients.EmailInput{}})
	if err != nil {
		t.Fatal(err)
	}
	want := []clients.Changed{{"name", "Marina Sokolova", "Marina Orlova"}, {"last_name", "Sokolova", "Orlova"}, {"owner", "", "boris"}, {"tags", "", "vip"},
		{"phone", "+79160000001 (mobile)", "+79160000002 (mobile)"}, {"phone", "", "later"}, {"email", "m@x.example", ""}}
	if got := d.history(c.ID); !slices.Equal(got, want) {
		t.Errorf("history\n%v, want\n%v", got, want)
	}
	if changed.Phones[0].ID != c.Phones[0].ID || changed.Version != c.Version+1 {
		t.Errorf("phone %v of version %d", changed.Phones[0], changed.Version)
	}
	page, err := d.store.Timeline(d.ctx, c.ID, "", 1, "")
	if err != nil || page.Items[0].Actor == nil || page.Items[0].Actor.Name != "anna" || page.NextCursor == "" {
		t.Fatalf("%+v, %v", page, err)
	}
	if page, err = d.store.Timeline(d.ctx, c.ID, "", 1, page.NextCursor); err != nil || page.Items[0].Kind != "created" || page.NextCursor != "" {
		t.Errorf("%+v, %v", page, err)
	}
}

func TestAChangeOfAnOldVersionIsAnsweredWithTheCurrentOne(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.named("One", "+79160000001")
	if _, err := d.store.Change(d.as("boris", "all"), c.ID, clients.ClientChange{Version: c.Version, City: ptr("Omsk")}); err != nil {
		t.Fatal(err)
	}
	_, err := d.store.Change(d.ctx, c.ID, clients.ClientChange{Version: c.Version, City: ptr("Tula")})
	refusal, ok := errors.AsType[*crm.Error](err)
	if !ok || refusal.Kind != crm.KindConflict || refusal.Params["current"].(clients.Client).City != "Omsk" || refusal.Params["by"] != "boris" {
		t.Errorf("refused with %v", err)
	}
}

func TestTheSearchFindsNamesNumbersAndEmails(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.named("Соколова Марина", "+79160000001")
	d.add(clients.ClientChange{Name: ptr("100% Juice_Ltd"), Kind: ptr("company"), Emails: &[]clients.EmailInput{{Email: "Info@Juice.example"}}})
	for query, want := range map[string]int{"марина": 1, "СОКОЛ мар": 1, "марина петрова": 0, "juice_": 1, "juiceX": 0, "0%": 1, "%": 1,
		"info@juice": 1, "info@": 1, "@": 0, "0001": 1, "9160000001": 1, "000 00 01": 1, "": 2, `\`: 0, "a'b": 0} {
		if got := d.list(clients.ListFilter{Query: query}); len(got) != want {
			t.Errorf("%q finds %v, want %d", query, got, want)
		}
	}
	if got := d.list(clients.ListFilter{Kind: "company"}); len(got) != 1 {
		t.Errorf("companies: %v", got)
	}
}

func TestPagesHoldEachClientOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for i := range 7 {
		c := d.named(fmt.Sprintf("Client %c", 'g'-i))
		if i%3 == 0 {
			continue
		}
		_, err := d.pool.Exec(d.ctx, "update clients set last_call_at = $2 where id = $1", c.ID, time.Date(2026, 1, 1+i%2, 0, 0, 0, 0, time.UTC))
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, sort := range []string{"new", "name", "last_call"} {
		seen, cursor := []string{}, ""
		for {
			page, err := d.store.List(d.ctx, clients.ListFilter{Sort: sort, Limit: 2, Cursor: cursor})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range page.Items {
				seen = append(seen, c.Name)
			}
			if cursor = page.NextCursor; cursor == "" {
				break
			}
		}
		all := d.list(clients.ListFilter{Sort: sort})
		if !slices.Equal(seen, all) || len(seen) != 7 || sort == "name" && !slices.IsSorted(seen) {
			t.Errorf("by %s: pages %v, whole %v", sort, seen, all)
		}
	}
	for _, cursor := range []string{"x", crm.EncodeCursor("name", "a"), crm.EncodeCursor("new", "", "x"), crm.EncodeCursor("last_call", "never", crm.NewID())} {
		if _, err := d.store.List(d.ctx, clients.ListFilter{Sort: "last_call", Limit: 2, Cursor: cursor}); crm.KindOf(err) != crm.KindInvalid {
			t.Errorf("cursor %q: %v", cursor, err)
		}
	}
}

func TestOnesRightReachesOnesOwnTheTeamsOrAllClients(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, owner := range []string{"anna", "boris", "vera"} {
		d.add(clients.ClientChange{Name: ptr(owner), OwnerID: ptr(d.users[owner].ID), Phones: &[]clients.PhoneInput{{Typed: "+79160000001"}}})
	}
	d.named("nobody's")
	for scope, want := range map[string]string{"own": "anna", "team": "anna boris", "all": "anna boris nobody's vera"} {
		ctx := d.as("anna", scope)
		page, err := d.store.List(ctx, clients.ListFilter{Sort: "name", Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		names := []string{}
		for _, c := range page.Items {
			names = append(names, c.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %s, want %s", scope, got, want)
		}
	}
	page, err := d.store.List(d.ctx, clients.ListFilter{Query: "vera", Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	foreign, own := page.Items[0].ID, d.as("anna", "own")
	_, read := d.store.Client(own, foreign)
	_, card := d.store.Card(own, foreign)
	_, timeline := d.store.Timeline(own, foreign, "", 1, "")
	_, change := d.store.Change(own, foreign, clients.ClientChange{City: ptr("Omsk")})
	_, note := d.store.AddNote(own, foreign, "text")
	for i, err := range []error{read, card, timeline, change, note, d.store.Delete(own, foreign)} {
		if !crm.IsNotFound(err) {
			t.Errorf("operation %d on somebody else's client: %v", i, err)
		}
	}
	if match, found, err := d.store.Match(own, phone("+79160000001")); err != nil || len(found) != 1 || match.Reason != clients.MatchPhone {
		t.Errorf("%+v, %d, %v", match, len(found), err)
	}
}

func TestANoteIsChangedByItsAuthorAndLeavesATraceWhenItGoes(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.named("One")
	note, err := d.store.AddNote(d.ctx, c.ID, " first ")
	if err != nil {
		t.Fatal(err)
	}
	other := crm.WithActor(context.Background(), crm.Actor{User: d.users["boris"].ID, Rights: crm.ParseRights([]string{"clients.read.all", "clients.write.all"})})
	if _, err := d.store.ChangeNote(other, c.ID, note.ID, "forged"); !crm.IsNotFound(err) {
		t.Errorf("another's note was changed: %v", err)
	}
	if _, err := d.store.ChangeNote(d.ctx, c.ID, note.ID, "second"); err != nil {
		t.Fatal(err)
	}
	page, err := d.store.Timeline(d.ctx, c.ID, "note", 10, "")
	if err != nil || len(page.Items) != 1 || !strings.Contains(string(page.Items[0].Data), "second") {
		t.Fatalf("%+v, %v", page.Items, err)
	}
	if err := d.store.DeleteNote(d.ctx, c.ID, note.ID); err != nil {
		t.Fatal(err)
	}
	if got := d.history(c.ID); len(got) != 1 || got[0] != (clients.Changed{Field: "note", From: "second"}) {
		t.Errorf("history %v", got)
	}
}

func TestADeletedClientIsNowhere(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.named("One", "+79160000001")
	if err := d.store.Delete(d.ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	match, _, err := d.store.Match(d.ctx, phone("+79160000001"))
	if _, gone := d.store.Client(d.ctx, c.ID); !crm.IsNotFound(gone) || err != nil || match.Reason != clients.MatchUnknown || len(d.list(clients.ListFilter{})) != 0 {
		t.Errorf("%v, %v, %+v", gone, err, match)
	}
}

func TestABadClientIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for want, change := range map[string]clients.ClientChange{
		"empty_client": {}, "bad_email": {Name: ptr("A"), Emails: &[]clients.EmailInput{{Email: "no"}}}, "bad_kind": {Name: ptr("A"), Kind: ptr("dog")},
		"unknown_user": {Name: ptr("A"), OwnerID: ptr(crm.NewID())}, "tag_too_long": {Name: ptr("A"), Tags: &[]string{strings.Repeat("x", 51)}},
	} {
		_, err := d.store.Add(d.ctx, change, clients.HowTyped)
		if e, ok := errors.AsType[*crm.Error](err); !ok || e.Code != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
