package main

import (
	"strings"
	"testing"
)

func TestASIPResponseIsReadAndAReplyRepeatsWhatItMust(t *testing.T) {
	t.Parallel()
	m, err := parseSIP([]byte("SIP/2.0 200 OK\r\nv: SIP/2.0/UDP 127.0.0.1:1;branch=z9hG4bKa\r\ni: x@y\r\nTo: <sip:a@b>;tag=1\r\nCSeq: 2 INVITE\r\n" +
		"m: \"A\" <sip:c@127.0.0.1:2;x=y>;expires=1\r\n\r\nv=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 4000 RTP/AVP 8\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if m.status() != 200 || m.method() != "INVITE" || m.get("call-id") != "x@y" || m.contact() != "sip:c@127.0.0.1:2;x=y" {
		t.Errorf("read as %d %s %s %s", m.status(), m.method(), m.get("call-id"), m.contact())
	}
	if at, err := mediaOf(m.body); err != nil || at != "127.0.0.1:4000" {
		t.Errorf("its media is at %s, %v", at, err)
	}
	back, err := parseSIP(m.reply("200 OK", "2", "Contact: <sip:d@e>", plainSDP("127.0.0.1", 6)))
	if err != nil {
		t.Fatal(err)
	}
	if back.get("via") != m.get("via") || back.get("to") != "<sip:a@b>;tag=1" || back.contact() != "sip:d@e" || !strings.HasPrefix(back.body, "v=0") {
		t.Errorf("the reply is %+v", back)
	}
}

func FuzzAnyBytesAreAMessageOrAnError(f *testing.F) {
	f.Add([]byte("BYE sip:a@b SIP/2.0\r\nCSeq: 3 BYE\r\n\r\n"))
	f.Add([]byte("SIP/2.0 4\r\n\r\n"))
	f.Fuzz(func(_ *testing.T, b []byte) {
		if m, err := parseSIP(b); err == nil {
			_, _, _ = m.status(), m.method(), m.contact()
			_, _ = mediaOf(m.body)
		}
	})
}
