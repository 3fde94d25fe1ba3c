package telephony

// Event is something that happened to one call. [Next] takes events in any order: Asterisk's replay has no end mark
// and a live event may overtake it, so one that does not fit the state is ignored.
type Event interface{ event() }

// The events of a call.
type (
	// PlayEnded says that the playback of that name is over, or could not begin.
	PlayEnded struct{ Name string }
	// Offered says that the agent was chosen for a waiting client.
	Offered struct {
		Agent  AgentID
		Why    string
		Device Device
	}
	// AgentAnswered, AgentRejected and AgentHungUp are what the agent did with the call.
	AgentAnswered struct{ Agent AgentID }
	// AgentRejected says that the agent declined the offer.
	AgentRejected struct{ Agent AgentID }
	// AgentHungUp says that the agent ended the call.
	AgentHungUp struct{ Agent AgentID }
	// AgentAway says that the agent's browser can carry no sound any more; AgentBack that it can again.
	AgentAway struct{ Agent AgentID }
	// AgentBack is the end of AgentAway.
	AgentBack struct{ Agent AgentID }
	// HoldAsked and ResumeAsked are the agent's hold key.
	HoldAsked struct{ Agent AgentID }
	// ResumeAsked ends a hold.
	ResumeAsked struct{ Agent AgentID }
	// DigitsAsked is the agent's keypad.
	DigitsAsked struct {
		Agent  AgentID
		Digits string
	}
	// LegUp says that the agent's leg stands in our application; Asterisk is the address of its end, "host:port".
	LegUp struct {
		Channel  ChannelID
		Asterisk string
	}
	// LegGone says that the agent's leg is no more, a desk phone's with the Q.850 cause.
	LegGone struct {
		Channel ChannelID
		Cause   int
	}
	// ClientUp says that the dialled client answered.
	ClientUp struct{ Channel ChannelID }
	// ClientProgress says that the network rings the dialled client, or plays something of its own.
	ClientProgress struct{ Channel ChannelID }
	// ClientGone says that the client's leg is no more, with the Q.850 cause and the SIP status where known.
	ClientGone struct {
		Channel  ChannelID
		Cause    int
		SIPCode  int
		Unseen   bool // found by reconcile: nobody saw it go
		Fallback bool // the dialplan took the client back
	}
	// Tick says that time has passed.
	Tick struct{}
	// Failed says that a command could not be carried out.
	Failed struct {
		Command Command
		Err     error
	}
	// AsteriskGone says that Asterisk restarted under the call.
	AsteriskGone struct{}
	// Restored is the first event after a restart of ours: the client's leg still stands, and Leg is the agent's, if it does.
	Restored struct {
		Leg      ChannelID
		Asterisk string
	}
)

func (PlayEnded) event()      {}
func (Offered) event()        {}
func (AgentAnswered) event()  {}
func (AgentRejected) event()  {}
func (AgentHungUp) event()    {}
func (AgentAway) event()      {}
func (AgentBack) event()      {}
func (HoldAsked) event()      {}
func (ResumeAsked) event()    {}
func (DigitsAsked) event()    {}
func (LegUp) event()          {}
func (LegGone) event()        {}
func (ClientUp) event()       {}
func (ClientProgress) event() {}
func (ClientGone) event()     {}
func (Tick) event()           {}
func (Failed) event()         {}
func (AsteriskGone) event()   {}
func (Restored) event()       {}
