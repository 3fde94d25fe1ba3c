package postgres_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
	"ringbook/crm/postgres/postgrestest"
)

func TestMigratingAgainChangesNothing(t *testing.T) {
	t.Parallel()
	pool := postgrestest.New(t)
	if err := postgres.Migrate(context.Background(), pool); err != nil {
		t.Fatal(err)
	}
	var jobs, users int
	err := pool.QueryRow(context.Background(), "select (select count(*) from river_job), (select count(*) from users)").Scan(&jobs, &users)
	if err != nil || jobs+users != 0 {
		t.Fatalf("%d jobs, %d users, %v", jobs, users, err)
	}
}

func TestATransactionKnowsWhoActs(t *testing.T) {
	t.Parallel()
	pool := postgrestest.New(t)
	id := crm.NewID()
	ctx := crm.WithActor(context.Background(), crm.Actor{User: id})
	read := func(db postgres.Querier) (actor *string) {
		if err := db.QueryRow(ctx, "select ("+postgres.Actor+")::text").Scan(&actor); err != nil {
			t.Fatal(err)
		}
		return actor
	}
	err := postgres.Tx(ctx, pool, func(tx pgx.Tx) error {
		if got := read(tx); got == nil || *got != id {
			t.Errorf("actor in the transaction: %v", got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := read(pool); got != nil {
		t.Errorf("actor after the transaction: %v", *got)
	}
}

func TestAFailedTransactionLeavesNothing(t *testing.T) {
	t.Parallel()
	ctx, pool := context.Background(), postgrestest.New(t)
	stop := errors.New("stop")
	err := postgres.Tx(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "insert into teams (id, name) values ($1, 'Sales')", crm.NewID()); err != nil {
			return err
		}
		return stop
	})
	var teams int
	if scan := pool.QueryRow(ctx, "select count(*) from teams").Scan(&teams); !errors.Is(err, stop) || scan != nil || teams != 0 {
		t.Fatalf("%v, %v, %d teams", err, scan, teams)
	}
}
