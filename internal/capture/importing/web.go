package importing

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// visitor is a request of a person who belongs to the workspace.
type visitor struct {
	w     http.ResponseWriter
	r     *http.Request
	ctx   context.Context
	who   identity.Principal
	scope store.Scope
}

// Routes puts the pages below "/<slug>/app/import". A person sees their own
// files only: names and contents of others' are not theirs to read.
func (s *Service) Routes(mux web.Mux) {
	at := "/" + s.Slug + "/app/import"
	for pattern, f := range map[string]func(visitor) error{
		"GET " + at:                    s.listPage,
		"GET " + at + "/sample.csv":    s.sampleFile,
		"GET " + at + "/{id}":          s.importPage,
		"POST " + at + "/{id}":         s.choose,
		"POST " + at + "/{id}/rest":    s.keepRest,
		"POST " + at + "/{id}/discard": s.discard,
	} {
		mux.Handle(pattern, s.page(f))
	}
	mux.Handle("POST "+at, web.LimitBody(s.MaxBytes+1<<20, s.page(s.upload)))
}

func (s *Service) page(f func(visitor) error) http.Handler {
	return identity.Require(web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		who, ok := identity.FromContext(r.Context())
		if !ok || who.Workspace.IsZero() || who.Service != s.Slug {
			return fault.New(fault.NotFound, "importing.page", "")
		}
		return f(visitor{w: w, r: r, ctx: web.Context(r), who: who, scope: who.Scope("capture")})
	}), tenant.Owner, tenant.Worker)
}

func path(ctx context.Context, p string) string { return web.ServiceOf(ctx).Path("/app" + p) }

func (v visitor) t(key string) string { return i18n.T(v.ctx, key) }

func (v visitor) done(to, key string, tone ui.Tone) error {
	web.Redirect(v.w, v.r, path(v.ctx, to), web.Flash{Tone: tone, Key: key})
	return nil
}

// one is the import that the path names, if it is the visitor's own.
func (s *Service) one(v visitor) (*Import, error) {
	key, err := id.Parse(v.r.PathValue("id"))
	if err != nil {
		return nil, fault.New(fault.NotFound, "importing.one", "")
	}
	var i *Import
	err = s.db.Read(v.r.Context(), v.scope, func(tx *store.Tx) (err error) {
		i, err = s.Get(v.r.Context(), tx, v.who.Subject, key)
		return err
	})
	return i, err
}

func (s *Service) listPage(v visitor) error { return s.showList(v, &ui.Form{}, http.StatusOK) }

func (s *Service) showList(v visitor, f *ui.Form, status int) error {
	var all []Import
	err := s.db.Read(v.r.Context(), v.scope, func(tx *store.Tx) (err error) {
		all, err = s.List(v.r.Context(), tx, v.who.Subject)
		return err
	})
	if err != nil {
		return err
	}
	web.Render(v.w, v.r, status, web.Page{Title: v.t("import.title"), Lead: v.t("import.lead"), Form: f}, listView(f, all))
	return nil
}

// upload streams the file of the form to its sealed place.
func (s *Service) upload(v visitor) error {
	// What is as large as this takes longer than a page may.
	_ = http.NewResponseController(v.w).SetReadDeadline(clock.System{}.Now().Add(15 * time.Minute))
	parts, err := v.r.MultipartReader()
	if err != nil {
		return fault.New(fault.Invalid, "importing.upload", "")
	}
	var key id.ID
	fresh, found := false, false
	for err == nil && !found {
		p, next := parts.NextPart()
		if next != nil {
			if !errors.Is(next, io.EOF) {
				err = uploadFault("importing.upload", next)
			}
			break
		}
		if p.FormName() != "file" || fileName(p.Header.Get("Content-Disposition")) == "" {
			continue
		}
		found = true
		key, fresh, err = s.Upload(v.r.Context(), v.scope, v.who.Subject, fileName(p.Header.Get("Content-Disposition")), p)
	}
	if err == nil && !found {
		err = fault.New(fault.Invalid, "importing.upload", "import.file.none").On("file")
	}
	if err != nil {
		f := ui.NewForm(nil)
		if !f.Take(err) {
			return err
		}
		return s.showList(v, f, http.StatusUnprocessableEntity)
	}
	if !fresh {
		return v.done("/import/"+key.String(), "import.again", ui.Info)
	}
	web.Redirect(v.w, v.r, path(v.ctx, "/import/"+key.String()))
	return nil
}

// fileName is the name that the browser gave; "" where no file was chosen.
func fileName(disposition string) string {
	_, params, err := mime.ParseMediaType(disposition)
	if err != nil {
		return ""
	}
	return params["filename"]
}

func (s *Service) keepRest(v visitor) error {
	i, err := s.one(v)
	if err != nil {
		return err
	}
	if err := s.KeepRest(v.r.Context(), v.scope, i.ID); err != nil {
		return err
	}
	return v.done("/import/"+i.ID.String(), "import.rest.done", ui.Success)
}

func (s *Service) discard(v visitor) error {
	i, err := s.one(v)
	if err != nil {
		return err
	}
	if err := s.Discard(v.r.Context(), v.scope, i); err != nil {
		return err
	}
	return v.done("/import", "import.discard.done", ui.Success)
}

// sampleFile is an invented file of movements, to try the way in with.
func (s *Service) sampleFile(v visitor) error {
	v.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.w.Header().Set("Content-Disposition", `attachment; filename="contoh-mutasi.csv"`)
	_, err := v.w.Write(Sample(s.clock.Now()))
	return err
}
