package api_test

import (
	"context"
	"log/slog"

	"github.com/jackc/pgx/v5/pgxpool"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/crm/api"
	"ringbook/crm/calls"
	"ringbook/crm/clients"
	"ringbook/crm/deskphones"
	"ringbook/crm/reports"
	"ringbook/crm/trunks"
	"ringbook/telephony"
)

// slicesOf mounts what the product mounts, so that the tests of rights cover each operation there is. Greetings is the folder of greetings.
func slicesOf(pool *pgxpool.Pool, people *access.Store, greetings string) []api.Slice {
	nobodyReady := func(context.Context, crm.Actor, string, string, string) (string, error) {
		return "", telephony.ErrNotReady
	}
	book := calls.NewBook(calls.BookOptions{Pool: pool, Access: people, Greetings: greetings, Dial: nobodyReady})
	sealer, err := crm.NewSealer(make([]byte, crm.SealKey))
	if err != nil {
		panic(err)
	}
	lines := trunks.New(pool, trunks.Options{Access: people, Sealer: sealer, Log: slog.New(slog.DiscardHandler)})
	desks := deskphones.New(pool, deskphones.Options{Access: people, Sealer: sealer, Log: slog.New(slog.DiscardHandler)})
	return []api.Slice{clients.New(pool, people, clients.Options{}), lines, desks, book, reports.New(pool, people, nil)}
}
