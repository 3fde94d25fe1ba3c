package demodata

import (
	"time"

	"ringbook/crm/access"
	"ringbook/telephony"
)

// The company's numbers; the first is the one that deploy/run tells to call.
const (
	FirstNumber  = "+74955551020"
	SecondNumber = "+74955551030"
)

func (v *inventor) people() {
	c := v.company
	hired := c.begun().AddDate(0, -8, 0)
	for _, name := range []string{"Продажи", "Сервис"} {
		c.Teams = append(c.Teams, Team{v.id(hired), name})
	}
	for _, p := range []struct {
		name, email, role string
		team              int
		female            bool
	}{
		{"Анна Воронцова", "operator", access.Operator, 0, true},
		{"Ольга Климова", "supervisor", access.Supervisor, 0, true},
		{"Сергей Платонов", "administrator", access.Administrator, -1, false},
		{"Дмитрий Лапин", "d.lapin", access.Operator, 0, false},
		{"Мария Ефимова", "m.efimova", access.Operator, 1, true},
		{"Павел Гусев", "p.gusev", access.Operator, 1, false},
		{"Виктор Демидов", "v.demidov", access.Supervisor, 1, false},
		{"Елена Рощина", "e.roshchina", access.Head, -1, true},
	} {
		person := Person{ID: v.id(hired), Name: p.name, Email: p.email + "@ringbook.example", Role: p.role, female: p.female}
		if p.team >= 0 {
			person.Team = c.Teams[p.team].ID
		}
		c.People = append(c.People, person)
	}
	for _, name := range []string{"Яндекс Директ", "Сайт", "Рекомендация", "Авито"} {
		c.Sources = append(c.Sources, Source{v.id(hired), name})
	}
	c.Numbers = []Number{
		{v.id(hired), FirstNumber, "Продажи, реклама", "sales", c.Sources[0].ID, c.People[1].ID},
		{v.id(hired), SecondNumber, "Сервис, сайт", "service", c.Sources[1].ID, c.People[6].ID},
	}
	v.plan = telephony.Plan{Location: c.zone, Country: country, RingFor: 20 * time.Second, WrapUp: 30 * time.Second, AwayFor: 15 * time.Second,
		CallerID: FirstNumber, Numbers: map[string]telephony.Number{}}
	for _, n := range c.Numbers {
		v.plan.Numbers[n.E164] = telephony.Number{Queue: telephony.QueueID(n.Queue), MaxWait: 2 * time.Minute, Nobody: "sound:vm-nobodyavail"}
	}
}

// operators are those who take calls.
func (c *Company) operators() (list []Person) {
	for _, p := range c.People {
		if p.Role == access.Operator {
			list = append(list, p)
		}
	}
	return list
}
