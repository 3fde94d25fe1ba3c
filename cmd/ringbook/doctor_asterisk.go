package main

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"ringbook/telephony/asterisk"
)

func (d doctor) lookIntoAsterisk(ctx context.Context) (asterisk.Inspection, error) {
	ctx, cancel := context.WithTimeout(ctx, examineWithin)
	defer cancel()
	seen, err := asterisk.Inspect(ctx, asterisk.Options{URL: d.ARIURL, User: d.ARIUser, Password: d.ARIPassword, App: d.ARIApp, Trunk: d.endpoint()})
	if err == nil {
		return seen, nil
	}
	if status, ok := errors.AsType[*asterisk.StatusError](err); ok {
		switch status.Code {
		case http.StatusUnauthorized, http.StatusForbidden:
			return seen, broken("Make RINGBOOK_ARI_USER and RINGBOOK_ARI_PASSWORD those of ari.conf", "Asterisk refuses the user %s or the password (%d)", d.ARIUser, status.Code)
		case http.StatusNotFound:
			return seen, broken("Correct RINGBOOK_ARI_URL, as http://127.0.0.1:8088/ari", "there is no ARI at %s (404)", d.ARIURL)
		}
		return seen, broken("Look into Asterisk's log", "Asterisk answers %d %s", status.Code, status.Message)
	}
	return seen, broken("Start Asterisk, or correct RINGBOOK_ARI_URL", "Asterisk does not answer at %s: %v", d.ARIURL, errors.Unwrap(err))
}

// asterisk must answer and be new enough.
func (d doctor) asterisk(context.Context) (string, error) {
	seen, err := d.inspect()
	if err != nil && seen.Version == "" {
		return "", err
	}
	if !asterisk.Supported(seen.Version) {
		return "", broken("Install "+supportedText()+": earlier ones crash in bridges", "Asterisk %s is too old", seen.Version)
	}
	return "Asterisk " + seen.Version, err
}

// modules must run: an Asterisk of somebody else may leave some out.
func (d doctor) modules(context.Context) (string, error) {
	seen, err := d.inspect()
	if err != nil && seen.Version == "" {
		return "", broken("Mend the part asterisk first", "it cannot be told")
	}
	if missing := seen.Lacks.Modules; len(missing) > 0 {
		return "", broken("Take their noload lines out of modules.conf, or install them, and say module load NAME in Asterisk's console",
			"Asterisk does not run %s", strings.Join(missing, " "))
	}
	return "all that are needed run", nil
}

// dialplan must have our contexts, and events must carry what it notes down.
func (d doctor) dialplan(context.Context) (string, error) {
	seen, err := d.inspect()
	switch {
	case err != nil && !seen.Registered:
		return "", broken("Mend the part asterisk first", "it cannot be told")
	case !seen.Registered:
		return "it is looked at once Asterisk has dialled us", nil
	case err != nil:
		return "", broken("Look into Asterisk's log", "it cannot be looked at: %v", err)
	case len(seen.Lacks.Contexts) > 0:
		return "", broken("Include extensions_ringbook.conf as ringbook asterisk-config says, and reload the dialplan",
			"Asterisk has no context %s", strings.Join(seen.Lacks.Contexts, " "))
	case len(seen.Lacks.Variables) > 0:
		return "", broken("Include ari_general_ringbook.conf in [general] of ari.conf, after any other channelvars, and reload res_ari.so",
			"Asterisk's events do not carry %s", strings.Join(seen.Lacks.Variables, " "))
	}
	return "Ringbook's contexts are there", nil
}

// websocket must have reached us, if we are there to be reached.
func (d doctor) websocket(context.Context) (string, error) {
	seen, err := d.inspect()
	switch {
	case err != nil:
		return "", broken("Mend the part asterisk first", "it cannot be told")
	case len(seen.Lacks.Events) > 0:
		return "", broken("Let no other program set the event filter of the application "+d.ARIApp+", and start Ringbook again",
			"Asterisk keeps events from us: %s", strings.Join(seen.Lacks.Events, " "))
	case seen.Registered:
		return "the application " + d.ARIApp + " is registered", nil
	case d.away != nil:
		return "Ringbook does not run here, so Asterisk cannot have reached it", nil
	}
	return "", broken("Let websocket_client.conf dial ws://"+d.LocalListen+"/ari with RINGBOOK_ARI_USER and RINGBOOK_ARI_PASSWORD, and ari.conf name the application "+d.ARIApp,
		"Asterisk has not dialled us: the application %s is not registered", d.ARIApp)
}

// trunk must be configured: calls out go through it.
func (d doctor) trunk(context.Context) (string, error) {
	seen, err := d.inspect()
	switch {
	case err != nil:
		return "", broken("Mend the part asterisk first", "it cannot be told")
	case !seen.Trunk:
		return "", broken("Set RINGBOOK_TRUNK_ENDPOINT to an endpoint of pjsip.conf (pjsip show endpoints lists them), or add one of that name",
			"Asterisk has no endpoint PJSIP/%s, so nobody can be called", d.endpoint())
	}
	return "the endpoint PJSIP/" + d.endpoint() + " is there", nil
}

func supportedText() string { return strings.Join(asterisk.Oldest, " or ") + ", or newer" }
