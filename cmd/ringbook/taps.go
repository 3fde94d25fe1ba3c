package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ringbook/crm/calls"
	"ringbook/recording"
	"ringbook/telephony"
	"ringbook/telephony/asterisk"
)

// taps is where the two sides of a desk phone's leg are fetched from: Asterisk recorded them.
type taps interface {
	Taped(ctx context.Context, name string) ([]byte, error)
	Untape(ctx context.Context, name string) error
	Leftovers(ctx context.Context) ([]asterisk.Leftover, error)
}

// missingSound is why a recording failed whose desk phone's part could not be fetched. It stays in Asterisk and is asked for again.
const missingSound = "desk_phone_sound_missing"

// Asterisk ends a recording a moment after its leg.
const (
	tapRetry = 50 * time.Millisecond
	tapSpare = 500 * time.Millisecond // of the time that there is, to close the file in
)

// insertTaps puts what Asterisk recorded of a call's desk phones into its recording; otherwise it says why not.
func (r *recorder) insertTaps(ctx context.Context, c telephony.Call, to *recording.Capture) (failed string) {
	if r.taps == nil {
		return ""
	}
	if end, ok := ctx.Deadline(); ok {
		var cancel func()
		ctx, cancel = context.WithDeadline(ctx, end.Add(-tapSpare))
		defer cancel()
	}
	for _, tap := range c.Taps {
		if err := r.insertTap(ctx, tap.At, asterisk.TapName(c.ID, tap, "client"), asterisk.TapName(c.ID, tap, "agent"), to); err != nil {
			r.log.Warn("the sound of a desk phone is not there yet", "call", c.ID, "err", err)
			failed = missingSound
		}
	}
	return failed
}

// insertTap fetches both sides of a leg, which end with it.
func (r *recorder) insertTap(ctx context.Context, at time.Time, clientName, agentName string, to *recording.Capture) error {
	client, err := r.fetchTap(ctx, clientName)
	if err != nil {
		return err
	}
	agent, err := r.fetchTap(ctx, agentName)
	if err != nil {
		return err
	}
	to.Insert(at, client, agent)
	return nil
}

// fetchTap waits until Asterisk has ended the recording.
func (r *recorder) fetchTap(ctx context.Context, name string) ([]byte, error) {
	for {
		sound, err := r.taps.Taped(ctx, name)
		if err == nil {
			return sound, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("fetch %s: %w", name, err)
		case <-time.After(tapRetry):
		}
	}
}

// mendEvery is how often Asterisk is asked for what was left there.
const mendEvery = 15 * time.Second

// mendTapes fetches what could not be fetched when its call ended, and removes what is kept, until the context ends.
func (s *server) mendTapes(ctx context.Context) error {
	tick := time.NewTicker(mendEvery)
	defer tick.Stop()
	for {
		if s.pbx.State().Connected {
			limited, cancel := context.WithTimeout(ctx, mendEvery)
			if err := s.mendOnce(limited); err != nil && ctx.Err() == nil {
				s.log.Warn("recordings of desk phones could not be looked after", "err", err)
			}
			cancel()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (s *server) mendOnce(ctx context.Context) error {
	left, err := s.pbx.Leftovers(ctx)
	if err != nil {
		return err
	}
	byCall := map[telephony.CallID][]asterisk.Leftover{}
	for _, l := range left {
		byCall[l.Call] = append(byCall[l.Call], l)
	}
	var errs []error
	for call, parts := range byCall {
		if _, live := s.board.Call(call); live {
			continue
		}
		state, reason, err := s.book.RecordingState(ctx, string(call))
		switch {
		case err != nil:
			errs = append(errs, err)
		case state == recording.Failed && reason == missingSound:
			errs = append(errs, s.mend(ctx, call, parts))
		case state == recording.Verified || state == recording.Held || state == recording.Redacted || state == recording.Purged:
			errs = append(errs, s.untape(ctx, parts))
		}
	}
	return errors.Join(errs...)
}

// mend puts what came late into the recording and sends it on its way.
func (s *server) mend(ctx context.Context, call telephony.CallID, parts []asterisk.Leftover) error {
	capture, err := s.spool.Begin(string(call), parts[0].At, s.env.Law)
	if err != nil {
		return err
	}
	var missing error
	for _, l := range parts {
		limited, cancel := context.WithTimeout(ctx, 2*time.Second)
		missing = errors.Join(missing, s.recorder.insertTap(limited, l.At, l.Side("client"), l.Side("agent"), capture))
		cancel()
	}
	closed, err := capture.Close(time.Time{})
	if err = errors.Join(err, missing); err != nil {
		return err
	}
	s.log.Info("the sound of a desk phone is there", "call", call)
	return s.book.Mend(ctx, string(call), calls.Tape{Path: closed.Path, At: closed.At, Duration: closed.Duration, Size: closed.Size, Gaps: closed.Gaps, Failed: closed.Failed})
}

func (s *server) untape(ctx context.Context, parts []asterisk.Leftover) error {
	var errs []error
	for _, l := range parts {
		errs = append(errs, s.pbx.Untape(ctx, l.Side("client")), s.pbx.Untape(ctx, l.Side("agent")))
	}
	return errors.Join(errs...)
}
