package main

import (
	"context"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"ringbook/softphone/headless"
)

// An administrator ends an operator's session in the middle of a talk: within a second the client hears nothing more of
// that browser and it nothing of the client; the client hears music, and then is given to somebody else.
func TestTheSoundOfAnEndedSessionStopsWithinASecond(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.somebody("administrator")
	if err := admin.Do(context.Background(), http.MethodPatch, "/telephony-settings", map[string]any{"away_seconds": 3}, nil); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var lastHeard time.Time
	anna := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond, Say: tone(agentTone, 1), Heard: func(at time.Time, _ []int16) {
		mu.Lock()
		defer mu.Unlock()
		lastHeard = at
	}})
	file := filepath.Join(t.TempDir(), "heard")
	e := ear{t: t, begun: time.Now()}
	channel := r.town.CallHearing("+79161111111", ourNumber, file)
	r.eventually("they talk", 10*time.Second, func() bool { return anna.times("answered") == 1 })
	talk := time.Now()
	vera := r.operator("second", headless.Options{AnswerAfter: 50 * time.Millisecond, Say: tone(otherTone, 1)})
	time.Sleep(time.Until(talk.Add(3 * time.Second)))

	cut := time.Now()
	if err := admin.Do(context.Background(), http.MethodDelete, "/sessions?user="+anna.ID, nil, nil); err != nil {
		t.Fatal(err)
	}
	r.eventually("the socket of the ended session closes", time.Second, func() bool { return anna.times("lost") > 0 })
	r.eventually("the client hears music", time.Second-time.Since(cut), func() bool {
		for _, c := range r.server.board.Calls() {
			return c.State == "away"
		}
		return false
	})
	r.eventually("the other agent has the client", 15*time.Second, func() bool { return vera.times("answered") == 1 })
	given := time.Now()
	time.Sleep(3 * time.Second)
	r.hangUp(channel)
	r.callOf(admin, "+79161111111", "the call is over", 10*time.Second, ended)
	mu.Lock()
	defer mu.Unlock()
	if after := lastHeard.Sub(cut); after > time.Second {
		t.Errorf("the ended session still hears the client %s later", after)
	}
	e.samples = mono(t, file+".wav")
	e.heard("before", talk.Add(1200*time.Millisecond), cut, agentTone, true)
	// What the client heard reaches the file through Asterisk's and the town's buffers.
	e.heard("a second after the end", cut.Add(1200*time.Millisecond), given.Add(-300*time.Millisecond), agentTone, false)
	if music := energy(e.between(cut.Add(1500*time.Millisecond), given.Add(-300*time.Millisecond))); music < 100 {
		t.Errorf("the client hears next to nothing (RMS %.0f)", music)
	}
	e.heard("with the other agent", given.Add(1200*time.Millisecond), given.Add(2700*time.Millisecond), otherTone, true)
	if anna.times("answered") != 1 {
		t.Error("the ended session came back to the call")
	}
	r.nothingIsLeft()
}

// A browser whose socket is gone goes on talking; when its session ends, its sound does too.
func TestTheSoundOfAnEndedSessionStopsAlsoWithoutItsSocket(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.somebody("administrator")
	anna := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond, Say: tone(agentTone, 1)})
	r.town.Call("+79161111111", ourNumber)
	r.eventually("they talk", 10*time.Second, func() bool { return anna.times("answered") == 1 })
	anna.Vanish()
	r.eventually("the socket is gone", 5*time.Second, func() bool { return r.server.hub.Tabs() == 0 })
	out := func() uint64 { return r.server.gateway.Stats(anna.agentID()).LegOut }
	before := out()
	r.eventually("they still talk", 3*time.Second, func() bool { return out() > before+50 })
	user := map[string]any{"active": false}
	if err := admin.Do(context.Background(), http.MethodPatch, "/users/"+anna.ID, user, nil); err != nil {
		t.Fatal(err)
	}
	r.eventually("the sound has ended with the session of who was switched off", time.Second, func() bool {
		calls := r.server.board.Calls()
		return r.server.gateway.Figures().Sessions == 0 && len(calls) == 1 && calls[0].State == "away"
	})
}
