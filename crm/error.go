package crm

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Kind is the family of a failure. The set is closed; crm/api has the one table to HTTP.
type Kind string

// The kinds of failure.
const (
	KindInvalid     Kind = "invalid"         // what was sent cannot be right
	KindUnknown     Kind = "unauthenticated" // nobody is logged in
	KindForbidden   Kind = "forbidden"       // logged in, without the right
	KindNotFound    Kind = "not_found"       // not there, or not for these eyes
	KindConflict    Kind = "conflict"        // right in itself, not as things stand
	KindTooLarge    Kind = "too_large"
	KindTooMany     Kind = "too_many"    // too often
	KindUnavailable Kind = "unavailable" // a part that we need is away
)

// Params are the figures and names that the words of an error need.
type Params = map[string]any

// Error is a failure that people may see: a stable code and its parameters; the browser has the words.
// Err is the cause, for the log only.
type Error struct {
	Kind   Kind
	Code   string
	Params Params
	Err    error
}

// Error writes the failure for the log.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Code)
	keys := make([]string, 0, len(e.Params))
	for k := range e.Params {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		fmt.Fprintf(&b, " %s=%v", k, e.Params[k])
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

func failure(kind Kind, code string, params []Params) *Error {
	e := &Error{Kind: kind, Code: code}
	if len(params) > 0 {
		e.Params = params[0]
	}
	return e
}

// Invalid says that what was sent cannot be right.
func Invalid(code string, params ...Params) *Error { return failure(KindInvalid, code, params) }

// NotFound says that there is no such object, or none that the actor may see.
func NotFound(object string) *Error {
	return &Error{Kind: KindNotFound, Code: "not_found", Params: Params{"object": object}}
}

// Forbidden says that the actor lacks the right.
func Forbidden(right Right) *Error {
	return &Error{Kind: KindForbidden, Code: "forbidden", Params: Params{"right": string(right)}}
}

// Conflict says that the wish does not fit what is stored.
func Conflict(code string, params ...Params) *Error { return failure(KindConflict, code, params) }

// TooMany says that something was asked for too often.
func TooMany(code string, params ...Params) *Error { return failure(KindTooMany, code, params) }

// Unavailable says that a part we need is away.
func Unavailable(code string, params ...Params) *Error { return failure(KindUnavailable, code, params) }

// Unauthenticated says that nobody is logged in.
func Unauthenticated(code string, params ...Params) *Error {
	return failure(KindUnknown, code, params)
}

// KindOf gives the kind of an error, empty for one that is not ours.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return ""
}

// IsNotFound says whether the error means that something is not there.
func IsNotFound(err error) bool { return KindOf(err) == KindNotFound }
