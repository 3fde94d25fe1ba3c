package api_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"ringbook/crm"
	"ringbook/recording"
)

// fixtures make, for a path of the API, a thing that belongs to another person, an operator of another team, and give
// the path to it. Paths below it are covered as well.
var fixtures = map[string]func(h *house) string{
	"/users/{id}": func(h *house) string {
		return "/users/" + h.insert("insert into users (id, email, name, role) values ($1, $1::uuid::text || '@theirs.example', 'Other', 'operator')")
	},
	"/desk-phones/{id}": func(h *house) string {
		user := h.insert("insert into users (id, email, name, role) values ($1, $1::uuid::text || '@desk.example', 'Other', 'operator')")
		h.insert("with id as (select $1::uuid) insert into desk_phones (user_id, login, password) values ($2, 'p' || left($3, 12), 'sealed')", user, strings.ReplaceAll(user, "-", "")[20:])
		return "/desk-phones/" + user
	},
	"/teams/{id}": func(h *house) string {
		return "/teams/" + h.insert("insert into teams (id, name) values ($1, $1::uuid::text)")
	},
	"/roles/{name}": func(h *house) string {
		name := "r" + crm.NewID()[30:]
		h.insert("with id as (select $1::uuid) insert into roles (name) values ($2)", name)
		return "/roles/" + name
	},
	"/sessions/{id}": func(h *house) string {
		return "/sessions/" + h.insert("insert into sessions (id, token, user_id, expires_at) values ($1, $1::uuid::text::bytea, $2, now() + interval '1 day')", h.people["other"].ID)
	},
	"/tokens/{id}": func(h *house) string {
		return "/tokens/" + h.insert("insert into api_tokens (id, token, user_id) values ($1, $1::uuid::text::bytea, $2)", h.people["other"].ID)
	},
	"/clients/{id}": clientOfAnother,
	"/calls/{id}": func(h *house) string {
		return "/calls/" + h.call("other")
	},
	"/recordings/{id}": func(h *house) string {
		return "/recordings/" + h.recording("other")
	},
	"/missed/{id}": func(h *house) string {
		call := h.call("")
		h.insert("with id as (select $1::uuid) insert into missed_calls (id, phone, owner_id, opened_at, deadline, last_call, last_at) values ($2::uuid, $2, $3, now(), now(), $2::uuid, now())",
			call, h.people["other"].ID)
		return "/missed/" + call
	},
	"/numbers/{id}": func(h *house) string {
		return "/numbers/" + h.insert("insert into numbers (id, e164, name) values ($1, '+7495' || $2, 'Theirs')", fmt.Sprintf("%07d", h.next()))
	},
	"/prefixes/{id}": func(h *house) string {
		return "/prefixes/" + h.insert("insert into prefixes (id, prefix) values ($1, $2)", fmt.Sprintf("+9%05d", h.next()))
	},
	"/sources/{id}":       choice("sources"),
	"/outcomes/{id}":      choice("outcomes"),
	"/pause-reasons/{id}": choice("pause_reasons"),
	"/greetings/{id}": func(h *house) string {
		id := h.insert("insert into greetings (id, name, seconds, size) values ($1, $1::uuid::text, 1, 44)")
		h.write(id, "RIFF")
		return "/greetings/" + id
	},
	"/clients/{id}/notes/{note}": func(h *house) string {
		client := clientOfAnother(h)
		return client + "/notes/" + h.insert("insert into client_notes (id, client_id, text, author) values ($1, $2, 'theirs', $3)", client[len("/clients/"):], h.people["other"].ID)
	},
}

func choice(table string) func(h *house) string {
	return func(h *house) string {
		return "/" + strings.ReplaceAll(table, "_", "-") + "/" + h.insert("insert into "+table+" (id, name) values ($1, $1::uuid::text)")
	}
}

// call stores an inbound call that the person had, or nobody.
func (h *house) call(who string) string {
	if who == "" {
		return h.insert(`insert into calls (id, version, direction, state, phone, started_at, waiting_at, ended_at, end_reason)
			values ($1, 1, 'inbound', 'ended', '+79160000000', now(), now(), now(), 'abandoned')`)
	}
	return h.insert(`insert into calls (id, version, direction, state, phone, started_at, waiting_at, answered_at, ended_at, end_reason, talk_seconds, agent_id)
		values ($1, 1, 'inbound', 'ended', '+79160000000', now(), now(), now(), now(), 'agent_hung_up', 5, $2)`, h.people[who].ID)
}

// recording stores a call that the person had, with a second of sound.
func (h *house) recording(who string) string {
	id := h.call(who)
	path := filepath.Join(h.dir, id+".wav")
	if err := recording.WriteFile(path, "alaw", make([]byte, 8000), make([]byte, 8000)); err != nil {
		h.t.Fatal(err)
	}
	h.insert(`with id as (select $1::uuid) insert into recordings (id, call_id, state, path, started_at, duration_ms, size)
		values ($2, $2, 'spooled', $3, now(), 1000, 16058)`, id, path)
	return id
}

func (h *house) write(id, text string) {
	if err := os.WriteFile(filepath.Join(h.dir, id+".wav"), []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

// next gives numbers that differ.
func (h *house) next() int {
	h.n++
	return h.n
}

func clientOfAnother(h *house) string {
	return "/clients/" + h.insert("insert into clients (id, name, owner_id) values ($1, 'Theirs', $2)", h.people["other"].ID)
}

// bodies are what is sent where the smallest value of the schema would say nothing.
var bodies = map[string]func(h *house) any{
	"POST /users": func(*house) any {
		return map[string]any{"email": crm.NewID() + "@ours.example", "name": "New", "role": "operator"}
	},
	"POST /users/{id}/password": func(*house) any { return map[string]any{"password": "eleven grey herons"} },
	"POST /numbers": func(h *house) any {
		return map[string]any{"e164": fmt.Sprintf("+7499%07d", h.next()), "name": "New"}
	},
	"POST /prefixes":              func(h *house) any { return map[string]any{"prefix": fmt.Sprintf("+8%05d", h.next())} },
	"POST /sources":               func(*house) any { return map[string]any{"name": crm.NewID()} },
	"POST /outcomes":              func(*house) any { return map[string]any{"name": crm.NewID()} },
	"POST /pause-reasons":         func(*house) any { return map[string]any{"name": crm.NewID()} },
	"PATCH /calls/{id}":           func(*house) any { return map[string]any{"notes": "mine"} },
	"POST /calls":                 func(h *house) any { return map[string]any{"to": "+79161234567", "agent": h.people["other"].ID} },
	"POST /recordings/{id}/heard": func(*house) any { return map[string]any{"from": 0, "to": 1} },
	"DELETE /recordings/{id}":     func(*house) any { return map[string]any{"reason": "asked for by the client"} },
	"POST /missed/{id}/close":     func(*house) any { return map[string]any{"reason": "spam"} },
	"POST /clients":               func(*house) any { return map[string]any{"name": "New"} },
	"POST /teams":                 func(*house) any { return map[string]any{"name": crm.NewID()} },
	"PATCH /teams/{id}":           func(*house) any { return map[string]any{"name": crm.NewID()} },
	"POST /tokens":                func(h *house) any { return map[string]any{"name": "x", "email": h.people["other"].Email} },
}
