package complaint

import (
	"archive/zip"
	"net/http"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/desk"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// Routes adds the pages of a service: a person's own cases, the open form for who
// has no account, and the officers' desk. The open form and the look-up of a
// number answer whoever asks: they count their tries, and show a state and dates
// only.
func (s *Service) Routes(mux web.Mux, slug string) {
	for pattern, f := range map[string]func(identity.Visit) error{
		"GET /privacy/complaints": s.list, "GET /privacy/complaints/new": s.newPage, "POST /privacy/complaints": s.file,
		"GET /privacy/complaints/{id}": s.own, "POST /privacy/complaints/{id}": s.say, "POST /privacy/complaints/{id}/withdraw": s.takeBack,
		"GET /privacy/complaints/{id}/file": s.evidence,
	} {
		mux.Handle(web.Under(slug, pattern), identity.Page(f))
	}
	for pattern, f := range map[string]web.HandlerFunc{
		"GET /complaint": s.openForm, "POST /complaint": s.openFile, "POST /complaint/status": s.find, "GET /complaint/{number}": s.status,
	} {
		mux.Handle(web.Under(slug, pattern), f)
	}
	for pattern, f := range map[string]func(identity.Visit) error{
		"GET /staff/privacy/complaints": s.queue, "GET /staff/privacy/complaints/new": s.writeDownPage, "POST /staff/privacy/complaints": s.writeDown,
		"GET /staff/privacy/complaints/{id}": s.deskCase, "POST /staff/privacy/complaints/{id}/{act}": s.deskAct,
	} {
		mux.Handle(web.Under(slug, pattern), s.cfg.Guard.Page(f))
	}
}

func (s *Service) list(v identity.Visit) error {
	var all []Case
	err := v.Read(s.cfg.DB, desk.Purpose, func(tx *store.Tx) (err error) { all, err = Of(v.R.Context(), tx, v.Who.Subject); return err })
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("complaint.title"), Lead: v.T("complaint.lead"), Back: &ui.Tab{Label: v.T("shell.me"), Href: v.Path("/privacy/me")}}, listPage(all))
}

func (s *Service) newPage(v identity.Visit) error {
	return s.newForm(v, http.StatusOK, ui.NewForm(nil))
}

func (s *Service) newForm(v identity.Visit, status int, f *ui.Form) error {
	return v.Render(status, web.Page{Title: v.T("complaint.new"), Lead: v.T("complaint.new.lead"), Form: f, Back: &ui.Tab{Label: v.T("complaint.title"), Href: v.Path("/privacy/complaints")}}, newForm(f))
}

func (s *Service) file(v identity.Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	var c *Case
	err = v.Write(s.cfg.DB, desk.Purpose, func(tx *store.Tx) (err error) {
		c, err = s.File(v.R.Context(), tx, Filing{Subject: v.Who.Subject, Name: v.Who.Name, Contact: v.Who.Email, Text: f.Value("text"), Wanted: f.Value("wanted"), Lang: v.Lang(), Via: ViaPage})
		return err
	})
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.newForm(v, identity.Refusal(err), f)
	}
	return v.To(c.ownPath(), "complaint.filed")
}

// view is what the pages of one case show.
type view struct {
	Case     *Case
	Steps    []Step
	Remedies []Remedy
	Clocks   []clockLine
	Form     *ui.Form
	Desk     bool
	Path     string // the path that forms post under
}

func (s *Service) own(v identity.Visit) error { return s.showOwn(v, http.StatusOK, ui.NewForm(nil)) }

func (s *Service) showOwn(v identity.Visit, status int, f *ui.Form) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	show := view{Form: f}
	err = v.Read(s.cfg.DB, desk.Purpose, func(tx *store.Tx) error {
		c, err := Own(v.R.Context(), tx, v.Who.Subject, key)
		if err == nil {
			err = show.fill(v.R.Context(), tx, c)
		}
		return err
	})
	if err != nil {
		return err
	}
	show.Path = v.Path(show.Case.ownPath())
	return v.Render(status, web.Page{Title: v.T("complaint.case", "number", show.Case.Number), Form: f, Back: &ui.Tab{Label: v.T("complaint.title"), Href: v.Path("/privacy/complaints")}}, ownPage(show))
}

// change runs f on one of the visitor's own cases.
func (s *Service) change(v identity.Visit, f func(tx *store.Tx, c *Case) error) (id.ID, error) {
	key, err := v.ID()
	if err != nil {
		return key, err
	}
	return key, v.Write(s.cfg.DB, desk.Purpose, func(tx *store.Tx) error {
		c, err := Own(v.R.Context(), tx, v.Who.Subject, key)
		if err != nil {
			return err
		}
		return f(tx, c)
	})
}

func (s *Service) say(v identity.Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	key, err := s.change(v, func(tx *store.Tx, c *Case) error { return s.Say(v.R.Context(), tx, c, f.Value("text")) })
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.showOwn(v, identity.Refusal(err), f)
	}
	return v.To("/privacy/complaints/"+key.String(), "complaint.said")
}

func (s *Service) takeBack(v identity.Visit) error {
	if err := web.ParseForm(v.R); err != nil {
		return err
	}
	key, err := s.change(v, func(tx *store.Tx, c *Case) error { return s.Withdraw(v.R.Context(), tx, c) })
	if err != nil {
		return err
	}
	return v.To("/privacy/complaints/"+key.String(), "complaint.withdrawn")
}

// evidence gives the whole case as a file that stands elsewhere too.
func (s *Service) evidence(v identity.Visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	var files []file
	var number string
	err = v.Read(s.cfg.DB, desk.Purpose, func(tx *store.Tx) error {
		c, err := Own(v.R.Context(), tx, v.Who.Subject, key)
		if err == nil {
			number = c.Number
			files, err = s.pack(v.R.Context(), tx, c)
		}
		return err
	})
	if err != nil {
		return err
	}
	v.W.Header().Set("Content-Type", "application/zip")
	v.W.Header().Set("Content-Disposition", `attachment; filename="`+v.Who.Service+"-complaint-"+number+`.zip"`)
	v.W.Header().Set("Cache-Control", "no-store")
	z := zip.NewWriter(v.W)
	for _, one := range files {
		w, err := z.Create(one.name)
		if err != nil {
			return err
		}
		if _, err := w.Write(one.body); err != nil {
			return err
		}
	}
	return z.Close()
}

func (s *Service) openForm(w http.ResponseWriter, r *http.Request) error {
	return s.showOpen(w, r, http.StatusOK, ui.NewForm(nil))
}

func (s *Service) showOpen(w http.ResponseWriter, r *http.Request, status int, f *ui.Form) error {
	ctx := web.Context(r)
	web.Render(w, r, status, web.Page{Title: i18n.T(ctx, "complaint.open.title"), Lead: i18n.T(ctx, "complaint.open.lead"), Form: f}, openPage(f))
	return nil
}

func (s *Service) openFile(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(r); err != nil {
		return err
	}
	if wait, ok := s.open.Allow(web.ClientAddr(r).String()); !ok {
		return web.TooMany("complaint.open", wait)
	}
	f := ui.NewForm(r.PostForm)
	slug := web.ServiceOf(r.Context()).Slug
	var c *Case
	var err error = fault.New(fault.Invalid, "complaint.openFile", "complaint.contact.mail").On("contact")
	if mailed(f.Value("contact")) {
		err = s.cfg.DB.Write(r.Context(), s.cfg.Home(slug), func(tx *store.Tx) (err error) {
			c, err = s.File(r.Context(), tx, Filing{Name: f.Value("name"), Contact: f.Value("contact"), Text: f.Value("text"), Wanted: f.Value("wanted"), Lang: string(i18n.From(web.Context(r)).Lang), Via: ViaForm})
			return err
		})
	}
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.showOpen(w, r, identity.Refusal(err), f)
	}
	web.Redirect(w, r, web.ServiceOf(r.Context()).Path("/complaint/"+c.Number), web.Flash{Tone: ui.Success, Key: "complaint.open.filed"})
	return nil
}

// find leads from a number that was typed to the page of its case.
func (s *Service) find(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(r); err != nil {
		return err
	}
	f := ui.NewForm(r.PostForm)
	number := id.ReadNumber(f.Value("number"))
	if number == "" {
		f.Add("number", "complaint.number.unknown")
		return s.showOpen(w, r, http.StatusUnprocessableEntity, f)
	}
	web.Redirect(w, r, web.ServiceOf(r.Context()).Path("/complaint/"+number))
	return nil
}

// status tells where a case stands to whoever has its number, and nothing else.
func (s *Service) status(w http.ResponseWriter, r *http.Request) error {
	if wait, ok := s.tries.Allow(web.ClientAddr(r).String()); !ok {
		return web.TooMany("complaint.status", wait)
	}
	var show view
	err := s.cfg.DB.Read(r.Context(), s.cfg.Home(web.ServiceOf(r.Context()).Slug), func(tx *store.Tx) error {
		c, err := ByNumber(r.Context(), tx, r.PathValue("number"))
		if err == nil {
			err = show.fill(r.Context(), tx, c)
		}
		return err
	})
	if err != nil {
		return err
	}
	ctx := web.Context(r)
	web.Render(w, r, http.StatusOK, web.Page{Title: i18n.T(ctx, "complaint.case", "number", show.Case.Number), Lead: i18n.T(ctx, "complaint.status.lead"), NoIndex: true}, statusPage(show))
	return nil
}
