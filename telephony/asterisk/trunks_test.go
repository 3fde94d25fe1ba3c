package asterisk_test

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"testing"
	"time"

	"ringbook/telephony"
	"ringbook/telephony/asterisk"
	"ringbook/telephony/asterisktest"
)

// trunks tells Asterisk and the switchboard of them.
func (s *site) trunks(trunks ...asterisk.Trunk) {
	s.t.Helper()
	if err := s.pbx.ApplyTrunks(context.Background(), trunks, nil, asterisk.Network{}); err != nil {
		s.t.Fatal(err)
	}
	plan := s.plan
	for i, t := range trunks {
		plan.Trunks = append(plan.Trunks, telephony.Trunk{ID: t.ID, Order: i})
	}
	s.board.SetPlan(plan)
}

func (s *site) state(id telephony.TrunkID) asterisk.TrunkState {
	s.t.Helper()
	states, err := s.pbx.TrunkStates(context.Background())
	if err != nil {
		s.t.Fatal(err)
	}
	return states[asterisk.EndpointName(id)]
}

// asking is the town's provider that wants a password.
func asking(p asterisktest.Ports, id telephony.TrunkID, transport string) asterisk.Trunk {
	port := p.TownSIP
	if transport == "tls" {
		port = p.TownTLS
	}
	return asterisk.Trunk{ID: id, Name: "Provider", Host: net.JoinHostPort("127.0.0.2", strconv.Itoa(port)), Transport: transport,
		Login: "asking", Password: "town", Register: true, Probe: true, Called: "P-Called-Party-ID"}
}

func full(p asterisktest.Ports) asterisk.Trunk {
	return asterisk.Trunk{ID: "full", Name: "Full", Host: net.JoinHostPort("127.0.0.3", strconv.Itoa(p.TownSIP)), Transport: "udp", Probe: true}
}

func TestATrunkRegistersAndCarriesCallsBothWays(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{"udp", "tcp", "tls"} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			line := asking(s.ports, "one", transport)
			line.Secure = transport == "tls"
			s.trunks(line)
			s.eventually("the trunk registers", 20*time.Second, func() bool { return s.state("one").Registration == "registered" })
			s.shift(true, "anna")
			id, err := s.board.Dial("anna", "+79161234500", "", "")
			if err != nil {
				t.Fatal(err)
			}
			c := s.only(telephony.StateTalking, 10*time.Second)
			if c.Trunk != "one" {
				t.Errorf("the call went through %q", c.Trunk)
			}
			if n := s.hears(id, time.Second); n < 40 {
				t.Errorf("%d packets in a second", n)
			}
			if err := s.board.HangUp("anna", id); err != nil {
				t.Fatal(err)
			}
			s.ended(id, 5*time.Second)
			s.town.CallRegistered("+79165550000", sales)
			c = s.only(telephony.StateTalking, 10*time.Second)
			if c.Trunk != "one" || c.Number != sales || c.Phone != "+79165550000" {
				t.Errorf("came by %q, to %q, from %q", c.Trunk, c.Number, c.Phone)
			}
		})
	}
}

func TestARegistrationThatIsRefusedSaysWhy(t *testing.T) {
	t.Parallel()
	silent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	s := newSite(t)
	wrong := asking(s.ports, "wrong", "udp")
	wrong.Password = "not it; at all"
	mute := asterisk.Trunk{ID: "mute", Name: "Mute", Host: silent.LocalAddr().String(), Transport: "udp", Login: "x", Password: "y", Register: true, Probe: true}
	s.trunks(wrong, mute)
	s.eventually("the wrong password is refused", 20*time.Second, func() bool {
		st := s.state("wrong")
		return st.Registration == "refused" && st.Reason == "401"
	})
	s.eventually("the silent registrar is said to be silent", 60*time.Second, func() bool {
		st := s.state("mute")
		return st.Registration == "silent" && st.Reason == "408" && !st.Reachable
	})
	// Corrected, it registers: nothing has to be started anew.
	s.trunks(asking(s.ports, "wrong", "udp"), mute)
	s.eventually("the corrected trunk registers", 20*time.Second, func() bool { return s.state("wrong").Registration == "registered" })
}

func TestACallFailsOverFromATrunkThatHasNoRoom(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.trunks(full(s.ports), asking(s.ports, "two", "udp"))
	s.shift(true, "anna")
	id, err := s.board.Dial("anna", "+79161234500", "", "")
	if err != nil {
		t.Fatal(err)
	}
	c := s.only(telephony.StateTalking, 10*time.Second)
	if c.Trunk != "two" || len(c.Segments) < 2 || c.Segments[0].Trunk != "full" || c.Segments[0].End != "failed" {
		t.Fatalf("by %q: %+v", c.Trunk, c.Segments)
	}
	if n := s.hears(id, time.Second); n < 40 {
		t.Errorf("%d packets in a second", n)
	}
}

func TestATalkGoesOnWhileItsTrunkIsChanged(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	line := asking(s.ports, "one", "udp")
	s.trunks(line)
	s.shift(true, "anna")
	id, err := s.board.Dial("anna", "+79161234500", "", "")
	if err != nil {
		t.Fatal(err)
	}
	s.only(telephony.StateTalking, 10*time.Second)
	for n := range 5 {
		changed := line
		changed.Codecs, changed.Name = []string{"alaw"}, fmt.Sprintf("Renamed %d", n)
		s.trunks(changed, full(s.ports))
		if n := s.hears(id, time.Second); n < 40 {
			t.Fatalf("%d packets in the second after a change", n)
		}
	}
	s.trunks() // even when it is removed
	if n := s.hears(id, time.Second); n < 40 {
		t.Fatalf("%d packets in the second after the trunk was removed", n)
	}
	if c, live := s.board.Call(id); !live || c.State != telephony.StateTalking {
		t.Errorf("the call is %+v", c)
	}
}
