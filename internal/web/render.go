package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"

	"amanah/internal/fault"
	"amanah/internal/web/asset"
	"amanah/internal/web/i18n"
)

// view is a page on its way to the layout.
type view struct {
	page   Page
	theme  asset.Palette
	assets *asset.Set
	path   string // path and query asked for
	query  string
	demo   bool
}

func (v view) slug() string {
	if v.page.Service.Slug == "" {
		return asset.Nameless
	}
	return v.page.Service.Slug
}

func (v view) asset(name string) string { return v.assets.URL(name) }

func (v view) windowTitle(p i18n.Printer) string {
	t := v.page.Title
	if t != v.page.Service.Name {
		t += " · " + v.page.Service.Name
	}
	if !v.page.Form.OK() {
		t = p.T("ui.error.prefix") + " " + t
	}
	return t
}

// description is what a search engine shows: the page's own, or its first sentence.
func (v view) description() string {
	switch {
	case v.page.Description != "":
		return v.page.Description
	case v.page.Lead != "":
		return v.page.Lead
	}
	return v.page.Title + " · " + v.page.Service.Name
}

// inLanguage is the same page in another language.
func (v view) inLanguage(l i18n.Lang) string {
	return v.path + "?" + setLang(v.query, l)
}

// Pools of what every page needs: a writer of gzip alone takes 800 kB.
var (
	buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}
	zippers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}
)

// Render writes a page. What the handler left empty in p is filled in from the
// request. An error while writing the component is answered as an internal
// fault: nothing half-made reaches the person.
func Render(w http.ResponseWriter, r *http.Request, status int, p Page, body templ.Component) {
	st := stateOf(r.Context())
	if st == nil {
		http.Error(w, "web: the handler runs outside the shell", http.StatusInternalServerError)
		return
	}
	if p.Service.Slug == "" {
		p.Service = st.service
	}
	if st.shell.cfg.Decorate != nil {
		st.shell.cfg.Decorate(r, &p)
	}
	p.Flash = append(takeFlash(w, r, st), p.Flash...)
	v := view{page: p, assets: st.shell.assets, path: LocalPath(r.URL.EscapedPath(), "/"), query: r.URL.RawQuery, demo: st.shell.cfg.Demo}
	v.theme = st.shell.assets.Palette(v.slug())
	buf, _ := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	defer buffers.Put(buf)
	ctx := templ.WithChildren(i18n.Into(r.Context(), st.printer), body)
	if err := layout(v).Render(ctx, buf); err != nil {
		Fail(w, r, fault.Wrap("web.Render", err))
		return
	}
	writeHTML(w, r, status, p, buf.Bytes())
}

// Fragment writes a component without the frame, for htmx.
func Fragment(w http.ResponseWriter, r *http.Request, status int, body templ.Component) {
	st := stateOf(r.Context())
	if st == nil {
		http.Error(w, "web: the handler runs outside the shell", http.StatusInternalServerError)
		return
	}
	var buf bytes.Buffer
	if err := body.Render(i18n.Into(r.Context(), st.printer), &buf); err != nil {
		Fail(w, r, fault.Wrap("web.Fragment", err))
		return
	}
	writeHTML(w, r, status, Page{}, buf.Bytes())
}

// writeHTML sends a finished page. Pages of people are not kept by any cache.
func writeHTML(w http.ResponseWriter, r *http.Request, status int, p Page, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(i18n.From(Context(r)).Lang))
	h.Add("Vary", "Accept-Encoding, Accept-Language, Cookie")
	if p.Public && p.User == nil && status == http.StatusOK {
		h.Set("Cache-Control", "private, no-cache")
		tag := `W/"` + asset.Hash(body) + `"`
		h.Set("ETag", tag)
		if match := r.Header.Get("If-None-Match"); match != "" && match == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	} else {
		h.Set("Cache-Control", "no-store")
	}
	if !p.Sensitive && len(body) > 1000 && acceptsGzip(r) {
		z, _ := buffers.Get().(*bytes.Buffer)
		defer buffers.Put(z)
		z.Reset()
		gz, _ := zippers.Get().(*gzip.Writer)
		defer zippers.Put(gz)
		gz.Reset(z)
		_, _ = gz.Write(body)
		_ = gz.Close()
		body = z.Bytes()
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// Context is the context of a request with the printer of its language in it:
// handlers translate with i18n.T(web.Context(r), key).
func Context(r *http.Request) context.Context {
	st := stateOf(r.Context())
	if st == nil {
		return r.Context()
	}
	return i18n.Into(r.Context(), st.printer)
}

func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(name, "gzip") && strings.ReplaceAll(q, " ", "") != "q=0" {
			return true
		}
	}
	return false
}
