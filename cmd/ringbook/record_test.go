package main

import (
	"math"
	"path/filepath"
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

// Ten minutes with a hold, a reload of the page and 3 s without a Ringbook: file time is call time.
func TestFileTimeIsCallTimeAfterTenMinutes(t *testing.T) {
	t.Parallel()
	r := newRigApart(t)
	admin := r.somebody("administrator")
	w := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond, Say: tone(agentTone, 1)})
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
	marks := onsets(client)
	if len(marks) < 560 {
		t.Fatalf("%d of the client's 600 seconds are in the file", len(marks))
	}
	worst := 0.0
	for _, m := range marks {
		off := math.Mod(float64(m-marks[0])/8000, 1)
		if off = min(off, 1-off); off > 0.02 {
			t.Logf("the burst at %.3f s stands %.1f ms from its second", float64(m)/8000, off*1000)
		}
		worst = max(worst, off)
	}
	t.Logf("%d bursts, the worst %.1f ms from its second; the file %.3f s, the call %.3f s", len(marks), worst*1000, float64(len(client))/8000, length)
	if worst > 0.04 {
		t.Errorf("a burst stands %.1f ms from its second, want 40 at most", worst*1000)
	}
	if last := float64(len(client)-marks[len(marks)-1]) / 8000; last > 1.1 {
		t.Errorf("the last burst stands %.3f s before the end", last)
	}
	if level := power(agent[len(agent)-8000*60:], agentTone); level < 40 {
		t.Errorf("the agent's voice in the last minute: %.1f dB", level)
	}
}
