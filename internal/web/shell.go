package web

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/web/asset"
	"amanah/internal/web/i18n"
)

// Config is what a shell is made of. Clock and Catalog are needed.
type Config struct {
	Services []Service
	Catalog  *i18n.Catalog
	Clock    clock.Clock
	Log      *slog.Logger
	Rand     io.Reader // for request ids; the system's where nil

	// Decorate fills in what only others know: the person, the menu.
	Decorate func(r *http.Request, p *Page)
	// Account gives the language and the zone that the signed-in person chose;
	// empty and nil where there is none.
	Account func(r *http.Request) (lang string, zone *time.Location)
	// CookieClass gives the class that a service's notice puts a cookie in, "" for
	// a cookie that it does not name; such a one is never set. nil: no notice is
	// asked, for tests of pages.
	CookieClass func(service, name string) string
	// Observe is told about every answer, for metrics. The pattern is that of the
	// route, never a path.
	Observe func(method, pattern string, status int, took time.Duration)

	// MaxBody is the most that a request may carry, 1 MB where 0. A route takes
	// more with LimitBody.
	MaxBody int64
	// PerClient limits the requests of one address; none where its rate is 0.
	PerClient Rate
	// OwnLimit tells requests that PerClient leaves to a limit of their own.
	OwnLimit func(*http.Request) bool
	// Proxies are the addresses of proxies in front, whose X-Forwarded-For is
	// believed.
	Proxies []netip.Prefix
	// Secure says that people reach the program by HTTPS: cookies are then
	// Secure, and browsers are told to stay with HTTPS.
	Secure bool
	// Demo puts a line on every page that the data is invented.
	Demo bool
	// CrossOrigin lists route patterns that take requests from other origins, such
	// as a webhook that checks a signature itself.
	CrossOrigin []string
}

// Shell wraps the routes of all services. It is safe for concurrent use.
type Shell struct {
	cfg     Config
	assets  *asset.Set
	origin  *http.CrossOriginProtection
	clients *Limiter
}

// New makes a shell and its style sheet, icons and manifests.
func New(cfg Config) (*Shell, error) {
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.MaxBody == 0 {
		cfg.MaxBody = 1 << 20
	}
	themes := make([]asset.Theme, 0, len(cfg.Services))
	for _, s := range cfg.Services {
		themes = append(themes, asset.Theme{Slug: s.Slug, Name: s.Name, Accent: s.Accent, OwnHost: len(s.Hosts) > 0})
	}
	assets, err := asset.New(themes)
	if err != nil {
		return nil, err
	}
	s := &Shell{cfg: cfg, assets: assets, origin: http.NewCrossOriginProtection()}
	for _, p := range cfg.CrossOrigin {
		s.origin.AddInsecureBypassPattern(p)
	}
	if cfg.PerClient.PerSecond > 0 {
		s.clients = NewLimiter(cfg.Clock, cfg.PerClient)
	}
	return s, nil
}

// Assets serves the style sheet, scripts, icons and manifests; it belongs to the
// pattern "GET /assets/".
func (s *Shell) Assets() http.Handler { return s.assets }

// AssetURL is the address of an asset by its plain name, such as "style.css".
func (s *Shell) AssetURL(name string) string { return s.assets.URL(name) }

// service finds whose page a request asks for: by host, else by the first
// segment of the path, else a nameless one with the program's own name.
func (s *Shell) service(r *http.Request) Service {
	host, _, _ := strings.Cut(r.Host, ":")
	for _, v := range s.cfg.Services {
		for _, h := range v.Hosts {
			if strings.EqualFold(h, host) {
				v.Base = ""
				return v
			}
		}
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	for _, v := range s.cfg.Services {
		if v.Slug == first {
			v.Base = "/" + v.Slug
			return v
		}
	}
	return Service{Name: "Amanah"}
}

// state is what the shell knows about a request under way.
type state struct {
	shell   *Shell
	request string // the request id
	service Service
	printer i18n.Printer
	body    io.ReadCloser // before any limit
	pattern string
	failing bool    // the error page is being written
	choice  *Choice // made by this very answer
}

type stateKey struct{}

func stateOf(ctx context.Context) *state {
	st, _ := ctx.Value(stateKey{}).(*state)
	return st
}

// RequestID is the number of a request, as the log and the error page say it.
func RequestID(ctx context.Context) string {
	if st := stateOf(ctx); st != nil {
		return st.request
	}
	return ""
}

// ServiceOf is the service whose page is asked for.
func ServiceOf(ctx context.Context) Service {
	if st := stateOf(ctx); st != nil {
		return st.service
	}
	return Service{}
}
