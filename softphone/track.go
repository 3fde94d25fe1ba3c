package softphone

import (
	"sync/atomic"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"ringbook/softphone/g711"
)

// track is the sound to one browser. It takes the trunk's law when the browser can, the other one otherwise.
type track struct {
	want g711.Law
	out  atomic.Pointer[outlet]
}

// outlet is where packets go once the session is negotiated.
type outlet struct {
	ssrc uint32
	law  g711.Law
	to   webrtc.TrackLocalWriter
}

// Bind implements [webrtc.TrackLocal].
func (t *track) Bind(ctx webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	var found *webrtc.RTPCodecParameters
	for _, c := range ctx.CodecParameters() {
		law, ok := g711.FromPayloadType(uint8(c.PayloadType))
		if ok && (found == nil || law == t.want) {
			found = &c
		}
	}
	if found == nil {
		return webrtc.RTPCodecParameters{}, webrtc.ErrUnsupportedCodec
	}
	law, _ := g711.FromPayloadType(uint8(found.PayloadType))
	t.out.Store(&outlet{ssrc: uint32(ctx.SSRC()), law: law, to: ctx.WriteStream()})
	return *found, nil
}

// Unbind implements [webrtc.TrackLocal].
func (t *track) Unbind(webrtc.TrackLocalContext) error {
	t.out.Store(nil)
	return nil
}

// write sends one packet; header.SSRC and the payload type are filled in here.
func (o *outlet) write(header *rtp.Header, payload []byte) error {
	header.Version, header.SSRC, header.PayloadType = 2, o.ssrc, o.law.PayloadType()
	_, err := o.to.WriteRTP(header, payload)
	return err
}

// ID implements [webrtc.TrackLocal].
func (t *track) ID() string { return "voice" }

// RID implements [webrtc.TrackLocal].
func (t *track) RID() string { return "" }

// StreamID implements [webrtc.TrackLocal].
func (t *track) StreamID() string { return "ringbook" }

// Kind implements [webrtc.TrackLocal].
func (t *track) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeAudio }
