package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/crm/api"
	"ringbook/crm/postgres/postgrestest"
)

const password = "correct horse battery"

// house is the whole API over a database of its own, with one person of each role and a stranger from another team.
type house struct {
	t      *testing.T
	pool   *pgxpool.Pool
	access *access.Store
	server *httptest.Server
	people map[string]access.User // by role, and "other"
	n      int                    // see next
	ahead  atomic.Int64           // how far the house's clock is ahead, in seconds
	dir    string                 // of greetings and of the sound of recordings
}

func newHouse(t *testing.T, change ...func(*api.Options)) *house {
	t.Helper()
	h := &house{t: t, pool: postgrestest.New(t), people: map[string]access.User{}, dir: t.TempDir()}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	sealer, err := crm.NewSealer(make([]byte, crm.SealKey))
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return time.Now().Add(time.Duration(h.ahead.Load()) * time.Second) }
	h.access = access.New(h.pool, access.Options{Log: log, Sealer: sealer, Clock: clock})
	o := api.Options{Log: log, Access: h.access, Slices: slicesOf(h.pool, h.access, h.dir),
		Web: fstest.MapFS{"index.html": {Data: []byte(`<style nonce="__CSP_NONCE__"></style>`)}, "assets/a.js": {Data: []byte("1")}}}
	for _, f := range change {
		f(&o)
	}
	h.server = httptest.NewServer(api.New(o))
	t.Cleanup(h.server.Close)
	ctx := context.Background()
	ours, err := h.access.SaveTeam(ctx, access.Team{Name: "Ours"})
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := h.access.SaveTeam(ctx, access.Team{Name: "Theirs"})
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range []string{access.Operator, access.Supervisor, access.Head, access.Administrator} {
		h.people[role] = h.add(role+"@ours.example", role, ours.ID)
	}
	h.people["other"] = h.add("other@theirs.example", access.Operator, theirs.ID)
	return h
}

func (h *house) add(email, role, team string) access.User {
	h.t.Helper()
	u, err := h.access.AddUser(context.Background(), access.NewUser{Email: email, Name: email, Role: role, TeamID: team, Password: password})
	if err != nil {
		h.t.Fatal(err)
	}
	return u
}

// visitor is a browser: it keeps the session's cookie and CSRF token.
type visitor struct {
	h      *house
	cookie string
	csrf   string
	header http.Header
}

func (h *house) anybody() *visitor { return &visitor{h: h, header: http.Header{}} }

func (h *house) login(email string) *visitor {
	h.t.Helper()
	v := h.anybody()
	answer := v.do("POST", "/login", map[string]any{"email": email, "password": password})
	if answer.status != http.StatusOK {
		h.t.Fatalf("logging %s in: %d %s", email, answer.status, answer.text)
	}
	v.cookie, v.csrf = answer.cookie, answer.body["csrf"].(string)
	return v
}

type answer struct {
	status int
	text   string
	body   map[string]any
	cookie string
	header http.Header
}

func (a answer) code() string {
	code, _ := a.body["code"].(string)
	return code
}

// do sends a request to the typed API.
func (v *visitor) do(method, path string, body any) answer {
	v.h.t.Helper()
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			v.h.t.Fatal(err)
		}
		reader = bytes.NewReader(text)
	}
	return v.send(method, api.Prefix+path, reader)
}

func (v *visitor) send(method, path string, body io.Reader) answer {
	v.h.t.Helper()
	r, err := http.NewRequest(method, v.h.server.URL+path, body)
	if err != nil {
		v.h.t.Fatal(err)
	}
	r.Header = v.header.Clone()
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	if body != nil && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if v.cookie != "" {
		r.AddCookie(&http.Cookie{Name: access.Cookie, Value: v.cookie})
		r.Header.Set("X-CSRF-Token", v.csrf)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(r)
	if err != nil {
		v.h.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		v.h.t.Fatal(err)
	}
	a := answer{status: response.StatusCode, text: string(text), header: response.Header}
	_ = json.Unmarshal(text, &a.body) // not every answer is JSON
	for _, c := range response.Cookies() {
		if c.Name == access.Cookie {
			a.cookie = c.Value
		}
	}
	return a
}

// want fails the test unless the answer has the status and, if one is given, the code.
func (a answer) want(t *testing.T, status int, code string) answer {
	t.Helper()
	if a.status != status || code != "" && a.code() != code {
		t.Fatalf("answered %d %s, want %d %s", a.status, a.text, status, code)
	}
	return a
}
