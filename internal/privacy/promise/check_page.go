package promise

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"amanah/internal/privacy/notice"
)

// answer is what a page answered; it is the ResponseWriter of a request that the
// program sends to itself, without a network.
type answer struct {
	status int
	header http.Header
	body   bytes.Buffer
}

// Header is the answer's.
func (a *answer) Header() http.Header { return a.header }

// Write takes the body.
func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.body.Write(b)
}

// WriteHeader takes the status.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// pages asks the program's own pages.
type pages struct {
	handler func() http.Handler
	address func(service string) string
}

// Pages makes the checks of the pages: handler is the whole program's, address
// where a service is reached.
func Pages(handler func() http.Handler, address func(service string) string) []Check {
	p := pages{handler, address}
	return []Check{
		{Name: "notice-page", Look: p.notice},
		{Name: "own-pages", Look: p.own},
		{Name: "cookies-named", Look: p.cookies},
		{Name: "notice-says", Params: []string{"part"}, Sound: part, Look: p.says},
	}
}

func (p pages) get(ctx context.Context, service, path, accept string) (*answer, error) {
	base, err := url.Parse(p.address(service))
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, base.Scheme+"://"+base.Host+base.Path+path, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", accept)
	r.RequestURI, r.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:1"
	a := &answer{header: http.Header{}}
	p.handler().ServeHTTP(a, r)
	return a, nil
}

// notice asks for the published notice in both languages: the version that holds,
// its date, and which language binds.
func (p pages) notice(ctx context.Context, s Site, _ Args) (Finding, error) {
	for _, lang := range []string{"id", "en"} {
		for _, path := range []string{"/privacy", "/privacy/" + s.Notice.Version()} {
			a, err := p.get(ctx, s.Notice.Service(), path+"?lang="+lang, "text/markdown")
			if err != nil {
				return Finding{}, err
			}
			text := a.body.String()
			if a.status != http.StatusOK || !strings.Contains(text, s.Notice.Version()) || !strings.Contains(text, s.Notice.Binding(lang)) || !strings.Contains(text, notice.SayDay(s.Notice.Effective(), lang)) {
				return found(Broken, Fig("notice_missing", "lang", Words(lang), "version", Words(s.Notice.Version()))), nil
			}
		}
	}
	return found(Kept, Fig("notice_page", "version", Words(s.Notice.Version()), "from", Day(s.Notice.Effective()))), nil
}

// parts are what a notice must say, as the words that its text must hold.
var parts = map[string]func(n *notice.Notice, lang string) []string{
	"authority": func(n *notice.Notice, lang string) []string { return []string{n.Authority().Name.In(lang)} },
	"contact":   func(n *notice.Notice, _ string) []string { return []string{n.Ask().Email, n.Controller().Email} },
	"officer": func(n *notice.Notice, lang string) []string {
		return []string{n.Officer().Email, n.Officer().Hours.In(lang)}
	},
	"complaints": func(n *notice.Notice, lang string) []string {
		out := []string{n.Complaints().Email, n.Complaints().Phone}
		for _, t := range n.Complaints().Then {
			out = append(out, t.In(lang))
		}
		return out
	},
	"recipients": func(n *notice.Notice, lang string) (out []string) {
		for _, r := range n.Recipients() {
			out = append(out, r.Name.In(lang))
		}
		return out
	},
	"terms": func(n *notice.Notice, lang string) (out []string) {
		for _, c := range n.Categories() {
			out = append(out, c.What.In(lang))
		}
		return out
	},
}

func part(_ *notice.Notice, a Args) error {
	if _, ok := parts[a["part"]]; !ok {
		return fmt.Errorf("no part of a notice is called %q", a["part"])
	}
	return nil
}

// says asks for the published notice and looks for everything that a part of it
// must name, in both languages.
func (p pages) says(ctx context.Context, s Site, a Args) (Finding, error) {
	for _, lang := range []string{"id", "en"} {
		got, err := p.get(ctx, s.Notice.Service(), "/privacy?lang="+lang, "text/markdown")
		if err != nil {
			return Finding{}, err
		}
		text := got.body.String()
		for _, w := range parts[a["part"]](s.Notice, lang) {
			if w != "" && !strings.Contains(text, w) && !strings.Contains(strings.ReplaceAll(text, `\`, ""), w) {
				return found(Broken, Fig("part_missing", "what", Words(w), "lang", Words(lang))), nil
			}
		}
	}
	return found(Kept, Fig("part", "version", Words(s.Notice.Version()))), nil
}

// open are the pages that everybody may see.
var open = []string{"/", "/privacy", "/terms", "/security", "/cookies"}

var foreign = regexp.MustCompile(`(?i)<(?:script|img|iframe|link|object|embed|video|audio)\b[^>]*\b(?:src|href|data)\s*=\s*["']?(?:https?:)?//`)

// own looks for anything on a page that another host would serve: advertising and
// measuring by others come so.
func (p pages) own(ctx context.Context, s Site, _ Args) (Finding, error) {
	secure := strings.HasPrefix(p.address(s.Notice.Service()), "https://")
	for _, path := range open {
		a, err := p.get(ctx, s.Notice.Service(), path, "text/html")
		if err != nil {
			return Finding{}, err
		}
		policy := a.header.Get("Content-Security-Policy")
		if a.status != http.StatusOK || foreign.Match(a.body.Bytes()) || !strings.Contains(policy, "default-src 'self'") && !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "//") || strings.Contains(policy, "*") {
			return found(Broken, Fig("page_foreign", "path", Words(path))), nil
		}
		if secure && a.header.Get("Strict-Transport-Security") == "" {
			return found(Broken, Fig("page_plain", "path", Words(path))), nil
		}
	}
	return found(Kept, Fig("pages_own")), nil
}

// cookies looks at what the open pages set, in a browser that chose nothing.
func (p pages) cookies(ctx context.Context, s Site, _ Args) (Finding, error) {
	known := s.Notice.Cookies()
	for _, path := range append(slices.Clone(open), "/?lang=en", "/signin") {
		a, err := p.get(ctx, s.Notice.Service(), path, "text/html")
		if err != nil {
			return Finding{}, err
		}
		for _, c := range (&http.Response{Header: a.header}).Cookies() {
			i := slices.IndexFunc(known, func(k notice.Cookie) bool { return k.Name == strings.TrimPrefix(c.Name, "__Host-") })
			if i < 0 || known[i].Class != "essential" && known[i].Class != "functional" || !lasts(c, known[i]) {
				return found(Broken, Fig("cookie_unnamed", "name", Words(c.Name))), nil
			}
		}
	}
	return found(Kept, Fig("cookies")), nil
}

// lasts tells whether a cookie stays no longer than the notice says.
func lasts(c *http.Cookie, k notice.Cookie) bool {
	if c.MaxAge <= 0 {
		return true // until the browser closes, or taken away
	}
	return notice.Period{Seconds: c.MaxAge}.Compare(k.Lasts) <= 0
}
