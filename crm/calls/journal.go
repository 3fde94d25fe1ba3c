package calls

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"ringbook/telephony"
)

// line is one entry of the journal: a snapshot of a call or of an agent.
type line struct {
	Call  *telephony.Call  `json:"call,omitempty"`
	Tape  *Tape            `json:"tape,omitempty"`
	Agent *telephony.Agent `json:"agent,omitempty"`
}

// journal is the file for what the database could not take. A torn last line, from a crash, is passed over.
type journal struct {
	mu   sync.Mutex
	file *os.File
	size int64
}

func openJournal(path string) (*journal, []line, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, err
	}
	lines, err := readLines(f)
	if err != nil {
		f.Close()
		return nil, nil, fmt.Errorf("reading %s: %w", path, err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return &journal{file: f, size: info.Size()}, lines, nil
}

func readLines(r io.Reader) ([]line, error) {
	var out []line
	in := bufio.NewReader(r)
	for {
		text, err := in.ReadBytes('\n')
		var l line
		if json.Unmarshal(bytes.TrimSpace(text), &l) == nil {
			out = append(out, l)
		}
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// add appends one line. A line that a full disk cut short is ended, so that the next one stands alone.
func (j *journal) add(l line) error {
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	n, err := j.file.Write(append(text, '\n'))
	j.size += int64(n)
	if err != nil && n > 0 {
		_, _ = j.file.Write([]byte{'\n'})
	}
	return err
}

func (j *journal) empty() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.size == 0
}

// clear forgets everything: it is all stored.
func (j *journal) clear() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.size == 0 {
		return nil
	}
	if err := j.file.Truncate(0); err != nil {
		return err
	}
	j.size = 0
	return nil
}

func (j *journal) close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.file.Close()
}
