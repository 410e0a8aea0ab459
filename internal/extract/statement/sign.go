package statement

import (
	"slices"
	"time"

	"amanah/internal/money"
)

// settle gives the rows their directions and holds them against the balances.
func (st *Statement) settle(l *layout, h heads, sums []section) {
	for i := range st.Rows {
		st.Rows[i].Direction = direction(l, &st.Rows[i], false)
	}
	previous, total := amounts(h["previous"], l.Kind), amounts(h["total"], l.Kind)
	if l.Kind == Account {
		st.chain(previous, total)
	} else if !st.pair(previous, total) {
		st.decide(l, previous, total)
	}
	if st.Previous == nil && len(previous) > 0 {
		st.Previous = &previous[0]
	}
	if st.Total == nil && len(total) > 0 {
		st.Total = &total[0]
	}
	st.derive(l)
	if st.Previous != nil && st.Total != nil {
		d := money.Amount{Minor: st.Previous.Minor + st.moved() - st.Total.Minor, Currency: money.IDR}
		st.Checks.Difference = &d
		st.Checks.BalanceAddsUp = d.IsZero()
	}
	st.sections(sums)
}

// direction is what the print says: letters first, then signs as the layout
// means them, then what an amount without a mark means there.
func direction(l *layout, r *Row, otherWay bool) string {
	in := l.Unmarked == "in"
	switch r.mark {
	case credit:
		in = true
	case debit:
		in = false
	case minus:
		in = (l.Minus == "credit") != otherWay
	case plus:
		in = (l.Minus != "credit") != otherWay
	}
	if in {
		return In
	}
	return Out
}

// moved is what the rows change a balance by: what is owed on a card, what is
// there in an account.
func (st *Statement) moved() int64 {
	n := int64(0)
	for _, r := range st.Rows {
		n += st.change(&r)
	}
	return n
}

func (st *Statement) change(r *Row) int64 {
	if (r.Direction == Out) == (st.Kind == Card) {
		return r.Amount.Minor
	}
	return -r.Amount.Minor
}

const mostReadings = 8

// amounts are the different readings of a balance, the best first. What is
// marked credit on a card is money of the holder.
func amounts(fs []found, k Kind) []money.Amount {
	slices.SortStableFunc(fs, func(a, b found) int { return a.rank - b.rank })
	var out []money.Amount
	for _, f := range fs {
		if f.isDate {
			continue
		}
		a := money.Amount{Minor: f.amount.hundredths, Currency: money.IDR}
		if m := f.amount.mark; m == minus || k == Card && m == credit || k == Account && m == debit {
			a = a.Neg()
		}
		if !slices.Contains(out, a) && len(out) < mostReadings {
			out = append(out, a)
		}
	}
	return out
}

// pair finds a previous and a new balance that the rows lie between.
func (st *Statement) pair(previous, total []money.Amount) bool {
	n := st.moved()
	for i := range previous {
		for j := range total {
			if previous[i].Minor+n == total[j].Minor {
				st.Previous, st.Total = &previous[i], &total[j]
				return true
			}
		}
	}
	return false
}

// decide looks for a reading of the signs with which the balance adds up: signs
// meant the other way; unmarked rows whose words speak of money coming back;
// any one unmarked row. A reading counts only if it is the only one.
func (st *Statement) decide(l *layout, previous, total []money.Amount) {
	signed := func(r *Row) bool { return r.mark == minus || r.mark == plus }
	before := slices.Clone(st.Rows)
	for i := range st.Rows {
		if signed(&st.Rows[i]) {
			st.Rows[i].Direction = direction(l, &st.Rows[i], true)
		}
	}
	if st.pair(previous, total) {
		for i := range st.Rows {
			if signed(&st.Rows[i]) {
				st.Checks.SignsDecided++
			}
		}
		return
	}
	copy(st.Rows, before)
	var back, any []int
	for i := range st.Rows {
		if st.Rows[i].mark == unmarked {
			any = append(any, i)
			if comesBack(st.Rows[i].Text) {
				back = append(back, i)
			}
		}
	}
	for _, try := range []struct{ rows, most int }{{len(back), len(back)}, {len(any), 1}} {
		from := back
		if try.most == 1 {
			from = any
		}
		if st.flip(from, try.most, previous, total) {
			return
		}
	}
}

// flip turns the rows round with which one pair of balances fits, if there is
// exactly one way for all pairs together.
func (st *Statement) flip(rows []int, most int, previous, total []money.Amount) bool {
	var way []int
	ways := 0
	n := st.moved()
	for i := range previous {
		for j := range total {
			w, k := subset(st, rows, total[j].Minor-previous[i].Minor-n, most)
			if k > 0 && (ways == 0 || !slices.Equal(w, way)) {
				ways, way = ways+k, w
			}
		}
	}
	if ways != 1 {
		return false
	}
	st.turn(way)
	return st.pair(previous, total)
}

func (st *Statement) turn(rows []int) {
	for _, i := range rows {
		if st.Rows[i].Direction == Out {
			st.Rows[i].Direction = In
		} else {
			st.Rows[i].Direction = Out
		}
	}
	st.Checks.SignsDecided += len(rows)
}

const mostFlips = 16 // rows among which a reading is looked for

// subset finds the rows whose turning changes the balance by delta, and whether
// there are more such sets (count 2 is "several").
func subset(st *Statement, rows []int, delta int64, most int) (way []int, count int) {
	if len(rows) > mostFlips && most > 1 {
		return nil, 0
	}
	var cur []int
	steps := 0
	var try func(k int, left int64)
	try = func(k int, left int64) {
		if steps++; count > 1 || steps > 200_000 {
			return
		}
		if left == 0 && len(cur) > 0 {
			if count++; count == 1 {
				way = slices.Clone(cur)
			}
		}
		if len(cur) == most {
			return
		}
		for i := k; i < len(rows); i++ {
			cur = append(cur, rows[i])
			try(i+1, left+2*st.change(&st.Rows[rows[i]]))
			cur = cur[:len(cur)-1]
		}
	}
	try(0, delta)
	return way, count
}

// derive reads balances off the rows of an account that states them nowhere else.
func (st *Statement) derive(l *layout) {
	if l.Kind != Account || len(st.Rows) == 0 {
		return
	}
	first, last := 0, len(st.Rows)-1
	if newestFirst(st.Rows) {
		first, last = last, first
	}
	if st.Total == nil {
		st.Total = st.Rows[last].Balance
	}
	if f := &st.Rows[first]; st.Previous == nil && f.Balance != nil {
		st.Previous = &money.Amount{Minor: f.Balance.Minor - st.change(f), Currency: money.IDR}
	}
}

// newestFirst tells that the balances run from the bottom up.
func newestFirst(rows []Row) bool {
	up, down := 0, 0
	for i := 1; i < len(rows); i++ {
		a, b := &rows[i-1], &rows[i]
		if a.Balance == nil || b.Balance == nil {
			continue
		}
		if d := b.Balance.Minor - a.Balance.Minor; d == b.Amount.Minor || d == -b.Amount.Minor {
			up++
		}
		if d := a.Balance.Minor - b.Balance.Minor; d == a.Amount.Minor || d == -a.Amount.Minor {
			down++
		}
	}
	return down > up || down == up && len(rows) > 1 && rows[0].Date.After(rows[len(rows)-1].Date)
}

// chain walks along the printed balances of an account. Between two of them
// only what the print leaves open is decided.
func (st *Statement) chain(previous, total []money.Amount) {
	idx := make([]int, len(st.Rows))
	for i := range idx {
		idx[i] = i
	}
	if newestFirst(st.Rows) {
		slices.Reverse(idx)
	}
	var known *money.Amount
	if len(previous) > 0 {
		known = &previous[0]
	}
	var group []int
	for _, i := range idx {
		group = append(group, i)
		if b := st.Rows[i].Balance; b != nil {
			if known != nil {
				st.fit(group, b.Minor-known.Minor)
			}
			known, group = b, nil
		}
	}
	if len(group) > 0 && known != nil && len(total) > 0 {
		st.fit(group, total[0].Minor-known.Minor)
	}
	st.pair(previous, total)
}

// fit decides the open signs of a few rows by what they moved together.
func (st *Statement) fit(rows []int, delta int64) {
	sum := int64(0)
	var open []int
	for _, i := range rows {
		r := &st.Rows[i]
		sum += st.change(r)
		if r.mark == unmarked || r.mark == minus || r.mark == plus {
			open = append(open, i)
		}
	}
	if sum == delta {
		return
	}
	if way, n := subset(st, open, delta-sum, len(open)); n == 1 {
		st.turn(way)
	}
}

// sections holds the printed part sums against the rows above them.
func (st *Statement) sections(sums []section) {
	from, before := 0, int64(0)
	if st.Previous != nil {
		before = st.Previous.Minor
	}
	all := int64(0)
	for _, s := range sums {
		part := int64(0)
		for i := from; i < s.rows; i++ {
			part += st.change(&st.Rows[i])
		}
		from = max(from, s.rows)
		all += part
		st.Checks.Sections++
		want := s.amount.hundredths
		if s.amount.mark == credit || s.amount.mark == minus {
			want = -want
		}
		if want == part || want == all || want == before+all || want == before+part {
			st.Checks.SectionsAddUp++
		}
	}
}

// reference is the day that years are read by.
func reference(h heads, made time.Time) (ref time.Time, assumed bool) {
	for _, f := range h["period"] {
		if f.hasTo && f.toDay.year > 0 {
			return date(f.toDay), false
		}
	}
	for _, name := range []string{"statement_date", "due_date", "period"} {
		for _, f := range h[name] {
			if f.isDate && f.day.year > 0 {
				return date(f.day), false
			}
		}
	}
	return made, !made.IsZero()
}

func date(d day) time.Time {
	return time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC)
}
