package asterisk_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ringbook/telephony"
	"ringbook/telephony/asterisk"
	"ringbook/telephony/asterisktest"
)

const sales = "+74951111111"

// site is a switchboard on a real Asterisk, with a town around it and agents whose phones are a UDP socket.
type site struct {
	t     *testing.T
	ports asterisktest.Ports
	own   *asterisktest.Instance
	town  *asterisktest.Instance
	media *net.UDPConn
	plan  telephony.Plan

	mu      sync.Mutex
	board   *telephony.Switchboard
	pbx     *asterisk.PBX
	stop    func()
	handler atomic.Pointer[asterisk.PBX]
	ws      *httptest.Server
	answer  map[telephony.AgentID]bool // who answers what rings
	rings   []string                   // "agent call", in order
	legs    map[telephony.CallID]string
	calls   map[telephony.CallID]telephony.Call
	ends    []telephony.CallID
	talks   []telephony.CallID
	agents  map[telephony.AgentID]telephony.Agent
}

func newSite(t *testing.T) *site {
	t.Helper()
	media, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = media.Close() })
	s := &site{t: t, ports: asterisktest.FreePorts(t), media: media, answer: map[telephony.AgentID]bool{}, legs: map[telephony.CallID]string{},
		calls: map[telephony.CallID]telephony.Call{}, agents: map[telephony.AgentID]telephony.Agent{},
		plan: telephony.Plan{RingFor: 3 * time.Second, AwayFor: 5 * time.Second, WrapUp: 0, Prefixes: []string{"+7"}, CallerID: sales,
			Numbers: map[string]telephony.Number{sales: {Queue: "sales", MaxWait: time.Minute, Nobody: "sound:pls-try-call-later"}}}}
	s.ws = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := s.handler.Load(); h != nil {
			h.ServeHTTP(w, r)
			return
		}
		http.Error(w, "not yet", http.StatusServiceUnavailable)
	}))
	s.town = asterisktest.Town(t, s.ports)
	s.ws.Start()
	s.own = asterisktest.Switchboard(t, s.ports, "ws"+strings.TrimPrefix(s.ws.URL, "http")+"/ari")
	s.serve(nil, nil)
	t.Cleanup(func() { s.stop(); s.ws.Close() })
	s.eventually("Asterisk dials us", 10*time.Second, func() bool { return !s.pbx.State().Reconciled.IsZero() })
	return s
}

// serve starts a switchboard with what an earlier one left.
func (s *site) serve(live []telephony.Call, agents []telephony.Agent) {
	log := slog.New(slog.NewTextHandler(testWriter{s.t}, nil))
	pbx := asterisk.New(asterisk.Options{URL: fmt.Sprintf("http://127.0.0.1:%d/ari", s.ports.HTTP), User: "ringbook", Password: asterisktest.Password,
		App: "ringbook", Trunk: "trunk", TrunkFile: asterisktest.TrunkFile(s.ports), LogFile: filepath.Join(s.own.Dir, "log", "messages"),
		Dialled: func(id telephony.TrunkID, phone, shown string) asterisk.Dialled {
			return asterisk.Dialled{Endpoint: asterisk.EndpointName(id), Number: phone, CallerID: shown}
		}, Law: "alaw", RTP: s.media.LocalAddr().String(), Log: log,
		Caller: func(n, _, _ string) (string, string) { return n, n }, Called: func(d []string) string { return d[0] }})
	board := telephony.NewSwitchboard(telephony.Options{PBX: pbx, Phones: s, Feed: s, Plan: s.plan, Log: log,
		Random: func(b []byte) { _, _ = rand.Read(b) }}, live, agents)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = board.Run(ctx) })
	wg.Go(func() { _ = pbx.Run(ctx, board) })
	s.mu.Lock()
	s.pbx, s.board = pbx, board
	s.mu.Unlock()
	s.handler.Store(pbx)
	beat, done := time.NewTicker(time.Second), make(chan struct{})
	wg.Go(func() {
		defer beat.Stop()
		for {
			select {
			case <-done:
				return
			case <-beat.C:
				for _, a := range board.Agents() {
					board.Seen(a.ID)
				}
			}
		}
	})
	s.stop = sync.OnceFunc(func() { close(done); cancel(); wg.Wait() })
}

func (s *site) shift(answers bool, names ...telephony.AgentID) {
	for _, n := range names {
		s.mu.Lock()
		s.answer[n] = answers
		s.mu.Unlock()
		s.board.StartShift(n, string(n), telephony.Browser)
		s.board.Media(n, true)
	}
}

func (s *site) eventually(what string, within time.Duration, ok func() bool) {
	s.t.Helper()
	for end := time.Now().Add(within); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("not within %s: %s\ncalls %+v", within, what, s.board.Calls())
		}
	}
}

// only waits for the one live call to be in a state.
func (s *site) only(state telephony.State, within time.Duration) telephony.Call {
	s.t.Helper()
	var c telephony.Call
	s.eventually("a call is "+string(state), within, func() bool {
		list := s.board.Calls()
		if len(list) != 1 {
			return false
		}
		c = list[0]
		return c.State == state
	})
	return c
}

func (s *site) ended(id telephony.CallID, within time.Duration) telephony.Call {
	s.t.Helper()
	var c telephony.Call
	s.eventually("the call is over", within, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		c = s.calls[id]
		return c.State == telephony.StateEnded
	})
	return c
}

func (s *site) CallChanged(c telephony.Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[c.ID] = c
	if c.State == telephony.StateEnded {
		s.ends = append(s.ends, c.ID)
	}
}

func (s *site) AgentChanged(a telephony.Agent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.agents[a.ID] = a
}

func (s *site) Ring(c telephony.Call) {
	s.mu.Lock()
	s.rings = append(s.rings, string(c.Agent)+" "+string(c.ID))
	answers, board := s.answer[c.Agent], s.board
	s.mu.Unlock()
	if answers {
		go func() { _ = board.Answer(c.Agent, c.ID) }()
	}
}

func (s *site) Stop(telephony.Call) {}

func (s *site) Leg(c telephony.Call, addr string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.legs[c.ID] = addr
	return nil
}

func (s *site) Connect(c telephony.Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.State == telephony.StateTalking {
		s.talks = append(s.talks, c.ID)
	}
}

func (s *site) Quiet(telephony.Call)                        {}
func (s *site) Release(telephony.CallID, telephony.AgentID) {}

// hears counts the RTP packets of the leg in a while.
func (s *site) hears(id telephony.CallID, during time.Duration) int {
	s.mu.Lock()
	want := s.legs[id]
	s.mu.Unlock()
	n, buf := 0, make([]byte, 2000)
	end := time.Now().Add(during)
	_ = s.media.SetReadDeadline(end)
	for time.Now().Before(end) {
		_, from, err := s.media.ReadFromUDP(buf)
		if err == nil && from.String() == want {
			n++
		}
	}
	return n
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(p []byte) (int, error) {
	defer func() { _ = recover() }() // a line after the test's end has no test to go to
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}
