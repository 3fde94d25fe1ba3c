package api

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAWarningIsShownAndWeAreReady(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		code int
		says string
	}{
		{nil, 200, `{"name":"disk","ok":true,"detail":"room"}`},
		{Warning("little room"), 200, `{"name":"disk","ok":true,"detail":"room","warning":"little room"}`},
		{errors.New("no room"), 503, `{"name":"disk","ok":false,"detail":"room","error":"no room"}`},
	} {
		w := httptest.NewRecorder()
		readyz([]Check{{Name: "disk", Run: func(context.Context) (string, error) { return "room", c.err }}}).ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil))
		if w.Code != c.code || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%v: %d %s, want %d with %s", c.err, w.Code, w.Body, c.code, c.says)
		}
	}
}
