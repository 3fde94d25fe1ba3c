package crm

import (
	"crypto/rand"
	"encoding/hex"
	"time"
)

// NewID makes a UUIDv7 (RFC 9562 section 5.7): the time in milliseconds, then random bits. IDs made later sort later.
func NewID() string { return NewIDAt(time.Now()) }

// NewIDAt makes a UUIDv7 whose time is at, for things that are recorded after they happened.
func NewIDAt(at time.Time) string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	ms := uint64(at.UnixMilli())
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// IsID says whether s is written as a UUID, in the form that we store and send.
func IsID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return true
}
