package target

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
)

// Filter says which transactions a target gets. Empty parts let all through;
// all that are given must hold.
type Filter struct {
	Direction  string         `json:"direction,omitempty"` // out, in, internal
	Categories []string       `json:"categories,omitempty"`
	Account    id.ID          `json:"account,omitzero"`
	From       int64          `json:"from,omitempty"` // minor units, inclusive
	To         int64          `json:"to,omitempty"`   // minor units, inclusive; 0: no end
	Currency   money.Currency `json:"currency,omitempty"`
	Merchant   string         `json:"merchant,omitempty"` // part of the name, capitals do not matter
	Since      string         `json:"since,omitempty"`    // local day "2026-11-22", inclusive
	Zone       string         `json:"zone,omitempty"`     // of Since; empty: WIB
}

// IsZero tells whether everything passes.
func (f Filter) IsZero() bool {
	return f.Direction == "" && len(f.Categories) == 0 && f.Account.IsZero() && f.From == 0 && f.To == 0 && f.Currency == "" && f.Merchant == "" && f.Since == ""
}

// Check refuses what could never match or is too long; faults name the field.
func (f Filter) Check() error {
	wrong := func(field, key string) error { return fault.New(fault.Invalid, "target.Filter", key).On(field) }
	switch {
	case f.Direction != "" && !slices.Contains([]string{"out", "in", "internal"}, f.Direction):
		return wrong("direction", "capture.edit.direction")
	case len(f.Categories) > 100:
		return wrong("category", "capture.target.filter.long")
	case f.From < 0:
		return wrong("from", "capture.target.filter.amount")
	case f.To < 0 || f.To > 0 && f.To < f.From:
		return wrong("to", "capture.target.filter.range")
	case f.Currency != "" && !f.Currency.Valid():
		return wrong("currency", "capture.edit.currency")
	case utf8.RuneCountInString(f.Merchant) > 100:
		return wrong("merchant", "capture.target.filter.long")
	}
	if f.Since != "" {
		if _, err := time.Parse(time.DateOnly, f.Since); err != nil {
			return wrong("since", "capture.target.filter.date")
		}
	}
	return nil
}

// Match tells whether a transaction passes. Amounts in another currency than the
// rupiah are compared in their own units.
func (f Filter) Match(r Record) bool {
	switch {
	case f.Direction != "" && f.Direction != r.Direction,
		len(f.Categories) > 0 && !slices.Contains(f.Categories, r.Category),
		!f.Account.IsZero() && f.Account != r.Account,
		r.Amount.Minor < f.From,
		f.To > 0 && r.Amount.Minor > f.To,
		f.Currency != "" && f.Currency != r.Amount.Currency,
		f.Merchant != "" && !strings.Contains(plain(r.Merchant), plain(f.Merchant)),
		f.Since != "" && r.At.In(Notation{Zone: f.Zone}.in(clock.WIB)).Format(time.DateOnly) < f.Since:
		return false
	}
	return true
}

func plain(s string) string { return strings.Join(strings.Fields(strings.ToUpper(s)), " ") }
