package request

import (
	"net/http"
	"slices"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// askPage is the form for who has no account, or cannot sign in, or speaks for
// somebody else.
func (s *Service) askPage(slug string) http.Handler {
	return web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		return s.showAsk(w, r, slug, http.StatusOK, ui.NewForm(r.URL.Query()))
	})
}

// publicRights are what can be asked without an account.
func publicRights() []Right {
	var out []Right
	for _, k := range kinds {
		if !k.Purpose {
			out = append(out, k.Right)
		}
	}
	return out
}

func (s *Service) showAsk(w http.ResponseWriter, r *http.Request, slug string, status int, f *ui.Form) error {
	n, err := s.notice(slug)
	if err != nil {
		return err
	}
	ctx := web.Context(r)
	web.Render(w, r, status, web.Page{Title: i18n.T(ctx, "request.ask.title"), Lead: i18n.T(ctx, "request.ask.lead"), Form: f}, askForm(f, n))
	return nil
}

// ask takes the public form. Its answer is the same whether an account exists or
// not, and whether the same was asked before: the letter says more.
func (s *Service) ask(slug string) http.Handler {
	return web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		if err := web.ParseForm(r); err != nil {
			return err
		}
		if wait, ok := s.visitors.Allow(web.ClientAddr(r).String()); !ok {
			return web.TooMany("request.ask", wait)
		}
		f, home := ui.NewForm(r.PostForm), s.Home(slug)
		home.Actor = store.Actor{Kind: "visitor"}
		a := Ask{Right: Right(f.Value("right")), Text: f.Value("text"), Wish: f.Value("wish"), Via: ByForm, By: By(f.Value("by")), Name: f.Value("name"), Paper: f.Value("paper"),
			Contact: strings.ToLower(strings.TrimSpace(f.Value("email"))), Lang: string(i18n.From(web.Context(r)).Lang)}
		if !slices.Contains(publicRights(), a.Right) {
			f.Add("right", "request.right.unknown")
		}
		if !strings.Contains(a.Contact, "@") || strings.ContainsAny(a.Contact, " \r\n,;<>") {
			f.Add("email", "request.contact.empty")
		}
		if account := f.Value("account"); account != "" && a.By != Self {
			who, _, err := s.Accounts.Find(r.Context(), slug, account)
			if err != nil && !fault.Is(err, fault.Invalid) {
				return err
			}
			a.About = who
		}
		if f.OK() {
			if _, _, err := s.Open(r.Context(), home, a); err != nil && !fault.Is(err, fault.TooMany) && !f.Take(err) {
				return err
			}
		}
		if !f.OK() {
			return s.showAsk(w, r, slug, http.StatusUnprocessableEntity, f)
		}
		ctx := web.Context(r)
		web.Render(w, r, http.StatusOK, web.Page{Title: i18n.T(ctx, "request.asked.title"), Lead: i18n.T(ctx, "request.asked.lead")}, asked())
		return nil
	})
}

// linkPage shows the case of a letter's link.
func (s *Service) linkPage(slug string) http.Handler {
	return web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		home := s.Home(slug)
		var page view
		err := s.DB.Read(r.Context(), home, func(tx *store.Tx) error {
			c, err := ByToken(r.Context(), tx, r.PathValue("token"))
			if err == nil {
				page, err = s.readView(r.Context(), tx, c)
			}
			return err
		})
		if err != nil {
			return err
		}
		ctx := web.Context(r)
		page.Lang, page.Answer = string(i18n.From(ctx).Lang), s.answerText(i18n.From(ctx), page.Case)
		w.Header().Set("Referrer-Policy", "no-referrer")
		web.Render(w, r, http.StatusOK, web.Page{Title: i18n.T(ctx, "request.right."+string(page.Case.Right)), Lead: i18n.T(ctx, "request.number", "number", page.Case.Number)}, linkView(page, r.URL.Path))
		return nil
	})
}

// follow takes the link as the proof.
func (s *Service) follow(slug string) http.Handler {
	return web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		if err := web.ParseForm(r); err != nil {
			return err
		}
		home := s.Home(slug)
		home.Actor = store.Actor{Kind: "visitor", ID: id.ID{}}
		if _, err := s.Prove(r.Context(), home, r.PathValue("token")); err != nil {
			return err
		}
		web.Redirect(w, r, r.URL.Path, web.Flash{Tone: ui.Success, Key: "request.proven"})
		return nil
	})
}
