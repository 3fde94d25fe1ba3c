package api

import (
	"context"
	"maps"
	"net/http"
	"time"

	"ringbook/crm"
	"ringbook/telephony"
)

// checkEvery is how often an open socket's session is looked at again: a role may have lost a right, another process may
// have ended the session. What this process ends it hears of at once, by [Hub.SessionEnded].
const (
	checkEvery  = 30 * time.Second
	checkWithin = 5 * time.Second
)

// SessionEnded looks again at the sessions of a person whose session was ended, and ends the sockets and the sound of those
// that are over.
func (h *Hub) SessionEnded(user string) {
	h.checkSessions(func(t *tab) bool { return t.agent() == telephony.AgentID(user) })
}

// RightsChanged looks again at everybody's, soon.
func (h *Hub) RightsChanged() {
	select {
	case h.recheck <- struct{}{}:
	default: // a look is due already
	}
}

// checkSessions ends what a session that is over has here: the socket, and the sound that was begun by it, also when its
// socket is gone. The socket of a person with other rights is closed as well: the tab opens another one and is told what it may do.
func (h *Hub) checkSessions(fits func(*tab) bool) {
	h.each(fits, func(t *tab) {
		who, err := h.whoNow(t)
		switch {
		case crm.KindOf(err) == crm.KindUnknown:
			h.o.Log.Info("a session is over: its socket is closed", "user", t.who.User)
			t.close()
			h.cut(t)
		case err == nil && (who.User != t.who.User || who.Role != t.who.Role || !maps.Equal(who.Rights, t.who.Rights)):
			h.o.Log.Info("a person has other rights now: their socket is closed, it will resync", "user", t.who.User)
			t.close()
		}
	})
	for _, t := range h.unseen(fits) {
		if _, err := h.whoNow(t); crm.KindOf(err) == crm.KindUnknown {
			h.o.Log.Info("a session is over: its sound is ended", "user", t.who.User)
			h.cut(t)
		}
	}
}

func (h *Hub) whoNow(t *tab) (crm.Actor, error) {
	ctx, cancel := context.WithTimeout(context.Background(), checkWithin)
	defer cancel()
	return h.o.Who(t.request.WithContext(ctx))
}

// unseen are the tabs whose sound goes on although their socket is gone.
func (h *Hub) unseen(fits func(*tab) bool) (list []*tab) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range h.phones {
		if p.opener == nil || !fits(p.opener) {
			continue
		}
		if _, open := h.tabs[p.opener]; !open {
			list = append(list, p.opener)
		}
	}
	return list
}

// watchSessions looks at every session again and again until the context ends.
func (h *Hub) watchSessions(ctx context.Context) {
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.recheck:
			h.checkSessions(func(*tab) bool { return true })
		case <-tick.C:
			h.checkSessions(func(*tab) bool { return true })
		}
	}
}

// asked is what of a request is needed to identify its person again, long after it was answered.
func asked(r *http.Request) *http.Request {
	return &http.Request{Method: r.Method, Host: r.Host, Header: r.Header.Clone(), RemoteAddr: r.RemoteAddr}
}
