package main

import (
	"fmt"
	"testing"
	"time"

	"ringbook/softphone/headless"
)

// Calls of every ending: afterwards there is no channel, no bridge and no
// recording held open, the agent is free, and every call is in the list once, with its reason.
func TestNothingIsLeftOfCallsOfEveryEnding(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.somebody("administrator")
	w := r.operator("operator", headless.Options{AnswerAfter: -1})
	phone := func(kind, i int) string { return fmt.Sprintf("+7916%03d%04d", kind, i) }
	answered := func(call string) bool {
		_, id, state := w.State()
		return state == "talking" && (call == "" || id == call)
	}
	last := ""
	rings := func() string {
		r.eventually("it rings", 10*time.Second, func() bool {
			_, call, state := w.State()
			if state != "ringing" || call == last {
				return false
			}
			last = call
			return true
		})
		return last
	}
	free := func() {
		r.eventually("the agent is free", 10*time.Second, func() bool { return r.server.board.Agent(w.agentID()).Free() })
	}
	talk := func(from string) (channel, call string) {
		free()
		channel = r.town.Call(from, ourNumber)
		call = rings()
		_ = w.Send("answer", map[string]any{"call": call})
		r.eventually("they talk", 5*time.Second, func() bool { return answered(call) })
		return channel, call
	}
	round := func(i int) map[string]string {
		want := map[string]string{}
		channel, _ := talk(phone(100, i))
		r.hangUp(channel)
		want[phone(100, i)] = "client_hung_up"
		_, call := talk(phone(101, i))
		_ = w.Send("hangup", map[string]any{"call": call})
		want[phone(101, i)] = "agent_hung_up"
		channel, call = talk(phone(102, i))
		_ = w.Send("hold", map[string]any{"call": call})
		r.eventually("it is held", 5*time.Second, func() bool {
			c, _ := r.server.board.Call(r.server.board.Agent(w.agentID()).Call)
			return c.State == "held"
		})
		r.hangUp(channel) // on hold
		want[phone(102, i)] = "client_hung_up"
		free()
		channel = r.town.Call(phone(103, i), ourNumber)
		rings()
		r.hangUp(channel) // while it rings
		want[phone(103, i)] = "abandoned"
		free()
		channel = r.town.Call(phone(104, i), ourNumber)
		call = rings()
		_ = w.Send("answer", map[string]any{"call": call})
		r.hangUp(channel) // in the very moment of the answer
		want[phone(104, i)] = ""
		free()
		_ = w.Send("dial", map[string]any{"to": fmt.Sprintf("+7916105%02d01", i)})
		want[fmt.Sprintf("+7916105%02d01", i)] = "busy"
		r.callOf(admin, fmt.Sprintf("+7916105%02d01", i), "it is busy", 10*time.Second, ended)
		free()
		return want
	}
	want := map[string]string{}
	for i := 10; i < 15; i++ {
		for p, reason := range round(i) {
			want[p] = reason
		}
	}
	r.nothingIsLeft()
	r.eventually("no call and no recording is held", 5*time.Second, func() bool {
		held := len(r.server.board.Calls())
		r.server.recorder.open.Range(func(any, any) bool { held++; return true })
		return held == 0
	})
	for p, reason := range want {
		r.callOf(admin, p, "the call of "+p+" stands once, with its reason", 10*time.Second, func(c callView) bool {
			return c.State == "ended" && (reason == "" || c.EndReason == reason)
		})
	}
}
