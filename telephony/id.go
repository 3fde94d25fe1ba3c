package telephony

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// InboundID computes the ID of an inbound call from the client's channel, so that the same channel seen again after a
// crash is the same call: a UUIDv7 (RFC 9562 section 5.7) of the channel's creation time, its random part taken from
// SHA-256 of node and channel ID.
func InboundID(node string, channel ChannelID, created time.Time) CallID {
	sum := sha256.Sum256([]byte(node + "\x00" + string(channel)))
	return CallID(uuid7(created, sum[:10]))
}

// NewID makes a call's ID from the time and ten random bytes.
func NewID(now time.Time, random [10]byte) CallID { return CallID(uuid7(now, random[:])) }

func uuid7(at time.Time, random []byte) string {
	ms := uint64(at.UnixMilli())
	var b [16]byte
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	copy(b[6:], random)
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return fmt.Sprintf("%s-%s-%s-%s-%s", h[:8], h[8:12], h[12:16], h[16:20], h[20:])
}

// The roles of the channels that we make.
const (
	roleAgent  = "agent"
	roleClient = "client"
)

// LegChannel names a channel that we make: CALL.ROLE.WHO.N. A bridge and its parties can be read back from Asterisk alone.
func LegChannel(call CallID, role, who string, n int) ChannelID {
	return ChannelID(string(call) + "." + role + "." + who + "." + strconv.Itoa(n))
}

// LegName is what a channel's name says.
type LegName struct {
	Call  CallID
	Role  string // agent or client
	Agent AgentID
	N     int
}

// ParseLeg reads a name that [LegChannel] made; ok is false for every other channel.
func ParseLeg(id ChannelID) (LegName, bool) {
	parts := strings.Split(string(id), ".")
	if len(parts) != 4 || len(parts[0]) != 36 || (parts[1] != roleAgent && parts[1] != roleClient) {
		return LegName{}, false
	}
	n, err := strconv.Atoi(parts[3])
	if err != nil {
		return LegName{}, false
	}
	leg := LegName{Call: CallID(parts[0]), Role: parts[1], N: n}
	if leg.Role == roleAgent {
		leg.Agent = AgentID(parts[2])
	}
	return leg, true
}
