package hold

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/desk"
	"amanah/internal/privacy/notice"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// root is where the officers keep the book.
const root = "/staff/privacy/holds"

// People finds accounts of a service.
type People interface {
	// ByAddress finds whose account has an address.
	ByAddress(ctx context.Context, service, address string) (id.Subject, bool, error)
	// Address is the account's; "" where there is none any more.
	Address(ctx context.Context, service string, who id.Subject) (string, error)
}

// Behind is something that waits until a hold is lifted.
type Behind struct {
	Number id.ID
	Since  clock.Instant
}

// PagesConfig is what NewPages needs. Behind may be nil.
type PagesConfig struct {
	Book   *Book
	Guard  *desk.Guard
	People People
	Notice func(service string) (*notice.Notice, bool)
	// Behind lists the orders of erasure that wait for a hold.
	Behind func(ctx context.Context, tx *store.Tx, b Bounds) ([]Behind, error)
}

// Pages are the officers' book of holds, and the line on a person's own page.
type Pages struct{ PagesConfig }

// NewPages checks that nothing is missing.
func NewPages(c PagesConfig) (*Pages, error) {
	if c.Book == nil || c.Guard == nil || c.People == nil || c.Notice == nil {
		return nil, errors.New("hold: NewPages needs a book, a guard, people and notices")
	}
	return &Pages{c}, nil
}

// Routes adds the officers' pages of a service.
func (s *Pages) Routes(mux web.Mux, slug string) {
	for pattern, f := range map[string]func(identity.Visit) error{
		"GET " + root: s.list, "GET " + root + "/new": s.newPage, "POST " + root: s.place,
		"GET " + root + "/{id}": s.one, "POST " + root + "/{id}/review": s.review, "POST " + root + "/{id}/lift": s.lift,
	} {
		mux.Handle(web.Under(slug, pattern), s.Guard.Page(f))
	}
}

func (s *Pages) list(v identity.Visit) error {
	all := v.R.URL.Query().Get("state") == "all"
	var holds []Hold
	err := s.Book.DB.Read(v.R.Context(), desk.Scope(v.Who), func(tx *store.Tx) (err error) { holds, err = s.Book.List(v.R.Context(), tx, all); return err })
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("hold.desk.title"), Lead: v.T("hold.desk.lead"), Wide: true}, listPage(holds, all))
}

func (s *Pages) newPage(v identity.Visit) error { return s.form(v, http.StatusOK, ui.NewForm(nil)) }

func (s *Pages) form(v identity.Visit, status int, f *ui.Form) error {
	n, ok := s.Notice(v.Who.Service)
	if !ok {
		return fault.New(fault.Internal, "hold.form", "")
	}
	var categories []ui.Option
	for _, c := range n.Categories() {
		categories = append(categories, ui.Option{Value: c.Key, Label: c.What.In(v.Lang())})
	}
	return v.Render(status, web.Page{Title: v.T("hold.desk.new"), Lead: v.T("hold.desk.new.lead"), Form: f, Back: &ui.Tab{Label: v.T("hold.desk.title"), Href: v.Path(root)}}, newForm(f, categories))
}

func (s *Pages) place(v identity.Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	n, err := s.asked(v, f)
	var h *Hold
	if err == nil {
		err = s.Book.DB.Write(v.R.Context(), desk.Scope(v.Who), func(tx *store.Tx) (err error) { h, err = s.Book.Place(v.R.Context(), tx, n); return err })
	}
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.form(v, identity.Refusal(err), f)
	}
	return v.To(root+"/"+h.ID.String(), "hold.done.placed")
}

// asked reads the form. Days are those of Jakarta; the last day belongs to the time.
func (s *Pages) asked(v identity.Visit, f *ui.Form) (New, error) {
	const op = "hold.asked"
	var errs []error
	wrong := func(field, key string) { errs = append(errs, fault.New(fault.Invalid, op, key).On(field)) }
	day := func(field string, after time.Duration) (t time.Time) {
		text := strings.TrimSpace(f.Value(field))
		if text == "" {
			return t
		}
		t, err := time.ParseInLocation(time.DateOnly, text, clock.WIB)
		if err != nil {
			wrong(field, "hold.day.wrong")
			return time.Time{}
		}
		return t.Add(after)
	}
	const lastSecond = 24*time.Hour - time.Second
	n := New{Categories: f.Values["categories"], From: day("from", 0), Until: day("until", 24*time.Hour), Reason: f.Value("reason"), Case: f.Value("case"), OrderedBy: f.Value("ordered_by"),
		Review: day("review", lastSecond), Silence: Silence(f.Value("silence")), SilentUntil: day("silent_until", lastSecond)}
	if n.Silence == "told" {
		n.Silence = Told
	}
	if text := strings.TrimSpace(f.Value("person")); text != "" {
		who, found, err := s.People.ByAddress(v.R.Context(), v.Who.Service, text)
		if err != nil {
			return n, err
		}
		if n.Who = who; !found {
			wrong("person", "hold.person.unknown")
		}
	}
	if text := strings.TrimSpace(f.Value("workspace")); text != "" {
		key, err := id.ParseTenant(text)
		if n.Workspace = key; err != nil {
			wrong("workspace", "hold.workspace.unknown")
		}
	}
	return n, errors.Join(errs...)
}

// view is what the page of one hold shows.
type view struct {
	Hold   *Hold
	Person string // address, "" where the hold is about no person or the account is gone
	Kinds  []string
	Behind []Behind
	Path   string
	Review *ui.Form
	Lift   *ui.Form
}

func (s *Pages) one(v identity.Visit) error {
	return s.show(v, http.StatusOK, ui.NewForm(nil), ui.NewForm(nil))
}

// show writes the look down before it shows anything. Who must not know of a hold
// finds the look in no log of theirs.
func (s *Pages) show(v identity.Visit, status int, review, lift *ui.Form) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	p := view{Review: review, Lift: lift, Path: v.Path(root + "/" + key.String())}
	err = s.Book.DB.Write(v.R.Context(), desk.Scope(v.Who), func(tx *store.Tx) (err error) {
		if p.Hold, err = store.Get[Hold](v.R.Context(), tx, key); err != nil {
			return err
		}
		if err := audit.Record(v.R.Context(), tx, audit.Act{Name: "hold.read", Subject: p.Hold.Who, Object: "hold", Count: 1, Told: !p.Hold.KnownTo.IsZero()}); err != nil {
			return err
		}
		if s.Behind == nil || !p.Hold.LiftedAt.IsZero() {
			return nil
		}
		standing, err := Read(v.R.Context(), tx)
		for _, b := range standing {
			if err == nil && b.ID == key {
				p.Behind, err = s.Behind(v.R.Context(), tx, b)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if !p.Hold.Who.IsZero() {
		if p.Person, err = s.People.Address(v.R.Context(), v.Who.Service, p.Hold.Who); err != nil {
			return err
		}
	}
	p.Kinds = s.kinds(v.Who.Service, v.Lang(), p.Hold.Categories)
	form := review
	if !lift.OK() {
		form = lift
	}
	return v.Render(status, web.Page{Title: v.T("hold.one", "number", p.Hold.Number()), Form: form, Wide: true, Back: &ui.Tab{Label: v.T("hold.desk.title"), Href: v.Path(root)}}, onePage(p))
}

// kinds say categories in words.
func (s *Pages) kinds(service, lang, keys string) (out []string) {
	n, ok := s.Notice(service)
	for _, key := range strings.Fields(keys) {
		say := key
		if ok {
			if c, known := n.Category(key); known {
				say = c.What.In(lang)
			}
		}
		out = append(out, say)
	}
	return out
}

func (s *Pages) review(v identity.Visit) error {
	return s.change(v, "hold.done.reviewed", func(tx *store.Tx, key id.ID, f *ui.Form) error {
		t, err := time.ParseInLocation(time.DateOnly, strings.TrimSpace(f.Value("review")), clock.WIB)
		if err != nil {
			return fault.New(fault.Invalid, "hold.review", "hold.day.wrong").On("review")
		}
		return s.Book.Prolong(v.R.Context(), tx, key, t.Add(24*time.Hour-time.Second))
	})
}

func (s *Pages) lift(v identity.Visit) error {
	return s.change(v, "hold.done.lifted", func(tx *store.Tx, key id.ID, f *ui.Form) error {
		return s.Book.Lift(v.R.Context(), tx, key, f.Value("reason"))
	})
}

func (s *Pages) change(v identity.Visit, done string, do func(*store.Tx, id.ID, *ui.Form) error) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	f, err := v.Form()
	if err != nil {
		return err
	}
	err = s.Book.DB.Write(v.R.Context(), desk.Scope(v.Who), func(tx *store.Tx) error { return do(tx, key, f) })
	if err == nil {
		return v.To(root+"/"+key.String(), done)
	}
	if !f.Take(err) {
		return err
	}
	if done == "hold.done.lifted" {
		return s.show(v, identity.Refusal(err), ui.NewForm(nil), f)
	}
	return s.show(v, identity.Refusal(err), f, ui.NewForm(nil))
}

// own is a hold as a person sees it.
type own struct {
	Bounds
	Reason string // only of a hold on the person: others' may name somebody else
	By     string
}

// Card is the line on a person's own page: the holds that the person may know of;
// nil without any.
func (s *Pages) Card(ctx context.Context, who identity.Principal) (templ.Component, error) {
	const op = "hold.Card"
	var mine []own
	err := s.Book.DB.Read(ctx, who.HomeScope(desk.Purpose), func(tx *store.Tx) error {
		all, err := Read(ctx, tx)
		if err != nil || len(all) == 0 {
			return err
		}
		of, err := tenant.Of(ctx, tx, who.Subject)
		if err != nil {
			return err
		}
		var at []id.Tenant
		for _, m := range of {
			at = append(at, m.Workspace.Key())
		}
		for _, b := range all.Touching(who.Subject, at).Visible() {
			line := own{Bounds: b}
			if b.Who == who.Subject {
				h, err := store.Get[Hold](ctx, tx, b.ID)
				if err != nil {
					return err
				}
				line.Reason, line.By = h.Reason.Reveal(), h.OrderedBy.Reveal()
			}
			mine = append(mine, line)
		}
		return nil
	})
	if err != nil || len(mine) == 0 {
		return nil, fault.Wrap(op, err)
	}
	return card(mine, func(lang string, b Bounds) []string {
		return s.kinds(who.Service, lang, strings.Join(slices.Clone(b.Categories), " "))
	}), nil
}
