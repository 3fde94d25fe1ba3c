package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"ringbook/crm/api"
)

// serve opens the three doors, and serves until the context ends.
func (s *server) serve(ctx context.Context) error {
	local := http.NewServeMux()
	local.Handle("/ari", s.pbx)
	local.Handle("GET /metrics", s.metrics)
	local.Handle("GET "+instancePath, serveInstance(s.env.Config, s.certificates.problems))
	handler := api.New(s.apiOptions())
	doors := []door{{addr: s.env.Listen, handler: s.certificates.proof(handler)}, {addr: s.env.LocalListen, handler: local}}
	if s.env.ListenTLS != "" {
		doors = append(doors, door{addr: s.env.ListenTLS, handler: handler, secure: true})
	}
	for i := range doors {
		var err error
		if doors[i].socket, err = net.Listen("tcp", doors[i].addr); err != nil {
			for _, opened := range doors[:i] {
				_ = opened.socket.Close()
			}
			return fmt.Errorf("listen on %s: %w", doors[i].addr, err)
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	for _, d := range doors {
		g.Go(func() error { return s.listen(ctx, d) })
	}
	g.Go(func() error { return s.certificates.run(ctx) }) // all doors are open: an authority comes to see them
	return g.Wait()
}

// door is one address that we serve on.
type door struct {
	addr    string
	socket  net.Listener
	handler http.Handler
	secure  bool
}

// listen serves until the context ends, then lets what runs finish for a moment.
func (s *server) listen(ctx context.Context, d door) error {
	srv := &http.Server{Handler: d.handler, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug)}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-ctx.Done()
		wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		defer cancel()
		_ = srv.Shutdown(wait)
		_ = srv.Close()
	}()
	var err error
	if d.secure {
		srv.TLSConfig = s.certificates.config()
		err = srv.ServeTLS(d.socket, "", "")
	} else {
		err = srv.Serve(d.socket)
	}
	if errors.Is(err, http.ErrServerClosed) {
		<-stopped
		return nil
	}
	return fmt.Errorf("serve on %s: %w", d.addr, err)
}
