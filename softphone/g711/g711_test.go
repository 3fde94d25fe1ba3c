package g711

import "testing"

func TestEveryCodeSurvivesDecodingAndEncoding(t *testing.T) {
	t.Parallel()
	for _, l := range laws {
		for c := range 256 {
			got := l.Encode(l.Decode(byte(c)))
			if got != byte(c) && l.Decode(got) != l.Decode(byte(c)) {
				t.Errorf("%s: code %#x came back as %#x", l, c, got)
			}
		}
	}
}

func TestQuantisationErrorIsAtMostHalfAStep(t *testing.T) {
	t.Parallel()
	for _, l := range laws {
		for s := -32000; s <= 32000; s++ {
			back := int(l.Decode(l.Encode(int16(s))))
			if diff, limit := abs(back-s), 16+abs(s)/24; diff > limit {
				t.Fatalf("%s: %d came back as %d", l, s, back)
			}
		}
	}
}

func TestSilenceIsNearestToZeroInBothLaws(t *testing.T) {
	t.Parallel()
	for _, l := range laws {
		if v := l.Decode(l.Silence()); abs(int(v)) > 8 {
			t.Errorf("%s: silence decodes to %d", l, v)
		}
		other := laws[1-l.index()]
		buf := []byte{l.Silence()}
		l.Convert(buf, buf)
		if v := other.Decode(buf[0]); abs(int(v)) > 8 {
			t.Errorf("%s: silence converts to %d", l, v)
		}
	}
}

func TestConversionKeepsTheLoudness(t *testing.T) {
	t.Parallel()
	for _, l := range laws {
		other := laws[1-l.index()]
		for c := range 256 {
			buf := []byte{0}
			l.Convert(buf, []byte{byte(c)})
			want, got := int(l.Decode(byte(c))), int(other.Decode(buf[0]))
			if abs(want-got) > 16+abs(want)/24 {
				t.Errorf("%s: code %#x of %d became %d", l, c, want, got)
			}
		}
	}
}

func abs(v int) int { return max(v, -v) }
