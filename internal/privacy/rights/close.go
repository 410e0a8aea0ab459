package rights

import (
	"context"
	"net/http"
	"strings"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/notice"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// closePage is what is said before an account is closed.
type closePage struct {
	Form       *ui.Form
	Holdings   []Holding
	Records    int64
	Workspaces int
	Outlives   []notice.Category // what stays after the account, and why
	Lang       string
	Action     string
	Back       string
	Password   bool // the password confirms too
	// Planned is the day of the erasure; Grace says that it can be undone until then.
	Planned time.Time
	Grace   bool
}

func (s *Pages) askClose(w http.ResponseWriter, r *http.Request) error {
	p, err := principal(r)
	if err != nil {
		return err
	}
	return s.showClose(w, r, p, ui.NewForm(nil), http.StatusOK)
}

func (s *Pages) showClose(w http.ResponseWriter, r *http.Request, p identity.Principal, f *ui.Form, status int) error {
	held, err := s.Rights.Kept(r.Context(), p.Subject)
	if err != nil {
		return err
	}
	alone, err := s.Rights.People.Alone(r.Context(), p.Subject)
	if err != nil {
		return err
	}
	ctx := web.Context(r)
	page := closePage{Form: f, Holdings: held, Workspaces: len(alone), Lang: string(i18n.From(ctx).Lang), Action: web.ServiceOf(r.Context()).Path("/privacy/me/close"), Back: web.ServiceOf(r.Context()).Path("/privacy/me"), Password: s.Confirmer != nil}
	for _, h := range held {
		page.Records += h.Records
	}
	n, _ := s.Rights.Notice(p.Service)
	c := n.Closing()
	page.Grace = !c.Grace.IsZero()
	page.Planned = c.Grace.AddTo(s.Rights.DB.Clock().Now()).In(p.Location())
	if c, ok := n.Category("erasure.proof"); ok {
		page.Outlives = append(page.Outlives, c)
	}
	web.Render(w, r, status, web.Page{Title: i18n.T(ctx, "rights.close.title"), Form: f, Back: &ui.Tab{Label: i18n.T(ctx, "rights.title"), Href: page.Back}}, closeView(page))
	return nil
}

func (s *Pages) close(w http.ResponseWriter, r *http.Request) error {
	p, err := principal(r)
	if err != nil {
		return err
	}
	if err := web.ParseForm(r); err != nil {
		return err
	}
	if wait, ok := s.tries.Allow(p.Subject.String()); !ok {
		return web.TooMany("rights.close", wait)
	}
	f := ui.NewForm(r.PostForm)
	if r.PostForm.Get("understood") != "yes" {
		f.Add("understood", "rights.close.understood.missing")
	}
	ok, err := s.confirmed(r.Context(), p, r.PostForm.Get("confirm"))
	if err != nil {
		return err
	}
	if !ok {
		f.Add("confirm", "rights.close.confirm.wrong")
	}
	if !f.OK() {
		f.Values.Del("confirm")
		return s.showClose(w, r, p, f, http.StatusUnprocessableEntity)
	}
	// The order is durable before anything goes: that the browser leaves must not
	// stop what it asked for.
	closed, err := s.Eraser.CloseAccount(context.WithoutCancel(r.Context()), p.Subject, i18n.From(web.Context(r)).Lang)
	if err != nil {
		return err
	}
	if closed.Token != "" {
		web.Redirect(w, r, web.ServiceOf(r.Context()).Path("/privacy/closing/"+closed.Token))
		return nil
	}
	web.Redirect(w, r, web.ServiceOf(r.Context()).Path("/privacy/receipts/"+closed.Number.String()), web.Flash{Tone: ui.Success, Key: "rights.closed"})
	return nil
}

// confirmed tells whether the person typed the account's e-mail address or password.
func (s *Pages) confirmed(ctx context.Context, p identity.Principal, typed string) (bool, error) {
	if p.Email != "" && strings.EqualFold(strings.TrimSpace(typed), p.Email) {
		return true, nil
	}
	if typed == "" || s.Confirmer == nil {
		return false, nil
	}
	return s.Confirmer.Confirm(ctx, p, typed)
}

func (s *Pages) receipt(slug string) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		_, rec, err := s.verified(r.Context(), slug, r.PathValue("number"))
		if fault.Is(err, fault.NotFound) {
			return s.waiting(w, r, slug, err)
		}
		if err != nil {
			return err
		}
		ctx := web.Context(r)
		web.Render(w, r, http.StatusOK, web.Page{Title: i18n.T(ctx, "receipt.title."+rec.Kind), Lead: i18n.T(ctx, "rights.receipt.lead")}, receiptView(rec, r.URL.Path+"/file"))
		return nil
	}
}

// waiting shows an order that is not done; it names nobody.
func (s *Pages) waiting(w http.ResponseWriter, r *http.Request, slug string, none error) error {
	orders, ok := s.Eraser.(Waiting)
	number, err := id.Parse(strings.ToLower(r.PathValue("number")))
	if !ok || err != nil {
		return none
	}
	why, until, err := orders.Waits(r.Context(), s.Home(slug), number)
	if err != nil {
		return err
	}
	ctx := web.Context(r)
	web.Render(w, r, http.StatusAccepted, web.Page{Title: i18n.T(ctx, "rights.waits.title"), Lead: i18n.T(ctx, "rights.waits.lead")}, waitsView(why, until))
	return nil
}

func (s *Pages) receiptFile(slug string) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		file, rec, err := s.verified(r.Context(), slug, r.PathValue("number"))
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Disposition", `attachment; filename="`+rec.Service+"-receipt-"+rec.Number+`.json"`)
		w.Header().Set("Cache-Control", "no-store")
		_, err = w.Write(file)
		return err
	}
}
