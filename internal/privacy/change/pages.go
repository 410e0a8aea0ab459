package change

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/a-h/templ"

	"amanah/internal/fault"
	"amanah/internal/identity"
	"amanah/internal/privacy/desk"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
)

// Delivery is what became of the notices about one version.
type Delivery struct{ Told, Mailed, Read int }

// Config is what Pages need; all of it.
type Config struct {
	// Services are those that run.
	Services []string
	Book     *Book
	Accounts Accounts
	Teller   tell.Teller
	// Deliveries counts what became of the notices of a Once, in the home.
	Deliveries func(ctx context.Context, tx *store.Tx, once string) (Delivery, error)
	Guard      *desk.Guard
	// Soon has a service's people told shortly, by whichever node.
	Soon func(ctx context.Context, tx *store.Tx, service string) error
}

// Pages are what people and officers see of the versions.
type Pages struct {
	cfg Config
	// soon is the coming version of each service when the program started.
	soon map[string]Entry
}

// NewPages checks that nothing is missing, and reads what is to come.
func NewPages(ctx context.Context, c Config) (*Pages, error) {
	if c.Book == nil || c.Accounts == nil || c.Teller == nil || c.Deliveries == nil || c.Guard == nil || c.Soon == nil {
		return nil, errors.New("change: NewPages needs everything of its configuration")
	}
	p := &Pages{cfg: c, soon: map[string]Entry{}}
	for _, service := range c.Services {
		all, err := c.Book.List(ctx, service)
		if err != nil {
			return nil, err
		}
		if len(all) == 0 {
			continue
		}
		if e, ok := Coming(all, c.Book.DB.Clock().Now()); ok {
			p.soon[service] = e
		}
	}
	return p, nil
}

// Routes adds a service's pages. The dated page of what changes is open to
// everybody; the officer's is the officer's.
func (p *Pages) Routes(mux web.Mux, slug string) {
	mux.Handle(web.Under(slug, "GET /privacy/changes"), web.HandlerFunc(p.changes))
	mux.Handle(web.Under(slug, "GET /staff/privacy/notices"), p.cfg.Guard.Page(p.staff))
	mux.Handle(web.Under(slug, "POST /staff/privacy/notices"), p.cfg.Guard.Page(p.begin))
}

// Banner stands above every page of a service while a version is to come; nil
// otherwise. It asks no database.
func (p *Pages) Banner(service string) templ.Component {
	if e, ok := p.soon[service]; ok {
		return banner(e)
	}
	return nil
}

// Soon is the coming version of a service.
func (p *Pages) Soon(service string) (Entry, bool) {
	e, ok := p.soon[service]
	return e, ok
}

func (p *Pages) changes(w http.ResponseWriter, r *http.Request) error {
	ctx := web.Context(r)
	all, err := p.cfg.Book.List(r.Context(), web.ServiceOf(r.Context()).Slug)
	if err != nil {
		return err
	}
	now := p.cfg.Book.DB.Clock().Now()
	all = slices.DeleteFunc(all, func(e Entry) bool { return e.PublishedAt.After(now) && !e.First })
	slices.Reverse(all)
	web.Render(w, r, http.StatusOK, web.Page{Title: i18n.T(ctx, "change.title"), Lead: i18n.T(ctx, "change.lead")}, history(all, string(i18n.From(ctx).Lang), now))
	return nil
}

// row is a version as the officer sees it.
type row struct {
	Entry
	Delivery
	Accounts int
}

func (p *Pages) rows(ctx context.Context, who identity.Principal) (out []row, err error) {
	err = p.cfg.Book.DB.Read(ctx, desk.Scope(who), func(tx *store.Tx) error {
		all, err := p.cfg.Book.entries(ctx, tx, who.Service)
		for _, e := range all {
			one := row{Entry: e}
			if err == nil {
				one.Delivery, err = p.cfg.Deliveries(ctx, tx, Once(e.Number))
			}
			if err == nil {
				err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM notice_tellings WHERE tenant_id = $1 AND version = $2", []any{tx.Tenant(), e.Number}, &one.Accounts)
			}
			out = append(out, one)
		}
		return err
	})
	slices.Reverse(out)
	return out, err
}

func (p *Pages) staff(v identity.Visit) error {
	all, err := p.rows(v.R.Context(), v.Who)
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("change.staff"), Lead: v.T("change.staff.lead")}, staffPage(all, v.Lang(), p.cfg.Book.DB.Clock().Now()))
}

func (p *Pages) begin(v identity.Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	if err := p.Begin(v.R.Context(), v.Who, f.Value("version")); err != nil {
		return err
	}
	return v.To("/staff/privacy/notices", "change.begun")
}

// officer refuses everybody else as if there were nothing.
func (p *Pages) officer(ctx context.Context, who identity.Principal) error {
	ok, err := p.cfg.Guard.IsOfficer(ctx, who)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "change.officer", "")
	}
	return err
}

// Begin starts telling a version, as an officer.
func (p *Pages) Begin(ctx context.Context, who identity.Principal, version string) error {
	const op = "change.Begin"
	if err := p.officer(ctx, who); err != nil {
		return err
	}
	return fault.Wrap(op, p.cfg.Book.DB.Write(ctx, desk.Scope(who), func(tx *store.Tx) error {
		if err := p.cfg.Book.Begin(ctx, tx, who.Service, version); err != nil {
			return err
		}
		return p.cfg.Soon(ctx, tx, who.Service)
	}))
}

// Tell goes on telling a service's people; the job of the app calls it.
func (p *Pages) Tell(ctx context.Context, service string) error {
	_, err := p.cfg.Book.Tell(ctx, service, p.cfg.Accounts, p.cfg.Teller)
	return err
}

// state is where a version stands, as a key of the sentences.
func (e Entry) state(now time.Time) string {
	switch {
	case e.Current:
		return "current"
	case e.PublishedAt.After(now) && !e.First:
		return "draft"
	case e.From.IsZero() && !e.Starts().After(now):
		return "held"
	case e.From.IsZero() || e.From.After(now):
		return "coming"
	}
	return "past"
}
