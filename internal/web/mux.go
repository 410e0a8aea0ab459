package web

import (
	"net/http"
	"slices"
	"strings"
)

// Mux is where modules put their routes; http.ServeMux is one.
type Mux interface {
	Handle(pattern string, handler http.Handler)
	HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request))
}

// Routes is a Mux that remembers the patterns which it was given, so that a test
// can ask for every route that there is. Fill it before it serves.
type Routes struct {
	mux      http.ServeMux
	patterns []string
}

// Handle adds a route.
func (m *Routes) Handle(pattern string, handler http.Handler) {
	m.mux.Handle(pattern, handler)
	m.patterns = append(m.patterns, pattern)
}

// HandleFunc adds a route.
func (m *Routes) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	m.Handle(pattern, http.HandlerFunc(handler))
}

// ServeHTTP leads to the route that fits best.
func (m *Routes) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.mux.ServeHTTP(w, r) }

// Under puts "GET /path" under a service: "GET /ctt/path".
func Under(slug, pattern string) string {
	method, path, found := strings.Cut(pattern, " ")
	if !found {
		return "/" + slug + pattern
	}
	return method + " /" + slug + path
}

// Has tells whether there is a route of exactly this pattern.
func (m *Routes) Has(pattern string) bool { return slices.Contains(m.patterns, pattern) }

// Patterns are those of all routes, sorted.
func (m *Routes) Patterns() []string { return slices.Sorted(slices.Values(m.patterns)) }
