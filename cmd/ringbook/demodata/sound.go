package demodata

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"ringbook/crm/calls"
	"ringbook/recording"
	"ringbook/softphone/g711"
	"ringbook/telephony"
)

const rate = 8000

// Studio makes voices: with espeak-ng where it is installed, else tones that rise and fall as speech does.
type Studio struct {
	log    *slog.Logger
	espeak string
	mu     sync.Mutex
	said   map[string][]int16
}

// NewStudio looks for espeak-ng. With plain it does not.
func NewStudio(log *slog.Logger, plain bool) *Studio {
	s := &Studio{log: log, said: map[string][]int16{}}
	if path, err := exec.LookPath("espeak-ng"); err == nil && !plain {
		s.espeak = path
	}
	return s
}

// record makes the sound of the last calls in the spool.
func (c *Company) record(ctx context.Context, spool string, studio *Studio) (map[string]calls.Tape, error) {
	tapes := map[string]calls.Tape{}
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2)
	for _, call := range c.Sounding() {
		group.Go(func() error {
			client, agent := studio.talk(ctx, call, c.person(string(call.Agent)).female)
			path := filepath.Join(spool, string(call.ID)+".wav")
			if err := recording.WriteFile(path, "alaw", client, agent); err != nil {
				return err
			}
			info, err := os.Stat(path)
			if err != nil {
				return fmt.Errorf("looking at a recording: %w", err)
			}
			mu.Lock()
			defer mu.Unlock()
			tapes[string(call.ID)] = calls.Tape{Path: path, At: call.AnsweredAt, Duration: time.Duration(len(client)) * time.Second / rate, Size: info.Size()}
			return nil
		})
	}
	return tapes, group.Wait()
}

func frames(d time.Duration) int { return int(d * rate / time.Second) }

// talk is what both sides say from the answer to the end: in turn while they talk, nothing while somebody hears music.
func (s *Studio) talk(ctx context.Context, call Call, female bool) (client, agent []byte) {
	chance := rand.New(rand.NewPCG(uint64(call.StartedAt.UnixMilli()), 1))
	sides := [2][]int16{}
	for i := range sides {
		sides[i] = make([]int16, frames(call.EndedAt.Sub(call.AnsweredAt)))
	}
	voices := [2]string{voice(female, 2, 1), voice(chance.IntN(2) == 0, 4, 3)} // agent, client
	topic, line := chance.IntN(len(dialogues)), 0
	for _, g := range call.Segments {
		if g.Kind != telephony.SegmentTalk {
			continue
		}
		at, end := frames(g.From.Sub(call.AnsweredAt))+rate/4, frames(g.To.Sub(call.AnsweredAt))
		for {
			if line == len(dialogues[topic]) {
				topic, line = (topic+1)%len(dialogues), 2
			}
			words := s.say(ctx, voices[line%2], dialogues[topic][line])
			if at+len(words) > end {
				break
			}
			side := 1 // the agent's
			if line%2 == 1 {
				side = 0
			}
			copy(sides[side][at:], words)
			at += len(words) + rate/4 + chance.IntN(rate/2)
			line++
		}
	}
	return coded(sides[0]), coded(sides[1])
}

// voice is one of espeak-ng's. There are four in all: each sentence is spoken once by each voice that needs it.
func voice(female bool, hers, his int) string {
	if female {
		return fmt.Sprintf("ru+f%d", hers)
	}
	return fmt.Sprintf("ru+m%d", his)
}

func coded(samples []int16) []byte {
	b := make([]byte, len(samples))
	for i, v := range samples {
		b[i] = g711.ALaw.Encode(v)
	}
	return b
}

// say gives a sentence as a voice says it, at 8 kHz.
func (s *Studio) say(ctx context.Context, voice, text string) []int16 {
	s.mu.Lock()
	words, ok := s.said[voice+text]
	espeak := s.espeak
	s.mu.Unlock()
	if ok {
		return words
	}
	if espeak != "" {
		var err error
		if words, err = spoken(ctx, espeak, voice, text); err != nil {
			s.log.Warn("espeak-ng does not speak: tones take its place", "err", err)
		}
	}
	if len(words) == 0 {
		words = hummed(voice, text)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said[voice+text] = words
	return words
}

// spoken is what espeak-ng says.
func spoken(ctx context.Context, espeak, voice, text string) ([]int16, error) {
	var wav, complaint bytes.Buffer
	cmd := exec.CommandContext(ctx, espeak, "-v", voice, "-s", "165", "-a", "90", "--stdout", text)
	cmd.Stdout, cmd.Stderr = &wav, &complaint
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, complaint.String())
	}
	return unpack(wav.Bytes())
}

// unpack reads a mono WAV of 16 bits and brings it to 8 kHz.
func unpack(wav []byte) ([]int16, error) {
	data := bytes.Index(wav, []byte("data"))
	if len(wav) < 44 || data < 0 || data+8 > len(wav) {
		return nil, io.ErrUnexpectedEOF
	}
	from := float64(binary.LittleEndian.Uint32(wav[24:]))
	body := wav[data+8:]
	in := make([]int16, len(body)/2)
	for i := range in {
		in[i] = int16(binary.LittleEndian.Uint16(body[2*i:]))
	}
	step := from / rate
	out := make([]int16, int(float64(len(in))/step))
	for i := range out { // the mean of what falls into a sample keeps out what 8 kHz cannot carry
		a, b := int(float64(i)*step), min(int(float64(i+1)*step), len(in))
		sum := 0
		for _, v := range in[a:b] {
			sum += int(v)
		}
		out[i] = int16(sum / max(1, b-a))
	}
	return out, nil
}

// hummed has a voice's pitch and the rhythm of its syllables, and no words.
func hummed(voice, text string) []int16 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, voice+text)
	chance := rand.New(rand.NewPCG(h.Sum64(), 2))
	pitch := 110 + 30*chance.Float64()
	if len(voice) > 3 && voice[3] == 'f' {
		pitch *= 1.8
	}
	syllable := rate / 5
	out := make([]int16, len([]rune(text))*rate/14)
	phase := 0.0
	for i := range out {
		if i%syllable == 0 {
			pitch *= 0.94 + 0.12*chance.Float64()
		}
		phase += 2 * math.Pi * pitch / rate
		swell := math.Pow(math.Sin(math.Pi*float64(i%syllable)/float64(syllable)), 0.6)
		v := math.Sin(phase) + 0.6*math.Sin(2*phase) + 0.4*math.Sin(3*phase) + 0.2*math.Sin(5*phase)
		out[i] = int16(5000 * swell * v)
	}
	return out
}
