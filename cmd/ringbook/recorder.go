package main

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
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
	taps  taps // what Asterisk records of desk phones; nil for nothing

	mu   sync.Mutex                     // one beginning or end at a time
	over map[telephony.CallID]time.Time // closed lately: a command that was on its way begins no second recording
	open sync.Map                       // telephony.CallID -> *take: read for every packet, so never behind a disk
}

// remembers is how long the recorder knows that it closed a call: longer than any command is on its way.
const remembers = 10 * time.Minute

// take is the recording of one call. Sound counts while it is on.
type take struct {
	capture *recording.Capture
	on      atomic.Bool
}

func newRecorder(spool *recording.Spool, law string, now func() time.Time, log *slog.Logger) *recorder {
	return &recorder{spool: spool, law: law, now: now, log: log, over: map[telephony.CallID]time.Time{}}
}

// Begin records from now on, or goes on after a pause.
func (r *recorder) Begin(c telephony.Call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, over := r.over[c.ID]; over {
		return
	}
	t := r.find(c.ID)
	if t == nil {
		capture, err := r.spool.Begin(string(c.ID), c.AnsweredAt, r.law)
		if err != nil {
			r.log.Error("a call is not recorded", "call", c.ID, "err", err)
			return
		}
		t = &take{capture: capture}
		r.open.Store(c.ID, t)
	}
	t.on.Store(true)
	t.capture.Mark(r.now(), "talk")
}

// Pause keeps silence until the next Begin: the client hears music, and what the agent says is their own.
func (r *recorder) Pause(id telephony.CallID) {
	if t := r.find(id); t != nil {
		t.on.Store(false)
		t.capture.Mark(r.now(), "pause")
	}
}

// Over says that a call has ended: what still comes of it is no part of it.
func (r *recorder) Over(id telephony.CallID) {
	if t := r.find(id); t != nil {
		t.on.Store(false)
	}
}

// take ends what is being recorded of a call, for good.
func (r *recorder) take(id telephony.CallID) *take {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	maps.DeleteFunc(r.over, func(_ telephony.CallID, at time.Time) bool { return now.Sub(at) > remembers })
	r.over[id] = now
	t := r.find(id)
	r.open.Delete(id)
	return t
}

func (r *recorder) find(id telephony.CallID) *take {
	t, _ := r.open.Load(id)
	found, _ := t.(*take)
	return found
}

// tape closes the recording of a call that is over. A call that was recorded by an earlier process is taken from its spool.
func (r *recorder) tape(ctx context.Context, c telephony.Call) (calls.Tape, bool) {
	t := r.take(c.ID)
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
	missing := r.insertTaps(ctx, c, t.capture)
	closed, err := t.capture.Close(c.EndedAt)
	failed := closed.Failed
	if failed == "" {
		failed = missing
	}
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

// Client takes a packet of the client's voice.
func (t *tap) Client(p softphone.Packet) {
	if take := t.recorder.find(t.call); take != nil && take.on.Load() {
		take.capture.Client(p.At, p.SSRC, p.Seq, p.TS, p.Payload)
	}
}

// Agent takes a packet of the agent's voice.
func (t *tap) Agent(p softphone.Packet) {
	if take := t.recorder.find(t.call); take != nil && take.on.Load() {
		take.capture.Agent(p.At, p.SSRC, p.Seq, p.TS, p.Payload)
	}
}
