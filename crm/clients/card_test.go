package clients_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm/clients"
	"ringbook/crm/postgres"
)

func TestEveryFormOfANumberFindsTheSameCard(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	want := d.named("Marina", "8 (495) 123-45-67")
	for _, form := range []string{"8 (495) 123-45-67", "+7 495 1234567", "495 1234567 доб. 12", "tel:+7-495-123-45-67", "84951234567", "74951234567"} {
		card, err := d.store.CardByPhone(context.Background(), phone(form))
		if err != nil || card.Client == nil || card.Client.ID != want.ID || card.Match.Reason != clients.MatchPhone || card.Match.Since == nil {
			t.Errorf("%s: %+v, %v", form, card.Match, err)
		}
		if got := d.list(clients.ListFilter{Query: form}); len(got) != 1 {
			t.Errorf("searching for %s finds %v", form, got)
		}
	}
	for _, part := range []string{"4567", "123-45-67", "7495", "8495", "8495123", "8 (495) 123-45", "849512345", "8495123456", "+7495", "+7 495 123", "4951234", "495 123-4"} {
		for _, f := range []clients.ListFilter{{Phone: part}, {Query: part}} {
			if got := d.list(f); len(got) != 1 {
				t.Errorf("searching for %s finds %v", part, got)
			}
		}
	}
	for _, other := range []string{"8496", "+495", "8495124", "+84951234567", "9995"} {
		if got := d.list(clients.ListFilter{Query: other}); len(got) != 0 {
			t.Errorf("searching for %s finds %v", other, got)
		}
	}
}

func TestTheMatchExplainsItself(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.OwnNumbers(func(e164 string) bool { return e164 == "+74950000000" })
	d.named("One", "+79160000001")
	d.named("Two", "+79160000002", "+79160000003")
	d.named("Three", "+79160000002")
	d.named("Ours", "+74950000000")
	for raw, want := range map[string]string{"+79160000001": clients.MatchPhone, "+79160000002": clients.MatchSeveral, "+79160000003": clients.MatchPhone,
		"+79160000009": clients.MatchUnknown, "anonymous": clients.MatchWithheld, "": clients.MatchWithheld, "sales": clients.MatchUnparsable,
		"+74950000000": clients.MatchOwn} {
		match, found, err := d.store.Match(context.Background(), phone(raw))
		candidates := map[string]int{clients.MatchPhone: 1, clients.MatchSeveral: 2}[want]
		if err != nil || match.Reason != want || len(found) != candidates {
			t.Errorf("%q: %+v, %d candidates, %v; want %s", raw, match, len(found), err, want)
		}
	}
}

func TestWithTheDatabaseAwayTheCardSaysSo(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.pool.Close()
	card, err := d.store.CardByPhone(context.Background(), phone("+79160000001"))
	if err == nil || !postgres.Away(err) || card.Match.Reason != clients.MatchDatabaseAway || card.Match.Phone != "+79160000001" {
		t.Errorf("%+v, %v", card.Match, err)
	}
}

func TestACardMadeByACallStaysOutOfTheListUntilNamedOrTalkedTo(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first, created := d.ensure("+79160000001")
	if again, twice := d.ensure("8 916 000-00-01"); !created || twice || again != first {
		t.Fatal("the number's second call made another card")
	}
	if got := d.list(clients.ListFilter{}); len(got) != 0 {
		t.Errorf("the list shows %v", got)
	}
	if got := d.list(clients.ListFilter{Unnamed: "only"}); len(got) != 1 {
		t.Errorf("the unnamed are %v", got)
	}
	second, _ := d.ensure("+79160000002")
	err := postgres.Tx(d.ctx, d.pool, func(tx pgx.Tx) error {
		if err := d.store.Touch(d.ctx, tx, first, time.Now(), false); err != nil {
			return err
		}
		return d.store.Touch(d.ctx, tx, second, time.Now(), true)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := d.list(clients.ListFilter{}); len(got) != 1 {
		t.Errorf("after a talk the list shows %v", got)
	}
	if _, err := d.store.Change(d.ctx, first, clients.ClientChange{FirstName: ptr("Ivan"), LastName: ptr("Petrov")}); err != nil {
		t.Fatal(err)
	}
	if got := d.list(clients.ListFilter{Sort: "last_call"}); len(got) != 2 || got[0] != "" && got[1] != "" {
		t.Errorf("after the naming the list shows %v", got)
	}
}

func TestTwoCallsOfOneNumberAtOnceMakeOneCard(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var all sync.WaitGroup
	ids := make([]string, 8)
	for i := range ids {
		all.Go(func() { ids[i], _ = d.ensure("+79160000001") })
	}
	all.Wait()
	for _, id := range ids {
		if id == "" || id != ids[0] {
			t.Fatalf("cards %v", ids)
		}
	}
}

func TestANumberOnSeveralCardsIsNobodysUntilAPersonSays(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.named("One", "+79160000001")
	d.named("Two", "+79160000001")
	if id, created := d.ensure("+79160000001"); id != "" || created {
		t.Errorf("the call took %q, made %v", id, created)
	}
}

func TestAPartThatFailsOrIsLateIsLeftOutOfTheCard(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.named("One", "+79160000001")
	d.store.CardPart("good", func(_ context.Context, client string) (any, error) { return client, nil })
	d.store.CardPart("bad", func(context.Context, string) (any, error) { return nil, errors.New("broken") })
	d.store.CardPart("late", func(ctx context.Context, _ string) (any, error) { <-ctx.Done(); return nil, ctx.Err() })
	card, err := d.store.Card(d.ctx, c.ID)
	if err != nil || len(card.Parts) != 1 || card.Parts["good"] != c.ID {
		t.Errorf("parts %v, %v", card.Parts, err)
	}
}
