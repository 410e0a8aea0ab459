package ledger

import (
	"errors"
	"math"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
)

// MaxLines is the most lines that an entry may have.
const MaxLines = 200

// Line is one posting of an entry: debits positive, credits negative.
type Line struct {
	Account id.ID
	Amount  money.Amount
}

// Entry is what Post books.
type Entry struct {
	// Source names what is booked, unique in the tenant ("capture:<id>:1"). It
	// holds nothing that a person wrote.
	Source string
	// Subject is the person whom the entry is about; may be zero.
	Subject id.Subject
	// At is the date of the books. Its month and day are those of Zone.
	At clock.Instant
	// Zone is the tenant's zone; nil means WIB.
	Zone  *time.Location
	Lines []Line
	// Reason is a message key that says why, for corrections; may be empty.
	Reason string
}

// check refuses what cannot be booked, before the database is asked.
func (e Entry) check(op string) error {
	switch {
	case e.Source == "" || len(e.Source) > 200:
		return fault.New(fault.Invalid, op, "ledger.no_source")
	case e.At.IsZero():
		return fault.New(fault.Invalid, op, "ledger.no_date")
	case len(e.Lines) < 2 || len(e.Lines) > MaxLines:
		return fault.New(fault.Invalid, op, "ledger.lines")
	}
	sums := map[money.Currency]money.Amount{}
	for _, l := range e.Lines {
		if l.Account.IsZero() || l.Amount.Minor == 0 || l.Amount.Minor == math.MinInt64 || !l.Amount.Currency.Valid() {
			return fault.New(fault.Invalid, op, "ledger.line_invalid")
		}
		have, ok := sums[l.Amount.Currency]
		if !ok {
			have.Currency = l.Amount.Currency
		}
		sum, err := have.Add(l.Amount)
		if errors.Is(err, money.ErrOverflow) {
			return overflow(op)
		}
		if err != nil {
			return fault.Wrap(op, err)
		}
		sums[l.Amount.Currency] = sum
	}
	for _, s := range sums {
		if !s.IsZero() {
			return fault.New(fault.Invalid, op, "ledger.unbalanced")
		}
	}
	return nil
}

func overflow(op string) error {
	return fault.New(fault.Invalid, op, "ledger.overflow").Cause(money.ErrOverflow)
}

// Month is the local month of a moment: "2026-11". A nil zone means WIB.
func Month(at clock.Instant, zone *time.Location) string { return local(at, zone).Format("2006-01") }

// Day is the local day of a moment: "2026-11-22". A nil zone means WIB.
func Day(at clock.Instant, zone *time.Location) string { return local(at, zone).Format("2006-01-02") }

func local(at clock.Instant, zone *time.Location) time.Time {
	if zone == nil {
		zone = clock.WIB
	}
	return at.Time().In(zone)
}
