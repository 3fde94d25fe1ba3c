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

// SessionEnded looks again at the sessions of a person whose session was ended, and closes the sockets that have none.
func (h *Hub) SessionEnded(user string) {
	h.checkSessions(func(t *tab) bool { return t.agent() == telephony.AgentID(user) })
}

// checkSessions closes the sockets whose session is over, or whose person has other rights now: the tab opens another
// one, and is told that it must log in, or what it may do.
func (h *Hub) checkSessions(fits func(*tab) bool) {
	h.each(fits, func(t *tab) {
		ctx, cancel := context.WithTimeout(context.Background(), checkWithin)
		who, err := h.o.Who(t.request.WithContext(ctx))
		cancel()
		switch {
		case crm.KindOf(err) == crm.KindUnknown:
			h.o.Log.Info("a session is over: its socket is closed", "user", t.who.User)
			t.close()
		case err == nil && (who.User != t.who.User || who.Role != t.who.Role || !maps.Equal(who.Rights, t.who.Rights)):
			h.o.Log.Info("a person has other rights now: their socket is closed, it will resync", "user", t.who.User)
			t.close()
		}
	})
}

// watchSessions looks at every session again and again until the context ends.
func (h *Hub) watchSessions(ctx context.Context) {
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			h.checkSessions(func(*tab) bool { return true })
		}
	}
}

// asked is what of a request is needed to identify its person again, long after it was answered.
func asked(r *http.Request) *http.Request {
	return &http.Request{Method: r.Method, Host: r.Host, Header: r.Header.Clone(), RemoteAddr: r.RemoteAddr}
}
