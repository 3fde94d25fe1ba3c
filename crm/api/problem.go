package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"ringbook/crm"
	"ringbook/crm/postgres"
)

// Problem is an error as RFC 9457 writes it, with a stable code and its parameters; the browser has the words.
type Problem struct {
	Type   string             `json:"type" example:"about:blank"`
	Title  string             `json:"title"`
	Status int                `json:"status"`
	Code   string             `json:"code" doc:"Stable; programs may rely on it"`
	Params map[string]any     `json:"params,omitempty"`
	Errors []huma.ErrorDetail `json:"errors,omitempty" doc:"Which fields are wrong, and how"`
}

// Error writes the problem for the log.
func (p *Problem) Error() string { return p.Code }

// GetStatus gives the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType names the form of the body.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// The one table from our failures to HTTP.
var statuses = map[crm.Kind]int{
	crm.KindInvalid:     http.StatusUnprocessableEntity,
	crm.KindUnknown:     http.StatusUnauthorized,
	crm.KindForbidden:   http.StatusForbidden,
	crm.KindNotFound:    http.StatusNotFound,
	crm.KindConflict:    http.StatusConflict,
	crm.KindTooLarge:    http.StatusRequestEntityTooLarge,
	crm.KindTooMany:     http.StatusTooManyRequests,
	crm.KindUnavailable: http.StatusServiceUnavailable,
}

var codes = map[int]string{
	http.StatusBadRequest: "bad_request", http.StatusUnauthorized: "not_logged_in", http.StatusForbidden: "forbidden",
	http.StatusNotFound: "not_found", http.StatusMethodNotAllowed: "method_not_allowed", http.StatusConflict: "conflict",
	http.StatusRequestEntityTooLarge: "too_large", http.StatusUnsupportedMediaType: "unsupported_media_type",
	http.StatusUnprocessableEntity: "invalid", http.StatusTooManyRequests: "too_many", http.StatusServiceUnavailable: "unavailable",
	http.StatusRequestTimeout: "timeout", http.StatusNotAcceptable: "not_acceptable",
}

func init() { // huma asks for these as variables of its package
	huma.DefaultArrayNullable = false
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError { return problem(status, errs...) }
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
		p := problem(status, errs...)
		if ctx != nil {
			keepCause(ctx.Context(), p, errors.Join(errs...))
			if minutes, ok := p.Params["minutes"].(int); ok && p.Status == http.StatusTooManyRequests {
				ctx.SetHeader("Retry-After", strconv.Itoa(60*minutes))
			}
		}
		return p
	}
}

// ProblemOf says how an error is told to people. What is not ours is an internal one, and says nothing else.
func ProblemOf(err error) *Problem { return problem(http.StatusInternalServerError, err) }

func problem(status int, errs ...error) *Problem {
	p := &Problem{Type: "about:blank", Status: status, Code: codes[status]}
	for _, err := range errs {
		if err == nil {
			continue
		}
		if e, ok := errors.AsType[*crm.Error](err); ok {
			p.Status, p.Code, p.Params = statuses[e.Kind], e.Code, e.Params
		} else if status >= 500 && (postgres.Away(err) || errors.Is(err, context.DeadlineExceeded)) {
			p.Status, p.Code = http.StatusServiceUnavailable, "database_away"
		} else if postgres.BadText(err) {
			p.Status, p.Code = http.StatusUnprocessableEntity, "bad_text"
		} else if d, ok := err.(huma.ErrorDetailer); ok && status < 500 {
			detail := *d.ErrorDetail()
			detail.Value = nil // a password may be in it
			p.Errors = append(p.Errors, detail)
		}
	}
	if p.Code == "" {
		p.Code = "internal"
	}
	p.Title = http.StatusText(p.Status)
	return p
}
