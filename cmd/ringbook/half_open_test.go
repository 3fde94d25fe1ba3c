package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// socket opens one more socket of a person, of the page with that name, and says where the server sees the phone.
func (b *browser) socket(page string) (ws *websocket.Conn, phone string) {
	b.r.t.Helper()
	ws, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(b.r.url, "http")+"/live?page="+page, http.Header{"Cookie": {b.cookie}, "Origin": {b.r.url}})
	if err != nil {
		b.r.t.Fatal(err)
	}
	b.r.t.Cleanup(func() { _ = ws.Close() })
	_ = ws.SetReadDeadline(time.Now().Add(5 * time.Second))
	var m struct{ Type, Phone string }
	if err := ws.ReadJSON(&m); err != nil || m.Type != "snapshot" {
		b.r.t.Fatalf("%+v, %v", m, err)
	}
	return ws, m.Phone
}

// A network that goes away closes no socket: the server learns of it a minute later. A page that comes back meanwhile must
// find its phone here; told that it is elsewhere, it would leave its own shift and its own call.
func TestAPageThatComesBackFindsItsPhoneWhereItWas(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.browser("operator")
	first, _ := b.socket("one")
	if err := first.WriteJSON(map[string]any{"type": "shift_start", "ref": "1"}); err != nil {
		t.Fatal(err)
	}
	r.eventually("the shift begins", 5*time.Second, func() bool {
		var m struct{ Type string }
		return first.ReadJSON(&m) == nil && m.Type == "done"
	})
	if _, phone := b.socket("two"); phone != "elsewhere" {
		t.Errorf("another page sees the phone %s", phone)
	}
	if _, phone := b.socket("one"); phone != "here" {
		t.Errorf("the page that was cut off sees its phone %s", phone)
	}
	_ = first.SetReadDeadline(time.Now().Add(5 * time.Second))
	for {
		var m struct{ Type string }
		err := first.ReadJSON(&m)
		if err == nil {
			continue
		}
		if timeout, ok := err.(interface{ Timeout() bool }); ok && timeout.Timeout() {
			t.Error("the dead socket is kept")
		}
		return
	}
}
