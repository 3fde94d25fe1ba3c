package crm

import (
	"context"
	"strings"
)

// Scope says whose things a right reaches.
type Scope string

// The scopes, from none to everybody's.
const (
	ScopeNone Scope = ""
	ScopeOwn  Scope = "own"
	ScopeTeam Scope = "team"
	ScopeAll  Scope = "all"
)

func (s Scope) rank() int {
	switch s {
	case ScopeOwn:
		return 1
	case ScopeTeam:
		return 2
	case ScopeAll:
		return 3
	}
	return 0
}

// Wider gives the wider of two scopes.
func (s Scope) Wider(o Scope) Scope {
	if o.rank() > s.rank() {
		return o
	}
	return s
}

// Right is what may be done to which object, such as "clients.read". With a scope at its end it is a grant: "clients.read.team".
type Right string

// Rights says how far each right reaches.
type Rights map[Right]Scope

// ParseRights reads grants of the form object.action.scope; what is no grant is left out.
func ParseRights(grants []string) Rights {
	rights := Rights{}
	for _, g := range grants {
		i := strings.LastIndexByte(g, '.')
		if i < 0 {
			continue
		}
		right, scope := Right(g[:i]), Scope(g[i+1:])
		if scope.rank() > 0 && strings.Count(string(right), ".") == 1 {
			rights[right] = rights[right].Wider(scope)
		}
	}
	return rights
}

// Actor is whoever does something: a person, or a program with their token. The zero Actor is the system itself and has no rights.
type Actor struct {
	User   string // ID of the person
	Name   string
	Role   string
	Team   string // ID of the team, empty without one
	Rights Rights
}

// Scope says how far the actor's right reaches, ScopeNone without the right.
func (a Actor) Scope(r Right) Scope { return a.Rights[r] }

// Can says whether the actor has the right in any scope.
func (a Actor) Can(r Right) bool { return a.Rights[r] != ScopeNone }

type actorKey struct{}

// WithActor keeps in the context who acts.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorFrom reads who acts; the zero Actor when nobody was kept.
func ActorFrom(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}
