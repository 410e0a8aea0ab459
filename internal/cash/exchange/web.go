package exchange

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"amanah/internal/cash"
	"amanah/internal/fault"
	"amanah/internal/identity"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

const base = "/app/exchange"

// Routes puts the pages below "/<slug>/app/exchange". Every member takes out what
// they see; bringing in is for who may write.
func (s *Service) Routes(mux web.Mux) {
	readers := []tenant.Role{tenant.Owner, tenant.Worker, tenant.Viewer}
	writers := readers[:2]
	for _, r := range []struct {
		pattern string
		f       func(identity.Visit) error
		roles   []tenant.Role
	}{
		{"GET " + base, s.listPage, readers},
		{"GET " + base + "/file", s.filePage, readers},
		{"GET " + base + "/{id}", s.importPage, writers},
		{"POST " + base + "/{id}", s.confirmForm, writers},
		{"POST " + base + "/{id}/discard", s.discardForm, writers},
	} {
		mux.Handle(web.Under(s.Cash.Slug, r.pattern), s.page(r.f, r.roles))
	}
	mux.Handle(web.Under(s.Cash.Slug, "POST "+base), web.LimitBody(s.MaxBytes+1<<20, s.page(s.uploadForm, writers)))
}

func (s *Service) page(f func(identity.Visit) error, roles []tenant.Role) http.Handler {
	return identity.Page(func(v identity.Visit) error {
		if v.Who.Workspace.IsZero() || v.Who.Service != s.Cash.Slug {
			return fault.New(fault.NotFound, "exchange.page", "")
		}
		return f(v)
	}, roles...)
}

func path(ctx context.Context, p string) string { return web.ServiceOf(ctx).Path(base + p) }

func (s *Service) listPage(v identity.Visit) error {
	return s.showList(v, ui.NewForm(url.Values{"format": {string(CSV)}}), http.StatusOK)
}

func (s *Service) showList(v identity.Visit, f *ui.Form, status int) error {
	var all []Import
	err := s.db.Read(v.R.Context(), v.Who.Scope(purpose), func(tx *store.Tx) (err error) {
		all, err = s.List(v.R.Context(), tx, v.Who.Subject)
		return err
	})
	if err != nil {
		return err
	}
	return v.Render(status, web.Page{Title: v.T("exchange.title"), Lead: v.T("exchange.lead"), Form: f}, listView(f, all, v.Who.Is(tenant.Owner, tenant.Worker)))
}

// filePage streams a file out.
func (s *Service) filePage(v identity.Visit) error {
	q := v.R.URL.Query()
	f := Format(q.Get("format"))
	write, err := s.Export(v.Ctx, v.Who.Scope(purpose), v.Who.Subject, f, Span{q.Get("from"), q.Get("until")})
	if err != nil {
		form := ui.NewForm(q)
		if !form.Take(err) {
			return err
		}
		return s.showList(v, form, http.StatusUnprocessableEntity)
	}
	h := v.W.Header()
	h.Set("Content-Type", f.ContentType())
	h.Set("Content-Disposition", `attachment; filename="`+f.Name()+`"`)
	h.Set("Cache-Control", "no-store")
	if err := write(v.W); err != nil {
		panic(http.ErrAbortHandler) // a file that is cut must not look whole
	}
	return nil
}

// uploadForm streams the file of the form to its sealed place.
func (s *Service) uploadForm(v identity.Visit) error {
	parts, err := v.R.MultipartReader()
	if err != nil {
		return fault.New(fault.Invalid, "exchange.uploadForm", "")
	}
	var i *Import
	for i == nil && err == nil {
		p, next := parts.NextPart()
		if next != nil {
			if !errors.Is(next, io.EOF) {
				err = cut("exchange.uploadForm", next)
			}
			break
		}
		if name := fileName(p.Header.Get("Content-Disposition")); p.FormName() == "file" && name != "" {
			i, err = s.Upload(v.Ctx, v.Who.Scope(purpose), v.Who.Subject, name, p)
		}
	}
	if err == nil && i == nil {
		err = fault.New(fault.Invalid, "exchange.uploadForm", "exchange.file.none").On("file")
	}
	if err != nil {
		f := ui.NewForm(url.Values{"format": {string(CSV)}})
		if !f.Take(err) {
			return err
		}
		return s.showList(v, f, http.StatusUnprocessableEntity)
	}
	return v.To(base+"/"+i.ID.String(), "")
}

// fileName is the name that the browser gave; "" where no file was chosen.
func fileName(disposition string) string {
	_, params, err := mime.ParseMediaType(disposition)
	if err != nil {
		return ""
	}
	return params["filename"]
}

// one is the import that the path names, if it is the visitor's own.
func (s *Service) one(v identity.Visit) (i *Import, err error) {
	key, err := v.ID()
	if err != nil {
		return nil, err
	}
	err = s.db.Read(v.R.Context(), v.Who.Scope(purpose), func(tx *store.Tx) (err error) {
		i, err = s.Get(v.R.Context(), tx, v.Who.Subject, key)
		return err
	})
	return i, err
}

func (s *Service) importPage(v identity.Visit) error {
	i, err := s.one(v)
	if err != nil {
		return err
	}
	return s.showImport(v, i, ui.NewForm(url.Values{"shared": {"no"}}), http.StatusOK)
}

func (s *Service) showImport(v identity.Visit, i *Import, f *ui.Form, status int) error {
	p := web.Page{Title: v.T("exchange.one.title"), Back: &ui.Tab{Label: v.T("exchange.title"), Href: path(v.Ctx, "")}, Form: f, Wide: true}
	if i.State != Waiting {
		if i.State == Running {
			p.Refresh = 2
		}
		return v.Render(status, p, importView(*i))
	}
	plan, err := s.Look(v.Ctx, v.Who.Scope(purpose), i)
	if err != nil {
		return err
	}
	return v.Render(status, p, previewView(*i, plan, f))
}

func (s *Service) confirmForm(v identity.Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	i, err := s.one(v)
	if err != nil {
		return err
	}
	err = s.Confirm(v.R.Context(), v.Who.Scope(purpose), i, Choice{KeepGood: f.Value("bad") == "keep", Shared: f.Value("shared") == "yes"})
	if err != nil {
		if i.State != Waiting || !f.Take(err) {
			return err
		}
		return s.showImport(v, i, f, http.StatusUnprocessableEntity)
	}
	return v.To(base+"/"+i.ID.String(), "exchange.confirm.done")
}

func (s *Service) discardForm(v identity.Visit) error {
	i, err := s.one(v)
	if err != nil {
		return err
	}
	if err := s.Discard(v.R.Context(), v.Who.Scope(purpose), i); err != nil {
		return err
	}
	return v.To(base, "exchange.discard.done")
}

func (i *Import) tone() ui.Tone {
	return map[State]ui.Tone{Waiting: ui.Info, Running: ui.Info, Done: ui.Success, Failed: ui.Danger}[i.State]
}

func formatOptions(p i18n.Printer) []ui.Option {
	var out []ui.Option
	for _, f := range Formats() {
		out = append(out, ui.Option{Value: string(f), Label: p.T("exchange.format." + string(f))})
	}
	return out
}

func sumOf(s cash.Sum) money.Amount { return money.Amount{Minor: s.Minor, Currency: s.Currency} }

func placeNames(p i18n.Printer, all []Place) string {
	out := make([]string, len(all))
	for i, a := range all {
		out[i] = a.Name + " (" + p.T("exchange.account."+string(a.Kind)) + ", " + string(a.Currency) + ")"
	}
	return strings.Join(out, "; ")
}

func categoryNames(all []Named) string {
	out := make([]string, len(all))
	for i, c := range all {
		out[i] = c.Name
	}
	return strings.Join(out, ", ")
}

func (r *Row) accounts() string {
	if r.To.Name == "" {
		return r.From.Name
	}
	return r.From.Name + " → " + r.To.Name
}

func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
