package erasure

import (
	"errors"
	"net/http"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/desk"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// deskRoot is where officers see the orders.
const deskRoot = desk.Root + "/erasures"

// Desk is the officers' pages: orders, what they wait for, and what processors
// answered. No page of it names a person.
type Desk struct {
	erasure *Erasure
	guard   *desk.Guard
}

// NewDesk checks that nothing is missing.
func NewDesk(e *Erasure, g *desk.Guard) (*Desk, error) {
	if e == nil || g == nil {
		return nil, errors.New("erasure: NewDesk needs an erasure and a guard")
	}
	return &Desk{e, g}, nil
}

// Routes adds the pages of a service.
func (d *Desk) Routes(mux web.Mux, slug string) {
	mux.Handle(web.Under(slug, "GET "+deskRoot), d.guard.Page(d.list))
	mux.Handle(web.Under(slug, "GET "+deskRoot+"/{id}"), d.guard.Page(d.one))
	mux.Handle(web.Under(slug, "POST "+deskRoot+"/{id}/answer"), d.guard.Page(d.answer))
}

// entry is an order as officers see it.
type entry struct {
	order
	Tasks []Task
}

// state names where an order stands.
func (o order) state() string {
	switch {
	case !o.DoneAt.IsZero():
		return "done"
	case o.WaitsFor != "":
		return o.WaitsFor
	}
	return "running"
}

// open counts the answers that are missing.
func (e entry) open() (n int64) {
	for _, t := range e.Tasks {
		if t.AnsweredAt.IsZero() {
			n++
		}
	}
	return n
}

func (d *Desk) list(v identity.Visit) error {
	var all []entry
	err := d.erasure.DB.Read(v.R.Context(), desk.Scope(v.Who), func(tx *store.Tx) error {
		orders, err := store.Find[order](v.R.Context(), tx, "WHERE tenant_id = $1 ORDER BY id DESC LIMIT 200", tx.Tenant())
		if err != nil {
			return err
		}
		tasks, err := store.Find[Task](v.R.Context(), tx, "WHERE tenant_id = $1 AND answered_at IS NULL ORDER BY id DESC LIMIT 2000", tx.Tenant())
		of := map[id.ID][]Task{}
		for _, t := range tasks {
			of[t.Order] = append(of[t.Order], t)
		}
		for _, o := range orders {
			all = append(all, entry{o, of[o.ID]})
		}
		return err
	})
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("erasure.desk.title"), Lead: v.T("erasure.desk.lead"), Wide: true}, ordersPage(all))
}

func (d *Desk) one(v identity.Visit) error {
	return d.show(v, http.StatusOK, ui.NewForm(nil), id.ID{})
}

// show writes the look down. Form is of one task; the others have empty ones.
func (d *Desk) show(v identity.Visit, status int, f *ui.Form, task id.ID) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	var e entry
	err = d.erasure.DB.Write(v.R.Context(), desk.Scope(v.Who), func(tx *store.Tx) error {
		o, err := store.Get[order](v.R.Context(), tx, key)
		if err != nil {
			return err
		}
		e.order = *o
		if e.Tasks, err = d.erasure.Tasks(v.R.Context(), tx, key); err != nil {
			return err
		}
		return audit.Record(v.R.Context(), tx, audit.Act{Name: "erasure.read", Object: "erasure", Count: int64(len(e.Tasks))})
	})
	if err != nil {
		return err
	}
	n, ok := d.erasure.Notice(v.Who.Service)
	if !ok {
		return fault.New(fault.Internal, "erasure.Desk", "")
	}
	name := func(key string) string {
		if r, ok := n.Recipient(key); ok {
			return r.Name.In(v.Lang())
		}
		return key
	}
	return v.Render(status, web.Page{Title: v.T("erasure.desk.one"), Form: f, Wide: true, Back: &ui.Tab{Label: v.T("erasure.desk.title"), Href: v.Path(deskRoot)}},
		orderPage(orderView{entry: e, Form: f, Task: task, At: v.Path(deskRoot + "/" + key.String()), Receipt: v.Path("/privacy/receipts/" + key.String()), Name: name, Now: d.erasure.DB.Clock().Now()}))
}

func (d *Desk) answer(v identity.Visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	f, err := v.Form()
	if err != nil {
		return err
	}
	task, err := id.Parse(f.Value("task"))
	if err != nil {
		return fault.New(fault.NotFound, "erasure.Desk", "")
	}
	err = d.erasure.DB.Write(v.R.Context(), desk.Scope(v.Who), func(tx *store.Tx) error {
		return d.erasure.Answer(v.R.Context(), tx, key, task, f.Value("answer"))
	})
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return d.show(v, identity.Refusal(err), f, task)
	}
	return v.To(deskRoot+"/"+key.String(), "erasure.desk.kept")
}
