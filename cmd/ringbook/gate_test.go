package main

import (
	"io"
	"net"
	"sync"
	"testing"
)

// gate is a TCP connection that a test can break: pass, refuse, or swallow as a dead network does.
type gate struct {
	t      testing.TB
	to     string
	listen net.Listener

	mu    sync.Mutex
	mode  string
	open  map[net.Conn]struct{}
	wake  chan struct{} // closed when swallowing ends
	users sync.WaitGroup
}

// newGate leads to an address, open at first.
func newGate(t testing.TB, to string) *gate {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{t: t, to: to, listen: l, mode: "pass", open: map[net.Conn]struct{}{}, wake: make(chan struct{})}
	g.users.Add(1)
	go func() { defer g.users.Done(); g.accept() }()
	t.Cleanup(func() { _ = l.Close(); g.Refuse(); g.users.Wait() })
	return g
}

// Addr is where to connect instead.
func (g *gate) Addr() string { return g.listen.Addr().String() }

// Pass lets new connections through; those that were swallowed end.
func (g *gate) Pass() { g.set("pass", true) }

// Refuse ends every connection and each new one at once.
func (g *gate) Refuse() { g.set("refuse", true) }

// Swallow leaves every connection open and carries nothing any more: neither side is told.
func (g *gate) Swallow() { g.set("swallow", false) }

func (g *gate) set(mode string, cut bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.mode == "swallow" {
		close(g.wake)
		g.wake = make(chan struct{})
	}
	g.mode = mode
	if cut {
		for c := range g.open {
			_ = c.Close()
		}
	}
}

func (g *gate) accept() {
	for {
		c, err := g.listen.Accept()
		if err != nil {
			return
		}
		g.mu.Lock()
		mode := g.mode
		g.mu.Unlock()
		if mode == "refuse" {
			_ = c.(*net.TCPConn).SetLinger(0)
			_ = c.Close()
			continue
		}
		g.users.Add(1)
		go func() { defer g.users.Done(); g.carry(c) }()
	}
}

func (g *gate) carry(in net.Conn) {
	out, err := net.Dial("tcp", g.to)
	if err != nil {
		_ = in.Close()
		return
	}
	g.mu.Lock()
	g.open[in], g.open[out] = struct{}{}, struct{}{}
	g.mu.Unlock()
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{in, out}, {out, in}} {
		both.Go(func() {
			g.copy(way[1], way[0])
			_ = in.Close()
			_ = out.Close()
		})
	}
	both.Wait()
	g.mu.Lock()
	delete(g.open, in)
	delete(g.open, out)
	g.mu.Unlock()
}

// copy carries bytes; what comes while the gate swallows is lost, and so is the connection.
func (g *gate) copy(to io.Writer, from io.Reader) {
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		g.mu.Lock()
		swallow, wake := g.mode == "swallow", g.wake
		g.mu.Unlock()
		if swallow {
			<-wake
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}
