package asterisk_test

import (
	"fmt"
	"testing"
	"time"

	"ringbook/telephony"
	"ringbook/telephony/asterisktest"
)

// reached is how long a client may be without an answer when Ringbook is not there.
const reached = 35 * time.Second

// inFallback counts the clients who talk to the fallback phone.
func inFallback(own *asterisktest.Instance) int {
	n := 0
	for _, c := range own.Channels() {
		if c.Dialplan.App == "Dial" && c.Dialplan.Context == "ringbook-fallback" && c.State == "Up" {
			n++
		}
	}
	return n
}

func TestACallThatWaitedWhenRingbookStoppedReachesTheFallback(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.town.Call("+79161234567", sales)
	s.only(telephony.StateWaiting, 10*time.Second)
	s.stop()
	s.ws.Close()
	s.eventually("the waiting call reaches the fallback phone", reached, func() bool { return inFallback(s.own) == 1 })
}

func TestACallAMinuteAfterRingbookStoppedReachesTheFallbackAndATalkGoesOn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.shift(true, "anna")
	s.town.Call("+79161234567", sales)
	talk := s.only(telephony.StateTalking, 10*time.Second)
	s.stop()
	s.ws.Close()
	time.Sleep(time.Minute)
	s.town.Call("+79167654321", sales)
	s.eventually("the new call reaches the fallback phone", reached, func() bool { return inFallback(s.own) == 1 })
	s.hears(talk.ID, time.Second) // what has queued up in the socket
	if n := s.hears(talk.ID, 5*time.Second); n < 200 {
		t.Errorf("%d packets in 5 s of the talk, want about 250", n)
	}
}

func TestACallReachesTheFallbackOfAnAsteriskThatNeverSawRingbook(t *testing.T) {
	t.Parallel()
	ports := asterisktest.FreePorts(t)
	own := asterisktest.Switchboard(t, ports, fmt.Sprintf("ws://127.0.0.1:%d/ari", asterisktest.FreeTCP()))
	town := asterisktest.Town(t, ports)
	town.Call("+79161234567", sales)
	for end := time.Now().Add(reached); inFallback(own) != 1; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the call did not reach the fallback phone: %+v", own.Channels())
		}
	}
}

func TestAStopOfFiveSecondsLeadsToTheAgent(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.town.Call("+79161234567", sales)
	waiting := s.only(telephony.StateWaiting, 10*time.Second)
	s.stop()
	s.ws.CloseClientConnections()
	s.town.Call("+79167654321", sales)
	time.Sleep(5 * time.Second)
	s.serve([]telephony.Call{waiting}, nil)
	s.shift(true, "anna", "boris")
	s.eventually("both are talked to by agents", 15*time.Second, func() bool {
		talking := 0
		for _, c := range s.board.Calls() {
			if c.State == telephony.StateTalking {
				talking++
			}
		}
		return talking == 2
	})
	if n := inFallback(s.own); n != 0 {
		t.Errorf("%d clients were led to the fallback", n)
	}
}
