package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/crm/postgres"
)

// instance is a Ringbook that deploy/run runs, as its DATA/env describes it.
type instance struct {
	values map[string]string // without RINGBOOK_
	web    string            // http://127.0.0.1:8080
	sip    string            // host:port of Asterisk's trunk transport
	pool   *pgxpool.Pool
	people *access.Store
}

var binding = regexp.MustCompile(`(?m)^bind\s*=\s*(\S+)`)

func openInstance(ctx context.Context, data string) (*instance, error) {
	b, err := os.ReadFile(filepath.Join(data, "env"))
	if err != nil {
		return nil, fmt.Errorf("reading the instance's settings: %w", err)
	}
	i := &instance{values: map[string]string{}}
	for line := range strings.Lines(string(b)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		i.values[strings.TrimPrefix(name, "RINGBOOK_")] = value
	}
	_, port, err := net.SplitHostPort(i.values["LISTEN"])
	if err != nil {
		return nil, fmt.Errorf("reading where Ringbook listens: %w", err)
	}
	i.web = "http://127.0.0.1:" + port
	conf, err := os.ReadFile(filepath.Join(data, "asterisk", "etc", "pjsip.conf"))
	if err != nil {
		return nil, fmt.Errorf("reading where Asterisk listens: %w", err)
	}
	m := binding.FindSubmatch(conf)
	if m == nil {
		return nil, errors.New("reading where Asterisk listens: pjsip.conf binds nothing")
	}
	i.sip = strings.Replace(string(m[1]), "0.0.0.0", "127.0.0.1", 1)
	if i.pool, err = postgres.Open(ctx, i.values["DATABASE_URL"]); err != nil {
		return nil, err
	}
	i.people = access.New(i.pool, access.Options{})
	return i, nil
}

// port is that of a setting which is a host:port or a URL.
func (i *instance) port(name string) (int, error) {
	address := i.values[name]
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		address = u.Host
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return 0, fmt.Errorf("reading the port of %s: %w", name, err)
	}
	return strconv.Atoi(port)
}

const (
	benchUser   = "bench-%04d@bench.example"
	benchDomain = "@bench.example"
)

// hire makes sure that n people with that password exist, and gives their e-mails.
func (i *instance) hire(ctx context.Context, n int, password string) ([]string, error) {
	known, err := i.hired(ctx)
	if err != nil {
		return nil, err
	}
	emails := make([]string, n)
	err = each(n, 4, func(k int) error {
		emails[k] = fmt.Sprintf(benchUser, k)
		if u, ok := known[emails[k]]; ok {
			if _, err := i.people.ChangeUser(ctx, u.ID, access.UserChange{Active: new(true)}); err != nil {
				return err
			}
			return i.people.SetPassword(ctx, u.ID, password, "")
		}
		_, err := i.people.AddUser(ctx, access.NewUser{Email: emails[k], Name: fmt.Sprintf("Bench %04d", k), Role: access.Operator, Password: password})
		return err
	})
	return emails, errors.Join(err, i.tell(ctx))
}

// dismiss switches everybody off that was hired.
func (i *instance) dismiss(ctx context.Context) error {
	known, err := i.hired(ctx)
	if err != nil {
		return err
	}
	var all []access.User
	for _, u := range known {
		all = append(all, u)
	}
	err = each(len(all), 4, func(k int) error {
		_, err := i.people.ChangeUser(ctx, all[k].ID, access.UserChange{Active: new(false)})
		return err
	})
	return errors.Join(err, i.tell(ctx))
}

func (i *instance) hired(ctx context.Context) (map[string]access.User, error) {
	all, err := i.people.Users(ctx, true)
	if err != nil {
		return nil, err
	}
	ours := map[string]access.User{}
	for _, u := range all {
		if strings.HasSuffix(u.Email, benchDomain) {
			ours[u.Email] = u
		}
	}
	return ours, nil
}

// tell lets the running Ringbook read the people again, as its own command line does.
func (i *instance) tell(ctx context.Context) error {
	if _, err := i.pool.Exec(ctx, "select pg_notify('ringbook_changes', '')"); err != nil {
		return fmt.Errorf("telling Ringbook of the people: %w", err)
	}
	return nil
}

// known is a client who will call.
type known struct {
	Client string `db:"client_id"`
	Phone  string `db:"e164"`
}

// callers are clients that one number leads to, the same each time.
func (i *instance) callers(ctx context.Context, n int) ([]known, error) {
	rows, err := i.pool.Query(ctx, `select min(client_id::text) as client_id, e164 from client_phones where e164 <> ''
		group by e164 having count(*) = 1 order by md5(e164) limit $1`, n)
	if err != nil {
		return nil, fmt.Errorf("reading who may call: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[known])
}

// number is one of the company's that everybody serves at once: no members of its own, no greeting before the queue.
func (i *instance) number(ctx context.Context) (e164 string, err error) {
	err = i.pool.QueryRow(ctx, `select e164 from numbers where archived_at is null and members = '{}' and greeting_id is null
		order by hours is not null, e164 limit 1`).Scan(&e164)
	if crm.IsNotFound(postgres.OrNotFound(err, "number")) {
		return "", errors.New("no number of the company is served by everybody without a greeting: name one with --number")
	}
	if err != nil {
		return "", fmt.Errorf("choosing a number: %w", err)
	}
	return e164, nil
}

// each calls f for 0 to n-1, so many at once, and gives the errors.
func each(n, width int, f func(int) error) error {
	next, errs := make(chan int), make([]error, n)
	var wg sync.WaitGroup
	for range width {
		wg.Go(func() {
			for k := range next {
				errs[k] = f(k)
			}
		})
	}
	for k := range n {
		next <- k
	}
	close(next)
	wg.Wait()
	return errors.Join(errs...)
}
