package app

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"amanah/internal/cash"
	"amanah/internal/front"
	"amanah/internal/identity"
	"amanah/internal/privacy/cookie"
	"amanah/internal/privacy/desk"
	"amanah/internal/privacy/guardian"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/record"
	"amanah/internal/web"
)

// openWeb puts the modules' routes behind the shell.
func (a *App) openWeb(context.Context) (err error) {
	var services []web.Service
	for _, n := range a.rules.notices {
		s := web.Service{Slug: n.Service(), Name: n.Name("id"), Accent: n.Accent(), Accounts: a.hasAccounts(n.Service())}
		if h := a.cfg.Hosts[n.Service()]; h != "" {
			s.Hosts = []string{h}
		}
		services = append(services, s)
	}
	var proxies []netip.Prefix
	for _, text := range a.cfg.Proxies {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return fmt.Errorf("config: proxies: %q is not a network such as 127.0.0.1/32", text)
		}
		proxies = append(proxies, p)
	}
	a.shell, err = web.New(web.Config{
		Services: services, Catalog: a.catalog, Clock: a.Clock, Log: a.Log, Decorate: a.decorate, Account: a.identity.Account,
		PerClient: web.Rate{PerSecond: 30, Burst: 120}, Secure: a.secure(), Demo: a.Demo, CookieClass: cookie.ClassOf(a.rules.notices), Observe: a.metrics.observe, Proxies: proxies,
		OwnLimit: a.isCall,
	})
	if err != nil {
		return err
	}
	var public []front.Service
	for _, n := range a.rules.notices {
		public = append(public, front.Service{Slug: n.Service(), Notice: n, Versions: a.editions(n.Service()), CanSignUp: a.hasAccounts(n.Service()), Continue: goesOn(n.Service())})
	}
	if a.front, err = front.New(public, notice.Render); err != nil {
		return err
	}
	a.mux = new(web.Routes)
	a.routes(a.mux)
	a.handler = a.identity.Identify(a.shell.Handler(a.byHost(a.follow(a.payFirst(a.agreeFirst(a.showNotice(a.counting(a.mux))))))))
	return nil
}

// Patterns are those of all routes of the program, as http.ServeMux has them. The
// calls of an API stand behind one of them; rest.API.Ops has each.
func (a *App) Patterns() []string { return a.mux.Patterns() }

// byHost puts the service's segment before the paths of a host that belongs to
// one service alone.
func (a *App) byHost(next http.Handler) http.Handler {
	slugs := map[string]string{}
	for slug, host := range a.cfg.Hosts {
		slugs[strings.ToLower(host)] = slug
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := strings.Cut(strings.ToLower(r.Host), ":")
		slug, own := slugs[host]
		first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		if own && !slices.Contains([]string{"assets", ".well-known", "healthz", "readyz", "robots.txt", slug}, first) {
			r2 := *r
			u := *r.URL
			u.Path, u.RawPath = "/"+slug+u.Path, ""
			r2.URL = &u
			r = &r2
		}
		next.ServeHTTP(w, r)
	})
}

// follow lets a browser follow the choice of cookies that its person made on
// another device.
func (a *App) follow(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") {
			a.cookies.Follow(w, r)
		}
		next.ServeHTTP(w, r)
	})
}

// hasProduct tells whether a service has what people come for, and not only
// accounts and their rights.
func (a *App) hasProduct(slug string) bool {
	return slug == "ctt" && a.rules.runs("capture") || slug == jaga && a.uses(jaga, cash.Module)
}

// hasAccounts tells whether strangers can sign up for a service today: where there
// is something to sign up for, and in the demo, which shows all of them.
func (a *App) hasAccounts(slug string) bool { return a.hasProduct(slug) || a.Demo }

// goesOn leads a person who is signed in from the front page into the service.
func goesOn(slug string) func(*http.Request) string {
	return func(r *http.Request) string {
		if who, ok := identity.FromContext(r.Context()); ok && who.Service == slug {
			return web.ServiceOf(r.Context()).Path(landing(slug))
		}
		return ""
	}
}

// routes are all pages of the program.
func (a *App) routes(mux web.Mux) {
	mux.Handle("GET /assets/", a.shell.Assets())
	mux.Handle("GET /robots.txt", web.Robots("/ctt/app/", "/jagacash/app/"))
	mux.Handle("GET /.well-known/gpc.json", web.GPC(true, time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)))
	mux.Handle("GET /.well-known/dpv-id.csv", record.Vocabulary())
	mux.Handle("GET /.well-known/receipt-key.json", a.keys.signing.Handler())
	if a.cfg.Security.Contact != "" {
		mux.Handle("GET /.well-known/security.txt", web.Security{Contact: []string{a.cfg.Security.Contact}, Expires: a.Clock.Now().AddDate(0, 6, 0)}.Handler())
	}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", a.ready)
	mux.Handle("GET /metrics", a.metrics.handler())
	a.front.Routes(mux)
	for _, s := range a.services {
		a.serviceRoutes(mux, s.Slug)
	}
	a.cashPlanRoutes(mux)
	a.statementRoutes(mux)
	a.exchangeRoutes(mux)
	if a.rules.runs("capture") {
		a.capture.Routes(mux)
		mux.Handle("POST /ctt/hooks/telegram", a.capture.Hook())
		a.waysInRoutes(mux)
		a.reports.Routes(mux)
		a.billingRoutes(mux)
	}
	if a.cash != nil {
		a.cashRoutes(mux)
	}
}

// serviceRoutes are the pages that every service has.
func (a *App) serviceRoutes(mux web.Mux, slug string) {
	a.cookies.Routes(mux, slug)
	a.consents.Routes(mux, slug)
	a.promises.Routes(mux, slug)
	a.changes.Routes(mux, slug)
	a.identity.Routes(mux, slug)
	a.mine.Routes(mux, slug)
	a.requests.Routes(mux, slug)
	a.closing.Routes(mux, slug)
	a.records.Routes(mux, slug)
	a.shelf.Routes(mux, slug, a.desk)
	a.notify.Routes(mux, slug)
	a.complaints.Routes(mux, slug)
	a.trail.Routes(mux, slug)
	if a.figures != nil && a.uses(slug, "analytics") {
		a.figures.Routes(mux, slug)
	}
	a.breaches.Routes(mux, slug)
	a.disclosures.Routes(mux, slug)
	a.board().Routes(mux, slug)
	a.holdPages.Routes(mux, slug)
	a.erasureDesk.Routes(mux, slug)
	if a.support != nil && a.uses(slug, "support") {
		a.support.Routes(mux, slug)
	}
	a.guardians.StaffRoutes(mux, slug, a.desk)
	if a.uses(slug, guardian.Module) {
		a.guardians.Routes(mux, slug)
	}
	if a.uses(slug, "google") {
		a.google.Routes(mux, slug)
	}
	if a.uses(slug, "phone") {
		a.phone.Routes(mux, slug)
	}
	if slug == jaga && a.family != nil {
		a.family.Routes(mux)
	}
	if slug == jaga && a.profiles != nil {
		a.profiles.Routes(mux, a.desk)
	}
	a.apis[slug].Routes(mux)
	a.bearers[slug].Routes(mux)
}

// ready answers whether the database does.
func (a *App) ready(w http.ResponseWriter, r *http.Request) {
	if err := a.db.Ping(r.Context()); err != nil {
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ready\n"))
}

// decorate fills in the person and the menu of every page.
func (a *App) decorate(r *http.Request, p *web.Page) {
	defer func() {
		if p.Top == nil && a.changes != nil {
			p.Top = a.changes.Banner(p.Service.Slug)
		}
	}()
	who, ok := identity.FromContext(r.Context())
	if !ok || who.Service != p.Service.Slug {
		return
	}
	p.User = identity.User(r)
	a.breaches.Decorate(r, p, who)
	a.gateFlag(p, who)
	a.supportMenu(r, p, who)
	a.billingMenu(r, p, who)
	a.board().Decorate(r, p, who)
	a.billingBanner(r, p)
	a.notify.Decorate(r, p, r.URL.Path == p.Service.Path(landing(p.Service.Slug)))
	if len(p.Nav) == 0 && who.Service == "ctt" && !who.Workspace.IsZero() {
		p.Nav = append(a.menuOf(r), a.billingNav(r)...)
	}
	if len(p.Nav) == 0 && who.Service == jaga && a.cash != nil && !who.Workspace.IsZero() {
		p.Nav = a.tabs(r, familyMenu)
	}
}

// board is the officers' desk of every service. It shows the registers that have a
// page.
func (a *App) board() *desk.Desk {
	return &desk.Desk{Guard: a.desk, Has: func(slug string, r desk.Register) bool {
		return a.mux.Has("GET /" + slug + desk.Root + "/" + string(r))
	}}
}
