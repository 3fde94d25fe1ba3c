// Package testphone is a browser's half of the softphone without a browser: it makes the same offers, sends sound at the pace of a
// microphone and keeps what it hears. Tests and the demonstration's headless operators speak through it. Signalling is the caller's:
//
//	p, err := testphone.New(testphone.Options{Loopback: true})
//	offer, err := p.Offer(ctx)          // carry it to the server, bring the answer back
//	err = p.Accept(answer)
//	<-p.Connected()
//	<-p.Say(samples, false)             // speaks once at 20 ms a frame
//	err = p.Heard().WriteWAV("heard.wav")
//	err = p.Close()
package testphone

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"ringbook/softphone/g711"
)

// Options are what a phone is made from.
type Options struct {
	Laws     []g711.Law // offered, in this order; empty means mu-law, then A-law, as Chromium does
	Loopback bool       // connect over 127.0.0.1 and nothing else: for tests
	TCP      bool       // connect over TCP only, as behind a firewall that drops UDP
	AnyWay   bool       // connect as a browser does: by UDP if it passes, else by TCP, else by a relay
	Relays   []Relay    // only with AnyWay
	// Packet is told of each packet that comes, on the goroutine that reads them; the packet is valid only during the call.
	Packet func(p *rtp.Packet, at time.Time)
	// Hear is given the samples of each packet that comes, on the same goroutine.
	Hear func(at time.Time, samples []int16)
}

// Relay is a TURN server, in the words of a browser.
type Relay struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username"`
	Credential string   `json:"credential"`
}

// Phone is one softphone. Its methods are safe for concurrent use.
type Phone struct {
	opts  Options
	pc    *webrtc.PeerConnection
	track *voice
	heard *Heard
	wg    sync.WaitGroup

	connected, closed chan struct{}
	once, onceClosed  sync.Once

	mu      sync.Mutex // guards what follows
	talking bool
	words   []int16
	at      int
	loop    bool
	done    chan struct{}
}

// New makes a phone that is not connected yet.
func New(o Options) (*Phone, error) {
	if len(o.Laws) == 0 {
		o.Laws = []g711.Law{g711.MuLaw, g711.ALaw}
	}
	api, err := engine(o)
	if err != nil {
		return nil, err
	}
	var with webrtc.Configuration
	for _, r := range o.Relays {
		with.ICEServers = append(with.ICEServers, webrtc.ICEServer{URLs: r.URLs, Username: r.Username, Credential: r.Credential})
	}
	pc, err := api.NewPeerConnection(with)
	if err != nil {
		return nil, fmt.Errorf("making a test phone: %w", err)
	}
	p := &Phone{opts: o, pc: pc, track: &voice{}, heard: &Heard{}, connected: make(chan struct{}), closed: make(chan struct{})}
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		switch s {
		case webrtc.PeerConnectionStateConnected:
			p.once.Do(func() { close(p.connected) })
		case webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed:
			p.onceClosed.Do(func() { close(p.closed) })
		}
	})
	pc.OnTrack(func(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
		p.wg.Go(func() { drain(r.Read) })
		p.wg.Go(func() { p.listen(t) })
	})
	sender, err := pc.AddTrack(p.track)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("making a test phone: %w", err), pc.Close())
	}
	p.wg.Go(func() { drain(sender.Read) })
	return p, nil
}

func engine(o Options) (*webrtc.API, error) {
	media := &webrtc.MediaEngine{}
	for _, law := range o.Laws {
		mime := webrtc.MimeTypePCMU
		if law == g711.ALaw {
			mime = webrtc.MimeTypePCMA
		}
		c := webrtc.RTPCodecParameters{PayloadType: webrtc.PayloadType(law.PayloadType()), RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: mime, ClockRate: 8000}}
		if err := media.RegisterCodec(c, webrtc.RTPCodecTypeAudio); err != nil {
			return nil, fmt.Errorf("registering %s: %w", mime, err)
		}
	}
	registry := &interceptor.Registry{}
	if err := webrtc.ConfigureRTCPReports(registry); err != nil {
		return nil, fmt.Errorf("configuring RTCP: %w", err)
	}
	set := webrtc.SettingEngine{}
	set.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	set.SetIncludeLoopbackCandidate(o.Loopback)
	if o.Loopback {
		set.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	}
	set.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	if o.TCP {
		set.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeTCP4})
	}
	if o.AnyWay {
		set.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6, webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6})
		set.SetHostAcceptanceMinWait(time.Second) // for UDP to answer, although TCP may be quicker
	}
	set.SetSRTPProtectionProfiles(dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80)
	return webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithInterceptorRegistry(registry), webrtc.WithSettingEngine(set)), nil
}

func drain(read func([]byte) (int, interceptor.Attributes, error)) {
	buf := make([]byte, 1500)
	for {
		if _, _, err := read(buf); err != nil {
			return
		}
	}
}

// Offer is the phone's offer with all its candidates.
func (p *Phone) Offer(ctx context.Context) (string, error) {
	offer, err := p.pc.CreateOffer(nil)
	if err != nil {
		return "", fmt.Errorf("making an offer: %w", err)
	}
	gathered := webrtc.GatheringCompletePromise(p.pc)
	if err := p.pc.SetLocalDescription(offer); err != nil {
		return "", fmt.Errorf("taking our own offer: %w", err)
	}
	if p.opts.AnyWay { // our candidates need not be in it: the server sees where our checks come from
		return p.pc.LocalDescription().SDP, nil
	}
	select {
	case <-gathered:
		return p.pc.LocalDescription().SDP, nil
	case <-ctx.Done():
		return "", fmt.Errorf("gathering candidates: %w", ctx.Err())
	}
}

var firstFormat = regexp.MustCompile(`(?m)^m=audio \d+ \S+ (\d+)`)

// Accept takes the server's answer; like a browser, the phone speaks the answer's first codec.
func (p *Phone) Accept(answer string) error {
	m := firstFormat.FindStringSubmatch(answer)
	if m == nil {
		return errors.New("accepting an answer: it has no audio")
	}
	pt, _ := strconv.Atoi(m[1])
	law, ok := g711.FromPayloadType(uint8(pt))
	if !ok {
		return fmt.Errorf("accepting an answer: its first format %d is not G.711", pt)
	}
	p.track.law.Store(law)
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
		return fmt.Errorf("accepting an answer: %w", err)
	}
	p.wg.Go(p.speak)
	return nil
}

// Connected is closed when sound can flow; Closed when the connection is over, whoever ended it.
func (p *Phone) Connected() <-chan struct{} { return p.connected }

// Closed is closed when the connection is over.
func (p *Phone) Closed() <-chan struct{} { return p.closed }

// Way is how the sound goes once it does: "udp", "tcp" or "relay", and the server's address that it goes to.
func (p *Phone) Way() (way, to string) {
	pair, err := p.pc.GetSenders()[0].Transport().ICETransport().GetSelectedCandidatePair()
	if err != nil || pair == nil {
		return "", ""
	}
	way = pair.Local.Protocol.String()
	if pair.Local.Typ == webrtc.ICECandidateTypeRelay {
		way = "relay"
	}
	return way, pair.Remote.Address
}

// Law is what the phone sends, known after Accept.
func (p *Phone) Law() g711.Law { law, _ := p.track.law.Load().(g711.Law); return law }

// Heard is what the phone has heard so far.
func (p *Phone) Heard() *Heard { return p.heard }

// Talk opens or closes the microphone: an open one sends silence when it says nothing, a closed one sends no packets.
func (p *Phone) Talk(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.talking = on
}

// Say opens the microphone and speaks 8 kHz samples, once or over and over. The channel is closed at the end, or when something
// else is said.
func (p *Phone) Say(samples []int16, loop bool) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hush()
	p.talking, p.words, p.at, p.loop, p.done = true, samples, 0, loop, make(chan struct{})
	return p.done
}

// hush ends what is being said; the caller holds the lock.
func (p *Phone) hush() {
	if p.done != nil {
		close(p.done)
	}
	p.words, p.done = nil, nil
}

// Send sends one packet as it is, but for the SSRC and the payload type.
func (p *Phone) Send(header rtp.Header, payload []byte) error { return p.track.send(header, payload) }

// Close hangs the connection up and waits until nothing of it is left.
func (p *Phone) Close() error {
	p.onceClosed.Do(func() { close(p.closed) })
	err := p.pc.GracefulClose()
	p.wg.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hush()
	return err
}

const frameSize = 160 // 20 ms at 8 kHz

// speak is the microphone: a frame each 20 ms by the clock on the wall.
func (p *Phone) speak() {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	header := rtp.Header{Version: 2, SequenceNumber: uint16(rand.Uint32()), Timestamp: rand.Uint32()}
	begun, frames := time.Now(), 0
	buf := make([]byte, frameSize)
	for {
		select {
		case <-p.closed:
			return
		case now := <-tick.C:
			for due := int(now.Sub(begun) / (20 * time.Millisecond)); frames < due; frames++ {
				header.Timestamp += frameSize
				if p.fill(buf) {
					header.SequenceNumber++
					_ = p.track.send(header, buf) // not connected yet, or no more: a microphone does not care
				}
			}
		}
	}
}

// fill takes the next frame of what is to be said; false means that the microphone is closed.
func (p *Phone) fill(buf []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.talking {
		return false
	}
	law := p.Law()
	copy(buf, bytes.Repeat([]byte{law.Silence()}, len(buf)))
	for i := 0; i < len(buf) && len(p.words) > 0; i++ {
		buf[i] = law.Encode(p.words[p.at])
		if p.at++; p.at < len(p.words) {
			continue
		}
		if p.at = 0; !p.loop {
			p.hush()
		}
	}
	return true
}

func (p *Phone) listen(t *webrtc.TrackRemote) {
	buf := make([]byte, 1500)
	var packet rtp.Packet
	for {
		n, _, err := t.Read(buf)
		if err != nil {
			return
		}
		at := time.Now()
		if packet.Unmarshal(buf[:n]) != nil {
			continue
		}
		p.heard.add(&packet)
		if p.opts.Packet != nil {
			p.opts.Packet(&packet, at)
		}
		if law, ok := g711.FromPayloadType(packet.PayloadType); ok && p.opts.Hear != nil {
			samples := make([]int16, len(packet.Payload))
			for i, b := range packet.Payload {
				samples[i] = law.Decode(b)
			}
			p.opts.Hear(at, samples)
		}
	}
}

// voice is the phone's own track.
type voice struct {
	law atomic.Value // g711.Law
	to  atomic.Pointer[webrtc.TrackLocalContext]
}

var errNotConnected = errors.New("the test phone is not connected")

func (v *voice) send(h rtp.Header, payload []byte) error {
	ctx := v.to.Load()
	if ctx == nil {
		return errNotConnected
	}
	h.Version, h.SSRC, h.PayloadType = 2, uint32((*ctx).SSRC()), v.law.Load().(g711.Law).PayloadType()
	_, err := (*ctx).WriteStream().WriteRTP(&h, payload)
	return err
}

// Bind implements [webrtc.TrackLocal].
func (v *voice) Bind(ctx webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	law, _ := v.law.Load().(g711.Law)
	for _, c := range ctx.CodecParameters() {
		if uint8(c.PayloadType) == law.PayloadType() {
			v.to.Store(&ctx)
			return c, nil
		}
	}
	return webrtc.RTPCodecParameters{}, webrtc.ErrUnsupportedCodec
}

// Unbind implements [webrtc.TrackLocal].
func (v *voice) Unbind(webrtc.TrackLocalContext) error { v.to.Store(nil); return nil }

// ID implements [webrtc.TrackLocal].
func (v *voice) ID() string { return "microphone" }

// RID implements [webrtc.TrackLocal].
func (v *voice) RID() string { return "" }

// StreamID implements [webrtc.TrackLocal].
func (v *voice) StreamID() string { return "testphone" }

// Kind implements [webrtc.TrackLocal].
func (v *voice) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeAudio }
