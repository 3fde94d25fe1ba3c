package main

import (
	"context"
	"net/http"

	"ringbook/crm"
	"ringbook/crm/calls"
	"ringbook/telephony"
)

// caller reads the client's number as the network sent it.
func (s *server) caller(number, asserted, name string) (e164, shown string) {
	phone, _, err := crm.Caller{Asserted: asserted, Number: number, Name: name}.Parse(s.home())
	if err != nil {
		return "", number
	}
	return phone.E164, number
}

// called reads which number of ours was dialled: the first way of saying it that names one, else the first.
func (s *server) called(dialled []string) string {
	number := ""
	for i, d := range dialled {
		phone, err := crm.ParsePhone(d, s.home())
		switch {
		case err == nil && s.own(phone.E164):
			return phone.E164
		case i == 0 && err == nil:
			number = phone.E164
		case i == 0:
			number = d
		}
	}
	return number
}

// own says whether a number is one of ours: such a number is never a client's.
func (s *server) own(e164 string) bool {
	numbers := s.numbers.Load()
	if numbers == nil {
		return false
	}
	_, ours := (*numbers)[e164]
	return ours
}

func (s *server) who(r *http.Request) (crm.Actor, error) {
	login, err := s.access.Identify(r)
	return login.Actor, err
}

// home is the company's country.
func (s *server) home() string {
	if c := s.country.Load(); c != nil {
		return *c
	}
	return ""
}

// dial begins a call for the agent themself, as the page asked for by its socket.
func (s *server) dial(ctx context.Context, who crm.Actor, to, client string) (telephony.CallID, error) {
	if !who.Can("calls.make") {
		return "", crm.Forbidden("calls.make")
	}
	begun, err := s.book.Dial(crm.WithActor(ctx, who), calls.Order{To: to, Client: client})
	return telephony.CallID(begun.ID), err
}

// order hands a checked number to the switchboard.
func (s *server) order(_ context.Context, _ crm.Actor, to, _, agent string) (string, error) {
	id, err := s.board.Dial(telephony.AgentID(agent), to, to, "")
	return string(id), err
}

// link gives a live call to another card.
func (s *server) link(ctx context.Context, who crm.Actor, call telephony.CallID, client string) error {
	_, err := s.book.Edit(crm.WithActor(ctx, who), string(call), calls.Edit{Client: &client})
	return err
}

// spent is the money of today's calls out; nothing while the switchboard is being made.
func (s *server) spent() int64 {
	if s.board == nil {
		return 0
	}
	return s.board.Spent()
}

// hangUpOutbound ends the calls out that go on.
func (s *server) hangUpOutbound() int { return s.board.HangUpOutbound() }
