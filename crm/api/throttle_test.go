package api_test

import (
	"strconv"
	"testing"

	"ringbook/crm/api"
)

func TestWhoAsksTooOftenIsToldWhenToComeAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *api.Options) {
		o.Limits = api.Limits{Each: 0.01, EachBurst: 20, Strange: 0.01, StrangeBurst: 8}
	})
	busy, calm := h.login("operator@ours.example"), h.login("head@ours.example") // two of the address's eight
	first := func(v *visitor) (n int, refused answer) {
		for ; n < 100; n++ {
			if refused = v.do("GET", "/session", nil); refused.status == 429 {
				return n, refused
			}
		}
		return n, refused
	}
	n, refused := first(busy)
	refused.want(t, 429, "too_many_requests")
	if wait, err := strconv.Atoi(refused.header.Get("Retry-After")); err != nil || wait < 1 || wait > 100 {
		t.Errorf("Retry-After %q", refused.header.Get("Retry-After"))
	}
	if n < 20 || n > 21 {
		t.Errorf("%d requests of a session were let through, the first of them as a stranger", n)
	}
	calm.do("GET", "/clients", nil).want(t, 200, "") // another session of the same address

	stranger := h.anybody()
	n, refused = first(stranger)
	refused.want(t, 429, "too_many_requests")
	if n > 4 {
		t.Errorf("%d requests of strangers were let through", n)
	}
	stranger.cookie = "made-up" // a credential that nobody gave is no way out
	stranger.do("GET", "/session", nil).want(t, 429, "too_many_requests")
	stranger.header.Set("X-Forwarded-For", "203.0.113.9")
	stranger.do("GET", "/session", nil).want(t, 401, "")
	page := h.anybody().send("GET", "/", nil)
	page.want(t, 200, "")
}
