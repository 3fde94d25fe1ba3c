package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"ringbook/crm"
	"ringbook/softphone"
	"ringbook/telephony"
	"ringbook/telephony/asterisk"
)

// A tab may send anything: the socket stays, and the next request is answered.
func FuzzAnyMessageOfATabLeavesItsSocketOpen(f *testing.F) {
	for _, message := range []string{`{"type":"resync"}`, `{"type":"answer","call":"x","ref":"1"}`, `{"type":"dial","to":"+7"}`, `{"type":"offer","sdp":"v=0"}`,
		`{"type":"candidate","candidate":"candidate:"}`, `{"type":"shift_start"}`, `{"type":"shift_end"}`, `{"type":"pause","reason":"lunch"}`, `{"type":"wrap_extend","seconds":-9223372036854775808}`,
		`{"type":"dtmf","call":"x","digits":"12#"}`, `{"type":"watch","presence":true}`, `{"type":"echo","on":true}`, `{"type":"take_phone"}`, `{"type":"heartbeat","n":1e99}`,
		`{"type":7}`, `[]`, `null`, ``, `{`, "\x00\xff", `{"type":"link","call":"x","client":"y"}`, `{"type":"` + strings.Repeat("x", 10_000) + `"}`} {
		f.Add([]byte(message))
	}
	open := tabs(f)
	f.Fuzz(func(t *testing.T, message []byte) {
		ws := open(t)
		if err := ws.WriteMessage(websocket.TextMessage, message); err != nil {
			t.Fatal(err)
		}
		if err := ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"no such thing","ref":"the last"}`)); err != nil {
			t.Fatal(err)
		}
		for {
			var m map[string]any
			if err := ws.ReadJSON(&m); err != nil {
				t.Fatalf("the socket is gone: %v", err)
			}
			if m["ref"] == "the last" && m["code"] == "unknown_request" {
				return
			}
		}
	})
}

// tabs runs a hub over a real switchboard and gateway, whose Asterisk is away, and opens tabs of it.
func tabs(f *testing.F) func(t *testing.T) *websocket.Conn {
	f.Helper()
	log := slog.New(slog.DiscardHandler)
	gateway, err := softphone.New(softphone.Options{Media: "127.0.0.1:0", RTP: "127.0.0.1:0", Loopback: true, Log: log})
	if err != nil {
		f.Fatal(err)
	}
	away := errors.New("there is no database here")
	hub := NewHub(LiveOptions{Gateway: gateway, Log: log,
		Who:      func(*http.Request) (crm.Actor, error) { return crm.Actor{User: "anna", Name: "Anna"}, nil },
		Origin:   func(*http.Request) bool { return true },
		Card:     func(context.Context, telephony.Call) any { return nil },
		View:     func(telephony.Call) any { return nil },
		Settings: func() any { return nil },
		Dial:     func(context.Context, crm.Actor, string, string) (telephony.CallID, error) { return "", away },
		Link:     func(context.Context, crm.Actor, telephony.CallID, string) error { return away },
		MayWatch: func(crm.Actor) bool { return true },
		Echo:     func(telephony.AgentID, bool) error { return nil },
	})
	pbx := asterisk.New(asterisk.Options{URL: "http://127.0.0.1:1/ari", App: "ringbook", Log: log})
	board := telephony.NewSwitchboard(telephony.Options{PBX: pbx, Phones: hub, Feed: hub, Log: log, Now: time.Now, Random: func([]byte) {}}, nil, nil)
	hub.SetBoard(board)
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan struct{}, 3)
	for _, run := range []func(context.Context) error{gateway.Run, board.Run, hub.Run} {
		go func() { _ = run(ctx); over <- struct{}{} }()
	}
	server := httptest.NewServer(hub)
	f.Cleanup(func() {
		cancel()
		for range 3 {
			<-over
		}
		server.Close()
	})
	return func(t *testing.T) *websocket.Conn {
		t.Helper()
		ws, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(server.URL, "http"), nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = ws.Close() })
		_ = ws.SetReadDeadline(time.Now().Add(10 * time.Second))
		return ws
	}
}
