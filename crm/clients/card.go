package clients

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
)

// Card is everything that an operator sees of a client at once.
type Card struct {
	Client     *Client        `json:"client" doc:"Null: nobody is known, or several might be"`
	Match      Match          `json:"match"`
	Candidates []Client       `json:"candidates" doc:"The clients with the number, when there are several"`
	Timeline   []TimelineItem `json:"timeline" doc:"The last ten entries"`
	Parts      map[string]any `json:"parts" doc:"What other parts of the business add"`
}

// Part reads what a slice adds to a client's card.
type Part func(ctx context.Context, client string) (any, error)

type part struct {
	name string
	read Part
}

const (
	cardEntries = 10
	partTime    = 100 * time.Millisecond
)

// CardPart adds a part to every card. It has 100 ms; one that fails or is late is left out. Add them before serving.
func (s *Store) CardPart(name string, read Part) { s.parts = append(s.parts, part{name, read}) }

// candidateIDs finds the clients with a number. Cards that nobody named or talked to count only where there is no other.
const candidateIDs = `with hit as (
		select distinct c.id, c.listed, c.last_call_at, c.owner_id from client_phones p join clients c on c.id = p.client_id
		where p.e164 = $1 and p.e164 <> '' and c.deleted_at is null)
	select c.id::text from hit c where (c.listed or not exists (select 1 from hit where hit.listed))`

// Match finds the clients with a number, the card in no doubt or the candidates; see [Store.CardByPhone].
func (s *Store) Match(ctx context.Context, phone crm.Phone) (Match, []Client, error) {
	card, err := s.byPhone(ctx, phone)
	if card.Client != nil {
		return card.Match, []Client{*card.Client}, err
	}
	return card.Match, card.Candidates, err
}

// CardByPhone collects the card of whoever calls, in one round trip to the database and then the parts. The company's
// own numbers match nobody. The card can be shown in every case: with an error it says that the database is away.
func (s *Store) CardByPhone(ctx context.Context, phone crm.Phone) (Card, error) {
	card, err := s.byPhone(ctx, phone)
	if err == nil && card.Client != nil {
		err = s.collect(ctx, &card)
	}
	return card, err
}

func (s *Store) byPhone(ctx context.Context, phone crm.Phone) (Card, error) {
	card := Card{Candidates: []Client{}, Timeline: []TimelineItem{}, Parts: map[string]any{}}
	match, done := unmatched(phone, phone.E164 != "" && s.own(phone.E164))
	if card.Match = match; done {
		return card, nil
	}
	args := []any{phone.E164}
	ids := candidateIDs + " and " + reach(ctx, "clients.read", &args)
	found, items, err := s.read(ctx, ids, args)
	if err != nil {
		card.Match.Reason = MatchDatabaseAway
		return card, fmt.Errorf("looking a caller up: %w", err)
	}
	card.Match, card.Client = explain(phone, found)
	if card.Client == nil {
		card.Candidates = found
	} else {
		card.Timeline = items
	}
	return card, nil
}

// Card collects the card of a client.
func (s *Store) Card(ctx context.Context, id string) (Card, error) {
	card := Card{Candidates: []Client{}, Parts: map[string]any{}}
	args := []any{id}
	ids := "select c.id::text from clients c where c.id = $1::uuid and c.deleted_at is null and " + reach(ctx, "clients.read", &args)
	found, items, err := s.read(ctx, ids, args)
	if err == nil && len(found) == 0 {
		err = crm.NotFound("client")
	}
	if err != nil {
		return card, fmt.Errorf("reading a card: %w", err)
	}
	card.Client, card.Timeline = &found[0], items
	card.Match = Match{Calls: found[0].CallsCount}
	if card.Match.Reason = MatchUnknown; len(found[0].Phones) > 0 {
		card.Match.Reason, card.Match.Phone, card.Match.Since = MatchPhone, found[0].Phones[0].E164, &found[0].Phones[0].Since
	}
	return card, s.collect(ctx, &card)
}

// read fetches, in one round trip, the clients that a query of IDs gives and the last entries of the first, if it is the only one.
func (s *Store) read(ctx context.Context, ids string, args []any) (found []Client, items []TimelineItem, err error) {
	var batch pgx.Batch
	batch.Queue("select "+clientColumns+" from ("+ids+` limit 10) x join clients c on c.id = x.id::uuid
		order by c.last_call_at desc nulls last, c.id`, args...).Query(func(rows pgx.Rows) (err error) {
		found, err = pgx.CollectRows(rows, scanClient)
		return err
	})
	batch.Queue("select "+timelineColumns+" from timeline t where t.client_id = (select min(x.id)::uuid from ("+ids+
		fmt.Sprintf(") x having count(*) = 1) order by t.at desc, t.id desc limit %d", cardEntries), args...).Query(func(rows pgx.Rows) (err error) {
		items, err = pgx.CollectRows(rows, scanItem)
		return err
	})
	err = s.pool.SendBatch(ctx, &batch).Close()
	return found, items, err
}

// collect asks the slices for the present data of the entries and for their parts, all at once.
func (s *Store) collect(ctx context.Context, card *Card) error {
	if err := s.refresh(ctx, card.Timeline); err != nil && !postgres.Away(err) {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, partTime)
	defer cancel()
	answers := make([]any, len(s.parts))
	var all sync.WaitGroup
	for i, p := range s.parts {
		all.Go(func() {
			answer, err := p.read(ctx, card.Client.ID)
			if err != nil {
				s.log.Warn("a part of a card is missing", "part", p.name, "client", card.Client.ID, "err", err)
				return
			}
			answers[i] = answer
		})
	}
	all.Wait()
	for i, p := range s.parts {
		if answers[i] != nil {
			card.Parts[p.name] = answers[i]
		}
	}
	return nil
}
