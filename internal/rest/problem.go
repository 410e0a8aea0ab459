package rest

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"amanah/internal/fault"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
)

// Problem is an error as RFC 9457 has it.
type Problem struct {
	Type     string  `json:"type" format:"uri" example:"urn:amanah:problem:invalid" doc:"Which problem it is. It never changes for one code."`
	Title    string  `json:"title" example:"Something in the request is not right" doc:"The problem in a few words, in the language of Accept-Language."`
	Status   int     `json:"status" format:"int32" example:"422" doc:"The HTTP status."`
	Detail   string  `json:"detail,omitempty" example:"The amount is not a number." doc:"What is wrong and what to do, for people."`
	Instance string  `json:"instance,omitempty" format:"uri" example:"urn:request:4f1c2a9b0d3e5f60" doc:"The number of the request, as the operator's log has it."`
	Code     string  `json:"code" example:"invalid" doc:"The last part of type, for programs."`
	Errors   []Wrong `json:"errors,omitempty" maxItems:"200" doc:"What is wrong with single fields."`
}

// Wrong is what is wrong with one field of a request. It never repeats the value.
type Wrong struct {
	Detail    string `json:"detail" example:"The amount is not a number." doc:"What is wrong, for people."`
	Pointer   string `json:"pointer,omitempty" example:"#/amount" doc:"Where in the body, as a JSON pointer."`
	Parameter string `json:"parameter,omitempty" example:"limit" doc:"Which parameter of the path, the query or the header."`
}

// TypePrefix goes before a code in the type of a problem.
const TypePrefix = "urn:amanah:problem:"

// code is the name of a problem; docs/errors.md lists all.
type code string

// The problems beside the codes of fault.
const (
	codeNoCall      code = "no_such_call"
	codeMethod      code = "method_not_allowed"
	codeMedia       code = "unsupported_media_type"
	codeMalformed   code = "malformed"
	codeScope       code = "insufficient_scope"
	codeRole        code = "role_not_allowed"
	codeCursor      code = "cursor_invalid"
	codeKeyWrong    code = "idempotency_key_wrong"
	codeKeyReused   code = "idempotency_key_reused"
	codeKeyInFlight code = "idempotency_in_flight"
	codeKeyUnknown  code = "idempotency_unknown"
	codeKeySecret   code = "idempotency_secret"
	codeFactor      code = "second_factor_required"
	codeTimeout     code = "request_timeout"

	codeInvalid  = code(fault.Invalid)
	codeTooLarge = code(fault.TooLarge)
	codeInternal = code(fault.Internal)
)

// FactorKey is the message key of the Unauthorized fault that asks for a second
// factor. Any key rest.problem.<code>.text makes the problem of that code.
const FactorKey = "rest.problem.second_factor_required.text"

var statuses = map[code]int{
	codeNoCall: 404, codeMethod: 405, codeMedia: 415, codeMalformed: 400, codeScope: 403, codeRole: 403, codeCursor: 422,
	codeKeyWrong: 400, codeKeyReused: 422, codeKeyInFlight: 409, codeKeyUnknown: 409, codeKeySecret: 409, codeFactor: 401, codeTimeout: 408,
	code(fault.Invalid): 422, code(fault.Unauthorized): 401, code(fault.Forbidden): 403, code(fault.NotFound): 404,
	code(fault.Conflict): 409, code(fault.TooLarge): 413, code(fault.TooMany): 429, code(fault.Unavailable): 503, code(fault.Internal): 500,
}

func codeOf(f *fault.Error) code {
	if c, ok := strings.CutPrefix(f.Key, "rest.problem."); ok {
		c = strings.TrimSuffix(c, ".text")
		if _, ok := statuses[code(c)]; ok {
			return code(c)
		}
	}
	if _, ok := statuses[code(f.Code)]; ok {
		return code(f.Code)
	}
	return code(fault.Internal)
}

// Error, GetStatus and ContentType make a problem an answer of huma.
func (p *Problem) Error() string  { return p.Code }
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of problems.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// problemOf describes a problem in the language of the request; f may be nil.
func (a *API) problemOf(ctx context.Context, c code, f *fault.Error) Problem {
	p := i18n.From(ctx)
	if p.Catalog == nil {
		p = a.cfg.Catalog.Printer(i18n.ID, nil)
	}
	key := "rest.problem." + string(c)
	out := Problem{Type: TypePrefix + string(c), Code: string(c), Status: statuses[c], Title: p.T(key + ".title"), Detail: p.T(key + ".text")}
	if f != nil && c != code(fault.Internal) {
		if f.Key != "" && p.Has(f.Key) {
			out.Detail = p.TMap(f.Key, f.Args)
		}
		if f.Field != "" {
			out.Errors = []Wrong{{Detail: out.Detail, Pointer: pointer("body." + f.Field)}}
			if c := callOf(ctx); c != nil && c.r.Method == http.MethodGet {
				out.Errors[0].Pointer, out.Errors[0].Parameter = "", f.Field
			}
		}
	}
	if id := web.RequestID(ctx); id != "" {
		out.Instance = "urn:request:" + id
	}
	return out
}

// problem answers one before a call's function runs.
func (a *API) problem(w http.ResponseWriter, r *http.Request, c code, f *fault.Error) {
	ctx := a.speak(r.Context(), r)
	write(w, a.problemOf(ctx, c, f), i18n.From(ctx).Lang)
}

func write(w http.ResponseWriter, p Problem, lang i18n.Lang) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Language", string(lang))
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

// speak puts the language of Accept-Language into a request's context.
func (a *API) speak(ctx context.Context, r *http.Request) context.Context {
	return i18n.Into(ctx, a.cfg.Catalog.Printer(web.Accepted(r.Header.Get("Accept-Language")), nil))
}

// waitOf is how long a fault says to wait.
func waitOf(f *fault.Error) time.Duration {
	d, _ := f.Args["wait"].(time.Duration)
	return d
}

// seconds is a span as Retry-After has it, rounded up.
func seconds(d time.Duration) string { return strconv.Itoa(int((d + time.Second - 1) / time.Second)) }
