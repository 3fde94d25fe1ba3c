package calls

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/crm/postgres"
	"ringbook/telephony"
)

// What a caller hears when nothing was recorded: sounds of Asterisk's own.
const (
	soundClosed = "sound:ss-noservice"
	soundNobody = "sound:vm-nobodyavail"
)

// LoadPlan reads everything that the switchboard decides from.
func (b *Book) LoadPlan(ctx context.Context) (plan telephony.Plan, err error) {
	company, err := b.o.Access.Company(ctx)
	if err != nil {
		return plan, err
	}
	if plan.Location, err = time.LoadLocation(company.TimeZone); err != nil {
		return plan, fmt.Errorf("loading the company's time zone: %w", err)
	}
	s, err := b.Settings(ctx)
	if err != nil {
		return plan, err
	}
	list, err := b.Numbers(ctx)
	if err != nil {
		return plan, err
	}
	prefixes, err := b.Prefixes(ctx)
	if err != nil {
		return plan, err
	}
	greetings, err := b.Greetings(ctx)
	if err != nil {
		return plan, err
	}
	plan.Lengths = make(map[string]time.Duration, len(greetings))
	for _, g := range greetings {
		plan.Lengths[b.o.GreetingURI(g.ID)] = time.Duration(g.Seconds * float64(time.Second))
	}
	plan.Country, plan.MaxOutbound = company.Country, s.MaxOutbound
	plan.RingFor, plan.WrapUp, plan.AwayFor = duration(s.RingSeconds), duration(s.WrapSeconds), duration(s.AwaySeconds)
	outbound, err := b.Outbound(ctx)
	if err != nil {
		return plan, err
	}
	plan.Tariffs = make(map[string]telephony.Tariff, len(prefixes))
	for _, p := range prefixes {
		plan.Prefixes = append(plan.Prefixes, p.Prefix)
		plan.Tariffs[p.Prefix] = telephony.Tariff{Night: p.Night, Price: p.Price}
	}
	plan.Guard = outbound.guard()
	plan.Numbers = make(map[string]telephony.Number, len(list))
	for i, n := range list {
		plan.Numbers[n.E164] = b.planned(n, s)
		if n.ID == s.CallerID || i == 0 {
			plan.CallerID = n.E164
		}
	}
	return plan, nil
}

func (b *Book) planned(n Number, s Settings) telephony.Number {
	out := telephony.Number{E164: n.E164, Name: n.Name, Queue: telephony.QueueID(n.Queue), Greeting: b.sound(n.Greeting, ""),
		Closed: b.sound(n.ClosedGreeting, soundClosed), Nobody: b.sound(n.NobodyGreeting, soundNobody),
		MaxWait: duration(s.MaxWaitSeconds), Hours: s.Hours.plan()}
	for _, m := range n.Members {
		out.Members = append(out.Members, telephony.AgentID(m))
	}
	if n.MaxWaitSeconds != nil {
		out.MaxWait = duration(*n.MaxWaitSeconds)
	}
	if len(n.Hours) > 0 {
		out.Hours = n.Hours.plan()
	}
	return out
}

func (b *Book) sound(greeting, otherwise string) string {
	if greeting == "" {
		return otherwise
	}
	return b.o.GreetingURI(greeting)
}

func duration(seconds int) time.Duration { return time.Duration(seconds) * time.Second }

// emergency are the numbers for help in need by country; 112 works from every mobile phone.
var emergency = map[string][]string{"RU": {"101", "102", "103", "104"}, "BY": {"101", "102", "103", "104"}, "KZ": {"101", "102", "103", "104"},
	"US": {"911"}, "CA": {"911"}, "GB": {"999"}, "DE": {"110"}, "FR": {"15", "17", "18"}, "AU": {"000"}}

// starting are the reasons and outcomes that a new company begins with, in Russian and in English.
var starting = map[bool][2][]string{
	true: {{"Обед", "Перерыв", "Обучение", "Встреча"},
		{"Договорились", "Перезвонить", "Думает", "Отказ", "Не по адресу", "Спам"}},
	false: {{"Lunch", "Break", "Training", "Meeting"},
		{"Agreed", "Call again", "Thinking it over", "Refused", "Wrong address", "Spam"}},
}

// Begin gives a new company what it can start with, once: the country's prefix and emergency numbers, reasons for a
// pause, outcomes.
func (b *Book) Begin(ctx context.Context) error {
	company, err := b.o.Access.Company(ctx)
	if err != nil {
		return err
	}
	return postgres.Tx(ctx, b.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "update telephony_settings set seeded = true where not seeded")
		if err != nil {
			return fmt.Errorf("beginning the settings: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return nil
		}
		batch := &pgx.Batch{}
		for _, p := range startingPrefixes(company) {
			batch.Queue("insert into prefixes (id, prefix, name) values ($1, $2, $3) on conflict do nothing", crm.NewID(), p.Prefix, p.Name)
		}
		words := starting[cyrillic(company.Country)]
		for i, name := range words[0] {
			batch.Queue("insert into pause_reasons (id, name, position) values ($1, $2, $3) on conflict do nothing", crm.NewID(), name, i+1)
		}
		for i, name := range words[1] {
			batch.Queue("insert into outcomes (id, name, position, key) values ($1, $2, $3, $4) on conflict do nothing",
				crm.NewID(), name, i+1, strconv.Itoa(i+1))
		}
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return fmt.Errorf("beginning the settings: %w", err)
		}
		return nil
	})
}

func startingPrefixes(c access.Company) []Prefix {
	country := strings.ToUpper(c.Country)
	list := []Prefix{{Prefix: "+" + strconv.Itoa(crm.CountryCode(country)), Name: country}, {Prefix: "112", Name: "SOS"}}
	for _, p := range emergency[country] {
		list = append(list, Prefix{Prefix: p, Name: "SOS"})
	}
	return list
}

func cyrillic(country string) bool {
	return country == "RU" || country == "BY" || country == "KZ" || country == "KG"
}
