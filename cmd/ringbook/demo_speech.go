package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// speech is the body that tells the town which file a caller says. Asterisk names a sound without its ending.
func speech(file string) (io.ReadCloser, int64, error) {
	path, err := filepath.Abs(file)
	if err != nil {
		return nil, 0, fmt.Errorf("find %s: %w", file, err)
	}
	body, err := json.Marshal(map[string]any{"variables": map[string]string{"SPEECH_FILE": strings.TrimSuffix(path, filepath.Ext(path))}})
	if err != nil {
		return nil, 0, fmt.Errorf("pack the request: %w", err)
	}
	return io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
}
