package access

import (
	"net/mail"
	"strings"
	"time"

	"ringbook/crm"
)

// User is a person who works with Ringbook.
type User struct {
	ID         string    `json:"id" db:"id"`
	Email      string    `json:"email" db:"email"`
	Name       string    `json:"name" db:"name"`
	Role       string    `json:"role" db:"role"`
	TeamID     string    `json:"team_id" db:"team_id"`
	Team       string    `json:"team" db:"team"`
	Active     bool      `json:"active" db:"active"`
	Language   string    `json:"language" db:"language" enum:",en,ru"`
	SecondStep bool      `json:"second_step" db:"second_step" doc:"They log in with a code as well"`
	Version    int64     `json:"version" db:"version"`
	CreatedAt  time.Time `json:"created_at" db:"created_at"`
	UpdatedAt  time.Time `json:"updated_at" db:"updated_at"`
}

// NewUser is a person to be added. Without a password they cannot log in.
type NewUser struct {
	Email    string `json:"email" maxLength:"200"`
	Name     string `json:"name" maxLength:"200"`
	Role     string `json:"role"`
	TeamID   string `json:"team_id,omitempty"`
	Password string `json:"password,omitempty" maxLength:"200"`
	Language string `json:"language,omitempty" enum:",en,ru"`
}

// UserChange is what changes of a person; nil stays.
type UserChange struct {
	Version  int64   `json:"version,omitempty" doc:"The version that was read; a newer one is answered with 409"`
	Email    *string `json:"email,omitempty" maxLength:"200"`
	Name     *string `json:"name,omitempty" maxLength:"200"`
	Role     *string `json:"role,omitempty"`
	TeamID   *string `json:"team_id,omitempty" doc:"Empty: no team"`
	Active   *bool   `json:"active,omitempty"`
	Language *string `json:"language,omitempty" enum:",en,ru"`
}

// apply changes the person and checks what came of it.
func (c UserChange) apply(u User) (User, error) {
	set(&u.Email, c.Email)
	set(&u.Name, c.Name)
	set(&u.Role, c.Role)
	set(&u.TeamID, c.TeamID)
	set(&u.Active, c.Active)
	set(&u.Language, c.Language)
	return u, u.check()
}

func (u *User) check() error {
	u.Email, u.Name = strings.ToLower(strings.TrimSpace(u.Email)), strings.TrimSpace(u.Name)
	if a, err := mail.ParseAddress(u.Email); err != nil || a.Address != u.Email {
		return crm.Invalid("bad_email", crm.Params{"email": u.Email})
	}
	if u.Name == "" {
		return crm.Invalid("empty", crm.Params{"field": "name"})
	}
	if u.TeamID != "" && !crm.IsID(u.TeamID) {
		return crm.Invalid("unknown_team", crm.Params{"team": u.TeamID})
	}
	return nil
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}
