package clients

import (
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ringbook/crm"
)

// The kinds of client.
const (
	Person  = "person"
	Company = "company"
)

// How a client came to be known.
const (
	HowCall   = "call"
	HowTyped  = "typed"
	HowImport = "import"
	HowAPI    = "api"
	HowDemo   = "demo"
)

// Client is a person or a company that we talk to.
type Client struct {
	ID          string        `json:"id"`
	Kind        string        `json:"kind" enum:"person,company"`
	Name        string        `json:"name" doc:"Empty: made by a call and not named yet"`
	FirstName   string        `json:"first_name"`
	LastName    string        `json:"last_name"`
	MiddleName  string        `json:"middle_name"`
	Company     string        `json:"company"`
	City        string        `json:"city"`
	Unnamed     bool          `json:"unnamed"`
	Phones      []ClientPhone `json:"phones"`
	Emails      []ClientEmail `json:"emails"`
	Owner       *Owner        `json:"owner"`
	Tags        []string      `json:"tags"`
	Preferences string        `json:"preferences"`
	Claims      string        `json:"claims"`
	Source      string        `json:"source"`
	How         string        `json:"how" enum:",call,typed,import,api,demo"`
	CallsCount  int           `json:"calls_count"`
	LastCallAt  *time.Time    `json:"last_call_at"`
	Version     int64         `json:"version"`
	CreatedAt   time.Time     `json:"created_at"`
	UpdatedAt   time.Time     `json:"updated_at"`
}

// Owner is the person whose client it is.
type Owner struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// ClientPhone is one of a client's numbers.
type ClientPhone struct {
	ID    string    `json:"id"`
	Typed string    `json:"typed"`
	E164  string    `json:"e164" doc:"Empty when what was typed cannot be read as a number"`
	Ext   string    `json:"ext"`
	Label string    `json:"label"`
	Since time.Time `json:"since"`
}

// ClientEmail is one of a client's e-mail addresses.
type ClientEmail struct {
	ID    string `json:"id"`
	Email string `json:"email"`
	Label string `json:"label"`
}

// PhoneInput is a number as typed. With the ID of one that is there, it stays the same number of the card.
type PhoneInput struct {
	ID    string `json:"id,omitempty"`
	Typed string `json:"typed" maxLength:"100"`
	Label string `json:"label,omitempty" maxLength:"50"`
}

// EmailInput is an e-mail address as typed.
type EmailInput struct {
	ID    string `json:"id,omitempty"`
	Email string `json:"email" maxLength:"200"`
	Label string `json:"label,omitempty" maxLength:"50"`
}

// ClientChange is what a client is to be: all fields of a new one, the changed ones of one that is there; nil stays.
type ClientChange struct {
	Version     int64         `json:"version,omitempty" doc:"The version that was read; a newer one is answered with 409 and the current client"`
	Kind        *string       `json:"kind,omitempty" enum:"person,company"`
	Name        *string       `json:"name,omitempty" maxLength:"200"`
	FirstName   *string       `json:"first_name,omitempty" maxLength:"100"`
	LastName    *string       `json:"last_name,omitempty" maxLength:"100"`
	MiddleName  *string       `json:"middle_name,omitempty" maxLength:"100"`
	Company     *string       `json:"company,omitempty" maxLength:"200"`
	City        *string       `json:"city,omitempty" maxLength:"100"`
	Phones      *[]PhoneInput `json:"phones,omitempty" maxItems:"50"`
	Emails      *[]EmailInput `json:"emails,omitempty" maxItems:"50"`
	OwnerID     *string       `json:"owner_id,omitempty" doc:"Empty: nobody's"`
	Tags        *[]string     `json:"tags,omitempty" maxItems:"50"`
	Preferences *string       `json:"preferences,omitempty" maxLength:"10000"`
	Claims      *string       `json:"claims,omitempty" maxLength:"10000"`
	Source      *string       `json:"source,omitempty" maxLength:"100"`
}

// apply changes the client at the time and checks what came of it. A name that was made of its parts follows them.
func (c ClientChange) apply(v Client, country string, now time.Time) (Client, error) {
	composed := v.Name == "" || v.Name == compose(v)
	set(&v.Kind, c.Kind)
	set(&v.FirstName, c.FirstName)
	set(&v.LastName, c.LastName)
	set(&v.MiddleName, c.MiddleName)
	set(&v.Company, c.Company)
	set(&v.City, c.City)
	set(&v.Preferences, c.Preferences)
	set(&v.Claims, c.Claims)
	set(&v.Source, c.Source)
	if c.Name != nil {
		v.Name = strings.TrimSpace(*c.Name)
	}
	if (c.Name == nil && composed || v.Name == "") && compose(v) != "" {
		v.Name = compose(v)
	}
	v.Unnamed = v.Name == ""
	if c.OwnerID != nil {
		v.Owner = nil
		if *c.OwnerID != "" {
			v.Owner = &Owner{ID: *c.OwnerID}
		}
	}
	if c.Tags != nil {
		v.Tags = tags(*c.Tags)
	}
	if c.Phones != nil {
		v.Phones = phones(v.Phones, *c.Phones, country, now)
	}
	if c.Emails != nil {
		var err error
		if v.Emails, err = emails(v.Emails, *c.Emails); err != nil {
			return v, err
		}
	}
	return v, v.check()
}

func (v Client) check() error {
	if v.Owner != nil && !crm.IsID(v.Owner.ID) {
		return crm.Invalid("unknown_user", crm.Params{"user": v.Owner.ID})
	}
	if v.Kind != Person && v.Kind != Company {
		return crm.Invalid("bad_kind", crm.Params{"kind": v.Kind})
	}
	for _, tag := range v.Tags {
		if utf8.RuneCountInString(tag) > 50 {
			return crm.Invalid("tag_too_long", crm.Params{"tag": tag, "max": 50})
		}
	}
	return nil
}

// compose makes a display name of the parts.
func compose(v Client) string {
	if v.Kind == Company {
		return v.Company
	}
	return strings.TrimSpace(strings.TrimSpace(v.FirstName) + " " + strings.TrimSpace(v.LastName))
}

func tags(typed []string) []string {
	kept := []string{}
	for _, tag := range typed {
		tag = strings.TrimSpace(tag)
		if tag != "" && !slices.ContainsFunc(kept, func(t string) bool { return strings.EqualFold(t, tag) }) {
			kept = append(kept, tag)
		}
	}
	return kept
}

// phones makes the numbers that were typed. What cannot be read as a number is kept as typed; a number given twice is one.
func phones(were []ClientPhone, typed []PhoneInput, country string, now time.Time) []ClientPhone {
	are := []ClientPhone{}
	for _, input := range typed {
		parsed, _ := crm.ParsePhone(input.Typed, country) // unreadable: E164 stays empty
		p := ClientPhone{ID: crm.NewID(), Typed: parsed.Typed, E164: parsed.E164, Ext: parsed.Ext, Label: strings.TrimSpace(input.Label), Since: now}
		if p.Typed == "" {
			continue
		}
		if i := slices.IndexFunc(were, func(w ClientPhone) bool { return w.ID == input.ID || w.same(p) }); i >= 0 {
			p.ID = were[i].ID
			if were[i].same(p) {
				p.Since = were[i].Since
			}
		}
		if !slices.ContainsFunc(are, func(a ClientPhone) bool { return a.same(p) || a.ID == p.ID }) {
			are = append(are, p)
		}
	}
	return are
}

func (p ClientPhone) same(o ClientPhone) bool {
	if p.E164 == "" && o.E164 == "" {
		return p.Typed == o.Typed
	}
	return p.E164 == o.E164 && p.Ext == o.Ext
}

// digits are what the number is searched by.
func (p ClientPhone) digits() string {
	if p.E164 != "" {
		return p.E164[1:]
	}
	return crm.Digits(p.Typed)
}

func emails(were []ClientEmail, typed []EmailInput) ([]ClientEmail, error) {
	are := []ClientEmail{}
	for _, input := range typed {
		e := ClientEmail{ID: crm.NewID(), Email: strings.TrimSpace(input.Email), Label: strings.TrimSpace(input.Label)}
		if e.Email == "" {
			continue
		}
		if a, err := mail.ParseAddress(e.Email); err != nil || a.Address != e.Email {
			return nil, crm.Invalid("bad_email", crm.Params{"email": e.Email})
		}
		same := func(o ClientEmail) bool { return strings.EqualFold(o.Email, e.Email) }
		if i := slices.IndexFunc(were, func(w ClientEmail) bool { return w.ID == input.ID || same(w) }); i >= 0 {
			e.ID = were[i].ID
		}
		if !slices.ContainsFunc(are, func(a ClientEmail) bool { return same(a) || a.ID == e.ID }) {
			are = append(are, e)
		}
	}
	return are, nil
}

func set(field *string, value *string) {
	if value != nil {
		*field = strings.TrimSpace(*value)
	}
}
