package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// instancePath is where a running server says, to this machine only, whose it is.
const instancePath = "/instance"

// instance is what a running server says of itself, so that doctor and backup know whether the one that runs is theirs.
type instance struct {
	PID     int       `json:"pid"`
	Data    string    `json:"data"` // the folder that it works in
	Version string    `json:"version"`
	Started time.Time `json:"started"`

	Certificates string `json:"certificates,omitempty"` // what is wrong with those of HTTPS
}

// serveInstance answers for this process.
func serveInstance(c Config, certificates func() string) http.Handler {
	me := instance{PID: os.Getpid(), Data: real(c.Data), Version: version, Started: time.Now()}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		now := me
		now.Certificates = certificates()
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(now)
	})
}

// running asks the server of this configuration, if one runs.
func (c Config) running(ctx context.Context) (instance, error) {
	var i instance
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.LocalListen+instancePath, nil)
	if err != nil {
		return i, fmt.Errorf("ask the running Ringbook: %w", err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return i, fmt.Errorf("ask the running Ringbook: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(res.Body).Decode(&i); err != nil || res.StatusCode != http.StatusOK {
		return i, fmt.Errorf("ask the running Ringbook: %s is not one (%s)", c.LocalListen, res.Status)
	}
	if i.Data != real(c.Data) {
		return i, fmt.Errorf("ask the running Ringbook: the one at %s works in %s, not in %s", c.LocalListen, i.Data, real(c.Data))
	}
	return i, nil
}

// real is the path of a folder without links, as far as it can be told.
func real(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	if resolved, err := filepath.EvalSymlinks(dir); err == nil {
		dir = resolved
	}
	return dir
}
