package demodata

import (
	"context"
	"log/slog"
	"slices"
	"testing"

	"ringbook/softphone/g711"
	"ringbook/telephony"
)

func TestWithoutAVoiceTonesAreHeardOnBothSidesAndNothingDuringAHold(t *testing.T) {
	t.Parallel()
	c := invented(t, 1)
	studio := NewStudio(slog.New(slog.DiscardHandler), true)
	i := slices.IndexFunc(c.Calls, func(call Call) bool {
		return slices.ContainsFunc(call.Segments, func(g telephony.Segment) bool { return g.Kind == telephony.SegmentHold })
	})
	call := c.Calls[i]
	client, agent := studio.talk(context.Background(), call, true)
	if want := frames(call.EndedAt.Sub(call.AnsweredAt)); len(client) != want || len(agent) != want {
		t.Fatalf("%d and %d samples, want %d", len(client), len(agent), want)
	}
	for _, g := range call.Segments {
		from, to := frames(g.From.Sub(call.AnsweredAt)), frames(g.To.Sub(call.AnsweredAt))
		switch g.Kind {
		case telephony.SegmentHold:
			if sounds(client[from:to]) || sounds(agent[from:to]) {
				t.Error("somebody speaks into the music")
			}
		case telephony.SegmentTalk:
			if to-from > 10*rate && (!sounds(client[from:to]) || !sounds(agent[from:to])) {
				t.Errorf("one side is silent in %+v", g)
			}
		}
	}
	again, _ := NewStudio(slog.New(slog.DiscardHandler), true).talk(context.Background(), call, true)
	if !slices.Equal(client, again) {
		t.Error("the same call sounds different")
	}
}

func sounds(b []byte) bool {
	return slices.ContainsFunc(b, func(c byte) bool { v := g711.ALaw.Decode(c); return v > 500 || v < -500 })
}
