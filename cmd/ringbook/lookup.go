package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/crm/calls"
	"ringbook/crm/clients"
	"ringbook/crm/postgres"
	"ringbook/telephony"
)

// system is who looks callers up: the switchboard, on nobody's behalf.
func system(ctx context.Context) context.Context {
	rights, _ := access.BuiltIn(access.Administrator)
	return crm.WithActor(ctx, crm.Actor{Name: "Ringbook", Rights: rights})
}

// phoneOf is the client's number of a call as the clients' slice wants it, with the reason when there is none.
func (s *server) phoneOf(c telephony.Call) crm.Phone {
	raw := c.Phone
	if raw == "" {
		raw = c.Caller
	}
	phone, _ := crm.ParsePhone(raw, s.home())
	return phone
}

// lookup says who is on the line. An unknown number gets an unnamed card of its own; a withheld one gets none.
func (s *server) lookup(ctx context.Context, c telephony.Call) (calls.Known, error) {
	ctx = system(ctx)
	phone := s.phoneOf(c)
	card, err := s.clients.CardByPhone(ctx, phone)
	if err != nil {
		return known(card), err
	}
	if card.Match.Reason != clients.MatchUnknown {
		return known(card), nil
	}
	var id string
	err = postgres.Tx(ctx, s.pool, func(tx pgx.Tx) (err error) {
		id, _, err = s.clients.EnsureByPhone(ctx, tx, phone, c.Name, "", clients.HowCall)
		return err
	})
	if err != nil {
		return known(card), err
	}
	if id == "" {
		card, err = s.clients.CardByPhone(ctx, phone)
		return known(card), err
	}
	fresh, err := s.clients.Card(ctx, id)
	fresh.Match = card.Match
	return known(fresh), err
}

func known(card clients.Card) calls.Known {
	k := calls.Known{Match: card.Match.Reason, Card: card}
	if card.Client != nil {
		k.Client, k.Name = card.Client.ID, card.Client.Name
	}
	return k
}

// stranger is the pop without a database: the number alone.
func (s *server) stranger(c telephony.Call, match string) calls.Known {
	return calls.Known{Match: match, Card: clients.Card{Match: clients.Match{Reason: match, Phone: c.Phone}, Candidates: []clients.Client{},
		Timeline: []clients.TimelineItem{}, Parts: map[string]any{}}}
}

// ended lets the card know that there was a call.
func (s *server) ended(ctx context.Context, tx pgx.Tx, e calls.Ended) error {
	if e.Client == "" {
		return nil
	}
	return s.clients.Touch(ctx, tx, e.Client, e.Call.StartedAt, e.Talked)
}

// relinked moves what a call counts for from one card to another.
func (s *server) relinked(ctx context.Context, tx pgx.Tx, call, from, to string) error {
	var at, last *time.Time
	var ended, talked bool
	err := tx.QueryRow(ctx, `select started_at, ended_at is not null, answered_at is not null and talk_seconds >= 1,
		(select max(o.started_at) from calls o where o.client_id = nullif($2, '')::uuid and o.id <> c.id and o.ended_at is not null)
		from calls c where c.id = $1`, call, from).Scan(&at, &ended, &talked, &last)
	if err != nil {
		return fmt.Errorf("reading a call that changes its client: %w", err)
	}
	if !ended {
		return nil // it is counted at its end
	}
	if from != "" {
		if last == nil {
			last = &time.Time{}
		}
		if err := s.clients.Untouch(ctx, tx, from, *last); err != nil {
			return err
		}
	}
	if to == "" {
		return nil
	}
	return s.clients.Touch(ctx, tx, to, *at, talked)
}
