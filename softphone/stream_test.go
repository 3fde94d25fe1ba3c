package softphone

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestASeamLeavesNoHole(t *testing.T) {
	t.Parallel()
	s, at := newStream(), time.Now()
	a, b := source{of: 1, ssrc: 1}, source{of: 2, ssrc: 2}
	seq, ts, marker, ok := s.next(a, 65535, 0xFFFFFFF0, 160, at)
	if !ok || !marker {
		t.Fatal("the first packet begins a talk spurt")
	}
	steps := []struct {
		name   string
		src    source
		seq    uint16
		ts     uint32
		after  time.Duration
		dseq   uint16
		dts    uint32
		marker bool
		ok     bool
	}{
		{"numbers wrap", a, 0, 0x90, 20 * time.Millisecond, 1, 160, false, true},
		{"a loss is passed on", a, 2, 0x1D0, 40 * time.Millisecond, 3, 480, false, true},
		{"late is late", a, 1, 0x130, 0, 2, 320, false, true},
		{"twice is once", a, 1, 0x130, 0, 2, 320, false, false},
		{"another source follows at once", b, 900, 5, 20 * time.Millisecond, 4, 640, true, true},
		{"after a pause time has passed", a, 70, 12345, time.Second, 5, 640 + 8000, true, true},
		{"a jump under the same SSRC", a, 30000, 99999999, 20 * time.Millisecond, 6, 800 + 8000, true, true},
		{"and on from there", a, 30001, 99999999 + 160, 20 * time.Millisecond, 7, 960 + 8000, false, true},
	}
	for _, c := range steps {
		at = at.Add(c.after)
		gotSeq, gotTS, gotMarker, gotOK := s.next(c.src, c.seq, c.ts, 160, at)
		if gotSeq-seq != c.dseq || gotTS-ts != c.dts || gotMarker != c.marker || gotOK != c.ok {
			t.Errorf("%s: seq +%d ts +%d marker %v ok %v, want %+v", c.name, gotSeq-seq, gotTS-ts, gotMarker, gotOK, c)
		}
	}
}

func TestNoNumberIsGivenTwiceWhateverComes(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	s, at := newStream(), time.Now()
	given := map[uint16]int{}
	for i := range 60000 {
		at = at.Add(time.Duration(r.IntN(30)) * time.Millisecond)
		var seq uint16
		ok := true
		switch r.IntN(10) {
		case 0:
			seq, _ = s.own(160, at)
		default:
			seq, _, _, ok = s.next(source{ssrc: uint32(r.IntN(20) / 19)}, uint16(i+r.IntN(80)), uint32(i*160), 160, at)
		}
		if !ok {
			continue
		}
		if last, twice := given[seq]; twice && i-last < 500 {
			t.Fatalf("step %d: number %d was given at step %d", i, seq, last)
		}
		given[seq] = i
	}
}
