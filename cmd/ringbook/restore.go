package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"ringbook/crm/postgres"
	"ringbook/recording"
)

// restoreCommand brings a backup back.
type restoreCommand struct {
	Dir   string `arg:"" help:"Folder that ringbook backup made." type:"existingdir"`
	Force bool   `help:"Replace a database that holds something. What it holds is lost."`
}

// Help says what happens.
func (restoreCommand) Help() string {
	return `Stop Ringbook first. Each file is compared with its checksum before anything is changed. Objects that the bucket has already are
left there; the database is replaced whole.`
}

// Run restores.
func (c restoreCommand) Run(ctx context.Context, env *environment) error {
	r := restore{environment: env, archive: archive(c.Dir)}
	if self, err := env.running(ctx); err == nil {
		return fmt.Errorf("ringbook runs (process %d): stop it before a restore", self.PID)
	}
	list, err := r.archive.read()
	if err != nil {
		return err
	}
	r.list = list
	if err := r.verify(); err != nil {
		return err
	}
	pool, err := postgres.Open(ctx, env.DatabaseURL)
	if err != nil {
		return err
	}
	defer pool.Close()
	if holds, err := occupied(ctx, pool); err != nil {
		return err
	} else if holds && !c.Force {
		return errors.New("the database holds data already: take an empty one, or give --force to lose what it holds")
	}
	if err := r.objects(ctx); err != nil {
		return err
	}
	if err := r.files(); err != nil {
		return err
	}
	return r.database(ctx, pool)
}

// restore is one under way.
type restore struct {
	*environment
	archive archive
	list    manifest
}

// verify compares every file of the backup with its checksum.
func (r restore) verify() error {
	check := func(path string, p piece) error {
		size, sum, err := recording.Sum(path)
		if err != nil {
			return err
		}
		if size != p.Size || sum != p.SHA256 {
			return fmt.Errorf("%s of the backup is not what was put there: nothing was restored", p.Name)
		}
		return nil
	}
	for _, p := range append(r.list.Files, r.list.Database) {
		if err := check(r.archive.path(p.Name), p); err != nil {
			return err
		}
	}
	for _, p := range r.list.Objects {
		if err := check(r.archive.object(p.Name), p); err != nil {
			return err
		}
	}
	return nil
}

// occupied says whether somebody's data is in the database; a schema alone is none.
func occupied(ctx context.Context, pool *pgxpool.Pool) (bool, error) {
	for _, table := range []string{"users", "clients", "calls"} {
		var there, rows bool
		if err := pool.QueryRow(ctx, "select to_regclass($1) is not null", table).Scan(&there); err != nil {
			return false, fmt.Errorf("look into the database: %w", err)
		}
		if !there {
			continue
		}
		if err := pool.QueryRow(ctx, "select exists (select from "+pgx.Identifier{table}.Sanitize()+")").Scan(&rows); err != nil {
			return false, fmt.Errorf("look into the database: %w", err)
		}
		if rows {
			return true, nil
		}
	}
	return false, nil
}

// objects puts back what the bucket does not have, each verified there.
func (r restore) objects(ctx context.Context) error {
	objects, err := r.openBucket()
	if err != nil {
		return err
	}
	if err := objects.EnsureBucket(ctx); err != nil {
		return err
	}
	for _, p := range r.list.Objects {
		if info, err := objects.Stat(ctx, p.Name); err == nil && info.Size == p.Size && info.SHA256 == p.SHA256 {
			continue
		}
		if err := objects.Put(ctx, p.Name, r.archive.object(p.Name), p.SHA256); err != nil {
			return err
		}
		if err := recording.Verify(ctx, objects, p.Name, p.Size, p.SHA256); err != nil {
			return err
		}
	}
	return nil
}

// files puts back the spool and the greetings.
func (r restore) files() error {
	for _, p := range r.list.Files {
		folder, name := path.Base(path.Dir(p.Name)), path.Base(p.Name)
		dir := map[string]string{"spool": r.spool(), "greetings": r.greetings()}[folder]
		if dir == "" {
			return fmt.Errorf("restore %s: it is neither of the spool nor a greeting", p.Name)
		}
		to := filepath.Join(dir, name)
		if err := copyFile(r.archive.path(p.Name), to); err != nil {
			return err
		}
		if folder == "greetings" { // Asterisk is somebody else
			if err := errors.Join(os.Chmod(to, 0o644), os.Chmod(dir, 0o755)); err != nil {
				return fmt.Errorf("restore %s: %w", p.Name, err)
			}
		}
	}
	return nil
}

// database replaces the schema by the dump's, in one transaction, brings it to this version and counts.
func (r restore) database(ctx context.Context, pool *pgxpool.Pool) error {
	contents, err := tool(ctx, "pg_restore", "", "--list", r.archive.path(r.list.Database.Name))
	if err != nil {
		return err
	}
	var chosen []string
	for line := range strings.Lines(string(contents)) {
		if !strings.Contains(line, " SCHEMA - public ") { // it is there already
			chosen = append(chosen, line)
		}
	}
	file, err := os.CreateTemp("", "ringbook-restore-")
	if err != nil {
		return fmt.Errorf("write the list of what to restore: %w", err)
	}
	defer func() { _ = os.Remove(file.Name()) }()
	_, err = file.WriteString(strings.Join(chosen, ""))
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write the list of what to restore: %w", err)
	}
	if _, err := pool.Exec(ctx, "drop schema if exists public cascade; create schema public"); err != nil {
		return fmt.Errorf("empty the database: %w", err)
	}
	_, err = postgresTool(ctx, r.DatabaseURL, "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
		"--use-list="+file.Name(), r.archive.path(r.list.Database.Name))
	if err != nil {
		return err
	}
	pool.Reset() // what the connections remember of the old schema is wrong now
	if err := postgres.Migrate(ctx, pool); err != nil {
		return err
	}
	_, err = pool.Exec(ctx, "update recordings set path = $1 || regexp_replace(path, '.*/', '') where path <> ''", r.spool()+string(filepath.Separator))
	if err != nil {
		return fmt.Errorf("tell the recordings where the spool is now: %w", err)
	}
	n, err := count(ctx, pool)
	if err != nil {
		return err
	}
	if n != r.list.Rows {
		return fmt.Errorf("the restored database has %+v, the backup had %+v", n, r.list.Rows)
	}
	_, err = fmt.Fprintf(r.stdout, "restored the backup of %s: %d clients, %d calls, %d recordings; %d objects, %d files\n",
		r.list.At.Format("2006-01-02 15:04:05"), n.Clients, n.Calls, n.Recordings, len(r.list.Objects), len(r.list.Files))
	return err
}
