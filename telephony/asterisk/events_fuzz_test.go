package asterisk

import (
	"log/slog"
	"strings"
	"testing"
	"time"
)

func FuzzAnEventOfAnyBytesIsReadOrRefused(f *testing.F) {
	for _, event := range []string{
		`{"type":"StasisStart","timestamp":"2026-11-23T17:20:45.123+0000","args":["inbound","+74955551020"],"asterisk_id":"00:00:00:00:00:01","channel":{"id":"1795454445.0","state":"Ring","creationtime":"2026-11-23T17:20:45.120+0000","dialplan":{"exten":"+74955551020","app_name":"Stasis"},"channelvars":{"RB_NUM":"+79161111111","RB_PAI":"<sip:+7916@x>"}}}`,
		`{"type":"ChannelDestroyed","cause":16,"tech_cause":487,"channel":{"id":"x"}}`,
		`{"type":"Dial","dialstatus":"ANSWER","peer":{"id":"y"}}`,
		`{"type":"ChannelTransfer","timestamp":"never"}`, `{"type":7}`, `{"type":"StasisStart","channel":null,"args":null}`,
		`{"type":"StasisStart","channel":{"channelvars":{"RB_NUM":7}}}`, `[]`, `null`, ``, `{`, "\xff", `{"type":"ChannelToneDetected"}`,
	} {
		f.Add([]byte(event))
	}
	p := New(Options{URL: "http://127.0.0.1:1/ari", App: "ringbook", Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Caller: func(number, _, _ string) (string, string) { return "", number }, Called: func(dialled []string) string { return strings.Join(dialled[:min(1, len(dialled))], "") }})
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := decode(data)
		if err != nil {
			return
		}
		if e.Type == "" {
			t.Error("an event without a type")
		}
		rtpAddress(e.Channel)
		if a := p.arrival(e.Channel); len(a.ID) != 36 {
			t.Errorf("the call's ID is %q", a.ID)
		}
	})
}
