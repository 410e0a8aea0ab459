package app

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"amanah/internal/identity"
)

// described is a call as the OpenAPI document has it.
type described struct {
	method, path string
	id           string
	scope        string // "" of an open call and of one that any token may make
	open         bool
	body         any // a body that fits, nil where none is asked for
	kind         string
}

// schema is the little of a JSON schema that is needed to make a value of it.
type schema struct {
	Ref        string            `json:"$ref"`
	Type       any               `json:"type"`
	Format     string            `json:"format"`
	Properties map[string]schema `json:"properties"`
	Required   []string          `json:"required"`
	Items      *schema           `json:"items"`
	Enum       []any             `json:"enum"`
	Examples   []any             `json:"examples"`
	Minimum    float64           `json:"minimum"`
}

type openapi struct {
	Paths map[string]map[string]struct {
		OperationID string `json:"operationId"`
		Security    []map[string][]string
		Parameters  []struct {
			Name, In string
			Required bool
			Schema   schema
		}
		RequestBody struct {
			Content map[string]struct{ Schema schema }
		}
	}
	Components struct{ Schemas map[string]schema }
}

// value makes one that fits, with Rina's number for every number.
func (d openapi) value(s schema) any {
	if name, ok := strings.CutPrefix(s.Ref, "#/components/schemas/"); ok {
		return d.value(d.Components.Schemas[name])
	}
	kind, _ := s.Type.(string)
	if list, ok := s.Type.([]any); ok && len(list) > 0 {
		kind, _ = list[0].(string)
	}
	switch {
	case s.Format == "uuid":
		return foreign
	case len(s.Enum) > 0:
		return s.Enum[0]
	case kind == "object" || len(s.Properties) > 0:
		out := map[string]any{}
		for name, p := range s.Properties {
			if slices.Contains(s.Required, name) || p.Format == "uuid" {
				out[name] = d.value(p)
			}
		}
		return out
	case s.Format == "date-time":
		return at.Add(time.Hour).Format(time.RFC3339)
	case s.Format == "date":
		return at.Format(time.DateOnly)
	case len(s.Examples) > 0:
		return s.Examples[0]
	case kind == "array" && s.Items != nil:
		return []any{d.value(*s.Items)}
	case kind == "integer" || kind == "number":
		return s.Minimum
	case kind == "boolean":
		return true
	}
	return "halo"
}

func (g *guarded) described() (out []described) {
	g.t.Helper()
	w := g.call("GET", "/openapi.json", "", nil, "")
	var d openapi
	if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil || w.Code != http.StatusOK {
		g.t.Fatal(w.Code, err)
	}
	for path, methods := range d.Paths {
		for method, op := range methods {
			c := described{method: strings.ToUpper(method), path: path, id: op.OperationID, open: len(op.Security) == 0}
			for _, s := range op.Security {
				for _, scopes := range s {
					c.scope = strings.Join(scopes, " ")
				}
			}
			query := url.Values{}
			for _, p := range op.Parameters {
				if p.In == "query" && p.Required {
					query.Set(p.Name, fmt.Sprint(d.value(p.Schema)))
				}
			}
			if len(query) > 0 {
				c.path += "?" + query.Encode()
			}
			for kind, content := range op.RequestBody.Content {
				c.kind, c.body = kind, d.value(content.Schema)
			}
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b described) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	if len(out) < 60 || len(out) != len(g.apis["ctt"].Ops()) {
		g.t.Fatalf("the document has %d calls, the program %d", len(out), len(g.apis["ctt"].Ops()))
	}
	return out
}

func (g *guarded) call(method, path, token string, body any, kind string) *httptest.ResponseRecorder {
	g.t.Helper()
	text := ""
	if s, ok := body.(string); ok {
		text = s
	} else if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			g.t.Fatal(err)
		}
		text = string(b)
	}
	path = strings.NewReplacer("{id}", foreign, "{month}", "2026-11", "{span}", "2026", "{view}", "account").Replace(path)
	r := httptest.NewRequest(method, "http://127.0.0.1/ctt/api/v1"+path, strings.NewReader(text))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	return g.serve(r)
}

// token makes one of a person's, for some scopes.
func (g *guarded) token(v guest, names ...string) string {
	g.t.Helper()
	text, _, err := g.bearers["ctt"].Make(g.t.Context(), v.principal(), "uji", names, g.Clock.Now().AddDate(0, 1, 0))
	if err != nil {
		g.t.Fatal(err)
	}
	return text
}

func allScopes() (out []string) {
	for _, s := range slices.Concat(productScopes, commonScopes) {
		out = append(out, s.Name)
	}
	return out
}

// openCalls are those that work without a token.
var openCalls = map[string]string{
	"signIn":         "who signs in has none",
	"refreshSession": "the refresh token is the proof",
}

// Every call of the document asks for a token, and for one that may make it.
func TestGuard_calls(t *testing.T) {
	t.Parallel()
	g := guard(t)
	few, other := g.token(g.dewi, "support:read"), g.token(g.dewi, "reports:read")
	found := map[string]bool{}
	for _, c := range g.described() {
		found[c.id] = true
		if c.open != (openCalls[c.id] != "") {
			t.Errorf("%s: open is %v", c.id, c.open)
		}
		if c.open {
			continue
		}
		for who, token := range map[string]string{"nobody": "", "an invented token": "amn_" + strings.Repeat("A", 43), "a cookie's": g.rina.cookie, "a half session's": g.rina.half} {
			if w := g.call(c.method, c.path, token, c.body, c.kind); w.Code != http.StatusUnauthorized {
				t.Errorf("%s gives %s %d", c.id, who, w.Code)
			}
		}
		if c.scope == "" {
			continue
		}
		token := few
		if c.scope == "support:read" {
			token = other
		}
		if w := g.call(c.method, c.path, token, c.body, c.kind); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "insufficient_scope") {
			t.Errorf("%s gives a token without %s %d %s", c.id, c.scope, w.Code, w.Body)
		}
	}
	for id := range maps.Keys(openCalls) {
		if !found[id] {
			t.Errorf("%s is on the list of open calls, and there is no such call", id)
		}
	}
}

// A token of another workspace finds nothing of Rina's by any call and changes
// nothing.
func TestGuard_otherTenantsCalls(t *testing.T) {
	t.Parallel()
	g := guard(t)
	g.plant()
	token := g.token(g.dewi, allScopes()...)
	before := g.rows()
	for _, c := range g.described() {
		if c.open || c.id == "signOut" {
			continue
		}
		w := g.call(c.method, c.path, token, c.body, c.kind)
		named := strings.Contains(c.path, "{id}")
		switch {
		case w.Code >= 500:
			t.Errorf("%s gives another workspace's token %d %s", c.id, w.Code, w.Body)
		case named && w.Code != http.StatusNotFound && w.Code != http.StatusForbidden:
			t.Errorf("%s %s (%s) gives another workspace's token %d %.400s", c.method, c.path, c.id, w.Code, w.Body)
		case w.Code < 300 && (strings.Contains(w.Body.String(), foreign) || strings.Contains(w.Body.String(), g.rina.email)):
			t.Errorf("%s shows another workspace's token what is Rina's: %.400s", c.id, w.Body)
		}
	}
	if diff := cmp.Diff(before, g.rows()); diff != "" {
		t.Errorf("somebody changed what is Rina's:\n%s", diff)
	}
	if w := g.call("GET", "/account", token, nil, ""); w.Code != http.StatusOK {
		t.Errorf("the token did not last, so that this proves little: %d %s", w.Code, w.Body)
	}
}

// Who may only look in a workspace changes nothing of it by a token either.
func TestGuard_viewersCalls(t *testing.T) {
	t.Parallel()
	g := guard(t)
	token := g.token(g.bagas, allScopes()...)
	person := map[string]bool{}
	for _, op := range g.apis["ctt"].Ops() {
		person[op.ID] = op.Person || op.Open
	}
	for _, c := range g.described() {
		if c.method == http.MethodGet || person[c.id] || callsOfViewers[c.id] != "" {
			continue
		}
		if w := g.call(c.method, c.path, token, c.body, c.kind); w.Code != http.StatusForbidden {
			t.Errorf("%s gives a viewer's token %d %.300s", c.id, w.Code, w.Body)
		}
	}
	for id := range callsOfViewers {
		if _, ok := person[id]; !ok {
			t.Errorf("%s is on the list of viewers' calls, and there is no such call", id)
		}
	}
}

// callsOfViewers change nothing of the workspace, and need one all the same.
var callsOfViewers = map[string]string{
	"createToken": "an own token, which may what the person may",
}

// A token and a session of one service open nothing in another.
func TestGuard_otherServices(t *testing.T) {
	t.Parallel()
	g := guard(t)
	token := g.token(g.rina, "account:read", "account:write")
	if w := g.call("GET", "/privacy", token, nil, ""); w.Code != http.StatusOK {
		t.Fatalf("her token does not work at home, so that this proves nothing: %d", w.Code)
	}
	for _, slug := range []string{"jenna", "ashari", "jagacash", "epesantren"} {
		r := httptest.NewRequest(http.MethodGet, "/"+slug+"/api/v1/privacy", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		if w := g.serve(r); w.Code != http.StatusUnauthorized {
			t.Errorf("a token of CTT gets %d in %s", w.Code, slug)
		}
		r = httptest.NewRequest(http.MethodGet, "/"+slug+"/privacy/me", nil)
		r.AddCookie(&http.Cookie{Name: identity.CookieName(slug, false), Value: g.rina.cookie})
		if w := g.serve(r); !refused(w) {
			t.Errorf("a session of CTT gets %d in %s", w.Code, slug)
		}
	}
}
