package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"ringbook/softphone/headless"
)

// trunkView is a trunk as a program sees it.
type trunkView struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	HasPassword bool   `json:"has_password"`
	Version     int64  `json:"version"`
	State       struct {
		Registration string `json:"registration"`
		Reason       string `json:"reason"`
		Reachable    bool   `json:"reachable"`
		Calls        int    `json:"calls"`
	} `json:"state"`
}

func (r *rig) trunks(as *headless.Operator) map[string]trunkView {
	r.t.Helper()
	var page struct {
		Items []trunkView `json:"items"`
	}
	if err := as.Do(context.Background(), http.MethodGet, "/trunks", nil, &page); err != nil {
		r.t.Fatal(err)
	}
	out := map[string]trunkView{}
	for _, t := range page.Items {
		out[t.Name] = t
	}
	return out
}

func (r *rig) addTrunk(as *headless.Operator, fields map[string]any) trunkView {
	r.t.Helper()
	var t trunkView
	if err := as.Do(context.Background(), http.MethodPost, "/trunks", fields, &t); err != nil {
		r.t.Fatal(err)
	}
	return t
}

// A provider that asks for a password is set up by way of the API, registers, is tried, carries calls both ways written as it wants
// them, and is shown with its calls; its password stands nowhere in clear but where Asterisk reads it.
func TestATrunkIsSetUpTriedAndCarriesCalls(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.somebody("administrator")
	full := r.addTrunk(admin, map[string]any{"name": "Full", "host": fmt.Sprintf("127.0.0.3:%d", r.ports.TownSIP), "position": 1})
	r.addTrunk(admin, map[string]any{"name": "Asking", "host": fmt.Sprintf("127.0.0.2:%d", r.ports.TownSIP), "login": "asking", "password": "wrong; one",
		"register": true, "called": "p_called_party_id", "home": "national", "abroad": "prefix", "position": 2})
	r.eventually("the wrong password is refused", 20*time.Second, func() bool { return r.trunks(admin)["Asking"].State.Registration == "refused" })
	asking := r.trunks(admin)["Asking"]
	var changed trunkView
	if err := admin.Do(context.Background(), http.MethodPatch, "/trunks/"+asking.ID, map[string]any{"password": "town", "version": asking.Version}, &changed); err != nil {
		t.Fatal(err)
	}
	if !changed.HasPassword {
		t.Error("the password is not said to be set")
	}
	r.eventually("the trunk registers", 20*time.Second, func() bool {
		st := r.trunks(admin)["Asking"].State
		return st.Registration == "registered" && st.Reachable
	})
	for id, want := range map[string]string{asking.ID: "answered 84951234500 0", full.ID: "failed +74951234500 503"} {
		var tested struct {
			Result  string `json:"result"`
			Dialled string `json:"dialled"`
			SIPCode int    `json:"sip_code"`
		}
		if err := admin.Do(context.Background(), http.MethodPost, "/trunks/"+id+"/test", map[string]any{"to": "495 123-45-00"}, &tested); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%s %s %d", tested.Result, tested.Dialled, tested.SIPCode); got != want {
			t.Errorf("the trial ended as %q, want %q", got, want)
		}
	}
	w := r.operator("operator", headless.Options{AnswerAfter: 50 * time.Millisecond})
	_ = w.Send("dial", map[string]any{"to": "+79161111100"})
	r.eventually("the client answers", 15*time.Second, func() bool { return w.times("answered") == 1 })
	if n := r.trunks(admin)["Asking"].State.Calls; n != 1 {
		t.Errorf("%d live calls are shown at the trunk, want 1", n)
	}
	_, call, _ := w.State()
	_ = w.Send("hangup", map[string]any{"call": call})
	c := r.callOf(admin, "+79161111100", "the call is kept", 20*time.Second, func(c callView) bool { return c.State == "ended" })
	if c.Trunk == nil || c.Trunk.Name != "Asking" || len(c.Segments) < 2 || c.Segments[0].Trunk == nil || c.Segments[0].Trunk.Name != "Full" || c.Segments[0].Result != "failed" {
		raw := map[string]any{}
		_ = admin.Do(context.Background(), http.MethodGet, "/calls/"+c.ID, nil, &raw)
		t.Errorf("the trail does not show both trunks: %v", raw)
	}
	_ = w.Send("ready", nil)
	r.town.CallRegistered("+79165550000", ourNumber)
	r.eventually("the client who called is talked to", 15*time.Second, func() bool { return w.times("answered") == 2 })
	in := r.callOf(admin, "+79165550000", "the call shows its trunk", 10*time.Second, func(c callView) bool { return c.Trunk != nil })
	if in.Trunk.ID != asking.ID {
		t.Errorf("it came by %+v", in.Trunk)
	}
	var counted struct {
		Count int `json:"count"`
	}
	if err := admin.Do(context.Background(), http.MethodGet, "/calls/count?trunk="+asking.ID, nil, &counted); err != nil || counted.Count != 2 {
		t.Errorf("%d calls by that trunk, want the two: %v", counted.Count, err)
	}
	r.passwordIsSealed(admin, asking.ID)
}

// passwordIsSealed looks for the trunk's password in the database and in everything that the API tells.
func (r *rig) passwordIsSealed(admin *headless.Operator, id string) {
	r.t.Helper()
	rows, err := r.server.pool.Query(context.Background(), "select to_jsonb(t)::text || encode(coalesce(password, ''), 'escape') from trunks t union all select to_jsonb(a)::text from audit a")
	if err != nil {
		r.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			r.t.Fatal(err)
		}
		if strings.Contains(text, "wrong; one") || strings.Contains(text, `"town"`) {
			r.t.Errorf("the password stands in clear: %s", text)
		}
	}
	if info, err := os.Stat(r.env.TrunkFile); err != nil || info.Mode().Perm()&0o007 != 0 {
		r.t.Errorf("everybody may read what Asterisk reads: %v %v", info, err)
	}
}
