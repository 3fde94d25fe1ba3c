package softphone_test

import (
	"bytes"
	"testing"

	"github.com/pion/rtp"

	"ringbook/softphone"
	"ringbook/softphone/g711"
	"ringbook/softphone/testphone"
	"ringbook/telephony"
)

func TestSoundPassesBothWaysUnchanged(t *testing.T) {
	t.Parallel()
	g := gateway(t, nil)
	b := open(t, g, anna, testphone.Options{})
	if b.Law() != g711.ALaw {
		t.Errorf("the browser was told to send %s, the trunk's law is A-law", b.Law())
	}
	a := newAsterisk(t, g)
	a.leg(t, g, call, anna)
	for i := range byte(20) {
		a.say(t, frameOf(i))
		if p := hears(t, b.heard, frameOf(i)); p.PayloadType != 8 {
			t.Errorf("the browser got payload type %d", p.PayloadType)
		}
		send(t, b, uint16(i), frameOf(100+i))
		if p := hears(t, a.got, frameOf(100+i)); p.PayloadType != 8 {
			t.Errorf("Asterisk got payload type %d", p.PayloadType)
		}
	}
	s := g.Stats(anna)
	if s.Received != 20 || s.Sent != 20 || s.LegIn != 20 || s.State != softphone.Connected {
		t.Errorf("stats after 20 packets each way: %+v", s)
	}
}

func TestTheOtherLawIsConverted(t *testing.T) {
	t.Parallel()
	g := gateway(t, nil)
	b := open(t, g, anna, testphone.Options{Laws: []g711.Law{g711.MuLaw}})
	a := newAsterisk(t, g)
	a.leg(t, g, call, anna)
	mu, al := frameOf(9), frameOf(9)
	g711.MuLaw.Convert(al, mu)
	send(t, b, 1, mu)
	hears(t, a.got, al)
	g711.ALaw.Convert(mu, al)
	a.say(t, al)
	if p := hears(t, b.heard, mu); p.PayloadType != 0 {
		t.Errorf("the browser got payload type %d", p.PayloadType)
	}
}

func TestTheBrowserHearsOneStreamWhateverChangesBehind(t *testing.T) {
	t.Parallel()
	g := gateway(t, nil)
	b := open(t, g, anna, testphone.Options{})
	a := newAsterisk(t, g)
	a.leg(t, g, call, anna)
	a.say(t, frameOf(1))
	first := hears(t, b.heard, frameOf(1))

	a.ssrc, a.seq, a.ts = 0xBEEF, 7, 123456 // a transfer inside Asterisk
	a.say(t, frameOf(2))
	second := hears(t, b.heard, frameOf(2))

	g.Disconnect(call)
	a.say(t, frameOf(3)) // nobody may hear this
	other := newAsterisk(t, g)
	other.leg(t, g, "call-2", anna)
	other.say(t, frameOf(4))
	third := within(t, b.heard, "sound of the second call")
	if !bytes.Equal(third.Payload, frameOf(4)) {
		t.Errorf("the browser heard %x of a leg that is not connected", third.Payload[:2])
	}
	last := first
	for _, p := range []rtp.Packet{second, third} {
		if p.SSRC != last.SSRC || p.SequenceNumber != last.SequenceNumber+1 || int32(p.Timestamp-last.Timestamp) < 160 || !p.Marker {
			t.Errorf("not continuous: %v after %v", p.Header, last.Header)
		}
		last = p
	}
}

func TestReloadingTheBrowserKeepsTheCall(t *testing.T) {
	t.Parallel()
	g := gateway(t, nil)
	a := newAsterisk(t, g)
	before := open(t, g, anna, testphone.Options{})
	a.leg(t, g, call, anna)
	send(t, before, 1, frameOf(1))
	was := hears(t, a.got, frameOf(1))
	_ = before.Close()
	if p := within(t, a.got, "silence while the browser is away"); !isSilence(p.Payload) {
		t.Errorf("while the browser was away Asterisk got %x", p.Payload[:2])
	}
	after := open(t, g, anna, testphone.Options{})
	send(t, after, 500, frameOf(2))
	p := hears(t, a.got, frameOf(2))
	if p.SSRC != was.SSRC || int16(p.SequenceNumber-was.SequenceNumber) < 1 || int32(p.Timestamp-was.Timestamp) < 160 {
		t.Errorf("towards Asterisk the stream broke: %v after %v", p.Header, was.Header)
	}
	a.say(t, frameOf(3))
	hears(t, after.heard, frameOf(3))
}

func TestTheLaterSessionOfAnAgentWins(t *testing.T) {
	t.Parallel()
	g := gateway(t, nil)
	a := newAsterisk(t, g)
	first := open(t, g, anna, testphone.Options{})
	a.leg(t, g, call, anna)
	second := open(t, g, anna, testphone.Options{})
	first.expect(t, softphone.Closed)
	within(t, first.Closed(), "the first browser to be told")
	a.say(t, frameOf(1))
	hears(t, second.heard, frameOf(1))
	send(t, second, 1, frameOf(2))
	hears(t, a.got, frameOf(2))
	select {
	case p := <-first.heard:
		t.Errorf("the earlier session still heard %v", p.Header)
	default:
	}
}

func TestAnotherProcessOnTheSamePortGoesOnWithTheLeg(t *testing.T) {
	t.Parallel()
	old, err := softphone.New(softphone.Options{Media: "127.0.0.1:0", RTP: "127.0.0.1:0", Loopback: true})
	if err != nil {
		t.Fatal(err)
	}
	stop := run(t, old)
	t.Cleanup(stop)
	a := newAsterisk(t, old)
	open(t, old, anna, testphone.Options{})
	a.leg(t, old, call, anna)
	stop()
	g := gateway(t, func(o *softphone.Options) { o.RTP = old.RTPAddr() })
	b := open(t, g, anna, testphone.Options{})
	a.leg(t, g, call, anna)
	a.say(t, frameOf(1))
	hears(t, b.heard, frameOf(1))
	send(t, b, 1, frameOf(2))
	hears(t, a.got, frameOf(2))
}

func TestOneSocketTellsTheLegsApart(t *testing.T) {
	t.Parallel()
	g := gateway(t, nil)
	agents := []telephony.AgentID{"anna", "boris", "vera"}
	var browsers []*browser
	var legs []*asterisk
	for _, agent := range agents {
		browsers = append(browsers, open(t, g, agent, testphone.Options{}))
		a := newAsterisk(t, g)
		a.leg(t, g, telephony.CallID("call of "+agent), agent)
		legs = append(legs, a)
	}
	for i := range agents {
		legs[i].say(t, frameOf(byte(i)))
		send(t, browsers[i], 1, frameOf(byte(100+i)))
	}
	for i := range agents {
		hears(t, legs[i].got, frameOf(byte(100+i)))
		if p := within(t, browsers[i].heard, "sound"); !bytes.Equal(p.Payload, frameOf(byte(i))) {
			t.Errorf("%s heard another call's sound", agents[i])
		}
	}
}

func TestABrowserBehindAFirewallConnectsOverTCP(t *testing.T) {
	t.Parallel()
	g := gateway(t, nil)
	b := open(t, g, anna, testphone.Options{TCP: true})
	a := newAsterisk(t, g)
	a.leg(t, g, call, anna)
	a.say(t, frameOf(1))
	hears(t, b.heard, frameOf(1))
}

type tape struct{ client, agent chan []byte }

func (x tape) Client(p softphone.Packet) { x.client <- bytes.Clone(p.Payload) }
func (x tape) Agent(p softphone.Packet)  { x.agent <- bytes.Clone(p.Payload) }

func TestTheTapHearsWhatPassesAndNothingElse(t *testing.T) {
	t.Parallel()
	x := tape{make(chan []byte, 100), make(chan []byte, 100)}
	g := gateway(t, func(o *softphone.Options) {
		o.Tap = func(c telephony.CallID, agent telephony.AgentID) softphone.Tap {
			if c != call || agent != anna {
				t.Errorf("the tap was asked for %s and %s", c, agent)
			}
			return x
		}
	})
	b := open(t, g, anna, testphone.Options{})
	a := newAsterisk(t, g)
	if err := g.Leg(call, anna, a.addr()); err != nil {
		t.Fatal(err)
	}
	a.say(t, frameOf(1)) // not connected yet
	send(t, b, 1, frameOf(2))
	for range 3 {
		within(t, a.got, "silence") // by now both have been passed over
	}
	g.Connect(call)
	a.say(t, frameOf(3))
	send(t, b, 2, frameOf(4))
	if got := within(t, x.client, "the client on the tape"); !bytes.Equal(got, frameOf(3)) {
		t.Errorf("the tape begins with %x of the client", got[:2])
	}
	if got := within(t, x.agent, "the agent on the tape"); !bytes.Equal(got, frameOf(4)) {
		t.Errorf("the tape begins with %x of the agent", got[:2])
	}
}

func TestAnOfferWithoutG711IsRefused(t *testing.T) {
	t.Parallel()
	g := gateway(t, nil)
	if _, err := g.Open(anna, "v=0\r\n", nil); err == nil {
		t.Error("an offer without G.711 was accepted")
	}
}
