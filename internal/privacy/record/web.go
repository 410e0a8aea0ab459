package record

import (
	"context"
	"embed"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/identity"
	"amanah/internal/privacy/desk"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
	"amanah/law"
)

// PagesConfig is what the pages need.
type PagesConfig struct {
	// Guard lets officers in.
	Guard *desk.Guard
	// Source gives what a service's documents are made from now.
	Source func(ctx context.Context, service string) (Source, error)
	// PDF writes a document as PDF; it stands a floor above.
	PDF func(w io.Writer, p *Paper) error
}

// Pages show the documents to officers, and the list of recipients to everybody.
type Pages struct{ c PagesConfig }

// NewPages makes them.
func NewPages(c PagesConfig) (*Pages, error) {
	if c.Guard == nil || c.Source == nil || c.PDF == nil {
		return nil, errors.New("record: NewPages needs a guard, a source and a writer of PDF")
	}
	return &Pages{c}, nil
}

// Routes adds a service's pages. The list of recipients is public: JEN-17 and
// EPE-20 promise it to people who have not signed up.
func (s *Pages) Routes(mux web.Mux, slug string) {
	mux.Handle(web.Under(slug, "GET /staff/privacy/records"), s.c.Guard.Page(s.list))
	mux.Handle(web.Under(slug, "GET /staff/privacy/records/{kind}"), s.c.Guard.Page(s.paper))
	mux.Handle(web.Under(slug, "GET /privacy/recipients"), web.HandlerFunc(s.recipients))
}

// Vocabulary serves Indonesia's extension of the Data Privacy Vocabulary, in the
// columns of the vocabulary's own CSV files.
func Vocabulary() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		src, err := law.FS.ReadFile("dpv-id.csv")
		if err != nil {
			http.Error(w, "not found", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
		w.Header().Set("Cache-Control", "public, max-age=86400")
		_, _ = w.Write(src)
	})
}

func (s *Pages) list(v identity.Visit) error {
	src, err := s.c.Source(v.R.Context(), v.Who.Service)
	if err != nil {
		return err
	}
	var all []*Paper
	for _, k := range Kinds() {
		p, err := Make(src, k, v.Lang())
		if err != nil {
			return err
		}
		all = append(all, p)
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("record.title"), Lead: v.T("record.lead"), Back: &ui.Tab{Label: v.T("record.desk"), Href: v.Path("/staff/privacy")}}, listPage(all))
}

// media are the types of the files that a document can be had as.
var media = map[Format]string{Markdown: "text/markdown; charset=utf-8", HTML: "text/html; charset=utf-8", JSON: "application/json", JSONLD: "application/ld+json", PDF: "application/pdf"}

// Formats are those that a document is offered in.
func (k Kind) Formats() []Format {
	out := []Format{PDF, Markdown, JSON}
	if k == Activities {
		out = append(out, JSONLD)
	}
	return out
}

func (s *Pages) paper(v identity.Visit) error {
	k := Kind(v.R.PathValue("kind"))
	if !slices.Contains(Kinds(), k) {
		return fault.New(fault.NotFound, "record.paper", "")
	}
	src, err := s.c.Source(v.R.Context(), v.Who.Service)
	if err != nil {
		return err
	}
	if f := Format(v.R.URL.Query().Get("format")); f != "" {
		return s.file(v.W, src, k, f, v.Lang())
	}
	p, err := Make(src, k, v.Lang())
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, web.Page{Title: p.Title, Lead: p.Lead, Wide: true, Back: &ui.Tab{Label: v.T("record.title"), Href: v.Path("/staff/privacy/records")}}, paperPage(p, v.Path("/staff/privacy/records/"+string(k))))
}

// file sends a document for keeping.
func (s *Pages) file(w http.ResponseWriter, src Source, k Kind, f Format, lang string) error {
	if !slices.Contains(k.Formats(), f) {
		return fault.New(fault.NotFound, "record.file", "")
	}
	p, err := Make(src, k, lang)
	if err != nil {
		return err
	}
	var b strings.Builder
	switch f {
	case PDF:
		err = s.c.PDF(&b, p)
	case JSONLD:
		err = WriteJSONLD(&b, src, lang)
	default:
		err = p.Write(&b, f)
	}
	if err != nil {
		return fault.Wrap("record.file", err)
	}
	h := w.Header()
	h.Set("Content-Type", media[f])
	h.Set("Content-Disposition", `attachment; filename="`+p.Service+"-"+string(k)+"."+lang+"."+string(f)+`"`)
	h.Set("Content-Language", lang)
	_, err = io.WriteString(w, b.String())
	return err
}

// recipients is the public list.
func (s *Pages) recipients(w http.ResponseWriter, r *http.Request) error {
	ctx := web.Context(r)
	service := web.ServiceOf(r.Context())
	src, err := s.c.Source(r.Context(), service.Slug)
	if err != nil {
		return err
	}
	lang := string(i18n.From(ctx).Lang)
	if f := Format(r.URL.Query().Get("format")); f != "" {
		return s.file(w, src, Recipients, f, lang)
	}
	p, err := Make(src, Recipients, lang)
	if err != nil {
		return err
	}
	web.Render(w, r, http.StatusOK, web.Page{Title: p.Title, Lead: p.Lead, Wide: true, Public: true, Back: &ui.Tab{Label: i18n.T(ctx, "record.notice"), Href: service.Path("/privacy")}},
		paperPage(p, service.Path("/privacy/recipients")))
	return nil
}

//go:embed i18n/*.json
var texts embed.FS

// Texts are the package's sentences.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
