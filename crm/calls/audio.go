package calls

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"ringbook/crm"
	"ringbook/recording"
)

// sound is an object of the bucket to be read from any place. It opens the object where it is read.
type sound struct {
	ctx    context.Context
	bucket recording.Bucket
	key    string
	size   int64
	at     int64
	body   io.ReadCloser
}

// Read implements io.Reader.
func (s *sound) Read(p []byte) (int, error) {
	if s.at >= s.size {
		return 0, io.EOF
	}
	if s.body == nil {
		body, err := s.bucket.Get(s.ctx, s.key, s.at, -1)
		if err != nil {
			return 0, fmt.Errorf("reading a recording from the bucket: %w", err)
		}
		s.body = body
	}
	n, err := s.body.Read(p)
	s.at += int64(n)
	if errors.Is(err, io.EOF) && s.at < s.size {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// Seek implements io.Seeker.
func (s *sound) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += s.at
	case io.SeekEnd:
		offset += s.size
	}
	if offset < 0 {
		return 0, errors.New("seeking before the beginning of a recording")
	}
	if offset != s.at && s.body != nil {
		s.body.Close()
		s.body = nil
	}
	s.at = offset
	return offset, nil
}

// Close ends what Read opened.
func (s *sound) Close() error {
	if s.body == nil {
		return nil
	}
	return s.body.Close()
}

// open finds the sound where it is: in the bucket, or still in the spool.
func (b *Book) open(ctx context.Context, r Recording) (io.ReadSeekCloser, error) {
	if r.path != "" {
		f, err := os.Open(r.path)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, os.ErrNotExist) || r.key == "" {
			return nil, fmt.Errorf("opening a recording in the spool: %w", err)
		}
	}
	if b.o.Bucket == nil || r.key == "" {
		return nil, crm.Unavailable("recording_away")
	}
	if _, err := b.o.Bucket.Stat(ctx, r.key); err != nil {
		away := crm.Unavailable("recording_away")
		away.Err = err
		return nil, away
	}
	return &sound{ctx: ctx, bucket: b.o.Bucket, key: r.key, size: r.Size}, nil
}

// fetched counts which bytes leave.
type fetched struct {
	io.ReadSeeker
	at, from, to int64
}

func (f *fetched) Seek(offset int64, whence int) (int64, error) {
	at, err := f.ReadSeeker.Seek(offset, whence)
	f.at = at
	return at, err
}

func (f *fetched) Read(p []byte) (int, error) {
	n, err := f.ReadSeeker.Read(p)
	if n > 0 {
		if f.to == 0 || f.at < f.from {
			f.from = f.at
		}
		f.at += int64(n)
		f.to = max(f.to, f.at)
	}
	return n, err
}

// getAudio streams a recording, whole or by ranges (RFC 9110 section 14).
func (b *Book) getAudio(ctx context.Context, in *byID) (*huma.StreamResponse, error) {
	r, err := b.Recording(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if !r.Playable {
		return nil, crm.NotFound("audio")
	}
	body, err := b.open(ctx, r)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		defer body.Close()
		request, w := humago.Unwrap(hctx)
		w.Header().Set("Content-Type", "audio/wav")
		w.Header().Set("Cache-Control", "private, no-cache")
		if r.SHA256 != "" {
			w.Header().Set("ETag", `"`+r.SHA256+`"`)
		}
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(10 * time.Minute))
		out := &fetched{ReadSeeker: body}
		http.ServeContent(w, request, "", time.Time{}, out)
		if out.to > out.from && request.Method == http.MethodGet {
			b.logFetch(context.WithoutCancel(ctx), r.ID, out.from, out.to)
		}
	}}, nil
}

func (b *Book) logFetch(ctx context.Context, id string, from, to int64) {
	limited, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, err := b.pool.Exec(limited, "insert into audio_fetches (recording_id, user_id, at, from_byte, to_byte) values ($1, $2, $3, $4, $5)",
		id, crm.ActorFrom(ctx).User, b.clock.Now(), from, to)
	if err != nil {
		b.log.Error("logging a fetch", "call", id, "err", err)
	}
}
