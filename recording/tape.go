package recording

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

const (
	maxBuffer = 30 * rate * channels // what a capture keeps while its disk refuses to write
	chunk     = 8 * rate * channels
)

// disk is what a tape needs of a file.
type disk interface {
	io.ReaderAt
	io.WriterAt
	Truncate(int64) error
	Sync() error
	io.Closer
}

var _ disk = (*os.File)(nil)

// tape is a stereo file that grows. Sound may be put anywhere; what lies between is silence.
type tape struct {
	f       disk
	law     law
	stored  int64 // frames in the file
	bufAt   int64 // frame of buf[0]; stored <= bufAt, what lies between is silence to be written
	buf     []byte
	quiet   []byte // a chunk of silence
	lost    []Gap  // what the disk refused for too long
	scratch []byte
}

func newTape(f disk, l law, frames int64) *tape {
	return &tape{f: f, law: l, stored: frames, bufAt: frames}
}

func (t *tape) end() int64 { return t.bufAt + int64(len(t.buf)/channels) }

// put writes one side's samples at a frame. The error is the disk's; the sound is kept for the next flush if it can be.
func (t *tape) put(side int, at int64, payload []byte) error {
	if n := min(t.bufAt-at, int64(len(payload))); n > 0 {
		if err := t.patch(side, at, payload[:n]); err != nil {
			return err
		}
		at, payload = at+n, payload[n:]
	}
	if len(payload) == 0 {
		return nil
	}
	var err error
	if at-t.end() > chunk/channels { // a long silence does not go through the buffer
		if err = t.flush(); err != nil {
			t.giveUp()
		}
		t.bufAt = at
	}
	t.reach(at + int64(len(payload)))
	b := t.buf[(at-t.bufAt)*channels+int64(side):]
	for i, c := range payload {
		b[i*channels] = c
	}
	return err
}

// reach makes the buffer end no earlier than a frame.
func (t *tape) reach(end int64) {
	from := len(t.buf)
	need := int((end - t.bufAt) * channels)
	if need <= from {
		return
	}
	t.buf = slices.Grow(t.buf, need-from)[:need]
	fill := t.buf[from:]
	for i := range fill {
		fill[i] = t.law.silence()
	}
}

// patch changes what is in the file already, or is silence still to be written before the buffer.
func (t *tape) patch(side int, at int64, payload []byte) error {
	if err := t.catchUp(); err != nil {
		return err
	}
	n := len(payload) * channels
	t.scratch = slices.Grow(t.scratch[:0], n)[:n]
	if _, err := t.f.ReadAt(t.scratch, headerSize+at*channels); err != nil {
		return fmt.Errorf("reading the recording back: %w", err)
	}
	for i, c := range payload {
		t.scratch[i*channels+side] = c
	}
	if _, err := t.f.WriteAt(t.scratch, headerSize+at*channels); err != nil {
		return fmt.Errorf("writing late sound: %w", err)
	}
	return nil
}

// catchUp writes the silence before the buffer.
func (t *tape) catchUp() error {
	for t.stored < t.bufAt {
		if t.quiet == nil {
			t.quiet = make([]byte, chunk)
			for i := range t.quiet {
				t.quiet[i] = t.law.silence()
			}
		}
		n := min(t.bufAt-t.stored, chunk/channels)
		if _, err := t.f.WriteAt(t.quiet[:n*channels], headerSize+t.stored*channels); err != nil {
			return fmt.Errorf("writing silence: %w", err)
		}
		t.stored += n
	}
	return nil
}

// flush writes the buffer and then the header, so that the file is whole at any time. If the disk refuses, the buffer is kept for
// another try; when it is full, it is given up and counted as lost.
func (t *tape) flush() error {
	err := t.catchUp()
	if err == nil && len(t.buf) > 0 {
		if _, err = t.f.WriteAt(t.buf, headerSize+t.stored*channels); err != nil {
			err = fmt.Errorf("writing sound: %w", err)
		}
	}
	if err == nil {
		t.stored = t.end()
		t.bufAt, t.buf = t.stored, t.buf[:0]
		if _, err = t.f.WriteAt(header(t.law, t.stored), 0); err != nil {
			err = fmt.Errorf("writing the header: %w", err)
		}
	}
	if len(t.buf) >= maxBuffer {
		t.giveUp()
	}
	return err
}

// giveUp forgets the buffer; silence will stand for it.
func (t *tape) giveUp() {
	if len(t.buf) > 0 {
		t.lost = append(t.lost, Gap{From: length(t.bufAt), To: length(t.end()), Why: GapDisk})
		t.bufAt, t.buf = t.end(), t.buf[:0]
	}
}

// finish ends the file at a frame, or behind the last sound if that is later.
func (t *tape) finish(end int64) error {
	var err error
	if end > t.end() {
		if err = t.flush(); err == nil {
			t.bufAt = end
		}
	}
	if err == nil {
		err = t.flush()
	}
	t.giveUp() // nothing is left unless the disk refused
	if err == nil {
		err = t.f.Sync()
	}
	return errors.Join(err, t.f.Close())
}
