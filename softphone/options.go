package softphone

import (
	"log/slog"
	"time"

	"ringbook/telephony"
)

// Options are what a gateway is made from.
type Options struct {
	Media     string   // host:port of ICE, the same for UDP and TCP; port 0 lets the system choose
	Addresses []string // the IP addresses that browsers are told; [Own] among them, and an empty list, mean those of the interfaces
	RTP       string   // host:port of the UDP socket that all of Asterisk's legs send to
	Law       string   // of the trunk: "alaw" (also when empty) or "ulaw"
	Loopback  bool     // tell browsers about 127.0.0.1 too
	Log       *slog.Logger
	// Tap is asked once for each leg, when its sound first flows. Nil, and a nil answer, mean that nobody listens.
	Tap func(call telephony.CallID, agent telephony.AgentID) Tap
}

// Own among the addresses stands for those of this machine's interfaces: browsers in the office use them, browsers elsewhere the others.
const Own = "own"

// Tap hears each packet that passes between a browser and a leg, in the trunk's law. It is called on the goroutine that moves the
// sound, so it must not block; the two methods are called concurrently, and a packet may still come after Release.
type Tap interface {
	Client(p Packet) // from Asterisk, to the browser
	Agent(p Packet)  // from the browser, to Asterisk
}

// Packet is one RTP packet of G.711, with the numbers that its source gave it.
type Packet struct {
	At      time.Time // arrival
	SSRC    uint32
	Seq     uint16
	TS      uint32
	PT      uint8
	Payload []byte // valid only during the call
}

// The states of a session, as [SessionEvent] tells them.
const (
	Connected    = "connected"
	Disconnected = "disconnected" // no sign of the browser for some seconds; may come back
	Failed       = "failed"       // gave up; the session is closed
	Closed       = "closed"       // by us, by the browser, or replaced by a later session
)

// SessionEvent tells that a session changed its state. Failed and Closed are the last of a session, and one of them always comes.
type SessionEvent struct {
	Agent telephony.AgentID
	State string
}

// Stats is how the sound between the browser and us travels. Up is from the browser, Down to it, as its RTCP reports say.
type Stats struct {
	State    string  `json:"state"`
	Loss     float64 `json:"loss"`   // percent, the worse of both directions, over the last interval of RTCP
	Jitter   float64 `json:"jitter"` // milliseconds, the worse of both directions
	RTT      float64 `json:"rtt"`    // milliseconds, 0 while unknown
	LossUp   float64 `json:"loss_up"`
	LossDown float64 `json:"loss_down"`
	Received uint64  `json:"received"` // packets from the browser
	Sent     uint64  `json:"sent"`     // packets to the browser
	LegIn    uint64  `json:"leg_in"`   // packets from Asterisk on the connected leg
	LegLoss  float64 `json:"leg_loss"` // percent, from Asterisk
	LegOut   uint64  `json:"leg_out"`  // packets to Asterisk on the connected leg
}
