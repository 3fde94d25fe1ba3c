package main

import (
	"context"
	"fmt"

	"ringbook/crm/access"
	"ringbook/crm/postgres"
)

// migrateCommand brings the database to this version.
type migrateCommand struct{}

// Run migrates.
func (migrateCommand) Run(ctx context.Context, env *environment) error {
	pool, err := postgres.Open(ctx, env.DatabaseURL)
	if err != nil {
		return err
	}
	defer pool.Close()
	return postgres.Migrate(ctx, pool)
}

// userAddCommand adds a person.
type userAddCommand struct {
	Email    string `help:"E-mail, the login." required:""`
	Name     string `help:"Name as others see it." required:""`
	Role     string `help:"operator, supervisor, head or administrator." default:"operator"`
	Password string `help:"Password; without one they cannot log in." env:"RINGBOOK_USER_PASSWORD"`
}

// Run adds the person.
func (c userAddCommand) Run(ctx context.Context, env *environment) error {
	pool, err := postgres.Open(ctx, env.DatabaseURL)
	if err != nil {
		return err
	}
	defer pool.Close()
	u, err := access.New(pool, access.Options{Log: env.log}).AddUser(ctx, access.NewUser{Email: c.Email, Name: c.Name, Role: c.Role, Password: c.Password})
	if err != nil {
		return err
	}
	if err := tellChanged(ctx, pool); err != nil {
		return err
	}
	_, err = fmt.Fprintln(env.stdout, u.ID)
	return err
}

// userResetCommand lets somebody in again who has lost the device of their codes, also the only administrator.
type userResetCommand struct {
	Email string `arg:"" help:"E-mail of the person."`
}

// Run takes the second step away and ends the person's sessions.
func (c userResetCommand) Run(ctx context.Context, env *environment) error {
	pool, err := postgres.Open(ctx, env.DatabaseURL)
	if err != nil {
		return err
	}
	defer pool.Close()
	people := access.New(pool, access.Options{Log: env.log})
	id, err := people.UserByEmail(ctx, c.Email)
	if err != nil {
		return err
	}
	if err := people.ResetSecondStep(ctx, id); err != nil {
		return err
	}
	if err := tellChanged(ctx, pool); err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "%s logs in with the password alone; every earlier login has ended\n", c.Email)
	return err
}

// tokenCreateCommand makes a token for a program.
type tokenCreateCommand struct {
	User string `help:"E-mail of the person on whose behalf the program acts." required:""`
	Name string `help:"What the token is for." default:"command line"`
}

// Run makes the token and prints it, once.
func (c tokenCreateCommand) Run(ctx context.Context, env *environment) error {
	pool, err := postgres.Open(ctx, env.DatabaseURL)
	if err != nil {
		return err
	}
	defer pool.Close()
	secret, _, err := access.New(pool, access.Options{Log: env.log}).CreateToken(ctx, c.User, c.Name)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(env.stdout, secret)
	return err
}
