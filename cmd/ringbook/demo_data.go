package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"ringbook/cmd/ringbook/demodata"
	"ringbook/crm/access"
	"ringbook/crm/calls"
	"ringbook/crm/clients"
	"ringbook/crm/postgres"
)

// demoDataCommand fills an empty database with a company that looks real.
type demoDataCommand struct {
	Logins string `help:"File of logins, one a line as role e-mail password: the first operator, supervisor and administrator in it are people of the company; the others' logins are added to it." required:"" type:"path"`
	At     string `help:"The moment that the sixty days end at, as 2026-03-01T15:00:00Z, or a day, which is meant until eight in the evening; empty for now."`
	Seed   uint64 `help:"The same seed and moment make the same company." default:"1"`
	Plain  bool   `help:"Do not use espeak-ng for the voices of recordings."`
}

// Run fills the database.
func (c demoDataCommand) Run(ctx context.Context, env *environment) error {
	at, err := c.moment()
	if err != nil {
		return err
	}
	logins, err := readLogins(c.Logins)
	if err != nil {
		return err
	}
	pool, err := postgres.Open(ctx, env.DatabaseURL)
	if err != nil {
		return err
	}
	defer pool.Close()
	company, err := demodata.Invent(at, c.Seed)
	if err != nil {
		return err
	}
	book, err := fillDemo(ctx, env, pool, company, logins, c.Plain)
	if err != nil {
		return err
	}
	if err := writeLogins(c.Logins, logins); err != nil {
		return err
	}
	if err := tellChanged(ctx, pool); err != nil {
		return err
	}
	if err := company.Upload(ctx, book); err != nil {
		env.log.Warn("recordings of the demo data wait in the spool for their bucket", "err", err)
	}
	_, err = fmt.Fprintf(env.stdout, "%s: %d people, %d clients, %d calls until %s, %d of them with sound\n", demodata.CompanyName, len(company.People),
		len(company.Clients), len(company.Calls), company.At.Format(time.DateTime), len(company.Sounding()))
	return err
}

func (c demoDataCommand) moment() (time.Time, error) {
	if c.At == "" {
		return time.Now(), nil
	}
	if t, err := time.Parse(time.RFC3339, c.At); err == nil {
		return t, nil
	}
	zone, err := time.LoadLocation(demodata.TimeZone)
	if err != nil {
		return time.Time{}, fmt.Errorf("load the company's time zone: %w", err)
	}
	day, err := time.ParseInLocation(time.DateOnly, c.At, zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("--at %s is neither a time nor a day", c.At)
	}
	return day.Add(20 * time.Hour), nil
}

// fillDemo stores the company and gives its people their passwords. The book knows the spool with the sound.
func fillDemo(ctx context.Context, env *environment, pool *pgxpool.Pool, company *demodata.Company, logins *[]login, plain bool) (*calls.Book, error) {
	if err := demodata.Empty(ctx, pool); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(env.spool(), 0o750); err != nil {
		return nil, fmt.Errorf("make the spool: %w", err)
	}
	bucket, err := env.openBucket()
	if err != nil {
		return nil, err
	}
	if err := bucket.EnsureBucket(ctx); err != nil {
		env.log.Warn("the bucket does not answer", "err", err)
	}
	at := company.At
	people := access.New(pool, access.Options{Log: env.log})
	book := calls.NewBook(calls.BookOptions{Pool: pool, Access: people, Log: env.log, Bucket: bucket, Clock: func() time.Time { return at }})
	if err := book.Begin(ctx); err != nil {
		return nil, err
	}
	mergeLogins(company, logins)
	if err := company.StorePeople(ctx, pool); err != nil {
		return nil, err
	}
	to := demodata.Target{Pool: pool, Clients: clients.New(pool, people, clients.Options{Log: env.log}), Spool: env.spool()}
	for i, p := range company.People {
		if err := people.SetPassword(system(ctx), p.ID, (*logins)[i].password, ""); err != nil {
			return nil, fmt.Errorf("set the password of %s: %w", p.Email, err)
		}
	}
	return book, company.Store(ctx, to, demodata.NewStudio(env.log, plain))
}

// login is a line of the file of logins.
type login struct{ role, email, password string }

func readLogins(path string) (*[]login, error) {
	var list []login
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the logins: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if len(fields) != 3 {
			return nil, fmt.Errorf("%s: a line is role, e-mail and password, not %q", path, strings.TrimSpace(line))
		}
		list = append(list, login{fields[0], fields[1], fields[2]})
	}
	return &list, nil
}

// mergeLogins gives the people the e-mails of the file, and the file a line for each of them, in their order.
func mergeLogins(company *demodata.Company, logins *[]login) {
	given := *logins
	merged := make([]login, len(company.People))
	for i, p := range company.People {
		merged[i] = login{p.Role, p.Email, newPassword()}
		for n, l := range given {
			if l.role == p.Role {
				merged[i], given[n].role = l, ""
				company.People[i].Email = l.email
				break
			}
		}
	}
	*logins = merged
}

func newPassword() string {
	var b [9]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func writeLogins(path string, logins *[]login) error {
	var text strings.Builder
	for _, l := range *logins {
		fmt.Fprintf(&text, "%s %s %s\n", l.role, l.email, l.password)
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		return fmt.Errorf("write the logins: %w", err)
	}
	return nil
}
