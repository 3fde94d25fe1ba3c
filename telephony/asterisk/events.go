package asterisk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ringbook/telephony"
)

// timeLayout is how ARI writes times (ISO 8601 with milliseconds).
const timeLayout = "2006-01-02T15:04:05.000-0700"

type ariTime struct{ time.Time }

func (t *ariTime) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	if s == "" {
		return nil
	}
	at, err := time.Parse(timeLayout, s)
	if err != nil {
		return fmt.Errorf("read time %q: %w", s, err)
	}
	t.Time = at
	return nil
}

// channel is Asterisk's channel as far as we need it.
type channel struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	State  string `json:"state"`
	Caller struct {
		Name   string `json:"name"`
		Number string `json:"number"`
	} `json:"caller"`
	Dialplan struct {
		Context string `json:"context"`
		Exten   string `json:"exten"`
		App     string `json:"app_name"`
		Data    string `json:"app_data"`
	} `json:"dialplan"`
	Created ariTime           `json:"creationtime"`
	Vars    map[string]string `json:"channelvars"`
}

// event is any event of ARI as far as we need it.
type event struct {
	Type       string   `json:"type"`
	App        string   `json:"application"`
	At         ariTime  `json:"timestamp"`
	AsteriskID string   `json:"asterisk_id"`
	Args       []string `json:"args"`
	Channel    channel  `json:"channel"`
	Peer       channel  `json:"peer"`
	DialStatus string   `json:"dialstatus"`
	Cause      int      `json:"cause"`
	TechCause  int      `json:"tech_cause"`
	Playback   struct {
		ID    string `json:"id"`
		State string `json:"state"`
	} `json:"playback"`
}

var errNoType = errors.New("the event has no type")

// decode reads one event; it never panics, whatever the bytes.
func decode(data []byte) (event, error) {
	var e event
	if err := json.Unmarshal(data, &e); err != nil {
		return event{}, fmt.Errorf("decode event: %w", err)
	}
	if e.Type == "" {
		return event{}, errNoType
	}
	return e, nil
}

// read takes events off the queue, in order.
func (p *PBX) read(ctx context.Context) {
	for {
		for _, raw := range p.queue.take() {
			p.handle(raw)
		}
		select {
		case <-ctx.Done():
			return
		case <-p.queue.wake:
		}
	}
}

func (p *PBX) handle(raw rawEvent) {
	e, err := decode(raw.data)
	if err != nil {
		p.count("invalid")
		p.o.Log.Warn("an event could not be read", "err", err, "bytes", len(raw.data))
		return
	}
	p.mu.Lock()
	p.state.LastEvent = raw.at
	if _, seen := p.events[e.Type]; seen || len(p.events) < 200 {
		p.events[e.Type]++
	}
	skew := p.state.Skew
	p.mu.Unlock()
	if e.AsteriskID != "" {
		p.node.Store(&e.AsteriskID)
	}
	at := raw.at
	if own := e.At.Add(-skew); raw.replay && !e.At.IsZero() && own.Before(at) {
		at = own // it waited in Asterisk's queue
	}
	p.dispatch(e, at, raw.replay)
}

// dispatch gives an event to whom it concerns.
func (p *PBX) dispatch(e event, at time.Time, replay bool) {
	id := telephony.ChannelID(e.Channel.ID)
	switch e.Type {
	case "StasisStart":
		p.entered(e, at, replay)
	case "ChannelDestroyed":
		if !p.tellTrial(id, trialEvent{"gone", e.Cause, e.TechCause}) {
			p.gone(id, e.Cause, e.TechCause, at)
		}
	case "ChannelHangupRequest":
		if _, made := telephony.ParseLeg(id); !made && !isTrial(id) && !isTap(id) {
			p.gone(id, e.Cause, e.TechCause, at) // of an inbound channel nothing more is told once it has left Stasis
		}
	case "StasisEnd":
		p.left(id)
	case "ChannelStateChange":
		if e.Channel.State == "Up" {
			p.up(e.Channel, at)
		}
	case "Dial":
		id := telephony.ChannelID(e.Peer.ID)
		if p.tellTrial(id, trialEvent{word: e.DialStatus}) {
			return
		}
		switch e.DialStatus {
		case "ANSWER":
			p.up(e.Peer, at)
		case "RINGING", "PROGRESS":
			p.progress(id, at)
		}
	case "PlaybackFinished":
		p.board.Played(e.Playback.ID, at)
	case "ApplicationReplaced", "ApplicationRegistered", "ApplicationUnregistered":
		p.o.Log.Info("Asterisk says", "event", e.Type)
	case "ChannelCreated", "ChannelEnteredBridge", "ChannelLeftBridge", "BridgeCreated", "BridgeDestroyed",
		"PlaybackStarted", "ChannelDtmfReceived", "ChannelCallerId", "ChannelConnectedLine", "ChannelUserevent", "ChannelDialplan",
		"ChannelVarset", "ChannelHold", "ChannelUnhold", "DeviceStateChanged", "BridgeMerged", "PlaybackContinuing", "RESTResponse":
	default:
		p.count(e.Type)
	}
}

func (p *PBX) count(kind string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.unknown) < 1000 {
		p.unknown[kind]++
	}
}

func (p *PBX) entered(e event, at time.Time, replay bool) {
	id := telephony.ChannelID(e.Channel.ID)
	leg, ours := telephony.ParseLeg(id)
	switch {
	case isEcho(id), isTrial(id), isTap(id):
	case ours && leg.Agent != "" && isPhone(e.Channel): // it is up when its handset is lifted
	case ours && leg.Agent != "":
		p.board.Happened(id, telephony.LegUp{Channel: id, Asterisk: rtpAddress(e.Channel)}, at)
	case ours:
	case len(e.Args) > 0 && e.Args[0] == "dialled":
		p.keyed(e.Args, id, replay)
	default:
		a := p.arrival(e.Channel)
		if !replay {
			a.At = at
		}
		p.board.Arrived(a)
	}
}

// rtpAddress is Asterisk's end of an externalMedia leg.
func rtpAddress(c channel) string {
	host, port := c.Vars["UNICASTRTP_LOCAL_ADDRESS"], c.Vars["UNICASTRTP_LOCAL_PORT"]
	if host == "" || port == "" {
		return ""
	}
	return host + ":" + port
}

// arrival reads a client's inbound leg. Its ID is computed from the channel, so it is the same each time.
func (p *PBX) arrival(c channel) telephony.Arrival {
	node := ""
	if n := p.node.Load(); n != nil {
		node = *n
	}
	number := c.Vars["RB_NUM"]
	if number == "" {
		number = c.Caller.Number
	}
	name := c.Vars["RB_NAME"]
	if name == "" {
		name = c.Caller.Name
	}
	trunk := telephony.TrunkID(c.Vars["RB_TRUNK"])
	var dialled []string
	for _, d := range []string{c.Vars["RB_DID"], c.Dialplan.Exten} {
		if d != "" {
			dialled = append(dialled, d)
		}
	}
	phone, shown := p.o.Caller(number, c.Vars["RB_PAI"], name)
	created := c.Created.Time
	return telephony.Arrival{ID: telephony.InboundID(node, telephony.ChannelID(c.ID), created), Channel: telephony.ChannelID(c.ID),
		Phone: phone, Caller: shown, Name: name, Number: p.o.Called(dialled), Trunk: trunk, At: created.Add(-p.State().Skew)}
}

func (p *PBX) gone(id telephony.ChannelID, cause, sip int, at time.Time) {
	if leg, ours := telephony.ParseLeg(id); ours && leg.Agent != "" {
		p.board.Happened(id, telephony.LegGone{Channel: id, Cause: cause}, at)
		return
	}
	p.board.Happened(id, telephony.ClientGone{Channel: id, Cause: cause, SIPCode: sip}, at)
}

// left is a channel that left our application. Mostly it is being hung up and ChannelDestroyed follows with the cause;
// when it is still there a while later, the dialplan has taken the client back.
func (p *PBX) left(id telephony.ChannelID) {
	if _, ours := telephony.ParseLeg(id); ours || isTap(id) {
		return
	}
	time.AfterFunc(1500*time.Millisecond, func() {
		p.board.Happened(id, telephony.ClientGone{Channel: id, Fallback: true}, p.o.Now())
	})
}

func (p *PBX) up(c channel, at time.Time) {
	id := telephony.ChannelID(c.ID)
	switch leg, ours := telephony.ParseLeg(id); {
	case ours && leg.Agent == "":
		p.board.Happened(id, telephony.ClientUp{Channel: id}, at)
	case ours && isPhone(c):
		p.board.Happened(id, telephony.LegUp{Channel: id}, at)
	}
}

func (p *PBX) progress(id telephony.ChannelID, at time.Time) {
	if leg, ours := telephony.ParseLeg(id); ours && leg.Agent == "" {
		p.board.Happened(id, telephony.ClientProgress{Channel: id}, at)
	}
}
