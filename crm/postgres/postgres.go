// Package postgres opens the database, brings its schema up to date and runs transactions. The slices write their own SQL.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/puddle/v2"

	"ringbook/crm"
)

// Querier is what a pool, a connection and a transaction have in common: enough to read and write.
type Querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// Open makes a pool for the database at url (a PostgreSQL URI) and says whether it answers. The pool reconnects by itself.
func Open(ctx context.Context, url string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("reading the address of the database: %w", err)
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "ringbook"
	}
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	config.ConnConfig.ConnectTimeout = 3 * time.Second
	config.MaxConns = max(config.MaxConns, 20)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("reaching the database: %w", err)
	}
	return pool, nil
}

// Beginner begins transactions: a pool or a connection, or a transaction for one inside it.
type Beginner interface {
	BeginTx(ctx context.Context, options pgx.TxOptions) (pgx.Tx, error)
}

// Tx runs do in one transaction: committed if it returns nil, else rolled back. Who acts (crm.ActorFrom) stands in the
// setting ringbook.actor for its length, so that SQL can write it into a history; see [Actor].
func Tx(ctx context.Context, db Beginner, do func(tx pgx.Tx) error) error {
	options := pgx.TxOptions{}
	if user := crm.ActorFrom(ctx).User; crm.IsID(user) { // an ID has no quote in it
		options.BeginQuery = "begin; set local ringbook.actor = '" + user + "'"
	}
	tx, err := db.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("beginning a transaction: %w", err)
	}
	defer func() {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = tx.Rollback(late) // after a commit it does nothing; on a dead connection there is nothing to undo
	}()
	if err := do(tx); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

// Actor is the SQL expression for who acts in this transaction, null for the system itself.
const Actor = "nullif(current_setting('ringbook.actor', true), '')::uuid"

// OrNotFound turns "no rows" into a not-found error that names the object, and leaves every other error alone.
func OrNotFound(err error, object string) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return crm.NotFound(object)
	}
	return err
}

// Violates says whether the database refused because of the named constraint.
func Violates(err error, constraint string) bool {
	refusal, ok := errors.AsType[*pgconn.PgError](err)
	return ok && refusal.ConstraintName == constraint
}

// Away says whether the error means that the database cannot be reached or is going down, so that the same might work later.
func Away(err error) bool {
	if refusal, ok := errors.AsType[*pgconn.PgError](err); ok {
		class := refusal.Code[:min(2, len(refusal.Code))]
		return class == "08" || class == "53" || class == "57" && refusal.Code != "57014"
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return true
	}
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, puddle.ErrClosedPool) || pgconn.SafeToRetry(err)
}

// BadText says whether the database refused a text that it cannot hold: a zero byte, or no UTF-8.
func BadText(err error) bool {
	refusal, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (refusal.Code == "22021" || refusal.Code == "22P05")
}
