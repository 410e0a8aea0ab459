package exchange

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"amanah/internal/cash"
	"amanah/internal/document"
	"amanah/internal/money"
)

func valid(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// plain takes the apostrophe away that keeps a spreadsheet from taking a text for a
// formula.
func plain(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && document.Guard(rest) == s {
		return rest
	}
	return s
}

// own reads a line of the own file.
func (f *File) own(c record) (Row, string) {
	text := func(column string) string { return plain(c.get(column)) }
	r := Row{ID: text("id"), Day: text("date"), Kind: cash.Kind(text("kind")), Category: text("category"), Merchant: one(text("merchant")), Note: text("note"), Private: text("private") == "yes",
		From: Place{Name: one(text("account")), Kind: accountKind(text("account_kind"), text("account")), Currency: money.Currency(text("currency"))}}
	if len(r.ID) > 60 {
		return r, "long"
	}
	if why := f.date(&r, text("time")); why != "" {
		return r, why
	}
	var ok bool
	if r.Amount, ok = amount(text("amount"), r.From.Currency); !ok {
		return r, "amount"
	}
	if r.Kind == cash.Transfer {
		r.To = Place{Name: one(text("to_account")), Kind: accountKind(text("to_account_kind"), text("to_account")), Currency: money.Currency(text("to_currency"))}
		if r.To.Currency == "" {
			r.To.Currency = r.From.Currency
		}
		if r.Arrived, ok = amount(text("to_amount"), r.To.Currency); text("to_amount") == "" && r.To.Currency == r.From.Currency {
			r.Arrived, ok = r.Amount, true
		}
		if !ok || r.To.Currency == r.From.Currency && r.Arrived != r.Amount {
			return r, "arrived"
		}
	}
	return r, ""
}

// date puts a row's day, and its hour where there is one, into the family's zone.
func (f *File) date(r *Row, hour string) string {
	at, ok := noon(r.Day, f.zone)
	if !ok {
		return "date"
	}
	r.At = at
	if hour == "" {
		return ""
	}
	for _, layout := range []string{"15:04:05", "15:04"} {
		if t, err := time.ParseInLocation(time.DateOnly+" "+layout, r.Day+" "+hour, f.zone); err == nil {
			r.At, r.Timed = t, true
			return ""
		}
	}
	return "date"
}

// accountKind is a kind by its word, or by what an account is called.
func accountKind(kind, name string) cash.AccountKind {
	if slices.Contains(cash.AccountKinds(), cash.AccountKind(kind)) {
		return cash.AccountKind(kind)
	}
	low := strings.ToLower(name)
	for _, k := range []struct {
		kind  cash.AccountKind
		words []string
	}{
		{cash.Card, []string{"credit card", "kartu kredit", "paylater"}},
		{cash.Wallet, []string{"gopay", "ovo", "dana", "shopeepay", "linkaja", "e-wallet", "dompet digital"}},
		{cash.Cash, []string{"cash", "tunai", "dompet", "wallet"}},
	} {
		for _, w := range k.words {
			if strings.Contains(low, w) {
				return k.kind
			}
		}
	}
	return cash.Bank
}
