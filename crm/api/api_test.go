package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ringbook/crm/api"
)

func TestThePageCarriesTheNonceOfItsPolicy(t *testing.T) {
	t.Parallel()
	v := newHouse(t).anybody()
	for _, path := range []string{"/", "/clients/1", "/deep/er"} {
		a := v.send("GET", path, nil).want(t, 200, "")
		m := regexp.MustCompile(`style-src 'self' 'nonce-([\w-]+)'`).FindStringSubmatch(a.header.Get("Content-Security-Policy"))
		if m == nil || !strings.Contains(a.text, `nonce="`+m[1]+`"`) {
			t.Errorf("%s: policy %q, page %q", path, a.header.Get("Content-Security-Policy"), a.text)
		}
	}
	if a := v.send("GET", "/assets/a.js", nil).want(t, 200, ""); !strings.Contains(a.header.Get("Cache-Control"), "immutable") {
		t.Errorf("cache of an asset: %q", a.header.Get("Cache-Control"))
	}
	v.send("GET", "/assets/gone.js", nil).want(t, 404, "not_found")
	v.send("GET", "/api/v1/nothing", nil).want(t, 404, "not_found")
	v.send("GET", "/api/v9", nil).want(t, 404, "not_found")
}

func TestBadInputIsAClearError(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	v := h.login("administrator@ours.example")
	v.send("POST", "/api/v1/teams", strings.NewReader("{")).want(t, 400, "bad_request")
	v.send("POST", "/api/v1/teams", strings.NewReader(`{"name": 5}`)).want(t, 422, "invalid")
	v.send("POST", "/api/v1/teams", bytes.NewReader(make([]byte, 2<<20))).want(t, 413, "too_large")
	v.send("POST", "/api/v1/teams", strings.NewReader("{\"name\":\"a\\u0000b\"}")).want(t, 422, "bad_text")
	v.do("GET", "/users/not-an-id", nil).want(t, 422, "invalid")
	a := v.do("POST", "/login", map[string]any{"email": "a", "password": strings.Repeat("s", 400)}).want(t, 422, "invalid")
	if strings.Contains(a.text, "sss") || a.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("a password comes back in %s", a.text)
	}
}

func TestReadyzSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *api.Options) {
		o.Checks = []api.Check{
			{Name: "database", Run: func(context.Context) (string, error) { return "15.1", nil }},
			{Name: "asterisk", Run: func(context.Context) (string, error) { return "", errors.New("not connected") }}}
	})
	v := h.anybody()
	v.send("GET", "/healthz", nil).want(t, 200, "")
	a := v.send("GET", "/readyz", nil).want(t, 503, "")
	if a.body["ready"] != false || !strings.Contains(a.text, "not connected") || !strings.Contains(a.text, "15.1") {
		t.Errorf("readyz: %s", a.text)
	}
}

func TestPlainRequestsFromElsewhereGoToTLS(t *testing.T) {
	t.Parallel()
	ca := filepath.Join(t.TempDir(), "ca.crt")
	if err := os.WriteFile(ca, []byte("PEM"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, func(o *api.Options) { o.TLSPort, o.CAFile = "8443", ca })
	v := h.anybody()
	v.send("GET", "/desk", nil).want(t, 200, "")
	v.header.Set("Host", "ringbook.example:8080")
	a := v.send("GET", "/desk?a=1", nil).want(t, 308, "")
	if got := a.header.Get("Location"); got != "https://ringbook.example:8443/desk?a=1" {
		t.Errorf("sent to %s", got)
	}
	v.do("POST", "/login", map[string]any{"email": "a@b", "password": "c"}).want(t, 403, "https_needed")
	if a := v.send("GET", "/ca.crt", nil).want(t, 200, ""); a.text != "PEM" {
		t.Errorf("certificate %q", a.text)
	}
}

func TestASocketTakesOnlyOurOwnOrigin(t *testing.T) {
	t.Parallel()
	for origin, want := range map[string]bool{"": false, "null": false, "https://evil.example": false, "http://here:8080": true,
		"https://public.example": true, "http://public.example": false, "file://here:8080": false} {
		r := &http.Request{Host: "here:8080", Header: http.Header{}}
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		if got := api.OriginAllowed(r, "https://public.example"); got != want {
			t.Errorf("origin %q: %v", origin, got)
		}
	}
}

func TestTheDescriptionAndItsPageNeedNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	v := newHouse(t).anybody()
	a := v.send("GET", "/api/v1/openapi.json", nil).want(t, 200, "")
	var spec map[string]any
	if err := json.Unmarshal([]byte(a.text), &spec); err != nil || spec["openapi"] != "3.1.0" {
		t.Errorf("description: %v, %v", spec["openapi"], err)
	}
	if !strings.Contains(a.text, `"owner":{"anyOf":[{"$ref":"#/components/schemas/Owner"},{"type":"null"}]}`) {
		t.Error("the description does not say that a client may have no owner")
	}
	page := v.send("GET", "/api/v1/docs", nil).want(t, 200, "")
	if !strings.Contains(page.text, "/users/{id}") || regexp.MustCompile(`(src|href)="(https?:)?//`).MatchString(page.text) {
		t.Error("the page of the API lacks operations or loads from elsewhere")
	}
}
