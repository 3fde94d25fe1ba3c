package calls

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
)

const (
	greetingRate = 8000             // what Asterisk plays without resampling
	greetingMax  = 20 << 20         // bytes of an upload
	greetingLong = 10 * time.Minute // of sound
)

// Greeting is a file that callers hear.
type Greeting struct {
	ID        string    `json:"id" db:"id"`
	Name      string    `json:"name" db:"name"`
	Seconds   float64   `json:"seconds" db:"seconds"`
	Size      int64     `json:"size" db:"size"`
	CreatedAt time.Time `json:"created_at" db:"created_at"`
}

type greetingUpload struct {
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" contentType:"audio/wav,audio/x-wav,audio/wave,audio/vnd.wave,application/octet-stream" required:"true"`
		Name string        `form:"name" maxLength:"100"`
	}]
}

// Greetings lists the files that callers may hear.
func (b *Book) Greetings(ctx context.Context) ([]Greeting, error) {
	rows, err := b.pool.Query(ctx, "select id::text, name, seconds, size, created_at from greetings where archived_at is null order by lower(name), id")
	if err != nil {
		return nil, fmt.Errorf("reading the greetings: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Greeting])
	if err != nil {
		return nil, fmt.Errorf("reading the greetings: %w", err)
	}
	return list, nil
}

// AddGreeting keeps a WAV file (16-bit PCM) in the form that Asterisk plays.
func (b *Book) AddGreeting(ctx context.Context, name string, wav []byte) (g Greeting, err error) {
	name = strings.TrimSpace(clean(name))
	if name == "" {
		return g, crm.Invalid("required", crm.Params{"field": "name"})
	}
	samples, rate, err := readPCM(wav)
	if err != nil {
		return g, err
	}
	samples = resample(samples, rate, greetingRate)
	file := writePCM(samples)
	g = Greeting{ID: crm.NewID(), Name: name, Seconds: float64(len(samples)) / greetingRate, Size: int64(len(file)), CreatedAt: b.clock.Now()}
	if err := os.MkdirAll(b.o.Greetings, 0o755); err != nil {
		return g, fmt.Errorf("making the greetings folder: %w", err)
	}
	path := filepath.Join(b.o.Greetings, g.ID+".wav")
	if err := os.WriteFile(path, file, 0o644); err != nil {
		return g, fmt.Errorf("writing a greeting: %w", err)
	}
	err = postgres.Tx(ctx, b.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "insert into greetings (id, name, seconds, size, created_at) values ($1, $2, $3, $4, $5)",
			g.ID, g.Name, g.Seconds, g.Size, g.CreatedAt)
		if err != nil {
			return taken(err, "saving a greeting")
		}
		return b.audit(ctx, tx, "greeting", g.ID, "added", g)
	})
	if err != nil {
		_ = os.Remove(path)
		return g, err
	}
	b.settingsChanged()
	return g, nil
}

func badWAV(reason string) error { return crm.Invalid("bad_wav", crm.Params{"reason": reason}) }

// readPCM reads a RIFF WAVE file of 16-bit PCM, its channels mixed to one.
func readPCM(b []byte) (samples []int16, rate int, err error) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return nil, 0, badWAV("no_wav")
	}
	channels := 0
	for at := 12; at+8 <= len(b); {
		size := int(binary.LittleEndian.Uint32(b[at+4:]))
		body := b[at+8:]
		if size < 0 || size > len(body) {
			size = len(body)
		}
		switch string(b[at : at+4]) {
		case "fmt ":
			if size < 16 {
				return nil, 0, badWAV("no_wav")
			}
			format, bits := binary.LittleEndian.Uint16(body), binary.LittleEndian.Uint16(body[14:])
			channels, rate = int(binary.LittleEndian.Uint16(body[2:])), int(binary.LittleEndian.Uint32(body[4:]))
			if format != 1 && format != 0xfffe || bits != 16 {
				return nil, 0, badWAV("not_pcm16")
			}
			if channels < 1 || channels > 8 || rate < 4000 || rate > 192_000 {
				return nil, 0, badWAV("no_wav")
			}
		case "data":
			if channels == 0 {
				return nil, 0, badWAV("no_wav")
			}
			if samples = mix(body[:size], channels); len(samples) == 0 {
				return nil, 0, badWAV("empty")
			}
			if len(samples)/rate > int(greetingLong/time.Second) {
				return nil, 0, badWAV("long")
			}
			return samples, rate, nil
		}
		at += 8 + size + size&1
	}
	return nil, 0, badWAV("no_wav")
}

func mix(b []byte, channels int) []int16 {
	out := make([]int16, len(b)/2/channels)
	for i := range out {
		sum := 0
		for c := range channels {
			sum += int(int16(binary.LittleEndian.Uint16(b[2*(i*channels+c):])))
		}
		out[i] = int16(sum / channels)
	}
	return out
}

// resample changes the rate: means of what falls into a sample going down, straight lines going up.
func resample(in []int16, from, to int) []int16 {
	if from == to {
		return in
	}
	step := float64(from) / float64(to)
	out := make([]int16, int(float64(len(in))/step))
	for i := range out {
		at := float64(i) * step
		first, last := int(at), min(len(in), int(math.Ceil(at+step)))
		if step <= 1 {
			next := min(first+1, len(in)-1)
			part := at - float64(first)
			out[i] = int16(float64(in[first])*(1-part) + float64(in[next])*part)
			continue
		}
		sum := 0
		for _, s := range in[first:last] {
			sum += int(s)
		}
		out[i] = int16(sum / max(1, last-first))
	}
	return out
}

// writePCM makes a WAV file of one channel at 8 kHz.
func writePCM(samples []int16) []byte {
	var b bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			_ = binary.Write(&b, binary.LittleEndian, v) // a buffer takes everything
		}
	}
	n := uint32(2 * len(samples))
	put([]byte("RIFF"), 36+n, []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(greetingRate), uint32(2*greetingRate), uint16(2), uint16(16),
		[]byte("data"), n, samples)
	return b.Bytes()
}
