package rest

import (
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"amanah/internal/fault"
	"amanah/internal/tenant"
)

// Op describes a call.
type Op struct {
	Method string
	// Path is below /{service}/api/v1, such as "/targets/{id}".
	Path string
	// ID names the call in generated clients: a verb and a noun, "createTarget".
	ID      string
	Tag     string
	Summary string // a few words, English
	Details string // sentences, English; CommonMark
	// Scope is what the token must have. A call without one needs Open.
	Scope string
	// Roles lets only these roles in; none named: every member of a workspace.
	Roles []tenant.Role
	// Person says that the call concerns the person and not a workspace: it works
	// also for who belongs to none.
	Person bool
	// Any says that every good token may make the call, whatever its scopes.
	Any bool
	// Open says that the call needs no token: sign-in, the refresh of a token.
	Open bool
	// Creates says that the call makes something: it takes an Idempotency-Key.
	Creates bool
	// Secret says that the answer holds what is shown once: it is then never kept,
	// and a repeated key says so instead.
	Secret bool
	// Status of the answer; 200, or 204 without a body, where 0.
	Status int
	// MaxBody is the most a body may have; 64 KiB where 0.
	MaxBody int64
	// Errors are statuses beside those that every call of its kind can have.
	Errors []int
	// Produces is the content type of a call made with RegisterStream.
	Produces string
}

const maxBody = 64 << 10

// Register adds a call. It panics on a description that contradicts itself: calls
// are registered at the start.
func Register[In, Out any](a *API, op Op, f func(context.Context, *In) (*Out, error)) {
	a.add(op)
	huma.Register(a.huma, a.operation(op, reflect.TypeFor[In]()), func(ctx context.Context, in *In) (*Out, error) {
		out, err := f(ctx, in)
		if err != nil {
			return nil, a.failed(ctx, err)
		}
		return out, nil
	})
}

// Stream is an answer that is written piece by piece.
type Stream struct {
	Filename string // of the download, "" for none
	Write    func(w io.Writer) error
}

// RegisterStream adds a call that answers with a file of the type op.Produces.
func RegisterStream[In any](a *API, op Op, f func(context.Context, *In) (*Stream, error)) {
	if op.Produces == "" {
		panic("rest: " + op.ID + " streams and says not what")
	}
	a.add(op)
	huma.Register(a.huma, a.operation(op, reflect.TypeFor[In]()), func(ctx context.Context, in *In) (*huma.StreamResponse, error) {
		s, err := f(ctx, in)
		if err != nil {
			return nil, a.failed(ctx, err)
		}
		return &huma.StreamResponse{Body: func(c huma.Context) {
			w := &streamed{Context: c, op: op, filename: s.Filename}
			err := s.Write(w)
			if err != nil && !w.begun { // nothing of a file is out: the error can be told
				a.refuse(ctx, c, err)
				return
			}
			if !w.begun {
				w.begin()
			}
			if err != nil {
				a.cfg.Log.ErrorContext(ctx, "rest stream ended early", "call", op.ID, "error", err)
				panic(http.ErrAbortHandler) // a file cut short must not look whole
			}
		}}, nil
	})
}

// streamed begins the answer with the first bytes of the file.
type streamed struct {
	huma.Context
	op       Op
	filename string
	begun    bool
}

func (s *streamed) begin() {
	s.begun = true
	s.SetHeader("Content-Type", s.op.Produces)
	if s.filename != "" {
		s.SetHeader("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": s.filename}))
	}
	s.SetStatus(http.StatusOK)
}

// Write writes to the caller.
func (s *streamed) Write(b []byte) (int, error) {
	if !s.begun {
		s.begin()
	}
	return s.BodyWriter().Write(b)
}

// refuse answers an error in place of a stream.
func (a *API) refuse(ctx context.Context, c huma.Context, err error) {
	told, status := a.failed(ctx, err), http.StatusInternalServerError
	if s, ok := told.(huma.StatusError); ok {
		status = s.GetStatus()
	}
	c.SetHeader("Content-Type", "application/problem+json")
	c.SetStatus(status)
	_ = json.NewEncoder(c.BodyWriter()).Encode(told)
}

func (a *API) add(op Op) {
	switch {
	case op.ID == "" || op.Summary == "" || op.Tag == "":
		panic("rest: " + op.Method + " " + op.Path + " needs an ID, a tag and a summary")
	case op.Scope != "" && (op.Open || op.Any) || op.Scope == "" && op.Open == op.Any:
		panic("rest: " + op.ID + " needs one of a scope, Any and Open")
	case op.Creates && op.Method != http.MethodPost:
		panic("rest: " + op.ID + " creates by another method than POST")
	case op.Scope != "" && !a.hasScope(op.Scope):
		panic("rest: " + op.ID + " has a scope that the configuration does not name: " + op.Scope)
	}
	a.ops = append(a.ops, op)
}

func (a *API) hasScope(name string) bool {
	for _, s := range a.cfg.Scopes {
		if s.Name == name {
			return true
		}
	}
	return false
}

// failed makes the problem of a call's error and logs what is ours.
func (a *API) failed(ctx context.Context, err error) error {
	f := fault.Of(err)
	p := a.problemOf(ctx, codeOf(f), f)
	if p.Status >= http.StatusInternalServerError {
		id := ""
		if c := callOf(ctx); c != nil {
			id = c.op.ID
		}
		a.cfg.Log.ErrorContext(ctx, "fault", "call", id, "request", p.Instance, "code", string(f.Code), "error", err.Error())
	}
	if wait := waitOf(f); wait > 0 {
		return huma.ErrorWithHeaders(&p, http.Header{"Retry-After": {seconds(wait)}})
	}
	return &p
}
