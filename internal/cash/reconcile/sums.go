package reconcile

import (
	"slices"

	"amanah/internal/money"
)

const (
	mostParts = 5  // of a sum
	mostNear  = 14 // that are tried for one
)

// oneOfMany joins a line to several entries of the merchant that sum up to it.
func (w *work) oneOfMany() {
	for _, l := range w.lines {
		if l.set != open {
			continue
		}
		var near []int
		for j, e := range w.entries {
			if e.set == open && !e.Transfer && e.Amount.Currency == l.Amount.Currency && w.days(l, e) <= w.o.Days && alike(l.name, e.name) >= 0.6 && inside(e.Amount, l.Amount) {
				near = append(near, j)
			}
		}
		way := sum(near, l.Amount.Minor, func(j int) int64 { return w.entries[j].Amount.Minor })
		if way == nil {
			continue
		}
		m := Match{Lines: []int{l.No}, Score: 0.8, Difference: money.Amount{Currency: l.Amount.Currency}, Why: Why{"reconcile.why.sum_of_entries", map[string]any{"count": len(way)}}}
		l.set = matched
		for _, j := range way {
			w.entries[j].set = matched
			m.Entries = append(m.Entries, w.entries[j].ID)
		}
		slices.Sort(m.Entries)
		w.out.Matched = append(w.out.Matched, m)
	}
}

// manyOfOne joins an entry to several lines of the merchant that sum up to it.
func (w *work) manyOfOne() {
	for _, e := range w.entries {
		if e.set != open || e.Transfer {
			continue
		}
		var near []int
		for i, l := range w.lines {
			if l.set == open && e.Amount.Currency == l.Amount.Currency && w.days(l, e) <= w.o.Days && alike(l.name, e.name) >= 0.6 && inside(l.Amount, e.Amount) {
				near = append(near, i)
			}
		}
		way := sum(near, e.Amount.Minor, func(i int) int64 { return w.lines[i].Amount.Minor })
		if way == nil {
			continue
		}
		m := Match{Entries: []string{e.ID}, Score: 0.8, Difference: money.Amount{Currency: e.Amount.Currency}, Why: Why{"reconcile.why.sum_of_lines", map[string]any{"count": len(way)}}}
		e.set = matched
		for _, i := range way {
			w.lines[i].set = matched
			m.Lines = append(m.Lines, w.lines[i].No)
		}
		slices.Sort(m.Lines)
		w.out.Matched = append(w.out.Matched, m)
	}
}

// inside tells that a part is smaller than the whole and goes the same way.
func inside(part, whole money.Amount) bool {
	if whole.Minor < 0 {
		return part.Minor < 0 && part.Minor > whole.Minor
	}
	return part.Minor > 0 && part.Minor < whole.Minor
}

// sum finds the fewest of the candidates, two at least, that give the whole; nil
// where there are none. Of equally many the first in order are taken.
func sum(near []int, whole int64, amount func(int) int64) []int {
	near = near[:min(len(near), mostNear)]
	var cur, found []int
	var try func(k, count int, left int64) bool
	try = func(k, count int, left int64) bool {
		if count == 0 {
			if left == 0 {
				found = slices.Clone(cur)
			}
			return left == 0
		}
		for i := k; i <= len(near)-count; i++ {
			cur = append(cur, near[i])
			if try(i+1, count-1, left-amount(near[i])) {
				return true
			}
			cur = cur[:len(cur)-1]
		}
		return false
	}
	for count := 2; count <= mostParts && count <= len(near); count++ {
		if try(0, count, whole) {
			return found
		}
	}
	return nil
}

// otherAmount joins what is of one merchant and day but of another amount: a
// tip, a slip of the hand, the day's rate. A person decides about each.
func (w *work) otherAmount() {
	back := map[int]bool{}
	for _, p := range w.out.Cancelled {
		back[p.Line] = true
	}
	var edges []edge
	for i, l := range w.lines {
		if l.set != open || back[l.No] {
			continue
		}
		for j, e := range w.entries {
			if e.set != open || e.Transfer || e.Amount.Currency != l.Amount.Currency {
				continue
			}
			if s := w.near(l, e); s > 0 {
				edges = append(edges, edge{i, j, s})
			}
		}
	}
	for _, g := range best(edges, 300) {
		l, e := w.lines[g.line], w.entries[g.entry]
		l.set, e.set = differing, differing
		diff := money.Amount{Minor: l.Amount.Minor - e.Amount.Minor, Currency: l.Amount.Currency}
		w.out.Differing = append(w.out.Differing, Match{Lines: []int{l.No}, Entries: []string{e.ID}, Score: float64(g.score) / 1000, Difference: diff, Why: Why{"reconcile.why.differs", map[string]any{"days": w.days(l, e)}}})
	}
}

// near scores a line and an entry of different amounts: the same day or the one
// beside it and not more than twice as much, or a few days and within a
// twentieth.
func (w *work) near(l *lineAt, e *entryAt) int {
	a, b := float64(l.Amount.Minor), float64(e.Amount.Minor)
	like := alike(l.name, e.name)
	if a*b <= 0 || like < 0.6 {
		return 0
	}
	d := w.days(l, e)
	ratio := min(a/b, b/a)
	if !(d <= 1 && ratio >= 0.5) && !(d <= w.o.Days && ratio >= 0.95) {
		return 0
	}
	return int(300*like) + int(400*ratio) + max(0, 100-20*d)
}
