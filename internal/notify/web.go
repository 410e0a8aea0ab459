package notify

import (
	"context"
	"net/http"
	"slices"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// perPage is how many notices one page shows.
const perPage = 20

// Routes adds the page of notices to a service. It belongs to the person who is
// signed in, whatever their role.
func (s *Service) Routes(mux web.Mux, slug string) {
	mux.Handle("GET /"+slug+"/notices", identity.Require(web.HandlerFunc(s.page)))
	mux.Handle("POST /"+slug+"/notices/read", identity.Require(web.HandlerFunc(s.read)))
}

// places are where a person's notices lie: the service's home and the workspace.
func places(who identity.Principal) []store.Scope {
	out := []store.Scope{who.HomeScope("notify")}
	if !who.Workspace.IsZero() {
		out = append(out, who.Scope("notify"))
	}
	return out
}

// each runs f in a transaction of each place.
func (s *Service) each(ctx context.Context, who identity.Principal, f func(*store.Tx) error) error {
	for _, sc := range places(who) {
		if err := s.cfg.DB.Read(ctx, sc, f); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) page(w http.ResponseWriter, r *http.Request) error {
	who, _ := identity.FromContext(r.Context()) // Require has found it
	var before clock.Instant
	if err := before.UnmarshalText([]byte(r.URL.Query().Get(ui.AfterParam))); err != nil {
		before = 0
	}
	all, unread, err := s.For(r.Context(), who, before, perPage+1)
	if err != nil {
		return err
	}
	more := ""
	if len(all) > perPage {
		all = all[:perPage]
		more = clock.At(all[perPage-1].At).String()
	}
	ctx := web.Context(r)
	web.Render(w, r, http.StatusOK, web.Page{Title: i18n.T(ctx, "notify.title"), Lead: i18n.T(ctx, "notify.lead")}, list(all, ui.Paging{At: *r.URL, After: more}, unread))
	return nil
}

// look is how a page shows a tone.
func look(t Tone) ui.Tone {
	switch t {
	case Warning:
		return ui.Warning
	case Danger:
		return ui.Danger
	}
	return ui.Info
}

// For lists a person's notices of all places, newest first, and counts the
// unread ones.
func (s *Service) For(ctx context.Context, who identity.Principal, before clock.Instant, limit int) (all []Notice, unread int, err error) {
	err = s.each(ctx, who, func(tx *store.Tx) error {
		some, err := Of(ctx, tx, who.Subject, before, limit)
		if err != nil {
			return err
		}
		n, err := Unread(ctx, tx, who.Subject)
		all, unread = append(all, some...), unread+n
		return err
	})
	slices.SortStableFunc(all, func(a, b Notice) int { return b.At.Compare(a.At) })
	return all[:min(len(all), limit)], unread, fault.Wrap("notify.For", err)
}

func (s *Service) read(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(r); err != nil {
		return err
	}
	var one id.ID
	if text := r.PostForm.Get("id"); text != "" {
		var err error
		if one, err = id.Parse(text); err != nil {
			return fault.New(fault.NotFound, "notify.read", "")
		}
	}
	who, _ := identity.FromContext(r.Context()) // Require has found it
	if err := s.MarkRead(r.Context(), who, one); err != nil {
		return err
	}
	web.Redirect(w, r, web.ServiceOf(r.Context()).Path("/notices"), web.Flash{Tone: ui.Success, Key: "notify.read.done"})
	return nil
}

// MarkRead marks one of the person's notices as read, or with the zero id all.
func (s *Service) MarkRead(ctx context.Context, who identity.Principal, one id.ID) error {
	for _, sc := range places(who) {
		if err := s.cfg.DB.Write(ctx, sc, func(tx *store.Tx) error { return Read(ctx, tx, who.Subject, one) }); err != nil {
			return err
		}
	}
	return nil
}

// Decorate puts the newest unread notice above a page of the service, and their
// number into the account's menu. Where the database cannot be asked the page
// goes without.
func (s *Service) Decorate(r *http.Request, p *web.Page, top bool) {
	who, ok := identity.FromContext(r.Context())
	if !ok || p.User == nil {
		return
	}
	ctx := web.Context(r)
	all, unread, err := s.For(r.Context(), who, 0, perPage)
	if err != nil {
		return
	}
	p.User.Menu = append(p.User.Menu, ui.Tab{Label: i18n.T(ctx, "notify.title"), Href: path(ctx, "/notices"), Count: unread})
	if i := slices.IndexFunc(all, func(n Notice) bool { return n.Unread }); top && i >= 0 {
		p.Top = Bulletin(all[i], unread)
	}
}
