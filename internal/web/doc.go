// Package web is the shell around every page: the frame, the components, the
// translations, the assets, and what stands in front of every handler (security
// headers, limits, cross-origin refusal, log, panics, error pages).
//
// It holds no business word and knows no module. It may import the leaves and
// templ only; modules import it. It never logs a path, a query, an address or
// anything a person wrote.
//
// # A page of a module
//
//	//go:embed id.json en.json
//	var texts embed.FS // handed to i18n.New by the app
//
//	func (h *Handlers) Routes(mux web.Mux) {
//		mux.Handle("GET /ctt/targets/new", web.HandlerFunc(h.newTarget))
//		mux.Handle("POST /ctt/targets", web.HandlerFunc(h.createTarget))
//	}
//
//	func (h *Handlers) createTarget(w http.ResponseWriter, r *http.Request) error {
//		if err := web.ParseForm(r); err != nil {
//			return err // the shell answers: 413 or 422, page or problem+json
//		}
//		form := ui.NewForm(r.PostForm)
//		if r.PostForm.Get("name") == "" {
//			form.Add("name", "target.name.missing")
//		}
//		if form.OK() {
//			err := h.targets.Create(r.Context(), r.PostForm.Get("name"))
//			if err == nil {
//				web.Redirect(w, r, "/ctt/targets", web.Flash{Tone: ui.Success, Key: "target.created"})
//				return nil
//			}
//			if !form.Take(err) { // faults the person can mend become messages
//				return err
//			}
//		}
//		ctx := web.Context(r)
//		web.Render(w, r, http.StatusUnprocessableEntity,
//			web.Page{Title: i18n.T(ctx, "target.new"), Form: form}, newTargetPage(form))
//		return nil
//	}
//
// and its template, web.templ:
//
//	templ newTargetPage(f *ui.Form) {
//		@ui.PostForm("/ctt/targets") {
//			@ui.Input(f, ui.Field{Name: "name", Label: i18n.T(ctx, "target.name"), Autocomplete: "off"})
//			@ui.Submit(i18n.T(ctx, "target.create"))
//		}
//	}
//
// The frame writes h1 (Page.Title), the flash messages, the error summary of
// Page.Form, header, language switch and footer.
//
// # Parts of a page
//
// A page with HTMX set loads htmx 4 (assets/files/htmx.js, from the npm package
// htmx.org 4.0.1, licence beside it). It comes second: a link or form first works
// alone, then gets hx-get or hx-post with hx-select and hx-target on itself, since
// attributes are not inherited. Answers of 4xx are swapped too; Fail gives htmx a
// notice instead of a page. Fragment writes a component without the frame.
//
// # Generating
//
// Templates are compiled by hand and the result is committed:
//
//	go tool -modfile=tools/go.mod templ generate -path internal
//
// # Tests
//
// Package webtest runs a handler inside a shell and checks a page's markup.
package web
