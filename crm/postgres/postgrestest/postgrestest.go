// Package postgrestest gives each test a database of its own on a real PostgreSQL.
package postgrestest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"ringbook/crm"
	"ringbook/crm/postgres"
)

// Variable names the environment variable with the URL of a superuser's connection.
const Variable = "RINGBOOK_TEST_DATABASE_URL"

// New gives a pool on a fresh, migrated database, which goes when the test ends. Without a PostgreSQL the test fails.
func New(t testing.TB) *pgxpool.Pool {
	t.Helper()
	ctx := context.Background()
	address := URL(t)
	pool, err := postgres.Open(ctx, address)
	if err != nil {
		t.Fatalf("opening the test database: %v", err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// URL makes a fresh, migrated database and gives its address, for programs that open it themselves.
func URL(t testing.TB) string {
	t.Helper()
	server := os.Getenv(Variable)
	if server == "" {
		t.Fatalf("%s is not set: these tests need a real PostgreSQL 15 or newer, as a superuser; deploy/test starts one", Variable)
	}
	name, err := template(server)
	if err != nil {
		t.Fatalf("preparing the template database: %v", err)
	}
	database := "ringbook_test_" + strings.ReplaceAll(crm.NewID(), "-", "")
	if err := run(server, "create database "+database+" template "+name); err != nil {
		t.Fatalf("making the test database: %v", err)
	}
	t.Cleanup(func() {
		if err := run(server, "drop database if exists "+database+" with (force)"); err != nil {
			t.Errorf("dropping the test database: %v", err)
		}
	})
	return with(server, database)
}

var (
	once    sync.Once
	made    string
	failure error
)

// template makes, once for each state of the migrations, the database that the tests' databases are copies of.
func template(server string) (string, error) {
	once.Do(func() { made, failure = makeTemplate(server) })
	return made, failure
}

func makeTemplate(server string) (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(postgres.Migrations(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(postgres.Migrations(), path)
		fmt.Fprintf(sum, "%s\n%s", path, text)
		return err
	})
	if err != nil {
		return "", err
	}
	name := "ringbook_template_" + hex.EncodeToString(sum.Sum(nil)[:8])
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "select pg_advisory_lock(7236846)"); err != nil { // goes with the connection
		return "", err
	}
	var there bool
	err = conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", name).Scan(&there)
	if err != nil || there {
		return name, err
	}
	draft := name + "_draft" // a killed test leaves no half template behind
	if _, err := conn.Exec(ctx, "drop database if exists "+draft+" with (force)"); err != nil {
		return "", err
	}
	if _, err := conn.Exec(ctx, "create database "+draft); err != nil {
		return "", err
	}
	pool, err := postgres.Open(ctx, with(server, draft))
	if err != nil {
		return "", err
	}
	err = postgres.Migrate(ctx, pool)
	pool.Close()
	if err != nil {
		return "", err
	}
	_, err = conn.Exec(ctx, "alter database "+draft+" rename to "+name)
	return name, err
}

func run(server, sql string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

func with(server, database string) string {
	address, err := url.Parse(server)
	if err != nil {
		return server
	}
	address.Path = "/" + database
	return address.String()
}
