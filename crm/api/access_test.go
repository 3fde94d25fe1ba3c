package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"ringbook/crm/access"
)

func TestEachLoginGetsATokenOfItsOwnAndLogoutEndsIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.login("operator@ours.example"), h.login("Operator@ours.example ")
	if a.cookie == b.cookie {
		t.Error("two logins share a token")
	}
	state := a.do("GET", "/session", nil).want(t, 200, "")
	if me := state.body["me"].(map[string]any); me["role"] != "operator" || len(me["rights"].([]any)) == 0 {
		t.Errorf("me: %v", me)
	}
	if n := len(a.do("GET", "/sessions", nil).want(t, 200, "").body["items"].([]any)); n != 2 {
		t.Errorf("%d sessions are listed", n)
	}
	a.do("POST", "/logout", nil).want(t, 204, "")
	a.do("GET", "/session", nil).want(t, 401, "session_over")
	b.do("GET", "/session", nil).want(t, 200, "")
	h.anybody().do("GET", "/session", nil).want(t, 401, "not_logged_in")
}

func TestTheCookieIsNotForScriptsNorForOtherSites(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.anybody().do("POST", "/login", map[string]any{"email": "head@ours.example", "password": password}).want(t, 200, "")
	cookie := a.header.Get("Set-Cookie")
	if !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") || strings.Contains(cookie, "Secure") {
		t.Errorf("cookie over plain http: %s", cookie)
	}
}

func TestAnUnsafeRequestNeedsTheCSRFTokenAndOurOwnOrigin(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	v := h.login("administrator@ours.example")
	good, change := v.csrf, map[string]any{"name": "Ringbook"}
	v.csrf = ""
	v.do("PATCH", "/company", change).want(t, 403, "csrf")
	v.csrf = good[1:]
	v.do("PATCH", "/company", change).want(t, 403, "csrf")
	v.csrf = good
	for _, origin := range []string{"https://evil.example", "null"} {
		v.header.Set("Origin", origin)
		v.do("PATCH", "/company", change).want(t, 403, "foreign_origin")
	}
	v.header.Set("Origin", h.server.URL)
	v.do("PATCH", "/company", change).want(t, 200, "")
	v.header = http.Header{"Sec-Fetch-Site": {"cross-site"}}
	h.anybody().do("POST", "/login", nil)
	v.do("PATCH", "/company", change).want(t, 403, "foreign_origin")
}

func TestFailedLoginsAreCountedByAddressAndEmail(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	v := h.anybody()
	try := func(email, word string) answer {
		return v.do("POST", "/login", map[string]any{"email": email, "password": word})
	}
	for range 5 {
		try("operator@ours.example", "wrong").want(t, 401, "bad_login")
	}
	if wait := try("operator@ours.example", password).want(t, 429, "too_many_logins").header.Get("Retry-After"); wait != "900" {
		t.Errorf("Retry-After %q", wait)
	}
	try("head@ours.example", password).want(t, 200, "")
	for i := range 25 {
		try("nobody"+string(rune('a'+i))+"@ours.example", "wrong").want(t, 401, "bad_login")
	}
	try("head@ours.example", password).want(t, 429, "too_many_logins")
	v.header = http.Header{"X-Forwarded-For": {"203.0.113.1, 203.0.113.2"}} // a proxy on this machine names who it was
	try("head@ours.example", password).want(t, 200, "")
	var address string
	if err := h.pool.QueryRow(context.Background(), "select address from audit where action = 'login.done' order by at desc, id desc limit 1").Scan(&address); err != nil || address != "203.0.113.2" {
		t.Errorf("the audit log names %q, %v", address, err)
	}
	var failures int
	err := h.pool.QueryRow(context.Background(), "select count(*) from audit where action = 'login.failed'").Scan(&failures)
	if err != nil || failures != 30 {
		t.Errorf("the audit log has %d failures, %v", failures, err)
	}
}

func TestWhoIsSwitchedOffIsOutAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	admin, operator := h.login("administrator@ours.example"), h.login("operator@ours.example")
	id := h.people[access.Operator].ID
	admin.do("PATCH", "/users/"+id, map[string]any{"active": false, "version": 7}).want(t, 409, "changed_meanwhile")
	admin.do("PATCH", "/users/"+id, map[string]any{"active": false, "version": 1}).want(t, 200, "")
	operator.do("GET", "/session", nil).want(t, 401, "session_over")
	operator.do("POST", "/login", map[string]any{"email": "operator@ours.example", "password": password}).want(t, 401, "bad_login")
	admin.do("PATCH", "/users/"+h.people[access.Administrator].ID, map[string]any{"role": "head"}).want(t, 409, "last_administrator")
}

func TestNobodyGivesMoreRightsThanTheyHave(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	admin := h.login("administrator@ours.example")
	admin.do("PUT", "/roles/clerk", map[string]any{"rights": []string{"users.read.all", "users.write.all", "account.write.own"}}).want(t, 200, "")
	admin.do("PUT", "/roles/clerk", map[string]any{"rights": []string{"users.fly.all"}}).want(t, 422, "unknown_right")
	admin.do("PUT", "/roles/operator", map[string]any{"rights": []string{}}).want(t, 409, "built_in_role")
	h.add("clerk@ours.example", "clerk", "")
	clerk := h.login("clerk@ours.example")
	body := map[string]any{"email": "x@ours.example", "name": "X", "role": "administrator", "password": password}
	clerk.do("POST", "/users", body).want(t, 403, "more_than_own_rights")
	clerk.do("PATCH", "/users/"+h.people[access.Head].ID, map[string]any{"name": "Y"}).want(t, 403, "more_than_own_rights")
	clerk.do("POST", "/users/"+h.people[access.Administrator].ID+"/password", map[string]any{"password": "eleven grey herons"}).want(t, 403, "more_than_own_rights")
	clerk.do("GET", "/audit", nil).want(t, 403, "forbidden")
	body["role"] = "clerk"
	clerk.do("POST", "/users", body).want(t, 201, "")
	clerk.do("POST", "/users", body).want(t, 409, "email_taken")
	admin.do("DELETE", "/roles/clerk", nil).want(t, 409, "role_in_use")
}

func TestATokenOpensTheAPIToPrograms(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	admin := h.login("administrator@ours.example")
	token := admin.do("POST", "/tokens", map[string]any{"name": "robot", "email": "operator@ours.example"}).want(t, 200, "")
	robot := h.anybody()
	robot.header.Set("Authorization", "Bearer "+token.body["secret"].(string))
	robot.do("PATCH", "/session", map[string]any{"language": "ru"}).want(t, 200, "")
	robot.do("GET", "/audit", nil).want(t, 403, "forbidden")
	admin.do("DELETE", "/tokens/"+token.body["id"].(string), nil).want(t, 204, "")
	robot.do("GET", "/session", nil).want(t, 401, "bad_token")
}

func TestOnesOwnPasswordNeedsThePresentOne(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	here, there := h.login("operator@ours.example"), h.login("operator@ours.example")
	here.do("POST", "/session/password", map[string]any{"current": "no", "password": "eleven grey herons"}).want(t, 422, "wrong_password")
	here.do("POST", "/session/password", map[string]any{"current": password, "password": "short"}).want(t, 422, "password_length")
	here.do("POST", "/session/password", map[string]any{"current": password, "password": "eleven grey herons"}).want(t, 204, "")
	here.do("GET", "/session", nil).want(t, 200, "")
	there.do("GET", "/session", nil).want(t, 401, "session_over")
	admin := h.login("administrator@ours.example")
	admin.do("POST", "/users/"+h.people[access.Administrator].ID+"/password", map[string]any{"password": "eleven grey herons"}).want(t, 409, "own_password")
}

func TestTheCompanyIsChecked(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	admin := h.login("administrator@ours.example")
	admin.do("PATCH", "/company", map[string]any{"country": "XX"}).want(t, 422, "unknown_country")
	admin.do("PATCH", "/company", map[string]any{"time_zone": "Mars/Olympus"}).want(t, 422, "unknown_time_zone")
	admin.do("PATCH", "/company", map[string]any{"target_seconds": 0}).want(t, 422, "invalid")
	admin.do("PATCH", "/company", map[string]any{"country": "de", "time_zone": "Europe/Berlin"}).want(t, 200, "")
	admin.do("GET", "/company", nil).want(t, 200, "")
	lines := admin.do("GET", "/audit?action=company.&limit=1", nil).want(t, 200, "")
	if items := lines.body["items"].([]any); len(items) != 1 || items[0].(map[string]any)["actor"] == nil {
		t.Errorf("audit: %s", lines.text)
	}
}
