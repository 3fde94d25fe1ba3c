package softphone

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"

	"ringbook/softphone/g711"
)

// listenICE opens the one public port, over UDP and TCP, and makes the WebRTC engine that all sessions share.
func (g *Gateway) listenICE() error {
	udp, tcp, err := listenBoth(g.opts.Media)
	if err != nil {
		return fmt.Errorf("listening for browsers on %s: %w", g.opts.Media, err)
	}
	logs := pionLog{g.log}
	g.udp = ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: udp, Logger: logs.NewLogger("udp")})
	g.tcp = ice.NewTCPMuxDefault(ice.TCPMuxParams{Listener: tcp, Logger: logs.NewLogger("tcp"), ReadBufferSize: 32, WriteBufferSize: 1 << 18})
	if g.api, err = g.engine(logs); err == nil {
		var key *ecdsa.PrivateKey
		if key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err == nil {
			var cert *webrtc.Certificate
			if cert, err = webrtc.GenerateCertificate(key); err == nil {
				g.cert = *cert
			}
		}
	}
	if err != nil {
		return errors.Join(fmt.Errorf("making the WebRTC engine: %w", err), g.tcp.Close(), g.udp.Close())
	}
	return nil
}

// engine speaks G.711 only and runs no interceptors: what they would do, and we need, is in quality.go.
func (g *Gateway) engine(logs pionLog) (*webrtc.API, error) {
	media := &webrtc.MediaEngine{}
	for _, c := range codecs(g.law) {
		if err := media.RegisterCodec(c, webrtc.RTPCodecTypeAudio); err != nil {
			return nil, fmt.Errorf("registering %s: %w", c.MimeType, err)
		}
	}
	set := webrtc.SettingEngine{LoggerFactory: logs}
	set.SetICEUDPMux(g.udp)
	set.SetICETCPMux(g.tcp)
	set.SetNetworkTypes(g.networks())
	set.SetIncludeLoopbackCandidate(g.opts.Loopback)
	set.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled) // a browser's .local name is found by its own checks
	set.SetICETimeouts(4*time.Second, 12*time.Second, 2*time.Second)
	set.SetSRTPProtectionProfiles(dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AEAD_AES_256_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80)
	if err := set.SetAnsweringDTLSRole(webrtc.DTLSRoleServer); err != nil { // so that our order of profiles counts
		return nil, fmt.Errorf("choosing the DTLS role: %w", err)
	}
	if external, own := g.opts.external(); len(external) > 0 {
		rule := webrtc.ICEAddressRewriteRule{External: external, AsCandidateType: webrtc.ICECandidateTypeHost, Mode: webrtc.ICEAddressRewriteReplace}
		if own {
			rule.Mode = webrtc.ICEAddressRewriteAppend
		}
		if err := set.SetICEAddressRewriteRules(rule); err != nil {
			return nil, fmt.Errorf("advertising %v: %w", g.opts.Addresses, err)
		}
	}
	return webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithSettingEngine(set), webrtc.WithInterceptorRegistry(&interceptor.Registry{})), nil
}

// external are the addresses that are not of the interfaces; own says whether those are told as well.
func (o Options) external() (external []string, own bool) {
	for _, addr := range o.Addresses {
		if addr == Own {
			own = true
		} else {
			external = append(external, addr)
		}
	}
	return external, own || len(external) == 0
}

// networks are those of the socket; of a list of addresses for one family, that family alone.
func (g *Gateway) networks() []webrtc.NetworkType {
	four := []webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeTCP4}
	six := []webrtc.NetworkType{webrtc.NetworkTypeUDP6, webrtc.NetworkTypeTCP6}
	if at, ok := g.udp.LocalAddr().(*net.UDPAddr); !ok || at.IP.To4() != nil {
		return four
	}
	external, own := g.opts.external()
	isFour := func(addr string) bool { return net.ParseIP(addr).To4() != nil }
	switch {
	case own:
		return append(four, six...)
	case !slices.ContainsFunc(external, isFour):
		return six
	case !slices.ContainsFunc(external, func(addr string) bool { return !isFour(addr) }):
		return four
	}
	return append(four, six...)
}

// codecs are the two laws, the trunk's first.
func codecs(first g711.Law) []webrtc.RTPCodecParameters {
	pcmu := webrtc.RTPCodecParameters{PayloadType: 0, RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMU, ClockRate: clockRate}}
	pcma := webrtc.RTPCodecParameters{PayloadType: 8, RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMA, ClockRate: clockRate}}
	if first == g711.MuLaw {
		return []webrtc.RTPCodecParameters{pcmu, pcma}
	}
	return []webrtc.RTPCodecParameters{pcma, pcmu}
}

func listenUDP(addr string) (*net.UDPConn, error) {
	at, err := net.ResolveUDPAddr("udp", addr)
	if err != nil {
		return nil, fmt.Errorf("reading the address %q: %w", addr, err)
	}
	network := "udp"
	if at.IP.To4() != nil {
		network = "udp4"
	}
	conn, err := net.ListenUDP(network, at)
	if err != nil {
		return nil, err
	}
	// Room for half a second of a few hundred legs; the kernel's limit may give less, which is no reason to stop.
	_ = conn.SetReadBuffer(4 << 20)
	_ = conn.SetWriteBuffer(4 << 20)
	return conn, nil
}

// listenBoth opens the same port over UDP and TCP, also when the system chooses it.
func listenBoth(addr string) (udp *net.UDPConn, tcp net.Listener, err error) {
	for range 20 {
		if udp, err = listenUDP(addr); err != nil {
			return nil, nil, err
		}
		network := "tcp"
		at := udp.LocalAddr().(*net.UDPAddr)
		if at.IP.To4() != nil {
			network = "tcp4"
		}
		if tcp, err = net.Listen(network, at.String()); err == nil {
			return udp, tcp, nil
		}
		_ = udp.Close()
		if _, port, _ := net.SplitHostPort(addr); port != "0" {
			return nil, nil, err
		}
	}
	return nil, nil, err
}
