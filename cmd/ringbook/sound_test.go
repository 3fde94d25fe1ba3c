package main

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"

	"ringbook/softphone/g711"
)

// The tones of the two sides.
const (
	clientTone = 440.0
	agentTone  = 1000.0
)

// tone is a sine at 8 kHz.
func tone(hz, seconds float64) []int16 {
	out := make([]int16, int(8000*seconds))
	for i := range out {
		out[i] = int16(9000 * math.Sin(2*math.Pi*hz*float64(i)/8000))
	}
	return out
}

// toneFile writes a tone where Asterisk can play it and returns its path.
func toneFile(t *testing.T, hz, seconds float64) string {
	t.Helper()
	samples := tone(hz, seconds)
	data := make([]byte, 44+2*len(samples))
	copy(data, "RIFF")
	binary.LittleEndian.PutUint32(data[4:], uint32(len(data)-8))
	copy(data[8:], "WAVEfmt ")
	for i, v := range []uint32{16, 1 | 1<<16, 8000, 16000, 2 | 16<<16} {
		binary.LittleEndian.PutUint32(data[16+4*i:], v)
	}
	copy(data[36:], "data")
	binary.LittleEndian.PutUint32(data[40:], uint32(2*len(samples)))
	for i, v := range samples {
		binary.LittleEndian.PutUint16(data[44+2*i:], uint16(v))
	}
	path := filepath.Join(t.TempDir(), "tone.wav")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// power is the strength of one frequency in the samples, in dB (Goertzel).
func power(samples []int16, hz float64) float64 {
	w := 2 * math.Pi * hz / 8000
	var s1, s2 float64
	for _, v := range samples {
		s1, s2 = float64(v)+2*math.Cos(w)*s1-s2, s1
	}
	p := s1*s1 + s2*s2 - 2*math.Cos(w)*s1*s2
	return 10 * math.Log10(p/float64(len(samples)*len(samples))+1e-9)
}

// channels decodes a stereo G.711 WAV: the client left, the agent right.
func channels(t *testing.T, wav []byte) (client, agent []int16) {
	t.Helper()
	if len(wav) < 60 || string(wav[:4]) != "RIFF" {
		t.Fatalf("no WAV: %d bytes", len(wav))
	}
	law := g711.ALaw
	if binary.LittleEndian.Uint16(wav[20:]) == 7 {
		law = g711.MuLaw
	}
	at := 12
	for string(wav[at:at+4]) != "data" {
		at += 8 + int(binary.LittleEndian.Uint32(wav[at+4:]))
	}
	for _, b := range pairs(wav[at+8:]) {
		client = append(client, law.Decode(b[0]))
		agent = append(agent, law.Decode(b[1]))
	}
	return client, agent
}

func pairs(b []byte) [][2]byte {
	out := make([][2]byte, len(b)/2)
	for i := range out {
		out[i] = [2]byte{b[2*i], b[2*i+1]}
	}
	return out
}
