package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// Robots serves /robots.txt: search engines keep away from the listed paths. What
// needs a sign-in is closed to them anyway.
func Robots(disallow ...string) http.Handler {
	var b strings.Builder
	b.WriteString("User-agent: *\n")
	for _, p := range disallow {
		b.WriteString("Disallow: " + p + "\n")
	}
	b.WriteString("Allow: /\n")
	return text("text/plain; charset=utf-8", b.String())
}

// Security is what /.well-known/security.txt says (RFC 9116).
type Security struct {
	Contact   []string // mailto: or https: addresses, the first preferred
	Expires   time.Time
	Canonical string
	Policy    string
}

// Handler serves it. Expires is required by the RFC and should lie within a year.
func (s Security) Handler() http.Handler {
	var b strings.Builder
	for _, c := range s.Contact {
		b.WriteString("Contact: " + c + "\n")
	}
	b.WriteString("Expires: " + s.Expires.UTC().Format(time.RFC3339) + "\nPreferred-Languages: id, en\n")
	if s.Canonical != "" {
		b.WriteString("Canonical: " + s.Canonical + "\n")
	}
	if s.Policy != "" {
		b.WriteString("Policy: " + s.Policy + "\n")
	}
	return text("text/plain; charset=utf-8", b.String())
}

// GPC serves /.well-known/gpc.json: whether the site obeys Global Privacy
// Control, and since when.
func GPC(obeys bool, since time.Time) http.Handler {
	out, err := json.Marshal(struct {
		GPC        bool   `json:"gpc"`
		LastUpdate string `json:"lastUpdate"`
	}{obeys, since.UTC().Format(time.DateOnly)})
	if err != nil {
		panic(err) // a struct of a bool and a string
	}
	return text("application/json", string(out)+"\n")
}

func text(kind, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "public, max-age=3600")
		_, _ = w.Write([]byte(body))
	})
}
