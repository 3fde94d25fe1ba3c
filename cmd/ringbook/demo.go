package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// demoCommands are for trying Ringbook without a telephone provider.
type demoCommands struct {
	Data  demoDataCommand  `cmd:"" help:"Fill an empty database with a company: people, clients, sixty days of calls, the last ones with sound."`
	Call  demoCallCommand  `cmd:"" help:"Let somebody in the town call one of our numbers and talk."`
	Agent demoAgentCommand `cmd:"" help:"Work a shift without a browser: answer, say a file, keep what is heard."`
}

// Help says how the town answers.
func (demoCommands) Help() string {
	return `The town is a second Asterisk that plays the outside world. It answers our calls by the last two digits of the number:
  00 answers and talks        01 busy (486)             02 rings for ever
  03 declines (603)           04 answers after 8 s      05 answers and hangs up after 5 s
  06 voicemail, early media   07 no such number (404)   08 early announcement, then 480
and anything else as 00.`
}

// demoCallCommand is a call from the town.
type demoCallCommand struct {
	From string `help:"Who calls, as +79161234567." required:""`
	To   string `help:"Which number of ours they call." required:""`
	Say  string `help:"A WAV file (8 kHz, mono, 16 bit) that they say again and again; empty for the town's own speech." type:"existingfile"`
}

// Run makes the call and prints the town's channel.
func (c demoCallCommand) Run(ctx context.Context, env *environment) error {
	id, err := townCall(ctx, env.Config, c.From, c.To, c.Say)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(env.stdout, id)
	return err
}

// townCall asks the town's Asterisk to call one of our numbers.
func townCall(ctx context.Context, c Config, from, to, say string) (string, error) {
	if c.TownARIURL == "" {
		return "", fmt.Errorf("there is no town: start deploy/run without --no-demo, and load its DATA/env")
	}
	q := url.Values{"endpoint": {"PJSIP/" + to + "@ours"}, "callerId": {from}, "context": {"speaking"}, "extension": {"s"}, "priority": {"1"}}
	var body io.Reader
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.TownARIURL+"/channels?"+q.Encode(), body)
	if err != nil {
		return "", fmt.Errorf("ask the town: %w", err)
	}
	if say != "" {
		req.Body, req.ContentLength, err = speech(say)
		if err != nil {
			return "", err
		}
		req.Header.Set("Content-Type", "application/json")
	}
	req.SetBasicAuth(c.TownARIUser, c.TownARIPassword)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("ask the town: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	var made struct {
		ID      string `json:"id"`
		Message string `json:"message"`
	}
	if err := json.NewDecoder(res.Body).Decode(&made); err != nil || res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the town does not call: %s %s", res.Status, made.Message)
	}
	return made.ID, nil
}
