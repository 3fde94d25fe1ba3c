package asterisk

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Lines as Asterisk 22.10.1 wrote them.
const (
	lineTalk   = `"","+79161111111","+74955551020","ringbook-inbound",""""" <+79161111111>","PJSIP/trunk-00000000","UnicastRTP/127.0.0.1:24407-0x7f18a40034a0","Stasis","ringbook,inbound,+74955551020","2026-11-23 17:20:45","2026-11-23 17:20:45","2026-11-23 17:20:47",2,2,"ANSWERED","DOCUMENTATION","1795454445.0",""`
	lineLeg    = `"","","s","default",""""" <>","UnicastRTP/127.0.0.1:24407-0x7f18a40034a0","","Stasis","ringbook","2026-11-23 17:20:45","2026-11-23 17:20:45","2026-11-23 17:20:45",0,0,"ANSWERED","DOCUMENTATION","01a2096c-a636-76bd-9272-5b723d579d64.agent.01a2096c-9ff2-727f-918d-bd5056fb18f0.1",""`
	lineFirst  = `"","+79163333333","s","ringbook-fallback",""""" <+79163333333>","PJSIP/trunk-00000003","PJSIP/trunk-00000004","Dial","PJSIP/+74950000905@trunk,40,gU(ringbook-fallback-answered)","2026-11-23 17:24:56","2026-11-23 17:24:56","2026-11-23 17:25:04",8,8,"ANSWERED","DOCUMENTATION","1795454696.4","fallback:+74955551020"`
	lineLast   = `"","+79163333333","s","ringbook-fallback","""Иван ""Грозный"""" <+79163333333>","PJSIP/trunk-00000003","","Hangup","","2026-11-23 17:25:04","2026-11-23 17:25:04","2026-11-23 17:25:04",0,0,"ANSWERED","DOCUMENTATION","1795454696.4","fallback:+74955551020:1795454699967"`
	lineMissed = `"","asterisk","s","ringbook-fallback","""anonymous"" <asterisk>","PJSIP/trunk-00000007","PJSIP/trunk-00000008","Dial","PJSIP/+74950000902@trunk,40,g","2026-11-23 17:23:31","2026-11-23 17:23:31","2026-11-23 17:23:37",6,6,"NO ANSWER","DOCUMENTATION","1795454611.8","fallback:+74955551020:"`
)

func TestTheLinesOfCDRSayWhoseCallItWas(t *testing.T) {
	t.Parallel()
	const node = "00:00:00:00:00:01"
	for name, c := range map[string]struct {
		line           string
		seen, fallback bool
		talk           time.Duration
	}{
		"a talk":                     {lineTalk, true, false, 0},
		"a leg of ours":              {lineLeg, true, false, 0},
		"the fallback's first line":  {lineFirst, false, false, 0},
		"the fallback's last line":   {lineLast, false, true, 4033 * time.Millisecond},
		"nobody answered":            {lineMissed, false, true, 0},
		"a talk before the call":     {strings.Replace(lineLast, ":1795454699967", ":1", 1), false, true, 0},
		"a talk after the call":      {strings.Replace(lineLast, ":1795454699967", ":9995454699967", 1), false, true, 0},
		"a talk within the last 1 s": {strings.Replace(lineLast, ":1795454699967", ":1795454704500", 1), false, true, 0},
	} {
		cdr, err := ParseCDR(c.line)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		f, ok := cdr.Fallback()
		if id, seen := cdr.Seen(node); seen != c.seen || seen && len(id) != 36 {
			t.Errorf("%s: seen %t as %q", name, seen, id)
		}
		if ok != c.fallback {
			t.Errorf("%s: fallback %t", name, ok)
		}
		if !f.TalkSince.IsZero() && f.End.Sub(f.TalkSince) != c.talk || f.TalkSince.IsZero() && c.talk != 0 {
			t.Errorf("%s: talk since %s until %s", name, f.TalkSince, f.End)
		}
		if ok && (f.Number != "+74955551020" || f.Start.Unix() >= f.End.Unix()) {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestAFileOfCDRsIsReadOnceThroughRotationAndCuts(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "Master.csv")
	place := CDRPlace{}
	write := func(mode int, text string) {
		t.Helper()
		f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|mode, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
	}
	read := func(good, bad int) {
		t.Helper()
		var g, b int
		for {
			lines, err := ReadCDRs(path, place, 2) // in small steps
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range lines {
				if place = l.Next; l.Err != nil {
					b++
				} else {
					g++
				}
			}
			if len(lines) == 0 {
				break
			}
		}
		if g != good || b != bad {
			t.Errorf("%d lines and %d that are none, want %d and %d", g, b, good, bad)
		}
	}
	read(0, 0) // no file yet
	write(os.O_APPEND, lineTalk+"\n"+lineLeg[:40])
	read(1, 0)
	write(os.O_APPEND, lineLeg[40:]+"\n")
	read(1, 0)
	read(0, 0)
	write(os.O_APPEND, "nonsense\n\n\"unended\n"+strings.Repeat("x", 3*longestLine)+"\n\xff\x00\n"+lineLast+"\n")
	read(1, 5)
	write(os.O_APPEND, lineMissed+"\n") // not read before the rotation
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	write(os.O_APPEND, lineTalk+"\n")
	read(2, 0)
	write(os.O_TRUNC, lineLeg+"\n")
	read(1, 0)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	read(0, 0)
}

func FuzzCDR(f *testing.F) {
	for _, line := range []string{lineTalk, lineLeg, lineFirst, lineLast, lineMissed, "", `"`, `,,,,,,,,,,,,,,,,,`} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		c, err := ParseCDR(line)
		if err != nil {
			return
		}
		if got, ok := c.Fallback(); ok && (got.End.Before(got.TalkSince) || got.Start.After(got.End)) {
			t.Errorf("%+v of %+v", got, c)
		}
		c.Seen("node")
	})
}
