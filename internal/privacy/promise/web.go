package promise

import (
	"encoding/json"
	"net/http"
	"strings"

	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// Routes adds a service's page. It is open to everybody: it is about nobody.
func (k *Keeper) Routes(mux web.Mux, slug string) {
	mux.Handle("GET /"+slug+"/promises", web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error { return k.show(w, r, slug) }))
}

func (k *Keeper) show(w http.ResponseWriter, r *http.Request, slug string) error {
	n, err := k.notice(slug)
	if err != nil {
		return err
	}
	lines, err := k.Board(r.Context(), slug)
	if err != nil {
		return err
	}
	ctx := web.Context(r)
	w.Header().Add("Vary", "Accept")
	if wantsJSON(r) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-cache")
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return enc.Encode(map[string]any{"service": slug, "notice_version": n.Version(), "promises": Show(i18n.From(ctx).Catalog, n, lines)})
	}
	lang := string(i18n.From(ctx).Lang)
	web.Render(w, r, http.StatusOK, web.Page{
		Title: i18n.T(ctx, "promise.title"), Lead: i18n.T(ctx, "promise.lead"), Wide: true, Public: true,
		Description: i18n.T(ctx, "promise.description", "name", n.Name(lang)),
		Back:        &ui.Tab{Label: n.Name(lang), Href: web.ServiceOf(ctx).Path("/")},
	}, page(view{n: n, lines: lines, lang: lang}))
	return nil
}

// wantsJSON tells whether the client asks for JSON before a page.
func wantsJSON(r *http.Request) bool {
	switch r.URL.Query().Get("format") {
	case "json":
		return true
	case "html":
		return false
	}
	accept := r.Header.Get("Accept")
	json, html := strings.Index(accept, "application/json"), strings.Index(accept, "text/html")
	return json >= 0 && (html < 0 || json < html)
}
