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

	"ringbook/telephony"
)

// trialPrefix begins the IDs of channels that try a trunk. They belong to no call.
const trialPrefix = "trial."

func isTrial(id telephony.ChannelID) bool { return strings.HasPrefix(string(id), trialPrefix) }

// Trial is how a call went that was made to try a trunk.
type Trial struct {
	Answered, Rang bool
	Cause, SIPCode int // of the end (Q.850, RFC 3261), where known
	After          time.Duration
}

// trialEvent is what Asterisk says of such a call.
type trialEvent struct {
	word       string // RINGING, PROGRESS, ANSWER or gone
	cause, sip int
}

// trialPatience is how long a phone may ring for a trial.
const trialPatience = 25 * time.Second

// Try calls a number and lets whoever answers hear a sentence, to see whether a trunk carries calls.
func (p *PBX) Try(ctx context.Context, to Dialled, say string) (Trial, error) {
	id := telephony.ChannelID(trialPrefix + strconv.FormatInt(time.Now().UnixNano(), 10))
	events := make(chan trialEvent, 16)
	p.trials.Store(id, events)
	defer p.trials.Delete(id)
	begun := time.Now()
	ch := p.ari.Channel()
	p.asked.Add(1)
	_, err := ch.Create(nil, ari.ChannelCreateRequest{Endpoint: "PJSIP/" + to.Number + "@" + to.Endpoint, App: p.o.App, AppArgs: "trial", ChannelID: string(id)})
	if err != nil {
		return Trial{}, p.failed(fmt.Errorf("make the call that tries a trunk: %w", root(err)))
	}
	defer func() {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = p.Do(late, telephony.HangUp{Channel: id, Reason: "normal"})
	}()
	if to.CallerID != "" {
		_ = ch.SetVariable(channelKey(id), "CONNECTEDLINE(num,i)", to.CallerID)
	}
	if err := p.startDialling(ctx, id, trialPatience); err != nil {
		return Trial{}, p.failed(fmt.Errorf("dial the number that tries a trunk: %w", root(err)))
	}
	return p.watchTrial(ctx, id, events, begun, say)
}

func (p *PBX) watchTrial(ctx context.Context, id telephony.ChannelID, events <-chan trialEvent, begun time.Time, say string) (t Trial, err error) {
	over := time.NewTimer(trialPatience + 5*time.Second)
	defer over.Stop()
	for {
		select {
		case <-ctx.Done():
			return t, fmt.Errorf("wait for the call that tries a trunk: %w", ctx.Err())
		case <-over.C:
			t.After = time.Since(begun)
			return t, nil
		case e := <-events:
			t.After = time.Since(begun)
			switch e.word {
			case "RINGING", "PROGRESS":
				t.Rang = true
			case "ANSWER":
				t.Answered = true
				return t, p.sayTrial(ctx, id, events, say)
			case "gone":
				t.Cause, t.SIPCode = e.cause, e.sip
				return t, nil
			}
		}
	}
}

// sayTrial plays the sentence to its end, or until they hang up.
func (p *PBX) sayTrial(ctx context.Context, id telephony.ChannelID, events <-chan trialEvent, say string) error {
	for try := 0; ; try++ { // the channel is in our application a moment after its answer
		_, err := p.request(ctx, http.MethodPost, "/channels/"+url.PathEscape(string(id))+"/play", url.Values{"media": {say}}, nil)
		if err == nil {
			break
		}
		if status, ok := errors.AsType[*StatusError](err); !ok || status.Code == http.StatusNotFound || try == 10 {
			return nil // they have hung up: an answer it was
		}
		time.Sleep(50 * time.Millisecond)
	}
	over := time.NewTimer(8 * time.Second)
	defer over.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-over.C:
			return nil
		case e := <-events:
			if e.word == "gone" {
				return nil
			}
		}
	}
}

// tellTrial gives a trial what happened to its channel; false when the channel is none.
func (p *PBX) tellTrial(id telephony.ChannelID, e trialEvent) bool {
	if !isTrial(id) {
		return false
	}
	if events, ok := p.trials.Load(id); ok {
		select {
		case events.(chan trialEvent) <- e:
		default: // sixteen events are more than a call has
		}
	}
	return true
}

// stray says whether a channel tries a trunk, and ends it if whoever made it is no more.
func (p *PBX) stray(ctx context.Context, id telephony.ChannelID) bool {
	if !isTrial(id) {
		return false
	}
	if _, wanted := p.trials.Load(id); !wanted {
		_ = p.Do(ctx, telephony.HangUp{Channel: id, Reason: "normal"})
	}
	return true
}
