package api

import (
	"errors"
	"time"

	"ringbook/softphone"
	"ringbook/telephony"
)

var errElsewhere = errors.New("the phone is in another tab")

// farewell is how long a browser whose socket closed may still be sending sound before it counts as gone: a lost socket
// alone ends no talk, a closed page does.
const farewell = 700 * time.Millisecond

func (h *Hub) actPhone(t *tab, in request) error {
	id := t.agent()
	if in.Type == "take_phone" || in.Type == "shift_start" {
		h.take(t, in.Type == "take_phone")
	}
	if !h.hasPhone(t) && in.Type != "shift_end" {
		return errElsewhere
	}
	switch in.Type {
	case "shift_start":
		if in.Device != telephony.DeskPhone {
			in.Device = telephony.Browser
		}
		h.board.StartShift(id, t.who.Name, in.Device)
		h.board.Media(id, h.phoneUp(id))
	case "shift_end":
		h.board.EndShift(id)
	case "offer":
		return h.offer(t, in.SDP)
	case "candidate":
		return h.o.Gateway.Candidate(id, in.Candidate)
	case "mute":
		h.board.Mute(id, in.On)
	case "echo":
		return h.o.Echo(id, in.On)
	}
	return nil
}

// take gives the phone to this tab: if nobody has it, or by force.
func (h *Hub) take(t *tab, force bool) {
	h.mu.Lock()
	p := h.phones[t.agent()]
	if p == nil {
		p = &phone{}
		h.phones[t.agent()] = p
	}
	old := p.tab
	if old == nil || force {
		p.tab = t
	}
	taken := p.tab == t && old != t
	h.mu.Unlock()
	if taken {
		h.tellOthers(t, "elsewhere")
		t.send(message{"type": "phone", "state": "here"})
	}
}

// tellOthers says to the person's other tabs where the phone is.
func (h *Hub) tellOthers(t *tab, state string) {
	h.each(func(o *tab) bool { return o != t && o.agent() == t.agent() }, func(o *tab) { o.send(message{"type": "phone", "state": state}) })
}

func (h *Hub) hasPhone(t *tab) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.phones[t.agent()]
	return p != nil && p.tab == t
}

func (h *Hub) phoneUp(id telephony.AgentID) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.phones[id]
	return p != nil && p.up
}

func (h *Hub) phoneState(t *tab) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch p := h.phones[t.agent()]; {
	case p == nil || p.tab == nil:
		return "none"
	case p.tab == t:
		return "here"
	default:
		return "elsewhere"
	}
}

// offer opens a WebRTC session for the tab; an older one of the same person ends.
func (h *Hub) offer(t *tab, sdp string) error {
	id := t.agent()
	h.mu.Lock()
	p := h.phones[id]
	p.session++
	p.opener = t
	session := p.session
	h.mu.Unlock()
	answer, err := h.o.Gateway.Open(id, sdp, func(e softphone.SessionEvent) { h.session(id, session, e) })
	if err != nil {
		return err
	}
	select {
	case <-t.over: // the session of the login may have ended meanwhile; a page that lost its socket only asks again
		h.cut(t)
	default:
		t.send(message{"type": "answer", "sdp": answer})
	}
	return nil
}

// cut ends the WebRTC session that the tab opened, if it is still the person's: its sound stops at once, and a call goes on by
// the rules for a browser that is away.
func (h *Hub) cut(t *tab) {
	h.mu.Lock()
	p := h.phones[t.agent()]
	mine := p != nil && p.opener == t
	if mine {
		p.opener = nil
	}
	h.mu.Unlock()
	if mine {
		h.o.Gateway.Close(t.agent())
	}
}

// session is what became of a WebRTC session; news of an older one is nothing.
func (h *Hub) session(id telephony.AgentID, session int, e softphone.SessionEvent) {
	h.mu.Lock()
	p := h.phones[id]
	if p == nil || p.session != session {
		h.mu.Unlock()
		return
	}
	p.up = e.State == "connected"
	tab := p.tab
	h.mu.Unlock()
	h.o.Log.Info("phone", "agent", id, "state", e.State)
	if tab != nil {
		tab.send(message{"type": "media", "state": e.State})
	}
	h.board.Media(id, e.State == "connected")
}

// gone forgets a tab. Was it the phone's, its sound decides: a socket that broke under a living session is nothing, a page
// that was closed or reloaded is away at once.
func (h *Hub) gone(t *tab) {
	id := t.agent()
	h.mu.Lock()
	delete(h.tabs, t)
	p := h.phones[id]
	mine := p != nil && p.tab == t
	session := 0
	if mine {
		p.tab = nil
		session = p.session
	}
	h.mu.Unlock()
	if !mine {
		return
	}
	h.tellOthers(t, "none")
	before := h.o.Gateway.Stats(id).Received
	still := func() {
		if h.o.Gateway.Stats(id).Received == before {
			h.session(id, session, softphone.SessionEvent{Agent: id, State: "disconnected"})
		}
	}
	time.AfterFunc(farewell, func() {
		select {
		case h.late <- still:
		case <-h.over:
		}
	})
}
