package crm

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// SealKey is how many bytes the key of a [Sealer] has.
const SealKey = 32

// sealed is the first byte of what a Sealer wrote, so that another way can follow some day.
const sealed = 1

// ErrSealed says that something cannot be opened: it was sealed with another key or for another context, or was changed.
var ErrSealed = errors.New("sealed with another key, or changed since")

// Sealer keeps secrets that must be read back, such as a trunk's password, with AES-256-GCM. The context names the place of
// the secret, such as "users.totp/ID": what was sealed for one row cannot be opened from another.
type Sealer struct{ aead cipher.AEAD }

// NewSealer makes a Sealer of a key of [SealKey] bytes.
func NewSealer(key []byte) (*Sealer, error) {
	if len(key) != SealKey {
		return nil, fmt.Errorf("the secret key has %d bytes, it must have %d", len(key), SealKey)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("use the secret key: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("use the secret key: %w", err)
	}
	return &Sealer{aead}, nil
}

// Seal encrypts a secret for its context.
func (s *Sealer) Seal(plain []byte, context string) ([]byte, error) {
	return s.aead.Seal([]byte{sealed}, nil, plain, []byte(context)), nil
}

// Open gives back what was sealed for the same context, else [ErrSealed].
func (s *Sealer) Open(box []byte, context string) ([]byte, error) {
	if len(box) < 1 || box[0] != sealed {
		return nil, ErrSealed
	}
	plain, err := s.aead.Open(nil, nil, box[1:], []byte(context))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// OpenSealer makes a Sealer of the key as it is configured (32 bytes in base64 or hexadecimal), or else of the key in the file,
// which is made with mode 0600 when it is not there.
func OpenSealer(configured, file string) (*Sealer, error) {
	if configured != "" {
		return sealerOf(configured, "RINGBOOK_SECRET_KEY")
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeKey(file); err != nil {
			return nil, fmt.Errorf("make the secret key: %w", err)
		}
		text, err = os.ReadFile(file)
	}
	if err != nil {
		return nil, fmt.Errorf("read the secret key: %w", err)
	}
	if info, err := os.Stat(file); err == nil && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("others may read the secret key: chmod 600 %s", file)
	}
	return sealerOf(string(text), file)
}

func sealerOf(text, from string) (*Sealer, error) {
	text = strings.TrimSpace(text)
	key, err := hex.DecodeString(text)
	if err != nil {
		key, err = base64.StdEncoding.DecodeString(text)
	}
	if err != nil { // not quoted: it is a secret, whatever it looks like
		return nil, fmt.Errorf("%s is neither base64 nor hexadecimal", from)
	}
	s, err := NewSealer(key)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	return s, nil
}

// makeKey writes a new key whole or not at all. Of two processes that start at once, one's key stays and both read it.
func makeKey(file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".secret-*") // with mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	key := make([]byte, SealKey)
	_, _ = rand.Read(key) // never fails since Go 1.24
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), file); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
