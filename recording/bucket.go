package recording

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// ErrNotFound says that the bucket has no such object.
var ErrNotFound = errors.New("the recording is not in the bucket")

// Info is what a bucket knows of an object.
type Info struct {
	Size   int64
	SHA256 string // hex; empty when the bucket keeps no checksum
	At     time.Time
}

// Bucket is where recordings are kept for good. Sums are SHA-256 in hex.
type Bucket interface {
	// Put stores a file whole or not at all; the bucket checks the sum. The same key may be put again.
	Put(ctx context.Context, key, path, sum string) error
	// Stat answers ErrNotFound for what is not there.
	Stat(ctx context.Context, key string) (Info, error)
	// Get reads the bytes from..to, both inclusive as in RFC 9110; to < 0 means to the end.
	Get(ctx context.Context, key string, from, to int64) (io.ReadCloser, error)
	// Delete is no error for what is not there.
	Delete(ctx context.Context, key string) error
}

// Sum is the size and the SHA-256, in hex, of a file.
func Sum(path string) (size int64, sum string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, "", fmt.Errorf("summing a recording: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if size, err = io.Copy(h, f); err != nil {
		return 0, "", fmt.Errorf("summing a recording: %w", err)
	}
	return size, hex.EncodeToString(h.Sum(nil)), nil
}

// ErrAltered says that the bucket's object is not what was put there.
var ErrAltered = errors.New("the bucket holds something else than what was recorded")

// Verify proves that the object is the file of that size and sum: by the bucket's own checksum, or by reading it all when it keeps none.
func Verify(ctx context.Context, b Bucket, key string, size int64, sum string) error {
	info, err := b.Stat(ctx, key)
	if err != nil {
		return fmt.Errorf("verifying recording %s: %w", key, err)
	}
	if info.Size != size || info.SHA256 != "" && info.SHA256 != sum {
		return fmt.Errorf("verifying recording %s (%d bytes, sum %.12s; want %d, %.12s): %w", key, info.Size, info.SHA256, size, sum, ErrAltered)
	}
	if info.SHA256 != "" {
		return nil
	}
	r, err := b.Get(ctx, key, 0, -1)
	if err != nil {
		return fmt.Errorf("verifying recording %s by reading it: %w", key, err)
	}
	defer r.Close()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return fmt.Errorf("verifying recording %s by reading it: %w", key, err)
	}
	if hex.EncodeToString(h.Sum(nil)) != sum {
		return fmt.Errorf("verifying recording %s by reading it: %w", key, ErrAltered)
	}
	return nil
}
