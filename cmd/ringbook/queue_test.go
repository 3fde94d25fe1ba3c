package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"ringbook/softphone/headless"
)

// Twenty callers and two agents: answered in order of arrival, also when one hangs up and after a kill.
func TestTwentyCallersAreAnsweredInTheirOrder(t *testing.T) {
	t.Parallel()
	r := newRigApart(t)
	admin := r.somebody("administrator")
	phone := func(i int) string { return fmt.Sprintf("+7916%07d", 1000000+i) }
	var channels []string
	for i := range 20 {
		channels = append(channels, r.town.Call(phone(i), ourNumber))
		r.eventually("the caller waits", 5*time.Second, func() bool { return len(of(r.calls(admin), phone(i))) == 1 })
	}
	began := map[string]time.Time{}
	for _, c := range r.calls(admin) {
		began[c.Phone] = *c.WaitingAt
	}
	r.hangUp(channels[6])
	r.callOf(admin, phone(6), "the seventh has gone", 5*time.Second, ended)
	r.kill()
	r.start()
	r.ready()
	for _, name := range []string{"operator", "second"} {
		r.operator(name, headless.Options{AnswerAfter: 20 * time.Millisecond, HangUpAfter: 1200 * time.Millisecond})
	}
	var list []callView
	r.eventually("all are answered", 60*time.Second, func() bool {
		list = r.calls(admin)
		return !slices.ContainsFunc(list, func(c callView) bool { return c.State != "ended" })
	})
	slices.SortFunc(list, func(a, b callView) int { return began[a.Phone].Compare(began[b.Phone]) })
	var last time.Time
	for i, c := range list {
		if !c.WaitingAt.Equal(began[c.Phone]) {
			t.Errorf("caller %d waits since %s, was %s before the kill", i, c.WaitingAt, began[c.Phone])
		}
		if i == 6 {
			if c.AnsweredAt != nil || c.EndReason != "abandoned" {
				t.Errorf("the caller who went: %+v", c)
			}
			continue
		}
		if c.AnsweredAt == nil {
			t.Fatalf("caller %d was not answered: %s", i, c.EndReason)
		}
		// Both agents are free at the same moment now and then: the two answers of such a pair may change places.
		if c.AnsweredAt.Before(last.Add(-500 * time.Millisecond)) {
			t.Errorf("caller %d was answered %s before the one ahead", i, last.Sub(*c.AnsweredAt))
		}
		last = *c.AnsweredAt
	}
	offered := func(c callView) time.Time {
		for _, s := range c.Segments {
			if s.Kind == "ringing" {
				return s.From
			}
		}
		return time.Time{}
	}
	if !slices.IsSortedFunc(slices.Delete(slices.Clone(list), 6, 7), func(a, b callView) int { return offered(a).Compare(offered(b)) }) {
		t.Error("the offers do not follow the order of arrival")
	}
}

// In a thousand calls each pop stands before its ringing, with PostgreSQL and without.
func TestAThousandPopsStandBeforeTheirRinging(t *testing.T) {
	t.Parallel()
	r := newRigApart(t)
	admin := r.somebody("administrator")
	var wrong, over, alone atomic.Int64
	const people, clients = 5, 200
	for i := range people {
		name := fmt.Sprintf("person%d", i)
		r.hire(admin, name)
		popped := map[string]bool{} // by the operator's own reader, one message at a time
		r.operatorTold(name, headless.Options{AnswerAfter: 0, HangUpAfter: 30 * time.Millisecond}, func(e headless.Event) {
			switch e.Event {
			case "pop":
				popped[e.Call] = true
				if e.Phone == "" {
					wrong.Add(1)
				}
				// Without a client a pop says why: nobody answered within 300 ms.
				if e.Client == "" && matchOf(e) == "database_away" {
					alone.Add(1)
				} else if e.Client == "" {
					wrong.Add(1)
				}
			case "ringing":
				if !popped[e.Call] {
					wrong.Add(1)
				}
			case "ended":
				over.Add(1)
			}
		})
	}
	wave := func(from, to int) {
		for i := from; i < to; i++ {
			r.eventually(fmt.Sprintf("there is room for call %d", i), 20*time.Second, func() bool { return int64(i)-over.Load() < people })
			r.town.Call(fmt.Sprintf("+7916%07d", 2000000+i%clients), ourNumber)
		}
		r.eventually("they are over", 20*time.Second, func() bool { return over.Load() >= int64(to) })
	}
	wave(0, 900)
	late := alone.Load()
	t.Logf("%d of 900 pops came with the number alone: the card was not there within 300 ms", late)
	r.database.Refuse()
	wave(900, 1000)
	if n := alone.Load() - late; n != 100 {
		t.Errorf("%d pops came with the number alone while PostgreSQL was away, want 100", n)
	}
	if n := wrong.Load(); n > 0 {
		t.Errorf("%d ringings came before their pop, or pops without a number or without a reason", n)
	}
	r.database.Pass()
	r.eventually("each call stands in the list", 60*time.Second, func() bool {
		var n struct {
			Count int `json:"count"`
		}
		if err := admin.Do(context.Background(), http.MethodGet, "/calls/count", nil, &n); err != nil {
			return false
		}
		return n.Count == 1000
	})
}

// A page that answers no heartbeat is not offered a call; when it is back, it is.
func TestAFrozenPageIsOfferedNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	w := r.operator("operator", headless.Options{AnswerAfter: 20 * time.Millisecond})
	w.Freeze(true)
	time.Sleep(6 * time.Second)
	r.town.Call("+79161111111", ourNumber)
	time.Sleep(3 * time.Second)
	if w.times("ringing") != 0 {
		t.Error("a frozen page was offered a call")
	}
	w.Freeze(false)
	r.eventually("the call is offered when the page is back", 10*time.Second, func() bool { return w.times("answered") == 1 })
}

// matchOf is how a pop says that it found its card.
func matchOf(e headless.Event) string {
	var m struct {
		Card struct {
			Match struct {
				Reason string `json:"reason"`
			} `json:"match"`
		} `json:"card"`
	}
	_ = json.Unmarshal(e.Raw, &m)
	return m.Card.Match.Reason
}
