package asterisk

import (
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ringbook/telephony"
)

// cdrTime is how cdr_csv writes times (usegmtime = yes).
const cdrTime = "2006-01-02 15:04:05"

// CDR is one line of Asterisk's own record of calls (cdr_csv, Master.csv). A call may have several lines, one for each thing that
// its channel was joined with.
type CDR struct {
	Channel     telephony.ChannelID // Asterisk's unique ID of the line's channel
	Caller      string              // its number as the network sent it
	Name        string
	Called      string // the extension
	Context     string
	App         string // the dialplan's last application
	Peer        string // the other channel's name, empty for none
	Start       time.Time
	End         time.Time
	Disposition string // ANSWERED, NO ANSWER, BUSY, FAILED, CONGESTION
	Mark        string // userfield
}

// The fields of a line, in cdr_csv's order.
const (
	cdrCaller = 1 + iota
	cdrCalled
	cdrContext
	cdrCallerID
	cdrChannel
	cdrPeer
	cdrApp
	cdrData
	cdrStart
	cdrAnswer
	cdrEnd
	cdrDuration
	cdrBilled
	cdrDisposition
	cdrFlags
	cdrUnique
	cdrMark
	cdrFields
)

// ParseCDR reads one line.
func ParseCDR(line string) (CDR, error) {
	r := csv.NewReader(strings.NewReader(line))
	r.FieldsPerRecord = -1
	f, err := r.Read()
	if err != nil {
		return CDR{}, fmt.Errorf("read a CDR: %w", err)
	}
	if len(f) < cdrFields {
		return CDR{}, fmt.Errorf("read a CDR: %d fields, want %d (loguniqueid and loguserfield must be on)", len(f), cdrFields)
	}
	c := CDR{Channel: telephony.ChannelID(f[cdrUnique]), Caller: f[cdrCaller], Called: f[cdrCalled], Context: f[cdrContext], App: f[cdrApp],
		Peer: f[cdrPeer], Disposition: f[cdrDisposition], Mark: f[cdrMark]}
	name, _, _ := strings.Cut(f[cdrCallerID], " <")
	c.Name = strings.Trim(name, `"`)
	if c.Start, err = time.Parse(cdrTime, f[cdrStart]); err != nil {
		return CDR{}, fmt.Errorf("read a CDR's start: %w", err)
	}
	if c.End, err = time.Parse(cdrTime, f[cdrEnd]); err != nil {
		return CDR{}, fmt.Errorf("read a CDR's end: %w", err)
	}
	if c.End.Before(c.Start) || c.Start.Year() < 2000 {
		return CDR{}, fmt.Errorf("read a CDR: it lasts from %s to %s", f[cdrStart], f[cdrEnd])
	}
	if c.Channel == "" {
		return CDR{}, fmt.Errorf("read a CDR: it has no unique ID")
	}
	return c, nil
}

// The contexts of the dialplan in which clients come in, with and without Ringbook, and the application that is Ringbook.
const (
	contextInbound  = "ringbook-inbound"
	contextFallback = "ringbook-fallback"
	contextEcho     = "ringbook-echo"
	appRingbook     = "Stasis"
)

// week is more than any call lasts.
const week = 7 * 24 * time.Hour

// Born is when the line's channel was made, by Asterisk's unique ID (SYSTEM-EPOCH.N), in whole seconds. The line's own start is
// later when it is not the call's first.
func (c CDR) Born() time.Time {
	id := string(c.Channel)
	epoch, _, _ := strings.Cut(id[strings.LastIndexByte(id, '-')+1:], ".")
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil || seconds > c.End.Unix() || seconds < c.Start.Add(-week).Unix() {
		return c.Start
	}
	return time.Unix(seconds, 0).UTC()
}

// Seen says that the call went through Ringbook, which must therefore know it: by the ID that a leg of ours is named after, or by
// the one computed of node and client's channel, up to its milliseconds.
func (c CDR) Seen(node string) (id telephony.CallID, ours bool) {
	if leg, made := telephony.ParseLeg(c.Channel); made {
		return leg.Call, true
	}
	if c.Context != contextInbound || c.App != appRingbook {
		return "", false
	}
	return c.ID(node), true
}

// ID is the call's, computed as for an arrival; the CDR has whole seconds only.
func (c CDR) ID(node string) telephony.CallID {
	return telephony.InboundID(node, c.Channel, c.Born())
}

// Fallback is a call that the dialplan took because Ringbook was away.
type Fallback struct {
	Channel   telephony.ChannelID
	Caller    string
	Name      string
	Number    string // ours, as it was dialled
	Start     time.Time
	TalkSince time.Time // with a phone of the last resort; zero: nobody answered there
	End       time.Time
}

// Fallback reads the last line of such a call: its mark is fallback:NUMBER:SINCE, SINCE in milliseconds of the epoch or empty.
// The lines before it have no second colon.
func (c CDR) Fallback() (f Fallback, ok bool) {
	kind, rest, _ := strings.Cut(c.Mark, ":")
	number, since, last := strings.Cut(rest, ":")
	if c.Context != contextFallback || kind != "fallback" || !last {
		return f, false
	}
	f = Fallback{Channel: c.Channel, Caller: c.Caller, Name: c.Name, Number: number, Start: c.Born(), End: c.End}
	if ms, err := strconv.ParseInt(since, 10, 64); err == nil {
		at := time.UnixMilli(ms).UTC()
		if at.After(f.Start) && at.Before(f.End.Add(time.Second)) {
			f.TalkSince = at
			if f.End.Before(at) { // the end has whole seconds only
				f.End = at
			}
		}
	}
	return f, true
}
