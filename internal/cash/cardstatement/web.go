package cardstatement

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"amanah/internal/cash"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// visit is a request of a member of a family.
type visit struct {
	identity.Visit
	scope store.Scope
}

// Routes puts the pages below "/<slug>/app/statements".
func (s *Service) Routes(mux web.Mux) {
	at := "/app/statements"
	mux.Handle(web.Under(s.Slug, "GET "+at), s.page(s.listPage))
	mux.Handle(web.Under(s.Slug, "GET "+at+"/{id}"), s.page(s.statementPage))
	mux.Handle(web.Under(s.Slug, "POST "+at), web.LimitBody(s.MaxBytes+1<<20, s.page(s.upload, tenant.Owner, tenant.Worker)))
	for path, f := range map[string]func(visit) error{
		"/{id}/password": s.password,
		"/{id}/card":     s.bindForm,
		"/{id}/accept":   s.acceptForm,
		"/{id}/book":     s.bookForm,
		"/{id}/settle":   s.settleForm,
		"/{id}/leave":    s.leaveForm,
		"/{id}/join":     s.joinForm,
		"/{id}/undo":     s.undoForm,
		"/{id}/remove":   s.removeForm,
	} {
		mux.Handle(web.Under(s.Slug, "POST "+at+path), s.page(f, tenant.Owner, tenant.Worker))
	}
}

func (s *Service) page(f func(visit) error, roles ...tenant.Role) http.Handler {
	return identity.Page(func(v identity.Visit) error {
		if v.Who.Workspace.IsZero() || v.Who.Service != s.Slug {
			return fault.New(fault.NotFound, "cardstatement.page", "")
		}
		return f(visit{v, v.Who.Scope(Purpose)})
	}, roles...)
}

func path(ctx context.Context, p string) string {
	return web.ServiceOf(ctx).Path("/app/statements" + p)
}

// look reads as the visitor.
func (s *Service) lookAs(v visit, f func(tx *store.Tx, view cash.View) error) error {
	return s.db.Read(v.R.Context(), v.scope, func(tx *store.Tx) error {
		view, err := s.Cash.View(v.R.Context(), tx, v.Who.Subject)
		if err != nil {
			return err
		}
		return f(tx, view)
	})
}

func (s *Service) listPage(v visit) error { return s.showList(v, &ui.Form{}, http.StatusOK) }

func (s *Service) showList(v visit, f *ui.Form, status int) error {
	var all []File
	write := false
	err := s.lookAs(v, func(tx *store.Tx, view cash.View) (err error) {
		write = view.Write
		all, err = s.List(v.R.Context(), tx, view)
		return err
	})
	if err != nil {
		return err
	}
	return v.Render(status, web.Page{Title: v.T("cardstatement.title"), Lead: v.T("cardstatement.lead"), Form: f}, listView(f, all, write))
}

// upload streams the file of the form to its sealed place.
func (s *Service) upload(v visit) error {
	const op = "cardstatement.upload"
	_ = http.NewResponseController(v.W).SetReadDeadline(clock.System{}.Now().Add(5 * time.Minute)) // twenty megabytes by telephone
	parts, err := v.R.MultipartReader()
	if err != nil {
		return fault.New(fault.Invalid, op, "")
	}
	var key id.ID
	fresh, found := false, false
	for err == nil && !found {
		p, next := parts.NextPart()
		if next != nil {
			if !errors.Is(next, io.EOF) {
				err = uploadFault(op, next)
			}
			break
		}
		_, params, bad := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
		if bad != nil || p.FormName() != "file" || params["filename"] == "" {
			continue
		}
		found = true
		key, fresh, err = s.Upload(v.R.Context(), v.scope, v.Who.Subject, params["filename"], p)
	}
	if err == nil && !found {
		err = fault.New(fault.Invalid, op, "cardstatement.file.none").On("file")
	}
	if err != nil {
		f := ui.NewForm(nil)
		if !f.Take(err) {
			return err
		}
		return s.showList(v, f, identity.Refusal(err))
	}
	if !fresh {
		web.Redirect(v.W, v.R, path(v.Ctx, "/"+key.String()), web.Flash{Tone: ui.Info, Key: "cardstatement.again"})
		return nil
	}
	return v.To("/app/statements/"+key.String(), "")
}

// act does what a form asks for and comes back to the statement; what was refused
// is said there.
func (s *Service) act(v visit, done string, f func(form *ui.Form, key id.ID) error) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	form, err := v.Form()
	if err != nil {
		return err
	}
	if err := f(form, key); err != nil {
		if !form.Take(err) {
			return err
		}
		form.Values.Del("password")
		return s.show(v, key, form, identity.Refusal(err))
	}
	return v.To("/app/statements/"+key.String(), done)
}

func (s *Service) password(v visit) error {
	return s.act(v, "cardstatement.done.read", func(f *ui.Form, key id.ID) error {
		return s.Unlock(v.R.Context(), v.scope, v.Who.Subject, key, f.Value("password"))
	})
}

func (s *Service) bindForm(v visit) error {
	return s.act(v, "cardstatement.done.card", func(f *ui.Form, key id.ID) error {
		b := Binding{Name: f.Value("name"), Shared: f.Value("shared") == "yes"}
		if a := f.Value("account"); a != "new" {
			var err error
			if b.Account, err = id.Parse(a); err != nil {
				return fault.New(fault.Invalid, "cardstatement.bindForm", "cardstatement.account.none").On("account")
			}
		}
		return s.Bind(v.R.Context(), v.scope, v.Who.Subject, key, b)
	})
}

func (s *Service) acceptForm(v visit) error {
	return s.act(v, "cardstatement.done.accepted", func(f *ui.Form, key id.ID) error {
		return s.Accept(v.R.Context(), v.scope, v.Who.Subject, key, f.Values["pair"])
	})
}

// bookForm enters the rows that are ticked.
func (s *Service) bookForm(v visit) error {
	return s.act(v, "cardstatement.done.booked", func(f *ui.Form, key id.ID) error {
		var rows []Entering
		for _, text := range f.Values["line"] {
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				continue
			}
			e := Entering{Line: n, Category: f.Value("category-" + text), Shop: strings.TrimSpace(f.Value("shop-" + text))}
			if o := f.Value("other-" + text); o != "" {
				if e.Other, err = id.Parse(o); err != nil {
					return fault.New(fault.Invalid, "cardstatement.bookForm", "cardstatement.other.missing").On("other")
				}
			}
			rows = append(rows, e)
		}
		if len(rows) == 0 {
			return fault.New(fault.Invalid, "cardstatement.bookForm", "cardstatement.book.none").On("line")
		}
		return s.Book(v.R.Context(), v.scope, v.Who.Subject, key, rows)
	})
}

func (s *Service) settleForm(v visit) error {
	return s.act(v, "cardstatement.done.settled", func(f *ui.Form, key id.ID) error {
		return s.Settle(v.R.Context(), v.scope, v.Who.Subject, key, f.Value("pair"), f.Value("take") == "yes")
	})
}

func (s *Service) leaveForm(v visit) error {
	return s.act(v, "cardstatement.done.left", func(f *ui.Form, key id.ID) error {
		entry, err := id.Parse(f.Value("entry"))
		if err != nil {
			return changed("cardstatement.leaveForm")
		}
		return s.Leave(v.R.Context(), v.scope, v.Who.Subject, key, entry, f.Value("drop") == "yes")
	})
}

func (s *Service) joinForm(v visit) error {
	return s.act(v, "cardstatement.done.joined", func(f *ui.Form, key id.ID) error {
		lines, entries := numbers(f.Values)
		return s.Join(v.R.Context(), v.scope, v.Who.Subject, key, lines, entries)
	})
}

// numbers are the ticked rows and entries of a form.
func numbers(form url.Values) (lines []int64, entries []id.ID) {
	for _, text := range form["line"] {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			lines = append(lines, n)
		}
	}
	for _, text := range form["entry"] {
		if k, err := id.Parse(text); err == nil {
			entries = append(entries, k)
		}
	}
	return lines, entries
}

func (s *Service) undoForm(v visit) error {
	return s.act(v, "cardstatement.done.undone", func(f *ui.Form, key id.ID) error {
		decision, err := id.Parse(f.Value("decision"))
		if err != nil {
			return changed("cardstatement.undoForm")
		}
		return s.Undo(v.R.Context(), v.scope, v.Who.Subject, key, decision)
	})
}

func (s *Service) removeForm(v visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	if err := s.Remove(v.R.Context(), v.scope, v.Who.Subject, key); err != nil {
		f := ui.NewForm(nil)
		if !f.Take(err) {
			return err
		}
		return s.show(v, key, f, identity.Refusal(err))
	}
	return v.To("/app/statements", "cardstatement.done.removed")
}
