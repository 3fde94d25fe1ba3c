package softphone

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"ringbook/softphone/g711"
	"ringbook/telephony"
)

// reportEvery is how often a session that carries sound sends RTCP.
const reportEvery = 2 * time.Second

// Gateway joins browsers to Asterisk. All methods are safe for concurrent use.
type Gateway struct {
	opts Options
	law  g711.Law
	log  *slog.Logger
	api  *webrtc.API
	cert webrtc.Certificate
	udp  *ice.UDPMuxDefault
	tcp  *ice.TCPMuxDefault
	rtp  *net.UDPConn
	wg   sync.WaitGroup

	legs atomic.Pointer[map[netip.AddrPort]*leg] // by Asterisk's address; replaced whole, read for each packet
	lost atomic.Uint64                           // packets that no leg claimed
	gaps atomic.Uint64                           // packets that browsers sent and that never came

	mu    sync.Mutex // guards what follows
	over  bool
	seats map[telephony.AgentID]*seat
	calls map[telephony.CallID]*leg
}

// ErrClosed is what a gateway answers after Run has ended.
var ErrClosed = errors.New("the softphone gateway is closed")

// New opens the gateway's sockets. Run must follow, for it also closes them.
func New(o Options) (*Gateway, error) {
	if o.Law == "" {
		o.Law = string(g711.ALaw)
	}
	law, err := g711.Parse(o.Law)
	if err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	g := &Gateway{opts: o, law: law, log: o.Log, seats: map[telephony.AgentID]*seat{}, calls: map[telephony.CallID]*leg{}}
	g.legs.Store(&map[netip.AddrPort]*leg{})
	if g.rtp, err = listenUDP(o.RTP); err != nil {
		return nil, fmt.Errorf("listening for Asterisk's RTP: %w", err)
	}
	if err := g.listenICE(); err != nil {
		return nil, errors.Join(err, g.rtp.Close())
	}
	return g, nil
}

// Law is the trunk's law: "alaw" or "ulaw", Asterisk's name of the format.
func (g *Gateway) Law() string { return string(g.law) }

// RTPAddr is the host:port that Asterisk's externalMedia legs must send to.
func (g *Gateway) RTPAddr() string { return g.rtp.LocalAddr().String() }

// MediaAddr is the host:port of ICE, over UDP and TCP.
func (g *Gateway) MediaAddr() string { return g.udp.LocalAddr().String() }

// Run moves the sound until the context ends, then closes every session and socket. All of the gateway's goroutines end with it.
func (g *Gateway) Run(ctx context.Context) error {
	failed := make(chan error, 1)
	g.wg.Go(func() { failed <- g.readRTP() })
	pace, report := time.NewTicker(frame), time.NewTicker(reportEvery)
	defer pace.Stop()
	defer report.Stop()
	var err error
	for err == nil && ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case err = <-failed:
		case now := <-pace.C:
			for _, l := range *g.legs.Load() {
				l.keepAlive(now)
			}
		case now := <-report.C:
			for _, s := range g.sessions() {
				s.report(now)
			}
		}
	}
	g.shut()
	g.wg.Wait()
	return err
}

func (g *Gateway) shut() {
	g.mu.Lock()
	g.over = true
	g.mu.Unlock()
	for _, s := range g.sessions() {
		s.close(Closed)
	}
	_ = g.rtp.Close() // what is still on its way is of no use
	_ = g.tcp.Close()
	_ = g.udp.Close()
}

func (g *Gateway) sessions() []*session {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []*session
	for _, st := range g.seats {
		if s := st.session.Load(); s != nil {
			all = append(all, s)
		}
	}
	return all
}

// readRTP hands each packet from Asterisk to its leg.
func (g *Gateway) readRTP() error {
	buf := make([]byte, 2048)
	var p rtp.Packet
	for {
		n, from, err := g.rtp.ReadFromUDPAddrPort(buf)
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			continue // an ICMP error of some leg: it says nothing about the socket
		}
		at := time.Now()
		l := (*g.legs.Load())[netip.AddrPortFrom(from.Addr().Unmap(), from.Port())]
		if l == nil || p.Unmarshal(buf[:n]) != nil {
			g.lost.Add(1)
			continue
		}
		l.fromAsterisk(&p, at)
	}
}

// Open answers a browser's offer; the answer holds all our candidates. It replaces the agent's earlier session and leaves a call that
// the agent is in as it is: the sound goes on with the new session. The function on is told of the session's states, on pion's
// goroutines: it must not block and must not call back into the gateway's Open or Close.
func (g *Gateway) Open(agent telephony.AgentID, offerSDP string, on func(SessionEvent)) (answerSDP string, err error) {
	st, ok := g.seat(agent)
	if !ok || !g.enter() {
		return "", ErrClosed
	}
	defer g.wg.Done()
	pc, err := g.api.NewPeerConnection(webrtc.Configuration{Certificates: []webrtc.Certificate{g.cert}})
	if err != nil {
		return "", fmt.Errorf("opening a session of %s: %w", agent, err)
	}
	s := &session{seat: st, law: g.law, pc: pc, track: &track{want: g.law}, on: on, wg: &g.wg, down: newStream(), state: "new"}
	s.up.total = &g.gaps
	answer, err := s.answer(offerSDP)
	if err != nil {
		s.on = nil
		s.close(Failed)
		return "", fmt.Errorf("opening a session of %s: %w", agent, err)
	}
	g.mu.Lock()
	if g.over {
		g.mu.Unlock()
		s.close(Closed)
		return "", ErrClosed
	}
	old := st.session.Swap(s)
	g.mu.Unlock()
	if old != nil {
		old.close(Closed)
	}
	return answer, nil
}

// enter makes Run wait for the caller, who must call g.wg.Done.
func (g *Gateway) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.over {
		g.wg.Add(1)
	}
	return !g.over
}

func (g *Gateway) seat(agent telephony.AgentID) (*seat, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	st := g.seats[agent]
	if st == nil {
		st = &seat{agent: agent}
		g.seats[agent] = st
	}
	return st, !g.over
}

// Candidate adds one of the browser's candidates; an empty one says that there are no more.
func (g *Gateway) Candidate(agent telephony.AgentID, candidate string) error {
	st, _ := g.seat(agent)
	s := st.session.Load()
	if s == nil {
		return fmt.Errorf("adding a candidate of %s: no session is open", agent)
	}
	if err := s.pc.AddICECandidate(webrtc.ICECandidateInit{Candidate: candidate}); err != nil {
		return fmt.Errorf("adding a candidate of %s: %w", agent, err)
	}
	return nil
}

// Close ends the agent's session. A leg stays; Asterisk hears silence from it.
func (g *Gateway) Close(agent telephony.AgentID) {
	st, _ := g.seat(agent)
	if s := st.session.Load(); s != nil {
		s.close(Closed)
	}
}

// Leg registers Asterisk's end of the agent's part in a call: packets from that host:port belong to it, and silence is sent there
// until the browser's sound is. A call has one leg; another one takes the place of the first.
func (g *Gateway) Leg(call telephony.CallID, agent telephony.AgentID, asterisk string) error {
	to, err := net.ResolveUDPAddr("udp", asterisk)
	if err != nil {
		return fmt.Errorf("registering the leg of call %s: %w", call, err)
	}
	addr := to.AddrPort()
	addr = netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port())
	st, ok := g.seat(agent)
	if !ok {
		return ErrClosed
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if old := g.calls[call]; old != nil {
		if old.addr == addr && old.agent == agent {
			return nil
		}
		g.forget(old)
	}
	if old := (*g.legs.Load())[addr]; old != nil {
		g.forget(old) // Asterisk uses a port again: the call that had it is over
	}
	l := newLeg(call, agent, addr, st, g.law, g.rtp)
	g.calls[call] = l
	legs := maps.Clone(*g.legs.Load())
	legs[addr] = l
	g.legs.Store(&legs)
	return nil
}

// forget takes a leg out of every table; the caller holds the lock.
func (g *Gateway) forget(l *leg) {
	l.talking.Store(false)
	l.seat.leg.CompareAndSwap(l, nil)
	delete(g.calls, l.call)
	legs := maps.Clone(*g.legs.Load())
	delete(legs, l.addr)
	g.legs.Store(&legs)
}

// Connect lets sound flow between the call's leg and its agent's browser, whichever session that is now or later.
func (g *Gateway) Connect(call telephony.CallID) {
	g.mu.Lock()
	l := g.calls[call]
	g.mu.Unlock()
	if l == nil {
		return
	}
	l.listen(g.opts.Tap) // may open a file: not under the lock
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.calls[call] != l || l.talking.Load() {
		return
	}
	l.cuts.Add(1)
	l.seat.leg.Store(l)
	l.talking.Store(true)
}

// Disconnect stops the sound; the leg stays, and Asterisk hears silence from it.
func (g *Gateway) Disconnect(call telephony.CallID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if l := g.calls[call]; l != nil {
		l.talking.Store(false)
		l.seat.leg.CompareAndSwap(l, nil)
	}
}

// Release forgets the call's leg.
func (g *Gateway) Release(call telephony.CallID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if l := g.calls[call]; l != nil {
		g.forget(l)
	}
}

// ReleaseLeg forgets the call's leg if it is that agent's: a late farewell of one agent leaves the next one's leg alone.
func (g *Gateway) ReleaseLeg(call telephony.CallID, agent telephony.AgentID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if l := g.calls[call]; l != nil && l.agent == agent {
		g.forget(l)
	}
}

// Stats is how the agent's sound travels; zero without a session.
func (g *Gateway) Stats(agent telephony.AgentID) Stats {
	st, _ := g.seat(agent)
	var out Stats
	if s := st.session.Load(); s != nil {
		out = s.stats()
	}
	if l := st.leg.Load(); l != nil {
		out.LegIn, out.LegOut = l.in.Load(), l.out.Load()
		out.LegLoss, _ = l.down.figures()
	}
	return out
}
