package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"ringbook/crm"
	"ringbook/crm/access"
)

// demoSlice is the button of a demonstration that makes the town call us.
type demoSlice struct {
	config  Config
	pool    *pgxpool.Pool
	country func() string
	numbers func() []string // ours, E.164
}

// Routes registers the button; see api.Slice.
func (d *demoSlice) Routes(api huma.API, guard access.Guard) {
	huma.Post(api, "/demo/ring-me", d.postRingMe, guard.SignedIn(), func(op *huma.Operation) {
		op.DefaultStatus = http.StatusCreated
		op.Description = "Only in a demonstration: somebody in the town calls one of our numbers and talks."
	})
}

// RingMe says who is to call which of our numbers.
type RingMe struct {
	From string `json:"from,omitempty" maxLength:"60" doc:"In any form; empty: one of the clients"`
	To   string `json:"to,omitempty" maxLength:"60" doc:"One of our numbers; empty: one of them"`
}

// Rung is the call that is on its way.
type Rung struct {
	From    string `json:"from"`
	To      string `json:"to"`
	Channel string `json:"channel" doc:"The town's"`
}

func (d *demoSlice) postRingMe(ctx context.Context, in *struct{ Body RingMe }) (*struct{ Body Rung }, error) {
	if d.config.TownARIURL == "" {
		return nil, crm.Unavailable("no_town")
	}
	to, err := d.called(in.Body.To)
	if err != nil {
		return nil, err
	}
	from, err := d.caller(ctx, in.Body.From)
	if err != nil {
		return nil, err
	}
	channel, err := townCall(ctx, d.config, from, to, "")
	if err != nil {
		refusal := crm.Unavailable("no_town")
		refusal.Err = err
		return nil, refusal
	}
	return &struct{ Body Rung }{Rung{from, to, channel}}, nil
}

// called is the number of ours that is wanted, or the first.
func (d *demoSlice) called(wanted string) (string, error) {
	numbers := d.numbers()
	if wanted == "" {
		if len(numbers) == 0 {
			return "", crm.Conflict("no_numbers")
		}
		return numbers[0], nil
	}
	phone, err := crm.ParsePhone(wanted, d.country())
	if err != nil {
		return "", err
	}
	if !slices.Contains(numbers, phone.E164) {
		return "", crm.NotFound("number")
	}
	return phone.E164, nil
}

// caller is who is to call: a number that was given, or one of the clients' by chance.
func (d *demoSlice) caller(ctx context.Context, wanted string) (string, error) {
	if wanted != "" {
		phone, err := crm.ParsePhone(wanted, d.country())
		return phone.E164, err
	}
	var e164 string
	err := d.pool.QueryRow(ctx, `select p.e164 from client_phones p join clients c on c.id = p.client_id
		where c.listed and c.name <> '' and p.e164 <> '' order by random() limit 1`).Scan(&e164)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", crm.Conflict("no_clients")
	}
	if err != nil {
		return "", fmt.Errorf("choose who calls: %w", err)
	}
	return e164, nil
}

// ownNumbers are ours in their order.
func (s *server) ownNumbers() (list []string) {
	if numbers := s.numbers.Load(); numbers != nil {
		for e164 := range *numbers {
			list = append(list, e164)
		}
	}
	slices.Sort(list)
	return list
}
