package access

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
)

// Company is whose book this is.
type Company struct {
	Name          string `json:"name" db:"name"`
	Country       string `json:"country" db:"country" doc:"ISO 3166; whose national form of numbers is meant"`
	TimeZone      string `json:"time_zone" db:"time_zone" doc:"IANA name; its midnight divides the days of reports"`
	TargetSeconds int    `json:"target_seconds" db:"target_seconds" doc:"A call with this much talk is a target call"`
	// SecondStepRoles are the roles whose people must log in with a code as well.
	SecondStepRoles []string `json:"second_step_roles" db:"second_step_roles" doc:"Roles whose people must log in with a code as well"`
	Version         int64    `json:"version" db:"version"`
}

// CompanyChange is what changes of the company; nil stays.
type CompanyChange struct {
	Version         int64     `json:"version,omitempty"`
	Name            *string   `json:"name,omitempty" maxLength:"200"`
	Country         *string   `json:"country,omitempty"`
	TimeZone        *string   `json:"time_zone,omitempty"`
	TargetSeconds   *int      `json:"target_seconds,omitempty" minimum:"1" maximum:"86400"`
	SecondStepRoles *[]string `json:"second_step_roles,omitempty" maxItems:"100"`
}

// Company reads the company.
func (s *Store) Company(ctx context.Context) (Company, error) { return company(ctx, s.pool, "") }

func company(ctx context.Context, q postgres.Querier, lock string) (Company, error) {
	rows, err := q.Query(ctx, "select name, country, time_zone, target_seconds, second_step_roles, version from company "+lock)
	if err != nil {
		return Company{}, fmt.Errorf("reading the company: %w", err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Company])
	if err != nil {
		return Company{}, fmt.Errorf("reading the company: %w", err)
	}
	return c, nil
}

// ChangeCompany changes the company.
func (s *Store) ChangeCompany(ctx context.Context, c CompanyChange) (now Company, err error) {
	err = postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		was, err := company(ctx, tx, "for update")
		if err != nil {
			return err
		}
		if c.Version != 0 && c.Version != was.Version {
			return crm.Conflict("changed_meanwhile", crm.Params{"current": was})
		}
		if now, err = c.apply(was); err != nil {
			return err
		}
		if err := knownRoles(ctx, tx, now.SecondStepRoles); err != nil {
			return err
		}
		now.Version++
		_, err = tx.Exec(ctx, "update company set name = $1, country = $2, time_zone = $3, target_seconds = $4, second_step_roles = $5, version = $6, updated_at = $7",
			now.Name, now.Country, now.TimeZone, now.TargetSeconds, now.SecondStepRoles, now.Version, s.clock.Now())
		if err != nil {
			return fmt.Errorf("changing the company: %w", err)
		}
		return s.Audit(ctx, tx, Entry{Action: "company.changed", Object: "company", Data: map[string]any{"from": was, "to": now}})
	})
	if err == nil {
		s.tell()
	}
	return now, err
}

func (c CompanyChange) apply(v Company) (Company, error) {
	set(&v.Name, c.Name)
	set(&v.Country, c.Country)
	set(&v.TimeZone, c.TimeZone)
	set(&v.TargetSeconds, c.TargetSeconds)
	set(&v.SecondStepRoles, c.SecondStepRoles)
	slices.Sort(v.SecondStepRoles)
	v.SecondStepRoles = slices.Compact(v.SecondStepRoles)
	v.Name, v.Country = strings.TrimSpace(v.Name), strings.ToUpper(v.Country)
	if !crm.KnownCountry(v.Country) {
		return v, crm.Invalid("unknown_country", crm.Params{"country": v.Country})
	}
	if _, err := time.LoadLocation(v.TimeZone); err != nil || v.TimeZone == "" || v.TimeZone == "Local" {
		return v, crm.Invalid("unknown_time_zone", crm.Params{"time_zone": v.TimeZone})
	}
	if v.TargetSeconds < 1 || v.TargetSeconds > 86400 {
		return v, crm.Invalid("out_of_range", crm.Params{"field": "target_seconds", "min": 1, "max": 86400})
	}
	return v, nil
}

func knownRoles(ctx context.Context, q postgres.Querier, names []string) error {
	var unknown []string
	err := q.QueryRow(ctx, "select coalesce(array_agg(n), '{}') from unnest($1::text[]) n where n not in (select name from roles)", names).Scan(&unknown)
	if err != nil {
		return fmt.Errorf("looking for roles: %w", err)
	}
	if len(unknown) > 0 {
		return crm.Invalid("unknown_role", crm.Params{"role": unknown[0]})
	}
	return nil
}
