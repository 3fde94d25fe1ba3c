package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// An archive is the folder of a backup:
//
//	DIR/backup.json         what is in it, written last: without it the folder is no backup
//	DIR/objects/KEY         the objects of the bucket; those that are there already are not copied again
//	DIR/TIME/database.dump  pg_dump's custom format
//	DIR/TIME/settings       the RINGBOOK_* variables without their secrets, for a new machine
//	DIR/TIME/spool/         recordings that had not reached the bucket, and calls that had not reached the database
//	DIR/TIME/greetings/
//
// A later backup in the same folder has a TIME of its own, and takes the earlier one away when it is complete: one that stops half-way
// leaves the earlier one whole.
type archive string

// stamped is how TIME is written, in UTC.
const stamped = "20060102T150405.000Z"

// manifest is backup.json.
type manifest struct {
	Version  string    `json:"version"` // of Ringbook
	At       time.Time `json:"at"`
	Database piece     `json:"database"`
	Objects  []piece   `json:"objects"`
	Files    []piece   `json:"files"` // of spool and greetings
	Rows     rowCount  `json:"rows"`
}

// piece is one file with its sum. Its name is the path in the archive, or the object's key.
type piece struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// rowCount is what a person compares after a restore.
type rowCount struct {
	Clients    int64 `json:"clients"`
	Calls      int64 `json:"calls"`
	Recordings int64 `json:"recordings"`
}

func (a archive) path(name string) string { return filepath.Join(string(a), filepath.FromSlash(name)) }
func (a archive) object(key string) string {
	return filepath.Join(string(a), "objects", filepath.FromSlash(key))
}

// read gives the manifest; one that is not there is an error of fs.ErrNotExist.
func (a archive) read() (m manifest, err error) {
	text, err := os.ReadFile(a.path("backup.json"))
	if err != nil {
		return m, fmt.Errorf("read the backup: %w", err)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("read the backup: %w", err)
	}
	for _, p := range slices.Concat(m.Objects, m.Files, []piece{m.Database}) {
		if !filepath.IsLocal(filepath.FromSlash(p.Name)) {
			return m, fmt.Errorf("read the backup: %q leads out of it", p.Name)
		}
	}
	return m, nil
}

// write puts the manifest in place: whole or not at all.
func (a archive) write(m manifest) error {
	text, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return fmt.Errorf("write the backup's list: %w", err)
	}
	return replace(a.path("backup.json"), strings.NewReader(string(text)+"\n"))
}

// forget removes what earlier backups had of their own, complete or not.
func (a archive) forget(but string) error {
	entries, err := os.ReadDir(string(a))
	if err != nil {
		return fmt.Errorf("list the backup's folder: %w", err)
	}
	for _, e := range entries {
		if _, err := time.Parse(stamped, e.Name()); err != nil || e.Name() == but || !e.IsDir() {
			continue
		}
		if err := os.RemoveAll(a.path(e.Name())); err != nil {
			return fmt.Errorf("remove an earlier backup: %w", err)
		}
	}
	return nil
}

// replace writes a file under another name and then gives it its own, on disk when it returns.
func replace(path string, from io.Reader) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	f, err := os.OpenFile(path+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = io.Copy(f, from)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// copyFile copies one file.
func copyFile(from, to string) error {
	f, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	defer func() { _ = f.Close() }()
	return replace(to, f)
}

// filesOf lists the plain files of a folder; one that is not there is empty.
func filesOf(dir string) (names []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", dir, err)
	}
	for _, e := range entries {
		if e.Type().IsRegular() && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// postgresTool runs one of PostgreSQL's programs on our database, the password kept out of its arguments.
func postgresTool(ctx context.Context, databaseURL, name string, args ...string) ([]byte, error) {
	config, err := pgx.ParseConfig(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("read the address of the database: %w", err)
	}
	if u, err := url.Parse(databaseURL); err == nil && u.User != nil {
		u.User = url.User(u.User.Username())
		databaseURL = u.String()
	}
	return tool(ctx, name, config.Password, append([]string{"--dbname=" + databaseURL}, args...)...)
}

// tool finds a program of PostgreSQL's on the PATH or where Debian keeps them, the newest first, and gives what it printed.
func tool(ctx context.Context, name, password string, args ...string) ([]byte, error) {
	program, err := exec.LookPath(name)
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name); len(found) > 0 {
		slices.SortFunc(found, func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) })
		program, err = found[len(found)-1], nil
	}
	if err != nil {
		return nil, fmt.Errorf("find %s: install postgresql-client of the server's version", name)
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = os.Environ()
	if password != "" {
		cmd.Env = append(cmd.Env, "PGPASSWORD="+password)
	}
	out, err := cmd.Output()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil, fmt.Errorf("run %s: %w: %s", name, err, strings.TrimSpace(string(failed.Stderr)))
	}
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", name, err)
	}
	return out, nil
}

// count counts what a person knows.
func count(ctx context.Context, q interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}) (n rowCount, err error) {
	err = q.QueryRow(ctx, "select (select count(*) from clients), (select count(*) from calls), (select count(*) from recordings)").
		Scan(&n.Clients, &n.Calls, &n.Recordings)
	if err != nil {
		return n, fmt.Errorf("count the rows: %w", err)
	}
	return n, nil
}
