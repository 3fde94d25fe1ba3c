package api_test

import "ringbook/crm"

// fixtures make, for a path of the API, a thing that belongs to another person, an operator of another team, and give
// the path to it. Paths below it are covered as well.
var fixtures = map[string]func(h *house) string{
	"/users/{id}": func(h *house) string {
		return "/users/" + h.insert("insert into users (id, email, name, role) values ($1, $1::uuid::text || '@theirs.example', 'Other', 'operator')")
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
	"/clients/{id}/notes/{note}": func(h *house) string {
		client := clientOfAnother(h)
		return client + "/notes/" + h.insert("insert into client_notes (id, client_id, text, author) values ($1, $2, 'theirs', $3)", client[len("/clients/"):], h.people["other"].ID)
	},
}

func clientOfAnother(h *house) string {
	return "/clients/" + h.insert("insert into clients (id, name, owner_id) values ($1, 'Theirs', $2)", h.people["other"].ID)
}

// bodies are what is sent where the smallest value of the schema would say nothing.
var bodies = map[string]func(h *house) any{
	"POST /users": func(*house) any {
		return map[string]any{"email": crm.NewID() + "@ours.example", "name": "New", "role": "operator"}
	},
	"POST /users/{id}/password": func(*house) any { return map[string]any{"password": "long enough"} },
	"POST /clients":             func(*house) any { return map[string]any{"name": "New"} },
	"POST /teams":               func(*house) any { return map[string]any{"name": crm.NewID()} },
	"PATCH /teams/{id}":         func(*house) any { return map[string]any{"name": crm.NewID()} },
	"POST /tokens":              func(h *house) any { return map[string]any{"name": "x", "email": h.people["other"].Email} },
}
