package rest

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"amanah/internal/web/i18n"
)

const about = `Everything that the pages of the service do, for programs.

**Tokens.** Send ` + "`Authorization: Bearer …`" + ` with every call. Make a token on the page *Access tokens* of your account, or sign in with ` + "`POST /sessions`" + `. A token has scopes and an end; each call below names the scope that it needs.

**Amounts** are decimal strings with the minor digits of their currency, times are RFC 3339.

**Lists** are read page by page: pass ` + "`next`" + ` of the answer as ` + "`cursor`" + `, or follow the ` + "`Link`" + ` header.

**Creating once.** Calls that create take an ` + "`Idempotency-Key`" + ` (a random string of yours). Sent again with the same body within 24 hours, they give the first answer again and make nothing.

**Errors** are problems (RFC 9457) in the language of ` + "`Accept-Language`" + `, Indonesian or English. Go by ` + "`code`" + `, not by the text.

**Limits.** ` + "`RateLimit`" + ` says what is left, ` + "`Retry-After`" + ` how long to wait after a 429.`

// openapi is the document before any call is in it.
func (a *API) openapi() *huma.OpenAPI {
	registry := huma.NewMapRegistry("#/components/schemas/", schemaName)
	problem := registry.Schema(reflect.TypeFor[Problem](), true, "Problem")
	d := &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{Title: a.cfg.Title + " API", Version: a.version(), Description: about,
			License: &huma.License{Name: "Use is subject to the terms of the service", URL: a.cfg.Address + "/terms"}},
		Servers: []*huma.Server{{URL: a.cfg.Address + "/api/v1", Description: "This installation"}},
		Components: &huma.Components{
			Schemas:   registry,
			Responses: map[string]*huma.Response{},
			SecuritySchemes: map[string]*huma.SecurityScheme{"bearer": {Type: "http", Scheme: "bearer",
				Description: "An access token of POST /sessions (one hour), or a personal token that begins with amn_.\n\nScopes:\n" + scopeList(a.cfg.Scopes)}},
		},
	}
	if a.cfg.Contact != "" {
		d.Info.Contact = &huma.Contact{Name: "The operator", Email: a.cfg.Contact}
	}
	for _, t := range a.cfg.Tags {
		d.Tags = append(d.Tags, &huma.Tag{Name: t.Name, Description: t.Says})
	}
	for status, c := range shown {
		d.Components.Responses[responseName(status)] = a.errorResponse(status, c, problem)
	}
	return d
}

func (a *API) version() string {
	if a.cfg.Version == "" {
		return "1"
	}
	return a.cfg.Version
}

func scopeList(scopes []Scope) string {
	var b strings.Builder
	for _, s := range scopes {
		b.WriteString("- `" + s.Name + "`: " + s.Says + "\n")
	}
	return b.String()
}

// shown is the problem that stands as the example of each status.
var shown = map[int]code{
	400: codeMalformed, 401: "unauthorized", 403: codeScope, 404: "not_found", 408: codeTimeout, 409: "conflict", 413: codeTooLarge,
	415: codeMedia, 422: codeInvalid, 429: "too_many", 500: codeInternal, 503: "unavailable",
}

func responseName(status int) string { return "Problem" + strconv.Itoa(status) }

func (a *API) errorResponse(status int, c code, problem *huma.Schema) *huma.Response {
	en := a.cfg.Catalog.Printer(i18n.EN, nil)
	var codes []string
	for k, s := range statuses {
		if s == status && k != codeNoCall {
			codes = append(codes, "`"+string(k)+"`")
		}
	}
	slices.Sort(codes)
	example := Problem{Type: TypePrefix + string(c), Title: en.T("rest.problem." + string(c) + ".title"), Status: status,
		Detail: en.T("rest.problem." + string(c) + ".text"), Instance: "urn:request:4f1c2a9b0d3e5f60", Code: string(c)}
	if status == http.StatusUnprocessableEntity {
		example.Errors = []Wrong{{Detail: en.T("rest.wrong.integer"), Parameter: "limit"}}
	}
	out := &huma.Response{Description: http.StatusText(status) + ". Codes: " + strings.Join(codes, ", ") + ".",
		Content: map[string]*huma.MediaType{"application/problem+json": {Schema: problem, Example: example}}}
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		out.Headers = map[string]*huma.Param{"Retry-After": {Description: "How many seconds to wait.", Schema: &huma.Schema{Type: "integer", Format: "int32"}}}
	}
	if status == http.StatusTooManyRequests {
		out.Headers["RateLimit"] = &huma.Param{Description: "The quota that is used up, how many calls are left (r), and in how many seconds it is full again (t).",
			Schema: &huma.Schema{Type: "string", Examples: []any{`"token";r=0;t=20`}}}
	}
	return out
}

// operation describes a call to huma.
func (a *API) operation(op Op, in reflect.Type) huma.Operation {
	_, body := in.FieldByName("Body")
	_, raw := in.FieldByName("RawBody")
	body = body || raw
	out := huma.Operation{
		OperationID: op.ID, Method: op.Method, Path: op.Path, Summary: op.Summary, Description: a.described(op), Tags: []string{op.Tag},
		DefaultStatus: op.Status, MaxBodyBytes: -1, BodyReadTimeout: -1, Responses: map[string]*huma.Response{}, Security: []map[string][]string{},
	}
	switch {
	case op.Any:
		out.Security = append(out.Security, map[string][]string{"bearer": {}})
	case !op.Open:
		out.Security = append(out.Security, map[string][]string{"bearer": {op.Scope}})
	}
	for _, s := range errorsOf(op, body, in.NumField() > 0) {
		out.Responses[strconv.Itoa(s)] = &huma.Response{Ref: "#/components/responses/" + responseName(s)}
	}
	if op.Creates {
		most := 255
		out.Parameters = append(out.Parameters, &huma.Param{Name: keyHeader, In: "header",
			Description: "A random string of yours. The same key with the same body makes nothing a second time within 24 hours.",
			Schema:      &huma.Schema{Type: "string", MaxLength: &most, Examples: []any{"8e03978e-40d5-43dd-bc93-6894a57f9324"}}})
	}
	if op.Produces != "" {
		out.Responses["200"] = &huma.Response{Description: "The file.", Content: map[string]*huma.MediaType{op.Produces: {Schema: &huma.Schema{Type: "string"}}}}
	}
	return out
}

// errorsOf are the statuses that a call of this kind can answer with.
func errorsOf(op Op, body, input bool) []int {
	out := append([]int{429, 500, 503}, op.Errors...)
	if !op.Open {
		out = append(out, 401, 403)
	}
	if body {
		out = append(out, 400, 408, 413, 415)
	}
	if op.Creates {
		out = append(out, 400, 409)
	}
	if input || body {
		out = append(out, 422)
	}
	if strings.Contains(op.Path, "{") {
		out = append(out, 404)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (a *API) described(op Op) string {
	var b strings.Builder
	b.WriteString(op.Details)
	if op.Scope != "" {
		if b.Len() > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString("Scope: `" + op.Scope + "`.")
		if len(op.Roles) > 0 {
			var roles []string
			for _, r := range op.Roles {
				roles = append(roles, string(r))
			}
			b.WriteString(" Roles: " + strings.Join(roles, ", ") + ".")
		}
	}
	return b.String()
}

// schemaName names a schema by its type: transactionOut is TransactionOut, a list
// of it is ListOfTransactionOut.
func schemaName(t reflect.Type, hint string) string {
	return strings.Replace(huma.DefaultSchemaNamer(t, hint), "ListBody", "ListOf", 1)
}

// finish makes lists that are never null say so, and drops what huma brings and
// nothing uses.
func (a *API) finish() {
	schemas := a.huma.OpenAPI().Components.Schemas.Map()
	delete(schemas, "ErrorModel")
	delete(schemas, "ErrorDetail")
	for _, s := range schemas {
		for _, p := range s.Properties {
			if p.Type == huma.TypeArray {
				p.Nullable = false
			}
		}
	}
}

// marshal writes the document, once.
func (a *API) marshal() ([]byte, error) {
	a.finish()
	return json.MarshalIndent(a.huma.OpenAPI(), "", " ")
}

// Document is the OpenAPI document. No call can be added after it was asked for.
func (a *API) Document() ([]byte, error) { return a.document() }

func (a *API) serveDocument(w http.ResponseWriter, r *http.Request) {
	if !a.admitAddress(w, r) {
		return
	}
	text, err := a.document()
	if err != nil {
		a.problem(w, r, codeInternal, nil)
		return
	}
	w.Header().Set("Content-Type", "application/openapi+json")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	_, _ = w.Write(text)
}
