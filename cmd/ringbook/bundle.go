package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/telephony/asterisk"
)

// page is one file of a bundle. What goes wrong while it is written stands in it.
type page struct {
	name  string
	write func(ctx context.Context, to io.Writer) error
}

// bundleLog is how much of the end of a log goes into a bundle.
const bundleLog = 512 << 10

// pages are what a bundle holds, beside the doctor's lines.
func (d doctor) pages() []page {
	return []page{
		{"about.txt", d.about},
		{"configuration.txt", d.configuration},
		{"readyz.json", func(ctx context.Context, to io.Writer) error { return fetch(ctx, "http://"+d.Listen+"/readyz", to) }},
		{"metrics.txt", func(ctx context.Context, to io.Writer) error {
			return fetch(ctx, "http://"+d.LocalListen+"/metrics", to)
		}},
		{"ringbook.log", d.lastOf("ringbook.log")},
		{"store.log", d.lastOf("store.log")},
		{"tables.txt", d.query(`select c.relname, c.reltuples::bigint as rows_about, pg_size_pretty(pg_total_relation_size(c.oid)) as size
			from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = current_schema() and c.relkind in ('r', 'p') order by pg_total_relation_size(c.oid) desc`)},
		{"jobs.txt", d.query(`select kind, state::text, count(*), max(attempt) as most_attempts, min(scheduled_at)::text as first, max(scheduled_at)::text as last
			from river_job group by kind, state order by kind, state`)},
		{"migrations.txt", d.query("select version_id, tstamp::text from goose_db_version where is_applied order by id")},
		{"database.txt", d.query(`select version(), pg_size_pretty(pg_database_size(current_database())), current_setting('max_connections'),
			(select count(*) from pg_stat_activity), current_setting('TimeZone'), clock_timestamp()::text`)},
		{"asterisk.txt", d.asteriskSays},
		{"disk.txt", d.disks},
	}
}

// bundle writes all that helps to understand an instance, without secrets and without anything of clients.
func (d doctor) bundle(ctx context.Context, file, lines string) (err error) {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the bundle: %w", err)
	}
	packed := gzip.NewWriter(f)
	out := tar.NewWriter(packed)
	defer func() {
		if late := errors.Join(out.Close(), packed.Close(), f.Sync(), f.Close()); err == nil && late != nil {
			err = fmt.Errorf("write the bundle: %w", late)
		}
	}()
	scrub := newScrubber(d.Config)
	all := append([]page{{"doctor.txt", func(_ context.Context, to io.Writer) error { _, err := io.WriteString(to, lines); return err }}}, d.pages()...)
	for _, p := range all {
		text := scrub.clean(p.text(ctx))
		header := &tar.Header{Name: "ringbook/" + p.name, Mode: 0o600, Size: int64(len(text)), ModTime: time.Now()}
		if err := out.WriteHeader(header); err != nil {
			return fmt.Errorf("write %s into the bundle: %w", p.name, err)
		}
		if _, err := io.WriteString(out, text); err != nil {
			return fmt.Errorf("write %s into the bundle: %w", p.name, err)
		}
	}
	return nil
}

func (p page) text(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, examineWithin)
	defer cancel()
	var text strings.Builder
	if err := p.write(ctx, &text); err != nil {
		fmt.Fprintf(&text, "\nNot all of it: %v\n", err)
	}
	return text.String()
}

func (d doctor) about(_ context.Context, to io.Writer) error {
	now := time.Now()
	zone, _ := now.Zone()
	_, err := fmt.Fprintf(to, "ringbook %s, %s %s/%s, %d processors\nnow %s (%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH,
		runtime.NumCPU(), now.UTC().Format(time.RFC3339), zone)
	if err != nil {
		return err
	}
	if d.away == nil {
		_, err = fmt.Fprintf(to, "the running server: %s, process %d, since %s\n", d.self.Version, d.self.PID, d.self.Started.UTC().Format(time.RFC3339))
	} else {
		_, err = fmt.Fprintf(to, "no server of this configuration runs: %v\n", d.away)
	}
	if err != nil {
		return err
	}
	for _, file := range []string{"/etc/os-release", "/proc/version", "/proc/loadavg", "/proc/meminfo"} {
		text, _ := os.ReadFile(file) // another system has others
		if file == "/proc/meminfo" {
			text = []byte(strings.Join(strings.SplitN(string(text), "\n", 4)[:min(3, strings.Count(string(text), "\n"))], "\n"))
		}
		if _, err := fmt.Fprintf(to, "\n%s:\n%s\n", file, strings.TrimSpace(string(text))); err != nil {
			return err
		}
	}
	return nil
}

func (d doctor) configuration(_ context.Context, to io.Writer) error {
	for _, v := range variablesOf(d.Config) {
		text := v.name + "=" + v.secretFree()
		if v.secret {
			text = "# " + v.name + " is not set"
			if v.value != "" {
				text = "# " + v.name + " is set"
			}
		}
		if _, err := fmt.Fprintln(to, text); err != nil {
			return err
		}
	}
	return nil
}

// fetch writes what a part of ours answers.
func fetch(ctx context.Context, url string, to io.Writer) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fmt.Errorf("ask %s: %w", url, err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ask %s: %w", url, err)
	}
	defer func() { _ = res.Body.Close() }()
	if _, err := io.Copy(to, io.LimitReader(res.Body, 4<<20)); err != nil {
		return fmt.Errorf("ask %s: %w", url, err)
	}
	return nil
}

// lastOf writes the end of a log in DATA/log. Logs of PostgreSQL and Asterisk stay: they hold what clients said of themselves.
func (d doctor) lastOf(name string) func(context.Context, io.Writer) error {
	return func(_ context.Context, to io.Writer) error {
		f, err := os.Open(filepath.Join(d.Data, "log", name))
		if err != nil {
			return fmt.Errorf("%w; under systemd add the output of journalctl -u ringbook", err)
		}
		defer func() { _ = f.Close() }()
		size, err := f.Seek(0, io.SeekEnd)
		if err != nil {
			return err
		}
		if _, err := f.Seek(max(0, size-bundleLog), io.SeekStart); err != nil {
			return err
		}
		text, err := io.ReadAll(io.LimitReader(f, bundleLog))
		if _, rest, found := strings.Cut(string(text), "\n"); found && size > bundleLog {
			text = []byte(rest) // a line that is cut could hide what is to be masked
		}
		if err != nil {
			return err
		}
		_, err = to.Write(text)
		return err
	}
}

// query writes a table of the database.
func (d doctor) query(sql string) func(context.Context, io.Writer) error {
	return func(ctx context.Context, to io.Writer) error {
		conn, err := pgx.Connect(ctx, d.DatabaseURL)
		if err != nil {
			return fmt.Errorf("reach the database: %w", err)
		}
		defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
		rows, err := conn.Query(ctx, sql)
		if err != nil {
			return fmt.Errorf("ask the database: %w", err)
		}
		defer rows.Close()
		for _, f := range rows.FieldDescriptions() {
			_, _ = fmt.Fprintf(to, "%s\t", f.Name)
		}
		for rows.Next() {
			values, err := rows.Values()
			if err != nil {
				return fmt.Errorf("read the database: %w", err)
			}
			_, _ = fmt.Fprintln(to)
			for _, v := range values {
				_, _ = fmt.Fprintf(to, "%v\t", v)
			}
		}
		_, _ = fmt.Fprintln(to)
		return rows.Err()
	}
}

func (d doctor) asteriskSays(ctx context.Context, to io.Writer) error {
	seen, err := asterisk.Survey(ctx, asterisk.Options{URL: d.ARIURL, User: d.ARIUser, Password: d.ARIPassword})
	if err != nil {
		return err
	}
	text := json.NewEncoder(to)
	text.SetIndent("", " ")
	return text.Encode(seen)
}

func (d doctor) disks(_ context.Context, to io.Writer) error {
	folders := d.folders()
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		free, size, err := diskOf(folders[folder])
		var s syscall.Statfs_t
		_ = syscall.Statfs(folders[folder], &s)
		if _, err := fmt.Fprintf(to, "%s %s: %d MB free of %d MB, %d inodes free (%v)\n", folder, folders[folder], free>>20, size>>20, s.Ffree, err); err != nil {
			return err
		}
	}
	w := lookIntoSpool(d.Config.spool(), time.Now())
	_, err := fmt.Fprintf(to, "spool: %d recordings, %d bytes, the oldest %s\n", w.files, w.bytes, w.oldest.Round(time.Second))
	return err
}
