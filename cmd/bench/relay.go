package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/pprof"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// relay is what carries sound between a browser and a far leg. Join gets the browser's offer and the leg's host:port; it gives the
// answer and where the leg must send to.
type relay interface {
	join(ctx context.Context, n int, offer, leg string) (joined, error)
	pid() int // 0: this process, so that its cost cannot be told apart
	close() error
}

// joined is a relay's answer.
type joined struct {
	Answer string `json:"answer"`
	Leg    string `json:"leg"` // host:port that the far leg sends to
	Error  string `json:"error,omitempty"`
}

// wish is what the parent asks a child for.
type wish struct {
	N     int    `json:"n"`
	Offer string `json:"offer"`
	Leg   string `json:"leg"`
}

// obey answers wishes, a JSON object a line, until the input ends.
func obey(env *environment, join func(wish) (joined, error)) error {
	in, out := json.NewDecoder(env.stdin), json.NewEncoder(env.stdout)
	for {
		var w wish
		if err := in.Decode(&w); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("reading what is wished: %w", err)
		}
		j, err := join(w)
		if err != nil {
			j.Error = err.Error()
		}
		if err := out.Encode(j); err != nil {
			return fmt.Errorf("answering: %w", err)
		}
	}
}

// profiled runs f with a processor profile, if a file is named.
func profiled(file string, f func() error) error {
	if file == "" {
		return f()
	}
	out, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("making a profile: %w", err)
	}
	defer func() { _ = out.Close() }()
	if err := pprof.StartCPUProfile(out); err != nil {
		return fmt.Errorf("making a profile: %w", err)
	}
	defer pprof.StopCPUProfile()
	return f()
}

// child is a relay in a process of its own: this program again, with a hidden command.
type child struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	to  *json.Encoder
	of  *json.Decoder
	mu  sync.Mutex
}

// asProgram, when set, makes the test binary behave as the program.
const asProgram = "RINGBOOK_BENCH_AS_PROGRAM"

func startChild(env *environment, args ...string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	c := &child{cmd: exec.Command(self, args...)}
	c.cmd.Env = append(os.Environ(), asProgram+"=1")
	c.cmd.Stderr = env.stderr
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", args[0], err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", args[0], err)
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", args[0], err)
	}
	c.to, c.of = json.NewEncoder(c.in), json.NewDecoder(out)
	return c, nil
}

func (c *child) pid() int { return c.cmd.Process.Pid }

func (c *child) join(_ context.Context, n int, offer, leg string) (j joined, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.to.Encode(wish{N: n, Offer: offer, Leg: leg}); err != nil {
		return j, fmt.Errorf("asking for leg %d: %w", n, err)
	}
	if err := c.of.Decode(&j); err != nil {
		return j, fmt.Errorf("reading the answer for leg %d: %w", n, err)
	}
	if j.Error != "" {
		return j, fmt.Errorf("leg %s: %s", strconv.Itoa(n), j.Error)
	}
	return j, nil
}

// close ends the child's input and waits; a child that does not end is killed.
func (c *child) close() error {
	late := time.AfterFunc(10*time.Second, func() { _ = c.cmd.Process.Signal(syscall.SIGKILL) })
	defer late.Stop()
	return errors.Join(c.in.Close(), c.cmd.Wait())
}
