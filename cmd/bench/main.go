package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// program is the command line.
type program struct {
	Pop          popCommand     `cmd:"" help:"INVITE to pop, beside the sum of its physical parts, against an instance of deploy/run."`
	Media        mediaCommand   `cmd:"" help:"Cost and delay of a leg's sound through our gateway, beside a naive relay and Asterisk's own WebRTC."`
	MediaGateway gatewayCommand `cmd:"" hidden:"" help:"Our gateway as a process; the parent commands it over standard input."`
	MediaNaive   naiveCommand   `cmd:"" hidden:"" help:"The naive relay as a process."`
}

// environment is what every command gets.
type environment struct {
	stdin          io.Reader
	stdout, stderr io.Writer
}

// say tells how far a measurement is, apart from its result.
func (e *environment) say(format string, args ...any) {
	_, _ = fmt.Fprintf(e.stderr, "bench: "+format+"\n", args...)
}

// run is the program as a value: arguments in, exit code out.
func run(ctx context.Context, args []string, env *environment) int {
	var p program
	parser, err := kong.New(&p, kong.Name("bench"), kong.Description("Measures Ringbook beside its peers, in the same run."), kong.UsageOnError(),
		kong.Writers(env.stdout, env.stderr), kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 120}))
	if err != nil {
		env.say("%v", err)
		return 2
	}
	k, err := parser.Parse(args)
	if err != nil {
		env.say("%v", err)
		return 2
	}
	k.BindTo(ctx, (*context.Context)(nil))
	if err := k.Run(env); err != nil {
		env.say("%v", err)
		return 1
	}
	return 0
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], &environment{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}))
}
