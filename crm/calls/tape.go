package calls

import (
	"context"

	"github.com/jackc/pgx/v5"

	"ringbook/telephony"
)

func (d *Desk) tape(ctx context.Context, tx pgx.Tx, call telephony.Call, t Tape) error { return nil }
