package rest

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"amanah/internal/clock"
	"amanah/internal/store"
	"amanah/internal/vault"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
)

// Config is what an API is made of. Service, Title, Clock, Catalog and Vault are
// needed; without Auth only open calls work, without DB none that creates.
type Config struct {
	Service string // slug
	Title   string // of the service, as people know it
	Version string // of the program
	Contact string // an address of the operator, "" for none
	// Address is where the service is reached, such as "https://ctt.example".
	Address string
	Auth    Auth
	DB      *store.DB // keeps the answers of what creates
	Vault   *vault.Vault
	Clock   clock.Clock
	Catalog *i18n.Catalog
	Log     *slog.Logger
	Limits  Limits
	// Scopes are all scopes a token can have, with what they allow, in English.
	Scopes []Scope
	// Tags say in English what each tag of calls is about, in order.
	Tags []Tag
}

// Scope is a right of a token.
type Scope struct{ Name, Says string }

// Tag is a group of calls.
type Tag struct{ Name, Says string }

// API is the calls of one service. Register all before it serves; it is then safe
// for concurrent use.
type API struct {
	cfg       Config
	base      string // "/ctt/api/v1"
	mux       *http.ServeMux
	huma      huma.API
	addresses *web.Limiter
	tokens    *web.Limiter
	ops       []Op
	document  func() ([]byte, error)
}

// New makes an API without calls.
func New(cfg Config) *API {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	cfg.Limits = cfg.Limits.filled()
	a := &API{cfg: cfg, base: "/" + cfg.Service + "/api/v1", mux: http.NewServeMux()}
	a.addresses = web.NewLimiter(cfg.Clock, cfg.Limits.Address.rate())
	a.tokens = web.NewLimiter(cfg.Clock, cfg.Limits.Token.rate())
	c := huma.Config{
		OpenAPI:                      a.openapi(),
		Formats:                      map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{a.translate},
	}
	a.huma = huma.NewAPI(c, adapter{a})
	a.document = sync.OnceValues(a.marshal)
	a.mux.HandleFunc("GET "+a.base+"/openapi.json", a.serveDocument)
	return a
}

// Routes mounts the calls, the document and the page that lists them.
func (a *API) Routes(mux web.Mux) {
	mux.Handle(a.base+"/", a)
	mux.Handle("GET /"+a.cfg.Service+"/api/{$}", web.HandlerFunc(a.reference))
}

// Base is the path before the calls: "/ctt/api/v1".
func (a *API) Base() string { return a.base }

// Ops are all calls.
func (a *API) Ops() []Op { return slices.Clone(a.ops) }

// Vault is what the API seals with, for cursors of other packages' tests.
func (a *API) Vault() *vault.Vault { return a.cfg.Vault }

// ServeHTTP answers a call.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if _, pattern := a.mux.Handler(r); pattern == "" {
		a.unknown(w, r)
		return
	}
	a.mux.ServeHTTP(w, r)
}

// unknown answers a path or a method that there is not.
func (a *API) unknown(w http.ResponseWriter, r *http.Request) {
	if !a.admitAddress(w, r) {
		return
	}
	rec := newRecorder()
	a.mux.ServeHTTP(rec, r)
	r.Pattern = a.base + "/"
	if rec.status == http.StatusMethodNotAllowed {
		allow := strings.Split(rec.Header().Get("Allow"), ", ")
		slices.Sort(allow)
		w.Header().Set("Allow", strings.Join(allow, ", "))
		a.problem(w, r, codeMethod, nil)
		return
	}
	a.problem(w, r, codeNoCall, nil)
}
