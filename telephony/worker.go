package telephony

import (
	"context"
	"sync"
	"time"
)

// commandTimeout bounds one command; a hung Asterisk must not hold a call for ever.
const commandTimeout = 5 * time.Second

// again are the pauses before a command is repeated that costs the client what they hear, and does no harm twice.
var again = []time.Duration{200 * time.Millisecond, time.Second}

func repeats(cmd Command) bool {
	switch cmd.(type) {
	case MusicOn, MusicOff, Part, HangUp, DropBridge:
		return true
	}
	return false
}

// worker carries out the commands of one call, in order, one at a time.
type worker struct {
	mu    sync.Mutex
	queue []Command
	wake  chan struct{}
	over  bool
}

func (w *worker) close() {
	w.mu.Lock()
	w.over = true
	w.mu.Unlock()
	w.poke()
}

func (w *worker) poke() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *worker) add(cmds []Command) {
	w.mu.Lock()
	w.queue = append(w.queue, cmds...)
	w.mu.Unlock()
	w.poke()
}

// next waits for a command; ok is false when the worker is closed and its queue is empty.
func (w *worker) next() (cmd Command, ok bool) {
	for {
		w.mu.Lock()
		if len(w.queue) > 0 {
			cmd, w.queue = w.queue[0], w.queue[1:]
			w.mu.Unlock()
			return cmd, true
		}
		over := w.over
		w.mu.Unlock()
		if over {
			return nil, false
		}
		<-w.wake
	}
}

// give hands commands to the call's worker, which lives as long as the call.
func (s *Switchboard) give(c Call, cmds []Command) {
	w := s.work[c.ID]
	if w == nil {
		if len(cmds) == 0 {
			return
		}
		w = &worker{wake: make(chan struct{}, 1)}
		s.work[c.ID] = w
		s.wg.Go(func() { s.labour(c.ID, w) })
	}
	w.add(cmds)
	if !c.Live() {
		w.close()
		delete(s.work, c.ID)
	}
}

func (s *Switchboard) labour(id CallID, w *worker) {
	for {
		cmd, ok := w.next()
		if !ok {
			return
		}
		if err := s.attempt(cmd); err != nil {
			s.o.Log.Warn("command failed", "call", id, "command", commandName(cmd), "err", err)
			s.post(func() { s.step(id, Failed{cmd, err}, s.o.Now()) })
		}
	}
}

// attempt carries a command out, and repeats one that failed where that helps.
func (s *Switchboard) attempt(cmd Command) error {
	for try := 0; ; try++ {
		ctx, cancel := context.WithTimeout(context.Background(), commandTimeout)
		err := s.carryOut(ctx, cmd)
		cancel()
		if err == nil || !repeats(cmd) || try == len(again) {
			return err
		}
		time.Sleep(again[try])
	}
}

func (s *Switchboard) carryOut(ctx context.Context, cmd Command) error {
	switch c := cmd.(type) {
	case RingPhone:
		s.o.Phones.Ring(c.Call)
	case StopPhone:
		s.o.Phones.Stop(c.Call)
	case TieLeg:
		return s.o.Phones.Leg(c.Call, c.Asterisk)
	case TalkPhone:
		s.o.Phones.Connect(c.Call)
	case QuietPhone:
		s.o.Phones.Quiet(c.Call)
	case FreePhone:
		s.o.Phones.Release(c.Call, c.Agent)
	default:
		return s.o.PBX.Do(ctx, cmd)
	}
	return nil
}
