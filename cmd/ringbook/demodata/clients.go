package demodata

import (
	"fmt"
	"strings"
	"time"

	"ringbook/crm/clients"
)

// Client is somebody whom the company talks to.
type Client struct {
	ID, Kind, Name, First, Last, Middle, Company, City, Owner, Preferences, Claims, Source, How string
	Tags                                                                                        []string
	Phones                                                                                      []Phone
	Emails                                                                                      []Email
	Notes                                                                                       []Note
	Entry                                                                                       string // ID of the timeline's first entry
	Created                                                                                     time.Time
}

// Phone is a number as it was typed; E164 is what it means.
type Phone struct{ ID, Typed, E164, Ext, Label string }

// Email is an address.
type Email struct{ ID, Email, Label string }

// Note is what somebody wrote on the card.
type Note struct {
	ID, Entry, Text, Author string
	At                      time.Time
}

var (
	mobiles   = []string{"903", "905", "906", "909", "910", "915", "916", "917", "919", "925", "926", "929", "963", "977", "985", "999"}
	landlines = []string{"495", "499"}
)

func (v *inventor) clients() {
	c := v.company
	for range namedOnes {
		c.Clients = append(c.Clients, v.client(true))
	}
	for range unnamedOnes {
		c.Clients = append(c.Clients, v.client(false))
	}
	// A number that two share: husband and wife, say. Whoever calls from it is asked which of them it is.
	shared := c.Clients[0].Phones[0]
	shared.ID, shared.Label = v.id(c.Clients[1].Created), "общий"
	c.Clients[1].Phones = append(c.Clients[1].Phones, shared)
}

// client invents one card. A third of the company's clients came in the days that have calls, half of these by a call.
func (v *inventor) client(named bool) Client {
	c := v.company
	k := Client{Kind: clients.Person, How: clients.HowTyped, Tags: []string{}}
	k.Created = c.begun().AddDate(0, 0, -v.IntN(600)-1).Add(v.between(9*time.Hour, 20*time.Hour))
	if !named || v.chance(33) {
		k.Created = v.workingTime(v.IntN(days))
		if !named || v.chance(50) {
			k.How = clients.HowCall
		}
	} else if v.chance(60) {
		k.How = clients.HowImport
	}
	k.ID, k.Entry = v.id(k.Created), v.id(k.Created)
	company := named && v.chance(14)
	k.Phones = []Phone{v.phone(k.Created, company)}
	if k.How == clients.HowCall {
		k.Phones[0].Typed, k.Phones[0].Ext = k.Phones[0].E164, ""
	}
	if !named {
		return k
	}
	v.name(&k)
	if company {
		v.makeCompany(&k)
	}
	v.details(&k)
	return k
}

// workingTime is a moment of the n-th day when people call.
func (v *inventor) workingTime(n int) time.Time {
	day := v.company.begun().AddDate(0, 0, n)
	return day.Add(v.between(9*time.Hour, 20*time.Hour-time.Minute))
}

func (v *inventor) phone(at time.Time, office bool) Phone {
	codes := mobiles
	if office {
		codes = landlines
	}
	code, rest := pick(v, codes), ""
	for rest == "" || v.taken[code+rest] {
		rest = fmt.Sprintf("%07d", 2000000+v.IntN(7900000))
	}
	v.taken[code+rest] = true
	a, b, c := rest[:3], rest[3:5], rest[5:]
	p := Phone{ID: v.id(at), E164: "+7" + code + rest}
	p.Typed = pick(v, []string{
		"+7 " + code + " " + a + "-" + b + "-" + c, "8 (" + code + ") " + a + "-" + b + "-" + c, "8" + code + rest, "+7" + code + rest,
		code + " " + rest, "8-" + code + "-" + a + "-" + b + "-" + c, "7" + code + rest})
	if office && v.chance(40) {
		p.Ext = fmt.Sprint(10 + v.IntN(490))
		p.Typed += " доб. " + p.Ext
	}
	return p
}

// name gives the client a person's name.
func (v *inventor) name(k *Client) {
	female := v.chance(52)
	last, father := pick(v, surnames), pick(v, fathers)
	if female {
		k.First, k.Last, k.Middle = pick(v, women), feminine(last), father[1]
	} else {
		k.First, k.Last, k.Middle = pick(v, men), last, father[0]
	}
	if v.chance(35) {
		k.Middle = ""
	}
	k.Name = k.First + " " + k.Last
}

func feminine(last string) string {
	if stem, ok := strings.CutSuffix(last, "ий"); ok {
		return stem + "ая"
	}
	if strings.HasSuffix(last, "о") || strings.HasSuffix(last, "ых") {
		return last
	}
	return last + "а"
}

// makeCompany makes the card a company's; the person is whom one asks for there.
func (v *inventor) makeCompany(k *Client) {
	person := k.Name
	k.Kind = clients.Company
	k.Company = pick(v, forms) + " «" + pick(v, firmNames) + " " + pick(v, firmKinds) + "»"
	k.Name, k.First, k.Last, k.Middle = k.Company, "", "", ""
	k.Preferences = "Спрашивать: " + person
	k.Phones[0].Label = "офис"
}

// details fills what else a card may say.
func (v *inventor) details(k *Client) {
	c := v.company
	if v.chance(72) {
		k.City = pick(v, cities)
	}
	if v.chance(58) {
		k.Owner = pick(v, c.operators()).ID
	}
	k.Source = pick(v, c.Sources).Name
	for range v.IntN(3) {
		if tag := pick(v, tags); len(k.Tags) == 0 || k.Tags[0] != tag {
			k.Tags = append(k.Tags, tag)
		}
	}
	if v.chance(30) {
		second := v.phone(k.Created, false)
		second.Label = pick(v, []string{"рабочий", "домашний", "WhatsApp", "супруга"})
		k.Phones = append(k.Phones, second)
	}
	if v.chance(45) {
		k.Emails = []Email{{v.id(k.Created), fmt.Sprintf("client%03d@%s", len(c.Clients)+1, pick(v, []string{"mail.example", "pochta.example", "firma.example"})), ""}}
	}
	if k.Preferences == "" && v.chance(30) {
		k.Preferences = pick(v, preferences)
	}
	if v.chance(9) {
		k.Claims = pick(v, claims)
	}
	for range max(0, v.IntN(6)-3) {
		at := k.Created.Add(v.between(time.Hour, 20*24*time.Hour))
		if at.Before(c.At) {
			k.Notes = append(k.Notes, Note{v.id(at), v.id(at), pick(v, notes), pick(v, c.operators()).ID, at})
		}
	}
}
