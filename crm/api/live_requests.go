package api

import (
	"context"
	"errors"
	"time"

	"ringbook/crm"
	"ringbook/telephony"
)

// request is any message of a tab.
type request struct {
	Type      string           `json:"type"`
	Ref       string           `json:"ref"`
	N         int64            `json:"n"`
	Call      telephony.CallID `json:"call"`
	SDP       string           `json:"sdp"`
	Candidate string           `json:"candidate"`
	Digits    string           `json:"digits"`
	To        string           `json:"to"`
	Client    string           `json:"client"`
	Reason    string           `json:"reason"`
	Seconds   int              `json:"seconds"`
	On        bool             `json:"on"`
	Device    telephony.Device `json:"device"`
	Presence  bool             `json:"presence"`
}

// dialWithin bounds what stands behind a click: the number's check and the caller ID.
const dialWithin = 3 * time.Second

// serve carries out one message; a refusal goes back with the message's ref, a code and its parameters.
func (h *Hub) serve(t *tab, in request) {
	err := h.act(t, in)
	if err == nil {
		if in.Ref != "" {
			t.send(message{"type": "done", "ref": in.Ref})
		}
		return
	}
	code, params := refusal(err)
	t.send(message{"type": "refused", "ref": in.Ref, "request": in.Type, "code": code, "params": params})
}

var errUnknownRequest = errors.New("no such request")

func refusal(err error) (string, map[string]any) {
	codes := map[error]string{telephony.ErrNoCall: "no_call", telephony.ErrBusy: "busy", telephony.ErrNotReady: "phone_not_ready",
		telephony.ErrNotAllowed: "number_not_allowed", telephony.ErrTooMany: "too_many_calls", telephony.ErrBadDigits: "bad_digits",
		telephony.ErrOffShift: "off_shift", errUnknownRequest: "unknown_request", errElsewhere: "phone_elsewhere"}
	for known, code := range codes {
		if errors.Is(err, known) {
			return code, map[string]any{}
		}
	}
	var own *crm.Error
	if errors.As(err, &own) {
		return own.Code, own.Params
	}
	return "failed", map[string]any{}
}

func (h *Hub) act(t *tab, in request) error {
	id, b := t.agent(), h.board
	switch in.Type {
	case "heartbeat":
		h.beat(t)
	case "resync":
		t.send(h.snapshot(t))
	case "watch":
		return h.watch(t, in.Presence)
	case "shift_start", "shift_end", "take_phone", "offer", "candidate", "echo", "mute":
		return h.actPhone(t, in)
	case "answer":
		return b.Answer(id, in.Call)
	case "reject":
		return b.Reject(id, in.Call)
	case "hangup":
		return b.HangUp(id, in.Call)
	case "hold":
		return b.Hold(id, in.Call)
	case "resume":
		return b.Resume(id, in.Call)
	case "dtmf":
		return b.Dtmf(id, in.Call, in.Digits)
	case "pause":
		return b.Pause(id, in.Reason)
	case "ready":
		return b.Ready(id)
	case "wrap_extend":
		return b.ExtendWrapUp(id, time.Duration(in.Seconds)*time.Second)
	case "dial":
		ctx, cancel := context.WithTimeout(context.Background(), dialWithin)
		defer cancel()
		_, err := h.o.Dial(ctx, t.who, in.To, in.Client)
		return err
	case "link":
		ctx, cancel := context.WithTimeout(context.Background(), dialWithin)
		defer cancel()
		return h.o.Link(ctx, t.who, in.Call, in.Client)
	case "quality":
	default:
		return errUnknownRequest
	}
	return nil
}

// watch begins or ends the floor's feed; it needs the right to see the floor.
func (h *Hub) watch(t *tab, on bool) error {
	if on && !h.o.MayWatch(t.who) {
		return crm.Forbidden("floor.read")
	}
	t.mu.Lock()
	t.watch = on
	t.mu.Unlock()
	if on {
		t.send(h.presence(h.floor(), t.who))
	}
	return nil
}

// beat is the page's answer to the heartbeat. Only the tab with the phone proves that the agent can be rung.
func (h *Hub) beat(t *tab) {
	h.mu.Lock()
	p := h.phones[t.agent()]
	mine := p != nil && p.tab == t
	h.mu.Unlock()
	if mine {
		h.board.Seen(t.agent())
	}
}

func (h *Hub) cardOf(c telephony.Call) any {
	ctx, cancel := context.WithTimeout(context.Background(), cardWithin)
	defer cancel()
	return h.o.Card(ctx, c)
}
