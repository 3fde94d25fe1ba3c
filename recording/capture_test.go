package recording

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"
)

var began = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const frameLen = 160

// voice sends frames of one side, each filled with a byte of its own.
type voice struct {
	send func(time.Time, uint32, uint16, uint32, []byte)
	ssrc uint32
	seq  uint16
	ts   uint32
}

// say sends a frame that arrives so long after the beginning.
func (v *voice) say(after time.Duration, b byte) {
	v.send(began.Add(after), v.ssrc, v.seq, v.ts, bytes.Repeat([]byte{b}, frameLen))
	v.seq++
	v.ts += frameLen
}

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

func spool(t *testing.T) *Spool {
	t.Helper()
	s, err := OpenSpool(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func begin(t *testing.T, s *Spool, after time.Duration) (c *Capture, cl, ag *voice) {
	t.Helper()
	c, err := s.Begin("call", began.Add(after), "alaw")
	if err != nil {
		t.Fatal(err)
	}
	return c, &voice{send: c.Client, ssrc: 1, seq: 65530, ts: 0xFFFFFF00}, &voice{send: c.Agent, ssrc: 2, seq: 9, ts: 77}
}

// side reads one channel back; the file must be a whole WAV.
func side(t *testing.T, path string, channel int) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	l, err := parseHeader(b)
	if err != nil || !bytes.Equal(b[:headerSize], header(l, int64(len(b)-headerSize)/channels)) {
		t.Fatalf("the header %x does not fit a file of %d bytes", b[:min(len(b), headerSize)], len(b))
	}
	var out []byte
	for i := headerSize + channel; i < len(b); i += channels {
		out = append(out, b[i])
	}
	return out
}

// sound says what is heard in each 20 ms of a channel: the byte, 0 for silence, 255 for a mixture.
func sound(samples []byte) (out []byte) {
	for f := range slices.Chunk(samples, frameLen) {
		switch {
		case bytes.Count(f, f[:1]) != len(f):
			out = append(out, 255)
		case f[0] == aLaw.silence():
			out = append(out, 0)
		default:
			out = append(out, f[0])
		}
	}
	return out
}

func closeAt(t *testing.T, c *Capture, after time.Duration) Closed {
	t.Helper()
	got, err := c.Close(began.Add(after))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestEverythingLiesWhereItWasSaid(t *testing.T) {
	t.Parallel()
	s := spool(t)
	c, cl, ag := begin(t, s, 0)
	cl.say(ms(40), 1)
	cl.say(ms(75), 2) // 15 ms late: timestamps rule
	ag.say(ms(60), 3)
	cl.seq, cl.ts = cl.seq+1, cl.ts+frameLen // lost
	cl.say(ms(100), 4)
	lost := *cl
	cl.seq, cl.ts = cl.seq+1, cl.ts+frameLen
	cl.say(ms(150), 6)
	lost.say(ms(151), 5) // after the one that follows it
	lost.seq, lost.ts = lost.seq-1, lost.ts-frameLen
	lost.say(ms(152), 5)                 // and once again
	cl.ssrc, cl.seq, cl.ts = 99, 4000, 5 // a transfer
	cl.say(ms(200), 7)
	cl.ts += 123456 // a jump
	cl.say(ms(220), 8)
	got := closeAt(t, c, ms(300))
	if want := []byte{0, 0, 1, 2, 0, 4, 5, 6, 0, 0, 7, 8, 0, 0, 0}; !bytes.Equal(sound(side(t, got.Path, client)), want) {
		t.Errorf("the client's side is %v, want %v", sound(side(t, got.Path, client)), want)
	}
	if want := []byte{0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}; !bytes.Equal(sound(side(t, got.Path, agent)), want) {
		t.Errorf("the agent's side is %v, want %v", sound(side(t, got.Path, agent)), want)
	}
	if got.Duration != ms(300) || got.Client != 8 || got.Agent != 1 || got.Dropped != 0 || got.Failed != "" {
		t.Errorf("closed as %+v", got)
	}
}

func TestHoldIsSilenceAndTimePasses(t *testing.T) {
	t.Parallel()
	s := spool(t)
	c, cl, _ := begin(t, s, 0)
	cl.say(0, 1)
	c.Mark(began.Add(ms(20)), "hold")
	const hold = 10 * time.Minute
	c.Mark(began.Add(hold), "resume")
	cl.say(hold, 2) // its timestamps stood still
	got := closeAt(t, c, hold+ms(40))
	frames := sound(side(t, got.Path, client))
	if len(frames) != int((hold+ms(40))/ms(20)) || frames[0] != 1 || frames[len(frames)-2] != 2 || bytes.Count(frames, []byte{0}) != len(frames)-2 {
		t.Errorf("%d frames, the ends are %v and %v", len(frames), frames[:3], frames[len(frames)-3:])
	}
	if want := []Mark{{ms(20), "hold"}, {hold, "resume"}}; !slices.Equal(got.Marks, want) {
		t.Errorf("marks %v", got.Marks)
	}
}

func TestAStalledNetworkIsHeardAsItWasSaid(t *testing.T) {
	t.Parallel()
	s := spool(t)
	c, cl, _ := begin(t, s, 0)
	for i := range 400 {
		arrival := ms(i * 20)
		if i >= 100 && i < 200 {
			arrival = ms(4000) // two seconds all at once
		}
		cl.say(arrival, byte(1+i%100))
	}
	frames := sound(side(t, closeAt(t, c, ms(8000)).Path, client))
	for i := range 400 {
		if frames[i] != byte(1+i%100) {
			t.Fatalf("frame %d is %d, want %d", i, frames[i], byte(1+i%100))
		}
	}
}

func TestClocksThatDriftApartDoNotShiftTheCall(t *testing.T) {
	t.Parallel()
	for _, ppm := range []int{-300, 300} {
		s := spool(t)
		c, cl, _ := begin(t, s, 0)
		const minutes = 10
		n := minutes * 60 * 50
		for i := range n {
			arrival := time.Duration(i) * ms(20) * time.Duration(1_000_000+ppm) / 1_000_000
			b := aLaw.silence() // between the words
			if i%50 < 40 {
				b = byte(1 + i%50)
			}
			for c.Dropped() == 0 && len(c.queue) > queueSize/2 {
				runtime.Gosched()
			}
			cl.say(arrival+time.Duration(i%7)*time.Millisecond, b)
		}
		got := closeAt(t, c, 0)
		frames := side(t, got.Path, client)
		total := frameAt(time.Duration(n) * ms(20) * time.Duration(1_000_000+ppm) / 1_000_000)
		if d := int64(len(frames)) - total; d > 2*hardSlack || d < -2*hardSlack {
			t.Errorf("%d ppm: the file is %v off after %d minutes", ppm, length(d), minutes)
		}
		if got.Dropped != 0 {
			t.Errorf("%d packets were dropped", got.Dropped)
		}
	}
}

func TestACallGoesOnAfterACrash(t *testing.T) {
	t.Parallel()
	s := spool(t)
	c, cl, ag := begin(t, s, 0)
	cl.say(0, 1)
	ag.say(0, 2)
	c.Mark(began, "answered")
	if err := s.Close(); err != nil { // as far as the files go, a process that is stopped; the rest of a crash is below
		t.Fatal(err)
	}
	f, err := os.OpenFile(s.Path("call"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(header(aLaw, 0), 0)                 // sizes of an earlier flush
	_, err2 := f.WriteAt([]byte{9}, headerSize+2*frameLen) // half a frame
	if err := errors.Join(err, err2, f.Close()); err != nil {
		t.Fatal(err)
	}
	next, err := OpenSpool(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	c, cl, _ = begin(t, next, 0) // whoever goes on knows when the call began
	cl.say(ms(120), 3)
	got := closeAt(t, c, ms(160))
	if want := []byte{1, 0, 0, 0, 0, 0, 3, 0}; !bytes.Equal(sound(side(t, got.Path, client)), want) {
		t.Errorf("the client's side is %v, want %v", sound(side(t, got.Path, client)), want)
	}
	if want := []Gap{{ms(20), ms(120), GapRestart}}; !slices.Equal(got.Gaps, want) || len(got.Marks) != 1 || got.Client != 2 {
		t.Errorf("closed as %+v", got.Notes)
	}
}

func TestACaptureThatWasClosedCanBeGoneOnWith(t *testing.T) {
	t.Parallel()
	s := spool(t)
	c, cl, _ := begin(t, s, 0)
	if again, _, _ := begin(t, s, ms(20)); again != c {
		t.Error("one call is captured twice")
	}
	cl.say(0, 1)
	closeAt(t, c, ms(20))
	cl.say(ms(20), 9) // too late: nothing happens
	c, cl, _ = begin(t, s, ms(60))
	cl.say(ms(60), 2)
	got := closeAt(t, c, ms(80))
	if want := []byte{1, 0, 0, 2}; !bytes.Equal(sound(side(t, got.Path, client)), want) {
		t.Errorf("the client's side is %v, want %v", sound(side(t, got.Path, client)), want)
	}
	if want := []Gap{{ms(20), ms(60), GapPause}}; !slices.Equal(got.Gaps, want) {
		t.Errorf("gaps %v, want %v", got.Gaps, want)
	}
	again, err := c.Close(began)
	if err != nil || again.Duration != got.Duration {
		t.Errorf("closing twice: %+v, %v", again, err)
	}
}

func TestAFullDiskFailsTheRecordingAndNothingElse(t *testing.T) {
	t.Parallel()
	s := spool(t)
	if err := os.Symlink("/dev/full", s.Path("call")); err != nil {
		t.Fatal(err)
	}
	c, cl, _ := begin(t, s, 0)
	for i := range 3 * 60 * 50 {
		for len(c.queue) > queueSize/2 {
			runtime.Gosched()
		}
		cl.say(time.Duration(i)*ms(20), 1)
	}
	got, err := c.Close(began.Add(3 * time.Minute))
	if !errors.Is(err, syscall.ENOSPC) || got.Failed == "" || got.Dropped != 0 {
		t.Errorf("closed as %+v, %v", got.Notes, err)
	}
	var lost time.Duration
	for _, g := range got.Gaps {
		lost += g.To - g.From
	}
	if lost != 3*time.Minute {
		t.Errorf("lost %v of 3 minutes: %v", lost, got.Gaps)
	}
}

// sick is a file on a disk that is full for a while.
type sick struct {
	*os.File
	full bool
}

func (s *sick) WriteAt(b []byte, off int64) (int, error) {
	if !s.full {
		return s.File.WriteAt(b, off)
	}
	n, _ := s.File.WriteAt(b[:len(b)/2], off)
	return n, syscall.ENOSPC
}

func TestADiskThatWasFullForAWhileCostsNothing(t *testing.T) {
	t.Parallel()
	f, err := os.Create(filepath.Join(t.TempDir(), "call.wav"))
	if err != nil {
		t.Fatal(err)
	}
	d := &sick{File: f, full: true}
	tp := newTape(d, aLaw, 0)
	for i := range int64(100) {
		_ = tp.put(client, i*frameLen, bytes.Repeat([]byte{byte(1 + i)}, frameLen))
		if i%10 == 0 && tp.flush() == nil {
			t.Fatal("the full disk took it")
		}
	}
	d.full = false
	if err := tp.finish(0); err != nil {
		t.Fatal(err)
	}
	for i, b := range sound(side(t, f.Name(), client)) {
		if b != byte(1+i) {
			t.Fatalf("frame %d is %d", i, b)
		}
	}
	if len(tp.lost) != 0 {
		t.Errorf("lost %v", tp.lost)
	}
}

func TestWhatComesTooFastIsCountedAndNeverWaits(t *testing.T) {
	t.Parallel()
	c := &Capture{queue: make(chan packet, 2)} // nobody writes
	for range 5 {
		c.Client(began, 1, 1, 1, []byte{1})
	}
	if c.Dropped() != 3 {
		t.Errorf("%d of 5 packets dropped with room for 2", c.Dropped())
	}
}

func TestABadNameOrLawIsRefused(t *testing.T) {
	t.Parallel()
	s := spool(t)
	for _, name := range []string{"", ".", "..", "../x", "a/b", ".hidden"} {
		if _, err := s.Begin(name, began, "alaw"); !errors.Is(err, ErrName) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := s.Begin("call", began, "opus"); err == nil {
		t.Error("a law that is none was taken")
	}
}

var _ io.WriterAt = (*sick)(nil)
