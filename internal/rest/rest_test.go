package rest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"amanah/internal/rest"
	"amanah/internal/store/storetest"
)

func TestCall_refusals(t *testing.T) {
	t.Parallel()
	only(t, func(t *testing.T, f *fixture) {
		long := strings.Repeat("x", 70_000)
		tests := []struct {
			name, method, path, token, body string
			heads                           []string
			code                            string
			status                          int
			fields                          []string
		}{
			{"no token", "GET", "/notes", "", "", nil, "unauthorized", 401, nil},
			{"unknown token", "GET", "/notes", "stranger", "", nil, "unauthorized", 401, nil},
			{"token in the query", "GET", "/notes?access_token=rina", "", "", nil, "unauthorized", 401, nil},
			{"another scheme", "GET", "/notes", "", "", []string{"Authorization", "Basic rina"}, "unauthorized", 401, nil},
			{"a cookie", "GET", "/notes", "", "", []string{"Cookie", "session-ctt=rina"}, "unauthorized", 401, nil},
			{"wrong scope", "POST", "/notes", "reader", `{"text":"a"}`, nil, "insufficient_scope", 403, nil},
			{"wrong role", "POST", "/notes", "viewer", `{"text":"a"}`, nil, "role_not_allowed", 403, nil},
			{"no such call", "GET", "/nothing", "rina", "", nil, "no_such_call", 404, nil},
			{"wrong method", "DELETE", "/notes", "rina", "", nil, "method_not_allowed", 405, nil},
			{"huge body", "POST", "/notes", "rina", `{"text":"` + long + `"}`, nil, "too_large", 413, nil},
			{"form body", "POST", "/notes", "rina", "text=a", []string{"Content-Type", "application/x-www-form-urlencoded"}, "unsupported_media_type", 415, nil},
			{"no content type", "POST", "/notes", "rina", `{"text":"a"}`, []string{"Content-Type", ""}, "unsupported_media_type", 415, nil},
			{"compressed body", "POST", "/notes", "rina", `{"text":"a"}`, []string{"Content-Encoding", "gzip"}, "unsupported_media_type", 415, nil},
			{"no body", "POST", "/notes", "rina", "", nil, "malformed", 400, nil},
			{"broken JSON", "POST", "/notes", "rina", `{"text":`, nil, "malformed", 400, nil},
			{"two values", "POST", "/notes", "rina", `{"text":"a"} {"text":"b"}`, nil, "malformed", 400, nil},
			{"body where none belongs", "GET", "/notes", "rina", `{}`, nil, "malformed", 400, nil},
			{"unknown field", "POST", "/notes", "rina", `{"text":"a","admin":true}`, nil, "invalid", 422, []string{"#/admin"}},
			{"wrong type", "POST", "/notes", "rina", `{"text":7}`, nil, "invalid", 422, []string{"#/text"}},
			{"missing field", "POST", "/notes", "rina", `{}`, nil, "invalid", 422, []string{"#"}},
			{"not in the list", "POST", "/notes", "rina", `{"text":"a","kind":"x"}`, nil, "invalid", 422, []string{"#/kind"}},
			{"unknown parameter", "GET", "/notes?tenant=other", "rina", "", nil, "invalid", 422, []string{"tenant"}},
			{"limit of nothing", "GET", "/notes?limit=0", "rina", "", nil, "invalid", 422, []string{"limit"}},
			{"limit over 200", "GET", "/notes?limit=201", "rina", "", nil, "invalid", 422, []string{"limit"}},
			{"limit of words", "GET", "/notes?limit=many", "rina", "", nil, "invalid", 422, []string{"limit"}},
			{"a fault", "POST", "/notes", "rina", `{"text":"refused"}`, nil, "invalid", 422, []string{"#/text"}},
			{"a bug", "POST", "/notes", "rina", `{"text":"broken"}`, nil, "internal", 500, nil},
			{"an invented cursor", "GET", "/notes?cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "rina", "", nil, "cursor_invalid", 422, []string{"cursor"}},
			{"an empty key", "POST", "/notes", "rina", `{"text":"a"}`, []string{"Idempotency-Key", `""`}, "idempotency_key_wrong", 400, nil},
			{"a key over its limit", "POST", "/notes", "rina", `{"text":"a"}`, []string{"Idempotency-Key", long[:256]}, "idempotency_key_wrong", 400, nil},
		}
		for _, tc := range tests {
			for _, lang := range []string{"id", "en"} {
				w := ask(f, tc.method, "/ctt/api/v1"+tc.path, tc.token, tc.body, append([]string{"Accept-Language", lang}, tc.heads...)...)
				p := problem(t, w)
				if p.Code != tc.code || p.Status != tc.status {
					t.Errorf("%s: %d %s, want %d %s", tc.name, p.Status, p.Code, tc.status, tc.code)
				}
				if diff := cmp.Diff(tc.fields, names(p.Errors)); diff != "" {
					t.Errorf("%s: fields (-want +got)\n%s", tc.name, diff)
				}
				if got := w.Header().Get("Content-Language"); got != lang {
					t.Errorf("%s: language %q, want %q", tc.name, got, lang)
				}
				if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Access-Control-Allow-Origin") != "" {
					t.Errorf("%s: headers %v", tc.name, w.Header())
				}
				if strings.Contains(w.Body.String(), "EOF") || strings.Contains(w.Body.String(), "xxx") {
					t.Errorf("%s: the answer tells a cause or repeats what was sent: %s", tc.name, w.Body)
				}
			}
		}
		if len(f.notes.texts) != 0 {
			t.Errorf("refused calls made %v", f.notes.texts)
		}
	})
}

func TestCall_speaksTwoLanguages(t *testing.T) {
	t.Parallel()
	only(t, func(t *testing.T, f *fixture) {
		said := map[string]string{}
		for _, lang := range []string{"id", "en"} {
			said[lang] = problem(t, ask(f, "POST", "/ctt/api/v1/notes", "rina", `{"text":""}`, "Accept-Language", lang)).Errors[0].Detail
		}
		want := map[string]string{"id": "Paling sedikit 1 karakter.", "en": "At least 1 characters are wanted."}
		if diff := cmp.Diff(want, said); diff != "" {
			t.Error(diff)
		}
	})
}

func TestCall_works(t *testing.T) {
	t.Parallel()
	only(t, func(t *testing.T, f *fixture) {
		w := ask(f, "POST", "/ctt/api/v1/notes", "rina", `{"text":"halo"}`)
		if w.Code != 201 || strings.TrimSpace(w.Body.String()) != `{"id":1,"text":"halo"}` {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		w = ask(f, "GET", "/ctt/api/v1/notes.csv", "rina", "")
		if w.Code != 200 || w.Body.String() != "id,text\n" || w.Header().Get("Content-Type") != "text/csv" {
			t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
		}
	})
}

func TestLimits(t *testing.T) {
	t.Parallel()
	f := open(t, storetest.Open(t, "sqlite", storage), rest.Limits{Token: rest.Quota{Calls: 2, Window: 10_000_000_000}})
	for range 2 {
		if w := ask(f, "GET", "/ctt/api/v1/notes", "rina", ""); w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	w := ask(f, "GET", "/ctt/api/v1/notes", "rina", "")
	if p := problem(t, w); p.Code != "too_many" {
		t.Errorf("%+v", p)
	}
	for name, want := range map[string]string{"RateLimit": `"token";r=0;t=10`, "Retry-After": "5", "RateLimit-Policy": `"address";q=3000;w=30, "token";q=2;w=10`} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if w := ask(f, "GET", "/ctt/api/v1/notes", "bagas", ""); w.Code != 200 {
		t.Errorf("another token waits too: %d", w.Code)
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	only(t, func(t *testing.T, f *fixture) {
		w := ask(f, "GET", "/ctt/api/v1/openapi.json", "", "")
		var d struct {
			OpenAPI string
			Paths   map[string]map[string]struct {
				OperationID string
				Security    []map[string][]string
				Responses   map[string]any
			}
			Components struct{ Schemas, Responses map[string]any }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil || w.Code != http.StatusOK {
			t.Fatal(w.Code, err)
		}
		if !strings.HasPrefix(d.OpenAPI, "3.1") || len(d.Paths) != 3 {
			t.Errorf("%s with %d paths", d.OpenAPI, len(d.Paths))
		}
		create := d.Paths["/notes"]["post"]
		if diff := cmp.Diff([]map[string][]string{{"bearer": {"notes:write"}}}, create.Security); diff != "" {
			t.Error(diff)
		}
		for _, status := range []string{"201", "400", "401", "403", "409", "413", "415", "422", "429", "500", "503"} {
			if create.Responses[status] == nil {
				t.Errorf("createNote does not name %s", status)
			}
		}
		for _, unused := range []string{"ErrorModel", "ErrorDetail"} {
			if d.Components.Schemas[unused] != nil {
				t.Errorf("the document has %s, which nothing uses", unused)
			}
		}
	})
}

func TestReference(t *testing.T) {
	t.Parallel()
	only(t, func(t *testing.T, f *fixture) {
		for _, lang := range []string{"id", "en"} {
			page := ask(f, "GET", "/ctt/api/?lang="+lang, "", "").Body.String()
			for _, want := range []string{"/notes", "createNote", "idempotency_key_reused"} {
				if want != "createNote" && !strings.Contains(page, want) {
					t.Errorf("%s: the page lacks %q", lang, want)
				}
			}
			if strings.Contains(page, "⟦") || strings.Contains(page, "<script>") {
				t.Errorf("%s: a sentence is missing, or a script stands in the page", lang)
			}
		}
	})
}
