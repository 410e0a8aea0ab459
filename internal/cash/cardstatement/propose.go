package cardstatement

import (
	"cmp"
	"slices"

	"amanah/internal/cash"
	"amanah/internal/cash/reconcile"
	"amanah/internal/id"
	"amanah/internal/money"
)

// propose holds the rows and entries that nobody decided about against each other.
func (b *Board) propose(s *Service, p span, taken, carried map[id.ID]bool) {
	done := map[int64]bool{}
	for _, d := range b.Decided {
		for _, r := range d.Rows {
			done[r.Line] = true
		}
	}
	var open, all []reconcile.Line
	for _, r := range b.Rows {
		all = append(all, lineOf(r))
		if !done[r.Line] {
			open = append(open, lineOf(r))
		}
	}
	var mine, every, foreign []reconcile.Entry
	for _, l := range b.sorted() {
		e, own := b.entryOf(l)
		switch {
		case l.State != cash.Booked || l.Kind == cash.Opening:
		case own && !taken[l.ID]:
			mine, every = append(mine, e), append(every, e)
		case own:
			every = append(every, e)
		case l.Kind == cash.Out && !taken[l.ID]:
			foreign = append(foreign, e)
		}
	}
	o := reconcile.Options{Closing: date(b.File.Day), Days: around}
	// The whole once more, for reasons that speak of what was decided already.
	whole := reasons(reconcile.Reconcile(all, every, reconcile.Balances{}, o))
	r := reconcile.Reconcile(open, mine, reconcile.Balances{}, o)
	b.joins(r)
	missing := b.elsewhere(r.Missing, foreign, o)
	for _, m := range missing {
		why := m.Why
		if w, ok := whole.rows[m.Line]; ok {
			why = w
		}
		b.Missing = append(b.Missing, s.guess(*b.row(int64(m.Line)), why))
	}
	for _, x := range r.Extra {
		l := b.byText(x.Entry)
		if !p.holds(l.Day) && !carried[l.ID] {
			continue // of another statement
		}
		why := x.Why
		if w, ok := whole.entries[x.Entry]; ok {
			why = w
		}
		b.Extra = append(b.Extra, Surplus{l, why})
	}
}

// joins sorts what Reconcile joined by how sure it is.
func (b *Board) joins(r reconcile.Result) {
	for _, m := range r.Matched {
		p := b.proposal(Joined, m.Lines, m.Entries, m.Why)
		if m.Score >= sureFrom && m.Why.Key != "reconcile.why.amount_and_day" && p.Difference.IsZero() {
			b.Sure = append(b.Sure, p)
		} else {
			b.Doubtful = append(b.Doubtful, p)
		}
	}
	for _, m := range r.Transfers {
		if len(m.Entries) > 0 {
			b.Sure = append(b.Sure, b.proposal(Joined, m.Lines, m.Entries, m.Why))
		} else {
			b.Missing = append(b.Missing, Lack{Row: *b.row(int64(m.Lines[0])), Why: m.Why, Kind: cash.Transfer, Category: "transfer", Other: true})
		}
	}
	for _, m := range r.Differing {
		b.Differing = append(b.Differing, b.proposal(Took, m.Lines, m.Entries, m.Why))
	}
	joined := map[int]bool{}
	for _, m := range append(slices.Clone(r.Matched), r.Differing...) {
		for _, n := range m.Lines {
			joined[n] = true
		}
	}
	for _, p := range r.Cancelled {
		if !joined[p.Line] {
			b.Sure = append(b.Sure, b.proposal(Cancelled, []int{p.Line, p.By}, nil, reconcile.Why{Key: "cardstatement.why.cancelled"}))
			continue
		}
		b.Missing = append(b.Missing, Lack{Row: *b.row(int64(p.By)), Why: reconcile.Why{Key: "cardstatement.why.takes_back", Args: map[string]any{"line": p.Line}}, Kind: cash.In, Category: "refund", Shop: shopOf(b.row(int64(p.By)).Text.Reveal())})
	}
	slices.SortFunc(b.Sure, func(x, y Proposal) int { return cmp.Compare(x.Rows[0].Line, y.Rows[0].Line) })
}

// elsewhere looks for missing rows among the spending from other accounts, and
// gives those that are not there either.
func (b *Board) elsewhere(missing []reconcile.Missing, foreign []reconcile.Entry, o reconcile.Options) (left []reconcile.Missing) {
	var lines []reconcile.Line
	for _, m := range missing {
		if r := b.row(int64(m.Line)); r.Minor > 0 {
			lines = append(lines, lineOf(*r))
		}
	}
	found := map[int]bool{}
	for _, m := range reconcile.Reconcile(lines, foreign, reconcile.Balances{}, o).Matched {
		if len(m.Lines) == 1 && len(m.Entries) == 1 && m.Score >= sureFrom && m.Why.Key != "reconcile.why.amount_and_day" {
			p := b.proposal(Moved, m.Lines, m.Entries, reconcile.Why{Key: "cardstatement.why.elsewhere"})
			p.Difference = b.File.amount(0)
			b.Elsewhere = append(b.Elsewhere, p)
			found[m.Lines[0]] = true
		}
	}
	return slices.DeleteFunc(missing, func(m reconcile.Missing) bool { return found[m.Line] })
}

func (b *Board) proposal(act Act, lines []int, entries []string, why reconcile.Why) Proposal {
	p := Proposal{Act: act, Why: why, Difference: b.File.amount(0)}
	for _, n := range lines {
		r := b.row(int64(n))
		p.Rows = append(p.Rows, *r)
		p.Difference.Minor += r.Minor
	}
	for _, text := range entries {
		l := b.byText(text)
		p.Entries = append(p.Entries, l)
		p.Difference.Minor -= b.spent(l)
	}
	p.Key = keyOf(p.Rows, p.Entries)
	return p
}

func (b *Board) byText(text string) cash.Line {
	key, _ := id.Parse(text) // written by entryOf
	return b.entries[key]
}

// sorted are the entries in an order of their own, so that the same books give
// the same board.
func (b *Board) sorted() []cash.Line {
	out := make([]cash.Line, 0, len(b.entries))
	for _, l := range b.entries {
		out = append(out, l)
	}
	slices.SortFunc(out, func(x, y cash.Line) int {
		return cmp.Or(cmp.Compare(x.Day, y.Day), cmp.Compare(x.ID.String(), y.ID.String()))
	})
	return out
}

func lineOf(r Row) reconcile.Line {
	return reconcile.Line{No: int(r.Line), Date: date(r.Day), Posted: date(r.Posted), Text: r.Text.Reveal(), Amount: r.Amount(), Type: r.Type, Original: money.Amount{Minor: r.OriginalMinor, Currency: r.OriginalCurrency}}
}

// entryOf is an entry as Reconcile takes it; own tells that it is the card's.
func (b *Board) entryOf(l cash.Line) (e reconcile.Entry, own bool) {
	own = l.Account == b.Account.ID || l.Kind == cash.Transfer && l.To == b.Account.ID
	e = reconcile.Entry{ID: l.ID.String(), Date: date(l.Day), Merchant: l.Shop, Amount: b.File.amount(b.spent(l)), Transfer: l.Kind == cash.Transfer && l.To == b.Account.ID}
	if e.Merchant == "" {
		e.Merchant = l.Note.Reveal()
	}
	if !own {
		e.Amount = l.Amount()
	}
	return e, own
}

// why are reasons by row and by entry.
type why struct {
	rows    map[int]reconcile.Why
	entries map[string]reconcile.Why
}

func reasons(r reconcile.Result) why {
	w := why{map[int]reconcile.Why{}, map[string]reconcile.Why{}}
	for _, m := range r.Missing {
		w.rows[m.Line] = m.Why
	}
	for _, x := range r.Extra {
		w.entries[x.Entry] = x.Why
	}
	return w
}

// prove sums up.
func (b *Board) prove() {
	p, zero := &b.Proof, b.File.amount(0)
	p.Previous, p.Total, p.Stated = b.File.amount(b.File.Previous), b.File.amount(b.File.Total), b.File.Stated
	p.Spent, p.Paid, p.PaperDifference, p.Rows, p.Books, p.Difference, p.Kept = zero, zero, zero, zero, zero, zero, zero
	for _, r := range b.Rows {
		p.Rows.Minor += r.Minor
		if r.Minor > 0 {
			p.Spent.Minor += r.Minor
		} else {
			p.Paid.Minor += r.Minor
		}
	}
	if p.Stated {
		p.PaperDifference.Minor = p.Previous.Minor + p.Rows.Minor - p.Total.Minor
	}
	for _, d := range b.Decided {
		if d.Act == Next || d.Act == Dropped {
			continue
		}
		for _, l := range d.Entries {
			p.Books.Minor += b.spent(l)
		}
		if d.Changed {
			p.Open++
		} else {
			p.Kept.Minor += d.Difference.Minor
		}
	}
	for _, list := range [][]Proposal{b.Sure, b.Doubtful, b.Elsewhere, b.Differing} {
		for _, x := range list {
			p.Open++
			for _, l := range x.Entries {
				p.Books.Minor += b.spent(l)
			}
		}
	}
	for _, x := range b.Extra {
		p.Open++
		p.Books.Minor += b.spent(x.Entry)
	}
	p.Open += len(b.Missing)
	p.Difference.Minor = p.Rows.Minor - p.Books.Minor
}
