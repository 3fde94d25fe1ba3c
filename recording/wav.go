package recording

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"time"
)

const (
	rate       = 8000
	channels   = 2
	headerSize = 58 // RIFF 12, fmt 8+18, fact 8+4, data 8
	maxFrames  = (math.MaxUint32 - headerSize) / channels
)

// law is the companding law of a file, by its WAVE format tag (RFC 2361).
type law uint16

const (
	aLaw  law = 6
	muLaw law = 7
)

func parseLaw(name string) (law, error) {
	switch name {
	case "alaw":
		return aLaw, nil
	case "ulaw":
		return muLaw, nil
	}
	return 0, fmt.Errorf("law %q is neither alaw nor ulaw", name)
}

func (l law) String() string {
	if l == aLaw {
		return "alaw"
	}
	return "ulaw"
}

// silence is the code of the sample nearest to zero (G.711).
func (l law) silence() byte {
	if l == aLaw {
		return 0xD5
	}
	return 0xFF
}

// header is that of a stereo file of so many frames; a frame is one sample of each channel.
func header(l law, frames int64) []byte {
	data := uint32(min(frames, maxFrames) * channels)
	b := append(make([]byte, 0, headerSize), "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, headerSize-8+data)
	b = append(b, "WAVEfmt \x12\x00\x00\x00"...)
	b = binary.LittleEndian.AppendUint16(b, uint16(l))
	b = append(b, channels, 0)
	b = binary.LittleEndian.AppendUint32(b, rate)
	b = binary.LittleEndian.AppendUint32(b, rate*channels)
	b = append(b, channels, 0, 8, 0, 0, 0) // block size, bits a sample, no extension
	b = append(b, "fact\x04\x00\x00\x00"...)
	b = binary.LittleEndian.AppendUint32(b, data/channels)
	b = append(b, "data"...)
	return binary.LittleEndian.AppendUint32(b, data)
}

// WriteFile writes a whole recording: the codes of both sides, equally long, the client's left.
func WriteFile(path, lawName string, client, agent []byte) error {
	l, err := parseLaw(lawName)
	if err != nil {
		return fmt.Errorf("writing a recording: %w", err)
	}
	if len(client) != len(agent) {
		return fmt.Errorf("writing a recording: the sides have %d and %d samples", len(client), len(agent))
	}
	b := append(make([]byte, 0, headerSize+channels*len(client)), header(l, int64(len(client)))...)
	for i := range client {
		b = append(b, client[i], agent[i])
	}
	if err := os.WriteFile(path, b, 0o640); err != nil {
		return fmt.Errorf("writing a recording: %w", err)
	}
	return nil
}

var errHeader = errors.New("the file does not begin as a recording of ours")

// parseHeader reads what header wrote; sizes are not looked at, since a crash leaves old ones.
func parseHeader(b []byte) (law, error) {
	if len(b) < headerSize {
		return 0, errHeader
	}
	for _, l := range []law{aLaw, muLaw} {
		want := header(l, 0)
		if bytes.Equal(b[:4], want[:4]) && bytes.Equal(b[8:46], want[8:46]) && bytes.Equal(b[50:54], want[50:54]) {
			return l, nil
		}
	}
	return 0, errHeader
}

// repair makes the sizes in the header agree with the file, gives a header to a file that a crash left without one, and cuts half a
// frame off. It answers the law, the frames and whether anything was changed. The hint is the law of the side notes, 0 for unknown.
func repair(path string, hint law) (l law, frames int64, changed bool, err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return 0, 0, false, fmt.Errorf("repairing a recording: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return 0, 0, false, fmt.Errorf("repairing a recording: %w", err)
	}
	size := info.Size()
	head := make([]byte, headerSize)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, 0, false, fmt.Errorf("repairing a recording: %w", err)
	}
	if l, err = parseHeader(head[:n]); err != nil {
		if hint == 0 {
			return 0, 0, false, fmt.Errorf("repairing %s: %w", path, err)
		}
		l = hint
	}
	frames = max(0, size-headerSize) / channels
	want := header(l, frames)
	end := headerSize + frames*channels
	if bytes.Equal(want, head) && size == end {
		return l, frames, false, nil
	}
	if _, err := f.WriteAt(want, 0); err != nil {
		return 0, 0, false, fmt.Errorf("repairing the header of a recording: %w", err)
	}
	if err := f.Truncate(end); err != nil {
		return 0, 0, false, fmt.Errorf("repairing the end of a recording: %w", err)
	}
	if err := f.Sync(); err != nil {
		return 0, 0, false, fmt.Errorf("keeping a repaired recording: %w", err)
	}
	return l, frames, true, nil
}

func length(frames int64) time.Duration { return time.Duration(frames) * time.Second / rate }

func frameAt(d time.Duration) int64 {
	return int64(d/time.Second)*rate + int64(d%time.Second)*rate/int64(time.Second)
}
