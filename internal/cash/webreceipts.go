package cash

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// receipts is the page where pictures are uploaded and those that ask are listed.
type receipts struct {
	Waiting []Receipt
	Form    *ui.Form
}

func (s *Service) receiptsPage(v Visit) error { return s.showReceipts(v, nil, http.StatusOK) }

func (s *Service) showReceipts(v Visit, f *ui.Form, status int) error {
	p := receipts{Form: f}
	err := v.In(func(tx *store.Tx, see View) (err error) {
		p.Waiting, err = s.Waiting(v.R.Context(), tx, see)
		return err
	})
	if err != nil {
		return err
	}
	return v.Render(status, web.Page{Title: v.T("cash.receipts.title"), Lead: v.T("cash.receipts.lead"), Form: f}, receiptsView(p))
}

// uploadForm takes a picture from a browser the same way as the chat does.
func (s *Service) uploadForm(v Visit) error {
	f := ui.NewForm(url.Values{})
	picture, err := upload(v.R)
	if err == nil {
		var out Outcome
		out, err = s.Upload(v.R.Context(), v.scope, v.Who.Subject, picture, "")
		if err == nil {
			return s.told(v, out)
		}
	}
	if !f.Take(err) {
		return err
	}
	return s.showReceipts(v, f, http.StatusUnprocessableEntity)
}

// told leads to what became of an upload.
func (s *Service) told(v Visit, out Outcome) error {
	switch {
	case out.Entry != nil:
		return v.To("/app/entries/"+out.Entry.ID.String(), "cash.entry.entered")
	case out.Receipt.State == Asking:
		return v.To("/app/receipts/"+out.Receipt.ID.String(), "")
	}
	web.Redirect(v.W, v.R, v.Path("/app/receipts"), web.Flash{Tone: ui.Warning, Key: out.Receipt.Reason})
	return nil
}

// upload reads the file of a form; fault TooLarge, or Invalid where there is none.
func upload(r *http.Request) ([]byte, error) {
	const op = "cash.upload"
	missing := fault.New(fault.Invalid, op, "cash.picture.missing").On("picture")
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, missing
	}
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, missing
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, op, "cash.picture.broken").On("picture")
		}
		if p.FormName() != "picture" {
			continue
		}
		b, err := io.ReadAll(io.LimitReader(p, MaxPicture+1))
		switch {
		case err != nil:
			return nil, fault.New(fault.Invalid, op, "cash.picture.broken").On("picture")
		case len(b) == 0:
			return nil, missing
		}
		return b, nil // CleanPicture refuses what is longer
	}
}

// waiting is the page of one receipt that asks.
type waiting struct {
	R        *Receipt
	Facts    Facts
	Accounts []Account
	Own      []Category
	Form     *ui.Form
	Zone     *time.Location
	Currency money.Currency
}

func (s *Service) waitingOf(v Visit) (waiting, error) {
	var w waiting
	key, err := v.ID()
	if err != nil {
		return w, err
	}
	return w, v.In(func(tx *store.Tx, see View) (err error) {
		if w.R, err = s.Receipt(v.R.Context(), tx, see, key); err != nil {
			return err
		}
		if w.R.Subject != see.Subject {
			return fault.New(fault.NotFound, "cash.waitingOf", "not_found")
		}
		w.Facts, w.Zone = w.R.Said(), see.Zone
		if w.Accounts, err = s.Accounts(v.R.Context(), tx, see); err != nil {
			return err
		}
		w.Own, err = s.Categories(v.R.Context(), tx)
		return err
	})
}

func (s *Service) receiptPage(v Visit) error {
	w, err := s.waitingOf(v)
	if err != nil {
		return err
	}
	if w.R.State != Asking {
		if !w.R.Entry.IsZero() {
			return v.To("/app/entries/"+w.R.Entry.String(), "")
		}
		return v.To("/app/receipts", "cash.receipt.decided")
	}
	n, _ := s.entryOf(View{Zone: w.Zone}, w.R, w.Facts)
	values := url.Values{"kind": {"out"}, "at": {n.At.In(w.Zone).Format(localMinute)}, "merchant": {n.Merchant}, "category": {n.Category}}
	if n.Amount.Minor > 0 {
		values.Set("amount", plain(n.Amount))
	}
	w.Form = ui.NewForm(values)
	return s.showWaiting(v, w, http.StatusOK)
}

func (s *Service) showWaiting(v Visit, w waiting, status int) error {
	back := ui.Tab{Label: v.T("cash.receipts.title"), Href: v.Path("/app/receipts")}
	return v.Render(status, web.Page{Title: v.T("cash.receipt.title"), Lead: v.T(w.R.Reason), Back: &back, Form: w.Form, Wide: true}, waitingView(w))
}

func (s *Service) decideForm(v Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	w, err := s.waitingOf(v)
	if err != nil {
		return err
	}
	w.Form = f
	f.Values.Set("kind", string(Out))
	probe := NewEntry{}
	s.fromForm(f, w.Accounts, w.Zone, &probe)
	if f.OK() {
		var e *Entry
		err := v.Change(func(tx *store.Tx, see View) (err error) {
			e, err = s.Decide(v.R.Context(), tx, see, w.R.ID, func(n *NewEntry) { s.fromForm(f, w.Accounts, w.Zone, n) })
			return err
		})
		if err == nil {
			return v.To("/app/entries/"+e.ID.String(), "cash.entry.entered")
		}
		if !f.Take(err) {
			return err
		}
	}
	return s.showWaiting(v, w, http.StatusUnprocessableEntity)
}

func (s *Service) dropForm(v Visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	err = v.Change(func(tx *store.Tx, see View) error { return s.Drop(v.R.Context(), tx, see, key) })
	if err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	return v.To("/app/receipts", "cash.receipt.dropped")
}

// pictureFile shows a picture to who may see it, and lets nobody keep it.
func (s *Service) pictureFile(v Visit) error {
	r, err := s.receiptOf(v)
	if err != nil {
		return err
	}
	p, err := s.OpenPicture(v.R.Context(), v.scope, r)
	if err != nil {
		return err
	}
	body := Turned(p)
	h := v.W.Header()
	h.Set("Content-Type", p.Type)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", "inline; filename=\"receipt"+extension(p.Type)+"\"")
	h.Set("X-Content-Type-Options", "nosniff")
	_, err = v.W.Write(body)
	return err
}

func (s *Service) receiptOf(v Visit) (r *Receipt, err error) {
	key, err := v.ID()
	if err != nil {
		return nil, err
	}
	err = v.In(func(tx *store.Tx, see View) (err error) { r, err = s.Receipt(v.R.Context(), tx, see, key); return err })
	if err == nil && r.File.IsZero() {
		err = fault.New(fault.NotFound, "cash.receiptOf", "not_found")
	}
	return r, err
}

// bundleFile is what stands in a dispute about an entry.
func (s *Service) bundleFile(v Visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	d, err := s.detail(v, key)
	if err == nil && (d.Receipt == nil || d.Receipt.File.IsZero()) {
		err = fault.New(fault.NotFound, "cash.bundleFile", "not_found")
	}
	if err != nil {
		return err
	}
	p, err := s.OpenPicture(v.R.Context(), v.scope, d.Receipt)
	if err != nil {
		return err
	}
	v.W.Header().Set("Content-Type", "application/zip")
	v.W.Header().Set("Cache-Control", "no-store")
	v.W.Header().Set("Content-Disposition", "attachment; filename=\""+bundleName(d.At)+"\"")
	return s.Bundle(v.R.Context(), v.W, d.Line, d.Receipt, p, d.Items)
}

// bundleName says nothing of what is in it.
func bundleName(at clock.Instant) string { return "bukti-" + at.Time().Format("2006-01-02") + ".zip" }
