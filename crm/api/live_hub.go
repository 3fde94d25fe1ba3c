package api

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"ringbook/crm"
	"ringbook/softphone"
	"ringbook/telephony"
)

// LiveOptions are what the live hub stands on.
type LiveOptions struct {
	Gateway *softphone.Gateway
	// Who reads the person from the request's session.
	Who func(r *http.Request) (crm.Actor, error)
	// Origin says whether a page of that origin may open a socket.
	Origin func(r *http.Request) bool
	// Card is the whole card for the pop. It must answer by the context's end, with less if need be.
	Card func(ctx context.Context, call telephony.Call) any
	// View is a call as the browser sees it, names and client included.
	View func(call telephony.Call) any
	// Settings are what a page needs to know of the settings.
	Settings func() any
	// Relay gives a person's browser what it needs to use a relay; nil: there is none.
	Relay func(who crm.Actor) []softphone.ICEServer
	// Dial checks what the agent typed and begins the call.
	Dial func(ctx context.Context, who crm.Actor, to, client string) (telephony.CallID, error)
	// Link moves a live call to another card.
	Link func(ctx context.Context, who crm.Actor, call telephony.CallID, client string) error
	// MayWatch says whether the person may see the floor.
	MayWatch func(who crm.Actor) bool
	// Sees says whether they may see that agent there; nil: everybody.
	Sees func(who crm.Actor, agent telephony.AgentID) bool
	// Echo lets the agent hear themselves through Asterisk.
	Echo     func(id telephony.AgentID, on bool) error
	Recorder Recorder
	// Popped hears how long the card of a pop took; nil for nobody.
	Popped func(took time.Duration)
	Log    *slog.Logger
}

// Recorder keeps what is said. Begin may be called again for the same call and goes on with it.
type Recorder interface {
	Begin(call telephony.Call)
	Pause(call telephony.CallID)
}

// Hub holds the websocket of every tab and is the switchboard's [telephony.Phones]: pops, ringing and the phone's
// signalling go over one ordered queue a tab.
type Hub struct {
	o     LiveOptions
	board *telephony.Switchboard

	mu      sync.Mutex
	tabs    map[*tab]struct{}
	phones  map[telephony.AgentID]*phone
	changed bool // presence has changed since it was last told
	news    map[change]struct{}
	rung    map[telephony.CallID]bool

	recheck chan struct{} // everybody's rights may have changed

	late chan func()   // what a farewell leads to, done by Run
	over chan struct{} // closed when Run has ended
}

// phone is the one softphone of a person: the tab that has it, the tab that opened its WebRTC session, whose socket may be
// gone by now, and the generation of that session.
type phone struct {
	tab     *tab
	opener  *tab
	session int
	up      bool
}

// NewHub makes a hub; [Hub.Run] keeps its clock.
func NewHub(o LiveOptions) *Hub {
	return &Hub{o: o, tabs: map[*tab]struct{}{}, phones: map[telephony.AgentID]*phone{}, rung: map[telephony.CallID]bool{}, news: map[change]struct{}{},
		recheck: make(chan struct{}, 1), late: make(chan func()), over: make(chan struct{})}
}

// SetBoard gives the hub its switchboard, which needs the hub for its phones. Do it before anything runs.
func (h *Hub) SetBoard(b *telephony.Switchboard) { h.board = b }

// The hub's clock.
const (
	heartbeatEvery = 2 * time.Second
	presenceEvery  = time.Second
	newsEvery      = 250 * time.Millisecond
	cardWithin     = 300 * time.Millisecond
	relayEvery     = time.Hour // far shorter than credentials are good
)

// Run sends heartbeats and presence until the context ends, then closes every socket.
func (h *Hub) Run(ctx context.Context) error {
	defer close(h.over)
	var watching sync.WaitGroup
	watching.Go(func() { h.watchSessions(ctx) })
	defer watching.Wait()
	relay := time.NewTicker(relayEvery)
	defer relay.Stop()
	beat, presence, news := time.NewTicker(heartbeatEvery), time.NewTicker(presenceEvery), time.NewTicker(newsEvery)
	defer news.Stop()
	defer beat.Stop()
	defer presence.Stop()
	for n := int64(1); ; {
		select {
		case <-ctx.Done():
			h.each(func(*tab) bool { return true }, func(t *tab) { t.close() })
			return nil
		case <-relay.C:
			h.each(func(*tab) bool { return true }, func(t *tab) { t.send(message{"type": "relay", "ice": h.relay(t)}) })
		case <-beat.C:
			n++
			h.each(func(t *tab) bool { return true }, func(t *tab) { t.send(message{"type": "heartbeat", "n": n}) })
		case <-presence.C:
			h.tellPresence()
		case <-news.C:
			h.tellNews()
		case f := <-h.late:
			f()
		}
	}
}

// Tabs counts the open sockets.
func (h *Hub) Tabs() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.tabs)
}

// each calls f for the tabs that fit, outside the lock.
func (h *Hub) each(fits func(*tab) bool, f func(*tab)) {
	h.mu.Lock()
	var list []*tab
	for t := range h.tabs {
		if fits(t) {
			list = append(list, t)
		}
	}
	h.mu.Unlock()
	for _, t := range list {
		f(t)
	}
}

func (h *Hub) toAgent(id telephony.AgentID, m message) {
	h.each(func(t *tab) bool { return t.agent() == id }, func(t *tab) { t.send(m.copy()) })
}

// change names an object that is not what it was.
type change struct {
	Object string `json:"object"`
	ID     string `json:"id"`
}

// Tell says to every tab that an object changed; the tabs that show it ask for it again. What changes within a quarter of
// a second is told in one message: a call changes several things at once, and there are many tabs.
func (h *Hub) Tell(object, id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.news[change{object, id}] = struct{}{}
}

func (h *Hub) tellNews() {
	h.mu.Lock()
	list := slices.Collect(maps.Keys(h.news))
	clear(h.news)
	h.mu.Unlock()
	if len(list) > 0 {
		h.each(func(*tab) bool { return true }, func(t *tab) { t.send(message{"type": "changed", "objects": list}) })
	}
}

// CallChanged is one half of [telephony.Feed]; the desk that stores calls passes it on.
func (h *Hub) CallChanged(c telephony.Call) {
	h.mu.Lock()
	h.changed = true
	h.mu.Unlock()
	if c.Agent != "" && c.State != telephony.StateRinging {
		h.toAgent(c.Agent, message{"type": "call", "call": h.o.View(c)})
	}
}

// AgentChanged is the other half.
func (h *Hub) AgentChanged(a telephony.Agent) {
	h.mu.Lock()
	h.changed = true
	h.mu.Unlock()
	h.toAgent(a.ID, message{"type": "agent", "agent": a})
}

func (h *Hub) tellPresence() {
	h.mu.Lock()
	changed := h.changed
	h.changed = false
	h.mu.Unlock()
	if !changed {
		return
	}
	var f *floor
	h.each(func(t *tab) bool { return t.watching() }, func(t *tab) {
		if f == nil {
			f = h.floor()
		}
		t.send(h.presence(f, t.who))
	})
}

// floor is everybody and every call at a moment.
type floor struct {
	agents []telephony.Agent
	calls  []telephony.Call
	views  []any
}

func (h *Hub) floor() *floor {
	f := &floor{agents: h.board.Agents(), calls: h.board.Calls()}
	for _, c := range f.calls {
		f.views = append(f.views, h.o.View(c))
	}
	return f
}

// presence is what one person may see of the floor: the agents in the reach of their right with their calls, and who waits.
func (h *Hub) presence(f *floor, who crm.Actor) message {
	sees := func(a telephony.AgentID) bool { return h.o.Sees == nil || h.o.Sees(who, a) }
	agents, calls := []telephony.Agent{}, []any{}
	for _, a := range f.agents {
		if sees(a.ID) {
			agents = append(agents, a)
		}
	}
	for i, c := range f.calls {
		if c.Agent == "" || sees(c.Agent) {
			calls = append(calls, f.views[i])
		}
	}
	return message{"type": "presence", "agents": agents, "calls": calls}
}

// Ring sends the pop and then the ringing, in this order, on the tab's one queue.
func (h *Hub) Ring(c telephony.Call) {
	ctx, cancel := context.WithTimeout(context.Background(), cardWithin)
	defer cancel()
	begun := time.Now()
	card := h.o.Card(ctx, c)
	view := h.o.View(c)
	h.toAgent(c.Agent, message{"type": "pop", "call": view, "card": card})
	if h.o.Popped != nil {
		h.o.Popped(time.Since(begun))
	}
	h.toAgent(c.Agent, message{"type": "ringing", "call": view})
}

// Stop ends the ringing.
func (h *Hub) Stop(c telephony.Call) {
	reason := "answered"
	if n := len(c.Segments); n > 0 {
		for i := n - 1; i >= 0; i-- {
			if c.Segments[i].Kind == telephony.SegmentRinging {
				reason = c.Segments[i].End
				break
			}
		}
	}
	h.toAgent(c.Agent, message{"type": "stop", "call": h.o.View(c), "reason": reason})
}

// Leg ties the agent's leg to the gateway.
func (h *Hub) Leg(c telephony.Call, asterisk string) error {
	return h.o.Gateway.Leg(c.ID, c.Agent, asterisk)
}

// Connect lets sound flow, and records it once it is a talk.
func (h *Hub) Connect(c telephony.Call) {
	if c.State == telephony.StateTalking {
		h.o.Recorder.Begin(c)
	}
	h.o.Gateway.Connect(c.ID)
}

// Quiet stops the sound; what is said meanwhile is not recorded.
func (h *Hub) Quiet(c telephony.Call) {
	h.o.Recorder.Pause(c.ID)
	h.o.Gateway.Disconnect(c.ID)
}

// Release forgets the leg, if it is still that agent's.
func (h *Hub) Release(call telephony.CallID, agent telephony.AgentID) {
	h.o.Gateway.ReleaseLeg(call, agent)
}
