package api_test

import (
	"github.com/jackc/pgx/v5/pgxpool"

	"ringbook/crm/access"
	"ringbook/crm/api"
	"ringbook/crm/clients"
)

// slicesOf mounts what the product mounts, so that the tests of rights cover each operation there is.
func slicesOf(pool *pgxpool.Pool, people *access.Store) []api.Slice {
	return []api.Slice{clients.New(pool, people, clients.Options{})}
}
