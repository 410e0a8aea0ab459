package desk

import (
	"net/http"
	"strings"

	"amanah/internal/identity"
	"amanah/internal/privacy/deadline"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// Root is the path of the desk in a service.
const Root = "/staff/privacy"

// Register is one book of the desk: its last path segment, and the key of its
// name, desk.register.<name>.
type Register string

// Registers are all books that an officer may keep, in the order of the menu. The
// desk shows those whose page there is.
var Registers = []Register{"requests", "complaints", "breaches", "holds", "disclosures", "notices", "agreements", "assessments", "records", "retention", "erasures", "underage", "ages", "research", "backups", "audit", "figures"}

// Desk is the page that leads to all others.
type Desk struct {
	*Guard
	// Has tells whether a service has the page of a register.
	Has func(slug string, r Register) bool
}

// Routes adds the page of a service.
func (d *Desk) Routes(mux web.Mux, slug string) {
	mux.Handle(web.Under(slug, "GET "+Root), d.Page(d.index))
}

// board is what the page shows.
type board struct {
	Due      []deadline.Item
	Late     int
	Officers int
	Lines    []line
}

// line is a register with what is open in it.
type line struct {
	Register Register
	Open     int
	Worst    deadline.Colour // "" where nothing is due
}

// matters name the registers in which the deadlines of a matter stand.
var matters = map[string]Register{"request": "requests", "complaint": "complaints", "breach": "breaches", "hold": "holds", "disclosure": "disclosures", "notice": "notices",
	"paper": "agreements", "erasure": "erasures", "underage": "ages"}

func (d *Desk) index(v identity.Visit) error {
	var b board
	err := d.db.Read(v.R.Context(), Scope(v.Who), func(tx *store.Tx) (err error) {
		if b.Due, err = deadline.Open(v.R.Context(), tx); err != nil {
			return err
		}
		staff, err := tenant.StaffOf(v.R.Context(), tx)
		for _, one := range staff {
			if one.Role == tenant.Officer {
				b.Officers++
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	now := d.db.Clock().Now()
	open := map[Register]line{}
	for _, due := range b.Due {
		if due.Due.Before(now) {
			b.Late++
		}
		l := open[matters[due.Matter]]
		l.Open++
		l.Worst = worse(l.Worst, due.Colour)
		open[matters[due.Matter]] = l
	}
	for _, r := range Registers {
		if d.Has(v.Who.Service, r) {
			l := open[r]
			l.Register = r
			b.Lines = append(b.Lines, l)
		}
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("desk.title"), Lead: v.T("desk.lead"), Wide: true}, boardPage(b, now))
}

// worse is the more urgent of two colours.
func worse(a, b deadline.Colour) deadline.Colour {
	rank := map[deadline.Colour]int{deadline.Green: 1, deadline.Amber: 2, deadline.Red: 3}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

func tone(c deadline.Colour) ui.Tone {
	switch c {
	case deadline.Red:
		return ui.Danger
	case deadline.Amber:
		return ui.Warning
	}
	return ui.Success
}

// Decorate leads officers to the desk, and from there to its registers. Whether
// somebody is an officer is asked of the database for each page, as the role may
// have ended.
func (d *Desk) Decorate(r *http.Request, p *web.Page, who identity.Principal) {
	ok, err := d.IsOfficer(r.Context(), who)
	if err != nil || !ok {
		return
	}
	ctx := web.Context(r)
	p.User.Menu = append(p.User.Menu, ui.Tab{Label: i18n.T(ctx, "desk.title"), Href: p.Service.Path(Root)})
	here := strings.TrimPrefix(r.URL.Path, p.Service.Path(Root))
	if !strings.HasPrefix(r.URL.Path, p.Service.Path(Root)) {
		return
	}
	p.Nav = []ui.Tab{{Label: i18n.T(ctx, "desk.due"), Href: p.Service.Path(Root), Current: here == "" || here == "/"}}
	for _, reg := range Registers {
		if d.Has(who.Service, reg) {
			at := "/" + string(reg)
			p.Nav = append(p.Nav, ui.Tab{Label: i18n.T(ctx, "desk.register."+string(reg)), Href: p.Service.Path(Root + at), Current: here == at || strings.HasPrefix(here, at+"/")})
		}
	}
}
