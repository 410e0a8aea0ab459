package cash

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// listing is the page of entries.
type listing struct {
	Rows     []Line
	Next     string
	At       url.URL
	Form     *ui.Form
	Accounts []Account
	Own      []Category
	Names    map[id.Subject]string
	Filtered bool
	May      bool
}

func (s *Service) entriesPage(v Visit) error {
	ctx, in := v.R.Context(), v.R.URL.Query()
	l := listing{At: *v.R.URL, Form: ui.NewForm(in), May: v.May()}
	q := Query{Month: in.Get("month"), Kind: Kind(in.Get("kind")), Category: in.Get("category"), Text: in.Get("q"), State: State(in.Get("state")), Cursor: in.Get(ui.AfterParam)}
	q.Account, _ = id.Parse(in.Get("account"))
	q.Member, _ = id.ParseSubject(in.Get("member"))
	if _, err := time.Parse("2006-01", q.Month); err != nil {
		q.Month = ""
	}
	if !q.Kind.valid() {
		q.Kind = ""
	}
	if q.State != Undone {
		q.State = Booked
	}
	q.Min, _ = readAmount(in.Get("min"), money.IDR)
	q.Max, _ = readAmount(in.Get("max"), money.IDR)
	for _, name := range []string{"month", "kind", "category", "q", "account", "member", "state", "min", "max"} {
		l.Filtered = l.Filtered || in.Get(name) != ""
	}
	var err error
	if l.Names, err = s.names(ctx, v.scope); err != nil {
		return err
	}
	err = v.In(func(tx *store.Tx, see View) (err error) {
		if l.Rows, l.Next, err = s.List(ctx, tx, see, q); err != nil {
			return err
		}
		if l.Accounts, err = s.Accounts(ctx, tx, see); err != nil {
			return err
		}
		l.Own, err = s.Categories(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("cash.entries.title"), Wide: true}, entriesView(l))
}

// detail is the page of one entry.
type detail struct {
	Line
	Items    []Item
	Shares   []Share
	History  []Change
	Receipt  *Receipt
	Accounts []Account
	Own      []Category
	Family   []id.Subject
	Names    map[id.Subject]string
	Changes  bool
	Zone     *time.Location
	Form     *ui.Form
}

func (s *Service) detail(v Visit, key id.ID) (detail, error) {
	ctx := v.R.Context()
	var d detail
	names, err := s.names(ctx, v.scope)
	if err != nil {
		return d, err
	}
	d.Names = names
	return d, v.In(func(tx *store.Tx, see View) (err error) {
		if d.Line, err = s.Line(ctx, tx, see, key); err != nil {
			return err
		}
		d.Zone, d.Changes = see.Zone, see.Changes(d.Subject, d.Private)
		if d.Items, err = s.Items(ctx, tx, &d.Entry); err != nil {
			return err
		}
		if d.Shares, err = s.Shares(ctx, tx, &d.Entry); err != nil {
			return err
		}
		if d.History, err = s.History(ctx, tx, see, key); err != nil {
			return err
		}
		if !d.Line.Receipt.IsZero() {
			r, err := s.Receipt(ctx, tx, see, d.Line.Receipt)
			if err == nil {
				d.Receipt = r
			} else if !fault.Is(err, fault.NotFound) {
				return err
			}
		}
		if d.Family, err = s.Family(ctx, tx); err != nil {
			return err
		}
		if d.Accounts, err = s.Accounts(ctx, tx, see); err != nil {
			return err
		}
		d.Own, err = s.Categories(ctx, tx)
		return err
	})
}

func (s *Service) entryPage(v Visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	d, err := s.detail(v, key)
	if err != nil {
		return err
	}
	back := ui.Tab{Label: v.T("cash.entries.title"), Href: v.Path("/app/entries")}
	return v.Render(http.StatusOK, web.Page{Title: v.T("cash.entry.title"), Back: &back, Wide: d.Receipt != nil}, entryView(d))
}

func (s *Service) editPage(v Visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	d, err := s.detail(v, key)
	if err != nil {
		return err
	}
	if !d.Changes {
		return fault.New(fault.Forbidden, "cash.editPage", "cash.forbidden")
	}
	d.Form = ui.NewForm(d.values())
	return s.showEdit(v, d, http.StatusOK)
}

func (s *Service) showEdit(v Visit, d detail, status int) error {
	back := ui.Tab{Label: v.T("cash.entry.title"), Href: v.Path("/app/entries/" + d.ID.String())}
	return v.Render(status, web.Page{Title: v.T("cash.entry.edit"), Back: &back, Form: d.Form}, editView(d))
}

// values are what the form holds when it is opened.
func (d detail) values() url.Values {
	out := url.Values{"kind": {string(d.Kind)}, "amount": {plain(d.Amount())}, "currency": {string(d.Currency)}, "at": {when(d.At, d.Zone).Format(localMinute)}, "account": {d.Account.String()},
		"category": {d.Category}, "merchant": {d.Shop}, "note": {d.Note.Reveal()}, "revision": {strconv.FormatInt(d.Revision, 10)}}
	if d.Kind == Transfer {
		out.Set("to", d.To.String())
		out.Set("arrived", plain(money.Amount{Minor: d.ToMinor, Currency: d.ToCurrency}))
	}
	if d.Private {
		out.Set("private", "yes")
	}
	return out
}

// plain is an amount as a form holds it: without thousands, without empty cents.
func plain(a money.Amount) string { return strings.TrimSuffix(a.Decimal(), ".00") }

const localMinute = "2006-01-02T15:04"

// fromForm fills an entry from a form.
func (s *Service) fromForm(f *ui.Form, accounts []Account, zone *time.Location, n *NewEntry) {
	n.Kind = Kind(f.Value("kind"))
	n.Amount.Currency, n.Arrived = money.IDR, money.Amount{}
	n.Account, n.To = id.ID{}, id.ID{}
	currency := func(name string, key *id.ID) money.Currency {
		if f.Value(name) == "" {
			return ""
		}
		parsed, err := id.Parse(f.Value(name))
		for _, a := range accounts {
			if err == nil && a.ID == parsed {
				*key = parsed
				return a.Currency
			}
		}
		f.Add(name, "cash.account_unknown")
		return ""
	}
	if c := currency("account", &n.Account); c != "" {
		n.Amount.Currency = c
	}
	var ok bool
	if n.Amount.Minor, ok = readAmount(f.Value("amount"), n.Amount.Currency); !ok {
		f.Add("amount", "cash.amount_invalid")
	}
	if n.Kind == Transfer {
		if c := currency("to", &n.To); c != "" && f.Value("arrived") != "" {
			n.Arrived.Currency = c
			if n.Arrived.Minor, ok = readAmount(f.Value("arrived"), c); !ok {
				f.Add("arrived", "cash.arrived_invalid")
			}
		}
	}
	if given := f.Value("at"); given != n.At.In(zone).Format(localMinute) || n.At.IsZero() {
		t, err := time.ParseInLocation(localMinute, given, zone)
		if err != nil {
			f.Add("at", "cash.date_invalid")
		}
		n.At, n.Timed = t, true
	}
	n.Category, n.Merchant, n.Note, n.Private = f.Value("category"), f.Value("merchant"), f.Value("note"), f.Value("private") == "yes"
}

// blank is the form of a new entry.
func (s *Service) blank(v Visit) (detail, error) {
	var d detail
	return d, v.In(func(tx *store.Tx, see View) (err error) {
		d.Zone = see.Zone
		if d.Accounts, err = s.Accounts(v.R.Context(), tx, see); err != nil {
			return err
		}
		d.Own, err = s.Categories(v.R.Context(), tx)
		return err
	})
}

func (s *Service) newEntryPage(v Visit) error {
	d, err := s.blank(v)
	if err != nil {
		return err
	}
	kind := v.R.URL.Query().Get("kind")
	if k := Kind(kind); k != In && k != Transfer {
		kind = string(Out)
	}
	d.Form = ui.NewForm(url.Values{"kind": {kind}, "at": {s.clock.Now().In(d.Zone).Format(localMinute)}})
	return s.showNew(v, d, http.StatusOK)
}

func (s *Service) showNew(v Visit, d detail, status int) error {
	back := ui.Tab{Label: v.T("cash.home.title"), Href: v.Path("/app")}
	return v.Render(status, web.Page{Title: v.T("cash.entry.new"), Back: &back, Form: d.Form}, newView(d))
}

func (s *Service) enterForm(v Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	d, err := s.blank(v)
	if err != nil {
		return err
	}
	d.Form = f
	n := NewEntry{Way: ByForm}
	s.fromForm(f, d.Accounts, d.Zone, &n)
	if f.OK() {
		var e *Entry
		err := v.Change(func(tx *store.Tx, see View) (err error) { e, _, err = s.Enter(v.R.Context(), tx, see, n); return err })
		if err == nil {
			return v.To("/app/entries/"+e.ID.String(), "cash.entry.entered")
		}
		if !f.Take(err) {
			return err
		}
	}
	return s.showNew(v, d, http.StatusUnprocessableEntity)
}

func (s *Service) correctForm(v Visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	f, err := v.Form()
	if err != nil {
		return err
	}
	d, err := s.detail(v, key)
	if err != nil {
		return err
	}
	if !d.Changes {
		return fault.New(fault.Forbidden, "cash.correctForm", "cash.forbidden")
	}
	d.Form = f
	revision, bad := strconv.ParseInt(f.Value("revision"), 10, 64)
	if bad != nil || revision < 0 {
		f.Add("", "cash.changed_since")
	}
	probe := NewEntry{At: d.At.Time()}
	s.fromForm(f, d.Accounts, d.Zone, &probe)
	if f.OK() {
		err := v.Change(func(tx *store.Tx, see View) error {
			_, err := s.Correct(v.R.Context(), tx, see, key, revision, func(n *NewEntry) {
				shares := n.Shares
				if s.fromForm(f, d.Accounts, d.Zone, n); n.Amount.Minor != d.Minor || n.Private || n.Kind != Out {
					shares = nil // they were of another amount
				}
				n.Shares = shares
			})
			return err
		})
		if err == nil {
			return v.To("/app/entries/"+key.String(), "cash.entry.corrected")
		}
		if !f.Take(err) {
			return err
		}
	}
	return s.showEdit(v, d, http.StatusUnprocessableEntity)
}

func (s *Service) undoForm(v Visit) error {
	return s.act(v, "cash.entry.undone", func(tx *store.Tx, see View, key id.ID) error {
		_, err := s.Undo(v.R.Context(), tx, see, key)
		return err
	})
}

func (s *Service) restoreForm(v Visit) error {
	return s.act(v, "cash.entry.restored", func(tx *store.Tx, see View, key id.ID) error {
		_, err := s.Restore(v.R.Context(), tx, see, key)
		return err
	})
}

// splitForm shares an entry evenly among those who are ticked.
func (s *Service) splitForm(v Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	return s.act(v, "cash.entry.corrected", func(tx *store.Tx, see View, key id.ID) error {
		e, err := s.Entry(v.R.Context(), tx, see, key)
		if err != nil {
			return err
		}
		family, err := s.Family(v.R.Context(), tx)
		if err != nil {
			return err
		}
		var who []id.Subject
		for _, m := range family {
			if f.Holds("member", m.String()) {
				who = append(who, m)
			}
		}
		_, err = s.SetShares(v.R.Context(), tx, see, key, Even(e.Amount(), who))
		return err
	})
}

func (s *Service) act(v Visit, said string, f func(tx *store.Tx, see View, key id.ID) error) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	err = v.Change(func(tx *store.Tx, see View) error { return f(tx, see, key) })
	if fe := fault.Of(err); err != nil && fe.Key != "" && (fe.Code == fault.Invalid || fe.Code == fault.Conflict) {
		web.Redirect(v.W, v.R, v.Path("/app/entries/"+key.String()), web.Flash{Tone: ui.Warning, Key: fe.Key})
		return nil
	}
	if err != nil {
		return err
	}
	return v.To("/app/entries/"+key.String(), said)
}
