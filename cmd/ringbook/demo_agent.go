package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"ringbook/softphone/headless"
	"ringbook/softphone/testphone"
)

// demoAgentCommand is an operator without a browser.
type demoAgentCommand struct {
	User        string        `help:"E-mail of the login." required:""`
	Password    string        `help:"Password of the login." required:"" env:"RINGBOOK_USER_PASSWORD"`
	URL         string        `help:"The web app; by default the one that --listen names." name:"url"`
	AnswerAfter time.Duration `help:"How long it rings before the answer; negative for never." default:"1s"`
	HangupAfter time.Duration `help:"How long the talk lasts; 0 lets the other side hang up." default:"0s"`
	Say         string        `help:"A WAV file (8 kHz, mono) that is said again and again." type:"existingfile"`
	Hear        string        `help:"A WAV file for what is heard."`
	AnyWay      bool          `help:"Let the sound go by UDP, TCP or a relay, whichever passes, as a browser does; else by UDP."`
	For         time.Duration `help:"How long to work; 0 for ever." default:"0s"`
}

// Run works the shift and prints one JSON object a line.
func (c demoAgentCommand) Run(ctx context.Context, env *environment) error {
	o := headless.Options{URL: c.URL, User: c.User, Password: c.Password, AnswerAfter: c.AnswerAfter, HangUpAfter: c.HangupAfter, Insecure: true, AnyWay: c.AnyWay}
	if o.URL == "" {
		o.URL = "http://" + strings.Replace(env.Listen, "0.0.0.0", "127.0.0.1", 1)
	}
	if c.Say != "" {
		samples, err := testphone.ReadWAV(c.Say)
		if err != nil {
			return err
		}
		o.Say = samples
	}
	out := json.NewEncoder(env.stdout)
	o.Event = func(e headless.Event) {
		if e.Event != "phone" && e.Event != "changed" && e.Event != "done" {
			_ = out.Encode(e)
		}
	}
	if c.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.For)
		defer cancel()
	}
	op, err := headless.Open(ctx, o)
	if err != nil {
		return err
	}
	if c.Hear != "" {
		defer func() {
			if err := op.WriteHeard(c.Hear); err != nil {
				_, _ = fmt.Fprintln(env.stderr, "ringbook:", err)
			}
		}()
	}
	return op.Run(ctx)
}
