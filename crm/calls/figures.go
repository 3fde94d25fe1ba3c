package calls

import (
	"strings"
	"time"

	"ringbook/telephony"
)

// stretch is a segment of an ended call as it is stored.
type stretch struct {
	telephony.Segment
	Seconds int // cut so that the stretches of one kind add up to the kind's whole seconds
}

// figures are what is counted of a call, in whole seconds, cut off: 0.9 s is 0.
type figures struct {
	Wait, Talk, Hold int
	Trail            []stretch
}

// count reads the figures out of a call. An unfinished segment lasts until the end of the call, or until now.
func count(c telephony.Call, now time.Time) figures {
	if !c.EndedAt.IsZero() {
		now = c.EndedAt
	}
	f := figures{Wait: seconds(waited(c, now)), Talk: seconds(c.Total(telephony.SegmentTalk, now)),
		Hold: seconds(c.Total(telephony.SegmentHold, now)), Trail: make([]stretch, 0, len(c.Segments))}
	sums := map[telephony.SegmentKind]time.Duration{}
	for _, s := range c.Segments {
		if s.To.IsZero() {
			s.To = now
		}
		if s.To.Before(s.From) {
			s.To = s.From
		}
		before := sums[s.Kind]
		after := before + s.To.Sub(s.From)
		sums[s.Kind] = after
		f.Trail = append(f.Trail, stretch{s, seconds(after) - seconds(before)})
	}
	return f
}

// waited is how long an inbound client was in the queue until the first word, or the end.
func waited(c telephony.Call, now time.Time) time.Duration {
	if c.Direction != telephony.Inbound || c.WaitingAt.IsZero() {
		return 0
	}
	until := now
	if !c.AnsweredAt.IsZero() {
		until = c.AnsweredAt
	}
	return max(0, until.Sub(c.WaitingAt))
}

func seconds(d time.Duration) int { return int(d / time.Second) }

// talked says whether the call was a talk: one second at least between two people. It settles a missed call.
func talked(c telephony.Call, f figures) bool { return !c.AnsweredAt.IsZero() && f.Talk >= 1 }

// had is who had the call: whoever talked last. An inbound call that nobody answered was nobody's; one that came back to
// the queue out of a talk is not its next bell's, nor nobody's.
func had(c telephony.Call) telephony.AgentID {
	if c.Live() || c.Direction == telephony.Outbound {
		return c.Agent
	}
	for i := len(c.Segments) - 1; i >= 0; i-- {
		if s := c.Segments[i]; s.Kind == telephony.SegmentTalk {
			return s.Agent
		}
	}
	if c.AnsweredAt.IsZero() {
		return ""
	}
	return c.Agent
}

// clean makes a text from the network fit to be stored: PostgreSQL refuses broken UTF-8 and zero bytes.
func clean(s string) string {
	s = tidy(s)
	if r := []rune(s); len(r) > 200 {
		s = string(r[:200])
	}
	return s
}

// tidy is clean for a text of any length.
func tidy(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

func cleaned(c telephony.Call) telephony.Call {
	c.Phone, c.Caller, c.Name, c.Number = clean(c.Phone), clean(c.Caller), clean(c.Name), clean(c.Number)
	return c
}
