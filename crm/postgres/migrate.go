package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the files of our schema, in the order of their numbers.
func Migrations() fs.FS {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return sub
}

// migrating is the key of the advisory lock that keeps two processes from migrating at once.
const migrating = 0x72696e67

// ErrNewer is a database that a newer version has worked with.
var ErrNewer = errors.New("a newer version has worked with this database: run that version, or restore a backup of this one")

// Migrate brings the schema up to date: River's tables, then ours. It can be run again, by several processes at once, and while
// an older version is at work: each migration leaves what that one reads. One that fails changes nothing. [ErrNewer] refuses a
// step back.
func Migrate(ctx context.Context, pool *pgxpool.Pool) error {
	lock, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("taking a connection for the migrations: %w", err)
	}
	defer lock.Release()
	if _, err := lock.Exec(ctx, "select pg_advisory_lock($1)", migrating); err != nil {
		return fmt.Errorf("waiting for another migration: %w", err)
	}
	defer func() {
		_, _ = lock.Exec(context.WithoutCancel(ctx), "select pg_advisory_unlock($1)", migrating)
	}()
	if err := refuseDowngrade(ctx, pool); err != nil {
		return err
	}
	river, err := rivermigrate.New(riverpgxv5.New(pool), nil)
	if err != nil {
		return fmt.Errorf("preparing the job tables: %w", err)
	}
	if _, err := river.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrating the job tables: %w", err)
	}
	db := stdlib.OpenDBFromPool(pool)
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, Migrations(),
		goose.WithAllowOutofOrder(true), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrating: %w", err)
	}
	return nil
}

// Pending says how many of our migrations the database has not seen, and how many it has seen that are not ours: then a newer
// version was here.
func Pending(ctx context.Context, pool *pgxpool.Pool) (missing, foreign int, err error) {
	db := stdlib.OpenDBFromPool(pool)
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, Migrations(),
		goose.WithAllowOutofOrder(true), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return 0, 0, fmt.Errorf("reading the migrations: %w", err)
	}
	var there bool
	if err := pool.QueryRow(ctx, "select to_regclass('goose_db_version') is not null").Scan(&there); err != nil {
		return 0, 0, fmt.Errorf("looking for the table of migrations: %w", err)
	}
	ours := map[int64]bool{}
	for _, source := range provider.ListSources() {
		ours[source.Version] = true
	}
	if !there {
		return len(ours), 0, nil
	}
	rows, err := pool.Query(ctx, "select distinct version_id from goose_db_version where is_applied and version_id > 0")
	if err != nil {
		return 0, 0, fmt.Errorf("reading which migrations were run: %w", err)
	}
	run, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return 0, 0, fmt.Errorf("reading which migrations were run: %w", err)
	}
	missing = len(ours)
	for _, version := range run {
		if ours[version] {
			missing--
		} else {
			foreign++
		}
	}
	return missing, foreign, nil
}

// level is the number of the newest migration that this version knows.
func level() (newest int64, err error) {
	files, err := fs.Glob(Migrations(), "*.sql")
	if err != nil {
		return 0, fmt.Errorf("reading the migrations: %w", err)
	}
	for _, f := range files {
		n, err := goose.NumericComponent(f)
		if err != nil {
			return 0, fmt.Errorf("reading the migrations: %w", err)
		}
		newest = max(newest, n)
	}
	return newest, nil
}

// refuseDowngrade looks whether a version that knows more has been at work.
func refuseDowngrade(ctx context.Context, pool *pgxpool.Pool) error {
	ours, err := level()
	if err != nil {
		return err
	}
	var there bool
	if err := pool.QueryRow(ctx, "select to_regclass('served') is not null").Scan(&there); err != nil || !there {
		return err
	}
	var version string
	err = pool.QueryRow(ctx, "select version from served where level > $1 order by level desc limit 1", ours).Scan(&version)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading which versions have been at work: %w", err)
	}
	return fmt.Errorf("version %s: %w", version, ErrNewer)
}

// Served notes that this version has begun its work.
func Served(ctx context.Context, pool *pgxpool.Pool, version string) error {
	ours, err := level()
	if err != nil {
		return err
	}
	_, err = pool.Exec(ctx, "insert into served (level, version) values ($1, $2) on conflict (level) do update set version = $2, at = now()", ours, version)
	if err != nil {
		return fmt.Errorf("noting which version is at work: %w", err)
	}
	return nil
}
