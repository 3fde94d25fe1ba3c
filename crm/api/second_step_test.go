package api_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"image/png"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"ringbook/crm/access"
)

// enrol turns the visitor's second step on.
func (v *visitor) enrol() (secret string, codes []any) {
	v.h.t.Helper()
	begun := v.do("POST", "/session/second-step", map[string]any{"password": password}).want(v.h.t, 200, "")
	secret = begun.body["secret"].(string)
	proved := v.do("POST", "/session/second-step/prove", map[string]any{"code": v.h.code(secret)}).want(v.h.t, 200, "")
	v.h.ahead.Add(30) // the code that proved it is used up
	return secret, proved.body["codes"].([]any)
}

// midStep puts the house's clock to the beginning of a step, so that no step ends under a test.
func (h *house) midStep() { h.ahead.Store(32 - time.Now().Unix()%30) }

// code is what an authenticator shows by the house's clock.
func (h *house) code(secret string) string {
	h.t.Helper()
	code, err := totp.GenerateCode(secret, time.Now().Add(time.Duration(h.ahead.Load())*time.Second))
	if err != nil {
		h.t.Fatal(err)
	}
	return code
}

func (h *house) try(email, code string) answer {
	return h.anybody().do("POST", "/login", map[string]any{"email": email, "password": password, "code": code})
}

func TestASecondStepIsAskedForAndEachCodeIsTakenOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.midStep()
	const who = "operator@ours.example"
	here, there := h.login(who), h.login(who)
	here.do("POST", "/session/second-step", map[string]any{"password": "no"}).want(t, 422, "wrong_password")
	here.do("POST", "/session/second-step/prove", map[string]any{"code": "000000"}).want(t, 409, "second_step_not_begun")
	begun := here.do("POST", "/session/second-step", map[string]any{"password": password}).want(t, 200, "")
	picture, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(begun.body["qr"].(string), "data:image/png;base64,"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(picture)); err != nil {
		t.Errorf("the picture: %v", err)
	}
	h.login(who) // not proved: the login is as before
	secret, codes := here.enrol()
	if len(codes) != 10 {
		t.Errorf("%d recovery codes", len(codes))
	}
	here.do("GET", "/session", nil).want(t, 200, "")
	there.do("GET", "/session", nil).want(t, 401, "session_over")

	h.try(who, "").want(t, 401, "code_needed")
	h.try(who, "12ab").want(t, 401, "bad_code")
	code := h.code(secret)
	h.try(who, code[:3]+" "+code[3:]).want(t, 200, "")
	h.try(who, code).want(t, 401, "bad_code")
	h.ahead.Add(-30)
	earlier := h.code(secret)
	h.ahead.Add(30)
	h.try(who, earlier).want(t, 401, "bad_code") // one from before the last that was taken
	h.ahead.Add(60)
	late := h.code(secret)
	h.ahead.Add(30)
	h.try(who, late).want(t, 200, "") // a clock that is one step behind
	h.ahead.Add(60)
	stale := h.code(secret)
	h.ahead.Add(60)
	h.try(who, stale).want(t, 401, "bad_code") // two steps are too many

	h.ahead.Add(3600)
	recovery := codes[3].(string)
	h.try(who, strings.ToUpper(recovery)).want(t, 200, "")
	h.try(who, recovery).want(t, 401, "bad_code")
	if left := here.do("GET", "/session/second-step", nil).want(t, 200, "").body["codes"].(float64); left != 9 {
		t.Errorf("%v recovery codes are left", left)
	}
	h.keepsNothingReadable(secret, codes)
}

// keepsNothingReadable looks for the secret and the recovery codes in the tables.
func (h *house) keepsNothingReadable(secret string, codes []any) {
	h.t.Helper()
	for _, table := range []string{"second_steps", "recovery_codes", "audit", "sessions"} {
		var text string
		if err := h.pool.QueryRow(context.Background(), "select coalesce(string_agg(encode(convert_to(x::text, 'UTF8'), 'escape'), ' '), '') from "+table+" x").Scan(&text); err != nil {
			h.t.Fatal(err)
		}
		for _, s := range append(codes, secret) {
			if strings.Contains(text, s.(string)) || strings.Contains(text, strings.ReplaceAll(s.(string), "-", "")) {
				h.t.Errorf("%s holds a secret in clear", table)
			}
		}
	}
}

func TestAmongLoginsThatComeTogetherACodeOpensOneAndTriesAreCounted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.midStep()
	const who = "head@ours.example"
	secret, _ := h.login(who).enrol()
	together := func(n int, code string) map[int]int {
		var mu sync.Mutex
		var trying sync.WaitGroup
		answers := map[int]int{}
		for range n {
			trying.Go(func() {
				a := h.try(who, code)
				mu.Lock()
				defer mu.Unlock()
				answers[a.status]++
			})
		}
		trying.Wait()
		return answers
	}
	if got := together(4, h.code(secret)); got[200] != 1 || got[401] != 3 {
		t.Errorf("one code, four logins: %v", got)
	}
	h.ahead.Add(3600)
	if got := together(9, "000000"); got[401] != 5 || got[429] != 4 {
		t.Errorf("nine wrong codes: %v", got)
	}
	h.try(who, h.code(secret)).want(t, 429, "too_many_logins")
	h.login("operator@ours.example") // nobody else is kept out
	h.ahead.Add(3600)
	h.try(who, h.code(secret)).want(t, 200, "")
}

func TestWhoMustHaveASecondStepSetsItUpBeforeAnythingElse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.midStep()
	admin, head, operator := h.login("administrator@ours.example"), h.login("head@ours.example"), h.login("operator@ours.example")
	admin.do("PATCH", "/company", map[string]any{"second_step_roles": []string{"chief"}}).want(t, 422, "unknown_role")
	admin.do("PATCH", "/company", map[string]any{"second_step_roles": []string{"head"}}).want(t, 200, "")
	operator.do("GET", "/clients", nil).want(t, 200, "")
	head.do("GET", "/clients", nil).want(t, 403, "second_step_needed")
	head.do("GET", "/audit", nil).want(t, 403, "second_step_needed")
	if needed := head.do("GET", "/session", nil).want(t, 200, "").body["second_step_needed"]; needed != true {
		t.Errorf("second_step_needed: %v", needed)
	}
	again := h.try("head@ours.example", "").want(t, 200, "")
	if again.body["second_step_needed"] != true {
		t.Errorf("a new login: %s", again.text)
	}
	secret, _ := head.enrol()
	head.do("GET", "/clients", nil).want(t, 200, "")
	head.do("POST", "/session/second-step/off", map[string]any{"password": password}).want(t, 409, "second_step_required")
	h.try("head@ours.example", h.code(secret)).want(t, 200, "")
}

func TestASecondStepIsTurnedOffByPasswordAndResetByAnAdministrator(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.midStep()
	const who = "operator@ours.example"
	operator, admin := h.login(who), h.login("administrator@ours.example")
	_, first := operator.enrol()
	operator.do("POST", "/session/second-step/codes", map[string]any{"password": "no"}).want(t, 422, "wrong_password")
	renewed := operator.do("POST", "/session/second-step/codes", map[string]any{"password": password}).want(t, 200, "").body["codes"].([]any)
	h.try(who, first[0].(string)).want(t, 401, "bad_code")
	h.try(who, renewed[0].(string)).want(t, 200, "")
	operator.do("POST", "/session/second-step/off", map[string]any{"password": "no"}).want(t, 422, "wrong_password")
	operator.do("POST", "/session/second-step/off", map[string]any{"password": password}).want(t, 204, "")
	operator = h.login(who)
	operator.enrol()

	id := h.people[access.Operator].ID
	if on := admin.do("GET", "/users/"+id, nil).want(t, 200, "").body["second_step"]; on != true {
		t.Errorf("the administrator sees second_step: %v", on)
	}
	admin.do("DELETE", "/users/"+h.people[access.Administrator].ID+"/second-step", nil).want(t, 409, "own_second_step")
	operator.do("DELETE", "/users/"+id+"/second-step", nil).want(t, 403, "forbidden")
	admin.do("DELETE", "/users/"+id+"/second-step", nil).want(t, 204, "")
	operator.do("GET", "/session", nil).want(t, 401, "session_over")
	h.login(who)
	var told string
	err := h.pool.QueryRow(context.Background(), "select string_agg(action, ' ' order by at, id) from audit where action like 'second_step.%'").Scan(&told)
	if want := "second_step.on second_step.codes second_step.recovered second_step.off second_step.on second_step.reset"; err != nil || told != want {
		t.Errorf("the audit log tells %q, %v; want %q", told, err, want)
	}
}

func TestATokenCannotTouchItsPersonsAccount(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	admin := h.login("administrator@ours.example")
	token := admin.do("POST", "/tokens", map[string]any{"name": "robot"}).want(t, 200, "")
	robot := h.anybody()
	robot.header.Set("Authorization", "Bearer "+token.body["secret"].(string))
	for _, path := range []string{"/session/second-step", "/session/second-step/off", "/session/second-step/codes"} {
		robot.do("POST", path, map[string]any{"password": password}).want(t, 403, "forbidden")
	}
	robot.do("POST", "/session/second-step/prove", map[string]any{"code": "000000"}).want(t, 403, "forbidden")
	robot.do("POST", "/session/password", map[string]any{"current": password, "password": "eleven grey herons"}).want(t, 403, "forbidden")
}

func TestAllOtherSessionsOfAPersonAreEnded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	here, there, admin := h.login("operator@ours.example"), h.login("operator@ours.example"), h.login("administrator@ours.example")
	here.do("DELETE", "/sessions?user="+h.people[access.Administrator].ID, nil).want(t, 404, "not_found")
	here.do("DELETE", "/sessions", nil).want(t, 204, "")
	here.do("GET", "/session", nil).want(t, 200, "")
	there.do("GET", "/session", nil).want(t, 401, "session_over")
	listed := admin.do("GET", "/sessions?user="+h.people[access.Operator].ID, nil).want(t, 200, "").body["items"].([]any)
	if len(listed) != 1 {
		t.Errorf("the administrator sees %d sessions of the operator", len(listed))
	}
	admin.do("DELETE", "/sessions?user="+h.people[access.Operator].ID, nil).want(t, 204, "")
	here.do("GET", "/session", nil).want(t, 401, "session_over")
	admin.do("GET", "/session", nil).want(t, 200, "")
}
