package main

import (
	"testing"
	"time"

	"ringbook/softphone/headless"
)

// A supervisor watches their own team: another team's agents and calls are not shown, who waits is.
func TestTheFloorShowsASupervisorTheirTeamAlone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.sql(`with t as (insert into teams (id, name) values (gen_random_uuid(), 'Theirs') returning id)
		update users set team_id = t.id from t where email in ('supervisor@ringbook.example', 'operator@ringbook.example')`)
	r.server.reload()
	mine := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond})
	r.town.Call("+79161111111", ourNumber)
	r.eventually("the team's agent talks", 10*time.Second, func() bool { return mine.times("answered") == 1 })
	other := r.operator("second", headless.Options{AnswerAfter: 50 * time.Millisecond})
	r.town.Call("+79162222222", ourNumber)
	r.eventually("the other team's agent talks", 10*time.Second, func() bool { return other.times("answered") == 1 })
	r.town.Call("+79163333333", ourNumber)
	r.eventually("a third waits", 10*time.Second, func() bool { return len(r.server.board.Calls()) == 3 })
	for role, want := range map[string][]string{"supervisor": {"+79161111111", "+79163333333"}, "administrator": {"+79161111111", "+79162222222", "+79163333333"}} {
		b := r.browser(role)
		if err := b.ws.WriteJSON(map[string]any{"type": "watch", "presence": true}); err != nil {
			t.Fatal(err)
		}
		var m struct {
			Type   string
			Agents []struct{ ID string }
			Calls  []struct{ Phone string }
		}
		_ = b.ws.SetReadDeadline(time.Now().Add(5 * time.Second))
		for m.Type != "presence" {
			if err := b.ws.ReadJSON(&m); err != nil {
				t.Fatal(err)
			}
		}
		if len(m.Agents) != len(want)-1 || len(m.Calls) != len(want) {
			t.Errorf("%s sees agents %v and calls %v, want calls of %v", role, m.Agents, m.Calls, want)
		}
	}
}
