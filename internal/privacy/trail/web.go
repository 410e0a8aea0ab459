package trail

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/desk"
	"amanah/internal/privacy/retention"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

const (
	// span is how far back the page of destructions looks.
	span = 90 * 24 * time.Hour
	// most is how many lines of an enclosure it reads.
	most = 500
)

// zone is where a day begins.
var zone = time.FixedZone("WIB", 7*3600)

// Places lists the enclosures of all services, in which data is destroyed.
type Places interface {
	Tenants(ctx context.Context) ([]store.Scope, error)
}

// Pages are the officers' pages of each service.
type Pages struct {
	db     *store.DB
	guard  *desk.Guard
	places Places
}

// New makes them.
func New(db *store.DB, guard *desk.Guard, places Places) (*Pages, error) {
	if db == nil || guard == nil || places == nil {
		return nil, errors.New("trail: New lacks a part")
	}
	return &Pages{db, guard, places}, nil
}

// Routes adds the pages of a service.
func (p *Pages) Routes(mux web.Mux, slug string) {
	mux.Handle(web.Under(slug, "GET /staff/privacy/audit"), p.guard.Page(p.audit))
	mux.Handle(web.Under(slug, "GET /staff/privacy/retention"), p.guard.Page(p.retention))
}

// view is what the page of the log shows.
type view struct {
	State   audit.State
	Alerts  []audit.Alert
	Entries []audit.Entry
	Form    *ui.Form
	Paging  ui.Paging
}

// search reads the filters of the address; what is no day or pseudonym is said in
// the form.
func search(q url.Values) (audit.Search, *ui.Form) {
	s, f := audit.Search{Act: q.Get("act")}, ui.NewForm(q)
	if text := q.Get("day"); text != "" {
		day, err := time.ParseInLocation(time.DateOnly, text, zone)
		if err != nil {
			f.Add("day", "trail.day.wrong")
		} else {
			s.From, s.To = clock.At(day), clock.At(day.AddDate(0, 0, 1))
		}
	}
	if text := q.Get("who"); text != "" {
		who, err := id.Parse(text)
		if err != nil {
			f.Add("who", "trail.who.wrong")
		}
		s.Who = id.Subject(who)
	}
	if text := q.Get(ui.AfterParam); text != "" {
		s.Before, _ = id.Parse(text) // nonsense is the first page
	}
	return s, f
}

// audit shows the log. It writes: looking is itself an entry.
func (p *Pages) audit(v identity.Visit) error {
	s, f := search(v.R.URL.Query())
	out, status := view{Form: f, Paging: ui.Paging{At: *v.R.URL}}, http.StatusOK
	err := v.Write(p.db, desk.Purpose, func(tx *store.Tx) (err error) {
		ctx := v.R.Context()
		if out.State, err = audit.Status(ctx, tx); err != nil {
			return err
		}
		if out.Alerts, err = audit.Alerts(ctx, tx, 20); err != nil {
			return err
		}
		if !f.OK() {
			return nil
		}
		more := false
		if out.Entries, more, err = audit.Find(ctx, tx, s); err != nil {
			return err
		}
		if more {
			out.Paging.After = out.Entries[len(out.Entries)-1].ID.String()
		}
		return audit.Record(ctx, tx, audit.Act{Name: "log.read", Subject: s.Who, Object: "audit_entries", Count: int64(len(out.Entries))})
	})
	if err != nil {
		return err
	}
	if !f.OK() {
		status = http.StatusUnprocessableEntity
	}
	return v.Render(status, web.Page{Title: v.T("trail.audit.title"), Lead: v.T("trail.audit.lead"), Form: f, Wide: true}, auditPage(out))
}

// gone is a day's destruction of one kind, over all enclosures of a service.
type gone struct {
	Day                           time.Time
	Table, Category, Term, Action string
	Rows                          int64
}

func (p *Pages) retention(v identity.Visit) error {
	all, err := p.destroyed(v.R.Context(), v.Who.Service)
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("trail.retention.title"), Lead: v.T("trail.retention.lead"), Wide: true}, retentionPage(all))
}

// destroyed adds up what went within the span in all enclosures of a service.
func (p *Pages) destroyed(ctx context.Context, service string) ([]gone, error) {
	places, err := p.places.Tenants(ctx)
	if err != nil {
		return nil, fault.Wrap("trail.destroyed", err)
	}
	from := clock.At(p.db.Clock().Now().Add(-span))
	sums := map[gone]int64{}
	for _, s := range places {
		if s.Service != service {
			continue
		}
		s.Purpose = desk.Purpose
		err := p.db.Read(ctx, s, func(tx *store.Tx) error {
			lines, err := retention.Since(ctx, tx, from, most)
			for _, l := range lines {
				y, m, d := l.At.Time().In(zone).Date()
				sums[gone{Day: time.Date(y, m, d, 0, 0, 0, 0, zone), Table: l.Table, Category: l.Category, Term: l.Term, Action: l.Action}] += l.Rows
			}
			return err
		})
		if err != nil {
			return nil, fault.Wrap("trail.destroyed", err)
		}
	}
	var out []gone
	for g, n := range sums {
		g.Rows = n
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b gone) int {
		if c := b.Day.Compare(a.Day); c != 0 {
			return c
		}
		return strings.Compare(a.Table+a.Category+a.Term+a.Action, b.Table+b.Category+b.Term+b.Action)
	})
	return out, nil
}
