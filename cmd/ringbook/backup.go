package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm/postgres"
	"ringbook/recording"
)

// backupCommand copies everything that cannot be made again.
type backupCommand struct {
	Dir string `arg:"" help:"Folder of the backup; given again, only new recordings are copied." type:"path"`
}

// Help says what is in it.
func (backupCommand) Help() string {
	return `Ringbook may run meanwhile. The folder holds the database, the recordings, the greetings and what waits in the spool. It holds
no passwords of the configuration and not the key of the secrets in the database (RINGBOOK_SECRET_KEY or DATA/secret.key): keep
those apart. Without that key the passwords of trunks must be typed again, and people set their login by code up anew.`
}

// Run makes the backup.
func (c backupCommand) Run(ctx context.Context, env *environment) error {
	now := time.Now().UTC()
	b := backup{environment: env, archive: archive(c.Dir), stamp: now.Format(stamped), list: manifest{Version: version, At: now}}
	if old, err := b.archive.read(); err == nil {
		b.old = old.Objects
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(b.archive.path(b.stamp), 0o700); err != nil {
		return fmt.Errorf("make the backup's folder: %w", err)
	}
	rows, err := b.database(ctx)
	if err != nil {
		return err
	}
	if err := b.recordings(ctx, rows); err != nil {
		return err
	}
	if err := b.folders(); err != nil {
		return err
	}
	if err := b.settings(); err != nil {
		return err
	}
	if err := b.archive.write(b.list); err != nil {
		return err
	}
	if err := b.archive.forget(b.stamp); err != nil {
		return err
	}
	n := b.list.Rows
	_, err = fmt.Fprintf(env.stdout, "%s: %d clients, %d calls, %d recordings; %d objects, %d of them new; %d files\n",
		c.Dir, n.Clients, n.Calls, n.Recordings, len(b.list.Objects), b.fresh, len(b.list.Files))
	return err
}

// backup is one under way.
type backup struct {
	*environment
	archive archive
	stamp   string // the folder of what this backup alone has
	list    manifest
	old     []piece // objects of an earlier backup in the same folder
	fresh   int
}

// own names something that is this backup's alone.
func (b *backup) own(name string) string { return b.stamp + "/" + name }

// taped is the row of a recording that has sound.
type taped struct{ ID, State, Path, Key, SHA256 string }

// kept says whether the sound is in the bucket for good.
func (t taped) kept() bool {
	return slices.Contains([]recording.State{recording.Verified, recording.Held, recording.Redacted}, recording.State(t.State))
}

// database dumps one state of the database and lists the recordings of that same state.
func (b *backup) database(ctx context.Context) (rows []taped, err error) {
	conn, err := pgx.Connect(ctx, b.DatabaseURL)
	if err != nil {
		return nil, fmt.Errorf("reach the database: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, fmt.Errorf("begin reading the database: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	var snapshot string
	if err := tx.QueryRow(ctx, "select pg_export_snapshot()").Scan(&snapshot); err != nil {
		return nil, fmt.Errorf("hold one state of the database: %w", err)
	}
	b.list.Database.Name = b.own("database.dump")
	dump := b.archive.path(b.list.Database.Name)
	if _, err := postgresTool(ctx, b.DatabaseURL, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--snapshot="+snapshot, "--file="+dump+".part"); err != nil {
		return nil, err
	}
	if err := os.Rename(dump+".part", dump); err != nil {
		return nil, fmt.Errorf("keep the dump: %w", err)
	}
	if b.list.Database.Size, b.list.Database.SHA256, err = recording.Sum(dump); err != nil {
		return nil, err
	}
	if b.list.Rows, err = count(ctx, tx); err != nil {
		return nil, err
	}
	found, err := tx.Query(ctx, "select id::text, state, path, key, sha256 from recordings where state <> 'purged' order by id")
	if err != nil {
		return nil, fmt.Errorf("list the recordings: %w", err)
	}
	rows, err = pgx.CollectRows(found, pgx.RowToStructByPos[taped])
	if err != nil {
		return nil, fmt.Errorf("list the recordings: %w", err)
	}
	return rows, nil
}

// recordings copies the sound: from the bucket what is there for good, from the spool the rest.
func (b *backup) recordings(ctx context.Context, rows []taped) error {
	objects, err := b.openBucket()
	if err != nil {
		return err
	}
	had := map[string]piece{}
	for _, p := range b.old {
		had[p.Name] = p
	}
	for _, r := range rows {
		if !r.kept() {
			if err := b.waiting(ctx, objects, r); err != nil {
				return err
			}
			continue
		}
		p := piece{Name: r.Key, SHA256: r.SHA256}
		if info, err := os.Stat(b.archive.object(r.Key)); err == nil && had[r.Key] == (piece{r.Key, info.Size(), r.SHA256}) {
			b.list.Objects = append(b.list.Objects, had[r.Key])
			continue
		}
		if p, err = b.fetch(ctx, objects, r.Key, b.archive.object(r.Key)); err != nil {
			return err
		}
		if p.SHA256 != r.SHA256 {
			return fmt.Errorf("copy recording %s: %w", r.ID, recording.ErrAltered)
		}
		b.fresh++
		b.list.Objects = append(b.list.Objects, p)
	}
	return nil
}

func (b *backup) fetch(ctx context.Context, objects recording.Bucket, key, to string) (piece, error) {
	body, err := objects.Get(ctx, key, 0, -1)
	if err != nil {
		return piece{}, err
	}
	defer func() { _ = body.Close() }()
	if err := replace(to, body); err != nil {
		return piece{}, err
	}
	size, sum, err := recording.Sum(to)
	return piece{key, size, sum}, err
}

// waiting copies a recording that was on its way. By now it may have arrived: then its spool file is made of the object.
func (b *backup) waiting(ctx context.Context, objects recording.Bucket, r taped) error {
	if r.Path == "" {
		return nil
	}
	to := b.archive.path(b.own("spool/" + filepath.Base(r.Path)))
	err := copyFile(r.Path, to)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	pool, err := postgres.Open(ctx, b.DatabaseURL)
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := pool.QueryRow(ctx, "select key from recordings where id = $1", r.ID).Scan(&r.Key); err != nil || r.Key == "" {
		b.log.Warn("a recording has no sound to keep", "call", r.ID, "state", r.State, "err", err)
		return nil
	}
	_, err = b.fetch(ctx, objects, r.Key, to)
	if errors.Is(err, recording.ErrNotFound) {
		b.log.Warn("a recording has no sound to keep", "call", r.ID, "state", r.State)
		return nil
	}
	return err
}

// folders copies what lies in the spool and the greetings, and sums it.
func (b *backup) folders() error {
	for folder, dir := range map[string]string{"spool": b.spool(), "greetings": b.greetings()} {
		names, err := filesOf(dir)
		if err != nil {
			return err
		}
		for _, name := range names {
			err := copyFile(filepath.Join(dir, name), b.archive.path(b.own(folder+"/"+name)))
			if err != nil && !errors.Is(err, fs.ErrNotExist) { // one that is gone has reached the bucket meanwhile
				return err
			}
		}
		kept, err := filesOf(b.archive.path(b.own(folder)))
		if err != nil {
			return err
		}
		for _, name := range kept {
			p := piece{Name: b.own(folder + "/" + name)}
			if p.Size, p.SHA256, err = recording.Sum(b.archive.path(p.Name)); err != nil {
				return err
			}
			b.list.Files = append(b.list.Files, p)
		}
	}
	return nil
}

// settings writes the configuration without its secrets.
func (b *backup) settings() error {
	var text strings.Builder
	text.WriteString("# The configuration at the time of the backup; secrets are left out.\n")
	for _, v := range variablesOf(b.Config) {
		if v.secret {
			continue
		}
		fmt.Fprintf(&text, "%s=%s\n", v.name, v.secretFree())
	}
	return replace(b.archive.path(b.own("settings")), strings.NewReader(text.String()))
}
