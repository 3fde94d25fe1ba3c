package access

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ringbook/crm"
)

// Routes registers logins, people, teams, roles, tokens, the company and the audit log.
func (s *Store) Routes(api huma.API, guard Guard) {
	huma.Post(api, "/login", s.postLogin, guard.Open())
	huma.Post(api, "/logout", s.postLogout, guard.SignedIn(), early)
	huma.Get(api, "/session", s.getSession, guard.SignedIn(), early)
	huma.Post(api, "/session/password", s.postOwnPassword, guard.Needs("account.write"), early)
	huma.Patch(api, "/session", s.patchSession, guard.Needs("account.write"), early)
	huma.Get(api, "/session/second-step", s.getSecondStep, guard.Needs("account.write"), early)
	huma.Post(api, "/session/second-step", s.postSecondStep, guard.Needs("account.write"), early)
	huma.Post(api, "/session/second-step/prove", s.postSecondStepProof, guard.Needs("account.write"), early)
	huma.Post(api, "/session/second-step/codes", s.postRecoveryCodes, guard.Needs("account.write"))
	huma.Post(api, "/session/second-step/off", s.postSecondStepOff, guard.Needs("account.write"))
	huma.Get(api, "/sessions", s.getSessions, guard.Needs("account.write"))
	huma.Delete(api, "/sessions", s.deleteSessions, guard.Needs("account.write"))
	huma.Delete(api, "/sessions/{id}", s.deleteSession, guard.Needs("account.write"))
	huma.Get(api, "/tokens", s.getTokens, guard.Needs("tokens.write"))
	huma.Post(api, "/tokens", s.postToken, guard.Needs("tokens.write"))
	huma.Delete(api, "/tokens/{id}", s.deleteToken, guard.Needs("tokens.write"))
	huma.Get(api, "/users", s.getUsers, guard.Needs("users.read"))
	huma.Post(api, "/users", s.postUser, guard.Needs("users.write"), created)
	huma.Get(api, "/users/{id}", s.getUser, guard.Needs("users.read"))
	huma.Patch(api, "/users/{id}", s.patchUser, guard.Needs("users.write"))
	huma.Post(api, "/users/{id}/password", s.postPassword, guard.Needs("users.write"))
	huma.Delete(api, "/users/{id}/second-step", s.deleteSecondStep, guard.Needs("users.write"))
	huma.Get(api, "/teams", s.getTeams, guard.Needs("users.read"))
	huma.Post(api, "/teams", s.postTeam, guard.Needs("users.write"), created)
	huma.Patch(api, "/teams/{id}", s.patchTeam, guard.Needs("users.write"))
	huma.Get(api, "/roles", s.getRoles, guard.Needs("users.read"))
	huma.Put(api, "/roles/{name}", s.putRole, guard.Needs("roles.write"))
	huma.Delete(api, "/roles/{name}", s.deleteRole, guard.Needs("roles.write"))
	huma.Get(api, "/company", s.getCompany, guard.Needs("settings.read"))
	huma.Patch(api, "/company", s.patchCompany, guard.Needs("settings.write"))
	huma.Get(api, "/audit", s.getAudit, guard.Needs("audit.read"))
}

func created(op *huma.Operation) { op.DefaultStatus = http.StatusCreated }

type (
	none         struct{}
	reply[T any] struct{ Body T }
	items[T any] struct{ Body crm.Page[T] }
	byID         struct {
		ID string `path:"id" format:"uuid"`
	}
	body[T any]   struct{ Body T }
	change[T any] struct {
		ID   string `path:"id" format:"uuid"`
		Body T
	}
)

func answer[T any](v T, err error) (*reply[T], error) {
	if err != nil {
		return nil, err
	}
	return &reply[T]{Body: v}, nil
}

func list[T any](v []T, err error) (*items[T], error) {
	if err != nil {
		return nil, err
	}
	return &items[T]{Body: crm.Page[T]{Items: v}}, nil
}

// Me is who is logged in, and what they may do.
type Me struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Email    string   `json:"email"`
	Role     string   `json:"role"`
	TeamID   string   `json:"team_id"`
	Language string   `json:"language"`
	Rights   []string `json:"rights"`
}

// SessionState is what the web app needs to know first.
type SessionState struct {
	Me   Me     `json:"me"`
	CSRF string `json:"csrf" doc:"The header X-CSRF-Token of unsafe requests"`
	Demo bool   `json:"demo"`
	CA   bool   `json:"ca" doc:"The local CA is at /ca.crt"`
	// SecondStepNeeded is for whom only their account is open until they have set a second step up.
	SecondStepNeeded bool `json:"second_step_needed" doc:"The company requires a second step; until it is set up everything else is refused"`
}

func (s *Store) state(ctx context.Context, login Login) (SessionState, error) {
	u, err := s.User(ctx, login.Actor.User)
	me := Me{ID: u.ID, Name: u.Name, Email: u.Email, Role: u.Role, TeamID: u.TeamID, Language: u.Language, Rights: Grants(login.Actor.Rights)}
	return SessionState{Me: me, CSRF: login.CSRF(), Demo: s.demo, CA: s.ca, SecondStepNeeded: login.Enrol}, err
}

// Credentials are what one logs in with.
type Credentials struct {
	Email    string `json:"email" maxLength:"300"`
	Password string `json:"password" maxLength:"300"`
	Code     string `json:"code,omitempty" maxLength:"40" doc:"Of the authenticator, or a recovery code; after the answer code_needed"`
}

type sessionReply struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      SessionState
}

func cookie(ctx context.Context, token string, lasts time.Duration) http.Cookie {
	return http.Cookie{Name: Cookie, Value: token, Path: "/", MaxAge: int(lasts.Seconds()), HttpOnly: true,
		Secure: RequestFrom(ctx).Secure, SameSite: http.SameSiteLaxMode}
}

func (s *Store) postLogin(ctx context.Context, in *body[Credentials]) (*sessionReply, error) {
	login, err := s.LogIn(ctx, in.Body.Email, in.Body.Password, in.Body.Code)
	if err != nil {
		return nil, err
	}
	state, err := s.state(ctx, login)
	if err != nil {
		return nil, err
	}
	return &sessionReply{SetCookie: cookie(ctx, login.token, sessionLasts), Body: state}, nil
}

type loggedOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (s *Store) postLogout(ctx context.Context, _ *none) (*loggedOut, error) {
	if err := s.LogOut(ctx); err != nil {
		return nil, err
	}
	return &loggedOut{SetCookie: cookie(ctx, "", -time.Second)}, nil
}

func (s *Store) getSession(ctx context.Context, _ *none) (*reply[SessionState], error) {
	return answer(s.state(ctx, RequestFrom(ctx).login))
}

// OwnPassword is a change of one's own password.
type OwnPassword struct {
	Current  string `json:"current" maxLength:"300"`
	Password string `json:"password" maxLength:"200"`
}

func (s *Store) postOwnPassword(ctx context.Context, in *body[OwnPassword]) (*none, error) {
	return nil, s.ChangeOwnPassword(ctx, in.Body.Current, in.Body.Password)
}

// OwnSettings are what everybody sets for themselves.
type OwnSettings struct {
	Language string `json:"language" enum:",en,ru"`
}

func (s *Store) patchSession(ctx context.Context, in *body[OwnSettings]) (*reply[SessionState], error) {
	login := RequestFrom(ctx).login
	if err := s.setLanguage(ctx, login.Actor.User, in.Body.Language); err != nil {
		return nil, err
	}
	return answer(s.state(ctx, login))
}

func (s *Store) getCompany(ctx context.Context, _ *none) (*reply[Company], error) {
	return answer(s.Company(ctx))
}

func (s *Store) patchCompany(ctx context.Context, in *body[CompanyChange]) (*reply[Company], error) {
	return answer(s.ChangeCompany(ctx, in.Body))
}

func (s *Store) getAudit(ctx context.Context, in *struct {
	Action   string    `query:"action" doc:"Beginning of the action, such as user."`
	Actor    string    `query:"actor" format:"uuid"`
	Object   string    `query:"object"`
	ObjectID string    `query:"object_id"`
	From     time.Time `query:"from"`
	To       time.Time `query:"to"`
	Limit    int       `query:"limit" default:"50" minimum:"1" maximum:"200"`
	Cursor   string    `query:"cursor"`
}) (*items[AuditLine], error) {
	page, err := s.AuditLog(ctx, AuditFilter{Action: in.Action, Actor: in.Actor, Object: in.Object, ObjectID: in.ObjectID,
		From: in.From, To: in.To, Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, err
	}
	return &items[AuditLine]{Body: page}, nil
}
