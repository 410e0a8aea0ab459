package capture

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"amanah/internal/capture/learning"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/inbox"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// detail is what a transaction's page shows.
type detail struct {
	View       View
	Twin       *View
	Message    *inbox.Message // nil where it is no longer kept
	Tellings   []Telling
	Pairs      []Pair
	Rule       *learning.Rule // the one that works on it; nil for none
	Deliveries []sentTo
	Accounts   []BankAccount
	Form       *ui.Form
	May        bool
}

// sentTo is a delivery with its target's host.
type sentTo struct {
	Delivery
	Host string
}

const localMinute = "2006-01-02T15:04"

func (s *Service) detail(v visitor, key id.ID) (detail, error) {
	d := detail{May: v.may()}
	err := s.read(v, func(tx *store.Tx) (err error) {
		ctx := v.r.Context()
		if d.View, err = s.View(ctx, tx, key); err != nil {
			return err
		}
		if !d.View.Twin.IsZero() {
			twin, err := s.View(ctx, tx, d.View.Twin)
			if err == nil {
				d.Twin = &twin
			} else if !fault.Is(err, fault.NotFound) {
				return err
			}
		}
		d.Message, err = store.Get[inbox.Message](ctx, tx, d.View.Message)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if d.Accounts, err = accounts(ctx, tx); err != nil {
			return err
		}
		if err := s.learned(v, tx, &d); err != nil {
			return err
		}
		d.Deliveries, err = sentToOf(v, tx, "captured_id = $2", key, 50)
		return err
	})
	return d, err
}

// learned adds how the transaction was told and what was learned of it.
func (s *Service) learned(v visitor, tx *store.Tx, d *detail) (err error) {
	ctx := v.r.Context()
	if d.Tellings, err = s.Tellings(ctx, tx, d.View.Captured); err != nil {
		return err
	}
	if d.Pairs, err = s.Pairs(ctx, tx, d.View.ID); err != nil || d.View.Learned.IsZero() {
		return err
	}
	r, err := store.Get[learning.Rule](ctx, tx, d.View.Learned)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err == nil && r.State != learning.Removed {
		d.Rule = r
	}
	return err
}

// sentToOf reads deliveries, the newest first.
func sentToOf(v visitor, tx *store.Tx, where string, key id.ID, limit int) ([]sentTo, error) {
	ds, err := store.Find[Delivery](v.r.Context(), tx, "WHERE tenant_id = $1 AND "+where+" ORDER BY created_at DESC, id DESC LIMIT $3", tx.Tenant(), key, limit)
	if err != nil {
		return nil, err
	}
	hosts, out := map[id.ID]string{}, []sentTo{}
	for _, d := range ds {
		if _, known := hosts[d.Target]; !known {
			t, err := store.Get[Target](v.r.Context(), tx, d.Target)
			if fault.Is(err, fault.NotFound) {
				t = &Target{}
			} else if err != nil {
				return nil, err
			}
			hosts[d.Target] = t.Host.Reveal()
		}
		out = append(out, sentTo{d, hosts[d.Target]})
	}
	return out, nil
}

// values is a transaction as its form shows it.
func (d detail) values(zone *time.Location) url.Values {
	c := d.View
	out := url.Values{"direction": {c.Direction}, "amount": {plainAmount(c.Minor, c.Currency)}, "currency": {string(c.Currency)}, "at": {c.At.Time().In(zone).Format(localMinute)},
		"merchant": {c.MerchantName}, "category": {c.Category}, "note": {c.Note.Reveal()}, "account": {""}, "fee": {""}}
	if !c.Account.IsZero() {
		out.Set("account", c.Account.String())
	}
	if c.FeeMinor >= 0 {
		out.Set("fee", plainAmount(c.FeeMinor, c.Currency))
	}
	return out
}

func (s *Service) transactionPage(v visitor) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	d, err := s.detail(v, key)
	if err != nil {
		return err
	}
	d.Form = ui.NewForm(d.values(v.who.Location()))
	s.show(v, d, http.StatusOK)
	return nil
}

func (s *Service) show(v visitor, d detail, status int) {
	back := ui.Tab{Label: v.t("capture.list.title"), Href: at(v.ctx, "/transactions")}
	if d.View.State == Review {
		back = ui.Tab{Label: v.t("capture.review.title"), Href: at(v.ctx, "/review")}
	}
	web.Render(v.w, v.r, status, web.Page{Title: merchantName(v.ctx, d.View.MerchantName), Back: &back, Form: d.Form}, transactionView(d))
}

// readEdit reads the form; what is wrong with it stands in the form.
func (v visitor) readEdit(f *ui.Form, was View) Edit {
	g := v.r.PostForm.Get
	e := Edit{Direction: g("direction"), Merchant: g("merchant"), Category: g("category"), Note: g("note"), Fee: -1, At: was.At, Zone: v.who.Location(), Once: g("once") == "yes"}
	e.Amount.Currency = money.Currency(g("currency"))
	if !e.Amount.Currency.Valid() {
		f.Add("currency", "capture.edit.currency")
	}
	var ok bool
	if e.Amount.Minor, ok = readAmount(g("amount"), e.Amount.Currency); !ok || e.Amount.Minor <= 0 {
		f.Add("amount", "capture.edit.amount")
	}
	if g("fee") != "" {
		if e.Fee, ok = readAmount(g("fee"), e.Amount.Currency); !ok {
			f.Add("fee", "capture.edit.fee")
		}
	}
	// The input has no seconds: what was not touched keeps them.
	if zone := v.who.Location(); g("at") != was.At.Time().In(zone).Format(localMinute) {
		t, err := time.ParseInLocation(localMinute, g("at"), zone)
		if err != nil {
			f.Add("at", "capture.edit.at")
		}
		e.At = clock.At(t)
	}
	if g("account") != "" {
		key, err := id.Parse(g("account"))
		if err != nil {
			f.Add("account", "capture.edit.account")
		}
		e.Account = key
	}
	return e
}

// saveTransaction approves what waits, and corrects what is booked.
func (s *Service) saveTransaction(v visitor) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	if err := web.ParseForm(v.r); err != nil {
		return err
	}
	d, err := s.detail(v, key)
	if err != nil {
		return err
	}
	d.Form = ui.NewForm(v.r.PostForm)
	e := v.readEdit(d.Form, d.View)
	if d.Form.OK() {
		change, said := s.Correct, "capture.edit.corrected"
		if d.View.State == Review || d.View.State == Rejected {
			change, said = s.Approve, "capture.edit.approved"
		}
		err := s.write(v, func(tx *store.Tx) error { return change(v.r.Context(), tx, key, v.revision(), e) })
		if err == nil {
			return v.done("/transactions/"+key.String(), said, ui.Success)
		}
		if !d.Form.Take(err) {
			return err
		}
	}
	s.show(v, d, http.StatusUnprocessableEntity)
	return nil
}

// revision is what the person saw when the form was opened.
func (v visitor) revision() int64 {
	n, err := strconv.ParseInt(v.r.PostForm.Get("revision"), 10, 64)
	if err != nil || n < 0 {
		return noRevision
	}
	return n
}

// noRevision is a revision that no row has: a form without one is refused.
const noRevision = 1<<63 - 1

func (s *Service) rejectTransaction(v visitor) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	if err := web.ParseForm(v.r); err != nil {
		return err
	}
	err = s.write(v, func(tx *store.Tx) error { return s.Reject(v.r.Context(), tx, key, v.revision()) })
	if fault.Is(err, fault.Conflict) {
		return v.done("/transactions/"+key.String(), "capture.changed", ui.Warning)
	}
	if err != nil {
		return err
	}
	return v.done("/transactions/"+key.String(), "capture.edit.rejected", ui.Success)
}
