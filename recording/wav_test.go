package recording

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// FuzzRepair: whatever a file holds, repair makes a whole WAV of it that keeps every full frame, or leaves it as it is.
func FuzzRepair(f *testing.F) {
	whole := append(header(aLaw, 3), 1, 2, 3, 4, 5, 6)
	for n := range whole {
		f.Add(whole[:n], uint16(aLaw))
		f.Add(whole[:n], uint16(0))
	}
	f.Add(append(header(muLaw, 0), 1, 2, 3), uint16(aLaw))
	f.Add(append(header(muLaw, 1<<40), 1, 2, 3), uint16(0))
	f.Fuzz(func(t *testing.T, b []byte, hint uint16) {
		if hint != 0 {
			hint = 6 + hint%2
		}
		path := filepath.Join(t.TempDir(), "x.wav")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		l, frames, changed, err := repair(path, law(hint))
		got, readErr := os.ReadFile(path)
		if readErr != nil {
			t.Fatal(readErr)
		}
		if err != nil {
			if hint != 0 || !bytes.Equal(got, b) {
				t.Fatalf("repair failed (%v) with hint %d, and the file changed: %v", err, hint, !bytes.Equal(got, b))
			}
			return
		}
		if int64(len(got)) != headerSize+frames*channels || !bytes.Equal(got[:headerSize], header(l, frames)) || changed == bytes.Equal(got, b) {
			t.Fatalf("not whole: %d frames, changed %v, %x", frames, changed, got)
		}
		if len(b) >= headerSize && !bytes.HasPrefix(b[headerSize:], got[headerSize:]) || len(b)-len(got) > 1 {
			t.Fatalf("%x became %x", b, got)
		}
		if _, _, again, err := repair(path, 0); again || err != nil {
			t.Fatalf("a repaired file was repaired again (%v, %v)", again, err)
		}
	})
}

// FuzzPlacement: no order of packets places one before the file, or far behind the present.
func FuzzPlacement(f *testing.F) {
	f.Add(uint64(1), uint64(2))
	f.Fuzz(func(t *testing.T, a, b uint64) {
		r := rand.New(rand.NewPCG(a, b))
		var p placement
		arrival, seq, ts := int64(-100), uint16(r.Uint32()), r.Uint32()
		for range 2000 {
			arrival += int64(r.IntN(400))
			switch r.IntN(50) {
			case 0:
				seq, ts = uint16(r.Uint32()), r.Uint32()
			case 1:
				arrival += int64(r.IntN(20 * rate))
			case 2:
				ts += uint32(r.IntN(5 * rate))
			}
			pos := p.place(arrival, uint32(r.IntN(60)/59), seq-uint16(r.IntN(4)), ts, 160, r.IntN(3) == 0)
			if pos < 0 || pos > max(0, arrival)+early+hardSlack+near {
				t.Fatalf("a packet that arrived at %d was placed at %d", arrival, pos)
			}
			seq, ts = seq+1, ts+160
		}
	})
}

func TestScanRepairsWhatACrashLeft(t *testing.T) {
	t.Parallel()
	s := spool(t)
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	files := map[string][]byte{
		"whole":      append(header(aLaw, 1), 1, 2),
		"old-sizes":  append(header(aLaw, 0), 1, 2, 3, 4),
		"odd":        append(header(muLaw, 0), 1, 2, 3),
		"no-header":  append(make([]byte, headerSize), 1, 2),
		"empty":      {},
		"unreadable": []byte("something else"),
	}
	for name, b := range files {
		if err := os.WriteFile(s.Path(name), b, 0o600); err != nil {
			t.Fatal(err)
		}
		if name != "unreadable" {
			if err := writeNotes(s.notes(name), Notes{Call: name, Law: "alaw", At: at}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := s.Begin("live", at, "alaw"); err != nil {
		t.Fatal(err)
	}
	found, err := s.Scan()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]struct {
		frames   int64
		law      string
		repaired bool
	}{"whole": {1, "alaw", false}, "old-sizes": {2, "alaw", true}, "odd": {1, "ulaw", true}, "no-header": {1, "alaw", true}, "empty": {0, "alaw", true}}
	if len(found) != len(files) {
		t.Errorf("%d files found, want %d: %+v", len(found), len(files), found)
	}
	for _, f := range found {
		w, ok := want[f.Call]
		if !ok {
			if f.Err == nil || f.Call != "unreadable" {
				t.Errorf("found %+v", f)
			}
			continue
		}
		if f.Err != nil || f.Duration != length(w.frames) || f.Law != w.law || f.Repaired != w.repaired || !f.At.Equal(at) {
			t.Errorf("%s: found %+v, want %+v", f.Call, f, w)
		}
	}
	if err := s.Remove("whole"); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove("whole"); err != nil {
		t.Error("removing what is gone:", err)
	}
}

func TestTheWaveformShowsBothSides(t *testing.T) {
	t.Parallel()
	s := spool(t)
	c, cl, ag := begin(t, s, 0)
	cl.say(0, 0xAA)      // A-law, the greatest positive
	ag.say(ms(20), 0x2A) // and negative
	got := closeAt(t, c, ms(50))
	w, err := Peaks(got.Path)
	if err != nil {
		t.Fatal(err)
	}
	if w.Rate != 50 || w.Frames != 400 || len(w.Client) != 6 || len(w.Agent) != 6 {
		t.Fatalf("%+v", w)
	}
	if w.Client[1] != 126 || w.Client[3] > 0 || w.Agent[2] != -126 || w.Agent[5] > 0 {
		t.Errorf("client %v, agent %v", w.Client, w.Agent)
	}
}

func TestALongCallHasFewerBuckets(t *testing.T) {
	t.Parallel()
	s := spool(t)
	c, _, _ := begin(t, s, 0)
	w, err := Peaks(closeAt(t, c, time.Hour).Path)
	if err != nil {
		t.Fatal(err)
	}
	if w.Rate != 5 || len(w.Client) != 2*5*3600 {
		t.Errorf("rate %d, %d values", w.Rate, len(w.Client))
	}
}

func TestTheStateTableIsTheDrawing(t *testing.T) {
	t.Parallel()
	for _, from := range States {
		for _, to := range States {
			err := from.To(to)
			allowed := false
			for _, b := range to.Before() {
				allowed = allowed || b == from
			}
			if (err == nil) != allowed {
				t.Errorf("%s to %s: %v, but Before says %v", from, to, err, allowed)
			}
		}
	}
	if Held.To(Purged) == nil {
		t.Error("a held recording can be purged")
	}
	if Purged.To(Spooled) == nil || Uploading.To(Purged) == nil {
		t.Error("there is an arrow too many")
	}
}

func BenchmarkCapture(b *testing.B) {
	s, err := OpenSpool(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	c, err := s.Begin("call", began, "alaw")
	if err != nil {
		b.Fatal(err)
	}
	payload := bytes.Repeat([]byte{1}, frameLen)
	b.ReportAllocs()
	for i := range b.N {
		at := began.Add(time.Duration(i) * ms(20))
		for len(c.queue) > queueSize-4 {
			runtime.Gosched()
		}
		c.Client(at, 1, uint16(i), uint32(i*frameLen), payload)
		c.Agent(at, 2, uint16(i), uint32(i*frameLen), payload)
	}
	got, err := c.Close(began)
	if err != nil || got.Dropped != 0 {
		b.Fatal(err, got.Dropped)
	}
	b.ReportMetric(got.Duration.Seconds()/b.Elapsed().Seconds(), "audio-s/s")
}
