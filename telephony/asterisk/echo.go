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

	"ringbook/telephony"
)

// echoPrefix begins the IDs of channels that send back what they hear. They belong to no call.
const echoPrefix = "echo."

// EchoID is a name for a channel in which an agent tries their headset.
func EchoID(agent telephony.AgentID, at time.Time) telephony.ChannelID {
	return telephony.ChannelID(echoPrefix + string(agent) + "." + strconv.FormatInt(at.UnixMilli(), 10))
}

func isEcho(id telephony.ChannelID) bool { return strings.HasPrefix(string(id), echoPrefix) }

// Echo makes a leg that sends back whatever it hears, and gives Asterisk's end of it. The dialplan ends it after a minute,
// [telephony.HangUp] sooner.
func (p *PBX) Echo(ctx context.Context, id telephony.ChannelID) (asterisk string, err error) {
	var c channel
	_, err = p.request(ctx, http.MethodPost, "/channels/externalMedia",
		url.Values{"channelId": {string(id)}, "app": {p.o.App}, "external_host": {p.o.RTP}, "format": {p.o.Law}}, &c)
	if err != nil {
		return "", fmt.Errorf("make a leg for an echo: %w", err)
	}
	// It may be led into the dialplan once it has come to our application: a moment later.
	for try := 0; ; try++ {
		_, err = p.request(ctx, http.MethodPost, "/channels/"+url.PathEscape(string(id))+"/continue",
			url.Values{"context": {contextEcho}, "extension": {"s"}, "priority": {"1"}}, nil)
		status, refused := errors.AsType[*StatusError](err)
		if err == nil || try == 10 || !refused || status.Code != http.StatusConflict {
			break
		}
		select {
		case <-ctx.Done():
		case <-time.After(30 * time.Millisecond):
		}
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("lead a leg to the echo: %w", err), p.Do(ctx, telephony.HangUp{Channel: id, Reason: "normal"}))
	}
	return rtpAddress(c), nil
}
