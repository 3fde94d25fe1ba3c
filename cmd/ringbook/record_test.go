package main

import (
	"math"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"ringbook/softphone/headless"
)

func TestEachVoiceStandsInItsChannelAndNothingBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.somebody("administrator")
	r.operator("operator", headless.Options{AnswerAfter: 2 * time.Second, HangUpAfter: 4 * time.Second, Say: tone(agentTone, 1)})
	r.town.CallSaying("+79161111111", ourNumber, wavFile(t, tone(clientTone, 10)))
	c := r.callOf(admin, "+79161111111", "the recording is verified", 30*time.Second, verified)
	client, agent := channels(t, r.audio(admin, c.Recording.ID))
	for name, side := range map[string]struct {
		samples      []int16
		wants, other float64
	}{"client": {client, clientTone, agentTone}, "agent": {agent, agentTone, clientTone}} {
		middle := side.samples[8000 : len(side.samples)-8000]
		if over := power(middle, side.wants) - power(middle, side.other); over < 20 {
			t.Errorf("in the %s's channel the own voice stands %.1f dB over the other's, want 20", name, over)
		} else {
			t.Logf("in the %s's channel the own voice stands %.1f dB over the other's", name, over)
		}
	}
	if want := c.EndedAt.Sub(*c.AnsweredAt).Seconds(); math.Abs(float64(len(client))/8000-want) > 0.04 {
		t.Errorf("the file lasts %.3f s, the talk %.3f s", float64(len(client))/8000, want)
	}
}

func TestAWaitingClientHearsMusicAndNoAgentBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	w := r.operator("operator", headless.Options{AnswerAfter: 5 * time.Second, Say: tone(agentTone, 1)})
	file := filepath.Join(t.TempDir(), "heard")
	channel := r.town.CallHearing("+79161111111", ourNumber, file)
	r.eventually("they talk", 15*time.Second, func() bool { return w.times("answered") == 1 })
	time.Sleep(3 * time.Second)
	r.hangUp(channel)
	r.eventually("the call is over", 5*time.Second, func() bool { return w.times("ended") == 1 })
	samples := mono(t, file+".wav")
	if len(samples) < 7*8000 {
		t.Fatalf("%d samples were heard, want 8 s", len(samples))
	}
	wait, talk := samples[8000:4*8000], samples[len(samples)-2*8000:]
	if level := energy(wait); level < 100 {
		t.Errorf("the waiting client hears music of %.0f (RMS), want 100 at least", level)
	}
	if before, after := power(wait, agentTone), power(talk, agentTone); after-before < 20 {
		t.Errorf("the agent's tone: %.1f dB before the answer, %.1f dB after it", before, after)
	}
}

// energy is the root of the mean square.
func energy(samples []int16) float64 {
	sum := 0.0
	for _, v := range samples {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum / float64(max(1, len(samples))))
}

// Ten minutes with a hold, a reload of the page and 3 s without a Ringbook: what was heard at a moment of the call stands at
// that moment of the file. The agent's phone notes when each of the client's bursts came; the file must agree.
func TestFileTimeIsCallTimeAfterTenMinutes(t *testing.T) {
	t.Parallel()
	r := newRigApart(t)
	admin := r.somebody("administrator")
	var mu sync.Mutex
	var heard []time.Time
	quiet := time.Now()
	w := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond, Say: tone(agentTone, 1), Heard: func(at time.Time, samples []int16) {
		mu.Lock()
		defer mu.Unlock()
		if !audible(samples) {
			return
		}
		if at.Sub(quiet) > 400*time.Millisecond {
			heard = append(heard, at)
		}
		quiet = at
	}})
	channel := r.town.CallSaying("+79161111111", ourNumber, wavFile(t, bursts(clientTone, 700)))
	r.eventually("they talk", 10*time.Second, func() bool { return w.times("answered") == 1 })
	answered := time.Now()
	at := func(seconds int, what func()) {
		time.Sleep(time.Until(answered.Add(time.Duration(seconds) * time.Second)))
		what()
	}
	_, call, _ := w.State()
	at(60, func() { _ = w.Send("hold", map[string]any{"call": call}) })
	at(70, func() { _ = w.Send("resume", map[string]any{"call": call}) })
	at(120, w.Reload)
	at(180, func() { r.kill() })
	at(183, func() { r.start() })
	at(600, func() { r.hangUp(channel) })
	c := r.callOf(admin, "+79161111111", "the recording is verified", 60*time.Second, verified)
	client, agent := channels(t, r.audio(admin, c.Recording.ID))
	length := c.EndedAt.Sub(*c.AnsweredAt).Seconds()
	if got := float64(len(client)) / 8000; math.Abs(got-length) > 0.04 {
		t.Errorf("the file lasts %.3f s, the talk %.3f s", got, length)
	}
	mu.Lock()
	defer mu.Unlock()
	off := placed(client, *c.AnsweredAt, heard)
	last := off[max(0, len(off)-60):]
	slices.Sort(last)
	t.Logf("%d of %d bursts are in the file; in the last minute they stand %.1f ms from where they were heard (median)", len(off), len(heard), last[len(last)/2]*1000)
	if len(heard) < 540 || len(off) < len(heard)-3 {
		t.Errorf("%d bursts were heard, %d of them are in the file", len(heard), len(off))
	}
	if m := last[len(last)/2]; math.Abs(m) > 0.04 {
		t.Errorf("at the end the file is %.1f ms from the call, want 40 at most", m*1000)
	}
	if level := power(agent[len(agent)-8000*60:], agentTone); level < 40 {
		t.Errorf("the agent's voice in the last minute: %.1f dB", level)
	}
}

// placed finds, for each burst that was heard, the burst of the file that is nearest, 400 ms off at most, and gives by how
// many seconds the file is ahead of it.
func placed(samples []int16, zero time.Time, heard []time.Time) (off []float64) {
	marks := onsets(samples)
	for _, h := range heard {
		at := h.Sub(zero).Seconds()
		best := math.Inf(1)
		for _, m := range marks {
			if d := float64(m)/8000 - at; math.Abs(d) < math.Abs(best) {
				best = d
			}
		}
		if math.Abs(best) < 0.4 {
			off = append(off, best)
		}
	}
	return off
}
