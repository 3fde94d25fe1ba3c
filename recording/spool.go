package recording

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Spool is the folder where recordings are made and wait for the bucket. Its methods are safe for concurrent use; two processes
// must not use one folder.
type Spool struct {
	dir string

	mu   sync.Mutex // guards what follows
	open map[string]*Capture
}

// OpenSpool makes the folder if it is not there.
func OpenSpool(dir string) (*Spool, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("opening the spool: %w", err)
	}
	return &Spool{dir: dir, open: map[string]*Capture{}}, nil
}

// Path is where the call's file is or would be.
func (s *Spool) Path(call string) string  { return filepath.Join(s.dir, call+".wav") }
func (s *Spool) notes(call string) string { return filepath.Join(s.dir, call+".json") }

// ErrName says that a call's ID cannot name a file.
var ErrName = errors.New("the call's ID cannot name a file")

// Begin captures a call from the given time on, in the law of its packets. A call that is captured already gets the same capture; a
// call whose file is in the spool, after a crash or an earlier Close, is gone on with: its beginning stays, and the time until the next
// sound is silence and noted as a gap.
func (s *Spool) Begin(call string, at time.Time, lawName string) (*Capture, error) {
	l, err := parseLaw(lawName)
	if err != nil {
		return nil, fmt.Errorf("recording call %s: %w", call, err)
	}
	if call == "" || call != filepath.Base(call) || strings.HasPrefix(call, ".") {
		return nil, fmt.Errorf("recording call %q: %w", call, ErrName)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := s.open[call]; c != nil; c = s.open[call] {
		if !c.over.Load() {
			return c, nil
		}
		s.mu.Unlock()
		<-c.stopped
		s.mu.Lock()
	}
	notes, gap, err := s.resume(call, at, l)
	if err != nil {
		return nil, fmt.Errorf("recording call %s: %w", call, err)
	}
	f, err := os.OpenFile(s.Path(call), os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, fmt.Errorf("recording call %s: %w", call, err)
	}
	var frames int64
	if gap != nil {
		frames = frameAt(gap.From)
	}
	c := &Capture{spool: s, call: call, notes: notes, gap: gap, at: at.Add(notes.At.Round(0).Sub(at.Round(0))), tape: newTape(f, l, frames),
		queue: make(chan packet, queueSize), stop: make(chan struct{}), stopped: make(chan struct{})}
	if notes.Failed != "" {
		c.failed.Store(&notes.Failed)
	}
	c.dropped.Store(notes.Dropped)
	s.open[call] = c
	go c.run()
	return c, nil
}

// resume reads what an earlier capture of the call left, and where its sound ended; for a new call it is nothing.
func (s *Spool) resume(call string, at time.Time, l law) (Notes, *Gap, error) {
	fresh := Notes{Call: call, Law: l.String(), At: at}
	info, err := os.Stat(s.Path(call))
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		return fresh, nil, nil
	}
	if err != nil {
		return Notes{}, nil, err
	}
	notes, err := readNotes(s.notes(call))
	if err != nil {
		return Notes{}, nil, err
	}
	was, frames, _, err := repair(s.Path(call), l)
	if err != nil {
		return Notes{}, nil, err
	}
	if was != l {
		return Notes{}, nil, fmt.Errorf("going on in %s with a file in %s", l, was)
	}
	if notes.At.IsZero() {
		notes = fresh // the notes were lost: the sound ends when it was last written
		notes.At = info.ModTime().Add(-length(frames))
	}
	why := GapRestart
	if !notes.Ended.IsZero() {
		why = GapPause
	}
	notes.Ended = time.Time{}
	return notes, &Gap{From: length(frames), Why: why}, nil
}

func (s *Spool) forget(c *Capture) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c.call)
}

// Close stops every capture, so that another process can go on with the calls. It waits until all is on disk.
func (s *Spool) Close() error {
	s.mu.Lock()
	var all []*Capture
	for _, c := range s.open {
		all = append(all, c)
	}
	s.mu.Unlock()
	var errs []error
	for _, c := range all {
		if _, err := c.end(time.Time{}); err != nil {
			errs = append(errs, fmt.Errorf("suspending the recording of call %s: %w", c.call, err))
		}
	}
	return errors.Join(errs...)
}

// Remove takes a call's files out of the spool; that they are gone already is no error.
func (s *Spool) Remove(call string) error {
	for _, path := range []string{s.Path(call), s.notes(call)} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("clearing the spool: %w", err)
		}
	}
	return nil
}

// Found is a file that Scan came upon.
type Found struct {
	Closed
	Repaired bool  // its header did not agree with it
	Err      error // it cannot be made a recording; everything else but Call and Path is unknown
}

// Scan looks at every file that is not being captured and repairs what a crash left. A file whose Ended is zero belongs to a call that
// was being captured when its process died: it may still be on.
func (s *Spool) Scan() ([]Found, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, fmt.Errorf("scanning the spool: %w", err)
	}
	var all []Found
	for _, e := range entries {
		if call, ok := strings.CutSuffix(e.Name(), ".wav"); ok && e.Type().IsRegular() && !s.capturing(call) {
			all = append(all, s.look(call))
		}
	}
	return slices.Clip(all), nil
}

func (s *Spool) capturing(call string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open[call] != nil
}

func (s *Spool) look(call string) Found {
	f := Found{}
	f.Call, f.Path = call, s.Path(call)
	notes, err := readNotes(s.notes(call))
	if err != nil {
		f.Err = err
		return f
	}
	hint, _ := parseLaw(notes.Law)
	l, frames, repaired, err := repair(f.Path, hint)
	if err != nil {
		f.Err = err
		return f
	}
	f.Notes, f.Repaired = notes, repaired
	f.Notes.Call, f.Notes.Law = call, l.String()
	if f.At.IsZero() {
		if info, err := os.Stat(f.Path); err == nil {
			f.At = info.ModTime().Add(-length(frames))
		}
	}
	f.Duration, f.Size = length(frames), headerSize+frames*channels
	return f
}
