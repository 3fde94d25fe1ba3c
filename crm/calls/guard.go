package calls

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/crm/postgres"
	"ringbook/telephony"
)

// Outbound is the guard over calls out: who stopped them, the night rule and the money of a day.
type Outbound struct {
	StoppedAt *time.Time `json:"stopped_at" doc:"null: calls out are made"`
	StoppedBy *Person    `json:"stopped_by"`
	NightFrom int        `json:"night_from" doc:"Minutes since midnight in the company's zone; equal to night_to: no night rule"`
	NightTo   int        `json:"night_to"`
	DayLimit  int64      `json:"day_limit" doc:"Hundredths of the currency a day; 0: no limit"`
	Currency  string     `json:"currency" doc:"ISO 4217"`
	Spent     int64      `json:"spent" doc:"Of today, hundredths of the currency, with the calls that go on"`
	Version   int64      `json:"version"`
}

// OutboundChange is what changes of the guard; nil stays.
type OutboundChange struct {
	Version   int64   `json:"version,omitempty"`
	NightFrom *int    `json:"night_from,omitempty" minimum:"0" maximum:"1439"`
	NightTo   *int    `json:"night_to,omitempty" minimum:"0" maximum:"1439"`
	DayLimit  *int64  `json:"day_limit,omitempty" minimum:"0" maximum:"100000000000"`
	Currency  *string `json:"currency,omitempty" maxLength:"3"`
}

// OutboundStop stops calls out.
type OutboundStop struct {
	HangUp bool `json:"hang_up,omitempty" doc:"End the calls out that go on, but for those to emergency numbers"`
}

// Outbound reads the guard.
func (b *Book) Outbound(ctx context.Context) (Outbound, error) { return b.outbound(ctx, b.pool, "") }

func (b *Book) outbound(ctx context.Context, q postgres.Querier, lock string) (o Outbound, err error) {
	var by, name string
	err = q.QueryRow(ctx, `select g.stopped_at, coalesce(g.stopped_by::text, ''), coalesce((select u.name from users u where u.id = g.stopped_by), ''), g.night_from, g.night_to,
		g.day_limit, g.currency, g.version from outbound_guard g `+lock).Scan(&o.StoppedAt, &by, &name, &o.NightFrom, &o.NightTo, &o.DayLimit, &o.Currency, &o.Version)
	if err != nil {
		return o, fmt.Errorf("reading the guard over calls out: %w", err)
	}
	o.StoppedBy = person(by, name)
	if b.o.Spent != nil {
		o.Spent = b.o.Spent()
	}
	return o, nil
}

var currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)

// ChangeOutbound changes the night rule and the money of a day.
func (b *Book) ChangeOutbound(ctx context.Context, c OutboundChange) (Outbound, error) {
	if c.Currency != nil && !currencyForm.MatchString(*c.Currency) {
		return Outbound{}, crm.Invalid("bad_currency", crm.Params{"field": "currency"})
	}
	return b.guarded(ctx, "changed", func(tx pgx.Tx, was Outbound) error {
		if c.Version != 0 && c.Version != was.Version {
			return crm.Conflict("changed_meanwhile", crm.Params{"current": was})
		}
		_, err := tx.Exec(ctx, `update outbound_guard set night_from = coalesce($1, night_from), night_to = coalesce($2, night_to),
			day_limit = coalesce($3, day_limit), currency = coalesce($4, currency), version = version + 1`, c.NightFrom, c.NightTo, c.DayLimit, c.Currency)
		return err
	})
}

// StopOutbound lets no call out begin but to emergency numbers, until somebody resumes them.
func (b *Book) StopOutbound(ctx context.Context, s OutboundStop) (Outbound, error) {
	now, err := b.guarded(ctx, "stopped", func(tx pgx.Tx, was Outbound) error {
		_, err := tx.Exec(ctx, "update outbound_guard set stopped_at = coalesce(stopped_at, $1), stopped_by = coalesce(stopped_by, nullif($2, '')::uuid), version = version + 1",
			b.clock.Now(), id(crm.ActorFrom(ctx).User))
		return err
	})
	if err == nil && s.HangUp && b.o.HangUpOutbound != nil {
		b.log.Warn("calls out are ended by hand", "by", crm.ActorFrom(ctx).User, "calls", b.o.HangUpOutbound())
	}
	return now, err
}

// ResumeOutbound ends the stop.
func (b *Book) ResumeOutbound(ctx context.Context) (Outbound, error) {
	return b.guarded(ctx, "resumed", func(tx pgx.Tx, _ Outbound) error {
		_, err := tx.Exec(ctx, "update outbound_guard set stopped_at = null, stopped_by = null, version = version + 1")
		return err
	})
}

// guarded changes the guard in a transaction, with its entry in the audit log.
func (b *Book) guarded(ctx context.Context, verb string, change func(tx pgx.Tx, was Outbound) error) (now Outbound, err error) {
	err = postgres.Tx(ctx, b.pool, func(tx pgx.Tx) error {
		was, err := b.outbound(ctx, tx, "for update")
		if err != nil {
			return err
		}
		if err := change(tx, was); err != nil {
			if _, ok := err.(*crm.Error); ok {
				return err
			}
			return fmt.Errorf("changing the guard over calls out: %w", err)
		}
		if now, err = b.outbound(ctx, tx, ""); err != nil {
			return err
		}
		return b.audit(ctx, tx, "outbound", "", verb, now)
	})
	if err == nil {
		b.settingsChanged()
	}
	return now, err
}

// guard is what the switchboard needs of it.
func (o Outbound) guard() telephony.Guard {
	return telephony.Guard{Stopped: o.StoppedAt != nil, NightFrom: o.NightFrom, NightTo: o.NightTo, DayLimit: o.DayLimit}
}

// SpentToday is the money of the calls out of the company's day that are over, in hundredths of the currency.
func (b *Book) SpentToday(ctx context.Context) (sum int64, err error) {
	err = b.pool.QueryRow(ctx, `select coalesce(sum(cost), 0)::bigint from calls where direction = 'outbound'
		and ended_at >= date_trunc('day', $1 at time zone (select time_zone from company)) at time zone (select time_zone from company)`, b.clock.Now()).Scan(&sum)
	if err != nil {
		return 0, fmt.Errorf("adding up today's calls out: %w", err)
	}
	return sum, nil
}

func (b *Book) outboundRoutes(api huma.API, guard access.Guard) {
	huma.Get(api, "/outbound", func(ctx context.Context, _ *none) (*reply[Outbound], error) { return answer(b.Outbound(ctx)) }, guard.Needs("settings.read"))
	huma.Patch(api, "/outbound", func(ctx context.Context, in *body[OutboundChange]) (*reply[Outbound], error) {
		return answer(b.ChangeOutbound(ctx, in.Body))
	}, guard.Needs("settings.write"))
	huma.Post(api, "/outbound/stop", func(ctx context.Context, in *body[OutboundStop]) (*reply[Outbound], error) {
		return answer(b.StopOutbound(ctx, in.Body))
	}, guard.Needs("outbound.stop"))
	huma.Post(api, "/outbound/resume", func(ctx context.Context, _ *none) (*reply[Outbound], error) {
		return answer(b.ResumeOutbound(ctx))
	}, guard.Needs("outbound.stop"))
}
