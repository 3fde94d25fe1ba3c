package testphone_test

import (
	"context"
	"math"
	"net"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"ringbook/softphone"
	"ringbook/softphone/g711"
	"ringbook/softphone/testphone"
)

// tone is a second of 440 Hz, as G.711 carries it.
func tone(law g711.Law) []int16 {
	out := make([]int16, 8000)
	for i := range out {
		out[i] = law.Decode(law.Encode(int16(8000 * math.Sin(2*math.Pi*440*float64(i)/8000))))
	}
	return out
}

func TestAPhoneHearsThroughTheGatewayWhatItSays(t *testing.T) {
	t.Parallel()
	g, err := softphone.New(softphone.Options{Media: "127.0.0.1:0", RTP: "127.0.0.1:0", Loopback: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- g.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-ended })
	p, err := testphone.New(testphone.Options{Loopback: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	offer, err := p.Offer(ctx)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := g.Open("anna", offer, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Accept(answer); err != nil {
		t.Fatal(err)
	}
	if err := g.Leg("echo", "anna", mirror(t)); err != nil {
		t.Fatal(err)
	}
	g.Connect("echo")
	<-p.Connected()
	begun := time.Now()
	said := tone(p.Law())
	<-p.Say(said, false)
	if took := time.Since(begun); took < 950*time.Millisecond {
		t.Errorf("a second was said in %v", took)
	}
	for p.Heard().Packets() < 52 { // the microphone goes on in silence
		select {
		case <-p.Closed():
			t.Fatal("the connection ended")
		case <-time.After(time.Millisecond):
		}
	}
	file := filepath.Join(t.TempDir(), "heard.wav")
	if err := p.Heard().WriteWAV(file); err != nil {
		t.Fatal(err)
	}
	heard, err := testphone.ReadWAV(file)
	if err != nil {
		t.Fatal(err)
	}
	from := slices.IndexFunc(heard, func(s int16) bool { return s > 100 }) - slices.IndexFunc(said, func(s int16) bool { return s > 100 })
	if from < 0 || len(heard) < from+len(said) || !slices.Equal(heard[from:from+len(said)], said) {
		t.Error("what was heard is not what was said")
	}
}

// mirror is a leg of Asterisk's that sends back whatever it hears; it gives its address.
func mirror(t *testing.T) string {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	go func() {
		b := make([]byte, 2048)
		for {
			n, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			_, _ = c.WriteTo(b[:n], from)
		}
	}()
	return c.LocalAddr().String()
}
