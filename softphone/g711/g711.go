// Package g711 converts between the two laws of ITU-T G.711 and 16-bit linear samples, by table.
package g711

import "fmt"

// Law names one of the two companding laws.
type Law string

// The laws, by the names that Asterisk gives them.
const (
	ALaw  Law = "alaw"
	MuLaw Law = "ulaw"
)

// Parse reads the name of a law.
func Parse(name string) (Law, error) {
	switch l := Law(name); l {
	case ALaw, MuLaw:
		return l, nil
	}
	return "", fmt.Errorf("G.711 law %q is neither %q nor %q", name, ALaw, MuLaw)
}

// PayloadType is the static RTP payload type of RFC 3551: 8 for A-law, 0 for mu-law.
func (l Law) PayloadType() uint8 {
	if l == ALaw {
		return 8
	}
	return 0
}

// FromPayloadType is the law of a static RTP payload type.
func FromPayloadType(pt uint8) (Law, bool) {
	switch pt {
	case 8:
		return ALaw, true
	case 0:
		return MuLaw, true
	}
	return "", false
}

// Silence is the code of the sample nearest to zero.
func (l Law) Silence() byte {
	if l == ALaw {
		return 0xD5
	}
	return 0xFF
}

var (
	linear  [2][256]int16  // code to sample, by payload type (0 mu-law, 1 A-law)
	code    [2][65536]byte // sample to code
	convert [2][256]byte   // code of this law to code of the other
	laws    = [2]Law{MuLaw, ALaw}
)

func (l Law) index() int {
	if l == ALaw {
		return 1
	}
	return 0
}

func init() {
	for c := range 256 {
		linear[0][c] = muLawSample(byte(c))
		linear[1][c] = aLawSample(byte(c))
	}
	for s := -32768; s <= 32767; s++ {
		code[0][uint16(s)] = muLawCode(s)
		code[1][uint16(s)] = aLawCode(s)
	}
	for i := range laws {
		for c := range 256 {
			convert[i][c] = code[1-i][uint16(linear[i][c])]
		}
	}
}

// Decode is the linear value of one code.
func (l Law) Decode(c byte) int16 { return linear[l.index()][c] }

// Encode is the code of one linear value.
func (l Law) Encode(sample int16) byte { return code[l.index()][uint16(sample)] }

// Convert writes src, codes of law l, into dst as codes of the other law. The slices may be the same.
func (l Law) Convert(dst, src []byte) {
	table := &convert[l.index()]
	for i, c := range src {
		dst[i] = table[c]
	}
}

func muLawSample(c byte) int16 {
	c = ^c
	v := (int(c&0x0F)<<3 + 0x84) << (c & 0x70 >> 4)
	if c&0x80 != 0 {
		return int16(0x84 - v)
	}
	return int16(v - 0x84)
}

func muLawCode(s int) byte {
	sign := byte(0)
	if s < 0 {
		s, sign = -s, 0x80
	}
	s = min(s, 32635) + 0x84
	exp := byte(7)
	for mask := 0x4000; exp > 0 && s&mask == 0; mask >>= 1 {
		exp--
	}
	return ^(sign | exp<<4 | byte(s>>(exp+3))&0x0F)
}

func aLawSample(c byte) int16 {
	c ^= 0x55
	v := int(c&0x0F)<<4 + 8
	if exp := c & 0x70 >> 4; exp > 0 {
		v = (v + 0x100) << (exp - 1)
	}
	if c&0x80 == 0 {
		v = -v
	}
	return int16(v)
}

func aLawCode(s int) byte {
	sign := byte(0x80)
	if s < 0 {
		s, sign = -s-1, 0
	}
	s = min(s, 32767) >> 4
	if s < 16 {
		return (sign | byte(s)) ^ 0x55
	}
	exp := byte(1)
	for s > 31 {
		s >>= 1
		exp++
	}
	return (sign | exp<<4 | byte(s)&0x0F) ^ 0x55
}
