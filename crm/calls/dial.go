package calls

import (
	"context"
	"errors"

	"ringbook/crm"
	"ringbook/telephony"
)

// Order is a call that somebody wants made.
type Order struct {
	To     string `json:"to" maxLength:"60" doc:"In any form"`
	Client string `json:"client,omitempty" doc:"ID of the client whose number it is, if it was dialled from a card"`
	Agent  string `json:"agent,omitempty" doc:"ID of who is to call; empty: oneself"`
}

// Begun is a call that was begun.
type Begun struct {
	ID string `json:"id"`
}

// Dial begins a call to a client. Only who may make calls for all may make one for somebody else.
func (b *Book) Dial(ctx context.Context, o Order) (Begun, error) {
	actor := crm.ActorFrom(ctx)
	switch {
	case o.Agent == "":
		o.Agent = actor.User
	case o.Agent != actor.User && actor.Scope("calls.make") != crm.ScopeAll:
		return Begun{}, crm.NotFound("user")
	}
	company, err := b.o.Access.Company(ctx)
	if err != nil {
		return Begun{}, err
	}
	to, err := Dialable(o.To, company.Country)
	if err != nil {
		return Begun{}, err
	}
	if b.o.Dial == nil {
		return Begun{}, crm.Unavailable("no_switchboard")
	}
	call, err := b.o.Dial(ctx, actor, to, o.Client, o.Agent)
	if err != nil {
		return Begun{}, Refusal(err)
	}
	if o.Client != "" && b.o.Desk != nil {
		if err := b.choose(ctx, call, o.Client); err != nil {
			return Begun{}, err
		}
	}
	return Begun{call}, nil
}

// choose ties a new call to the card that it was dialled from.
func (b *Book) choose(ctx context.Context, call, client string) error {
	if !crm.IsID(client) {
		return nil
	}
	var name string
	err := b.pool.QueryRow(ctx, "select name from clients where id = $1 and deleted_at is null", client).Scan(&name)
	if err != nil {
		b.log.Warn("the client of a call out", "call", call, "err", err)
		return nil // the call is made; its number finds the client
	}
	b.o.Desk.Chosen(telephony.CallID(call), client, name)
	return nil
}

// Dialable reads a number to be dialled: E.164, or a short one such as 112 as it is.
func Dialable(typed, country string) (string, error) {
	phone, err := crm.ParsePhone(typed, country)
	if err == nil {
		return phone.E164, nil
	}
	if digits := crm.Digits(typed); phone.Reason == crm.PhoneShort && len(digits) >= 2 && len(digits) <= 4 {
		return digits, nil
	}
	return "", err
}

// Refusal gives the switchboard's refusals the form that people and programs see.
func Refusal(err error) error {
	for _, r := range []struct {
		err  error
		kind crm.Kind
		code string
	}{
		{telephony.ErrNotAllowed, crm.KindForbidden, "number_not_allowed"}, {telephony.ErrTooMany, crm.KindTooMany, "too_many_calls"},
		{telephony.ErrStopped, crm.KindForbidden, "outbound_stopped"}, {telephony.ErrNight, crm.KindForbidden, "night_rule"},
		{telephony.ErrDayLimit, crm.KindForbidden, "day_limit"}, {telephony.ErrNoTrunk, crm.KindUnavailable, "no_trunk"}, {telephony.ErrTrunksFull, crm.KindTooMany, "trunks_full"},
		{telephony.ErrBusy, crm.KindConflict, "agent_busy"}, {telephony.ErrNotReady, crm.KindConflict, "no_phone"},
		{telephony.ErrOffShift, crm.KindConflict, "off_shift"}, {telephony.ErrNoCall, crm.KindNotFound, "no_call"},
		{telephony.ErrBadDigits, crm.KindInvalid, "bad_digits"}, {telephony.ErrStillInCall, crm.KindConflict, "in_call"},
	} {
		if errors.Is(err, r.err) {
			return &crm.Error{Kind: r.kind, Code: r.code}
		}
	}
	return err
}
