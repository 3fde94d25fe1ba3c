// Ringbook is a call-centre CRM: the switchboard's mind, the operators' phone, the clients' cards and the reports, in one binary.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set when a release is built.
var version = "dev"

// program is the command line. Each flag is an environment variable as well; --help is the reference.
type program struct {
	Config

	Serve   serveCommand   `cmd:"" help:"Run Ringbook: the web app, the switchboard, the phones, the recordings."`
	Store   storeCommand   `cmd:"" help:"Serve S3 from a folder, for recordings on this machine."`
	Setup   setupCommand   `cmd:"" help:"Answer the questions of a first start; again, to change an answer."`
	Migrate migrateCommand `cmd:"" help:"Bring the database to this version. Going back is refused."`
	User    struct {
		Add   userAddCommand   `cmd:"" help:"Add a person who may log in."`
		Reset userResetCommand `cmd:"" help:"Let a person log in without a code who has lost the device of their codes."`
	} `cmd:"" help:"People."`
	Token struct {
		Create tokenCreateCommand `cmd:"" help:"Make a bearer token for a program; it is shown once."`
	} `cmd:"" help:"Tokens for programs."`
	Backup         backupCommand         `cmd:"" help:"Copy everything that cannot be made again to a folder."`
	Restore        restoreCommand        `cmd:"" help:"Bring a backup back."`
	AsteriskConfig asteriskConfigCommand `cmd:"" help:"Print what to put where, to join an Asterisk or a FreePBX that runs already."`
	Doctor         doctorCommand         `cmd:"" help:"Look at each part of the configuration and say what to mend."`
	Demo           demoCommands          `cmd:"" help:"Try Ringbook: demo data, calls from the town, a headless operator."`
	OpenAPI        openapiCommand        `cmd:"" name:"openapi" help:"Print the OpenAPI of the REST API." hidden:""`
	Version        kong.VersionFlag      `help:"Print the version." hidden:""`
}

// run is the program as a value: arguments in, exit code out. Tests call it as main does.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var p program
	parser, err := kong.New(&p, kong.Name("ringbook"), kong.Description("A telephony-integrated call-centre CRM."),
		kong.UsageOnError(), kong.Writers(stdout, stderr), kong.Vars{"version": version}, kong.DefaultEnvars("RINGBOOK"),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 120}))
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "ringbook:", err)
		return 2
	}
	k, err := parser.Parse(args)
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "ringbook:", err)
		return 2
	}
	log := newLog(stderr, p.LogLevel)
	env := &environment{Config: p.Config, log: log, stdout: stdout, stderr: stderr}
	k.BindTo(ctx, (*context.Context)(nil))
	if err := k.Run(env); err != nil {
		_, _ = fmt.Fprintln(stderr, "ringbook:", err)
		return 1
	}
	return 0
}

// environment is what every command gets.
type environment struct {
	Config
	log            *slog.Logger
	stdout, stderr io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := loadPackaged(); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "ringbook:", err)
		os.Exit(1)
	}
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
