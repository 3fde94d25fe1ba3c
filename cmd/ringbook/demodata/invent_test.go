package demodata

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"ringbook/crm"
	"ringbook/telephony"
)

var evening = time.Date(2026, 3, 2, 16, 40, 0, 0, time.UTC)

func invented(t *testing.T, seed uint64) *Company {
	t.Helper()
	c, err := Invent(evening, seed)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheSameSeedAndMomentMakeTheSameCompany(t *testing.T) {
	t.Parallel()
	a, b, other := invented(t, 1), invented(t, 1), invented(t, 2)
	if !reflect.DeepEqual(a, b) {
		t.Error("two inventions differ")
	}
	if reflect.DeepEqual(a.Calls, other.Calls) {
		t.Error("another seed changes nothing")
	}
}

func TestTheCompanyIsAsLargeAsPromised(t *testing.T) {
	t.Parallel()
	c := invented(t, 1)
	named, typed := 0, map[string]bool{}
	for _, k := range c.Clients {
		if k.Name != "" {
			named++
		}
		for _, p := range k.Phones {
			phone, err := crm.ParsePhone(p.Typed, country)
			if err != nil || phone.E164 != p.E164 || phone.Ext != p.Ext {
				t.Errorf("%q is read as %s %s, not %s %s: %v", p.Typed, phone.E164, phone.Ext, p.E164, p.Ext, err)
			}
			typed[p.Typed[:2]] = true
		}
	}
	if named != 500 || len(c.People) != 8 || len(c.Teams) != 2 || len(c.Numbers) != 2 || len(typed) < 5 {
		t.Errorf("%d named clients, %d people, %d teams, %d numbers, forms %v", named, len(c.People), len(c.Teams), len(c.Numbers), typed)
	}
	if len(c.Calls) < 1500 || len(c.Calls) > 3000 || len(c.Sounding()) != 30 {
		t.Errorf("%d calls, %d with sound", len(c.Calls), len(c.Sounding()))
	}
	last := c.Calls[len(c.Calls)-1].EndedAt
	if age := c.At.Sub(last); age <= 0 || age > time.Hour {
		t.Errorf("the last call ended %s before the end", age)
	}
}

func TestAnyMomentWillDo(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"2026-01-01T00:00:00Z", "2026-03-02T00:30:00Z", "2026-03-08T09:00:00Z", "2026-11-23T07:05:00Z", "2024-02-29T20:59:59Z"} {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Invent(moment, 7)
		if err != nil || len(c.Sounding()) != 30 || len(c.Calls) < 1500 || c.Calls[len(c.Calls)-1].EndedAt.After(moment) {
			t.Errorf("until %s: %d calls, %d with sound, %v", at, len(c.Calls), len(c.Sounding()), err)
		}
	}
}

func TestEveryCallIsOneThatCanHappen(t *testing.T) {
	t.Parallel()
	c := invented(t, 1)
	busy := map[telephony.AgentID][]telephony.Segment{}
	reasons := map[telephony.EndReason]int{}
	for _, call := range c.Calls {
		reasons[call.EndReason]++
		for _, g := range call.Segments {
			if g.From.IsZero() || g.To.Before(g.From) || g.From.Before(call.StartedAt) || g.To.After(call.EndedAt) {
				t.Fatalf("%s: segment %+v of a call from %s to %s", call.ID, g, call.StartedAt, call.EndedAt)
			}
			if g.Agent != "" {
				busy[g.Agent] = append(busy[g.Agent], g)
			}
		}
		if h := call.StartedAt.In(c.zone).Hour(); h < 9 || h > 20 {
			t.Errorf("a call at %s", call.StartedAt)
		}
	}
	for agent, list := range busy {
		slices.SortFunc(list, func(a, b telephony.Segment) int { return a.From.Compare(b.From) })
		for i := 1; i < len(list); i++ {
			if list[i].From.Before(list[i-1].To) {
				t.Fatalf("%s is in two places: %+v and %+v", c.person(string(agent)).Name, list[i-1], list[i])
			}
		}
	}
	for _, r := range []telephony.EndReason{telephony.EndClientHungUp, telephony.EndAgentHungUp, telephony.EndAbandoned, telephony.EndNobody, telephony.EndBusy,
		telephony.EndNoAnswer, telephony.EndDeclined, telephony.EndWrongNumber, telephony.EndCancelled} {
		if reasons[r] == 0 {
			t.Errorf("no call ends as %s: %v", r, reasons)
		}
	}
}
