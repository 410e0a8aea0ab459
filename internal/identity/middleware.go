package identity

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strings"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/tenant"
	"amanah/internal/web"
)

// CookieName is the name of a service's session cookie. Each service has its
// own, because several may share a host. Where the connection is safe the name
// binds it to this very host (the prefix __Host-, RFC 6265bis).
func CookieName(slug string, secure bool) string {
	if secure {
		return "__Host-session-" + slug
	}
	return "session-" + slug
}

// secure tells whether a cookie may only travel by HTTPS: always but for plain
// HTTP to this machine itself. Elsewhere plain HTTP cannot sign in.
func (s *Service) secure(r *http.Request) bool {
	return s.cfg.Secure || r.TLS != nil || !loopback(r.Host)
}

func loopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if strings.EqualFold(host, "localhost") || strings.HasSuffix(strings.ToLower(host), ".localhost") {
		return true
	}
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && a.IsLoopback()
}

// setCookie gives a browser its session; a ticket without token takes it away.
func (s *Service) setCookie(w http.ResponseWriter, r *http.Request, slug string, t Ticket) {
	c := &http.Cookie{
		Name: CookieName(slug, s.secure(r)), Value: t.Token, Path: "/",
		HttpOnly: true, Secure: s.secure(r), SameSite: http.SameSiteLaxMode,
		MaxAge: int(sessionTime / time.Second), Expires: t.Expires,
	}
	if t.Token == "" {
		c.MaxAge, c.Expires = -1, time.Unix(1, 0)
	}
	http.SetCookie(w, c)
}

// Identify makes the principal of a request known to FromContext. It goes around
// the shell, so that the shell can ask for the person's language; the look-up is
// made at most once a request, and only where somebody asks.
func (s *Service) Identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{find: func(ctx context.Context) (Principal, error) {
			slug := web.ServiceOf(ctx).Slug
			if _, ok := s.services[slug]; !ok {
				return Principal{}, nil
			}
			c, _ := r.Cookie(CookieName(slug, s.secure(r))) // the only error is that there is none
			if c == nil {
				return Principal{}, nil
			}
			p, err := s.resolve(ctx, slug, c.Value)
			if fault.Is(err, fault.Unauthorized) {
				return Principal{}, nil
			}
			if err == nil {
				p.Address, err = audit.AddressIndex(ctx, s.cfg.DB.Vault(), p.Home, web.ClientAddr(r.WithContext(ctx)).String())
			}
			return p, err
		}}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), principalKey{}, v)))
	})
}

// Account is web.Config.Account: the language and zone of who is signed in.
func (s *Service) Account(r *http.Request) (lang string, zone *time.Location) {
	p, ok := FromContext(r.Context())
	if !ok {
		if p, ok = halfway(r.Context()); !ok {
			return "", nil
		}
	}
	return p.Lang, clock.Zone(p.Zone)
}

// Require lets through who is signed in and has one of the roles; with none
// named, everybody who is signed in. Others are sent to sign in and come back
// (a visitor), are sent to the step that their session lacks (a half session), or
// get the page that says what they may not (a wrong role).
func Require(next http.Handler, roles ...tenant.Role) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := resolve(r.Context())
		switch {
		case v != nil && v.err != nil:
			web.Fail(w, r, v.err)
		case v != nil && v.half:
			toStep(w, r, v.who.Step)
		case v == nil || !v.found:
			toSignIn(w, r)
		case len(roles) > 0 && !v.who.Is(roles...):
			web.Fail(w, r, fault.New(fault.Forbidden, "identity.Require", ""))
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// toSignIn sends a visitor to the sign-in page; programs get the fault. Only a
// page that was asked for by GET is come back to.
func toSignIn(w http.ResponseWriter, r *http.Request) {
	if web.WantsJSON(r) {
		web.Fail(w, r, fault.New(fault.Unauthorized, "identity.Require", ""))
		return
	}
	to := web.ServiceOf(r.Context()).Path("/signin")
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		to += "?next=" + url.QueryEscape(here(r))
	}
	web.Redirect(w, r, to)
}

// toStep sends a half session to the page of the step that it lacks; programs get
// the fault.
func toStep(w http.ResponseWriter, r *http.Request, step Step) {
	if web.WantsJSON(r) {
		web.Fail(w, r, errHalf())
		return
	}
	next := ""
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		next = here(r)
	}
	web.Redirect(w, r, stepPath(web.ServiceOf(r.Context()), step, next))
}

// here is the address that was asked for, as the browser sees it.
func here(r *http.Request) string {
	v := web.ServiceOf(r.Context())
	at := r.URL.RequestURI()
	if v.Base == "" {
		at = strings.TrimPrefix(at, "/"+v.Slug)
	}
	return at
}

// nextIn is where to go after a sign-in: an address within the service, or the
// fallback for anything else.
func nextIn(v web.Service, to, fallback string) string {
	u, err := url.Parse(web.LocalPath(to, ""))
	// Browsers go up at dots that are written as %2e, too: the path is judged as
	// they walk it.
	if err != nil || u.Path == "" || !strings.HasPrefix(path.Clean(u.Path)+"/", v.Base+"/") {
		return fallback
	}
	return to
}

// deviceOf is what a request shows of the person's device.
func deviceOf(r *http.Request, lang string) Device {
	d := Device{Agent: r.UserAgent(), Lang: lang}
	if a := web.ClientAddr(r); a.IsValid() {
		d.IP = a.String()
	}
	return d
}
