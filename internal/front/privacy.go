package front

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"amanah/internal/fault"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// notice serves the notice in the form and the language that the client likes.
func (s *service) notice(w http.ResponseWriter, r *http.Request) error {
	w.Header().Add("Vary", "Accept")
	format, err := negotiate(r)
	if err != nil {
		return err
	}
	version := s.Notice.Version()
	if v := r.PathValue("version"); v != "" {
		version = v
	}
	all, ok := s.published[version]
	if !ok {
		return s.unknownVersion(w, r, format)
	}
	ctx := web.Context(r)
	lang := i18n.From(ctx).Lang
	s.link(w, r, version)
	doc := all[edition{lang, format}]
	if format != asHTML {
		serveDocument(w, r, lang, format, doc)
		return nil
	}
	svc := web.ServiceOf(ctx)
	web.Render(w, r, http.StatusOK, web.Page{
		Title: i18n.T(ctx, "front.privacy"), NoHeading: true, Wide: true, Public: true,
		Description: i18n.T(ctx, "front.notice.description", "name", s.Notice.Name(string(lang))),
		Back:        &ui.Tab{Label: s.Notice.Name(string(lang)), Href: svc.Path("/")},
	}, noticePage(s, doc, version))
	return nil
}

// link tells where the same text is in other forms, and its one address.
func (s *service) link(w http.ResponseWriter, r *http.Request, version string) {
	path := web.ServiceOf(r.Context()).Path("/privacy/" + version)
	links := []string{"<" + path + `>; rel="canonical"`}
	for _, f := range formats {
		links = append(links, "<"+path+"?format="+f.name+`>; rel="alternate"; type="`+f.media+`"`)
	}
	for _, l := range i18n.Langs() {
		links = append(links, "<"+path+"?lang="+string(l)+`>; rel="alternate"; hreflang="`+string(l)+`"`)
	}
	w.Header().Set("Link", strings.Join(links, ", "))
}

// serveDocument sends Markdown or JSON; a client that has it already gets 304.
func serveDocument(w http.ResponseWriter, r *http.Request, lang i18n.Lang, format string, d document) {
	h := w.Header()
	h.Set("Content-Type", contentType(format))
	h.Set("Content-Language", string(lang))
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", d.tag)
	h.Add("Vary", "Accept-Language, Cookie")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(d.body))
}

// contentType adds the character set where the media type does not fix it.
func contentType(format string) string {
	if format == asJSON {
		return mediaType(format)
	}
	return mediaType(format) + "; charset=utf-8"
}

// unknownVersion says which versions there are. Programs get a problem.
func (s *service) unknownVersion(w http.ResponseWriter, r *http.Request, format string) error {
	if format != asHTML {
		return fault.New(fault.NotFound, "front.notice", "front.version.unknown")
	}
	ctx := web.Context(r)
	web.Render(w, r, http.StatusNotFound, web.Page{
		Title: i18n.T(ctx, "front.version.title"), Lead: i18n.T(ctx, "front.version.unknown"),
	}, versionsPage(s))
	return nil
}
