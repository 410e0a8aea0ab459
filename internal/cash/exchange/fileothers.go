package exchange

import (
	"strings"
	"time"

	"amanah/internal/cash"
	"amanah/internal/money"
)

// firefly reads a line of Firefly III's export of transactions: what left is
// negative, and what an account is stands beside its name.
func (f *File) firefly(c record) (Row, string) {
	cur := money.Currency(c.get("currency_code"))
	r := Row{ID: c.get("journal_id"), Category: one(c.get("category")), Note: joined(c.get("description"), c.get("notes"))}
	if len(r.ID) > 60 {
		return r, "long"
	}
	if why := f.stamp(&r, c.get("date")); why != "" {
		return r, why
	}
	a, ok := amount(c.get("amount"), cur)
	if !ok {
		return r, "amount"
	}
	minus := a.Minor < 0
	r.Amount = a.Abs()
	src, dst := fireflyPlace(c.get("source_name"), c.get("source_type"), cur), fireflyPlace(c.get("destination_name"), c.get("destination_type"), cur)
	switch strings.ToLower(c.get("type")) {
	case "withdrawal":
		if r.From, r.Kind, r.Merchant = src.Place, cash.Out, dst.shop(); dst.own {
			r.Kind, r.To, r.Merchant = cash.Transfer, dst.Place, ""
		}
	case "deposit":
		if r.From, r.Kind, r.Merchant = dst.Place, cash.In, src.shop(); src.own {
			r.Kind, r.From, r.To, r.Merchant = cash.Transfer, src.Place, dst.Place, ""
		}
	case "transfer":
		r.Kind, r.From, r.To = cash.Transfer, src.Place, dst.Place
	case "reconciliation":
		if r.Kind, r.From = cash.Out, src.Place; !src.own {
			r.Kind, r.From = cash.In, dst.Place
		}
		r.Category = "other"
	case "opening balance":
		return opening(r, src, dst, minus)
	default:
		return r, "kind"
	}
	return r, fireflyArrived(&r, c)
}

// fireflyArrived is what came to the other side of a transfer: the foreign amount,
// where that is another currency.
func fireflyArrived(r *Row, c record) string {
	if r.Kind != cash.Transfer {
		return ""
	}
	r.Arrived = r.Amount
	foreign := money.Currency(c.get("foreign_currency_code"))
	if foreign == "" || foreign == r.Amount.Currency {
		return ""
	}
	a, ok := amount(c.get("foreign_amount"), foreign)
	if !ok {
		return "arrived"
	}
	r.Arrived, r.To.Currency = a.Abs(), foreign
	return ""
}

// side is one side of a line of Firefly III. Own ones are accounts of the person,
// others are shops and sources of income.
type side struct {
	Place
	own   bool
	plain bool // "Cash account": nobody in particular
}

func (s side) shop() string {
	if s.plain {
		return ""
	}
	return s.Name
}

func fireflyPlace(name, kind string, c money.Currency) side {
	s := side{Place: Place{Name: one(name), Currency: c}}
	switch strings.ToLower(kind) {
	case "asset account", "default account":
		s.own, s.Kind = true, accountKind("", name)
	case "loan", "debt", "mortgage", "credit card", "liability credit account":
		s.own, s.Kind = true, cash.Card
	case "cash account":
		s.plain = true
	}
	return s
}

func opening(r Row, src, dst side, minus bool) (Row, string) {
	r.Kind, r.Category = cash.Opening, "other"
	owed := src.own
	if r.From = dst.Place; owed {
		r.From = src.Place
	}
	if owed != (r.From.Kind == cash.Card) || minus && !owed {
		return r, "opening"
	}
	return r, ""
}

// ezbookkeeping reads a line of ezBookkeeping's export, in which a text has no
// commas.
func (f *File) ezbookkeeping(c record) (Row, string) {
	cur := money.Currency(c.get("Account Currency"))
	if cur == "" {
		cur = money.IDR
	}
	r := Row{ID: c.get("Transaction Id"), Category: one(c.get("Sub Category")), Note: c.get("Description"), From: Place{Name: one(c.get("Account")), Kind: accountKind("", c.get("Account")), Currency: cur}}
	if len(r.ID) > 60 {
		return r, "long"
	}
	if r.Category == "" {
		r.Category = one(c.get("Category"))
	}
	if why := f.ezTime(&r, c); why != "" {
		return r, why
	}
	var ok bool
	if r.Amount, ok = amount(c.get("Amount"), cur); !ok {
		return r, "amount"
	}
	switch c.get("Type") {
	case "Expense":
		r.Kind = cash.Out
	case "Income":
		r.Kind = cash.In
	case "Refund":
		r.Kind, r.Category = cash.In, "refund"
	case "Balance Modification":
		r.Kind, r.Category = cash.Opening, "other"
		if r.From.Kind == cash.Card {
			r.Amount = r.Amount.Neg()
		}
		if r.Amount.Minor < 0 {
			return r, "opening"
		}
	case "Transfer":
		r.Kind = cash.Transfer
		r.To = Place{Name: one(c.get("Account2")), Kind: accountKind("", c.get("Account2")), Currency: money.Currency(c.get("Account2 Currency"))}
		if r.To.Currency == "" {
			r.To.Currency = cur
		}
		if r.Arrived, ok = amount(c.get("Account2 Amount"), r.To.Currency); !ok || r.To.Currency == cur && r.Arrived != r.Amount {
			return r, "arrived"
		}
	default:
		return r, "kind"
	}
	if r.Amount.Minor < 0 {
		return r, "negative"
	}
	return r, ""
}

func (f *File) ezTime(r *Row, c record) string {
	text, layout := c.get("Time"), time.DateTime
	zone := c.get("Timezone")
	if zone != "" {
		text, layout = text+" "+zone, layout+" -07:00"
	}
	at, err := time.ParseInLocation(layout, text, f.zone)
	if err != nil {
		return "date"
	}
	r.At, r.Timed = at, true
	r.Day = at.In(f.zone).Format(time.DateOnly)
	return ""
}

// stamp reads a moment; midnight, as programs write where only the day is known, is
// that day wherever the family lives.
func (f *File) stamp(r *Row, text string) string {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		r.Day = text
		return f.date(r, "")
	}
	if at.Hour() == 0 && at.Minute() == 0 && at.Second() == 0 {
		r.Day = at.Format(time.DateOnly)
		return f.date(r, "")
	}
	r.At, r.Timed, r.Day = at, true, at.In(f.zone).Format(time.DateOnly)
	return ""
}

// joined puts two texts together where they differ.
func joined(a, b string) string {
	switch {
	case b == "" || a == b:
		return a
	case a == "":
		return b
	}
	return a + "\n" + b
}
