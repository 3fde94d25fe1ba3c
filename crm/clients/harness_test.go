package clients_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/crm/clients"
	"ringbook/crm/postgres"
	"ringbook/crm/postgres/postgrestest"
)

type desk struct {
	t     *testing.T
	pool  *pgxpool.Pool
	store *clients.Store
	ctx   context.Context // an administrator's
	users map[string]access.User
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	pool := postgrestest.New(t)
	people := access.New(pool, access.Options{})
	d := &desk{t: t, pool: pool, store: clients.New(pool, people, clients.Options{}), users: map[string]access.User{}}
	team, err := people.SaveTeam(context.Background(), access.Team{Name: "Sales"})
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]string{"anna": team.ID, "boris": team.ID, "vera": ""} {
		u, err := people.AddUser(context.Background(), access.NewUser{Email: name + "@x.example", Name: name, Role: access.Operator, TeamID: in})
		if err != nil {
			t.Fatal(err)
		}
		d.users[name] = u
	}
	d.ctx = d.as("anna", "all")
	return d
}

// as gives the context of a person whose rights on clients reach as far as the scope.
func (d *desk) as(name, scope string) context.Context {
	u := d.users[name]
	return crm.WithActor(context.Background(), crm.Actor{User: u.ID, Name: u.Name, Role: u.Role, Team: u.TeamID,
		Rights: crm.ParseRights([]string{"clients.read." + scope, "clients.write." + scope, "clients.delete." + scope})})
}

func (d *desk) add(change clients.ClientChange) clients.Client {
	d.t.Helper()
	c, err := d.store.Add(d.ctx, change, clients.HowTyped)
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

func (d *desk) named(name string, phones ...string) clients.Client {
	d.t.Helper()
	inputs := []clients.PhoneInput{}
	for _, p := range phones {
		inputs = append(inputs, clients.PhoneInput{Typed: p})
	}
	return d.add(clients.ClientChange{Name: &name, Phones: &inputs})
}

// ensure does what a call does: finds or makes the card of a number.
func (d *desk) ensure(number string) (id string, created bool) {
	d.t.Helper()
	err := postgres.Tx(context.Background(), d.pool, func(tx pgx.Tx) (err error) {
		id, created, err = d.store.EnsureByPhone(context.Background(), tx, phone(number), "NETWORK NAME", "site", clients.HowCall)
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return id, created
}

func (d *desk) list(f clients.ListFilter) (names []string) {
	d.t.Helper()
	if f.Limit == 0 {
		f.Limit = 50
	}
	page, err := d.store.List(d.ctx, f)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, c := range page.Items {
		names = append(names, c.Name)
	}
	return names
}

func phone(typed string) crm.Phone {
	p, _ := crm.ParsePhone(typed, "RU")
	return p
}

func ptr[T any](v T) *T { return &v }
