package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"ringbook/crm/calls"
	"ringbook/recording"
	"ringbook/softphone"
	"ringbook/telephony"
)

// recorder ties the gateway's packets to the spool: one file a call, from its first word to its last, whoever talks.
type recorder struct {
	spool *recording.Spool
	law   string
	now   func() time.Time
	log   *slog.Logger

	mu   sync.Mutex
	open map[telephony.CallID]*take
}

// take is the recording of one call. Sound counts while it is on.
type take struct {
	capture *recording.Capture
	mu      sync.Mutex
	on      bool
}

func newRecorder(spool *recording.Spool, law string, now func() time.Time, log *slog.Logger) *recorder {
	return &recorder{spool: spool, law: law, now: now, log: log, open: map[telephony.CallID]*take{}}
}

// Begin records from now on, or goes on after a pause.
func (r *recorder) Begin(c telephony.Call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.open[c.ID]
	if t == nil {
		capture, err := r.spool.Begin(string(c.ID), c.AnsweredAt, r.law)
		if err != nil {
			r.log.Error("a call is not recorded", "call", c.ID, "err", err)
			return
		}
		t = &take{capture: capture}
		r.open[c.ID] = t
	}
	t.set(true)
	t.capture.Mark(r.now(), "talk")
}

// Pause keeps silence until the next Begin: the client hears music, and what the agent says is their own.
func (r *recorder) Pause(id telephony.CallID) {
	r.mu.Lock()
	t := r.open[id]
	r.mu.Unlock()
	if t != nil {
		t.set(false)
		t.capture.Mark(r.now(), "pause")
	}
}

func (t *take) set(on bool) {
	t.mu.Lock()
	t.on = on
	t.mu.Unlock()
}

func (t *take) live() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.on
}

// tape closes the recording of a call that is over. A call that was recorded by an earlier process is taken from its spool.
func (r *recorder) tape(_ context.Context, c telephony.Call) (calls.Tape, bool) {
	r.mu.Lock()
	t := r.open[c.ID]
	delete(r.open, c.ID)
	r.mu.Unlock()
	if t == nil {
		if c.AnsweredAt.IsZero() {
			return calls.Tape{}, false
		}
		capture, err := r.spool.Begin(string(c.ID), c.AnsweredAt, r.law)
		if err != nil {
			return calls.Tape{Path: r.spool.Path(string(c.ID)), At: c.AnsweredAt, Failed: err.Error()}, true
		}
		t = &take{capture: capture}
	}
	closed, err := t.capture.Close(c.EndedAt)
	failed := closed.Failed
	if err != nil && failed == "" {
		failed = err.Error()
	}
	return calls.Tape{Path: closed.Path, At: closed.At, Duration: closed.Duration, Size: closed.Size, Gaps: closed.Gaps, Failed: failed}, true
}

// tap is what the gateway gives each packet of a leg to.
func (r *recorder) tap(call telephony.CallID, _ telephony.AgentID) softphone.Tap {
	return &tap{recorder: r, call: call}
}

type tap struct {
	recorder *recorder
	call     telephony.CallID
}

func (t *tap) take() *take {
	t.recorder.mu.Lock()
	defer t.recorder.mu.Unlock()
	return t.recorder.open[t.call]
}

// Client takes a packet of the client's voice.
func (t *tap) Client(p softphone.Packet) {
	if take := t.take(); take != nil && take.live() {
		take.capture.Client(p.At, p.SSRC, p.Seq, p.TS, p.Payload)
	}
}

// Agent takes a packet of the agent's voice.
func (t *tap) Agent(p softphone.Packet) {
	if take := t.take(); take != nil && take.live() {
		take.capture.Agent(p.At, p.SSRC, p.Seq, p.TS, p.Payload)
	}
}
