package main

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/crm/calls"
	"ringbook/crm/clients"
	"ringbook/crm/postgres/postgrestest"
	"ringbook/telephony"
)

// reception is what stands between Asterisk's caller ID and the stored call: our reading of it, the look-up, the desk.
type reception struct {
	t    *testing.T
	s    *server
	desk *calls.Desk
	told chan string
	n    int
}

func newReception(t *testing.T) *reception {
	t.Helper()
	pool, country := postgrestest.New(t), "RU"
	s := &server{log: slog.New(slog.DiscardHandler), pool: pool, access: access.New(pool, access.Options{})}
	s.country.Store(&country)
	s.numbers.Store(&map[string]telephony.Number{ourNumber: {Queue: "main", MaxWait: time.Minute}})
	s.clients = clients.New(pool, s.access, clients.Options{})
	s.clients.OwnNumbers(s.own)
	r := &reception{t: t, s: s, told: make(chan string, 1000)}
	desk, err := calls.NewDesk(calls.Options{Pool: pool, Log: s.log, Spool: t.TempDir(), Lookup: s.lookup, Stranger: s.stranger, Ended: s.ended,
		OnChanged: func(object, id string) {
			if object == "call" {
				r.told <- id
			}
		}})
	if err != nil {
		t.Fatal(err)
	}
	r.desk = desk
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan error, 1)
	go func() { over <- desk.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-over; err != nil {
			t.Error(err)
		}
	})
	return r
}

// stored is what is kept of a call that nobody answered.
type stored struct{ phone, caller, match, client string }

// call lets somebody call and hang up.
func (r *reception) call(number, asserted, name string) (got stored) {
	r.t.Helper()
	r.n++
	at := time.Now().Add(-time.Hour).Add(time.Duration(r.n) * time.Minute)
	phone, shown := r.s.caller(number, asserted, name)
	c, _ := telephony.NewInbound(telephony.Arrival{ID: telephony.CallID(crm.NewIDAt(at)), Channel: "c", Phone: phone, Caller: shown, Name: name, Number: ourNumber, At: at},
		telephony.Plan{Numbers: *r.s.numbers.Load()}, at)
	c, _ = telephony.Next(c, telephony.ClientGone{Channel: "c", Cause: 16}, at.Add(10*time.Second))
	r.desk.CallChanged(c)
	for limit := time.After(10 * time.Second); ; {
		select {
		case id := <-r.told:
			if id != string(c.ID) {
				continue
			}
		case <-limit:
			r.t.Fatalf("the call of %q is not stored", number)
		}
		break
	}
	err := r.s.pool.QueryRow(context.Background(), `select c.phone, c.caller, c.match, coalesce(k.name, '-') from calls c left join clients k on k.id = c.client_id where c.id = $1`,
		string(c.ID)).Scan(&got.phone, &got.caller, &got.match, &got.client)
	if err != nil {
		r.t.Fatal(err)
	}
	return got
}

func TestCallersAsTrunksSendThemFindTheirCards(t *testing.T) {
	t.Parallel()
	r := newReception(t)
	ctx := context.Background()
	if _, err := r.s.pool.Exec(ctx, "insert into numbers (id, e164, name) values (gen_random_uuid(), $1, 'Sales')", ourNumber); err != nil {
		t.Fatal(err)
	}
	name, phones := "Марина", []clients.PhoneInput{{Typed: "8 (916) 123-45-67"}}
	if _, err := r.s.clients.Add(system(ctx), clients.ClientChange{Name: &name, Phones: &phones}, clients.HowTyped); err != nil {
		t.Fatal(err)
	}
	const mobile = "+79161234567"
	for _, c := range []struct{ number, asserted, name, phone, match, client string }{
		{"89161234567", "", "", mobile, clients.MatchPhone, name},
		{"79161234567", "", "", mobile, clients.MatchPhone, name},
		{"9161234567", "", "", mobile, clients.MatchPhone, name},
		{"+79161234567", "", "", mobile, clients.MatchPhone, name},
		{"+7 (916) 123-45-67", "", "", mobile, clients.MatchPhone, name},
		{"74950000001", "<sip:+79161234567@trunk.example;user=phone>", "", mobile, clients.MatchPhone, name},
		{"anonymous", "<tel:+79161234567>", "Anonymous", mobile, clients.MatchPhone, name},
		{"pbx", "", "8 916 123-45-67", mobile, clients.MatchPhone, name},
		{"89161234567", "", "84950000009", mobile, clients.MatchPhone, name},
		{"89161234567", "", "Иван Петров", mobile, clients.MatchPhone, name},
		{"810995555123456", "", "", "+995555123456", clients.MatchUnknown, ""},
		{"+995555123456", "", "", "+995555123456", clients.MatchPhone, ""}, // the card that the first call made
		{"anonymous", "", "", "", clients.MatchWithheld, "-"},
		{"Restricted", "", "", "", clients.MatchWithheld, "-"},
		{"", "", "Anonymous", "", clients.MatchWithheld, "-"},
		{"", "", "", "", clients.MatchWithheld, "-"},
		{"112", "", "", "", clients.MatchUnparsable, "-"},
		{"12345678901234567890", "", "", "", clients.MatchUnparsable, "-"},
		{"sales", "", "", "", clients.MatchUnparsable, "-"},
		{"Отдел продаж", "", "Отдел продаж", "", clients.MatchUnparsable, "-"},
		{"\xff\xfe", "", "\xff", "", clients.MatchUnparsable, "-"},
		{ourNumber, "", "", ourNumber, clients.MatchOwn, "-"},
	} {
		got := r.call(c.number, c.asserted, c.name)
		if got.phone != c.phone || got.match != c.match || got.client != c.client {
			t.Errorf("%q, asserted %q, named %q: %+v; want %s, %s, client %q", c.number, c.asserted, c.name, got, c.phone, c.match, c.client)
		}
	}
	page, err := r.s.clients.List(system(ctx), clients.ListFilter{Sort: "new", Limit: 10})
	if err != nil || len(page.Items) != 1 {
		t.Errorf("the list shows %d clients, %v", len(page.Items), err)
	}
	if page, err = r.s.clients.List(system(ctx), clients.ListFilter{Sort: "new", Limit: 10, Unnamed: "only"}); err != nil || len(page.Items) != 1 || page.Items[0].Phones[0].E164 != "+995555123456" {
		t.Errorf("the unnamed are %+v, %v", page.Items, err)
	}
	var owed int
	if err := r.s.pool.QueryRow(ctx, "select count(*) from missed_calls where closed_at is null").Scan(&owed); err != nil || owed != 2 {
		t.Errorf("%d debts, want Marina's and the stranger's; %v", owed, err)
	}
}
