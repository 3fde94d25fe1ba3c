package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/gorilla/websocket"
)

// asteriskRelay is a private Asterisk whose own WebRTC carries the sound: each browser calls over SIP and a websocket (RFC 7118), and the
// dialplan bridges it with a leg that we play over SIP and UDP.
type asteriskRelay struct {
	dir string
	cmd *exec.Cmd
	ws  *websocket.Conn
	sip *net.UDPConn // where the far legs are called

	ready chan struct{} // closed at the first response
	once  sync.Once

	mu    sync.Mutex // guards what follows
	calls map[string]*webCall
	legs  map[string]*webCall // by the extension
}

// webCall is a browser's call on its way.
type webCall struct {
	leg      string // host:port of the far leg
	far      chan string
	answered chan sipMessage
}

// startAsterisk runs an Asterisk with ports of its own. Top is the top of the repository, root what deploy/asterisk/prepare-root says.
func startAsterisk(ctx context.Context, top, root string, legs int) (r *asteriskRelay, err error) {
	if root == "" {
		out, err := exec.CommandContext(ctx, filepath.Join(top, "deploy", "asterisk", "prepare-root")).Output()
		if err != nil {
			return nil, fmt.Errorf("preparing Asterisk: %w", err)
		}
		root = strings.TrimSpace(string(out))
	}
	r = &asteriskRelay{ready: make(chan struct{}), calls: map[string]*webCall{}, legs: map[string]*webCall{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.close())
		}
	}()
	if r.dir, err = os.MkdirTemp("", "ringbook-bench-"); err != nil {
		return r, err
	}
	if r.sip, err = net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}); err != nil {
		return r, fmt.Errorf("opening a SIP socket: %w", err)
	}
	web, err := r.launch(ctx, top, root, legs)
	if err != nil {
		return r, err
	}
	if err := r.connect(ctx, web); err != nil {
		return r, err
	}
	go r.readBrowsers()
	go r.readLegs()
	return r, r.boot(ctx)
}

// boot asks until Asterisk answers: before it has loaded everything it drops what it is asked, and a websocket repeats nothing.
func (r *asteriskRelay) boot(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	for {
		uri := "sip:100@127.0.0.1"
		if err := r.send(webRequest("OPTIONS", uri, "<"+uri+">", "<sip:browser@127.0.0.1>;tag="+token(), token()+"@bench", "")); err != nil {
			return fmt.Errorf("asking Asterisk: %w", err)
		}
		select {
		case <-r.ready:
			return nil
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("waiting until Asterisk has started: %w", ctx.Err()), r.log())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (r *asteriskRelay) send(b []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ws.WriteMessage(websocket.TextMessage, b)
}

// asteriskRTP is where the private Asterisk's ports for sound begin, apart from deploy/run's; it passes over those that are taken.
const asteriskRTP = 24000

// freePort is a port that is free now over UDP and TCP.
func freePort() (port int, err error) {
	for range 20 {
		var conn *net.UDPConn
		if conn, err = net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}); err != nil {
			break
		}
		var l net.Listener
		if l, err = net.Listen("tcp4", conn.LocalAddr().String()); err == nil {
			_ = l.Close()
		}
		_ = conn.Close()
		if err == nil {
			return conn.LocalAddr().(*net.UDPAddr).Port, nil
		}
	}
	return 0, fmt.Errorf("looking for a free port: %w", err)
}

func (r *asteriskRelay) launch(ctx context.Context, top, root string, legs int) (web string, err error) {
	scripts := filepath.Join(top, "deploy", "asterisk")
	kind, err := filepath.Rel(scripts, filepath.Join(top, "cmd", "bench", "asterisk"))
	if err != nil {
		return "", err
	}
	webPort, err := freePort()
	if err != nil {
		return "", err
	}
	sipPort, err := freePort()
	if err != nil {
		return "", err
	}
	out, err := exec.CommandContext(ctx, filepath.Join(scripts, "instance"), r.dir, kind, "ROOT="+root, "HTTP_PORT="+strconv.Itoa(webPort),
		"SIP_PORT="+strconv.Itoa(sipPort), "RTP_START="+strconv.Itoa(asteriskRTP), "RTP_END="+strconv.Itoa(asteriskRTP+8*legs+200),
		"TRUNK=sip:"+r.sip.LocalAddr().String()).Output()
	if err != nil {
		return "", fmt.Errorf("configuring Asterisk: %w", err)
	}
	command := strings.Split(strings.TrimSpace(string(out)), "\n")
	r.cmd = exec.Command(command[0], command[1:]...)
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	runtime.LockOSThread() // Pdeathsig belongs to the thread that started the child
	err = r.cmd.Start()
	runtime.UnlockOSThread()
	if err != nil {
		r.cmd = nil
		return "", fmt.Errorf("starting Asterisk: %w", err)
	}
	return fmt.Sprintf("ws://127.0.0.1:%d/ws", webPort), nil
}

// startWithin is how long Asterisk may take to start, on a busy machine.
const startWithin = 30 * time.Second

func (r *asteriskRelay) connect(ctx context.Context, web string) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	dialer := websocket.Dialer{Subprotocols: []string{"sip"}, HandshakeTimeout: 2 * time.Second}
	for {
		ws, _, err := dialer.DialContext(ctx, web, http.Header{})
		if err == nil {
			r.ws = ws
			return nil
		}
		if late := wait(ctx, 100*time.Millisecond); late != nil {
			return fmt.Errorf("connecting to Asterisk: %w", errors.Join(err, late, r.log()))
		}
	}
}

// log is the end of what Asterisk wrote, as an error.
func (r *asteriskRelay) log() error {
	b, err := os.ReadFile(filepath.Join(r.dir, "log", "messages"))
	if err != nil || len(b) == 0 {
		return nil
	}
	return fmt.Errorf("its log ends with %s", b[max(0, len(b)-600):])
}

func (r *asteriskRelay) pid() int { return r.cmd.Process.Pid }

func (r *asteriskRelay) close() error {
	if r.ws != nil {
		_ = r.ws.Close()
	}
	if r.sip != nil {
		_ = r.sip.Close()
	}
	if r.cmd != nil {
		_ = r.cmd.Process.Kill()
		_ = r.cmd.Wait() // killed: its status says nothing
	}
	return os.RemoveAll(r.dir)
}

// join calls Asterisk as a browser does and answers the call that it makes to the leg.
func (r *asteriskRelay) join(ctx context.Context, n int, offer, leg string) (joined, error) {
	// Pion names no address in its c= line, browsers do once they have gathered; to Asterisk 0.0.0.0 is a hold.
	offer = strings.Replace(offer, "c=IN IP4 0.0.0.0", "c=IN IP4 127.0.0.1", 1)
	c := &webCall{leg: leg, far: make(chan string, 1), answered: make(chan sipMessage, 1)}
	exten, id := strconv.Itoa(100+n), token()+"@bench"
	from, uri := "<sip:browser@127.0.0.1>;tag="+token(), "sip:"+exten+"@127.0.0.1"
	r.mu.Lock()
	r.calls[id], r.legs[exten] = c, c
	r.mu.Unlock()
	if err := r.send(webRequest("INVITE", uri, "<"+uri+">", from, id, offer)); err != nil {
		return joined{}, fmt.Errorf("calling Asterisk: %w", err)
	}
	var j joined
	for j.Answer == "" || j.Leg == "" {
		select {
		case j.Leg = <-c.far:
		case m := <-c.answered:
			if m.status() != 200 {
				return j, errors.Join(fmt.Errorf("the answer of Asterisk is %q", m.start), r.log())
			}
			j.Answer = m.body
			if err := r.send(webRequest("ACK", m.contact(), m.get("to"), from, id, "")); err != nil {
				return j, fmt.Errorf("acknowledging: %w", err)
			}
		case <-ctx.Done():
			return j, errors.Join(fmt.Errorf("waiting for Asterisk: %w", ctx.Err()), r.log())
		}
	}
	return j, nil
}

func webRequest(method, uri, to, from, id, body string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s SIP/2.0\r\nVia: SIP/2.0/WS bench.invalid;branch=z9hG4bK%s\r\nMax-Forwards: 70\r\n", method, uri, token())
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: 1 %s\r\nContact: <sip:browser@bench.invalid;transport=ws>\r\n", from, to, id, method)
	if body == "" {
		return finishSIP(&b, nil)
	}
	return finishSIP(&b, []string{body})
}

func (r *asteriskRelay) readBrowsers() {
	for {
		_, b, err := r.ws.ReadMessage()
		if err != nil {
			return
		}
		m, err := parseSIP(b)
		if err == nil && m.status() != 0 {
			r.once.Do(func() { close(r.ready) })
		}
		if err != nil || m.status() < 200 || m.method() != "INVITE" {
			continue
		}
		r.mu.Lock()
		c := r.calls[m.get("call-id")]
		r.mu.Unlock()
		if c != nil {
			select {
			case c.answered <- m:
			default: // a repetition
			}
		}
	}
}

// readLegs answers the calls to the far legs.
func (r *asteriskRelay) readLegs() {
	buf := make([]byte, 65536)
	for {
		n, from, err := r.sip.ReadFromUDP(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		m, bad := parseSIP(bytes.Clone(buf[:n]))
		if err != nil || bad != nil || m.status() != 0 || m.method() == "ACK" {
			continue
		}
		reply := m.reply("200 OK", "leg")
		if m.method() == "INVITE" {
			reply = r.pickUp(m)
		}
		_, _ = r.sip.WriteToUDP(reply, from) // Asterisk asks again
	}
}

func (r *asteriskRelay) pickUp(m sipMessage) []byte {
	_, rest, _ := strings.Cut(m.start, "sip:")
	exten, _, _ := strings.Cut(rest, "@")
	r.mu.Lock()
	c := r.legs[exten]
	r.mu.Unlock()
	far, err := mediaOf(m.body)
	if c == nil || err != nil {
		return m.reply("404 Not Found", "leg")
	}
	host, port, _ := net.SplitHostPort(c.leg)
	number, _ := strconv.Atoi(port)
	select {
	case c.far <- far:
	default: // a repetition
	}
	return m.reply("200 OK", "leg"+exten, "Contact: <sip:"+exten+"@"+r.sip.LocalAddr().String()+">", plainSDP(host, number))
}
