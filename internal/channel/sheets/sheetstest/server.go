// Package sheetstest is a stand-in for Google's token endpoint and Sheets v4,
// written from their documentation and stricter than they are: what a request may
// not have is refused with the documented error body. It is for tests.
package sheetstest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"amanah/internal/channel/sheets"
)

// Server is the stand-in.
type Server struct {
	*httptest.Server
	mu       sync.Mutex
	n        int
	codes    map[string]code
	grants   map[string]bool   // refresh token: alive
	access   map[string]string // access token: its grant
	books    map[string]*Book
	scripted []func(w http.ResponseWriter, r *http.Request) bool
	// Renewals and Revocations count calls of the token and revoke endpoints.
	Renewals, Revocations int
	Calls                 []string
}

// code is one way to a grant.
type code struct{ challenge, nonce, scope string }

// Book is one spreadsheet.
type Book struct {
	Title  string
	Sheets map[int]*Sheet
}

// Sheet is one sheet of it.
type Sheet struct {
	Title  string
	Hidden bool
	Rows   [][]any
}

// New starts a server that ends with the test.
func New(t testing.TB) *Server {
	s := &Server{codes: map[string]code{}, grants: map[string]bool{}, access: map[string]string{}, books: map[string]*Book{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", s.token)
	mux.HandleFunc("POST /revoke", s.revoke)
	mux.HandleFunc("/v4/spreadsheets", s.sheets)
	mux.HandleFunc("/v4/spreadsheets/", s.sheets)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.Calls = append(s.Calls, r.Method+" "+r.URL.Path)
		if len(s.scripted) > 0 {
			f := s.scripted[0]
			s.scripted = s.scripted[1:]
			if f(w, r) {
				return
			}
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// OAuth is the client that the server knows.
func (s *Server) OAuth() sheets.OAuth {
	return sheets.OAuth{ClientID: "ctt", Secret: "rahasia", Authorize: s.URL + "/auth", Token: s.URL + "/token", Revoke: s.URL + "/revoke", Issuer: s.URL, Redirect: "https://ctt.example/ctt/app/targets/google"}
}

// Grant makes a grant and gives its refresh token.
func (s *Server) Grant() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.grant()
}

func (s *Server) grant() string {
	s.n++
	r := fmt.Sprintf("1//refresh-%d", s.n)
	s.grants[r] = true
	return r
}

// Agree is what the person does at the page of a URL: it gives the code.
func (s *Server) Agree(challenge, nonce, scope string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	c := fmt.Sprintf("4/code-%d", s.n)
	s.codes[c] = code{challenge, nonce, scope}
	return c
}

// Revoke is the person taking a grant back at Google.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for r := range s.grants {
		s.grants[r] = false
	}
}

// Alive tells how many grants are.
func (s *Server) Alive() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, alive := range s.grants {
		if alive {
			n++
		}
	}
	return n
}

// Expire ends all access at once, before its time.
func (s *Server) Expire() { s.mu.Lock(); clear(s.access); s.mu.Unlock() }

// Delete is the person deleting every spreadsheet.
func (s *Server) Delete() { s.mu.Lock(); clear(s.books); s.mu.Unlock() }

// Next scripts the next calls: each function may answer itself, or let the server
// do its work by returning false.
func (s *Server) Next(f ...func(w http.ResponseWriter, r *http.Request) bool) {
	s.mu.Lock()
	s.scripted = append(s.scripted, f...)
	s.mu.Unlock()
}

// Books are the spreadsheets.
func (s *Server) Books() (out []*Book) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.books {
		out = append(out, b)
	}
	return out
}

// Rows are the rows of the only spreadsheet, its header first, each as a text.
func (s *Server) Rows(t testing.TB) (out []string) {
	t.Helper()
	books := s.Books()
	if len(books) != 1 {
		t.Fatalf("%d spreadsheets, want one", len(books))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, row := range books[0].Sheets[1].Rows {
		out = append(out, strings.TrimSuffix(fmt.Sprintln(row...), "\n"))
	}
	return out
}

// Rename is the person giving the sheet of rows another name.
func (s *Server) Rename(title string) {
	s.mu.Lock()
	for _, b := range s.books {
		b.Sheets[1].Title = title
	}
	s.mu.Unlock()
}

func refuse(w http.ResponseWriter, status int, word string) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"code": status, "message": "The caller's cell says Kopi Tuku", "status": word}})
}

func oauthError(w http.ResponseWriter, status int, word string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": word, "error_description": "Token has been expired or revoked."})
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	if r.ParseForm() != nil || r.PostForm.Get("client_id") != "ctt" || r.PostForm.Get("client_secret") != "rahasia" {
		oauthError(w, 401, "invalid_client")
		return
	}
	out := map[string]any{"token_type": "Bearer", "expires_in": 3599, "scope": sheets.Scope + " openid"}
	refresh := r.PostForm.Get("refresh_token")
	switch r.PostForm.Get("grant_type") {
	case "refresh_token":
		s.Renewals++
		if !s.grants[refresh] {
			oauthError(w, 400, "invalid_grant")
			return
		}
	case "authorization_code":
		c, ok := s.codes[r.PostForm.Get("code")]
		sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
		if !ok || base64.RawURLEncoding.EncodeToString(sum[:]) != c.challenge || r.PostForm.Get("redirect_uri") != s.OAuth().Redirect {
			oauthError(w, 400, "invalid_grant")
			return
		}
		delete(s.codes, r.PostForm.Get("code"))
		refresh = s.grant()
		claims, _ := json.Marshal(map[string]string{"nonce": c.nonce})
		out["refresh_token"], out["scope"] = refresh, c.scope
		out["id_token"] = "e30." + base64.RawURLEncoding.EncodeToString(claims) + ".c2ln"
	default:
		oauthError(w, 400, "unsupported_grant_type")
		return
	}
	s.n++
	access := fmt.Sprintf("ya29.access-%d", s.n)
	s.access[access] = refresh
	out["access_token"] = access
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(out)
}

func (s *Server) revoke(w http.ResponseWriter, r *http.Request) {
	s.Revocations++
	if r.ParseForm() != nil || !s.grants[r.PostForm.Get("token")] {
		oauthError(w, 400, "invalid_token")
		return
	}
	s.grants[r.PostForm.Get("token")] = false
	for a, g := range s.access {
		if g == r.PostForm.Get("token") {
			delete(s.access, a)
		}
	}
	_, _ = io.WriteString(w, "{}")
}

// known are the parameters that each call may have.
var known = []string{"fields", "valueInputOption", "insertDataOption", "includeValuesInResponse", "responseValueRenderOption"}

func (s *Server) sheets(w http.ResponseWriter, r *http.Request) {
	bearer := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !s.grants[s.access[bearer]] {
		refuse(w, 401, "UNAUTHENTICATED")
		return
	}
	for p := range r.URL.Query() {
		if !slices.Contains(known, p) {
			refuse(w, 400, "INVALID_ARGUMENT")
			return
		}
	}
	rest := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/v4/spreadsheets"), "/")
	key, place, inValues := strings.Cut(rest, "/values/")
	switch {
	case rest == "" && r.Method == http.MethodPost:
		s.create(w, r)
	case s.books[key] == nil:
		refuse(w, 404, "NOT_FOUND")
	case !inValues && r.Method == http.MethodGet:
		s.get(w, s.books[key])
	case inValues && (r.Method == http.MethodPut || r.Method == http.MethodPost && strings.HasSuffix(place, ":append")):
		s.put(w, r, s.books[key], place)
	default:
		refuse(w, 404, "NOT_FOUND")
	}
}
