package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// question is one thing that setup must know. Its check gives the answer in its final form, or says what is wrong with it.
type question struct {
	flag, ask       string
	given, standing string // by flag; as it is now, or what is usual
	secret, may     bool   // not shown while it is typed; may be empty
	check           func(string) (string, error)
}

// interview asks on a terminal, or nobody at all.
type interview struct {
	in  *bufio.Reader
	out io.Writer
	yes bool // ask nothing
}

// answer takes what was given by flag, or asks until the answer is good.
func (i interview) answer(q question) (string, error) {
	if q.check == nil {
		q.check = func(s string) (string, error) { return s, nil }
	}
	if q.given != "" || i.yes {
		value := q.given
		if value == "" {
			value = q.standing
		}
		if value == "" && !q.may {
			return "", fmt.Errorf("--%s is needed: %s", q.flag, q.ask)
		}
		if value == "" {
			return "", nil
		}
		value, err := q.check(value)
		if err != nil {
			return "", fmt.Errorf("--%s: %w", q.flag, err)
		}
		return value, nil
	}
	for {
		value, err := i.prompt(q)
		if err != nil {
			return "", err
		}
		if value == "" {
			value = q.standing
		}
		if value == "" && q.may {
			return "", nil
		}
		if value == "" {
			err = errors.New("an answer is needed")
		} else if value, err = q.check(value); err == nil {
			return value, nil
		}
		if _, err := fmt.Fprintf(i.out, "  %v\n", err); err != nil {
			return "", err
		}
	}
}

func (i interview) prompt(q question) (string, error) {
	text := q.ask
	if q.standing != "" && !q.secret {
		text += " [" + q.standing + "]"
	}
	if _, err := fmt.Fprint(i.out, text+": "); err != nil {
		return "", err
	}
	if q.secret {
		defer i.hide()()
	}
	line, err := i.in.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("read the answer to %q (flags and --yes answer without a terminal): %w", q.ask, err)
	}
	return strings.TrimSpace(line), nil
}

// hide lets the terminal show nothing until the returned function is called. Without a terminal it does nothing.
func (i interview) hide() (show func()) {
	stty := func(how string) error {
		cmd := exec.Command("stty", how)
		cmd.Stdin = os.Stdin
		return cmd.Run()
	}
	if stty("-echo") != nil {
		return func() {}
	}
	return func() {
		_ = stty("echo")
		_, _ = fmt.Fprintln(i.out)
	}
}
