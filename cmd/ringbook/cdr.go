package main

import (
	"context"
	"errors"
	"strconv"
	"time"

	"ringbook/crm/calls"
	"ringbook/crm/postgres"
	"ringbook/telephony"
	"ringbook/telephony/asterisk"
)

// How Asterisk's own record is read. A line that cannot be compared yet, because its call is not stored, is waited for.
const (
	cdrEvery   = 3 * time.Second
	cdrAtOnce  = 500
	cdrSettled = 15 * time.Second // after a call's end it must stand in the database
	cdrGiveUp  = 5 * time.Minute
)

// readCDRs reads Asterisk's own record of calls until the context ends: the fallback's calls are taken over, and each call that
// went through Ringbook must be known to it.
func (s *server) readCDRs(ctx context.Context) error {
	if s.env.CDRFile == "" {
		return nil
	}
	tick := time.NewTicker(cdrEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if s.pbx.Node() == "" || s.pbx.State().Reconciled.IsZero() {
			continue // the calls' IDs cannot be computed yet, and what stands has not been compared
		}
		if err := s.readNewCDRs(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("Asterisk's record of calls could not be read; it is tried again", "file", s.env.CDRFile, "err", err)
		}
	}
}

func (s *server) readNewCDRs(ctx context.Context) error {
	var place asterisk.CDRPlace
	var begun bool
	var err error
	if place.Inode, place.Offset, begun, err = s.desk.CDRPlace(ctx, s.env.CDRFile); err != nil {
		return err
	}
	for more := true; more; {
		lines, err := asterisk.ReadCDRs(s.env.CDRFile, place, cdrAtOnce)
		if err != nil {
			return err
		}
		more = len(lines) == cdrAtOnce
		for _, line := range lines {
			done, err := s.readCDR(ctx, line, begun)
			if err != nil && (ctx.Err() != nil || postgres.Away(err) || errors.Is(err, context.DeadlineExceeded)) {
				return err
			}
			if err != nil { // it would stand in the way of all that follow
				s.log.Error("a line of Asterisk's record cannot be taken over and is passed over", "channel", line.Channel, "err", err)
				done = true
			}
			if !done {
				more = false
				break
			}
			if place = line.Next; ctx.Err() != nil {
				return ctx.Err()
			}
		}
		if len(lines) == 0 {
			return nil
		}
		if err := s.desk.SetCDRPlace(ctx, s.env.CDRFile, place.Inode, place.Offset); err != nil {
			return err
		}
	}
	return nil
}

// readCDR takes one line; it is not done while its call may still be on its way into the database. What was written before we
// first read the file may be older than the database, and is no incident.
func (s *server) readCDR(ctx context.Context, line asterisk.CDRLine, begun bool) (done bool, err error) {
	if line.Err != nil {
		s.log.Warn("a line of Asterisk's record is passed over", "err", line.Err)
		return true, nil
	}
	age := s.now().Add(s.pbx.State().Skew).Sub(line.End)
	if f, ok := line.Fallback(); ok {
		w, err := s.desk.Witnessed(ctx, line.ID(s.pbx.Node()))
		if err != nil || w == calls.WitnessLive && age < cdrGiveUp {
			return false, err
		}
		call := s.fellBack(line.ID(s.pbx.Node()), f)
		if err := s.desk.TakeFallback(ctx, call); err != nil {
			return false, err
		}
		s.counted.fallback.WithLabelValues(strconv.FormatBool(!call.AnsweredAt.IsZero())).Inc()
		s.log.Info("a call of the fallback stands in the list", "call", call.ID, "answered", !call.AnsweredAt.IsZero())
		return true, nil
	}
	id, ours := line.Seen(s.pbx.Node())
	if !ours || !begun {
		return true, nil
	}
	w, err := s.desk.Witnessed(ctx, id)
	if err != nil {
		return false, err
	}
	if w == calls.WitnessUnknown && age < cdrSettled {
		return false, nil
	}
	if w == calls.WitnessUnknown {
		s.incidents.Add(1)
		s.log.Error("incident: a call went through Ringbook and is unknown to it", "call", id, "channel", line.Channel, "began", line.Born(), "ended", line.End)
	}
	return true, nil
}

// fellBack is a call of the fallback as a call of ours that is over.
func (s *server) fellBack(id telephony.CallID, f asterisk.Fallback) telephony.Call {
	skew := s.pbx.State().Skew
	start, talk, end := f.Start.Add(-skew), f.TalkSince, f.End.Add(-skew)
	c := telephony.Call{ID: id, Version: 1, Direction: telephony.Inbound, Caller: f.Caller, Name: f.Name, Number: s.called([]string{f.Number}),
		State: telephony.StateEnded, StartedAt: start, WaitingAt: start, EndedAt: end, EndReason: telephony.EndFallback}
	c.Phone, c.Caller = s.caller(f.Caller, "", f.Name)
	if numbers := s.numbers.Load(); numbers != nil {
		c.Queue = (*numbers)[c.Number].Queue
	}
	waited := end
	if !talk.IsZero() {
		talk = talk.Add(-skew)
		c.AnsweredAt, waited = talk, talk
	}
	c.Segments = []telephony.Segment{{Kind: telephony.SegmentWaiting, Queue: c.Queue, From: start, To: waited}}
	if !talk.IsZero() {
		c.Segments = append(c.Segments, telephony.Segment{Kind: telephony.SegmentTalk, From: talk, To: end})
	}
	return c
}
