package recording

import (
	"errors"
	"io/fs"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	queueSize  = 1024                   // packets: 10 s of a call
	flushEvery = 500 * time.Millisecond // what a crash can cost
	bufferSize = 320                    // a pooled buffer: 40 ms
)

// The sides, by channel of the file.
const (
	client = iota
	agent
)

// packet is one packet on its way to the file.
type packet struct {
	side    int
	at      time.Time
	ssrc    uint32
	seq     uint16
	ts      uint32
	payload *[]byte
	note    func() // something else to be done on the writing goroutine
}

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, bufferSize); return &b }}

// Capture writes one call. Client and Agent may be called from any goroutine, never wait and never fail; so may the rest.
type Capture struct {
	spool *Spool
	call  string
	at    time.Time // of frame 0

	queue   chan packet
	stop    chan struct{}
	stopped chan struct{}
	closing sync.Once
	over    atomic.Bool
	ended   time.Time // set before stop is closed; zero means that another process will go on
	dropped atomic.Int64
	failed  atomic.Pointer[string]

	// Only the writing goroutine touches these, and Close after it.
	tape   *tape
	sides  [channels]placement
	notes  Notes
	gap    *Gap // since an earlier capture of the call; its end is not known yet
	stale  bool // the notes' file lacks something
	result Closed
	err    error
}

// Closed is a finished capture.
type Closed struct {
	Notes
	Path     string
	Duration time.Duration
	Size     int64
}

// Client takes in a packet of the client's voice, in the law that Begin was given; payload may be used again after the call.
func (c *Capture) Client(at time.Time, ssrc uint32, seq uint16, ts uint32, payload []byte) {
	c.take(client, at, ssrc, seq, ts, payload)
}

// Agent takes in a packet of the agent's voice.
func (c *Capture) Agent(at time.Time, ssrc uint32, seq uint16, ts uint32, payload []byte) {
	c.take(agent, at, ssrc, seq, ts, payload)
}

func (c *Capture) take(side int, at time.Time, ssrc uint32, seq uint16, ts uint32, payload []byte) {
	if c.over.Load() || len(payload) == 0 {
		return
	}
	b := buffers.Get().(*[]byte)
	*b = append((*b)[:0], payload...)
	select {
	case c.queue <- packet{side: side, at: at, ssrc: ssrc, seq: seq, ts: ts, payload: b}:
	default:
		buffers.Put(b)
		c.dropped.Add(1)
	}
}

// Mark notes a moment. What is said after it is placed by its arrival anew, so mark where sound stops and goes on: hold, transfer.
func (c *Capture) Mark(at time.Time, what string) {
	if c.over.Load() {
		return
	}
	p := packet{note: func() {
		c.notes.Marks = append(c.notes.Marks, Mark{At: max(0, at.Sub(c.at)), What: what})
		c.stale = true
		c.sides[client].cut()
		c.sides[agent].cut()
	}}
	select {
	case c.queue <- p:
	default:
		c.dropped.Add(1)
	}
}

// Insert puts what somebody else recorded of both sides at its place, from a time on, in the law that Begin was given: what is there
// is replaced, and was no gap. The sides end together: a shorter one began later. It waits until the sound is with the file.
func (c *Capture) Insert(from time.Time, clientSide, agentSide []byte) {
	done := make(chan struct{})
	put := func() {
		defer close(done)
		at := frameAt(max(0, from.Sub(c.at)))
		n := int64(max(len(clientSide), len(agentSide)))
		if n == 0 || at+n > maxFrames {
			return
		}
		for side, sound := range [channels][]byte{client: clientSide, agent: agentSide} {
			for i := 0; i < len(sound); i += rate {
				c.check(c.tape.put(side, at+n-int64(len(sound)-i), sound[i:min(i+rate, len(sound))]))
			}
		}
		c.notes.Client, c.notes.Agent = c.notes.Client+1, c.notes.Agent+1
		if c.gap != nil && length(at) <= c.gap.From+time.Second {
			c.gap = nil
		}
		c.notes.Gaps = slices.DeleteFunc(c.notes.Gaps, func(g Gap) bool {
			return g.Why != GapDisk && g.From >= length(at)-time.Second && g.To <= length(at+n)+time.Second
		})
		c.stale = true
	}
	select {
	case c.queue <- packet{note: put}:
	case <-c.stopped:
		return
	}
	select {
	case <-done:
	case <-c.stopped:
	}
}

// Failed is the first thing that went wrong with the file, empty while all is well. A capture that failed goes on trying.
func (c *Capture) Failed() string {
	if why := c.failed.Load(); why != nil {
		return *why
	}
	return ""
}

// Dropped counts the packets that came faster than they could be kept.
func (c *Capture) Dropped() int64 { return c.dropped.Load() }

// Close ends the recording at the call's end and waits until the file is on disk. An error means that it is not all there; what is
// there can still be used. Closing twice gives the first answer again.
func (c *Capture) Close(at time.Time) (Closed, error) { return c.end(at) }

func (c *Capture) end(at time.Time) (Closed, error) {
	c.closing.Do(func() {
		c.over.Store(true)
		c.ended = at
		close(c.stop)
	})
	<-c.stopped
	return c.result, c.err
}

// run is the capture's goroutine.
func (c *Capture) run() {
	defer close(c.stopped)
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	c.flush()
	c.note()
	for {
		select {
		case p := <-c.queue:
			c.handle(p)
		case <-tick.C:
			c.flush()
		case <-c.stop:
			c.drain()
			c.finish()
			return
		}
	}
}

func (c *Capture) drain() {
	for {
		select {
		case p := <-c.queue:
			c.handle(p)
		default:
			return
		}
	}
}

func (c *Capture) handle(p packet) {
	if p.note != nil {
		p.note()
		return
	}
	payload := *p.payload
	pos := c.sides[p.side].place(frameAt(p.at.Sub(c.at)), p.ssrc, p.seq, p.ts, len(payload), c.quiet(payload))
	if p.side == client {
		c.notes.Client++
	} else {
		c.notes.Agent++
	}
	c.closeGap(pos)
	if pos < maxFrames-int64(len(payload)) {
		c.check(c.tape.put(p.side, pos, payload))
	}
	buffers.Put(p.payload)
}

// closeGap notes the gap before what is said at a frame, if there is one.
func (c *Capture) closeGap(frame int64) {
	if c.gap == nil {
		return
	}
	if c.gap.To = length(frame); c.gap.To > c.gap.From {
		c.notes.Gaps = append(c.notes.Gaps, *c.gap)
		c.stale = true
	}
	c.gap = nil
}

// quiet says whether nobody is heard in a packet.
func (c *Capture) quiet(payload []byte) bool {
	levels := &loudness[c.tape.law&1]
	for _, b := range payload {
		if v := levels[b]; v > 1 || v < -1 {
			return false
		}
	}
	return true
}

func (c *Capture) flush() {
	c.check(c.tape.flush())
	if c.stale || len(c.tape.lost) != 0 {
		c.note()
	}
}

// note writes the side notes.
func (c *Capture) note() {
	c.notes.Gaps = append(c.notes.Gaps, c.tape.lost...)
	c.tape.lost = nil
	c.notes.Dropped, c.notes.Failed = c.dropped.Load(), c.Failed()
	if err := writeNotes(c.spool.notes(c.call), c.notes); err != nil {
		c.check(err)
		return
	}
	c.stale = false
}

func (c *Capture) check(err error) {
	if err != nil {
		why := reason(err)
		c.failed.CompareAndSwap(nil, &why)
	}
}

// reason is why a file could not be written: a code where the page has words for it, else what the system said.
func reason(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "disk_full"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return "disk_forbidden"
	case errors.Is(err, syscall.EIO):
		return "disk_fault"
	}
	return err.Error()
}

func (c *Capture) finish() {
	c.notes.Ended = c.ended
	var end int64
	if !c.ended.IsZero() {
		end = min(frameAt(max(0, c.ended.Sub(c.at))), maxFrames)
	}
	if !c.ended.IsZero() {
		c.closeGap(end)
	}
	c.err = c.tape.finish(end)
	c.check(c.err)
	c.note()
	frames := c.tape.stored
	c.result = Closed{Notes: c.notes, Path: c.spool.Path(c.call), Duration: length(frames), Size: headerSize + frames*channels}
	c.spool.forget(c)
}
