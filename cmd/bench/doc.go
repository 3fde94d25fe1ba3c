// Bench measures Ringbook beside its peers, each pair in one run on one machine. It is no test: nothing fails by a number.
//
//	go build -o bin/bench ./cmd/bench
//
//	bench pop --data DIR [--tabs 500] [--calls 200] [--rate 5]
//
// measures how long after its INVITE a call is on the operator's screen. DIR is the data folder of a deploy/run instance that runs;
// DIR/env says where its parts are. Bench adds people (bench-...@bench.example), opens a /live socket for each, lets some of them
// go available with a real WebRTC session, calls Asterisk over SIP with the numbers of known clients, and gives each call up once it
// rang. Beside it stand the physical parts of the same way, measured between the calls: SIP to Asterisk and back, one request to ARI, the
// card out of the database, one message there and back on /live. Afterwards the people are switched off.
//
//	bench media [--legs 10,20,50,100] [--seconds 10] [--relays wire,gateway,naive,asterisk]
//
// measures what it costs to carry a leg's sound between a browser and Asterisk, and how much later it comes. The same traffic (G.711,
// 50 packets a second each way, the time of sending in each packet) goes through
//
//	wire       a UDP socket and nothing else: what the machine itself takes
//	gateway    softphone.Gateway, as Ringbook runs it
//	naive      a relay as one writes it first: a PeerConnection and a socket a leg, pion's defaults
//	asterisk   a private Asterisk with webrtc=yes, bridging each browser with an RTP leg
//
// It is run from the top of the repository (--top), for the peer's configuration is made by deploy/asterisk/instance.
// The relays are processes of their own, so that their processor time is theirs alone; the parent plays the browsers and the far legs.
//
// Both print a table, or JSON with --json.
package main
