package cardstatement

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"amanah/internal/cash"
	"amanah/internal/cash/reconcile"
	"amanah/internal/extract/statement"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
)

// Board is a statement held against the books as they are now: what is proposed,
// what was decided, and what is left between the two.
type Board struct {
	File    *File
	Account *cash.Account
	Rows    []Row
	// Sure are joins that can be accepted together, Doubtful those to be looked at,
	// Elsewhere entries of other accounts that seem to be this card's.
	Sure, Doubtful, Elsewhere []Proposal
	// Differing are joins of different amounts.
	Differing []Proposal
	Missing   []Lack
	Extra     []Surplus
	Decided   []Decision
	Proof     Proof

	view    cash.View
	undone  []Match
	entries map[id.ID]cash.Line
}

// Proposal joins rows and entries.
type Proposal struct {
	// Key names it in forms: rows, ":", entries.
	Key        string
	Act        Act // what accepting it decides
	Rows       []Row
	Entries    []cash.Line
	Difference money.Amount // rows less entries
	Why        reconcile.Why
}

// Lack is a row that the books lack.
type Lack struct {
	Row  Row
	Why  reconcile.Why
	Kind cash.Kind // what it would be booked as
	// Category is guessed. Shop is the merchant's name as it would be booked.
	Category, Shop string
	// Other says that it moves money between own accounts: the person names the other.
	Other bool
}

// Surplus is an entry that the statement lacks.
type Surplus struct {
	Entry cash.Line
	Why   reconcile.Why
}

// Decision is what a person decided, with what it joins now.
type Decision struct {
	Match
	Rows       []Row
	Entries    []cash.Line
	Difference money.Amount // rows less entries, as the books are now
	// Changed says that an entry is not any more what it was when it was decided.
	Changed bool
}

// Proof is how statement and books stand to each other.
type Proof struct {
	// Previous + Spent + Paid = Total where PaperDifference is nought. Paid is what
	// came in: payments and refunds, minus.
	Previous, Spent, Paid, Total, PaperDifference money.Amount
	Stated                                        bool
	// Rows is the sum of the statement's rows, Books that of their entries and of
	// those that are still open. Difference is Rows less Books.
	Rows, Books, Difference money.Amount
	// Kept is the part of it that a person let stand.
	Kept money.Amount
	// Open counts rows and entries that wait for a decision.
	Open int
}

// Zero tells that everything is decided and nothing is left between.
func (p Proof) Zero() bool { return p.Open == 0 && p.Difference.IsZero() }

// sureFrom is the score from which joins are accepted together.
const sureFrom = 0.7

// around is how far a date may be off.
const around = 5

// Board works the statement out for a person. Fault NotFound for what they do not
// see; a statement without an account has rows alone.
func (s *Service) Board(ctx context.Context, tx *store.Tx, v cash.View, key id.ID) (*Board, error) {
	const op = "cardstatement.Board"
	f, err := s.Get(ctx, tx, v, key)
	if err != nil {
		return nil, err
	}
	b := &Board{File: f, view: v, entries: map[id.ID]cash.Line{}}
	if !f.wasRead() {
		return b, nil
	}
	if b.Rows, err = store.Find[Row](ctx, tx, "WHERE tenant_id = $1 AND statement_id = $2 ORDER BY line", tx.Tenant(), f.ID); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if f.Account.IsZero() {
		return b, nil
	}
	err = books(ctx, tx, func() (err error) {
		b.Account, err = s.Cash.Account(ctx, tx, v, f.Account)
		return err
	})
	if fault.Is(err, fault.NotFound) { // no longer shared
		b.File.Account = id.ID{}
		return b, nil
	}
	if err == nil {
		err = s.fillBoard(ctx, tx, b)
	}
	return b, fault.Wrap(op, err)
}

func (s *Service) fillBoard(ctx context.Context, tx *store.Tx, b *Board) error {
	all, err := store.FindOpen[Match](ctx, tx, "WHERE tenant_id = $1 AND statement_id = $2 ORDER BY decided_at, id", tx.Tenant(), b.File.ID)
	if err != nil {
		return err
	}
	taken, carried, err := s.others(ctx, tx, b.File)
	if err != nil {
		return err
	}
	period := b.period()
	err = books(ctx, tx, func() error {
		if err := s.load(ctx, tx, b, period, carried); err != nil {
			return err
		}
		return s.decided(ctx, tx, b, all)
	})
	if err != nil {
		return err
	}
	for _, d := range b.Decided {
		for _, key := range d.entries() {
			taken[key] = true
		}
	}
	b.propose(s, period, taken, carried)
	b.prove()
	return nil
}

// span is the days that a statement speaks of.
type span struct{ from, until time.Time }

func (p span) holds(day string) bool {
	d := date(day)
	return !d.Before(p.from) && !d.After(p.until)
}

// period is the statement's own, or that of its rows.
func (b *Board) period() span {
	p := span{date(b.File.From), date(b.File.Until)}
	if closing := date(b.File.Day); !closing.IsZero() {
		p.until = closing
	}
	for _, r := range b.Rows {
		d := date(r.Day)
		if p.from.IsZero() || d.Before(p.from) {
			p.from = d
		}
		if p.until.IsZero() || d.After(p.until) && b.File.Day == "" {
			p.until = d
		}
	}
	return p
}

// others are the entries that other statements of the account have joined, and
// those that earlier ones left to this.
func (s *Service) others(ctx context.Context, tx *store.Tx, f *File) (taken, carried map[id.ID]bool, err error) {
	taken, carried = map[id.ID]bool{}, map[id.ID]bool{}
	rows, err := tx.Query(ctx, `SELECT m.act, m.entries, f.day FROM statement_matches m JOIN statement_files f ON f.tenant_id = m.tenant_id AND f.id = m.statement_id
		WHERE m.tenant_id = $1 AND f.account_id = $2 AND f.id <> $3 AND COALESCE(m.undone_at, 0) = 0`, tx.Tenant(), f.Account, f.ID)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var act, list, closing string
		if err := rows.Scan(&act, &list, &closing); err != nil {
			return nil, nil, err
		}
		for _, key := range (&Match{Entries: list}).entries() {
			switch {
			case Act(act) != Next:
				taken[key] = true
			case closing < f.Day:
				carried[key] = true
			default:
				taken[key] = true // a later statement says the same of an entry of its own
			}
		}
	}
	return taken, carried, rows.Err()
}

// load reads the entries that may belong to the statement: those of the account,
// those that were left to it, and spending from other accounts.
func (s *Service) load(ctx context.Context, tx *store.Tx, b *Board, p span, carried map[id.ID]bool) error {
	from, until := p.from.AddDate(0, 0, -around).Format(time.DateOnly), p.until.AddDate(0, 0, around).Format(time.DateOnly)
	for _, q := range []cash.Query{{Account: b.Account.ID, From: from, Until: until}, {Kind: cash.Out, Currency: b.File.Currency, From: from, Until: until}} {
		q.Limit, q.Asc = 500, true
		for range 20 {
			lines, next, err := s.Cash.List(ctx, tx, b.view, q)
			if err != nil {
				return err
			}
			for _, l := range lines {
				b.entries[l.ID] = l
			}
			if q.Cursor = next; next == "" {
				break
			}
		}
	}
	for key := range carried {
		if err := s.loadOne(ctx, tx, b, key); err != nil {
			return err
		}
	}
	return nil
}

// loadOne reads one entry, if it is there and seen.
func (s *Service) loadOne(ctx context.Context, tx *store.Tx, b *Board, key id.ID) error {
	if _, ok := b.entries[key]; ok {
		return nil
	}
	l, err := s.Cash.Line(ctx, tx, b.view, key)
	if fault.Is(err, fault.NotFound) || store.Closed(err) {
		return nil
	}
	if err == nil {
		b.entries[key] = l
	}
	return err
}

// decided puts rows and entries to the decisions that stand.
func (s *Service) decided(ctx context.Context, tx *store.Tx, b *Board, all []Match) error {
	for _, m := range all {
		if !m.UndoneAt.IsZero() {
			b.undone = append(b.undone, m)
			continue
		}
		d := Decision{Match: m, Difference: b.File.amount(0)}
		for _, n := range m.lines() {
			if r := b.row(n); r != nil {
				d.Rows = append(d.Rows, *r)
				d.Difference.Minor += r.Minor
			}
		}
		for _, key := range m.entries() {
			if err := s.loadOne(ctx, tx, b, key); err != nil {
				return err
			}
			if l, ok := b.entries[key]; ok {
				d.Entries = append(d.Entries, l)
				d.Difference.Minor -= b.spent(l)
			}
		}
		switch m.Act {
		case Next, Dropped:
			d.Difference.Minor = 0
		default:
			d.Changed = d.Difference.Minor != m.Minor
		}
		b.Decided = append(b.Decided, d)
	}
	return nil
}

func (b *Board) row(n int64) *Row {
	i := slices.IndexFunc(b.Rows, func(r Row) bool { return r.Line == n })
	if i < 0 {
		return nil
	}
	return &b.Rows[i]
}

// spent is what an entry adds to what is owed on the card; 0 for one that was
// taken back or lies on another account.
func (b *Board) spent(l cash.Line) int64 {
	switch {
	case l.State != cash.Booked:
	case l.Kind == cash.Transfer && l.To == b.Account.ID:
		return -l.ToMinor
	case l.Account != b.Account.ID:
	case l.Kind == cash.In:
		return -l.Minor
	case l.Kind == cash.Out, l.Kind == cash.Transfer:
		return l.Minor
	}
	return 0
}

// keyOf names a proposal.
func keyOf(rows []Row, entries []cash.Line) string {
	var b strings.Builder
	for i, r := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprint(&b, r.Line)
	}
	b.WriteByte(':')
	for i, e := range entries {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(e.ID.String())
	}
	return b.String()
}

// guess says what a row would be booked as.
func (s *Service) guess(r Row, why reconcile.Why) Lack {
	l := Lack{Row: r, Why: why, Kind: cash.Out, Shop: shopOf(r.Text.Reveal())}
	if r.Minor < 0 {
		l.Kind = cash.In
	}
	switch {
	case r.Type == statement.Payment, r.Type == statement.Cash, r.Type == statement.Transfer:
		l.Kind, l.Other, l.Category = cash.Transfer, true, "transfer"
	case l.Kind == cash.In:
		l.Category = "refund"
	case r.Type == statement.Fee, r.Type == statement.Interest:
		l.Category = "fee"
	default:
		l.Category = s.Cash.Guess(cash.Out, r.Text.Reveal(), "")
	}
	return l
}
