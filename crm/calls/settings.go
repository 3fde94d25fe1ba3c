package calls

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
)

// Settings are how the telephone behaves.
type Settings struct {
	RingSeconds    int    `json:"ring_seconds" db:"ring_seconds" doc:"How long an agent is rung"`
	WrapSeconds    int    `json:"wrap_seconds" db:"wrap_seconds" doc:"Time after a talk before the next call"`
	AwaySeconds    int    `json:"away_seconds" db:"away_seconds" doc:"How long a client hears music for a lost browser"`
	MaxWaitSeconds int    `json:"max_wait_seconds" db:"max_wait_seconds"`
	MaxOutbound    int    `json:"max_outbound" db:"max_outbound" doc:"Calls out at one time, all people together"`
	MissedMinutes  int    `json:"missed_minutes" db:"missed_minutes" doc:"Time to call a missed client back"`
	CallerID       string `json:"caller_id" db:"caller_id" doc:"ID of the number that is shown when nothing better is known; empty: the oldest"`
	Hours          Hours  `json:"hours" db:"hours"`
	Version        int64  `json:"version" db:"version"`
}

// SettingsChange is what changes; nil stays.
type SettingsChange struct {
	Version        int64   `json:"version,omitempty"`
	RingSeconds    *int    `json:"ring_seconds,omitempty" minimum:"5" maximum:"120"`
	WrapSeconds    *int    `json:"wrap_seconds,omitempty" minimum:"0" maximum:"3600"`
	AwaySeconds    *int    `json:"away_seconds,omitempty" minimum:"3" maximum:"300"`
	MaxWaitSeconds *int    `json:"max_wait_seconds,omitempty" minimum:"5" maximum:"3600"`
	MaxOutbound    *int    `json:"max_outbound,omitempty" minimum:"0" maximum:"1000"`
	MissedMinutes  *int    `json:"missed_minutes,omitempty" minimum:"1" maximum:"10080"`
	CallerID       *string `json:"caller_id,omitempty"`
	Hours          *Hours  `json:"hours,omitempty"`
}

// Settings reads how the telephone behaves.
func (b *Book) Settings(ctx context.Context) (Settings, error) { return settings(ctx, b.pool, "") }

func settings(ctx context.Context, q postgres.Querier, lock string) (Settings, error) {
	rows, err := q.Query(ctx, `select ring_seconds, wrap_seconds, away_seconds, max_wait_seconds, max_outbound, missed_minutes,
		coalesce(caller_id::text, '') as caller_id, hours, version from telephony_settings `+lock)
	if err != nil {
		return Settings{}, fmt.Errorf("reading the settings of the telephone: %w", err)
	}
	s, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Settings])
	if err != nil {
		return Settings{}, fmt.Errorf("reading the settings of the telephone: %w", err)
	}
	return s, nil
}

// ChangeSettings changes how the telephone behaves, from the next call on.
func (b *Book) ChangeSettings(ctx context.Context, c SettingsChange) (now Settings, err error) {
	err = postgres.Tx(ctx, b.pool, func(tx pgx.Tx) error {
		was, err := settings(ctx, tx, "for update")
		if err != nil {
			return err
		}
		if c.Version != 0 && c.Version != was.Version {
			return crm.Conflict("changed_meanwhile", crm.Params{"current": was})
		}
		if now, err = c.apply(was); err != nil {
			return err
		}
		now.Version++
		_, err = tx.Exec(ctx, `update telephony_settings set ring_seconds = $1, wrap_seconds = $2, away_seconds = $3, max_wait_seconds = $4,
			max_outbound = $5, missed_minutes = $6, caller_id = nullif($7, '')::uuid, hours = $8, version = $9, updated_at = $10`,
			now.RingSeconds, now.WrapSeconds, now.AwaySeconds, now.MaxWaitSeconds, now.MaxOutbound, now.MissedMinutes, now.CallerID,
			now.Hours, now.Version, b.clock.Now())
		if err != nil {
			return taken(err, "changing the settings of the telephone")
		}
		return b.audit(ctx, tx, "telephony_settings", "", "changed", now)
	})
	if err == nil {
		b.settingsChanged()
	}
	return now, err
}

func (c SettingsChange) apply(v Settings) (Settings, error) {
	set(&v.RingSeconds, c.RingSeconds)
	set(&v.WrapSeconds, c.WrapSeconds)
	set(&v.AwaySeconds, c.AwaySeconds)
	set(&v.MaxWaitSeconds, c.MaxWaitSeconds)
	set(&v.MaxOutbound, c.MaxOutbound)
	set(&v.MissedMinutes, c.MissedMinutes)
	set(&v.CallerID, c.CallerID)
	set(&v.Hours, c.Hours)
	if v.CallerID != "" && !crm.IsID(v.CallerID) {
		return v, crm.Invalid("unknown_reference", crm.Params{"field": "caller_id"})
	}
	for _, r := range []struct {
		field    string
		v        int
		min, max int
	}{{"ring_seconds", v.RingSeconds, 5, 120}, {"wrap_seconds", v.WrapSeconds, 0, 3600}, {"away_seconds", v.AwaySeconds, 3, 300},
		{"max_wait_seconds", v.MaxWaitSeconds, 5, 3600}, {"max_outbound", v.MaxOutbound, 0, 1000}, {"missed_minutes", v.MissedMinutes, 1, 10080}} {
		if r.v < r.min || r.v > r.max {
			return v, crm.Invalid("out_of_range", crm.Params{"field": r.field, "min": r.min, "max": r.max})
		}
	}
	return v, v.Hours.check()
}
