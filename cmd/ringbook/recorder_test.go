package main

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"ringbook/crm"
	"ringbook/recording"
	"ringbook/telephony"
)

// The client hangs up in the very moment of the answer: the order to record may come after the recording was booked. It
// must not open the file again: nobody would ever close it, and the upload would read what is being written.
func TestARecordingThatIsBookedIsNotBegunAgain(t *testing.T) {
	t.Parallel()
	spool, err := recording.OpenSpool(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	r := newRecorder(spool, "alaw", func() time.Time { return now }, slog.New(slog.DiscardHandler))
	c := telephony.Call{ID: telephony.CallID(crm.NewID()), AnsweredAt: now, State: telephony.StateTalking}
	over := c
	over.State, over.EndedAt = telephony.StateEnded, now.Add(time.Second)
	if _, ok := r.tape(context.Background(), over); !ok {
		t.Fatal("an answered call has no recording")
	}
	r.Begin(c)
	if r.find(c.ID) != nil {
		t.Error("the recording of a call that is over was begun again")
	}
	now = now.Add(remembers + time.Second)
	r.take("another")
	if len(r.over) != 1 {
		t.Errorf("%d calls are remembered, want the last one", len(r.over))
	}
}
