package main

import (
	"context"
	"net"
	"net/url"
	"time"

	"ringbook/crm"
	"ringbook/crm/calls"
	"ringbook/crm/deskphones"
	"ringbook/telephony"
	"ringbook/telephony/asterisk"
)

// dialledWithin is what stands behind a number that was dialled on a desk phone.
const dialledWithin = 3 * time.Second

// loadPhones reads the desk phones.
func (s *server) loadPhones(ctx context.Context, l *trunkLines) error {
	list, err := s.desks.Lines(ctx)
	if err != nil {
		return err
	}
	l.logins = map[telephony.AgentID]string{}
	for _, d := range list {
		l.phones = append(l.phones, asterisk.DeskPhone{Agent: telephony.AgentID(d.User), Login: d.Login, Password: d.Password, Transport: d.Transport})
		l.logins[telephony.AgentID(d.User)] = d.Login
	}
	return nil
}

// lookAtPhones asks which desk phones have registered, and tells the switchboard and the pages.
func (s *server) lookAtPhones(ctx context.Context, l *trunkLines) error {
	states, there := map[string]deskphones.DeskPhoneState{}, map[telephony.AgentID]bool{}
	if len(l.phones) > 0 {
		seen, err := s.pbx.Registrations(ctx)
		if err != nil {
			return err
		}
		for agent, login := range l.logins {
			if r, ok := seen[login]; ok {
				states[login], there[agent] = deskphones.DeskPhoneState{Registered: true, Address: r.Address, Name: r.Name}, true
			}
		}
	}
	s.board.DeskPhones(there) // before it is said: who sees that it is there may use it
	before := s.phoneStates.Swap(&states)
	for agent, login := range l.logins {
		if before != nil && (*before)[login] != states[login] {
			s.log.Info("desk phone", "agent", agent, "registered", there[agent], "address", states[login].Address)
			s.hub.Tell("desk_phone", string(agent))
		}
	}
	return nil
}

// phonesNow is how the desk phones stand, by login.
func (s *server) phonesNow() map[string]deskphones.DeskPhoneState {
	if now := s.phoneStates.Load(); now != nil {
		return *now
	}
	return nil
}

// phoneServer is what is typed into a desk phone: the host that people open, which is where Asterisk listens too.
func (s *server) phoneServer() deskphones.DeskPhoneServer {
	host := ""
	if u, err := url.Parse(s.env.PublicURL); err == nil {
		host = u.Hostname()
	}
	if host == "" {
		host, _, _ = net.SplitHostPort(s.env.Listen)
	}
	return deskphones.DeskPhoneServer{Host: host, Port: s.env.PhonePort}
}

// deskPhone is the login of an agent's desk phone, empty when they have none.
func (s *server) deskPhone(agent telephony.AgentID) string {
	if l := s.lines.Load(); l != nil {
		return l.logins[agent]
	}
	return ""
}

// keyed begins a call that an agent dialled on their desk phone, by the same rules as one that they click.
func (s *server) keyed(agent telephony.AgentID, leg telephony.ChannelID, number string) error {
	ctx, cancel := context.WithTimeout(context.Background(), dialledWithin)
	defer cancel()
	who, err := s.access.ActorOf(ctx, string(agent))
	if err != nil {
		return err
	}
	if !who.Can("calls.make") {
		return crm.Forbidden("calls.make")
	}
	to, err := calls.Dialable(number, s.home())
	if err != nil {
		return err
	}
	_, err = s.board.DialFrom(agent, leg, to, number)
	return err
}
