package recording

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// Why a stretch of a recording is silence though something may have been said.
const (
	GapRestart = "restart" // our process was away
	GapPause   = "pause"   // the capture was closed and begun again
	GapDisk    = "disk"    // the disk refused to write
)

// Gap is a stretch that was not captured, in time from the beginning of the file.
type Gap struct {
	From time.Duration `json:"from"`
	To   time.Duration `json:"to"`
	Why  string        `json:"why"`
}

// Mark is a moment that somebody wanted to find again.
type Mark struct {
	At   time.Duration `json:"at"`
	What string        `json:"what"`
}

// Notes is what stands beside a file, in CALL.json.
type Notes struct {
	Call    string    `json:"call"`
	Law     string    `json:"law"`
	At      time.Time `json:"at"`             // the time of the file's beginning
	Ended   time.Time `json:"ended,omitzero"` // zero while it is captured, and after a crash
	Gaps    []Gap     `json:"gaps,omitempty"`
	Marks   []Mark    `json:"marks,omitempty"`
	Client  int64     `json:"client_packets"`
	Agent   int64     `json:"agent_packets"`
	Dropped int64     `json:"dropped,omitempty"` // packets that came faster than they could be kept
	Failed  string    `json:"failed,omitempty"`  // the first thing that went wrong
}

// writeNotes replaces the file whole.
func writeNotes(path string, n Notes) error {
	b, err := json.MarshalIndent(n, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the notes of a recording: %w", err)
	}
	next := path + ".new"
	if err := os.WriteFile(next, append(b, '\n'), 0o640); err != nil {
		return fmt.Errorf("writing the notes of a recording: %w", err)
	}
	if err := os.Rename(next, path); err != nil {
		return fmt.Errorf("writing the notes of a recording: %w", err)
	}
	return nil
}

// readNotes answers the zero Notes when there are none or they cannot be understood: the sound counts, not its notes.
func readNotes(path string) (Notes, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Notes{}, nil
	}
	if err != nil {
		return Notes{}, fmt.Errorf("reading the notes of a recording: %w", err)
	}
	var n Notes
	if json.Unmarshal(b, &n) != nil {
		return Notes{}, nil
	}
	return n, nil
}
