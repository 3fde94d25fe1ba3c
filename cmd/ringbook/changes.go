package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// changes is the channel on which another process, such as `ringbook user add`, tells a running server to read the settings again.
const changes = "ringbook_changes"

// listenFor is how long the connection is believed without a word.
const listenFor = 30 * time.Second

func tellChanged(ctx context.Context, pool *pgxpool.Pool) error {
	if _, err := pool.Exec(ctx, "select pg_notify($1, '')", changes); err != nil {
		return fmt.Errorf("tell a running Ringbook of the change: %w", err)
	}
	return nil
}

// hearChanges reads the settings again when another process changed them, and after each time that it could not listen.
func (s *server) hearChanges(ctx context.Context) error {
	for first := true; ; first = false {
		err := s.listenForChanges(ctx, !first)
		if ctx.Err() != nil {
			return nil
		}
		level := slog.LevelDebug
		if first {
			level = slog.LevelWarn
		}
		s.log.Log(ctx, level, "changes by other processes are not heard for now", "err", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(2 * time.Second):
		}
	}
}

func (s *server) listenForChanges(ctx context.Context, missed bool) error {
	conn, err := pgx.Connect(ctx, s.env.DatabaseURL)
	if err != nil {
		return fmt.Errorf("connect to listen: %w", err)
	}
	defer func() {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(late)
	}()
	if _, err := conn.Exec(ctx, "listen "+changes); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	for {
		if missed {
			s.reload()
		}
		if missed, err = awaitChange(ctx, conn); err != nil {
			return fmt.Errorf("wait for a change: %w", err)
		}
	}
}

// awaitChange waits for a change, but not so long that a dead connection stays unnoticed.
func awaitChange(ctx context.Context, conn *pgx.Conn) (changed bool, err error) {
	limited, cancel := context.WithTimeout(ctx, listenFor)
	defer cancel()
	_, err = conn.WaitForNotification(limited)
	if err == nil || ctx.Err() != nil || limited.Err() == nil {
		return err == nil, err
	}
	alive, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return false, conn.Ping(alive)
}
