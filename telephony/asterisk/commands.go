package asterisk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/CyCoreSystems/ari/v5"
	"github.com/CyCoreSystems/ari/v5/client/native"

	"ringbook/telephony"
)

func channelKey[T ~string](id T) *ari.Key { return ari.NewKey(ari.ChannelKey, string(id)) }
func bridgeKey(id telephony.CallID) *ari.Key {
	return ari.NewKey(ari.BridgeKey, string(id))
}

// Do carries out one command. What is over already is no error: hanging up what is gone, stopping what is silent.
func (p *PBX) Do(ctx context.Context, cmd telephony.Command) error {
	return p.failed(root(p.do(ctx, cmd)))
}

// root is the error without the call stacks that the library puts into its text.
func root(err error) error {
	for err != nil {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
	return nil
}

func (p *PBX) do(ctx context.Context, cmd telephony.Command) error {
	ch := p.ari.Channel()
	switch cmd.(type) {
	case telephony.Join, telephony.DialClient, telephony.CallPhone, telephony.TapLeg, telephony.EndTap: // these count for themselves
	default:
		p.asked.Add(1)
	}
	switch c := cmd.(type) {
	case telephony.AnswerClient:
		return ch.Answer(channelKey(c.Channel))
	case telephony.Play:
		_, err := ch.Play(channelKey(c.Channel), c.Name, c.Media)
		return err
	case telephony.StopPlay:
		return absentOK(p.ari.Playback().Stop(ari.NewKey(ari.PlaybackKey, c.Name)))
	case telephony.MusicOn:
		return ch.MOH(channelKey(c.Channel), "")
	case telephony.MusicOff:
		return absentOK(ch.StopMOH(channelKey(c.Channel)))
	case telephony.MakeBridge:
		_, err := p.ari.Bridge().Create(bridgeKey(c.Call), "mixing", string(c.Call))
		return err
	case telephony.Join:
		return p.join(ctx, c)
	case telephony.Part:
		return absentOK(p.ari.Bridge().RemoveChannel(bridgeKey(c.Call), string(c.Channel)))
	case telephony.DropBridge:
		return absentOK(p.ari.Bridge().Delete(bridgeKey(c.Call)))
	case telephony.MakeLeg:
		_, err := ch.ExternalMedia(nil, ari.ExternalMediaOptions{ChannelID: string(c.Channel), App: p.o.App, ExternalHost: p.o.RTP, Format: p.o.Law})
		return err
	case telephony.CallPhone:
		return p.ring(ctx, c)
	case telephony.TapLeg:
		return p.tap(ctx, c)
	case telephony.EndTap:
		return p.endTap(ctx, c)
	case telephony.DialClient:
		return p.dial(ctx, c)
	case telephony.HangUp:
		return absentOK(ch.Hangup(channelKey(c.Channel), c.Reason))
	case telephony.Digits:
		return ch.SendDTMF(channelKey(c.Channel), c.Digits, nil)
	case telephony.Lease:
		return absentOK(ch.SetVariable(channelKey(c.Channel), "TIMEOUT(absolute)", strconv.Itoa(int(c.For/time.Second))))
	default:
		return fmt.Errorf("asterisk: no command %T", cmd)
	}
}

func absentOK(err error) error {
	if native.CodeFromError(err) == http.StatusNotFound || native.CodeFromError(err) == http.StatusConflict {
		return nil
	}
	return err
}

// join adds channels to the bridge. A leg that is not in our application yet (422) is tried again for a moment.
func (p *PBX) join(ctx context.Context, c telephony.Join) error {
	names := make([]string, 0, len(c.Channels))
	for _, id := range c.Channels {
		names = append(names, string(id))
	}
	for try := 0; ; try++ {
		// The library's body cannot name several channels; the query can.
		_, err := p.request(ctx, http.MethodPost, "/bridges/"+string(c.Call)+"/addChannel", url.Values{"channel": {strings.Join(names, ",")}, "inhibitConnectedLineUpdates": {"true"}}, nil)
		code := 0
		if status, ok := errors.AsType[*StatusError](err); ok {
			code = status.Code
		}
		if err == nil || try == 10 || (code != http.StatusUnprocessableEntity && code != http.StatusConflict) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(30 * time.Millisecond):
		}
	}
}

// Dialled is how a client is dialled: the endpoint, the number as its provider wants it written, and the number shown.
type Dialled struct{ Endpoint, Number, CallerID string }

// dial makes the client's leg, puts it into the bridge and only then dials it, so that the agent hears early media.
func (p *PBX) dial(ctx context.Context, c telephony.DialClient) error {
	ch := p.ari.Channel()
	p.asked.Add(1)
	to := Dialled{Endpoint: p.o.Trunk, Number: c.Phone, CallerID: c.CallerID}
	if c.Trunk != "" && p.o.Dialled != nil {
		to = p.o.Dialled(c.Trunk, c.Phone, c.CallerID)
	}
	_, err := ch.Create(nil, ari.ChannelCreateRequest{Endpoint: "PJSIP/" + to.Number + "@" + to.Endpoint, App: p.o.App, AppArgs: "outbound," + string(c.Call), ChannelID: string(c.Channel)})
	if err != nil {
		return fmt.Errorf("make the client's leg: %w", err)
	}
	key := channelKey(c.Channel)
	if err := p.join(ctx, telephony.Join{Call: c.Call, Channels: []telephony.ChannelID{c.Channel}}); err != nil {
		_ = ch.Hangup(key, "normal")
		return fmt.Errorf("join the client's leg: %w", err)
	}
	if to.CallerID != "" {
		p.asked.Add(1)
		// PJSIP takes the From of an outgoing call from the connected line, and the bridge would overwrite an earlier one.
		if err := ch.SetVariable(key, "CONNECTEDLINE(num,i)", to.CallerID); err != nil {
			p.o.Log.Warn("the caller ID could not be set", "call", c.Call, "err", root(err))
		}
	}
	if err := p.startDialling(ctx, c.Channel, c.Timeout); err != nil {
		_ = ch.Hangup(key, "normal")
		return fmt.Errorf("dial the client: %w", err)
	}
	return nil
}

// startDialling dials a channel that was just made. It comes to our application a moment later: until then it may not be dialled (409).
func (p *PBX) startDialling(ctx context.Context, id telephony.ChannelID, timeout time.Duration) error {
	for try := 0; ; try++ {
		p.asked.Add(1)
		err := p.ari.Channel().Dial(channelKey(id), "", timeout)
		if err == nil || try == 20 || native.CodeFromError(err) != http.StatusConflict {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(25 * time.Millisecond):
		}
	}
}
