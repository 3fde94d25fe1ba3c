package api_test

import (
	"testing"

	"ringbook/crm/access"
)

// reach is how many calls each role sees of: one of their own team's operator, one of another team's, one that nobody answered.
var reach = map[string]float64{access.Operator: 1, access.Supervisor: 2, access.Head: 3, access.Administrator: 3}

func TestListsAndCountsHoldOnlyWhatTheRightReaches(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.call(access.Operator)
	h.call("other")
	h.call("")
	for role, want := range reach {
		v := h.login(role + "@ours.example")
		if got := len(v.do("GET", "/calls", nil).want(t, 200, "").body["items"].([]any)); got != int(want) {
			t.Errorf("%s: the list has %d calls, want %v", role, got, want)
		}
		if got := v.do("GET", "/calls/count", nil).want(t, 200, "").body["count"]; got != want {
			t.Errorf("%s: %v calls are counted, want %v", role, got, want)
		}
		for _, by := range []string{"day", "hour", "number", "source", "agent", "queue"} {
			r := v.do("GET", "/reports/calls?group_by="+by, nil).want(t, 200, "")
			cell := r.body["total"].(map[string]any)["cells"].(map[string]any)["calls"].(map[string]any)
			if cell["value"] != want {
				t.Errorf("%s: the report by %s counts %v calls, want %v", role, by, cell["value"], want)
			}
		}
	}
}

func TestOnesOwnRecordingsAreHeardAndTheTeamsByTheSupervisor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	mate := h.add("mate@ours.example", access.Operator, h.people[access.Operator].TeamID)
	h.people["mate"] = mate
	sound := map[string]string{"own": h.recording(access.Operator), "mate": h.recording("mate"), "stranger": h.recording("other")}
	may := map[string]map[string]bool{access.Operator: {"own": true}, access.Supervisor: {"own": true, "mate": true},
		access.Head: {"own": true, "mate": true, "stranger": true}, access.Administrator: {"own": true, "mate": true, "stranger": true}}
	for role, allowed := range may {
		v := h.login(role + "@ours.example")
		for whose, id := range sound {
			status, heard, code := 404, 404, "not_found"
			if allowed[whose] {
				status, heard, code = 200, 204, ""
			}
			for _, path := range []string{"", "/audio", "/peaks", "/listening"} {
				v.do("GET", "/recordings/"+id+path, nil).want(t, status, code)
			}
			v.do("POST", "/recordings/"+id+"/heard", map[string]any{"from": 0, "to": 0.5}).want(t, heard, code)
		}
	}
}

func TestOnlyAdministratorsDeleteRecordingsAndSayWhy(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.recording(access.Operator)
	reason := map[string]any{"reason": "the client asked for it"}
	for _, role := range []string{access.Operator, access.Supervisor, access.Head} {
		h.login(role+"@ours.example").do("DELETE", "/recordings/"+id, reason).want(t, 403, "forbidden")
	}
	admin := h.login("administrator@ours.example")
	for _, none := range []any{nil, map[string]any{}, map[string]any{"reason": ""}, map[string]any{"reason": "x"}} {
		if a := admin.do("DELETE", "/recordings/"+id, none); a.status < 400 || a.status >= 500 {
			t.Errorf("without a reason: %d %s", a.status, a.text)
		}
	}
	admin.do("DELETE", "/recordings/"+id, reason).want(t, 204, "")
	a := admin.do("GET", "/recordings/"+id, nil).want(t, 200, "")
	chain := a.body["chain"].([]any)
	if last := chain[len(chain)-1].(map[string]any); a.body["state"] != "purged" || a.body["playable"] != false || last["reason"] != reason["reason"] || last["actor"] == nil {
		t.Errorf("after the deletion: %s", a.text)
	}
	admin.do("GET", "/recordings/"+id+"/audio", nil).want(t, 404, "not_found")
	lines := admin.do("GET", "/audit?action=recording.deleted", nil).want(t, 200, "")
	if n := len(lines.body["items"].([]any)); n != 1 {
		t.Errorf("%d lines in the audit log", n)
	}
}
