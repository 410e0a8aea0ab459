package front

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"amanah/internal/privacy/notice"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// Where accounts begin, below the service's address.
const (
	signUp = "/signup"
	signIn = "/signin"
	mine   = "/privacy/me"
)

// root is the program's own page, or the front page of the service that the host
// belongs to.
func (f *Front) root(w http.ResponseWriter, r *http.Request) error {
	slug := web.ServiceOf(r.Context()).Slug
	for _, s := range f.services {
		if s.Slug == slug {
			return s.front(w, r)
		}
	}
	ctx := web.Context(r)
	web.Render(w, r, http.StatusOK, web.Page{
		Title: "Amanah", Description: i18n.T(ctx, "front.home.lead", "count", len(f.services)),
		NoHeading: true, Wide: true, Public: true,
	}, homePage(f.services))
	return nil
}

// front is the front page of a service.
func (s *service) front(w http.ResponseWriter, r *http.Request) error {
	lang := string(i18n.From(web.Context(r)).Lang)
	goOn := ""
	if s.CanSignUp && s.Continue != nil {
		goOn = s.Continue(r)
	}
	web.Render(w, r, http.StatusOK, web.Page{
		Title: s.Notice.Name(lang), Description: s.Notice.About(lang),
		NoHeading: true, Wide: true, Public: goOn == "",
	}, frontPage(s, goOn))
	return nil
}

func (s *service) securityPage(w http.ResponseWriter, r *http.Request) error {
	ctx := web.Context(r)
	lang := string(i18n.From(ctx).Lang)
	web.Render(w, r, http.StatusOK, web.Page{
		Title: i18n.T(ctx, "front.security.title"), Lead: i18n.T(ctx, "front.security.lead"),
		Description: i18n.T(ctx, "front.security.description", "name", s.Notice.Name(lang)), Wide: true, Public: true,
		Back: &ui.Tab{Label: s.Notice.Name(lang), Href: web.ServiceOf(ctx).Path("/")},
	}, securityPage(s))
	return nil
}

func (s *service) termsPage(w http.ResponseWriter, r *http.Request) error {
	ctx := web.Context(r)
	lang := string(i18n.From(ctx).Lang)
	web.Render(w, r, http.StatusOK, web.Page{
		Title:       i18n.T(ctx, "front.terms.title"),
		Description: i18n.T(ctx, "front.terms.description", "name", s.Notice.Name(lang)), Public: true,
		Back: &ui.Tab{Label: s.Notice.Name(lang), Href: web.ServiceOf(ctx).Path("/")},
	}, termsPage(s))
	return nil
}

// point is one thing with a heading and a sentence.
type point struct{ title, text string }

// points reads key.1.title and key.1.text, key.2.title … as far as they go.
func points(ctx context.Context, key string) []point {
	p := i18n.From(ctx)
	var out []point
	for i := 1; p.Has(key + "." + strconv.Itoa(i) + ".title"); i++ {
		n := key + "." + strconv.Itoa(i)
		out = append(out, point{p.T(n + ".title"), p.T(n + ".text")})
	}
	return out
}

// orElse says a key, or something else where there is no such sentence.
func orElse(ctx context.Context, key, other string) string {
	if p := i18n.From(ctx); p.Has(key) {
		return p.T(key)
	}
	return other
}

func lang(ctx context.Context) string { return string(i18n.From(ctx).Lang) }

// highlights are the kinds of data whose time of keeping the front page names.
var highlights = map[string][]string{
	"ctt":        {"mail.raw", "transaction.amount", "security.log"},
	"jenna":      {"message.text", "message.media", "memory.fact"},
	"ashari":     {"attendance.time", "attendance.selfie", "google.mail"},
	"jagacash":   {"receipt.image", "statement.file", "transaction.amount"},
	"epesantren": {"pupil.identity", "academic.record", "finance.entry"},
}

// only are the services that take accounts, or those that do not yet.
func only(list []*service, canSignUp bool) []*service {
	var out []*service
	for _, s := range list {
		if s.CanSignUp == canSignUp {
			out = append(out, s)
		}
	}
	return out
}

// kept are the highlights of a service that its notice has.
func (s *service) kept() []notice.Category {
	var out []notice.Category
	for _, key := range highlights[s.Slug] {
		if c, ok := s.Notice.Category(key); ok {
			out = append(out, c)
		}
	}
	return out
}

// receivers are the recipients to whom data may flow, or those to whom it may not
// before their agreement is signed.
func (s *service) receivers(open bool) []notice.Recipient {
	var out []notice.Recipient
	for _, r := range s.Notice.Recipients() {
		if r.Open() == open {
			out = append(out, r)
		}
	}
	return out
}

// names lists recipients by their names.
func names(list []notice.Recipient, lang string) string {
	out := make([]string, len(list))
	for i, r := range list {
		out[i] = r.Name.In(lang)
	}
	return strings.Join(out, ", ")
}

// has tells whether the notice names a measure.
func (s *service) has(measure string) bool {
	return slices.Contains(s.Notice.Security(), measure)
}

// answer is the longest of the deadlines of the rights.
func (s *service) answer() notice.Period {
	var longest notice.Period
	for _, r := range s.Notice.Rights() {
		if r.Dated && r.Within.Compare(longest) > 0 {
			longest = r.Within
		}
	}
	return longest
}
