package asterisk

import (
	"crypto/subtle"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// The socket's patience: a ping each 5 s, and a connection that was silent for 15 s is dead. The reader only enqueues,
// so that Asterisk's own write timeout is never met.
const (
	pingEvery   = 5 * time.Second
	silentLimit = 15 * time.Second
	writeLimit  = 5 * time.Second
	readLimit   = 8 << 20
)

// connection is one websocket from Asterisk.
type connection struct {
	ws   *websocket.Conn
	once sync.Once
	over chan struct{}
}

func (c *connection) close() {
	c.once.Do(func() {
		close(c.over)
		_ = c.ws.Close()
	})
}

// queue holds raw events between the reader and the switchboard. It has no bound: a lost event is a lost call.
type queue struct {
	mu    sync.Mutex
	items []rawEvent
	wake  chan struct{}
}

type rawEvent struct {
	data   []byte
	at     time.Time // of its receipt
	replay bool      // it came soon after the connection, so it may be older than that
}

func (q *queue) push(e rawEvent) {
	q.mu.Lock()
	q.items = append(q.items, e)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *queue) take() []rawEvent {
	q.mu.Lock()
	defer q.mu.Unlock()
	items := q.items
	q.items = nil
	return items
}

// ServeHTTP takes Asterisk's websocket. The newest connection counts; an older one is closed.
func (p *PBX) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	user, password, _ := r.BasicAuth()
	if subtle.ConstantTimeCompare([]byte(user), []byte(p.o.User))&subtle.ConstantTimeCompare([]byte(password), []byte(p.o.Password)) != 1 {
		w.Header().Set("WWW-Authenticate", `Basic realm="ringbook"`)
		http.Error(w, "wrong user or password", http.StatusUnauthorized)
		p.o.Log.Warn("a websocket was refused: wrong user or password", "from", r.RemoteAddr)
		return
	}
	// Asterisk redials at once after a connection that opened and closed, a thousand times a second, and was seen to die of
	// it; after a refusal it keeps to its interval.
	p.mu.Lock()
	over := p.over
	p.mu.Unlock()
	if over {
		http.Error(w, "stopping", http.StatusServiceUnavailable)
		return
	}
	up := websocket.Upgrader{Subprotocols: []string{"ari"}, HandshakeTimeout: writeLimit}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		p.o.Log.Warn("a websocket could not be opened", "err", err)
		return
	}
	c := &connection{ws: ws, over: make(chan struct{})}
	p.mu.Lock()
	if p.over {
		p.mu.Unlock()
		c.close()
		return
	}
	old := p.conn
	p.conn = c
	p.dialled++
	p.state.Connected, p.state.Since, p.state.LastProblem = true, p.o.Now(), ""
	p.mu.Unlock()
	if old != nil {
		old.close()
	}
	p.o.Log.Info("Asterisk is connected", "from", r.RemoteAddr)
	p.poke()
	p.receive(c)
}

// receive reads until the connection ends, then says so.
func (p *PBX) receive(c *connection) {
	defer p.lost(c)
	c.ws.SetReadLimit(readLimit)
	alive := func() { _ = c.ws.SetReadDeadline(time.Now().Add(silentLimit)) }
	alive()
	c.ws.SetPongHandler(func(string) error { alive(); return nil })
	go c.ping()
	begun := time.Now()
	for {
		_, data, err := c.ws.ReadMessage()
		if err != nil {
			p.mu.Lock()
			p.state.LastProblem = err.Error()
			p.mu.Unlock()
			return
		}
		alive()
		p.queue.push(rawEvent{data: data, at: p.o.Now(), replay: time.Since(begun) < 5*time.Second})
	}
}

func (c *connection) ping() {
	t := time.NewTicker(pingEvery)
	defer t.Stop()
	for {
		select {
		case <-c.over:
			return
		case <-t.C:
			if err := c.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeLimit)); err != nil {
				c.close()
				return
			}
		}
	}
}

func (p *PBX) lost(c *connection) {
	c.close()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conn != c {
		return
	}
	p.conn = nil
	p.state.Connected = false
	p.o.Log.Warn("Asterisk's websocket is gone", "err", p.state.LastProblem)
}
