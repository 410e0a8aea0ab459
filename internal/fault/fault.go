// Package fault is the one error type of Amanah. An error that crosses a
// package boundary carries a code (mapped once to an HTTP status, an SMTP reply
// or an exit code), a message key that web and rest translate for the person,
// the operation that failed and the cause for the log.
//
// A fault never carries personal data: neither Key, Args nor Op may hold a name,
// an address, an amount or a text that a person wrote.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Code says what kind of failure this is. Everything unknown is Internal and is
// never shown to a person beyond "something went wrong on our side".
type Code string

// The codes, with the HTTP status that web and rest answer.
const (
	Invalid      Code = "invalid"      // 422: the input is wrong; Key says how
	Unauthorized Code = "unauthorized" // 401: who are you?
	Forbidden    Code = "forbidden"    // 403: known, but not allowed; also a purpose or a processor the notice does not name
	NotFound     Code = "not_found"    // 404: also what belongs to another tenant
	Conflict     Code = "conflict"     // 409: exists already, or changed meanwhile
	TooLarge     Code = "too_large"    // 413
	TooMany      Code = "too_many"     // 429
	Unavailable  Code = "unavailable"  // 503: try again later
	Internal     Code = "internal"     // 500
)

// Error is a failure. Fields may be empty, except Code.
type Error struct {
	Code Code
	// Key names the translated sentence, such as "signup.email.taken".
	Key string
	// Args fill the sentence: numbers, limits, names of fields. Never personal data.
	Args map[string]any
	// Op is package.Function, where it happened.
	Op string
	// Field is the input's name that the message belongs to, for forms.
	Field string
	// Err is the cause; it is logged, never shown.
	Err error
}

// New makes a fault with a code, the operation and the message key.
func New(code Code, op, key string) *Error { return &Error{Code: code, Op: op, Key: key} }

// Wrap adds what was being done to a cause. A cause that is a fault keeps its
// code and key; any other becomes Internal. Wrap(op, nil) is nil.
func Wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	var f *Error
	if errors.As(err, &f) {
		return &Error{Code: f.Code, Key: f.Key, Args: f.Args, Field: f.Field, Op: op, Err: err}
	}
	return &Error{Code: Internal, Op: op, Err: err}
}

// With returns a copy that carries an argument of the sentence.
func (e *Error) With(name string, value any) *Error {
	c := *e
	c.Args = make(map[string]any, len(e.Args)+1)
	for k, v := range e.Args {
		c.Args[k] = v
	}
	c.Args[name] = value
	return &c
}

// On returns a copy that belongs to a field of a form.
func (e *Error) On(field string) *Error {
	c := *e
	c.Field = field
	return &c
}

// Cause returns a copy with the error that led to it.
func (e *Error) Cause(err error) *Error {
	c := *e
	c.Err = err
	return &c
}

// Error is for the log: code, operations from the outside in, key, cause.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	b.WriteString(": ")
	b.WriteString(string(e.Code))
	if e.Key != "" {
		b.WriteString(" (" + e.Key + ")")
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf is the code of an error: Internal for what is not a fault, "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var f *Error
	if errors.As(err, &f) {
		return f.Code
	}
	return Internal
}

// Is tells whether an error has a code.
func Is(err error, code Code) bool { return err != nil && CodeOf(err) == code }

// Of gives the fault inside an error, or an Internal one around it.
func Of(err error) *Error {
	var f *Error
	if errors.As(err, &f) {
		return f
	}
	return &Error{Code: Internal, Op: "unknown", Err: err}
}
