package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"

	"ringbook/crm"
	"ringbook/crm/postgres"
)

// Cookie is the name of the session's cookie.
const Cookie = "ringbook_session"

const (
	csrfHeader   = "X-CSRF-Token"
	sessionLasts = 30 * 24 * time.Hour
	sessionIdle  = 7 * 24 * time.Hour
	seenEvery    = time.Minute
	awayMemory   = 10 * time.Minute // how long a login that we saw is believed while the database is away
)

// Login is a person's session, or a program with a token, that proved itself.
type Login struct {
	Actor   crm.Actor
	Session string // ID of the session, empty for a program
	// Enrol is for whom the company requires a second step and who has none yet: they may do nothing before.
	Enrol   bool
	token   string
	program bool
}

// CSRF is the token that the session's unsafe requests must carry in the header X-CSRF-Token.
func (l Login) CSRF() string { return csrf(l.token) }

// Request is where a request came from.
type Request struct {
	Address string
	Agent   string
	Secure  bool // by TLS
	login   Login
}

type requestKey struct{}

// RequestFrom reads where the request being served came from.
func RequestFrom(ctx context.Context) Request {
	r, _ := ctx.Value(requestKey{}).(Request)
	return r
}

// Identify finds who sends a request outside the typed API, such as the live socket's first one. It checks no CSRF token: check the Origin.
func (s *Store) Identify(r *http.Request) (Login, error) {
	login, err := s.identify(r.Context(), r.Header.Get)
	if err == nil && login.Enrol {
		return Login{}, crm.Unauthenticated(codeEnrol)
	}
	return login, err
}

func (s *Store) identify(ctx context.Context, header func(string) string) (Login, error) {
	switch token, program := credential(header); {
	case token == "":
		return Login{}, crm.Unauthenticated("not_logged_in")
	case program:
		return s.remembered(ctx, token, s.byToken)
	default:
		return s.remembered(ctx, token, s.bySession)
	}
}

// credential is the token that a request carries, of a program or a session; empty without one.
func credential(header func(string) string) (token string, program bool) {
	if token, ok := bearer(header); ok {
		return token, true
	}
	if cookies, err := http.ParseCookie(header("Cookie")); err == nil {
		for _, c := range cookies {
			if c.Name == Cookie && c.Value != "" {
				return c.Value, false
			}
		}
	}
	return "", false
}

// Asker names who sends a request, for counting: the session or token if it has proved itself before, else the address. It
// asks no database.
func (s *Store) Asker(r *http.Request) (key string, known bool) {
	if token, _ := credential(r.Header.Get); token != "" {
		sum := sha256.Sum256([]byte(token))
		if _, known := s.logins.Load(sum); known {
			return string(sum[:]), true
		}
	}
	return originOf(r.RemoteAddr, r.TLS != nil, r.Header.Get).Address, false
}

type memory struct {
	login Login
	at    time.Time
}

// remembered reads a login, and believes what it read before while the database is away: an operator's tab that
// reconnects in that time must still get its calls.
func (s *Store) remembered(ctx context.Context, token string, read func(context.Context, string) (Login, error)) (Login, error) {
	key := sha256.Sum256([]byte(token))
	login, err := read(ctx, token)
	switch {
	case err == nil:
		s.logins.Store(key, memory{login, s.clock.Now()})
	case postgres.Away(err):
		if seen, ok := s.logins.Load(key); ok && s.clock.Now().Sub(seen.(memory).at) < awayMemory {
			return seen.(memory).login, nil
		}
	default:
		s.logins.Delete(key)
	}
	return login, err
}

const actorColumns = "u.id::text, u.name, u.role, coalesce(u.team_id::text, ''), r.rights"

// enrols says of user u and company c whether a second step must be set up first.
const enrols = "u.role = any(c.second_step_roles) and not exists (select 1 from second_steps st where st.user_id = u.id and st.secret is not null)"

func scanActor(row pgx.Row, more ...any) (crm.Actor, error) {
	var a crm.Actor
	var rights []string
	err := row.Scan(append([]any{&a.User, &a.Name, &a.Role, &a.Team, &rights}, more...)...)
	a.Rights = rightsOf(a.Role, rights)
	return a, err
}

// ActorOf is an active person without a session, for what they do on something else than a page.
func (s *Store) ActorOf(ctx context.Context, user string) (crm.Actor, error) {
	a, err := scanActor(s.pool.QueryRow(ctx, "select "+actorColumns+" from users u join roles r on r.name = u.role where u.id = $1 and u.active", user))
	if err != nil {
		return crm.Actor{}, fmt.Errorf("reading a person: %w", postgres.OrNotFound(err, "user"))
	}
	return a, nil
}

func (s *Store) bySession(ctx context.Context, token string) (Login, error) {
	login, now := Login{token: token}, s.clock.Now()
	var seen time.Time
	var err error
	login.Actor, err = scanActor(s.pool.QueryRow(ctx, "select "+actorColumns+`, s.id::text, s.seen_at, `+enrols+`
		from sessions s cross join company c join users u on u.id = s.user_id join roles r on r.name = u.role
		where s.token = $1 and s.ended_at is null and s.expires_at > $2 and s.seen_at > $3 and u.active`,
		digest(token), now, now.Add(-sessionIdle)), &login.Session, &seen, &login.Enrol)
	if err != nil {
		return Login{}, unknown(err, "session_over")
	}
	if now.Sub(seen) > seenEvery {
		if _, err := s.pool.Exec(ctx, "update sessions set seen_at = $2 where id = $1", login.Session, now); err != nil {
			return Login{}, fmt.Errorf("noting that a session was seen: %w", err)
		}
	}
	return login, nil
}

func (s *Store) byToken(ctx context.Context, token string) (Login, error) {
	login, now := Login{token: token, program: true}, s.clock.Now()
	var seen *time.Time
	var id string
	var err error
	login.Actor, err = scanActor(s.pool.QueryRow(ctx, "select "+actorColumns+`, t.id::text, t.seen_at
		from api_tokens t join users u on u.id = t.user_id join roles r on r.name = u.role
		where t.token = $1 and t.ended_at is null and u.active`, digest(token)), &id, &seen)
	if err != nil {
		return Login{}, unknown(err, "bad_token")
	}
	if seen == nil || now.Sub(*seen) > seenEvery {
		if _, err := s.pool.Exec(ctx, "update api_tokens set seen_at = $2 where id = $1", id, now); err != nil {
			return Login{}, fmt.Errorf("noting that a token was seen: %w", err)
		}
	}
	return login, nil
}

func unknown(err error, code string) error {
	if crm.IsNotFound(postgres.OrNotFound(err, "login")) {
		return crm.Unauthenticated(code)
	}
	return fmt.Errorf("looking for a login: %w", err)
}

// begin starts a session with a token of its own and gives the token, which is stored nowhere.
func (s *Store) begin(ctx context.Context, tx pgx.Tx, user string) (token, id string, err error) {
	token, id = secret(), crm.NewID()
	from, now := RequestFrom(ctx), s.clock.Now()
	_, err = tx.Exec(ctx, `insert into sessions (id, token, user_id, address, agent, created_at, seen_at, expires_at)
		values ($1, $2, $3, $4, $5, $6, $6, $7)`, id, digest(token), user, from.Address, cut(from.Agent, 300), now, now.Add(sessionLasts))
	if err != nil {
		return "", "", fmt.Errorf("beginning a session: %w", err)
	}
	return token, id, nil
}

// endSessions ends the sessions of a person, all but the one to keep, which may be empty.
func (s *Store) endSessions(ctx context.Context, q postgres.Querier, user, keep string) error {
	_, err := q.Exec(ctx, "update sessions set ended_at = $3 where user_id = $1 and id::text <> $2 and ended_at is null", user, keep, s.clock.Now())
	if err != nil {
		return fmt.Errorf("ending sessions: %w", err)
	}
	s.logins.Clear()
	return nil
}

func secret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func digest(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// csrf derives the CSRF token from the session's, so that there is nothing to store.
func csrf(token string) string {
	sum := sha256.Sum256([]byte("csrf\x00" + token))
	return base64.RawURLEncoding.EncodeToString(sum[:24])
}

func sameSecret(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
