package softphone_test

import (
	"testing"

	"ringbook/softphone/testphone"
)

// BenchmarkRoundTrip is one packet of Asterisk's that the browser hears and one of the browser's that Asterisk hears, in lock step:
// the whole way through sockets, SRTP and both ends.
func BenchmarkRoundTrip(b *testing.B) {
	g := gateway(b, nil)
	phone := open(b, g, anna, testphone.Options{})
	a := newAsterisk(b, g)
	a.leg(b, g, call, anna)
	b.ReportAllocs()
	for i := range b.N {
		a.say(b, frameOf(7))
		within(b, phone.heard, "sound")
		send(b, phone, uint16(i), frameOf(8))
		hears(b, a.got, frameOf(8))
	}
}
