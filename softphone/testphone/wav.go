package testphone

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/pion/rtp"

	"ringbook/softphone/g711"
)

// maxGap is the longest silence that a jump of timestamps may mean; beyond it the stream began anew.
const maxGap = 8000 * 60

// Heard keeps sound by its timestamps: what did not come is silence. Its methods are safe for concurrent use.
type Heard struct {
	mu      sync.Mutex
	begun   bool
	ssrc    uint32
	base    uint32 // timestamp of samples[0], of the present stream
	packets int
	samples []int16
}

func (h *Heard) add(p *rtp.Packet) {
	law, ok := g711.FromPayloadType(p.PayloadType)
	if !ok {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	at := int64(int32(p.Timestamp - h.base))
	if !h.begun || p.SSRC != h.ssrc || at < 0 || at > int64(len(h.samples)+maxGap) {
		at = int64(len(h.samples))
		h.begun, h.ssrc, h.base = true, p.SSRC, p.Timestamp-uint32(at)
	}
	h.packets++
	if end := int(at) + len(p.Payload); end > len(h.samples) {
		h.samples = append(h.samples, make([]int16, end-len(h.samples))...)
	}
	for i, c := range p.Payload {
		h.samples[int(at)+i] = law.Decode(c)
	}
}

// Packets is how many came.
func (h *Heard) Packets() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.packets
}

// Samples is a copy of the sound, 8 kHz.
func (h *Heard) Samples() []int16 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]int16(nil), h.samples...)
}

// WriteWAV writes the sound as 8 kHz mono PCM16.
func (h *Heard) WriteWAV(path string) error {
	samples := h.Samples()
	b := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data\x00\x00\x00\x00")
	binary.LittleEndian.PutUint32(b[4:], uint32(36+2*len(samples)))
	binary.LittleEndian.PutUint32(b[40:], uint32(2*len(samples)))
	for _, s := range samples {
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		return fmt.Errorf("writing what was heard: %w", err)
	}
	return nil
}

var errWAV = errors.New("not an 8 kHz mono WAV of PCM16, A-law or mu-law")

// ReadWAV reads 8 kHz mono sound: PCM of 16 bits, A-law or mu-law.
func ReadWAV(path string) ([]int16, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading what is to be said: %w", err)
	}
	samples, err := parseWAV(b)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return samples, nil
}

func parseWAV(b []byte) ([]int16, error) {
	if len(b) < 12 || !bytes.Equal(b[:4], []byte("RIFF")) || !bytes.Equal(b[8:12], []byte("WAVE")) {
		return nil, errWAV
	}
	var format uint16
	for b = b[12:]; len(b) >= 8; {
		name, size := string(b[:4]), int(min(binary.LittleEndian.Uint32(b[4:]), uint32(len(b)-8)))
		body := b[8 : 8+size]
		switch {
		case name == "fmt " && size >= 16:
			if binary.LittleEndian.Uint16(body[2:]) != 1 || binary.LittleEndian.Uint32(body[4:]) != 8000 {
				return nil, errWAV
			}
			format = binary.LittleEndian.Uint16(body)<<8 | binary.LittleEndian.Uint16(body[14:])
		case name == "data":
			return decode(format, body)
		}
		b = b[min(len(b), 8+size+size%2):]
	}
	return nil, errWAV
}

func decode(format uint16, body []byte) ([]int16, error) {
	var out []int16
	switch format {
	case 1<<8 | 16:
		for i := 0; i+1 < len(body); i += 2 {
			out = append(out, int16(binary.LittleEndian.Uint16(body[i:])))
		}
	case 6<<8 | 8, 7<<8 | 8:
		law := g711.ALaw
		if format>>8 == 7 {
			law = g711.MuLaw
		}
		for _, c := range body {
			out = append(out, law.Decode(c))
		}
	default:
		return nil, errWAV
	}
	return out, nil
}
