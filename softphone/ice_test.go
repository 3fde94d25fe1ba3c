package softphone_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"ringbook/softphone"
	"ringbook/softphone/testphone"
)

func answerOf(t *testing.T, g *softphone.Gateway) string {
	t.Helper()
	p, err := testphone.New(testphone.Options{Loopback: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	offer, err := p.Offer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	answer, err := g.Open(anna, offer, nil)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// addresses are those of the answer's candidates, each with its transport.
func addresses(answer string) []string {
	var all []string
	for _, m := range regexp.MustCompile(`a=candidate:\S+ 1 (\S+) \d+ (\S+) `).FindAllStringSubmatch(answer, -1) {
		all = append(all, m[1]+" "+m[2])
	}
	slices.Sort(all)
	return all
}

func TestTheAnswerNamesTheAddressesThatWereSet(t *testing.T) {
	t.Parallel()
	g := gateway(t, func(o *softphone.Options) { o.Media, o.Addresses = "0.0.0.0:0", []string{"192.0.2.7", "192.0.2.8"} })
	want := []string{"tcp 192.0.2.7", "tcp 192.0.2.8", "udp 192.0.2.7", "udp 192.0.2.8"}
	if got := addresses(answerOf(t, g)); !slices.Equal(got, want) {
		t.Errorf("candidates %q, want %q", got, want)
	}
}

func TestOurOwnAddressesAreNamedBesideThoseOfARouter(t *testing.T) {
	t.Parallel()
	alone := gateway(t, func(o *softphone.Options) { o.Media = "0.0.0.0:0" })
	both := gateway(t, func(o *softphone.Options) { o.Media, o.Addresses = "0.0.0.0:0", []string{softphone.Own, "192.0.2.7"} })
	want := append(addresses(answerOf(t, alone)), "tcp 192.0.2.7", "udp 192.0.2.7")
	slices.Sort(want)
	if got := slices.Compact(addresses(answerOf(t, both))); !slices.Equal(got, slices.Compact(want)) {
		t.Errorf("candidates %q, want %q", got, want)
	}
}

func TestLoopbackIsNamedOnlyWhenAskedFor(t *testing.T) {
	t.Parallel()
	for _, loopback := range []bool{true, false} {
		g := gateway(t, func(o *softphone.Options) { o.Media, o.Loopback = "0.0.0.0:0", loopback })
		if got := addresses(answerOf(t, g)); slices.Contains(got, "udp 127.0.0.1") != loopback {
			t.Errorf("loopback %v: candidates %q", loopback, got)
		}
	}
}

func TestTheAnswerTakesTheTrunksLawFirst(t *testing.T) {
	t.Parallel()
	for law, formats := range map[string]string{"alaw": " 8 0\r\n", "ulaw": " 0 8\r\n"} {
		answer := answerOf(t, gateway(t, func(o *softphone.Options) { o.Law = law }))
		if !strings.Contains(answer, "RTP/SAVPF"+formats) {
			t.Errorf("%s: the answer is %s", law, answer)
		}
	}
}

func TestAPortThatIsTakenIsAnError(t *testing.T) {
	t.Parallel()
	g := gateway(t, nil)
	if _, err := softphone.New(softphone.Options{Media: g.MediaAddr(), RTP: "127.0.0.1:0"}); err == nil {
		t.Error("two gateways listen on one media port")
	}
	if _, err := softphone.New(softphone.Options{Media: "127.0.0.1:0", RTP: g.RTPAddr()}); err == nil {
		t.Error("two gateways listen on one RTP port")
	}
}
