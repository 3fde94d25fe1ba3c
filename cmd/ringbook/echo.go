package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"ringbook/softphone"
	"ringbook/telephony"
	"ringbook/telephony/asterisk"
)

// How long an agent hears themself, and how long Asterisk may take to begin it.
const (
	echoFor    = 50 * time.Second
	echoWithin = 4 * time.Second
)

// echoes lets agents hear themselves on the whole way of a call: browser, gateway, Asterisk and back.
type echoes struct {
	pbx     *asterisk.PBX
	gateway *softphone.Gateway
	log     *slog.Logger

	mu   sync.Mutex
	open map[telephony.AgentID]telephony.ChannelID
}

// begin starts an echo for the agent; an earlier one ends.
func (e *echoes) begin(agent telephony.AgentID) error {
	e.end(agent)
	ctx, cancel := context.WithTimeout(context.Background(), echoWithin)
	defer cancel()
	id := asterisk.EchoID(agent, time.Now())
	e.mu.Lock()
	e.open[agent] = id
	e.mu.Unlock()
	address, err := e.pbx.Echo(ctx, id)
	if err == nil {
		err = e.gateway.Leg(telephony.CallID(id), agent, address)
	}
	if err != nil {
		e.end(agent)
		return fmt.Errorf("begin an echo: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.open[agent] != id {
		go e.drop(agent, id) // a call came meanwhile
		return telephony.ErrBusy
	}
	e.gateway.Connect(telephony.CallID(id))
	time.AfterFunc(echoFor, func() { e.endThis(agent, id) })
	return nil
}

// end stops the agent's echo, if there is one. It does not wait for Asterisk.
func (e *echoes) end(agent telephony.AgentID) {
	e.mu.Lock()
	id := e.open[agent]
	e.mu.Unlock()
	if id != "" {
		e.endThis(agent, id)
	}
}

func (e *echoes) endThis(agent telephony.AgentID, id telephony.ChannelID) {
	e.mu.Lock()
	mine := e.open[agent] == id
	if mine {
		delete(e.open, agent)
	}
	e.mu.Unlock()
	if mine {
		go e.drop(agent, id)
	}
}

func (e *echoes) drop(agent telephony.AgentID, id telephony.ChannelID) {
	e.gateway.ReleaseLeg(telephony.CallID(id), agent)
	ctx, cancel := context.WithTimeout(context.Background(), echoWithin)
	defer cancel()
	if err := e.pbx.Do(ctx, telephony.HangUp{Channel: id, Reason: "normal"}); err != nil {
		e.log.Warn("an echo was left to the dialplan, which ends it after a minute", "channel", id, "err", err)
	}
}

// echo lets the agent hear themself by way of Asterisk, while they are in no call.
func (s *server) echo(id telephony.AgentID, on bool) error {
	if !on {
		s.echoes.end(id)
		return nil
	}
	if s.board.Agent(id).Call != "" {
		return telephony.ErrBusy
	}
	return s.echoes.begin(id)
}
