package access

import (
	"net"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"ringbook/crm"
)

// Guard is what a slice declares its routes' rights with:
//
//	huma.Get(api, "/clients", s.list, guard.Needs("clients.read"))
type Guard struct{}

// The extension of the OpenAPI that names an operation's right, and its values beside the rights.
const (
	RightExtension = "x-right"
	rightOpen      = "open"
	rightSignedIn  = "signed_in"
)

// Needs declares that the operation takes a right, in any scope; the scope is for the operation's WHERE clause.
func (Guard) Needs(right crm.Right) func(*huma.Operation) {
	if _, known := table[right]; !known {
		panic("access: unknown right " + string(right)) // at start, by any test that mounts the route
	}
	return declare(string(right))
}

// SignedIn declares that the operation takes a login and nothing else.
func (Guard) SignedIn() func(*huma.Operation) { return declare(rightSignedIn) }

// Open declares that the operation is for everybody, logged in or not.
func (Guard) Open() func(*huma.Operation) { return declare(rightOpen) }

// codeEnrol is what whoever must set a second step up first is answered.
const codeEnrol = "second_step_needed"

// earlyExtension marks an operation that is open to them all the same.
const earlyExtension = "x-before-second-step"

func early(op *huma.Operation) { op.Extensions[earlyExtension] = true }

func declare(right string) func(*huma.Operation) {
	return func(op *huma.Operation) {
		if op.Extensions == nil {
			op.Extensions = map[string]any{}
		}
		op.Extensions[RightExtension] = right
		op.Security = []map[string][]string{}
		if right != rightOpen {
			op.Security = append(op.Security, map[string][]string{"session": {}}, map[string][]string{"token": {}})
		}
	}
}

// Middleware lets a request through to its operation if the right that the operation declares is there. It puts the
// actor and the request's origin into the context. An operation that declares nothing is refused.
func (s *Store) Middleware(api huma.API) func(huma.Context, func(huma.Context)) {
	refuse := func(ctx huma.Context, err error) {
		_ = huma.WriteErr(api, ctx, http.StatusInternalServerError, "", err)
	}
	return func(ctx huma.Context, next func(huma.Context)) {
		right, _ := ctx.Operation().Extensions[RightExtension].(string)
		login, err := s.identify(ctx.Context(), ctx.Header)
		request := origin(ctx)
		request.login = login
		ctx = huma.WithValue(ctx, requestKey{}, request)
		if right == rightOpen {
			if err == nil {
				ctx = huma.WithContext(ctx, crm.WithActor(ctx.Context(), login.Actor))
			}
			next(ctx)
			return
		}
		switch {
		case err != nil:
			refuse(ctx, err)
			return
		case !login.program && unsafe(ctx.Method()) && !sameSecret(ctx.Header(csrfHeader), csrf(login.token)):
			refuse(ctx, &crm.Error{Kind: crm.KindForbidden, Code: "csrf"})
			return
		case login.Enrol && ctx.Operation().Extensions[earlyExtension] == nil:
			refuse(ctx, &crm.Error{Kind: crm.KindForbidden, Code: codeEnrol})
			return
		case right == "" || right != rightSignedIn && !login.Actor.Can(crm.Right(right)):
			refuse(ctx, crm.Forbidden(crm.Right(right)))
			return
		}
		next(huma.WithContext(ctx, crm.WithActor(ctx.Context(), login.Actor)))
	}
}

// origin is where a request came from. A proxy on this machine speaks for its client: the last address of X-Forwarded-For is
// the one that the proxy itself has seen.
func origin(ctx huma.Context) Request {
	return originOf(ctx.RemoteAddr(), ctx.TLS() != nil, ctx.Header)
}

func originOf(remote string, secure bool, header func(string) string) Request {
	r := Request{Address: host(remote), Agent: header("User-Agent"), Secure: secure}
	if ip := net.ParseIP(r.Address); ip == nil || !ip.IsLoopback() {
		return r
	}
	r.Secure = r.Secure || header("X-Forwarded-Proto") == "https"
	path := strings.Split(header("X-Forwarded-For"), ",")
	if ip := net.ParseIP(strings.TrimSpace(path[len(path)-1])); ip != nil {
		r.Address = ip.String()
	}
	return r
}

func unsafe(method string) bool {
	return method != http.MethodGet && method != http.MethodHead && method != http.MethodOptions
}

func host(address string) string {
	h, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return h
}

func bearer(header func(string) string) (token string, ok bool) {
	scheme, token, ok := strings.Cut(header("Authorization"), " ")
	return strings.TrimSpace(token), ok && strings.EqualFold(scheme, "bearer")
}
