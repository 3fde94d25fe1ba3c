package telephony

import (
	"context"
	"time"
)

// PBX carries out what the call machine decided. The adapter in asterisk/ is the only implementation in the product.
type PBX interface {
	// Do runs one command to its end. An error comes back to the machine as an event.
	Do(ctx context.Context, cmd Command) error
}

// Phones are the agents' browsers. The live hub of the product implements it over softphone.Gateway and the websockets.
type Phones interface {
	// Ring tells the agent's browser that the call is offered until the given time. The pop stands before it on the same ordered queue.
	Ring(call Call)
	// Stop ends the ringing, whatever the reason.
	Stop(call Call)
	// Leg tells the gateway where Asterisk's end of the agent's leg is (UNICASTRTP address "host:port").
	Leg(call Call, asterisk string) error
	// Connect lets sound flow between the browser and the leg.
	Connect(call Call)
	// Quiet stops the sound, the leg stays.
	Quiet(call Call)
	// Release forgets the leg of that call.
	Release(call CallID, agent AgentID)
}

// Feed hears of every change, in order for one call. It must not block: the switchboard waits for it.
type Feed interface {
	CallChanged(call Call)
	AgentChanged(agent Agent)
}

// Plan is everything that decisions are made from. It is replaced whole when settings change; a live call keeps what it has.
type Plan struct {
	Location    *time.Location
	Country     string                   // ISO 3166 region for numbers in national form
	Numbers     map[string]Number        // by E.164
	Lengths     map[string]time.Duration // of the media URIs; one that is not known is short
	RingFor     time.Duration            // an offer, 20 s by default
	WrapUp      time.Duration            // after a talk
	AwayFor     time.Duration            // how long a client hears music for a lost browser, 15 s
	Prefixes    []string                 // outbound is denied unless one of these begins the number, E.164 or a short emergency number
	Tariffs     map[string]Tariff        // of the prefixes
	Guard       Guard
	MaxOutbound int     // concurrent outbound calls, all agents together
	Trunks      []Trunk // lines to providers; none: the one of Asterisk's own configuration
	CallerID    string  // E.164 of ours for outbound when nothing better is known
}

// Number is one of ours (DID) with the short route of the main job: hours, greeting, queue.
type Number struct {
	E164     string
	Name     string
	Queue    QueueID
	Members  []AgentID // who is offered its calls; empty: everybody on shift
	Greeting string    // media URI played before the queue, empty for none
	Closed   string    // media URI outside hours
	Nobody   string    // media URI when the longest wait is over
	MaxWait  time.Duration
	Hours    Hours
}

// Hours are opening times by weekday, in the company's time zone. The zero value is always open.
type Hours [7][]Span

// Span is an opening time in minutes since midnight, To exclusive.
type Span struct{ From, To int }
