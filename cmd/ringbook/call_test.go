package main

import (
	"context"
	"net/http"
	"testing"
	"time"

	"ringbook/softphone/headless"
)

func TestAClientCallsAndIsTalkedTo(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	w := r.operator("operator", headless.Options{AnswerAfter: 200 * time.Millisecond})
	channel := r.town.Call("+79161234567", ourNumber)
	r.eventually("they talk", 10*time.Second, func() bool { _, ok := w.seen("answered"); return ok })
	pop, _ := w.seen("pop")
	ringing, _ := w.seen("ringing")
	if pop.Client == "" || pop.Phone != "+79161234567" || !pop.Time.Before(ringing.Time) {
		t.Errorf("pop %+v, ringing at %s", pop, ringing.Time)
	}
	before := w.Phone().Heard().Packets()
	time.Sleep(2 * time.Second)
	if n := w.Phone().Heard().Packets() - before; n < 80 {
		t.Errorf("%d packets in 2 s, want about 100", n)
	}
	if err := r.town.Delete("/channels/" + channel); err != nil {
		t.Fatal(err)
	}
	r.eventually("the call is over", 5*time.Second, func() bool { _, ok := w.seen("ended"); return ok })
	var client struct {
		CallsCount int `json:"calls_count"`
	}
	r.eventually("the call stands on the card", 5*time.Second, func() bool {
		if err := w.Do(context.Background(), http.MethodGet, "/clients/"+pop.Client, nil, &client); err != nil {
			t.Fatal(err)
		}
		return client.CallsCount == 1
	})
}
