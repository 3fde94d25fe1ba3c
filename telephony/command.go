package telephony

import (
	"fmt"
	"strings"
	"time"
)

// Command is something that the call machine wants done. Commands of one call are carried out in order, one at a time.
type Command interface{ command() }

// Those that name a channel are Asterisk's to do, the rest are the phones'.
type (
	// AnswerClient answers the leg of somebody who calls: a client's, or that of a desk phone that dials.
	AnswerClient struct{ Channel ChannelID }
	// Play plays a media URI to the client; its end comes back as an event with the same name.
	Play struct {
		Channel ChannelID
		Name    string
		Media   string
	}
	// StopPlay ends a playback early.
	StopPlay struct{ Name string }
	// MusicOn lets the client hear music; MusicOff ends it.
	MusicOn struct{ Channel ChannelID }
	// MusicOff ends what MusicOn began.
	MusicOff struct{ Channel ChannelID }
	// MakeBridge makes the call's bridge, named by the call's ID.
	MakeBridge struct{ Call CallID }
	// Join puts channels into the call's bridge.
	Join struct {
		Call     CallID
		Channels []ChannelID
	}
	// Part takes a channel out of the call's bridge.
	Part struct {
		Call    CallID
		Channel ChannelID
	}
	// DropBridge destroys the call's bridge.
	DropBridge struct{ Call CallID }
	// MakeLeg makes the agent's externalMedia leg; it is up when its event comes.
	MakeLeg struct {
		Call    CallID
		Agent   AgentID
		Channel ChannelID
	}
	// CallPhone rings the agent's desk phone, showing who calls or is to be called; it is up when somebody lifts the handset.
	CallPhone struct {
		Call    CallID
		Agent   AgentID
		Channel ChannelID
		Number  string // E.164, empty when withheld
		Name    string
		Timeout time.Duration
	}
	// TapLeg records both sides of a desk phone's leg from now on; one that is recorded already goes on. EndTap ends it.
	TapLeg struct {
		Call CallID
		Tap  Tap
	}
	// EndTap ends what TapLeg began; a leg that ends does so as well.
	EndTap struct {
		Call CallID
		Tap  Tap
	}
	// DialClient creates the client's leg of an outbound call, puts it into the bridge and dials it.
	DialClient struct {
		Call     CallID
		Channel  ChannelID
		Trunk    TrunkID
		Phone    string // what is dialled, E.164
		CallerID string // our number, E.164
		Timeout  time.Duration
	}
	// HangUp ends a channel, with a reason that Asterisk's ARI knows ("normal", "busy", "no_answer", "congestion").
	HangUp struct {
		Channel ChannelID
		Reason  string
	}
	// Digits sends DTMF to a channel.
	Digits struct {
		Channel ChannelID
		Digits  string
	}
	// Lease moves the time at which the dialplan takes the client back; zero means never.
	Lease struct {
		Channel ChannelID
		For     time.Duration
	}
	// RingPhone rings the agent's browser; StopPhone ends that.
	RingPhone struct{ Call Call }
	// StopPhone ends the ringing of the agent's browser, or takes a call from it that has gone back to the queue.
	StopPhone struct{ Call Call }
	// TieLeg tells the gateway where Asterisk's end of the leg is.
	TieLeg struct {
		Call     Call
		Asterisk string
	}
	// TalkPhone lets sound flow between the browser and the leg and records it.
	TalkPhone struct{ Call Call }
	// QuietPhone stops the sound between the browser and the leg: the client hears music.
	QuietPhone struct{ Call Call }
	// FreePhone forgets the leg.
	FreePhone struct {
		Call  CallID
		Agent AgentID
	}
)

func (AnswerClient) command() {}
func (Play) command()         {}
func (StopPlay) command()     {}
func (MusicOn) command()      {}
func (MusicOff) command()     {}
func (MakeBridge) command()   {}
func (Join) command()         {}
func (Part) command()         {}
func (DropBridge) command()   {}
func (MakeLeg) command()      {}
func (CallPhone) command()    {}
func (TapLeg) command()       {}
func (EndTap) command()       {}
func (DialClient) command()   {}
func (HangUp) command()       {}
func (Digits) command()       {}
func (Lease) command()        {}
func (RingPhone) command()    {}
func (StopPhone) command()    {}
func (TieLeg) command()       {}
func (TalkPhone) command()    {}
func (QuietPhone) command()   {}
func (FreePhone) command()    {}

// commandName is for the log.
func commandName(c Command) string { return strings.TrimPrefix(fmt.Sprintf("%T", c), "telephony.") }
