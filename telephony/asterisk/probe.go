package asterisk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"ringbook/telephony"
)

// What an Asterisk must have for us, whoever configured it. Fewer modules than an Asterisk of our own loads: those without
// which a call fails.
var (
	neededModules = []string{"app_dial.so", "app_echo.so", "app_playback.so", "app_record.so", "app_stack.so", "app_stasis.so", "bridge_simple.so",
		"bridge_softmix.so", "chan_pjsip.so", "chan_rtp.so", "codec_alaw.so", "codec_ulaw.so", "func_callerid.so", "func_cdr.so", "func_channel.so",
		"func_cut.so", "func_global.so", "func_logic.so", "func_strings.so", "func_timeout.so", "pbx_config.so", "res_ari.so",
		"res_ari_applications.so", "res_ari_asterisk.so", "res_ari_bridges.so", "res_ari_channels.so", "res_ari_events.so", "res_ari_playbacks.so",
		"res_http_websocket.so", "res_musiconhold.so", "res_pjsip_header_funcs.so", "res_rtp_asterisk.so", "res_stasis.so",
		"res_stasis_answer.so", "res_stasis_playback.so", "res_websocket_client.so"}
	neededEvents   = []string{"StasisStart", "StasisEnd", "ChannelDestroyed", "ChannelHangupRequest", "ChannelStateChange", "Dial", "PlaybackFinished"}
	neededContexts = []string{contextInbound, contextFallback, contextFallback + "-answered", contextEcho}
	neededVars     = []string{"UNICASTRTP_LOCAL_ADDRESS", "UNICASTRTP_LOCAL_PORT", "RB_NUM", "RB_PAI", "RB_SIPID", "RB_DID"}
)

// Lacks is what of our configuration is not there.
type Lacks struct {
	Modules   []string // that do not run
	Events    []string // that our application is not told of
	Contexts  []string // of the dialplan
	Variables []string // that events do not carry
}

// missingModules compares what runs with what we need.
func (p *PBX) missingModules(ctx context.Context) ([]string, error) {
	var list []struct{ Name, Status string }
	if _, err := p.request(ctx, http.MethodGet, "/asterisk/modules", nil, &list); err != nil {
		return nil, fmt.Errorf("list the modules: %w", err)
	}
	running := map[string]bool{}
	for _, m := range list {
		running[m.Name] = m.Status == "Running"
	}
	return slices.DeleteFunc(slices.Clone(neededModules), func(name string) bool { return running[name] }), nil
}

// deafTo lists the events that the application's filter keeps from us.
func (p *PBX) deafTo(ctx context.Context) (deaf []string, registered bool, err error) {
	type kind struct{ Type string }
	var app struct {
		Allowed    []kind `json:"events_allowed"`
		Disallowed []kind `json:"events_disallowed"`
	}
	_, err = p.request(ctx, http.MethodGet, "/applications/"+url.PathEscape(p.o.App), nil, &app)
	if status, ok := errors.AsType[*StatusError](err); ok && status.Code == http.StatusNotFound {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("look for the application: %w", err)
	}
	for _, name := range neededEvents {
		if len(app.Allowed) > 0 && !slices.Contains(app.Allowed, kind{name}) || slices.Contains(app.Disallowed, kind{name}) {
			deaf = append(deaf, name)
		}
	}
	return deaf, true, nil
}

// probe makes a channel that goes nowhere, reads off it what the dialplan has and what events carry, and ends it. A running
// Ringbook takes it for an echo and lets it be.
func (p *PBX) probe(ctx context.Context, lacks *Lacks) error {
	id := EchoID("doctor"+telephony.AgentID(rand.Text()), time.Now())
	var made struct {
		Vars map[string]string `json:"channelvars"`
	}
	_, err := p.request(ctx, http.MethodPost, "/channels/create",
		url.Values{"endpoint": {"Local/s@" + contextEcho}, "app": {p.o.App}, "channelId": {string(id)}}, &made)
	if err != nil {
		return fmt.Errorf("make a channel to look at the dialplan: %w", err)
	}
	path := "/channels/" + url.PathEscape(string(id))
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_, _ = p.request(ctx, http.MethodDelete, path, nil, nil)
	}()
	for _, name := range neededVars {
		if _, ok := made.Vars[name]; !ok {
			lacks.Variables = append(lacks.Variables, name)
		}
	}
	for _, name := range neededContexts {
		var is struct{ Value string }
		if _, err := p.request(ctx, http.MethodGet, path+"/variable", url.Values{"variable": {"DIALPLAN_EXISTS(" + name + ",s,1)"}}, &is); err != nil {
			return fmt.Errorf("look for the context %s: %w", name, err)
		}
		if strings.TrimSpace(is.Value) != "1" {
			lacks.Contexts = append(lacks.Contexts, name)
		}
	}
	return nil
}
