package headless

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"ringbook/softphone/testphone"
)

// incoming is any message of the server as far as an operator needs it.
type incoming struct {
	Type  string            `json:"type"`
	N     int64             `json:"n"`
	Phone string            `json:"phone"`
	State string            `json:"state"`
	SDP   string            `json:"sdp"`
	Code  string            `json:"code"`
	ICE   []testphone.Relay `json:"ice"`
	Agent struct {
		State string `json:"state"`
	} `json:"agent"`
	Call *struct {
		ID     string          `json:"id"`
		State  string          `json:"state"`
		Phone  string          `json:"phone"`
		Reason string          `json:"end_reason"`
		Client json.RawMessage `json:"client"`
	} `json:"call"`
	Card *struct {
		Client *struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		} `json:"client"`
	} `json:"card"`
}

func (op *Operator) handle(ctx context.Context, data []byte) {
	var m incoming
	if err := json.Unmarshal(data, &m); err != nil {
		op.tell(Event{Event: "unreadable", Reason: err.Error(), Raw: data})
		return
	}
	switch m.Type {
	case "heartbeat":
		if !op.frozen.Load() {
			_ = op.Send("heartbeat", map[string]any{"n": m.N})
		}
	case "snapshot":
		op.begin(ctx, m)
	case "answer":
		if p := op.Phone(); p != nil {
			if err := p.Accept(m.SDP); err != nil {
				op.tell(Event{Event: "refused", Reason: err.Error()})
			}
		}
	case "media":
		if m.State == "connected" {
			e := Event{Event: "ready", Raw: data}
			if p := op.Phone(); p != nil {
				e.Way, e.To = p.Way()
			}
			op.tell(e)
		} else if m.State == "failed" && op.o.AnyWay { // a page tries again as well
			if err := op.connect(ctx); err != nil {
				op.tell(Event{Event: "refused", Reason: err.Error()})
			}
		}
	case "relay":
		op.mu.Lock()
		op.ice = m.ICE
		op.mu.Unlock()
	case "agent":
		op.mu.Lock()
		op.agent = m.Agent.State
		op.mu.Unlock()
		op.tell(Event{Event: "state", State: m.Agent.State, Raw: data})
	case "pop", "ringing":
		op.popped(m, data)
	case "call", "stop":
		op.called(m, data)
	case "refused":
		op.tell(Event{Event: "refused", Reason: m.Code, Raw: data})
	default:
		op.tell(Event{Event: m.Type, Raw: data})
	}
}

// begin starts the shift, or goes on with it after the socket was lost.
func (op *Operator) begin(ctx context.Context, m incoming) {
	op.mu.Lock()
	op.agent, op.ice = m.Agent.State, m.ICE
	op.mu.Unlock()
	if op.o.Silent {
		op.tell(Event{Event: "ready"})
		return
	}
	_ = op.Send("take_phone", nil)
	if op.o.DeskPhone {
		_ = op.Send("shift_start", map[string]any{"device": "desk_phone"})
		op.tell(Event{Event: "ready"})
		return
	}
	_ = op.Send("shift_start", nil)
	if err := op.connect(ctx); err != nil {
		op.tell(Event{Event: "refused", Reason: err.Error()})
	}
}

// connect opens a WebRTC session anew, as a page does when it is loaded.
func (op *Operator) connect(ctx context.Context) error {
	op.hangUpPhone()
	o := testphone.Options{Hear: op.o.Heard, AnyWay: op.o.AnyWay}
	if o.AnyWay {
		op.mu.Lock()
		o.Relays = op.ice
		op.mu.Unlock()
	}
	p, err := testphone.New(o)
	if err != nil {
		return fmt.Errorf("make a phone: %w", err)
	}
	offer, err := p.Offer(ctx)
	if err != nil {
		return fmt.Errorf("make an offer: %w", err)
	}
	op.mu.Lock()
	op.phone, op.heard = p, p.Heard()
	op.mu.Unlock()
	if op.o.Say != nil {
		p.Say(op.o.Say, true)
	} else {
		p.Talk(true)
	}
	return op.Send("offer", map[string]any{"sdp": offer})
}

func (op *Operator) hangUpPhone() {
	op.mu.Lock()
	p := op.phone
	op.phone = nil
	op.mu.Unlock()
	if p != nil {
		_ = p.Close()
	}
}

func (op *Operator) popped(m incoming, data []byte) {
	if m.Call == nil {
		return
	}
	e := Event{Event: m.Type, Call: m.Call.ID, Phone: m.Call.Phone, State: m.Call.State, Raw: data}
	if m.Card != nil && m.Card.Client != nil {
		e.Client, e.Name = m.Card.Client.ID, m.Card.Client.Name
	}
	op.mu.Lock()
	op.call, op.state = m.Call.ID, m.Call.State
	op.mu.Unlock()
	op.tell(e)
	if m.Type == "ringing" && op.o.AnswerAfter >= 0 {
		time.AfterFunc(op.o.AnswerAfter, func() { _ = op.Send("answer", map[string]any{"call": e.Call}) })
	}
}

func (op *Operator) called(m incoming, data []byte) {
	if m.Call == nil {
		return
	}
	op.mu.Lock()
	was := op.state
	op.call, op.state = m.Call.ID, m.Call.State
	op.mu.Unlock()
	names := map[string]string{"talking": "answered", "held": "held", "away": "away", "ended": "ended", "dialing": "dialing"}
	name := names[m.Call.State]
	if name == "" || was == m.Call.State {
		return
	}
	op.tell(Event{Event: name, Call: m.Call.ID, Phone: m.Call.Phone, State: m.Call.State, Reason: m.Call.Reason, Raw: data})
	if name == "answered" && op.o.HangUpAfter > 0 {
		id := m.Call.ID
		time.AfterFunc(op.o.HangUpAfter, func() { _ = op.Send("hangup", map[string]any{"call": id}) })
	}
}
