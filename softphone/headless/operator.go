// Package headless is an operator without a browser: it logs in as the web app does, speaks the same /live protocol and
// the same WebRTC, answers, says and hears. Tests, benchmarks and the curious use it.
package headless

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"ringbook/softphone/testphone"
)

// Options say who the operator is and how they behave.
type Options struct {
	URL      string // of the web app, as http://127.0.0.1:8080
	User     string // e-mail
	Password string

	AnswerAfter time.Duration // after the ringing began; negative: never
	HangUpAfter time.Duration // after the talk began; zero: the other side does
	Say         []int16       // 8 kHz samples said again and again; nil: silence
	Silent      bool          // no WebRTC: a tab that only listens
	DeskPhone   bool          // the shift is worked with a desk phone: no WebRTC either
	Insecure    bool          // any certificate will do
	AnyWay      bool          // the sound goes by UDP, TCP or a relay, as a browser's; else by UDP only
	// Heard is given what comes from the call, packet by packet, with the time of its arrival.
	Heard func(at time.Time, samples []int16)
	// Event hears of everything, one call at a time.
	Event func(Event)
}

// Event is something that happened to the operator.
type Event struct {
	Time   time.Time       `json:"time"`
	Event  string          `json:"event"` // ready, pop, ringing, answered, held, ended, state, refused, lost
	Call   string          `json:"call,omitempty"`
	Client string          `json:"client,omitempty"`
	Name   string          `json:"name,omitempty"`
	Phone  string          `json:"phone,omitempty"`
	State  string          `json:"state,omitempty"`
	Reason string          `json:"reason,omitempty"`
	Way    string          `json:"way,omitempty"` // of ready: how the sound goes
	To     string          `json:"to,omitempty"`  // and to which address of the server
	Raw    json.RawMessage `json:"-"`             // the whole message
}

// Operator is one headless operator. Its methods are safe for concurrent use.
type Operator struct {
	o    Options
	http *http.Client
	csrf string
	ID   string // of the person, known after Open

	frozen atomic.Bool // heartbeats go unanswered
	gone   atomic.Bool // the socket is not dialled again

	mu    sync.Mutex
	ws    *websocket.Conn
	phone *testphone.Phone
	heard *testphone.Heard // by the latest phone
	ice   []testphone.Relay
	call  string // the present call
	state string // of that call
	agent string // the agent's state
}

// Open logs in. Nothing else happens until [Operator.Run].
func Open(ctx context.Context, o Options) (*Operator, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	op := &Operator{o: o, http: &http.Client{Jar: jar, Timeout: 15 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: o.Insecure}}}} //nolint:gosec // asked for
	var session struct {
		CSRF string `json:"csrf"`
		Me   struct {
			ID string `json:"id"`
		} `json:"me"`
	}
	if err := op.Do(ctx, http.MethodPost, "/login", map[string]string{"email": o.User, "password": o.Password}, &session); err != nil {
		return nil, fmt.Errorf("log in: %w", err)
	}
	op.csrf, op.ID = session.CSRF, session.Me.ID
	return op, nil
}

// Problem is a refusal of the API (RFC 9457).
type Problem struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
}

func (p *Problem) Error() string { return fmt.Sprintf("%d %s %s", p.Status, p.Code, p.Detail) }

// Do asks the REST API as the web app does.
func (op *Operator) Do(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("pack a request: %w", err)
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, op.o.URL+"/api/v1"+path, body)
	if err != nil {
		return fmt.Errorf("make a request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-CSRF-Token", op.csrf)
	res, err := op.http.Do(req)
	if err != nil {
		return fmt.Errorf("ask Ringbook: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("read Ringbook's answer: %w", err)
	}
	if res.StatusCode/100 != 2 {
		p := &Problem{Status: res.StatusCode}
		_ = json.Unmarshal(data, p)
		return p
	}
	if out == nil || len(data) == 0 {
		return nil
	}
	return json.Unmarshal(data, out)
}

// Fetch asks the REST API for bytes, such as a recording's sound.
func (op *Operator) Fetch(ctx context.Context, path string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, op.o.URL+"/api/v1"+path, nil)
	if err != nil {
		return nil, fmt.Errorf("make a request: %w", err)
	}
	res, err := op.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask Ringbook: %w", err)
	}
	if res.StatusCode/100 != 2 {
		_ = res.Body.Close()
		return nil, &Problem{Status: res.StatusCode}
	}
	return res.Body, nil
}

// Run begins the shift and works until the context ends. A lost socket is dialled again.
func (op *Operator) Run(ctx context.Context) error {
	defer op.hangUpPhone()
	for {
		err := op.live(ctx)
		if op.gone.Load() {
			<-ctx.Done()
		}
		if ctx.Err() != nil {
			return nil
		}
		var fatal *websocket.CloseError
		if errors.As(err, &fatal) && fatal.Code == websocket.ClosePolicyViolation {
			return err
		}
		reason := ""
		if err != nil {
			reason = err.Error()
		}
		op.tell(Event{Event: "lost", Reason: reason})
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (op *Operator) live(ctx context.Context) error {
	d := websocket.Dialer{Jar: op.http.Jar, HandshakeTimeout: 5 * time.Second, TLSClientConfig: &tls.Config{InsecureSkipVerify: op.o.Insecure}} //nolint:gosec // asked for
	ws, _, err := d.DialContext(ctx, "ws"+strings.TrimPrefix(op.o.URL, "http")+"/live", http.Header{"Origin": {op.o.URL}})
	if err != nil {
		return fmt.Errorf("open the live socket: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = ws.Close() })
	defer stop()
	defer func() { _ = ws.Close() }()
	op.mu.Lock()
	op.ws = ws
	op.mu.Unlock()
	for {
		_ = ws.SetReadDeadline(time.Now().Add(30 * time.Second))
		_, data, err := ws.ReadMessage()
		if err != nil {
			return fmt.Errorf("read the live socket: %w", err)
		}
		op.handle(ctx, data)
	}
}

// Send sends a message to the live socket, as {"type": ..., ...}.
func (op *Operator) Send(kind string, fields map[string]any) error {
	m := map[string]any{"type": kind}
	for k, v := range fields {
		m[k] = v
	}
	op.mu.Lock()
	defer op.mu.Unlock()
	if op.ws == nil {
		return errors.New("the live socket is not open")
	}
	_ = op.ws.SetWriteDeadline(time.Now().Add(5 * time.Second))
	return op.ws.WriteJSON(m)
}

func (op *Operator) tell(e Event) {
	e.Time = time.Now()
	if op.o.Event != nil {
		op.o.Event(e)
	}
}

// Phone is the operator's softphone, nil while there is none.
func (op *Operator) Phone() *testphone.Phone {
	op.mu.Lock()
	defer op.mu.Unlock()
	return op.phone
}

// WriteHeard writes what the latest phone heard as a WAV file.
func (op *Operator) WriteHeard(path string) error {
	op.mu.Lock()
	heard := op.heard
	op.mu.Unlock()
	if heard == nil {
		return errors.New("there was no phone to hear with")
	}
	return heard.WriteWAV(path)
}

// State is the agent's state and the present call with its state, as last told.
func (op *Operator) State() (agent, call, callState string) {
	op.mu.Lock()
	defer op.mu.Unlock()
	return op.agent, op.call, op.state
}

// Freeze makes the operator answer no heartbeat, as a page does whose main thread is blocked.
func (op *Operator) Freeze(on bool) { op.frozen.Store(on) }

// Vanish loses the socket for good while the sound goes on.
func (op *Operator) Vanish() {
	op.gone.Store(true)
	op.closeSocket()
}

func (op *Operator) closeSocket() {
	op.mu.Lock()
	ws := op.ws
	op.mu.Unlock()
	if ws != nil {
		_ = ws.Close()
	}
}

// Reload does what a reload of the page does: socket and phone go at once, and come back by themselves.
func (op *Operator) Reload() {
	op.hangUpPhone()
	op.closeSocket()
}
