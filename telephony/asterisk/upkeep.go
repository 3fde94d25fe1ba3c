package asterisk

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"ringbook/telephony"
)

// signEvery is how often Asterisk is told that we live: the dialplan enters Stasis only on a sign of the last 15 s.
const (
	signEvery = time.Second
	signRetry = 100 * time.Millisecond
)

// keepSign writes Asterisk's own time into RINGBOOK_SEEN while the websocket stands, and wakes Asterisk while it does not:
// after a half-open connection it redials only when it next writes.
func (p *PBX) keepSign(ctx context.Context) {
	for wait := signEvery; ; {
		select {
		case <-ctx.Done():
			return
		case <-p.signNow:
		case <-time.After(wait):
		}
		wait = signEvery
		if !p.State().Connected {
			_, _ = p.request(ctx, http.MethodPost, "/events/user/wake", url.Values{"application": {p.o.App}}, nil)
		} else if !p.sign(ctx) {
			wait = signRetry // a starting Asterisk answers 503 for a moment
		}
	}
}

func (p *PBX) sign(ctx context.Context) bool {
	p.board.Alive() // a switchboard that does not answer gives no sign
	now := p.o.Now().Add(p.State().Skew)
	date, err := p.request(ctx, http.MethodPost, "/asterisk/variable",
		url.Values{"variable": {"RINGBOOK_SEEN"}, "value": {strconv.FormatInt(now.Unix(), 10)}}, nil)
	if err != nil {
		if ctx.Err() == nil {
			p.problem(err)
		}
		return false
	}
	p.measure(date)
	p.mu.Lock()
	p.state.Signed = p.o.Now()
	p.mu.Unlock()
	return true
}

// measure keeps the difference of the clocks. The Date header has whole seconds: less than two of them are no difference.
func (p *PBX) measure(date time.Time) {
	if date.IsZero() {
		return
	}
	skew := date.Add(500 * time.Millisecond).Sub(p.o.Now())
	if skew.Abs() < 2*time.Second {
		skew = 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if (skew-p.state.Skew).Abs() > 2*time.Second || skew == 0 {
		p.state.Skew = skew
	}
}

func (p *PBX) problem(err error) {
	p.mu.Lock()
	changed := p.state.LastProblem != err.Error()
	p.state.LastProblem = err.Error()
	p.mu.Unlock()
	if changed {
		p.o.Log.Warn("Asterisk does not answer", "err", err)
	}
}

// poke makes the next reconcile and the next sign of life come at once.
func (p *PBX) poke() {
	for _, c := range []chan struct{}{p.pokes, p.signNow} {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// keepReconciled compares what Asterisk has with what we have: on every connect, again 2 s later, then every 30 s.
func (p *PBX) keepReconciled(ctx context.Context) {
	next := time.NewTimer(time.Second)
	defer next.Stop()
	soon := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.pokes:
			soon = 2
		case <-next.C:
		}
		wait := 30 * time.Second
		if err := p.reconcile(ctx); err != nil {
			p.problem(err)
			wait = time.Second
		} else if soon > 0 {
			soon--
			wait = 2 * time.Second
		}
		next.Reset(wait)
	}
}

type info struct {
	System struct {
		Version  string `json:"version"`
		EntityID string `json:"entity_id"`
	} `json:"system"`
	Status struct {
		Started ariTime `json:"startup_time"`
	} `json:"status"`
}

// filter cuts what Asterisk sends to what we read.
const filterBody = `{"disallowed":[{"type":"ChannelVarset"},{"type":"ChannelDialplan"},{"type":"PeerStatusChange"},{"type":"DeviceStateChanged"},{"type":"ChannelConnectedLine"},{"type":"ChannelCallerId"},{"type":"ChannelEnteredBridge"},{"type":"ChannelLeftBridge"}]}`

func (p *PBX) setFilter(ctx context.Context) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, p.o.URL+"/applications/"+url.PathEscape(p.o.App)+"/eventFilter", strings.NewReader(filterBody))
	if err != nil {
		return
	}
	req.SetBasicAuth(p.o.User, p.o.Password)
	req.Header.Set("Content-Type", "application/json")
	res, err := p.http.Do(req)
	if err != nil {
		p.problem(err)
		return
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		p.o.Log.Warn("the event filter was refused", "status", res.StatusCode)
	}
}

func (p *PBX) reconcile(ctx context.Context) error {
	if !p.State().Connected {
		return nil
	}
	var i info
	if _, err := p.request(ctx, http.MethodGet, "/asterisk/info", nil, &i); err != nil {
		return err
	}
	p.node.Store(&i.System.EntityID)
	p.mu.Lock()
	restarted := !p.state.Started.IsZero() && !p.state.Started.Equal(i.Status.Started.Time)
	first := p.state.Reconciled.IsZero()
	p.state.Version = i.System.Version
	p.mu.Unlock()
	if restarted {
		p.o.Log.Warn("Asterisk restarted: its calls are lost", "started", i.Status.Started.Time)
	}
	if first || restarted {
		p.setFilter(ctx)
	}
	asked := p.o.Now()
	var anew time.Time
	if restarted {
		anew = i.Status.Started.Add(-p.State().Skew)
	}
	list, err := p.standing(ctx)
	if err != nil {
		return err
	}
	for _, id := range p.board.Reconcile(telephony.Listing{At: asked, Standing: list, First: first, Restarted: anew}) {
		p.o.Log.Warn("a leg without a call is hung up", "channel", id)
		_ = p.Do(ctx, telephony.HangUp{Channel: id, Reason: "normal"})
	}
	p.mu.Lock()
	p.state.Reconciled, p.state.Started = p.o.Now(), i.Status.Started.Time
	p.mu.Unlock()
	return nil
}

// standing lists the channels of our application, and nothing outside it.
func (p *PBX) standing(ctx context.Context) ([]telephony.Standing, error) {
	var app struct {
		Channels []string `json:"channel_ids"`
		Bridges  []string `json:"bridge_ids"`
	}
	if _, err := p.request(ctx, http.MethodGet, "/applications/"+url.PathEscape(p.o.App), nil, &app); err != nil {
		return nil, err
	}
	if len(app.Channels) == 0 {
		return nil, nil
	}
	var all []channel
	if _, err := p.request(ctx, http.MethodGet, "/channels", nil, &all); err != nil {
		return nil, err
	}
	bridgeOf, err := p.bridges(ctx, app.Bridges)
	if err != nil {
		return nil, err
	}
	ours := make(map[string]bool, len(app.Channels))
	for _, id := range app.Channels {
		ours[id] = true
	}
	var out []telephony.Standing
	for _, c := range all {
		if !ours[c.ID] || isEcho(telephony.ChannelID(c.ID)) || isTap(telephony.ChannelID(c.ID)) || p.stray(ctx, telephony.ChannelID(c.ID)) {
			continue
		}
		st := telephony.Standing{Channel: telephony.ChannelID(c.ID), Bridge: bridgeOf[c.ID], Asterisk: rtpAddress(c), Up: c.State == "Up"}
		if _, made := telephony.ParseLeg(st.Channel); !made && c.Dialplan.App == "Stasis" && c.Dialplan.Context != contextPhones {
			st.Arrival = p.arrival(c)
		}
		out = append(out, st)
	}
	return out, nil
}

func (p *PBX) bridges(ctx context.Context, ids []string) (map[string]string, error) {
	of := map[string]string{}
	for _, id := range ids {
		var b struct {
			Channels []string `json:"channels"`
		}
		_, err := p.request(ctx, http.MethodGet, "/bridges/"+url.PathEscape(id), nil, &b)
		var status *StatusError
		if errors.As(err, &status) && status.Code == http.StatusNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, c := range b.Channels {
			of[c] = id
		}
	}
	return of, nil
}
