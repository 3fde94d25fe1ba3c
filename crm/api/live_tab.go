package api

import (
	"encoding/json"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/softphone"
	"ringbook/telephony"
)

// The bounds of a tab's socket.
const (
	tabQueue      = 256
	tabWriteLimit = 5 * time.Second
	tabPing       = 20 * time.Second
	tabPong       = 60 * time.Second
	tabReadLimit  = 256 << 10
	pageName      = 64
)

// message is one JSON object to a tab. The writer adds its sequence number and time.
type message map[string]any

func (m message) copy() message { return maps.Clone(m) }

// tab is one browser tab: one reader, one writer, a bounded queue. A full queue closes the socket, and the tab resyncs.
type tab struct {
	hub *Hub
	who crm.Actor
	ws  *websocket.Conn
	out chan message

	page    string        // the page's own name: a page that opens another socket has lost this one
	request *http.Request // what opened it: its session is looked at again

	once sync.Once
	over chan struct{}

	mu    sync.Mutex
	watch bool
}

func (t *tab) agent() telephony.AgentID { return telephony.AgentID(t.who.User) }

func (t *tab) watching() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.watch
}

func (t *tab) close() {
	t.once.Do(func() {
		close(t.over)
		_ = t.ws.Close()
	})
}

func (t *tab) send(m message) {
	select {
	case t.out <- m:
	case <-t.over:
	default:
		t.hub.o.Log.Warn("a tab is too slow: its socket is closed, it will resync", "user", t.who.User)
		t.close()
	}
}

// ServeHTTP opens a tab's socket. The session and the origin are checked before the upgrade.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	who, err := h.o.Who(r)
	if err != nil {
		http.Error(w, "log in first", http.StatusUnauthorized)
		return
	}
	up := websocket.Upgrader{HandshakeTimeout: tabWriteLimit, CheckOrigin: h.o.Origin, EnableCompression: false}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	t := &tab{hub: h, who: who, ws: ws, out: make(chan message, tabQueue), over: make(chan struct{}), request: asked(r)}
	if page := r.URL.Query().Get("page"); len(page) <= pageName {
		t.page = page
	}
	h.enter(t)
	go t.write()
	t.send(h.snapshot(t))
	t.read()
	h.gone(t)
}

// enter takes a tab in. An earlier socket of the same page is dead, although nobody has told us: a network that went away
// closes nothing. What it had, the phone first of all, is the new one's, else the page would find its own call elsewhere.
func (h *Hub) enter(t *tab) {
	h.mu.Lock()
	var dead []*tab
	for old := range h.tabs {
		if t.page != "" && old.page == t.page && old.agent() == t.agent() {
			dead = append(dead, old)
			if p := h.phones[t.agent()]; p != nil && p.tab == old {
				p.tab = t
			}
		}
	}
	h.tabs[t] = struct{}{}
	h.mu.Unlock()
	for _, old := range dead {
		old.close()
	}
}

func (t *tab) write() {
	defer t.close()
	ping := time.NewTicker(tabPing)
	defer ping.Stop()
	for seq := int64(1); ; {
		select {
		case <-t.over:
			return
		case <-ping.C:
			if err := t.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(tabWriteLimit)); err != nil {
				return
			}
		case m := <-t.out:
			m["seq"], m["at"] = seq, time.Now().UTC().Format("2006-01-02T15:04:05.000Z07:00")
			seq++
			_ = t.ws.SetWriteDeadline(time.Now().Add(tabWriteLimit))
			if err := t.ws.WriteJSON(m); err != nil {
				return
			}
		}
	}
}

func (t *tab) read() {
	defer t.close()
	t.ws.SetReadLimit(tabReadLimit)
	alive := func() { _ = t.ws.SetReadDeadline(time.Now().Add(tabPong)) }
	alive()
	t.ws.SetPongHandler(func(string) error { alive(); return nil })
	for {
		_, data, err := t.ws.ReadMessage()
		if err != nil {
			return
		}
		alive()
		var in request
		if err := json.Unmarshal(data, &in); err != nil {
			t.send(message{"type": "refused", "code": "bad_message", "params": map[string]any{}})
			continue
		}
		t.hub.serve(t, in)
	}
}

// meOf is the person as the page knows them.
func meOf(a crm.Actor) map[string]any {
	return map[string]any{"id": a.User, "name": a.Name, "role": a.Role, "team": a.Team, "rights": access.Grants(a.Rights)}
}

// relay is what the tab's browser may use besides our own port.
func (h *Hub) relay(t *tab) []softphone.ICEServer {
	if h.o.Relay == nil {
		return []softphone.ICEServer{}
	}
	return h.o.Relay(t.who)
}

// snapshot is everything that a tab must know when it opens, or after a gap.
func (h *Hub) snapshot(t *tab) message {
	agent := h.board.Agent(t.agent())
	m := message{"type": "snapshot", "me": meOf(t.who), "agent": agent, "phone": h.phoneState(t), "settings": h.o.Settings(), "ice": h.relay(t), "call": nil, "card": nil}
	if agent.Call != "" {
		if c, ok := h.board.Call(agent.Call); ok {
			m["call"], m["card"] = h.o.View(c), h.cardOf(c)
		}
	}
	return m
}
