package testphone

import (
	"slices"
	"testing"

	"github.com/pion/rtp"
)

func TestWhatDidNotComeIsSilence(t *testing.T) {
	t.Parallel()
	h := &Heard{}
	loud := slices.Repeat([]byte{0x80}, 160)
	for _, ts := range []uint32{0xFFFFFF60, 160, 320} { // the frame at 0 is lost
		h.add(&rtp.Packet{Header: rtp.Header{PayloadType: 0, Timestamp: ts, SSRC: 1}, Payload: loud})
	}
	h.add(&rtp.Packet{Header: rtp.Header{PayloadType: 0, Timestamp: 77, SSRC: 2}, Payload: loud})
	got := h.Samples()
	if len(got) != 160*5 {
		t.Fatalf("%d samples, want 5 frames", len(got))
	}
	for i, want := range []bool{true, false, true, true, true} {
		if (got[i*160] != 0) != want {
			t.Errorf("frame %d has sound: %v, want %v", i, !want, want)
		}
	}
}

func FuzzAnyBytesAreAWAVOrAnError(f *testing.F) {
	f.Add([]byte("RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data\x04\x00\x00\x00\x01\x00\x02\x00"))
	f.Add([]byte("RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x06\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00data\xff\xff\xff\xff\xd5\xd5"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if samples, err := parseWAV(b); err == nil && len(samples) > len(b) {
			t.Errorf("%d samples from %d bytes", len(samples), len(b))
		}
	})
}
