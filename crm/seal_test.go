package crm

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestASecretIsOpenedOnlyWithItsKeyAndForItsContext(t *testing.T) {
	t.Parallel()
	s, err := NewSealer(bytes.Repeat([]byte{7}, SealKey))
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewSealer(bytes.Repeat([]byte{8}, SealKey))
	if err != nil {
		t.Fatal(err)
	}
	box, err := s.Seal([]byte("tone"), "trunks/1")
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Seal([]byte("tone"), "trunks/1")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(box, []byte("tone")) || bytes.Equal(box, again) {
		t.Error("the secret shows: in clear, or equal secrets look alike")
	}
	if plain, err := s.Open(box, "trunks/1"); err != nil || string(plain) != "tone" {
		t.Errorf("opened %q, %v", plain, err)
	}
	changed := bytes.Clone(box)
	changed[len(changed)-1] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"another key":     func() ([]byte, error) { return other.Open(box, "trunks/1") },
		"another context": func() ([]byte, error) { return s.Open(box, "trunks/2") },
		"changed":         func() ([]byte, error) { return s.Open(changed, "trunks/1") },
		"cut":             func() ([]byte, error) { return s.Open(box[:5], "trunks/1") },
		"nothing":         func() ([]byte, error) { return s.Open(nil, "trunks/1") },
	} {
		if plain, err := open(); !errors.Is(err, ErrSealed) {
			t.Errorf("%s: opened %q, %v", name, plain, err)
		}
	}
}

func TestTheKeysFileIsMadeOnceForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "data", "secret.key")
	var sealers [4]*Sealer
	var starting sync.WaitGroup
	for i := range sealers {
		starting.Go(func() {
			var err error
			if sealers[i], err = OpenSealer("", file); err != nil {
				t.Error(err)
			}
		})
	}
	starting.Wait()
	if t.Failed() {
		return
	}
	box, _ := sealers[0].Seal([]byte("a"), "b")
	for _, s := range sealers {
		if _, err := s.Open(box, "b"); err != nil {
			t.Error("processes that start at once have different keys")
		}
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v %v", info, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".secret-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenSealer("", file); err == nil {
		t.Error("a key that everybody may read is taken")
	}
}

func TestAConfiguredKeyIsTakenInBothWritings(t *testing.T) {
	t.Parallel()
	key := bytes.Repeat([]byte{0xab}, SealKey)
	for _, text := range []string{hex.EncodeToString(key), "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=\n"} {
		if _, err := OpenSealer(text, "/nowhere"); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"hunter2", "abcd", "не ключ"} {
		if _, err := OpenSealer(text, "/nowhere"); err == nil || strings.Contains(err.Error(), text) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
