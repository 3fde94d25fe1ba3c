package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"ringbook/crm/access"
)

// browser is somebody who is logged in, with one socket open.
type browser struct {
	r            *rig
	cookie, csrf string
	ws           *websocket.Conn
}

func (r *rig) browser(role string) *browser {
	r.t.Helper()
	b := &browser{r: r}
	res := b.do(http.MethodPost, "/login", map[string]any{"email": role + "@ringbook.example", "password": password})
	var state access.SessionState
	if err := json.NewDecoder(res.Body).Decode(&state); err != nil || res.StatusCode != http.StatusOK {
		r.t.Fatalf("logging %s in: %s, %v", role, res.Status, err)
	}
	b.csrf = state.CSRF
	for _, c := range res.Cookies() {
		b.cookie = c.Name + "=" + c.Value
	}
	ws, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(r.url, "http")+"/live", http.Header{"Cookie": {b.cookie}, "Origin": {r.url}})
	if err != nil {
		r.t.Fatal(err)
	}
	b.ws = ws
	r.t.Cleanup(func() { _ = ws.Close() })
	b.awaits("snapshot")
	return b
}

func (b *browser) do(method, path string, body any) *http.Response {
	b.r.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		b.r.t.Fatal(err)
	}
	req, err := http.NewRequest(method, b.r.url+"/api/v1"+path, bytes.NewReader(text))
	if err != nil {
		b.r.t.Fatal(err)
	}
	req.Header = http.Header{"Content-Type": {"application/json"}, "Cookie": {b.cookie}, "X-Csrf-Token": {b.csrf}}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.r.t.Fatal(err)
	}
	b.r.t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

// awaits reads until a message of that type comes.
func (b *browser) awaits(kind string) {
	b.r.t.Helper()
	_ = b.ws.SetReadDeadline(time.Now().Add(5 * time.Second))
	for {
		var m struct{ Type string }
		if err := b.ws.ReadJSON(&m); err != nil {
			b.r.t.Fatalf("waiting for %s: %v", kind, err)
		}
		if m.Type == kind {
			return
		}
	}
}

// closed says whether the socket is closed by the server within two seconds.
func (b *browser) closed() bool {
	_ = b.ws.SetReadDeadline(time.Now().Add(2 * time.Second))
	for {
		_, _, err := b.ws.ReadMessage()
		if err == nil {
			continue
		}
		timeout, ok := err.(interface{ Timeout() bool })
		return !ok || !timeout.Timeout()
	}
}

func TestASocketClosesWithItsSession(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	leaving, staying := r.browser("operator"), r.browser("operator")
	if res := leaving.do(http.MethodPost, "/logout", nil); res.StatusCode != http.StatusNoContent {
		t.Fatal(res.Status)
	}
	if !leaving.closed() {
		t.Error("the socket outlives the logout")
	}
	staying.awaits("heartbeat")

	// A session that another process ended is found by the next look, which the clock begins every 30 s.
	var user string
	err := r.server.pool.QueryRow(ctx, "update sessions s set ended_at = now() from users u where u.id = s.user_id and u.email = 'operator@ringbook.example' and s.ended_at is null returning u.id::text").Scan(&user)
	if err != nil {
		t.Fatal(err)
	}
	r.server.hub.SessionEnded(user)
	if !staying.closed() {
		t.Error("the socket outlives a session that was ended elsewhere")
	}

	admin, dismissed, promoted := r.browser("administrator"), r.browser("operator"), r.browser("supervisor")
	var supervisor string
	if err := r.server.pool.QueryRow(ctx, "select id::text from users where email = 'supervisor@ringbook.example'").Scan(&supervisor); err != nil {
		t.Fatal(err)
	}
	if res := admin.do(http.MethodPatch, "/users/"+user, map[string]any{"active": false}); res.StatusCode != http.StatusOK {
		t.Fatal(res.Status)
	}
	if !dismissed.closed() {
		t.Error("whoever was switched off still has a socket")
	}
	if res := admin.do(http.MethodPatch, "/users/"+supervisor, map[string]any{"role": "head"}); res.StatusCode != http.StatusOK {
		t.Fatal(res.Status)
	}
	if !promoted.closed() {
		t.Error("a socket keeps the rights of an earlier role")
	}
	rights := func(list ...string) {
		t.Helper()
		if res := admin.do(http.MethodPut, "/roles/trainer", map[string]any{"rights": list}); res.StatusCode != http.StatusOK {
			t.Fatal(res.Status)
		}
	}
	rights("account.write.own", "calls.read.all", "recordings.listen.all")
	if res := admin.do(http.MethodPatch, "/users/"+supervisor, map[string]any{"role": "trainer"}); res.StatusCode != http.StatusOK {
		t.Fatal(res.Status)
	}
	trainer := r.browser("supervisor")
	rights("account.write.own", "calls.read.all")
	if !trainer.closed() {
		t.Error("a socket keeps the rights that its role has lost")
	}
	admin.awaits("heartbeat")
}
