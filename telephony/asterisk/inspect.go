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
)

// Inspection is what an Asterisk says of itself to somebody who looks once.
type Inspection struct {
	Version    string
	Clock      time.Time // in whole seconds, cut off; zero when it does not say
	Asked      time.Time // our time when that was read
	Registered bool      // our application is known there: its websocket has reached us
	Trunk      bool      // the endpoint for the outside world is configured
	Lacks      Lacks     // contexts and variables are looked at when our application is known only
}

// Inspect asks an Asterisk once, without a websocket. A refusal is a [StatusError].
func Inspect(ctx context.Context, o Options) (Inspection, error) {
	p := &PBX{o: o, http: &http.Client{Timeout: 4 * time.Second}}
	var i info
	date, err := p.request(ctx, http.MethodGet, "/asterisk/info", nil, &i)
	if err != nil {
		return Inspection{}, err
	}
	seen := Inspection{Version: i.System.Version, Clock: date, Asked: time.Now()}
	if seen.Lacks.Events, seen.Registered, err = p.deafTo(ctx); err != nil {
		return seen, err
	}
	if seen.Trunk, err = p.there(ctx, "/endpoints/PJSIP/"+url.PathEscape(o.Trunk)); err != nil {
		return seen, fmt.Errorf("look for the trunk: %w", err)
	}
	if !Supported(seen.Version) {
		return seen, nil // there is no use in looking any closer
	}
	if seen.Lacks.Modules, err = p.missingModules(ctx); err != nil || !seen.Registered {
		return seen, err
	}
	return seen, p.probe(ctx, &seen.Lacks)
}

// there says whether ARI knows a thing.
func (p *PBX) there(ctx context.Context, path string) (bool, error) {
	_, err := p.request(ctx, http.MethodGet, path, nil, nil)
	if status, ok := errors.AsType[*StatusError](err); ok && status.Code == http.StatusNotFound {
		return false, nil
	}
	return err == nil, err
}

// Oldest are the first versions without the crashes in mixing bridges, one for each branch that is kept up.
var Oldest = []string{"20.20.1", "22.10.1"}

// Supported says whether a version, as "22.10.1" or "22.10.1~dfsg+~cs6", is new enough: of a branch before 20 or between the
// two none is, of a later branch each.
func Supported(version string) bool {
	got, ok := numbers(version)
	if !ok {
		return false
	}
	for _, oldest := range Oldest {
		want, _ := numbers(oldest)
		if got[0] == want[0] {
			return got[1] > want[1] || got[1] == want[1] && got[2] >= want[2]
		}
	}
	newest, _ := numbers(Oldest[len(Oldest)-1])
	return got[0] > newest[0]
}

func numbers(version string) (n [3]int, ok bool) {
	end := strings.IndexFunc(version, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
	if end >= 0 {
		version = version[:end]
	}
	parts := strings.SplitN(strings.Trim(version, "."), ".", 4)
	for i := range min(3, len(parts)) {
		v, err := strconv.Atoi(parts[i])
		if err != nil {
			return n, false
		}
		n[i] = v
	}
	return n, true
}
