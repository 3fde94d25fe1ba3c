package main

import (
	"fmt"
	"net"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// naiveCommand is the relay that one writes first: a PeerConnection and a UDP socket a leg, pion's own defaults, a goroutine each way.
type naiveCommand struct {
	Profile string `help:"File for a processor profile."`
}

// Run serves until the parent closes our input.
func (c naiveCommand) Run(env *environment) error {
	media, registry := &webrtc.MediaEngine{}, &interceptor.Registry{}
	codec := webrtc.RTPCodecParameters{PayloadType: 8, RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMA, ClockRate: 8000}}
	if err := media.RegisterCodec(codec, webrtc.RTPCodecTypeAudio); err != nil {
		return fmt.Errorf("registering PCMA: %w", err)
	}
	if err := webrtc.RegisterDefaultInterceptors(media, registry); err != nil {
		return fmt.Errorf("registering the interceptors: %w", err)
	}
	set := webrtc.SettingEngine{}
	set.SetIncludeLoopbackCandidate(true)
	set.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	api := webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithInterceptorRegistry(registry), webrtc.WithSettingEngine(set))
	return profiled(c.Profile, func() error {
		return obey(env, func(w wish) (joined, error) { return joinNaively(api, codec.RTPCodecCapability, w) })
	})
}

func joinNaively(api *webrtc.API, codec webrtc.RTPCodecCapability, w wish) (joined, error) {
	leg, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return joined{}, err
	}
	far, err := net.ResolveUDPAddr("udp4", w.Leg)
	if err != nil {
		return joined{}, err
	}
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return joined{}, err
	}
	track, err := webrtc.NewTrackLocalStaticRTP(codec, "voice", "naive")
	if err != nil {
		return joined{}, err
	}
	sender, err := pc.AddTrack(track)
	if err != nil {
		return joined{}, err
	}
	go drainNaively(sender)
	go legToBrowser(leg, track)
	pc.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { browserToLeg(t, leg, far) })
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: w.Offer}); err != nil {
		return joined{}, err
	}
	answer, err := pc.CreateAnswer(nil)
	if err != nil {
		return joined{}, err
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(answer); err != nil {
		return joined{}, err
	}
	<-gathered
	return joined{Answer: pc.LocalDescription().SDP, Leg: leg.LocalAddr().String()}, nil
}

func drainNaively(sender *webrtc.RTPSender) {
	buf := make([]byte, 1500)
	for {
		if _, _, err := sender.Read(buf); err != nil {
			return
		}
	}
}

func legToBrowser(leg *net.UDPConn, track *webrtc.TrackLocalStaticRTP) {
	buf := make([]byte, 1500)
	for {
		n, _, err := leg.ReadFromUDP(buf)
		if err != nil {
			return
		}
		var p rtp.Packet
		if p.Unmarshal(buf[:n]) == nil {
			_ = track.WriteRTP(&p)
		}
	}
}

func browserToLeg(t *webrtc.TrackRemote, leg *net.UDPConn, far *net.UDPAddr) {
	for {
		p, _, err := t.ReadRTP()
		if err != nil {
			return
		}
		b, err := p.Marshal()
		if err != nil {
			continue
		}
		_, _ = leg.WriteToUDP(b, far)
	}
}
