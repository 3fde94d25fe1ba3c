package main

import (
	"context"
	"log/slog"
	"net"
	"strconv"
	"time"
)

// loadPage reads what every page needs to know of the settings, so that a socket opens without the database.
func (s *server) loadPage(ctx context.Context) error {
	company, err := s.access.Company(ctx)
	if err != nil {
		return err
	}
	settings, err := s.book.Settings(ctx)
	if err != nil {
		return err
	}
	reasons, err := s.book.PauseReasons(ctx)
	if err != nil {
		return err
	}
	outcomes, err := s.book.Outcomes(ctx)
	if err != nil {
		return err
	}
	_, port, _ := net.SplitHostPort(s.gateway.MediaAddr())
	media, _ := strconv.Atoi(port)
	s.pageData.Store(&map[string]any{"wrap_seconds": settings.WrapSeconds, "ring_seconds": settings.RingSeconds, "away_seconds": settings.AwaySeconds,
		"pause_reasons": reasons, "outcomes": outcomes, "target_seconds": company.TargetSeconds, "time_zone": company.TimeZone,
		"country": company.Country, "company": company.Name, "media_port": media, "demo": s.env.Demo})
	return nil
}

func (s *server) page() any {
	if p := s.pageData.Load(); p != nil {
		return *p
	}
	return map[string]any{}
}

// runRecordings sets right what a crash left of recordings and then works the queue, as soon as database and bucket answer.
func (s *server) runRecordings(ctx context.Context) error {
	for wait := time.Second; ; wait = min(2*wait, 10*time.Second) {
		err := s.bucket.EnsureBucket(ctx)
		if err == nil {
			break
		}
		s.log.Warn("the bucket does not answer; recordings wait in the spool", "err", err)
		if wait > time.Second {
			break // the queue retries each recording by itself
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
	if err := s.book.Recover(ctx); err != nil && ctx.Err() == nil {
		s.log.Error("recordings could not be set right after the start", "err", err)
	}
	if err := s.jobs.Start(ctx); err != nil {
		return err
	}
	err := s.book.Run(ctx)
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_ = s.jobs.Stop(stop)
	return err
}

// quiet lets only warnings of a library through.
type quiet struct{ slog.Handler }

// Enabled is for warnings and worse.
func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.Handler.Enabled(ctx, l)
}
