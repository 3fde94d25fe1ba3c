package asterisk

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/CyCoreSystems/ari/v5"
	"github.com/CyCoreSystems/ari/v5/client/native"

	"ringbook/telephony"
)

// Options say where Asterisk is and how its calls are read.
type Options struct {
	URL      string // of ARI, as http://127.0.0.1:8088/ari
	User     string
	Password string
	App      string // the Stasis application
	Trunk    string // the PJSIP endpoint of Asterisk's own configuration that clients are dialled through
	// Dialled says how a client is dialled through one of our own trunks; nil when there are none.
	Dialled func(trunk telephony.TrunkID, phone, callerID string) Dialled
	// DeskPhone gives the login of an agent's desk phone, empty when there is none.
	DeskPhone func(agent telephony.AgentID) string
	// Keyed begins a call that an agent dialled on their desk phone. It may take its time.
	Keyed     func(agent telephony.AgentID, leg telephony.ChannelID, number string) error
	Law       string // alaw or ulaw: the codec of externalMedia legs
	RTP       string // host:port of our media socket, where the legs send
	TrunkFile string // what pjsip.conf includes for our trunks; empty when Asterisk is not ours to configure
	LogFile   string // Asterisk's log, for the reasons of refusals
	// Caller reads the client's number from what the network sent: E.164 or empty, and what to show.
	Caller func(number, asserted, name string) (e164, shown string)
	// Called reads which number of ours was called from the ways in which the trunk said it, the likeliest first.
	Called func(dialled []string) string
	Log    *slog.Logger
	// Now must be the switchboard's clock.
	Now func() time.Time
}

// PBX is Asterisk as the switchboard sees it. It implements [telephony.PBX] and is the handler of Asterisk's websocket.
type PBX struct {
	o       Options
	ari     ari.Client
	http    *http.Client
	board   *telephony.Switchboard
	queue   queue
	node    atomic.Pointer[string]
	pokes   chan struct{} // reconcile now
	signNow chan struct{}

	mu      sync.Mutex
	conn    *connection
	over    bool
	unknown map[string]int
	events  map[string]int
	applied []Trunk      // what ApplyTrunks told last
	trials  sync.Map     // of channel ID: who waits for its events
	asked   atomic.Int64 // requests that were sent
	refused int          // requests that failed
	dialled int          // connections since the start
	state   State
}

// State is what there is to say about the connection.
type State struct {
	Connected   bool          // the websocket stands
	Since       time.Time     // of the present connection
	Version     string        // of Asterisk
	Started     time.Time     // Asterisk's own start
	Skew        time.Duration // Asterisk's clock minus ours
	LastEvent   time.Time
	Reconciled  time.Time
	Signed      time.Time // the last sign of life
	LastProblem string
}

// The library's HTTP client takes the default transport: this is the only handle on its patience and its connections. It is
// set before anything can be asking, for a change under way is a data race.
func init() {
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		t.ResponseHeaderTimeout = 10 * time.Second
		t.MaxIdleConnsPerHost = 64
	}
}

// New makes a PBX; [PBX.Run] brings it to life.
func New(o Options) *PBX {
	if o.Now == nil {
		o.Now = time.Now
	}
	client := native.New(&native.Options{Application: o.App, URL: o.URL, Username: o.User, Password: o.Password})
	p := &PBX{o: o, ari: client, http: &http.Client{Timeout: 4 * time.Second}, unknown: map[string]int{}, events: map[string]int{}, pokes: make(chan struct{}, 1), signNow: make(chan struct{}, 1)}
	p.queue.wake = make(chan struct{}, 1)
	return p
}

// State returns what is known of the connection now.
func (p *PBX) State() State {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

// Traffic is what went between Asterisk and us since the start.
type Traffic struct {
	Events   map[string]int // by type, those that are not understood too
	Dialled  int            // how often Asterisk's websocket has reached us
	Requests int64          // that were sent
	Failures int            // those that were refused or not answered
}

// Traffic counts.
func (p *PBX) Traffic() Traffic {
	p.mu.Lock()
	defer p.mu.Unlock()
	return Traffic{Events: maps.Clone(p.events), Dialled: p.dialled, Requests: p.asked.Load(), Failures: p.refused}
}

// failed counts a request's error on its way through.
func (p *PBX) failed(err error) error {
	if err != nil {
		p.mu.Lock()
		p.refused++
		p.mu.Unlock()
	}
	return err
}

// Node is the name that Asterisk has for itself, empty until it has said it.
func (p *PBX) Node() string {
	if n := p.node.Load(); n != nil {
		return *n
	}
	return ""
}

// Unknown returns how many events of each type were not understood.
func (p *PBX) Unknown() map[string]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make(map[string]int, len(p.unknown))
	for k, v := range p.unknown {
		out[k] = v
	}
	return out
}

// Run carries events to the switchboard and keeps Asterisk told that we live, until the context ends.
func (p *PBX) Run(ctx context.Context, board *telephony.Switchboard) error {
	p.board = board
	var wg sync.WaitGroup
	wg.Go(func() { p.read(ctx) })
	wg.Go(func() { p.keepSign(ctx) })
	wg.Go(func() { p.keepReconciled(ctx) })
	wg.Wait()
	p.mu.Lock()
	p.over = true
	conn := p.conn
	p.mu.Unlock()
	if conn != nil {
		conn.close()
	}
	return nil
}

// StatusError is an answer of ARI that is not a success.
type StatusError struct {
	Method, Path string
	Code         int
	Message      string
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("asterisk: %s %s: %d %s", e.Method, e.Path, e.Code, e.Message)
}

// request is a REST call that the library has no words for. The answer's Date header gives Asterisk's clock.
func (p *PBX) request(ctx context.Context, method, path string, query url.Values, into any) (time.Time, error) {
	date, err := p.ask(ctx, method, path, query, into)
	return date, p.failed(err)
}

func (p *PBX) ask(ctx context.Context, method, path string, query url.Values, into any) (time.Time, error) {
	u := p.o.URL + path
	if len(query) > 0 {
		u += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, u, nil)
	if err != nil {
		return time.Time{}, fmt.Errorf("make request %s %s: %w", method, path, err)
	}
	req.SetBasicAuth(p.o.User, p.o.Password)
	p.asked.Add(1)
	res, err := p.http.Do(req)
	if err != nil {
		return time.Time{}, fmt.Errorf("ask Asterisk: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, 32<<20))
	if err != nil {
		return time.Time{}, fmt.Errorf("read Asterisk's answer: %w", err)
	}
	if res.StatusCode/100 != 2 {
		return time.Time{}, &StatusError{method, path, res.StatusCode, strings.TrimSpace(string(body[:min(len(body), 200)]))}
	}
	date, _ := http.ParseTime(res.Header.Get("Date"))
	if into == nil {
		return date, nil
	}
	if err := json.Unmarshal(body, into); err != nil {
		return date, fmt.Errorf("decode Asterisk's answer to %s: %w", path, err)
	}
	return date, nil
}
