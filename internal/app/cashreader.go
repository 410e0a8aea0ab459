package app

import (
	"context"
	"slices"

	"amanah/internal/cash"
	"amanah/internal/extract/ocr"
	"amanah/internal/extract/receipt"
	"amanah/internal/fault"
	"amanah/internal/money"
)

// localReader reads receipts on this machine.
type localReader struct {
	pictures *ocr.Reader
	receipts *receipt.Reader
}

// receiptReader is the one that this installation has.
func (a *App) receiptReader() (cash.Reader, error) {
	r, err := receipt.New()
	if err != nil {
		return nil, err
	}
	return localReader{a.pictures, r}, nil
}

// Read gives what stands on a picture. Where no engine is set up everything is asked.
func (l localReader) Read(ctx context.Context, picture []byte) (cash.Reading, error) {
	page, err := l.pictures.Read(ctx, picture)
	switch {
	case fault.Is(err, fault.TooLarge):
		return cash.Reading{Verdict: cash.TooLarge, Reader: "local"}, nil
	case fault.Is(err, fault.Invalid):
		return cash.Reading{Verdict: cash.Unreadable, Reader: "local"}, nil
	case fault.Is(err, fault.Unavailable) && ctx.Err() == nil:
		return cash.Reading{Verdict: cash.Unsure, Facts: cash.Facts{Currency: money.IDR, Unsure: []string{"merchant", "date", "total"}}}, nil
	case err != nil:
		return cash.Reading{}, err
	}
	return readingOf(l.receipts.Page(page)), nil
}

var verdicts = map[receipt.Verdict]cash.Verdict{receipt.Good: cash.Clear, receipt.NotReceipt: cash.NoReceipt, receipt.ForeignScript: cash.Foreign, receipt.Two: cash.Several,
	receipt.Contradiction: cash.Unsure, receipt.Blurred: cash.Blurred, receipt.Incomplete: cash.Unsure}

// readingOf says in the product's words what was read. What is unsure is no fact.
func readingOf(f receipt.Facts) cash.Reading {
	unsure := func(field string) bool { return slices.Contains(f.Unsure, field) }
	out := cash.Reading{Verdict: verdicts[f.Verdict], Reader: "local", Facts: cash.Facts{Currency: money.Currency(f.Currency), Total: f.Total.Minor, Subtotal: f.Subtotal.Minor,
		Tax: f.Tax.Minor, Service: f.Service.Minor, Discount: f.Discount.Minor, Rounding: f.Rounding.Minor, Paid: f.Paid.Amount.Minor, Change: f.Paid.Change.Minor, Method: f.Paid.Method,
		Category: receipt.Broad(f.Category), Unsure: f.Unsure, Contradicts: f.Verdict == receipt.Contradiction}}
	if out.Facts.Currency == "" {
		out.Facts.Currency = money.IDR
	}
	if !unsure("merchant") {
		out.Facts.Merchant = f.Merchant
	}
	if !unsure("date") {
		out.Facts.Day = f.Date
		if !unsure("time") {
			out.Facts.Time = f.Time
		}
	}
	if unsure("total") && f.Total.Known {
		out.Facts.Totals, out.Facts.Total, out.Verdict = []int64{f.Total.Minor}, 0, cash.Unsure
	}
	for _, i := range f.Items {
		out.Facts.Items = append(out.Facts.Items, cash.NewItem{Name: i.Name, Thousands: i.Qty, Unit: i.Unit.Minor, Minor: i.Price - i.Discount})
	}
	for _, p := range f.People {
		out.People = append(out.People, p.Text)
	}
	return out
}
