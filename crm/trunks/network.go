package trunks

import (
	"context"
	"fmt"
	"net/netip"
	"strings"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
)

// TrunkNetwork is how providers reach an Asterisk that stands behind NAT.
type TrunkNetwork struct {
	External string   `json:"external_address" db:"external_address" maxLength:"64" doc:"The public address of the office or server; empty: Asterisk has a public address itself"`
	Local    []string `json:"local_networks" db:"local_networks" maxItems:"50" doc:"Networks that are reached without it"`
	Version  int64    `json:"version" db:"version"`
}

// Network reads how providers reach Asterisk.
func (s *Store) Network(ctx context.Context) (TrunkNetwork, error) { return network(ctx, s.pool, "") }

func network(ctx context.Context, q postgres.Querier, lock string) (n TrunkNetwork, err error) {
	err = q.QueryRow(ctx, "select external_address, local_networks, version from trunk_network "+lock).Scan(&n.External, &n.Local, &n.Version)
	if err != nil {
		return n, fmt.Errorf("reading the network of the trunks: %w", err)
	}
	return n, nil
}

// SetNetwork changes it.
func (s *Store) SetNetwork(ctx context.Context, n TrunkNetwork) (TrunkNetwork, error) {
	n.External = strings.TrimSpace(n.External)
	if addr, err := netip.ParseAddr(n.External); n.External != "" && (err != nil || !addr.Is4() && !addr.Is6()) {
		return n, crm.Invalid("bad_address", crm.Params{"field": "external_address"})
	}
	list(&n.Local, &n.Local, "")
	for _, l := range n.Local {
		if _, err := netip.ParsePrefix(l); err != nil {
			return n, crm.Invalid("bad_network", crm.Params{"field": "local_networks"})
		}
	}
	err := postgres.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		was, err := network(ctx, tx, "for update")
		if err != nil {
			return err
		}
		if n.Version != 0 && n.Version != was.Version {
			return crm.Conflict("changed_meanwhile", crm.Params{"current": was})
		}
		n.Version = was.Version + 1
		if _, err := tx.Exec(ctx, "update trunk_network set external_address = $1, local_networks = $2, version = $3", n.External, n.Local, n.Version); err != nil {
			return fmt.Errorf("saving the network of the trunks: %w", err)
		}
		return s.audit(ctx, tx, "trunk_network", "", "changed", n)
	})
	if err == nil {
		s.changed()
	}
	return n, err
}
