package disclosure

import (
	"net/http"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/identity"
	"amanah/internal/privacy/desk"
	"amanah/internal/privacy/notice"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

const root = "/staff/privacy/disclosures"

// Routes adds the pages of a service: what of a person was disclosed and their own
// wish, and the officers' register.
func (s *Service) Routes(mux web.Mux, slug string) {
	mux.Handle(web.Under(slug, "GET /privacy/disclosures"), identity.Page(s.own))
	mux.Handle(web.Under(slug, "POST /privacy/disclosures"), identity.Page(s.wish))
	for pattern, f := range map[string]func(identity.Visit) error{
		"GET " + root: s.queue, "GET " + root + "/new": s.newPage, "POST " + root: s.open,
		"GET " + root + "/{id}": s.one, "POST " + root + "/{id}/approve": s.approve, "POST " + root + "/{id}/refuse": s.refuse, "POST " + root + "/{id}/hand": s.hand,
	} {
		mux.Handle(web.Under(slug, pattern), s.cfg.Guard.Page(f))
	}
}

func (s *Service) own(v identity.Visit) error { return s.showOwn(v, http.StatusOK, ui.NewForm(nil)) }

func (s *Service) showOwn(v identity.Visit, status int, f *ui.Form) error {
	var all []Case
	err := v.Read(s.cfg.DB, desk.Purpose, func(tx *store.Tx) (err error) { all, err = Of(v.R.Context(), tx, v.Who.Subject); return err })
	if err != nil {
		return err
	}
	n, ok := s.cfg.Notice(v.Who.Service)
	if !ok {
		return fault.New(fault.Internal, "disclosure.own", "")
	}
	return v.Render(status, web.Page{Title: v.T("disclosure.own.title"), Lead: v.T("disclosure.own.lead"), Form: f, Back: &ui.Tab{Label: v.T("shell.me"), Href: v.Path("/privacy/me")}},
		ownPage(all, f, choices(n, n.Categories(), v.Lang()), v.Lang()))
}

// wish keeps the person's own wish: who is signed in is identified, and the form
// names recipient and scope.
func (s *Service) wish(v identity.Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	err = v.Write(s.cfg.DB, desk.Purpose, func(tx *store.Tx) error {
		if f.Value("sure") != "yes" {
			return fault.New(fault.Invalid, "disclosure.wish", "disclosure.sure.missing").On("sure")
		}
		_, err := s.Open(v.R.Context(), tx, Demand{Subject: v.Who.Subject, Reason: OwnWish, Recipient: f.Value("recipient"), Purpose: f.Value("purpose"), Categories: f.Values["categories"]})
		return err
	})
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.showOwn(v, identity.Refusal(err), f)
	}
	return v.To("/privacy/disclosures", "disclosure.wished")
}

// choices are categories as boxes.
func choices(n *notice.Notice, all []notice.Category, lang string) []ui.Option {
	var out []ui.Option
	for _, c := range all {
		if !c.Kept.NotKept && !c.Kept.Forever && c.DPV != "pd:Password" && c.DPV != "pd:Authenticating" {
			out = append(out, ui.Option{Value: c.Key, Label: c.What.In(lang)})
		}
	}
	return out
}

// named are the categories that the notice names for the authority.
func named(n *notice.Notice) []notice.Category {
	var out []notice.Category
	if r, ok := n.Recipient(Recipient); ok {
		for _, key := range r.Gets {
			if c, ok := n.Category(key); ok {
				out = append(out, c)
			}
		}
	}
	return out
}

func (s *Service) queue(v identity.Visit) error {
	var all []Case
	err := s.cfg.DB.Read(v.R.Context(), desk.Scope(v.Who), func(tx *store.Tx) (err error) { all, err = Queue(v.R.Context(), tx); return err })
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("disclosure.title"), Lead: v.T("disclosure.lead"), Wide: true}, queuePage(all))
}

func (s *Service) newPage(v identity.Visit) error {
	return s.newForm(v, http.StatusOK, ui.NewForm(nil))
}

func (s *Service) newForm(v identity.Visit, status int, f *ui.Form) error {
	n, ok := s.cfg.Notice(v.Who.Service)
	if !ok {
		return fault.New(fault.Internal, "disclosure.newForm", "")
	}
	return v.Render(status, web.Page{Title: v.T("disclosure.new"), Lead: v.T("disclosure.new.lead"), Form: f, Back: &ui.Tab{Label: v.T("disclosure.title"), Href: v.Path(root)}},
		newForm(f, choices(n, named(n), v.Lang())))
}

func (s *Service) open(v identity.Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	d := Demand{Reason: f.Value("reason"), Recipient: f.Value("recipient"), Purpose: f.Value("purpose"), Basis: f.Value("basis"), Document: f.Value("document"), Categories: f.Values["categories"],
		Secrecy: f.Value("secrecy"), By: v.Who.Subject}
	if text := f.Value("until"); text != "" {
		if d.Until, err = time.ParseInLocation(time.DateOnly, text, clock.WIB); err != nil {
			f.Add("until", "disclosure.until.empty")
			return s.newForm(v, http.StatusUnprocessableEntity, f)
		}
	}
	// Whether an address has an account is told to officers alone.
	who, found, err := s.cfg.Find(v.R.Context(), v.Who.Service, f.Value("email"))
	if err != nil {
		return err
	}
	if found {
		d.Subject = who
	}
	var c *Case
	err = s.cfg.DB.Write(v.R.Context(), desk.Scope(v.Who), func(tx *store.Tx) (err error) { c, err = s.Open(v.R.Context(), tx, d); return err })
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.newForm(v, identity.Refusal(err), f)
	}
	return v.To(c.path(), "disclosure.opened")
}

func (s *Service) one(v identity.Visit) error { return s.show(v, http.StatusOK, ui.NewForm(nil)) }

// show writes the look down before it shows anything.
func (s *Service) show(v identity.Visit, status int, f *ui.Form) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	var c *Case
	err = s.cfg.DB.Write(v.R.Context(), desk.Scope(v.Who), func(tx *store.Tx) (err error) {
		if c, err = store.Get[Case](v.R.Context(), tx, key); err != nil {
			return err
		}
		return audit.Record(v.R.Context(), tx, audit.Act{Name: "disclosure.read", Subject: c.Subject, Object: c.Reason, Count: 1})
	})
	if err != nil {
		return err
	}
	n, _ := s.cfg.Notice(v.Who.Service)
	return v.Render(status, web.Page{Title: v.T("disclosure.case", "number", c.Number), Form: f, Back: &ui.Tab{Label: v.T("disclosure.title"), Href: v.Path(root)}},
		casePage(c, n, f, v.Path(c.path()), v.Who.Subject, v.Lang()))
}

// act runs what an officer does with a case.
func (s *Service) act(v identity.Visit, f func(tx *store.Tx, c *Case, form *ui.Form) error) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	form, err := v.Form()
	if err != nil {
		return err
	}
	err = s.cfg.DB.Write(v.R.Context(), desk.Scope(v.Who), func(tx *store.Tx) error {
		c, err := store.Get[Case](v.R.Context(), tx, key)
		if err != nil {
			return err
		}
		return f(tx, c, form)
	})
	if err != nil {
		if !form.Take(err) {
			return err
		}
		return s.show(v, identity.Refusal(err), form)
	}
	return v.To(root+"/"+key.String(), "disclosure.saved")
}

func (s *Service) approve(v identity.Visit) error {
	return s.act(v, func(tx *store.Tx, c *Case, _ *ui.Form) error { return s.Approve(v.R.Context(), tx, c, v.Who.Subject) })
}

func (s *Service) refuse(v identity.Visit) error {
	return s.act(v, func(tx *store.Tx, c *Case, f *ui.Form) error { return s.Refuse(v.R.Context(), tx, c, f.Value("why")) })
}

func (s *Service) hand(v identity.Visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	if err := web.ParseForm(v.R); err != nil {
		return err
	}
	name, file, err := s.Hand(v.R.Context(), desk.Scope(v.Who), key)
	if err != nil {
		return err
	}
	v.W.Header().Set("Content-Type", "application/jsonl")
	v.W.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	v.W.Header().Set("Cache-Control", "no-store")
	_, err = v.W.Write(file)
	return err
}
