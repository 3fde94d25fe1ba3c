package asterisk_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"ringbook/telephony"
)

func TestACallIsRoutedTalkedAndEnded(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.shift(true, "anna")
	channel := s.town.Call("+79161234567", sales)
	c := s.only(telephony.StateTalking, 10*time.Second)
	if c.Phone != "+79161234567" || c.Number != sales || c.Agent != "anna" {
		t.Fatalf("phone %q, number %q, agent %q", c.Phone, c.Number, c.Agent)
	}
	if n := s.hears(c.ID, 2*time.Second); n < 80 {
		t.Errorf("%d packets in 2 s from the client, want about 100", n)
	}
	if err := s.board.Hold("anna", c.ID); err != nil {
		t.Fatal(err)
	}
	s.only(telephony.StateHeld, 2*time.Second)
	if err := s.board.Resume("anna", c.ID); err != nil {
		t.Fatal(err)
	}
	s.only(telephony.StateTalking, 2*time.Second)
	if n := s.hears(c.ID, 2*time.Second); n < 80 {
		t.Errorf("%d packets in 2 s after the hold, want about 100", n)
	}
	if err := s.town.Delete("/channels/" + channel); err != nil {
		t.Fatal(err)
	}
	if end := s.ended(c.ID, 5*time.Second); end.EndReason != telephony.EndClientHungUp {
		t.Errorf("ended as %s", end.EndReason)
	}
	s.eventually("nothing is left in Asterisk", 5*time.Second, func() bool { return len(s.own.Channels()) == 0 })
}

func TestTwoDeafAgentsAndTheThirdHasTheCall(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.shift(false, "anna", "boris")
	s.shift(true, "vera")
	s.town.Call("+79161234567", sales)
	c := s.only(telephony.StateTalking, 45*time.Second)
	if c.Agent != "vera" {
		t.Fatalf("answered by %s", c.Agent)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := map[string]bool{}
	for _, r := range s.rings {
		if seen[r] {
			t.Errorf("%s was offered twice", r)
		}
		seen[r] = true
	}
	for _, deaf := range []telephony.AgentID{"anna", "boris"} {
		if got := s.agents[deaf].State; got != telephony.AgentNotResponding {
			t.Errorf("%s is %s, want not_responding", deaf, got)
		}
	}
}

func TestTheTownAnswersAsItsNumbersSay(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.shift(true, "anna")
	cases := []struct {
		number string
		want   telephony.EndReason
		sip    int
	}{
		{"+79160000001", telephony.EndBusy, 486},
		{"+79160000003", telephony.EndDeclined, 603},
		{"+79160000007", telephony.EndWrongNumber, 404},
		{"+79160000008", telephony.EndNoAnswer, 480},
		{"+79160000005", telephony.EndClientHungUp, 0},
	}
	for _, c := range cases {
		id, err := s.board.Dial("anna", c.number, c.number, "")
		if err != nil {
			t.Fatal(err)
		}
		if c.number == "+79160000008" {
			s.eventually("the leg stands", 5*time.Second, func() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.legs[id] != "" })
			if n := s.hears(id, 2*time.Second); n < 70 {
				t.Errorf("%d packets of early media in 2 s, want about 100", n)
			}
		}
		end := s.ended(id, 25*time.Second)
		if end.EndReason != c.want || (c.sip != 0 && end.SIPCode != c.sip) {
			t.Errorf("%s: %s, SIP %d, Q.850 %d; want %s, SIP %d", c.number, end.EndReason, end.SIPCode, end.Cause, c.want, c.sip)
		}
		s.eventually("anna is free", 3*time.Second, func() bool { return s.board.Agent("anna").Free() })
	}
	if _, err := s.board.Dial("anna", "+442071234567", "", ""); err == nil {
		t.Error("a number outside the allowed prefixes was dialled")
	}
	cdr, err := os.ReadFile(s.town.CDR())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(cdr), sales) {
		t.Errorf("the town did not see our number as the caller:\n%s", cdr)
	}
}

func TestARestartOfOursDropsNobody(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.shift(true, "anna")
	s.town.Call("+79161234567", sales)
	talk := s.only(telephony.StateTalking, 10*time.Second)
	s.town.Call("+79167654321", sales)
	s.eventually("the second waits", 5*time.Second, func() bool { return len(s.board.Calls()) == 2 })
	live, agents := s.board.Calls(), s.board.Agents()
	waited := live[1].WaitingAt
	s.stop()
	s.ws.CloseClientConnections()
	s.town.Call("+79160000000", sales) // arrives while nobody is there
	time.Sleep(3 * time.Second)
	s.serve(live, agents)
	s.eventually("all three are known", 10*time.Second, func() bool { return len(s.board.Calls()) == 3 })
	s.board.Media("anna", true)
	s.eventually("the talk goes on", 3*time.Second, func() bool {
		c, ok := s.board.Call(talk.ID)
		return ok && c.State == telephony.StateTalking && !c.Gone
	})
	if n := s.hears(talk.ID, time.Second); n < 35 {
		t.Errorf("%d packets in 1 s after the restart, want about 50", n)
	}
	list := s.board.Calls()
	if !list[1].WaitingAt.Equal(waited) {
		t.Errorf("the wait began %s, was %s", list[1].WaitingAt, waited)
	}
}

func TestARestartOfAsteriskEndsCallsAndAgentsComeBack(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.shift(true, "anna")
	s.town.Call("+79161234567", sales)
	c := s.only(telephony.StateTalking, 10*time.Second)
	s.own.Stop()
	s.own.Start()
	answering := time.Now()
	if end := s.ended(c.ID, 10*time.Second); end.EndReason != telephony.EndAsteriskLost && end.EndReason != telephony.EndVanished {
		t.Errorf("ended as %s", end.EndReason)
	}
	s.eventually("anna is available", 5*time.Second-time.Since(answering), func() bool { return s.board.Agent("anna").Free() })
	s.eventually("Asterisk has a sign of life", 5*time.Second, func() bool { return s.pbx.State().Signed.After(answering) })
	s.town.Call("+79161234567", sales)
	s.only(telephony.StateTalking, 15*time.Second)
}
