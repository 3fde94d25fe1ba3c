package asterisk

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// Overview is what an Asterisk has, for whoever looks for a fault from afar. No call and no caller is in it.
type Overview struct {
	Version   string     `json:"version"`
	Started   string     `json:"started"`
	Reloaded  string     `json:"reloaded"`
	Modules   []Module   `json:"modules"`
	Endpoints []Endpoint `json:"endpoints"`
}

// Module is a part of Asterisk.
type Module struct {
	Name     string `json:"name"`
	Status   string `json:"status"`
	UseCount int    `json:"use_count"`
}

// Endpoint is a telephone or a trunk that Asterisk knows.
type Endpoint struct {
	Technology string   `json:"technology"`
	Resource   string   `json:"resource"`
	State      string   `json:"state"`
	Channels   []string `json:"channel_ids"`
}

// Survey asks an Asterisk once, without a websocket.
func Survey(ctx context.Context, o Options) (seen Overview, err error) {
	p := &PBX{o: o, http: &http.Client{Timeout: 4 * time.Second}}
	var i struct {
		System struct {
			Version string `json:"version"`
		} `json:"system"`
		Status struct {
			Started  string `json:"startup_time"`
			Reloaded string `json:"last_reload_time"`
		} `json:"status"`
	}
	if _, err := p.request(ctx, http.MethodGet, "/asterisk/info", nil, &i); err != nil {
		return seen, fmt.Errorf("ask Asterisk what it is: %w", err)
	}
	seen.Version, seen.Started, seen.Reloaded = i.System.Version, i.Status.Started, i.Status.Reloaded
	if _, err := p.request(ctx, http.MethodGet, "/asterisk/modules", nil, &seen.Modules); err != nil {
		return seen, fmt.Errorf("ask Asterisk for its modules: %w", err)
	}
	if _, err := p.request(ctx, http.MethodGet, "/endpoints", nil, &seen.Endpoints); err != nil {
		return seen, fmt.Errorf("ask Asterisk for its endpoints: %w", err)
	}
	return seen, nil
}
