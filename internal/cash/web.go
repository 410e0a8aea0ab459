package cash

import (
	"context"
	"net/http"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// Routes puts the module's pages below "/<slug>/app". All of them ask for a
// signed-in member; what changes something asks for an owner or a member.
func (s *Service) Routes(mux web.Mux) {
	readers := []tenant.Role{tenant.Owner, tenant.Worker, tenant.Viewer}
	writers := readers[:2]
	for _, r := range []struct {
		pattern string
		f       func(page) error
		roles   []tenant.Role
	}{
		{"GET /app", s.homePage, readers},
		{"GET /app/entries", s.entriesPage, readers},
		{"GET /app/entries/new", s.newEntryPage, writers},
		{"POST /app/entries", s.enterForm, writers},
		{"GET /app/entries/{id}", s.entryPage, readers},
		{"GET /app/entries/{id}/edit", s.editPage, writers},
		{"POST /app/entries/{id}", s.correctForm, writers},
		{"POST /app/entries/{id}/undo", s.undoForm, writers},
		{"POST /app/entries/{id}/restore", s.restoreForm, writers},
		{"POST /app/entries/{id}/split", s.splitForm, writers},
		{"GET /app/entries/{id}/bundle", s.bundleFile, readers},
		{"GET /app/receipts", s.receiptsPage, writers},
		{"POST /app/receipts", s.uploadForm, writers},
		{"GET /app/receipts/{id}", s.receiptPage, writers},
		{"POST /app/receipts/{id}", s.decideForm, writers},
		{"POST /app/receipts/{id}/drop", s.dropForm, writers},
		{"GET /app/receipts/{id}/picture", s.pictureFile, readers},
		{"GET /app/accounts", s.accountsPage, readers},
		{"POST /app/accounts", s.addAccountForm, writers},
		{"GET /app/accounts/{id}", s.accountPage, writers},
		{"POST /app/accounts/{id}", s.changeAccountForm, writers},
		{"GET /app/categories", s.categoriesPage, readers},
		{"POST /app/categories", s.addCategoryForm, writers},
		{"POST /app/categories/{id}", s.changeCategoryForm, writers},
	} {
		mux.Handle(web.Under(s.Slug, r.pattern), s.Page(r.f, r.roles...))
	}
}

// page is a visit of somebody who belongs to a family of the service.
type page = Visit

// Visit is what a page's function gets, here and in the packages below this one.
type Visit struct {
	identity.Visit
	s     *Service
	scope store.Scope
}

// Page makes a handler of a page of a family.
func (s *Service) Page(f func(Visit) error, roles ...tenant.Role) http.Handler {
	return identity.Page(func(v identity.Visit) error {
		if v.Who.Workspace.IsZero() || v.Who.Service != s.Slug {
			return fault.New(fault.NotFound, "cash.Page", "")
		}
		return f(Visit{v, s, v.Who.Scope(Record)})
	}, roles...)
}

// Scope is the visitor's in the family, for Record.
func (v Visit) Scope() store.Scope { return v.scope }

// In runs f in a reading transaction of the family.
func (v Visit) In(f func(tx *store.Tx, see View) error) error {
	return v.s.db.Read(v.R.Context(), v.scope, v.seeing(f))
}

// Change runs f in a writing one.
func (v Visit) Change(f func(tx *store.Tx, see View) error) error {
	return v.s.db.Write(v.R.Context(), v.scope, v.seeing(f))
}

func (v Visit) seeing(f func(tx *store.Tx, see View) error) func(tx *store.Tx) error {
	return func(tx *store.Tx) error {
		see, err := v.s.View(v.R.Context(), tx, v.Who.Subject)
		if err != nil {
			return err
		}
		return f(tx, see)
	}
}

// May tells whether the visitor may change something.
func (v Visit) May() bool { return v.Who.Is(tenant.Owner, tenant.Worker) }

// at is the address of a page of the service, in a component.
func at(ctx context.Context, path string) string { return web.ServiceOf(ctx).Path("/app" + path) }

// CategoryWord is a category in words; own are the family's.
func CategoryWord(ctx context.Context, own []Category, c string) string {
	for _, o := range own {
		if o.ID.String() == c {
			return o.Name.Reveal()
		}
	}
	if _, err := id.Parse(c); err == nil {
		return i18n.T(ctx, "cash.category.other")
	}
	return i18n.T(ctx, "cash.category."+c)
}

// AccountWord is an account in words.
func AccountWord(ctx context.Context, all []Account, key id.ID) string {
	for _, a := range all {
		if a.ID == key {
			return a.word(ctx)
		}
	}
	return i18n.T(ctx, "cash.account.hidden")
}

func (a *Account) word(ctx context.Context) string {
	if n := a.Name.Reveal(); n != "" {
		return n
	}
	return i18n.T(ctx, "cash.account.kind."+string(a.Kind))
}

// readAmount reads what people write: "87.500", "87,500", "1.250.000,50", "12.50".
func readAmount(text string, c money.Currency) (int64, bool) {
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), "Rp"))
	whole, frac := text, ""
	if i := strings.LastIndexAny(text, ".,"); i >= 0 {
		mark := text[i : i+1]
		rest := strings.Trim(text[:i], "0123456789")
		grouped := len(text)-i-1 == 3 && strings.Trim(rest, mark) == "" && c.Digits() != 3
		if !grouped {
			if strings.Contains(text[:i], mark) {
				return 0, false
			}
			whole, frac = text[:i], text[i+1:]
		}
	}
	a, err := money.Parse(strings.TrimSuffix(strings.NewReplacer(".", "", ",", "", " ", "").Replace(whole)+"."+frac, "."), c)
	return a.Minor, err == nil && a.Minor > 0
}

// thisMonth is the present month in a family's zone.
func (s *Service) thisMonth(zone *time.Location) string {
	return s.clock.Now().In(zone).Format("2006-01")
}

// home is the first page of a family.
type home struct {
	Month    string
	Now      string
	First    time.Time
	Totals   []Totals
	Top      []Sum
	Latest   []Line
	Holdings []Holding
	Own      []Category
	Waiting  int
	Savable  money.Amount
	Why      string
	CanSave  bool
	May      bool
	Names    map[id.Subject]string
	Me       id.Subject
}

func (s *Service) homePage(v Visit) error {
	ctx := v.R.Context()
	h := home{May: v.May(), Me: v.Who.Subject}
	var err error
	if h.Names, err = s.names(ctx, v.scope); err != nil {
		return err
	}
	err = v.In(func(tx *store.Tx, see View) (err error) {
		h.Now = s.thisMonth(see.Zone)
		h.Month = h.Now
		if m := v.R.URL.Query().Get("month"); m != "" {
			if _, err := time.Parse("2006-01", m); err == nil {
				h.Month = m
			}
		}
		h.First, _ = time.ParseInLocation("2006-01", h.Month, see.Zone)
		sums, err := s.Sums(ctx, tx, see, h.Month, h.Month)
		if err != nil {
			return err
		}
		h.Totals = Totalled(sums)
		for _, k := range sums {
			if k.Kind == Out && k.Currency == money.IDR && len(h.Top) < 8 {
				h.Top = append(h.Top, k)
			}
		}
		if h.Latest, _, err = s.List(ctx, tx, see, Query{Month: h.Month, Limit: 8}); err != nil {
			return err
		}
		if h.Holdings, err = s.Holdings(ctx, tx, see); err != nil {
			return err
		}
		if h.Own, err = s.Categories(ctx, tx); err != nil {
			return err
		}
		if s.Savable != nil {
			if h.Savable, h.Why, h.CanSave, err = s.Savable.Savable(ctx, tx, see, h.Month); err != nil {
				return err
			}
		}
		waiting, err := s.Waiting(ctx, tx, see)
		h.Waiting = len(waiting)
		return err
	})
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("cash.home.title"), Wide: true}, homeView(h))
}

// names are the members' names; without Names there are none.
func (s *Service) names(ctx context.Context, sc store.Scope) (map[id.Subject]string, error) {
	if s.Names == nil {
		return map[id.Subject]string{}, nil
	}
	return s.Names(ctx, sc)
}

func (h home) stats(p i18n.Printer) []ui.Stat {
	var out []ui.Stat
	for _, t := range h.Totals {
		a := func(n int64) string { return p.Money(money.Amount{Minor: n, Currency: t.Currency}) }
		out = append(out, ui.Stat{Label: p.T("cash.home.in"), Value: a(t.In)}, ui.Stat{Label: p.T("cash.home.out"), Value: a(t.Out)}, ui.Stat{Label: p.T("cash.home.left"), Value: a(t.In - t.Out)})
	}
	if h.CanSave {
		why := ""
		if h.Why != "" {
			why = p.T(h.Why)
		}
		tone := ui.Success
		if h.Savable.Minor < 0 {
			tone = ui.Warning
		}
		out = append(out, ui.Stat{Label: p.T("cash.home.savable"), Value: p.Money(h.Savable), Note: why, Tone: tone})
	}
	return out
}

// step is the month before or after.
func (h home) step(n int) string { return h.First.AddDate(0, n, 0).Format("2006-01") }

func signed(e Entry) money.Amount {
	a := e.Amount()
	if e.Kind == Out {
		a.Minor = -a.Minor
	}
	return a
}

func when(i clock.Instant, zone *time.Location) time.Time { return i.Time().In(zone) }
