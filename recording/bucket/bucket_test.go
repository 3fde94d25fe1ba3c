package bucket_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ringbook/recording"
	"ringbook/recording/bucket"
)

var store bucket.Config

// TestMain serves one real store for all tests: a process can have no more.
func TestMain(m *testing.M) {
	code, err := serve(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func serve(m *testing.M) (int, error) {
	dir, err := os.MkdirTemp("", "store")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	addr := l.Addr().String()
	_ = l.Close()
	store = bucket.Config{Endpoint: "http://" + addr, Bucket: "recordings", AccessKey: "access", SecretKey: "secret-of-the-test"}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		ended <- bucket.Serve(ctx, bucket.Options{Listen: addr, Dir: dir, AccessKey: store.AccessKey, SecretKey: store.SecretKey})
	}()
	for {
		r, err := http.Get(store.Endpoint + bucket.HealthPath)
		if err == nil {
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK {
				break
			}
		}
		select {
		case err := <-ended:
			return 0, fmt.Errorf("the store ended: %w", err)
		case <-time.After(10 * time.Millisecond):
		}
	}
	code := m.Run()
	cancel()
	return code, <-ended
}

func open(t *testing.T) *bucket.S3 {
	t.Helper()
	b, err := bucket.Open(store)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.EnsureBucket(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b
}

// file writes a file of so many bytes and answers its sum.
func file(t testing.TB, size int) (path, sum string, content []byte) {
	t.Helper()
	content = bytes.Repeat([]byte("ringbook"), size/8+1)[:size]
	path = filepath.Join(t.TempDir(), "call.wav")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	h := sha256.Sum256(content)
	return path, hex.EncodeToString(h[:]), content
}

func read(t *testing.T, b recording.Bucket, key string, from, to int64) []byte {
	t.Helper()
	r, err := b.Get(t.Context(), key, from, to)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestWhatIsPutIsVerifiedAndReadBack(t *testing.T) {
	t.Parallel()
	b := open(t)
	for _, size := range []int{58, 100_000, 20 << 20} { // the last one would be a multipart upload by default
		key := fmt.Sprintf("2026/03/call-%d.wav", size)
		path, sum, content := file(t, size)
		for range 2 { // the same key may be put again
			if err := b.Put(t.Context(), key, path, sum); err != nil {
				t.Fatal(err)
			}
		}
		info, err := b.Stat(t.Context(), key)
		if err != nil || info.Size != int64(size) || info.SHA256 != sum || time.Since(info.At).Abs() > time.Minute {
			t.Errorf("stat of %d bytes: %+v, %v", size, info, err)
		}
		if err := recording.Verify(t.Context(), b, key, int64(size), sum); err != nil {
			t.Error(err)
		}
		if err := recording.Verify(t.Context(), b, key, int64(size), strings.Repeat("0", 64)); !errors.Is(err, recording.ErrAltered) {
			t.Errorf("a wrong sum was verified: %v", err)
		}
		if !bytes.Equal(read(t, b, key, 0, -1), content) {
			t.Errorf("%d bytes came back changed", size)
		}
	}
}

func TestRangesAreThoseOfHTTP(t *testing.T) {
	t.Parallel()
	b := open(t)
	path, sum, content := file(t, 1000)
	if err := b.Put(t.Context(), "ranges.wav", path, sum); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to int64 }{{0, 0}, {0, 99}, {1, 1}, {500, -1}, {999, 999}, {990, 5000}} {
		want := content[c.from:]
		if c.to >= 0 {
			want = content[c.from : min(c.to, 999)+1]
		}
		if got := read(t, b, "ranges.wav", c.from, c.to); !bytes.Equal(got, want) {
			t.Errorf("%d-%d: %d bytes, want %d", c.from, c.to, len(got), len(want))
		}
	}
}

func TestTheServerRefusesWhatDoesNotMatchItsSum(t *testing.T) {
	t.Parallel()
	b := open(t)
	path, _, _ := file(t, 1000)
	if err := b.Put(t.Context(), "damaged.wav", path, strings.Repeat("ab", 32)); err == nil {
		t.Error("a file with a wrong sum was taken")
	}
	if _, err := b.Stat(t.Context(), "damaged.wav"); !errors.Is(err, recording.ErrNotFound) {
		t.Errorf("it is there: %v", err)
	}
	if err := b.Put(t.Context(), "damaged.wav", path, "no sum"); err == nil {
		t.Error("a file without a sum was taken")
	}
}

func TestWhatIsDeletedIsNotFound(t *testing.T) {
	t.Parallel()
	b := open(t)
	path, sum, _ := file(t, 1000)
	if err := b.Put(t.Context(), "gone.wav", path, sum); err != nil {
		t.Fatal(err)
	}
	for range 2 { // deleting what is gone is no error
		if err := b.Delete(t.Context(), "gone.wav"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Stat(t.Context(), "gone.wav"); !errors.Is(err, recording.ErrNotFound) {
		t.Errorf("stat: %v", err)
	}
	if _, err := b.Get(t.Context(), "gone.wav", 0, -1); !errors.Is(err, recording.ErrNotFound) {
		t.Errorf("get: %v", err)
	}
}

func TestAWrongKeyOrEndpointIsAnErrorAndNotAMissingRecording(t *testing.T) {
	t.Parallel()
	wrong := store
	wrong.SecretKey = "another"
	b, err := bucket.Open(wrong)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Stat(t.Context(), "any.wav"); err == nil || errors.Is(err, recording.ErrNotFound) {
		t.Errorf("with a wrong key: %v", err)
	}
	for _, endpoint := range []string{"", "127.0.0.1:9000", "ftp://host", "http://"} {
		if _, err := bucket.Open(bucket.Config{Endpoint: endpoint}); err == nil {
			t.Errorf("endpoint %q was taken", endpoint)
		}
	}
}

func TestASecondStoreInOneProcessIsAnError(t *testing.T) {
	t.Parallel()
	err := bucket.Serve(t.Context(), bucket.Options{Listen: "127.0.0.1:0", Dir: t.TempDir(), AccessKey: "a", SecretKey: "b"})
	if err == nil {
		t.Error("it served")
	}
}
