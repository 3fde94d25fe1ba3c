package main

import (
	"context"
	"net/http"

	"ringbook/crm"
	"ringbook/telephony"
)

// caller reads the client's number as the network sent it.
func (s *server) caller(number, asserted, name string) (e164, shown string) {
	phone, _, err := crm.Caller{Asserted: asserted, Number: number, Name: name}.Parse(s.country)
	if err != nil {
		return "", number
	}
	return phone.E164, number
}

// called reads which number of ours was dialled.
func (s *server) called(dialled string) string {
	phone, err := crm.ParsePhone(dialled, s.country)
	if err != nil {
		return dialled
	}
	return phone.E164
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

// dial checks what was typed and begins the call for the agent themself.
func (s *server) dial(_ context.Context, who crm.Actor, to, _ string) (telephony.CallID, error) {
	if !who.Can("calls.make") {
		return "", crm.Forbidden("calls.make")
	}
	phone, err := crm.ParsePhone(to, s.country)
	number := phone.E164
	if err != nil {
		number = to // a short emergency number stands in the prefixes as it is
	}
	return s.board.Dial(telephony.AgentID(who.User), number, to, "")
}

func (s *server) link(context.Context, crm.Actor, telephony.CallID, string) error {
	return crm.Unavailable("not_linked")
}

func (s *server) echo(id telephony.AgentID, on bool) error {
	s.gateway.Echo(id, on)
	return nil
}

func (s *server) view(c telephony.Call) any { return c }

func (s *server) settings() any { return map[string]any{"demo": s.env.Demo, "country": s.country} }
