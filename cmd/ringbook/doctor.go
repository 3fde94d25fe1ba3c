package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"ringbook/telephony/asterisk"
)

// doctorCommand looks at each part of the configuration.
type doctorCommand struct {
	Bundle string `help:"Also write all that helps to understand this instance into a .tar.gz, without secrets and client data, to be sent to somebody." type:"path" placeholder:"FILE"`
}

// Help says what the lines mean.
func (doctorCommand) Help() string {
	return `One line a part: "ok" and what was seen, or FAULT with what is so and what to do. The exit code is 1 on any fault.
It may be run before Ringbook is started and beside a running one; it leaves nothing behind but the bucket, if that was missing.`
}

// fault is a part that does not work, in two sentences for whoever must mend it.
type fault struct{ is, remedy string }

func (f fault) Error() string { return f.is + ". " + f.remedy + "." }

// broken makes a fault.
func broken(remedy, format string, args ...any) error {
	return fault{is: fmt.Sprintf(format, args...), remedy: remedy}
}

// examination is one part: its check gives what was seen.
type examination struct {
	part  string
	check func(ctx context.Context) (seen string, err error)
}

// examineWithin is the longest that one part may take.
const examineWithin = 8 * time.Second

// errFaults ends the command with exit code 1 after its lines have said why.
var errFaults = errors.New("not everything is as it must be")

// Run looks at all parts at once and prints them in their order.
func (c doctorCommand) Run(ctx context.Context, env *environment) error {
	d := doctor{Config: env.Config}
	d.self, d.away = env.running(ctx)
	d.inspect = sync.OnceValues(func() (asterisk.Inspection, error) { return d.lookIntoAsterisk(ctx) })
	list := d.examinations()
	lines, faults := make([]string, len(list)), make([]bool, len(list))
	var all sync.WaitGroup
	for i, e := range list {
		all.Go(func() { lines[i], faults[i] = e.line(ctx) })
	}
	all.Wait()
	bad := 0
	for i, line := range lines {
		if faults[i] {
			bad++
		}
		if _, err := io.WriteString(env.stdout, line); err != nil {
			return fmt.Errorf("print what was found: %w", err)
		}
	}
	if c.Bundle != "" {
		if err := d.bundle(ctx, c.Bundle, strings.Join(lines, "")); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(env.stdout, "the bundle is %s; look into it before you send it\n", c.Bundle); err != nil {
			return fmt.Errorf("print what was found: %w", err)
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d parts: %w", bad, len(list), errFaults)
	}
	return nil
}

func (e examination) line(ctx context.Context) (line string, faulty bool) {
	ctx, cancel := context.WithTimeout(ctx, examineWithin)
	defer cancel()
	seen, err := e.check(ctx)
	if err == nil {
		return fmt.Sprintf("ok     %s: %s\n", e.part, seen), false
	}
	if _, known := errors.AsType[fault](err); !known {
		err = fault{is: err.Error(), remedy: "See what the message names"}
	}
	return fmt.Sprintf("FAULT  %s: %s\n", e.part, strings.Join(strings.Fields(err.Error()), " ")), true
}

// doctor knows the configuration and whether its server runs.
type doctor struct {
	Config
	self instance
	away error // nil: our own server runs

	inspect func() (asterisk.Inspection, error) // once for all parts
}

// examinations are the parts, in the order in which one mends them.
func (d doctor) examinations() []examination {
	return []examination{
		{"spool", d.spool},
		{"ports", d.ports},
		{"database", d.database},
		{"bucket", d.bucket},
		{"asterisk", d.asterisk},
		{"modules", d.modules},
		{"websocket", d.websocket},
		{"dialplan", d.dialplan},
		{"trunk", d.trunk},
		{"clock", d.clock},
		{"sound", d.sound},
		{"relay", d.relay},
		{"certificate", d.certificate},
	}
}
