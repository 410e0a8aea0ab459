package front

import (
	"embed"
	"io"
	"io/fs"
	"net/http"
	"time"

	"amanah/internal/fault"
	"amanah/internal/privacy/notice"
	"amanah/internal/web"
)

// Service is one service that the program runs.
type Service struct {
	// Slug is the first path segment, as in web.Service.
	Slug   string
	Notice *notice.Notice
	// Versions are all that were ever published, the oldest first; nil shows the
	// notice alone.
	Versions []Edition
	// CanSignUp tells that the service takes accounts: its pages then lead to
	// signup, signin and privacy/me.
	CanSignUp bool
	// Continue gives the address at which a person who is signed in to the service
	// goes on, "" for everybody else. It may be nil.
	Continue func(r *http.Request) string
}

// Edition is one published version of a notice.
type Edition struct {
	Notice  *notice.Notice
	Digest  string
	From    time.Time // the moment from which it holds, or will
	Current bool
}

// Renderer writes a notice in a language ("id", "en") and a format: "html" is a
// fragment without frame, style and script, "md", "json". It is notice.Render.
type Renderer func(n *notice.Notice, lang, format string, w io.Writer) error

// Front serves the public pages. It does not change after New and is safe for
// concurrent use.
type Front struct {
	services []*service
}

// service is what is known about a service before anybody asks.
type service struct {
	Service
	published map[string]map[edition]document // by version
	terms     terms
}

// New renders the notices of the services in every language and format, so that
// a notice that cannot be shown stops the start and no request waits for it.
func New(services []Service, render Renderer) (*Front, error) {
	f := &Front{}
	for _, s := range services {
		if len(s.Versions) == 0 {
			s.Versions = []Edition{{s.Notice, notice.Digest(s.Notice), notice.Starts(s.Notice.Effective()), true}}
		}
		published := map[string]map[edition]document{}
		for _, v := range s.Versions {
			all, err := publish(v.Notice, render)
			if err != nil {
				return nil, fault.Wrap("front.New", err)
			}
			published[v.Notice.Version()] = all
		}
		t, err := readTerms(s)
		if err != nil {
			return nil, fault.Wrap("front.New", err)
		}
		f.services = append(f.services, &service{Service: s, published: published, terms: t})
	}
	return f, nil
}

// Routes registers the pages.
func (f *Front) Routes(mux web.Mux) {
	mux.Handle("GET /{$}", web.HandlerFunc(f.root))
	for _, s := range f.services {
		base := "GET /" + s.Slug
		mux.Handle(base+"/{$}", web.HandlerFunc(s.front))
		mux.Handle(base+"/privacy", web.HandlerFunc(s.notice))
		mux.Handle(base+"/privacy/{version}", web.HandlerFunc(s.notice))
		mux.Handle(base+"/terms", web.HandlerFunc(s.termsPage))
		mux.Handle(base+"/security", web.HandlerFunc(s.securityPage))
	}
}

//go:embed i18n/id.json i18n/en.json
var texts embed.FS

// Texts are the sentences of the pages, for i18n.New.
func Texts() fs.FS {
	sub, err := fs.Sub(texts, "i18n")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return sub
}
