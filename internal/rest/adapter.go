package rest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"amanah/internal/fault"
	"amanah/internal/web"
)

// adapter mounts huma's handlers on the API's mux, each behind the API's own
// checks.
type adapter struct{ *API }

func (a adapter) Handle(op *huma.Operation, handler func(huma.Context)) {
	o := a.ops[len(a.ops)-1] // Register has just added it
	types := bodyTypes(op)
	a.mux.HandleFunc(op.Method+" "+a.base+op.Path, func(w http.ResponseWriter, r *http.Request) {
		a.serve(w, r, o, types, func(w http.ResponseWriter, r *http.Request) { handler(humago.NewContext(op, r, w)) })
	})
}

func (a adapter) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.API.ServeHTTP(w, r) }

func bodyTypes(op *huma.Operation) []string {
	if op.RequestBody == nil {
		return nil
	}
	var out []string
	for t := range op.RequestBody.Content {
		out = append(out, t)
	}
	return out
}

// serve leads a request through the checks to its function: address, token,
// quota, scope, role, body, Idempotency-Key.
func (a *API) serve(w http.ResponseWriter, r *http.Request, op Op, types []string, run http.HandlerFunc) {
	if !a.admitAddress(w, r) {
		return
	}
	c := &call{api: a, op: op}
	ctx := a.speak(r.Context(), r)
	if !op.Open {
		var ok bool
		if ctx, ok = a.authenticate(ctx, w, r, c); !ok {
			return
		}
	}
	body, bad := readBody(w, r, op, types)
	if bad != "" {
		a.problem(w, r, bad, nil)
		return
	}
	c.r = r.WithContext(context.WithValue(ctx, callKey{}, c))
	c.r.Body = io.NopCloser(bytes.NewReader(body))
	w.Header().Set("Content-Language", string(langOf(ctx)))
	if op.Creates && r.Header.Get(keyHeader) != "" {
		a.once(w, c, body, run)
		return
	}
	run(w, c.r)
}

// authenticate finds the caller, and refuses who may not make this call.
func (a *API) authenticate(ctx context.Context, w http.ResponseWriter, r *http.Request, c *call) (context.Context, bool) {
	refuse := func(code code, f *fault.Error, challenge string) (context.Context, bool) {
		w.Header().Set("WWW-Authenticate", "Bearer"+challenge)
		a.problem(w, r, code, f)
		return ctx, false
	}
	token, ok := bearer(r)
	if !ok || a.cfg.Auth == nil {
		return refuse(code(fault.Unauthorized), nil, "")
	}
	ctx, who, err := a.cfg.Auth.Caller(ctx, r, token)
	if fault.Is(err, fault.Unauthorized) {
		return refuse(codeOf(fault.Of(err)), nil, ` error="invalid_token"`)
	}
	if err != nil {
		p := a.problemOf(ctx, codeOf(fault.Of(err)), fault.Of(err))
		if p.Status >= http.StatusInternalServerError {
			a.cfg.Log.ErrorContext(ctx, "fault", "call", c.op.ID, "request", p.Instance, "error", err.Error())
		}
		write(w, p, langOf(ctx))
		return ctx, false
	}
	c.caller = who
	if !a.admit(w, r, a.tokens, "token", who.Token) {
		return ctx, false
	}
	switch {
	case !c.op.Any && !slices.Contains(who.Scopes, c.op.Scope):
		return refuse(codeScope, nil, ` error="insufficient_scope", scope="`+c.op.Scope+`"`)
	case c.op.Person:
	case who.Workspace.IsZero() || len(c.op.Roles) > 0 && !slices.Contains(c.op.Roles, who.Role):
		a.problem(w, r, codeRole, nil)
		return ctx, false
	}
	return ctx, true
}

// bearer reads the one Authorization header (RFC 6750). Tokens elsewhere, as in
// the query, do not count: addresses end in logs.
func bearer(r *http.Request) (string, bool) {
	h := r.Header.Values("Authorization")
	if len(h) != 1 || len(h[0]) > 4096 {
		return "", false
	}
	scheme, token, ok := strings.Cut(h[0], " ")
	token = strings.TrimSpace(token)
	return token, ok && strings.EqualFold(scheme, "Bearer") && token != ""
}

// readBody takes a body of the right type, up to its limit; or the problem of it.
func readBody(w http.ResponseWriter, r *http.Request, op Op, types []string) ([]byte, code) {
	most := op.MaxBody
	if most == 0 {
		most = maxBody
	}
	body, err := io.ReadAll(web.Body(w, r, most))
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return nil, codeTooLarge
	}
	whole := err == nil
	switch {
	case !whole:
		return nil, codeTimeout
	case len(body) == 0:
		return body, ""
	case len(types) == 0:
		return nil, codeMalformed
	case !rightType(r.Header, types):
		return nil, codeMedia
	}
	return body, ""
}

// rightType tells whether a body says to be of one of the types, in UTF-8 and not
// compressed.
func rightType(h http.Header, types []string) bool {
	t, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil || !slices.Contains(types, t) || h.Get("Content-Encoding") != "" {
		return false
	}
	charset := params["charset"]
	return charset == "" || strings.EqualFold(charset, "utf-8") || !strings.HasSuffix(t, "json")
}
