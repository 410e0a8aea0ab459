package capture

import (
	"context"
	"slices"
	"strings"
	"time"

	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/store"
)

// A mail and a row of the bank's own file tell of the same movement in other
// words: the file has a day for a time, and its own text for the name. Each row
// of a file belongs to one movement, so a movement that a file has told of is not
// met by another row.

// crossing tells whether two rows may be one movement told by a mail and by a file.
func crossing(c, o *Captured) bool {
	return c.Source != o.Source && !c.Account.IsZero() && c.Account == o.Account && c.At.Time().Sub(o.At.Time()).Abs() <= 36*time.Hour
}

// meeting is how well two tellings fit.
type meeting int

const (
	apart    meeting = iota
	perhaps          // the amount alone, or the next day
	oneDay           // the same day, and one of them names nobody
	sameName         // a word of the name
)

// meet compares their days and names.
func (s *Service) meet(c, o *Captured, mine, other string, zone *time.Location) meeting {
	day := ledger.Day(c.At, zone) == ledger.Day(o.At, zone)
	switch {
	case s.shares(mine, other):
		return sameName
	case day && (normal(mine) == "" || normal(other) == ""):
		return oneDay
	}
	return perhaps
}

// shares tells whether two names have a word of three letters or more in common.
func (s *Service) shares(a, b string) bool {
	theirs := s.Knowledge.Name(b).Words()
	for _, w := range s.Knowledge.Name(a).Words() {
		if len(w) >= 3 && slices.Contains(theirs, w) {
			return true
		}
	}
	squeezed := func(x string) string { return strings.ReplaceAll(s.Knowledge.Name(x).Key, " ", "") }
	x, y := squeezed(a), squeezed(b)
	return len(x) >= 5 && len(y) >= 5 && (strings.Contains(x, y) || strings.Contains(y, x))
}

// across finds the row of another kind of telling that c is. Those that such a
// telling has met already are left out.
func (s *Service) across(ctx context.Context, tx *store.Tx, c *Captured, others []*Captured, zone *time.Location) (id.ID, verdict, error) {
	keys := []id.ID{c.told()}
	for _, o := range others {
		keys = append(keys, o.told())
	}
	names, err := namesOf(ctx, tx, keys)
	if err != nil {
		return id.ID{}, isOther, err
	}
	best, how := id.ID{}, apart
	for _, o := range others {
		m := s.meet(c, o, names[c.told()], names[o.told()], zone)
		if m <= how {
			continue
		}
		var met int
		err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM captured WHERE tenant_id = $1 AND twin = $2 AND state = $3 AND source = $4", []any{tx.Tenant(), o.ID, string(Joined), c.Source}, &met)
		if err != nil {
			return id.ID{}, isOther, err
		}
		if met == 0 {
			best, how = o.ID, m
		}
	}
	switch how {
	case sameName, oneDay:
		return best, isSame, nil
	case perhaps:
		return best, mayBeSame, nil
	}
	return id.ID{}, isOther, nil
}
