package deadline

import (
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/privacy/notice"
)

// Rule is one promise of time: who says it, and how long.
type Rule struct {
	By     string // "UU 27/2022 7, 32", or the notice's name
	Within notice.Period
}

// String is the rule as it is kept with a deadline.
func (r Rule) String() string { return r.By + ": " + r.Within.String() }

// Strictest gives the earliest end of several rules for what came in at a moment,
// and the rule that sets it; ok is false where there is no rule. Hours run on the
// clock; working days by the calendar, in the zone of from.
func Strictest(from time.Time, c *clock.Calendar, rules ...Rule) (due time.Time, by Rule, ok bool) {
	for _, r := range rules {
		if end := r.Within.Ends(from, c); !ok || end.Before(due) {
			due, by, ok = end, r, true
		}
	}
	return due, by, ok
}

// Rules are those that bind a service for a right that is used at a moment: of
// each law pack that the notice is held to and that is in force on that day, in
// the zone of at, and of the notice itself.
func Rules(n *notice.Notice, packs []*notice.LawPack, right string, at time.Time) []Rule {
	var out []Rule
	for _, l := range packs {
		if !named(n.Laws(), l.Law) || !l.InForce(DayOf(at)) {
			continue
		}
		if r, ok := l.Right(right); ok && r.Dated {
			out = append(out, Rule{By: strings.TrimSpace(l.Cite + " " + r.Article), Within: r.Within})
		}
		if r := l.Withdraw; right == "withdraw" && r != nil && r.Dated {
			out = append(out, Rule{By: strings.TrimSpace(l.Cite + " " + r.Article), Within: r.Within})
		}
	}
	if r, ok := n.Right(right); ok && r.Dated {
		out = append(out, Rule{By: n.Name("id") + " " + n.Version(), Within: r.Within})
	}
	return out
}

// DayOf is the day of a moment in its own zone as a law pack counts days: a law
// that begins on 16 January begins at midnight of the place.
func DayOf(at time.Time) time.Time {
	y, m, d := at.Date()
	return time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
}

func named(all []string, one string) bool {
	for _, s := range all {
		if s == one {
			return true
		}
	}
	return false
}
