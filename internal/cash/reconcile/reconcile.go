package reconcile

import (
	"cmp"
	"embed"
	"io/fs"
	"slices"
	"time"

	"amanah/internal/extract/statement"
	"amanah/internal/money"
)

//go:embed i18n/*.json
var texts embed.FS

// Texts are the sentences of the reasons.
func Texts() fs.FS {
	sub, err := fs.Sub(texts, "i18n")
	if err != nil {
		panic(err) // the folder is named above
	}
	return sub
}

// Line is a line of a statement.
type Line struct {
	No     int // the statement's own number of it; no two are the same
	Date   time.Time
	Posted time.Time // nought where the statement has one date
	Text   string
	// Amount is plus for what was spent and minus for what came back.
	Amount money.Amount
	Type   statement.Type
	// Original is the amount in a foreign currency, with the sign of Amount;
	// nought where none is stated.
	Original money.Amount
}

// Entry is what the ledger has.
type Entry struct {
	ID       string // no two are the same
	Date     time.Time
	Merchant string
	// Amount is plus for what was spent and minus for what came back.
	Amount money.Amount
	// Elsewhere says that it is known to be paid from another account, such as
	// cash. It is never joined to a line.
	Elsewhere bool
	// Transfer says that it moves money between the person's own accounts.
	Transfer bool
}

// Balances are those of the statement. Nil is "not stated".
type Balances struct {
	Previous, Total *money.Amount
	// Held says that they are what is there (an account), not what is owed.
	Held bool
}

// Options change what counts as near.
type Options struct {
	// Days is how far a date may be off; 0 means 5.
	Days int
	// Closing is the statement's date: entries after it are on the next one.
	Closing time.Time
	// Alias gives the usual name of a merchant, "" for "do not know". It is asked
	// for both sides.
	Alias func(name string) string
}

// Why is a reason in words.
type Why struct {
	Key  string
	Args map[string]any
}

// Match joins lines and entries: one and one, one and several, several and one.
type Match struct {
	Lines   []int
	Entries []string
	// Score is how sure the join is, 0 to 1.
	Score float64
	// Difference is lines minus entries; nought but in Differing.
	Difference money.Amount
	Why        Why
}

// Missing is a line that the ledger lacks.
type Missing struct {
	Line int
	Why  Why
}

// Extra is an entry that the statement lacks.
type Extra struct {
	Entry string
	// Of is the entry that this one seems to repeat; "" where none is.
	Of  string
	Why Why
}

// Pair is a line and the one that takes it back.
type Pair struct{ Line, By int }

// Result is what Reconcile found, each list in the order of lines or of ids.
type Result struct {
	Matched   []Match
	Differing []Match
	Missing   []Missing
	Extra     []Extra
	// Transfers are payments of the card's bill. Where the ledger has the
	// transfer, it stands beside them.
	Transfers []Match
	// Cancelled are pairs of lines. The first of a pair may be matched too: then
	// the ledger has what was taken back.
	Cancelled []Pair
	// Elsewhere are entries that were paid from another account.
	Elsewhere []string
	Proof     Proof
}

// Proof is how the balance is explained. Amounts are the sums of lines, spending
// plus: Previous + Matched + Differing + Missing + Transfers + Cancelled = Total
// where Difference is nought (minus instead of plus for an account). Cancelled
// holds the lines of pairs that are in no other set.
type Proof struct {
	Previous, Matched, Differing, Missing, Transfers, Cancelled, Total, Difference money.Amount
	// Stated says that both balances stand on the statement.
	Stated bool
	// Explained says that both are stated and the difference is nought.
	Explained bool
}

// Of gives the lines of a statement.
func Of(st *statement.Statement) ([]Line, Balances, Options) {
	var out []Line
	for _, r := range st.Rows {
		l := Line{No: r.Line, Date: r.Date, Posted: r.Posted, Text: r.Text, Amount: r.Amount, Type: r.Type, Original: r.Original}
		if r.Direction == statement.In {
			l.Amount, l.Original = l.Amount.Neg(), l.Original.Neg()
		}
		out = append(out, l)
	}
	closing := st.StatementDate
	if st.Kind == statement.Account {
		closing = st.To
	}
	return out, Balances{st.Previous, st.Total, st.Kind == statement.Account}, Options{Closing: closing}
}

// work is one run.
type work struct {
	o       Options
	lines   []*lineAt
	entries []*entryAt
	out     Result
}

type lineAt struct {
	Line
	name name
	set  set
}

type entryAt struct {
	Entry
	name name
	set  set
	with *lineAt // of a match of one and one
}

// set is where a line or an entry ended.
type set uint8

const (
	open set = iota
	matched
	differing
	missing
	transfer
	cancelled
	elsewhere
	extra
)

// Reconcile compares. Lines and entries of other cards or currencies are the
// caller's to leave out.
func Reconcile(lines []Line, entries []Entry, b Balances, o Options) Result {
	if o.Days <= 0 {
		o.Days = 5
	}
	w := &work{o: o}
	for _, l := range lines {
		w.lines = append(w.lines, &lineAt{Line: l, name: w.named(l.Text)})
	}
	for _, e := range entries {
		w.entries = append(w.entries, &entryAt{Entry: e, name: w.named(e.Merchant)})
	}
	slices.SortFunc(w.lines, func(a, b *lineAt) int { return cmp.Compare(a.No, b.No) })
	slices.SortFunc(w.entries, func(a, b *entryAt) int {
		return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(a.Amount.Minor, b.Amount.Minor), cmp.Compare(a.ID, b.ID))
	})
	w.setApart()
	w.equal()
	w.oneOfMany()
	w.manyOfOne()
	w.otherAmount()
	w.rest()
	w.order()
	w.prove(b)
	return w.out
}

// setApart takes out what is no spending, and what was paid elsewhere.
func (w *work) setApart() {
	for _, e := range w.entries {
		if e.Elsewhere {
			e.set = elsewhere
			w.out.Elsewhere = append(w.out.Elsewhere, e.ID)
		}
	}
	for _, l := range w.lines {
		if l.Type != statement.Payment {
			continue
		}
		l.set = transfer
		m := Match{Lines: []int{l.No}, Score: 1, Why: Why{Key: "reconcile.why.payment"}}
		for _, e := range w.entries {
			if e.set == open && e.Transfer && e.Amount == l.Amount && w.days(l, e) <= w.o.Days {
				e.set = transfer
				m.Entries, m.Why.Key = []string{e.ID}, "reconcile.why.payment_booked"
				break
			}
		}
		w.out.Transfers = append(w.out.Transfers, m)
	}
	w.pairs()
}

// pairs finds the line that each reversal takes back: of the same amount and not
// later, the one that shares the most words, then the nearest before it.
func (w *work) pairs() {
	taken := map[int]bool{}
	for i, r := range w.lines {
		if r.Type != statement.Reversal || r.Amount.Minor >= 0 {
			continue
		}
		best, at := 0.0, -1
		for j, l := range w.lines {
			if l.set != open || taken[l.No] || l.Amount != r.Amount.Neg() || l.Date.After(r.Date) {
				continue
			}
			s := 0.3 + shared(l.name, r.name)
			if near := gap(l.Date, r.Date); near <= 3 {
				s += 0.1
			}
			if j < i {
				s += 0.01 + float64(j)/1e6
			}
			if s > best && s >= 0.6 {
				best, at = s, j
			}
		}
		if at >= 0 {
			r.set = cancelled
			taken[w.lines[at].No] = true
			w.out.Cancelled = append(w.out.Cancelled, Pair{w.lines[at].No, r.No})
		}
	}
}

func gap(a, b time.Time) int {
	d := int(a.Sub(b).Hours() / 24)
	return max(d, -d)
}

// days is how far an entry's date is from the dates of a line; one between them
// is on the day.
func (w *work) days(l *lineAt, e *entryAt) int {
	d := gap(l.Date, e.Date)
	if !l.Posted.IsZero() {
		if e.Date.After(l.Date) && e.Date.Before(l.Posted) {
			return min(d, 1)
		}
		d = min(d, gap(l.Posted, e.Date))
	}
	return d
}

// rest says of everything else why it is left.
func (w *work) rest() {
	taken := map[int]bool{}
	for _, p := range w.out.Cancelled {
		taken[p.Line] = true
	}
	for _, l := range w.lines {
		switch {
		case l.set != open:
		case taken[l.No]:
			l.set = cancelled
		default:
			l.set = missing
			w.out.Missing = append(w.out.Missing, Missing{l.No, w.whyMissing(l)})
		}
	}
	for _, e := range w.entries {
		if e.set == open {
			e.set = extra
			w.out.Extra = append(w.out.Extra, w.whyExtra(e))
		}
	}
}

func (w *work) whyMissing(l *lineAt) Why {
	for _, o := range w.lines {
		if o.set == matched && o.Amount == l.Amount && gap(o.Date, l.Date) <= 1 && shared(o.name, l.name) >= 0.5 {
			return Why{Key: "reconcile.why.second", Args: map[string]any{"line": o.No}}
		}
	}
	switch l.Type {
	case statement.Fee, statement.Interest, statement.Installment, statement.Refund, statement.Reversal, statement.Cash:
		return Why{Key: "reconcile.why.missing_" + string(l.Type)}
	}
	return Why{Key: "reconcile.why.missing"}
}

func (w *work) whyExtra(e *entryAt) Extra {
	for _, o := range w.entries {
		if o.set == matched && o.Amount == e.Amount && gap(o.Date, e.Date) <= 2 && alike(o.name, e.name) >= 0.75 {
			return Extra{e.ID, o.ID, Why{Key: "reconcile.why.duplicate"}}
		}
	}
	switch {
	case !w.o.Closing.IsZero() && e.Date.After(w.o.Closing):
		return Extra{e.ID, "", Why{Key: "reconcile.why.after_closing"}}
	case !w.o.Closing.IsZero() && gap(w.o.Closing, e.Date) <= 3:
		return Extra{e.ID, "", Why{Key: "reconcile.why.perhaps_next"}}
	}
	return Extra{e.ID, "", Why{Key: "reconcile.why.extra"}}
}

// order puts the lists into the order of lines and of ids.
func (w *work) order() {
	byLine := func(a, b Match) int { return cmp.Compare(a.Lines[0], b.Lines[0]) }
	slices.SortFunc(w.out.Matched, byLine)
	slices.SortFunc(w.out.Differing, byLine)
	slices.SortFunc(w.out.Transfers, byLine)
	slices.SortFunc(w.out.Extra, func(a, b Extra) int { return cmp.Compare(a.Entry, b.Entry) })
	slices.Sort(w.out.Elsewhere)
}

// prove explains the balance by the sets.
func (w *work) prove(b Balances) {
	p := &w.out.Proof
	cur := money.IDR
	if len(w.lines) > 0 {
		cur = w.lines[0].Amount.Currency
	}
	sums := map[set]*money.Amount{matched: &p.Matched, differing: &p.Differing, missing: &p.Missing, transfer: &p.Transfers, cancelled: &p.Cancelled}
	for _, s := range sums {
		s.Currency = cur
	}
	all := int64(0)
	for _, l := range w.lines {
		sums[l.set].Minor += l.Amount.Minor
		all += l.Amount.Minor
	}
	p.Previous.Currency, p.Total.Currency, p.Difference.Currency = cur, cur, cur
	if b.Previous == nil || b.Total == nil {
		return
	}
	p.Stated, p.Previous, p.Total = true, *b.Previous, *b.Total
	if b.Held {
		all = -all
	}
	p.Difference.Minor = p.Previous.Minor + all - p.Total.Minor
	p.Explained = p.Difference.Minor == 0
}
