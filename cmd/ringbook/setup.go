package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/user"
	"strconv"

	"github.com/alecthomas/kong"
	"github.com/jackc/pgx/v5/pgxpool"

	"ringbook/crm/access"
	"ringbook/crm/postgres"
)

// setupCommand asks what a first start must know, and prepares everything.
type setupCommand struct {
	Env  string `help:"The file that the settings are written to." default:"/etc/ringbook/ringbook.env" type:"path"`
	Yes  bool   `help:"Ask nothing: what is not given by a flag stays as it is, or is what is usual."`
	User string `help:"The system's user that Ringbook runs as." default:"ringbook"`

	Address    string `help:"1. The name or address that people open, as crm.example.com."`
	Company    string `help:"2. The company's name."`
	Country    string `help:"   Its country, as RU or DE: how numbers without a country are read."`
	TimeZone   string `help:"   Its time zone, as Europe/Moscow."`
	Email      string `help:"3. The administrator's e-mail."`
	Password   string `help:"   The administrator's password; without one, --yes makes one and prints it."`
	Recordings string `help:"4. Where recordings go: disk, or an S3 endpoint as https://s3.example.com (then with --s3-bucket, --s3-access-key and --s3-secret-key)."`
	Asterisk   string `help:"5. own for a private Asterisk of Ringbook, or the ARI of one that runs, as http://127.0.0.1:8088/ari."`

	Database string `help:"local makes a role and a database in this machine's PostgreSQL; else postgres://user:password@host/database."`
	Share    string `help:"Where the package keeps its scripts." default:"/usr/share/ringbook" type:"path"`
	Start    bool   `help:"Start the services at the end, or restart what runs." default:"true" negatable:""`
}

// Help says how it is used.
func (setupCommand) Help() string {
	return `Five questions, each checked at once; each can be answered by its flag. Every setting of the configuration (see ringbook --help)
may be given as well and is written down. Running it again changes only what is answered differently.`
}

// setup is one run of the command.
type setup struct {
	setupCommand
	ask      interview
	env      *environment
	given    map[string]string // settings that were given by flag, by variable
	file     *settingsFile
	uid, gid int // of the user that Ringbook runs as; our own when we are not root
}

// Run asks, writes, prepares and starts.
func (c setupCommand) Run(ctx context.Context, k *kong.Context, env *environment) error {
	s := &setup{setupCommand: c, env: env, given: givenSettings(k, env.Config), ask: interview{in: bufio.NewReader(os.Stdin), out: env.stdout, yes: c.Yes}}
	var err error
	if s.file, err = readSettings(c.Env); err != nil {
		return err
	}
	if err := s.findUser(); err != nil {
		return err
	}
	a, err := s.interview(ctx)
	if err != nil {
		return err
	}
	if err := s.prepareDatabase(ctx); err != nil {
		return err
	}
	if err := s.settle(ctx, a); err != nil {
		return err
	}
	if err := s.file.write(s.gid); err != nil {
		return err
	}
	if err := s.fillDatabase(ctx, &a); err != nil {
		return err
	}
	return s.finish(ctx, a)
}

// givenSettings are the settings of the configuration that stand on the command line.
func givenSettings(k *kong.Context, c Config) map[string]string {
	flags := map[string]bool{}
	for _, p := range k.Path {
		if p.Flag != nil {
			flags["--"+p.Flag.Name] = true
		}
	}
	given := map[string]string{}
	for _, v := range variablesOf(c) {
		if flags[v.flag] {
			given[v.name] = v.value
		}
	}
	return given
}

// findUser looks the user up to whom everything will belong.
func (s *setup) findUser() error {
	s.uid, s.gid = os.Geteuid(), os.Getegid()
	if s.uid != 0 {
		return nil
	}
	u, err := user.Lookup(s.User)
	if err != nil {
		return fmt.Errorf("look for the user that Ringbook runs as: %w (the package makes it; else say --user)", err)
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return fmt.Errorf("read the number of the user %s: %w", s.User, err)
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return fmt.Errorf("read the number of the group of %s: %w", s.User, err)
	}
	s.uid, s.gid = uid, gid
	return nil
}

// fillDatabase brings the database to this version and puts the company and its administrator into it.
func (s *setup) fillDatabase(ctx context.Context, a *answers) error {
	pool, err := postgres.Open(ctx, s.file.get("RINGBOOK_DATABASE_URL"))
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := postgres.Migrate(ctx, pool); err != nil {
		return err
	}
	store := access.New(pool, access.Options{Log: s.env.log})
	ctx = system(ctx)
	was, err := store.Company(ctx)
	if err != nil {
		return err
	}
	if was.Name != a.company || was.Country != a.country || was.TimeZone != a.timeZone {
		if _, err := store.ChangeCompany(ctx, access.CompanyChange{Name: &a.company, Country: &a.country, TimeZone: &a.timeZone}); err != nil {
			return err
		}
	}
	if err := addAdministrator(ctx, store, a); err != nil {
		return err
	}
	return tellChanged(ctx, pool)
}

// addAdministrator adds the person, or gives a known one the password that was answered.
func addAdministrator(ctx context.Context, store *access.Store, a *answers) error {
	users, err := store.Users(ctx, true)
	if err != nil {
		return err
	}
	for _, u := range users {
		switch {
		case u.Email != a.email:
			continue
		case u.Role != access.Administrator || !u.Active:
			return fmt.Errorf("%s is known already and is no administrator: answer with another e-mail", a.email)
		case a.password == "" || a.generated:
			a.generated = false // theirs stays
			return nil
		}
		return store.SetPassword(ctx, u.ID, a.password, "")
	}
	_, err = store.AddUser(ctx, access.NewUser{Email: a.email, Name: "Administrator", Role: access.Administrator, Password: a.password})
	return err
}

// standing is what the database says already, if there is one.
func (s *setup) standing(ctx context.Context) (c access.Company, administrator string) {
	url := s.file.get("RINGBOOK_DATABASE_URL")
	if url == "" {
		return c, ""
	}
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return c, ""
	}
	defer pool.Close()
	store := access.New(pool, access.Options{Log: s.env.log})
	if c, err = store.Company(ctx); err != nil {
		return access.Company{}, ""
	}
	users, err := store.Users(ctx, false)
	if err != nil {
		return c, ""
	}
	for _, u := range users {
		if u.Role == access.Administrator {
			return c, u.Email
		}
	}
	return c, ""
}
