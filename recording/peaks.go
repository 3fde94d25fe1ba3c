package recording

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
)

// loudness is the linear value of each code in 1/128 of full scale, for mu-law (index 1, tag 7) and A-law (index 0, tag 6).
var loudness = func() (t [2][256]int8) {
	for i := range 256 {
		t[muLaw&1][i] = int8(decodeMu(byte(i)) >> 8)
		t[aLaw&1][i] = int8(decodeA(byte(i)) >> 8)
	}
	return t
}()

func decodeMu(c byte) int16 {
	c = ^c
	v := (int(c&0x0F)<<3 + 0x84) << (c & 0x70 >> 4)
	if c&0x80 != 0 {
		return int16(0x84 - v)
	}
	return int16(v - 0x84)
}

func decodeA(c byte) int16 {
	c ^= 0x55
	v := int(c&0x0F)<<4 + 8
	if exp := c & 0x70 >> 4; exp > 0 {
		v = (v + 0x100) << (exp - 1)
	}
	if c&0x80 == 0 {
		v = -v
	}
	return int16(v)
}

// Waveform is the picture of a recording: for each bucket the least and the greatest sample of each side, in 1/128 of full scale.
type Waveform struct {
	Rate   int    `json:"rate"`   // buckets a second
	Frames int64  `json:"frames"` // samples of each side, at 8 kHz
	Client []int8 `json:"client"` // least, greatest, least, greatest ...
	Agent  []int8 `json:"agent"`
}

// maxBuckets bounds a picture: ten minutes at 50 a second.
const maxBuckets = 30_000

// Peaks draws the waveform of a recording, with 50 buckets a second, fewer for a long one.
func Peaks(path string) (Waveform, error) {
	f, err := os.Open(path)
	if err != nil {
		return Waveform{}, fmt.Errorf("drawing a waveform: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Waveform{}, fmt.Errorf("drawing a waveform: %w", err)
	}
	w, err := draw(f, info.Size())
	if err != nil {
		return Waveform{}, fmt.Errorf("drawing the waveform of %s: %w", path, err)
	}
	return w, nil
}

func draw(r io.Reader, size int64) (Waveform, error) {
	head := make([]byte, headerSize)
	if _, err := io.ReadFull(r, head); err != nil {
		return Waveform{}, errHeader
	}
	l, err := parseHeader(head)
	if err != nil {
		return Waveform{}, err
	}
	w := Waveform{Rate: 50, Frames: max(0, size-headerSize) / channels}
	for _, slower := range []int{25, 10, 5, 2, 1} {
		if w.Frames*int64(w.Rate)/rate > maxBuckets {
			w.Rate = slower
		}
	}
	step := rate / w.Rate * channels
	levels := &loudness[l&1]
	in := bufio.NewReaderSize(r, 1<<16)
	b := make([]byte, step)
	for {
		n, err := io.ReadFull(in, b)
		if n >= channels {
			w.add(levels, b[:n/channels*channels])
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return w, nil
		}
		if err != nil {
			return Waveform{}, err
		}
	}
}

func (w *Waveform) add(levels *[256]int8, b []byte) {
	cl, ch := levels[b[0]], levels[b[0]]
	al, ah := levels[b[1]], levels[b[1]]
	for i := 0; i < len(b); i += channels {
		c, a := levels[b[i]], levels[b[i+1]]
		cl, ch = min(cl, c), max(ch, c)
		al, ah = min(al, a), max(ah, a)
	}
	w.Client = append(w.Client, cl, ch)
	w.Agent = append(w.Agent, al, ah)
}
