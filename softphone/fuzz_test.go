package softphone_test

import (
	"strings"
	"testing"
	"time"

	"ringbook/softphone"
	"ringbook/softphone/testphone"
)

// Whatever a browser offers, the gateway answers or refuses, and goes on.
func FuzzAnyOfferIsAnsweredOrRefused(f *testing.F) {
	phone, err := testphone.New(testphone.Options{Loopback: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = phone.Close() })
	good, err := phone.Offer(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	for _, offer := range []string{good, "", "v=0", good[:len(good)/2], strings.ReplaceAll(good, "PCMA/8000", "opus/48000"),
		strings.ReplaceAll(good, "m=audio", "m=video"), strings.ReplaceAll(good, "a=fingerprint", "a=nothing"),
		strings.ReplaceAll(good, "a=ice-ufrag", "a=nothing"), strings.Replace(good, "a=mid", "a=mid:x\r\na=mid", 1),
		good + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n", strings.Repeat("a", 100_000), "\x00\xff", strings.ReplaceAll(good, "\r\n", "\n")} {
		f.Add(offer)
	}
	g := gateway(f, nil)
	f.Fuzz(func(t *testing.T, offer string) {
		slow := time.AfterFunc(5*time.Second, func() { panic("no answer within 5 s to " + offer) })
		defer slow.Stop()
		answer, err := g.Open(anna, offer, func(softphone.SessionEvent) {})
		if (err == nil) != (answer != "") {
			t.Errorf("answer %q, error %v", answer, err)
		}
		g.Close(anna)
	})
}

func FuzzAnyCandidateIsTakenOrRefused(f *testing.F) {
	for _, c := range []string{"", "candidate:1 1 udp 2130706431 127.0.0.1 5000 typ host", "candidate:1 1 tcp 1518280447 127.0.0.1 9 typ host tcptype active",
		"candidate:", "candidate:1 1 udp 1 999.1.1.1 99999 typ host", "candidate:1 1 udp 1 x.local 5 typ host", "\x00\xff", strings.Repeat("9", 10_000)} {
		f.Add(c)
	}
	g := gateway(f, nil)
	phone, err := testphone.New(testphone.Options{Loopback: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = phone.Close() })
	offer, err := phone.Offer(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	if _, err := g.Open(anna, offer, nil); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, candidate string) {
		if err := g.Candidate(anna, candidate); err != nil && !strings.Contains(err.Error(), "anna") {
			t.Errorf("the refusal does not say whose: %v", err)
		}
		if err := g.Leg(call, anna, candidate); err == nil {
			g.Release(call)
		}
	})
}
