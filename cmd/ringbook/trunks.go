package main

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"time"

	"ringbook/crm"
	"ringbook/crm/trunks"
	"ringbook/telephony"
	"ringbook/telephony/asterisk"
)

// trunksEvery is how often Asterisk is asked how the trunks stand, and told of them anew should it not have heard.
const trunksEvery = 5 * time.Second

// soundTrial is what somebody hears whose phone is called to try a trunk.
const soundTrial = "sound:demo-congrats"

// trunkLines are the trunks as they are set now.
type trunkLines struct {
	trunks    map[telephony.TrunkID]trunks.Trunk
	shows     map[telephony.TrunkID]map[string]string // our number, E.164, to how it is shown
	order     []trunks.Trunk
	passwords map[string]string
	network   trunks.TrunkNetwork
	phones    []asterisk.DeskPhone
	logins    map[telephony.AgentID]string // of the desk phones
}

// loadTrunks reads the trunks and what Asterisk needs for them.
func (s *server) loadTrunks(ctx context.Context) ([]telephony.Trunk, error) {
	l := trunkLines{trunks: map[telephony.TrunkID]trunks.Trunk{}, shows: map[telephony.TrunkID]map[string]string{}}
	var err error
	if l.order, err = s.trunks.All(ctx); err != nil {
		return nil, err
	}
	if l.passwords, err = s.trunks.Passwords(ctx); err != nil {
		return nil, err
	}
	if l.network, err = s.trunks.Network(ctx); err != nil {
		return nil, err
	}
	if err := s.loadPhones(ctx, &l); err != nil {
		return nil, err
	}
	ours, err := s.trunks.Numbers(ctx)
	if err != nil {
		return nil, err
	}
	var plan []telephony.Trunk
	for _, t := range l.order {
		id := telephony.TrunkID(t.ID)
		l.trunks[id], l.shows[id] = t, map[string]string{}
		may := map[string]struct{}{}
		for _, shown := range t.Shows {
			may[ours[shown.Number]] = struct{}{}
			l.shows[id][ours[shown.Number]] = shown.As
		}
		if len(t.Shows) == 0 {
			may = nil
		}
		if t.Enabled {
			plan = append(plan, telephony.Trunk{ID: id, Prefixes: t.Prefixes, Order: t.Position, MaxCalls: t.MaxCalls, Shows: may})
		}
	}
	s.lines.Store(&l)
	return plan, nil
}

// dialled says how a client is dialled through a trunk: the number and ours as the provider wants them written.
func (s *server) dialled(id telephony.TrunkID, phone, callerID string) asterisk.Dialled {
	l := s.lines.Load()
	t, known := l.trunks[id]
	to := asterisk.Dialled{Endpoint: endpointOf(t), Number: phone, CallerID: callerID}
	if !known {
		to.Endpoint = asterisk.EndpointName(id)
		return to
	}
	to.Number = crm.WritePhone(phone, s.home(), t.Home, t.Abroad)
	to.CallerID = crm.WritePhone(callerID, s.home(), t.Home, t.Abroad)
	if as := l.shows[id][callerID]; as != "" {
		to.CallerID = as
	}
	return to
}

// endpointOf is what a trunk is called in Asterisk.
func endpointOf(t trunks.Trunk) string {
	if t.Endpoint != "" {
		return t.Endpoint
	}
	return asterisk.EndpointName(telephony.TrunkID(t.ID))
}

// calledHeaders are the headers in which a trunk may name the called number (RFC 3261, RFC 5806, RFC 7315).
var calledHeaders = map[string]string{"to": "To", "diversion": "Diversion", "p_called_party_id": "P-Called-Party-ID"}

// configured are the trunks that Asterisk is to be told of.
func (l *trunkLines) configured() []asterisk.Trunk {
	var out []asterisk.Trunk
	for _, t := range l.order {
		if t.Endpoint != "" || !t.Enabled {
			continue
		}
		out = append(out, asterisk.Trunk{ID: telephony.TrunkID(t.ID), Name: t.Name, Host: t.Host, Transport: t.Transport, Login: t.Login,
			Password: l.passwords[t.ID], Register: t.Register, Probe: t.Probe, Realm: t.Realm, Domain: t.Domain, Proxy: t.Proxy, Codecs: t.Codecs, Sources: t.Sources,
			Called: calledHeaders[t.Called], Identity: t.Identity, Secure: t.Secure})
	}
	return out
}

// outside is how Asterisk is reached from outside. Its own addresses are always near: Asterisk writes the public one into the description
// of a call's sound only in place of one that it counts among the local networks.
func (l *trunkLines) outside() asterisk.Network {
	n := asterisk.Network{External: l.network.External, Local: slices.Clone(l.network.Local)}
	if n.External == "" || len(n.Local) == 0 {
		return n
	}
	addresses, _ := net.InterfaceAddrs()
	for _, a := range addresses {
		own, err := netip.ParsePrefix(a.String())
		if err == nil && !own.Addr().IsLinkLocalUnicast() {
			n.Local = append(n.Local, netip.PrefixFrom(own.Addr(), own.Addr().BitLen()).String())
		}
	}
	return n
}

// keepTrunks tells Asterisk of the trunks and asks how they stand, until the context ends.
func (s *server) keepTrunks(ctx context.Context) error {
	tick := time.NewTicker(trunksEvery)
	defer tick.Stop()
	problem := ""
	for {
		if s.pbx.State().Connected {
			err := s.lookAtTrunks(ctx)
			if ctx.Err() != nil {
				return nil
			}
			if text := errorText(err); text != problem {
				if problem = text; err != nil {
					s.log.Warn("the trunks could not be looked after", "err", err)
				}
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.trunksSet:
		case <-tick.C:
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func (s *server) lookAtTrunks(ctx context.Context) error {
	l := s.lines.Load()
	if l == nil || len(l.order) == 0 && s.env.TrunkFile == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := s.pbx.ApplyTrunks(ctx, l.configured(), l.phones, l.outside()); err != nil {
		return err
	}
	seen, err := s.pbx.TrunkStates(ctx)
	if err != nil {
		return err
	}
	states, down := map[string]trunks.TrunkState{}, map[telephony.TrunkID]bool{}
	before := s.trunkStates.Load()
	for _, t := range l.order {
		st, there := seen[endpointOf(t)]
		state := trunks.TrunkState{Known: true, Registration: st.Registration, Reason: st.Reason, Reachable: there && st.Reachable}
		if t.Register && state.Registration == "" {
			state.Registration = "trying"
		}
		states[t.ID], down[telephony.TrunkID(t.ID)] = state, state.Down()
		if before != nil && (*before)[t.ID] != state {
			s.log.Info("trunk", "trunk", t.Name, "registration", state.Registration, "reason", state.Reason, "reachable", state.Reachable)
			s.hub.Tell("trunk", t.ID)
		}
	}
	s.trunkStates.Store(&states)
	s.board.TrunksDown(down)
	return s.lookAtPhones(ctx, l)
}

// trunksNow is how the trunks stand, with their live calls.
func (s *server) trunksNow() map[string]trunks.TrunkState {
	out := map[string]trunks.TrunkState{}
	if now := s.trunkStates.Load(); now != nil {
		for id, state := range *now {
			out[id] = state
		}
	}
	for _, c := range s.board.Calls() {
		if state, ok := out[string(c.Trunk)]; ok {
			state.Calls++
			out[string(c.Trunk)] = state
		}
	}
	return out
}

// trunkFigures are what there is to count of a trunk.
type trunkFigures struct {
	name  string
	up    bool
	calls int
}

// trunkFigures counts those that are on and that Asterisk has been asked about.
func (s *server) trunkFigures() (out []trunkFigures) {
	l := s.lines.Load()
	if l == nil {
		return nil
	}
	now := s.trunksNow()
	for _, t := range l.order {
		if state := now[t.ID]; t.Enabled && state.Known {
			out = append(out, trunkFigures{name: t.Name, up: !state.Down(), calls: state.Calls})
		}
	}
	return out
}

// trunksChanged reads the trunks again and wakes whoever tells Asterisk.
func (s *server) trunksChanged() {
	s.reload()
	select {
	case s.trunksSet <- struct{}{}:
	default:
	}
}

// tryTrunk calls a number through a trunk.
func (s *server) tryTrunk(ctx context.Context, id, to string) (trunks.TrunkTest, error) {
	plan, err := s.book.LoadPlan(ctx)
	if err != nil {
		return trunks.TrunkTest{}, err
	}
	if !plan.Allows(to) {
		return trunks.TrunkTest{}, crm.Forbidden("number_not_allowed")
	}
	dialled := s.dialled(telephony.TrunkID(id), to, plan.CallerID)
	trial, err := s.pbx.Try(ctx, dialled, soundTrial)
	if err != nil {
		s.log.Warn("a trunk could not be tried", "trunk", id, "err", err)
		return trunks.TrunkTest{Result: string(telephony.EndFailed), Dialled: dialled.Number}, nil
	}
	out := trunks.TrunkTest{SIPCode: trial.SIPCode, Cause: trial.Cause, Seconds: trial.After.Seconds(), Dialled: dialled.Number}
	switch {
	case trial.Answered:
		out.Result = "answered"
	case trial.Rang && trial.Cause == 0 && trial.SIPCode == 0:
		out.Result = "ringing"
	default:
		out.Result = string(telephony.DialResult(trial.Cause, trial.SIPCode))
	}
	return out, nil
}
