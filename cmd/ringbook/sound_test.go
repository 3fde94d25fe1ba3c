package main

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"

	"ringbook/softphone/g711"
	"ringbook/softphone/testphone"
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

// bursts is a tenth of a second of tone at the beginning of each second.
func bursts(hz float64, seconds int) []int16 {
	out := make([]int16, 8000*seconds)
	for i := range seconds {
		copy(out[8000*i:], tone(hz, 0.1))
	}
	return out
}

// wavFile writes samples where Asterisk can play them and returns the path without its ".wav".
func wavFile(t *testing.T, samples []int16) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sound")
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
	if err := os.WriteFile(path+".wav", data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// onsets are the samples at which a burst begins: 10 ms with sound after 50 ms without.
func onsets(samples []int16) (out []int) {
	quiet := 0
	for i := 0; i+80 <= len(samples); i += 8 {
		if audible(samples[i : i+8]) {
			if quiet >= 50 {
				out = append(out, i)
			}
			quiet = 0
		} else {
			quiet++
		}
	}
	return out
}

func audible(samples []int16) bool {
	for _, v := range samples {
		if v > 2000 || v < -2000 {
			return true
		}
	}
	return false
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

// mono reads a 16-bit WAV of one channel.
func mono(t *testing.T, path string) []int16 {
	t.Helper()
	samples, err := testphone.ReadWAV(path)
	if err != nil {
		t.Fatal(err)
	}
	return samples
}
