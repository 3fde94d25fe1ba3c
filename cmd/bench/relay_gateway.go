package main

import (
	"context"
	"log/slog"
	"strconv"

	"ringbook/softphone"
	"ringbook/telephony"
)

// gatewayCommand is our gateway as a process.
type gatewayCommand struct {
	Profile string `help:"File for a processor profile."`
}

// Run serves until the parent closes our input.
func (c gatewayCommand) Run(env *environment) error {
	log := slog.New(slog.NewTextHandler(env.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	g, err := softphone.New(softphone.Options{Media: "127.0.0.1:0", RTP: "127.0.0.1:0", Loopback: true, Log: log})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- g.Run(ctx) }()
	defer func() { stop(); <-ended }()
	return profiled(c.Profile, func() error {
		return obey(env, func(w wish) (joined, error) {
			agent, call := telephony.AgentID("agent-"+strconv.Itoa(w.N)), telephony.CallID("call-"+strconv.Itoa(w.N))
			answer, err := g.Open(agent, w.Offer, nil)
			if err != nil {
				return joined{}, err
			}
			if err := g.Leg(call, agent, w.Leg); err != nil {
				return joined{}, err
			}
			g.Connect(call)
			return joined{Answer: answer, Leg: g.RTPAddr()}, nil
		})
	})
}
