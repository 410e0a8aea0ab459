package cookie

import (
	"errors"
	"net/http"
	"net/url"

	"amanah/internal/identity"
	"amanah/internal/privacy/notice"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// Pages are the page of each service's cookies.
type Pages struct {
	db     *store.DB
	notice func(service string) (*notice.Notice, bool)
}

// NewPages makes them; notice gives a service's notice.
func NewPages(db *store.DB, n func(service string) (*notice.Notice, bool)) (*Pages, error) {
	if db == nil || n == nil {
		return nil, errors.New("cookie: NewPages needs a store and the notices")
	}
	return &Pages{db, n}, nil
}

// Routes adds a service's page. It is open to visitors: they have cookies too.
func (s *Pages) Routes(mux web.Mux, slug string) {
	mux.Handle("GET /"+slug+"/cookies", web.HandlerFunc(s.show))
	mux.Handle("POST /"+slug+"/cookies", web.HandlerFunc(s.save))
}

// ClassOf answers the shell: the class that a service's notice puts a cookie in.
// Pages of no service may set what any notice names as essential or functional.
func ClassOf(notices []*notice.Notice) func(service, name string) string {
	classes := map[string]map[string]string{"": {}}
	for _, n := range notices {
		own := map[string]string{}
		for _, c := range n.Cookies() {
			own[c.Name] = c.Class
			if c.Class == web.Essential || c.Class == web.Functional {
				classes[""][c.Name] = c.Class
			}
		}
		classes[n.Service()] = own
	}
	return func(service, name string) string { return classes[service][name] }
}

// view is what the page shows.
type view struct {
	Cookies []notice.Cookie
	Form    *ui.Form
	Lang    string
	Objects bool
	Reach   string // a key: where the choice holds
}

func (v view) of(class string) (out []notice.Cookie) {
	for _, c := range v.Cookies {
		if c.Class == class {
			out = append(out, c)
		}
	}
	return out
}

func (s *Pages) show(w http.ResponseWriter, r *http.Request) error {
	v := view{Lang: string(i18n.From(web.Context(r)).Lang), Objects: web.Objects(r), Reach: "cookie.reach.browser"}
	if n, ok := s.notice(web.ServiceOf(r.Context()).Slug); ok {
		v.Cookies = n.Cookies()
	}
	chosen, err := s.current(r)
	if err != nil {
		return err
	}
	if _, ok := identity.FromContext(r.Context()); ok {
		v.Reach = "cookie.reach.account"
	}
	values := url.Values{}
	for _, c := range chosen.Classes {
		values.Set("class-"+c, "yes")
	}
	v.Form = ui.NewForm(values)
	ctx := web.Context(r)
	web.Render(w, r, http.StatusOK, web.Page{Title: i18n.T(ctx, "cookie.title"), Lead: i18n.T(ctx, "cookie.lead")}, page(v))
	return nil
}

// current is the choice that holds: the account's, else the browser's.
func (s *Pages) current(r *http.Request) (web.Choice, error) {
	here := web.ChoiceOf(r)
	who, ok := identity.FromContext(r.Context())
	if !ok {
		return here, nil
	}
	var kept web.Choice
	err := s.db.Read(r.Context(), who.HomeScope("rights"), func(tx *store.Tx) (err error) { kept, err = Of(r.Context(), tx, who.Subject); return err })
	if err == nil && kept.Made {
		return kept, nil
	}
	return here, err
}

func (s *Pages) save(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(r); err != nil {
		return err
	}
	c := web.Choice{Made: true}
	for _, class := range web.ChoosableClasses() {
		if r.PostForm.Get("only") == "" && r.PostForm.Get("class-"+class) == "yes" {
			c.Classes = append(c.Classes, class)
		}
	}
	if who, ok := identity.FromContext(r.Context()); ok {
		err := s.db.Write(r.Context(), who.HomeScope("rights"), func(tx *store.Tx) error { return Keep(r.Context(), tx, who.Subject, c) })
		if err != nil {
			return err
		}
	}
	web.Choose(w, r, c)
	web.Redirect(w, r, web.ServiceOf(r.Context()).Path("/cookies"), web.Flash{Tone: ui.Success, Key: "cookie.saved"})
	return nil
}

// Follow makes this browser follow the account's choice, made on another device
// perhaps. Where the database cannot be asked the browser keeps its own.
func (s *Pages) Follow(w http.ResponseWriter, r *http.Request) {
	who, ok := identity.FromContext(r.Context())
	if !ok {
		return
	}
	var kept web.Choice
	err := s.db.Read(r.Context(), who.HomeScope("rights"), func(tx *store.Tx) (err error) { kept, err = Of(r.Context(), tx, who.Subject); return err })
	if err == nil && kept.Made && !kept.Equal(web.ChoiceOf(r)) && !(web.Objects(r) && sameBut(kept, web.ChoiceOf(r))) {
		web.Choose(w, r, kept)
	}
}

// sameBut compares two choices without analytics, which the browser refuses.
func sameBut(a, b web.Choice) bool {
	for _, class := range []string{web.Functional, web.Preference} {
		if a.Allows(class) != b.Allows(class) {
			return false
		}
	}
	return b.Made
}

func say(t notice.Text, lang string) string {
	if lang == "en" {
		return t.EN
	}
	return t.ID
}

func lasts(p i18n.Printer, c notice.Cookie) string {
	if c.Lasts.IsZero() {
		return p.T("cookie.lasts.session")
	}
	return p.T("cookie.lasts", "span", c.Lasts.Say(string(p.Lang)))
}
