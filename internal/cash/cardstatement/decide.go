package cardstatement

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"amanah/internal/cash"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// decide lets f decide about a statement, in one transaction that holds all
// statements of its account: two people do not decide about one entry at once.
// The statement's state follows.
func (s *Service) decide(ctx context.Context, sc store.Scope, who id.Subject, key id.ID, f func(tx *store.Tx, b *Board) error) error {
	return s.db.Write(ctx, sc, func(tx *store.Tx) error {
		v, err := s.Cash.View(ctx, tx, who)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE statement_files SET revision = revision + 1 WHERE tenant_id = $1 AND (id = $2
			OR account_id IN (SELECT account_id FROM statement_files WHERE tenant_id = $1 AND id = $2))`, tx.Tenant(), key); err != nil {
			return err
		}
		b, err := s.Board(ctx, tx, v, key)
		switch {
		case err != nil:
			return err
		case !v.Write:
			return fault.New(fault.Forbidden, "cardstatement.decide", "cash.forbidden")
		case b.Account == nil:
			return fault.New(fault.Conflict, "cardstatement.decide", "cardstatement.account.first")
		}
		if err := f(tx, b); err != nil {
			return err
		}
		return s.follow(ctx, tx, v, key)
	})
}

// follow sets the state that the decisions make.
func (s *Service) follow(ctx context.Context, tx *store.Tx, v cash.View, key id.ID) error {
	b, err := s.Board(ctx, tx, v, key)
	if err != nil {
		return err
	}
	state := Open
	if b.Proof.Open == 0 {
		state = Settled
	}
	if state == b.File.State {
		return nil
	}
	_, err = tx.Exec(ctx, "UPDATE statement_files SET state = $1, ended_at = $2 WHERE tenant_id = $3 AND id = $4", string(state), tx.Now(), tx.Tenant(), key)
	return err
}

// note writes a decision down.
func (s *Service) note(ctx context.Context, tx *store.Tx, b *Board, act Act, rows []Row, entries []id.ID, minor int64, was []before) error {
	m := &Match{Subject: b.File.Subject, Decider: b.view.Subject, Statement: b.File.ID, Act: act, Minor: minor, DecidedAt: tx.Now()}
	var lines, keys []string
	for _, r := range rows {
		lines = append(lines, strconv.FormatInt(r.Line, 10))
	}
	for _, k := range entries {
		keys = append(keys, k.String())
	}
	m.Lines, m.Entries = strings.Join(lines, ","), strings.Join(keys, ",")
	if len(was) > 0 {
		text, err := json.Marshal(was)
		if err != nil {
			return err
		}
		m.Was = vault.Seal(string(text))
	}
	return store.Insert(ctx, tx, m)
}

// changed says that what a person decided about is not there any more.
func changed(op string) error { return fault.New(fault.Conflict, op, "cardstatement.changed") }

// Accept decides that proposals are right, each named by its key as it was shown.
// One that is not proposed any more is left; fault Conflict where none is.
func (s *Service) Accept(ctx context.Context, sc store.Scope, who id.Subject, key id.ID, proposals []string) error {
	const op = "cardstatement.Accept"
	return fault.Wrap(op, s.decide(ctx, sc, who, key, func(tx *store.Tx, b *Board) error {
		n := 0
		for _, p := range slices.Concat(b.Sure, b.Doubtful, b.Elsewhere) {
			if !slices.Contains(proposals, p.Key) {
				continue
			}
			n++
			if err := s.accept(ctx, tx, b, p); err != nil {
				return err
			}
		}
		if n == 0 {
			return changed(op)
		}
		return nil
	}))
}

func (s *Service) accept(ctx context.Context, tx *store.Tx, b *Board, p Proposal) error {
	var keys []id.ID
	var was []before
	for _, l := range p.Entries {
		keys = append(keys, l.ID)
		if p.Act == Moved {
			was = append(was, before{l.ID, l.Minor, l.Account})
			if err := s.correct(ctx, tx, b, l.ID, func(n *cash.NewEntry) { n.Account = b.Account.ID }); err != nil {
				return err
			}
		}
	}
	return s.note(ctx, tx, b, p.Act, p.Rows, keys, p.Difference.Minor, was)
}

func (s *Service) correct(ctx context.Context, tx *store.Tx, b *Board, key id.ID, change func(*cash.NewEntry)) error {
	return books(ctx, tx, func() error {
		_, err := s.Cash.Correct(ctx, tx, b.view, key, cash.AnyRevision, change)
		return err
	})
}

// Entering is how a missing row is booked.
type Entering struct {
	Line     int64
	Category string // "": as guessed
	Shop     string // "": as guessed
	// Other is the account at the other end of a payment or of cash that was taken out.
	Other id.ID
}

// Book enters rows that the books lack, each once. Faults: Conflict where a row is
// not missing any more; those of cash.Enter, such as Invalid on "other".
func (s *Service) Book(ctx context.Context, sc store.Scope, who id.Subject, key id.ID, rows []Entering) error {
	const op = "cardstatement.Book"
	return fault.Wrap(op, s.decide(ctx, sc, who, key, func(tx *store.Tx, b *Board) error {
		n := 0
		for _, r := range rows {
			i := slices.IndexFunc(b.Missing, func(l Lack) bool { return l.Row.Line == r.Line })
			if i < 0 {
				continue
			}
			n++
			if err := s.enter(ctx, tx, b, b.Missing[i], r); err != nil {
				return err
			}
		}
		if n == 0 {
			return changed(op)
		}
		return nil
	}))
}

func (s *Service) enter(ctx context.Context, tx *store.Tx, b *Board, l Lack, r Entering) error {
	zone := b.view.Zone
	if zone == nil {
		zone = clock.WIB
	}
	y, m, d := date(l.Row.Day).Date()
	at := time.Date(y, m, d, 12, 0, 0, 0, zone) // noon: the day stays the day
	n := cash.NewEntry{Kind: l.Kind, Amount: l.Row.Amount().Abs(), At: at, Account: b.Account.ID, Category: l.Category, Merchant: l.Shop, Source: "statement:" + l.Row.ID.String(), Way: cash.ByStatement}
	if r.Category != "" && !l.Other {
		n.Category = r.Category
	}
	if r.Shop != "" {
		n.Merchant = r.Shop
	}
	if l.Other {
		if r.Other.IsZero() {
			return fault.New(fault.Invalid, "cardstatement.enter", "cardstatement.other.missing").On("other")
		}
		n.Category, n.Merchant, n.To = "", "", r.Other
		if l.Row.Minor < 0 { // the bill was paid
			n.Account, n.To = r.Other, b.Account.ID
		}
	}
	var e *cash.Entry
	err := books(ctx, tx, func() (err error) {
		var fresh bool
		if e, fresh, err = s.Cash.Enter(ctx, tx, b.view, n); err == nil && !fresh && e.State == cash.Undone {
			e, err = s.Cash.Restore(ctx, tx, b.view, e.ID) // it was booked and taken back before
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.note(ctx, tx, b, Booked, []Row{l.Row}, []id.ID{e.ID}, 0, nil)
}

// Settle decides about a join of different amounts: with take the entry gets the
// statement's amount, otherwise it keeps its own and the difference stands.
func (s *Service) Settle(ctx context.Context, sc store.Scope, who id.Subject, key id.ID, proposal string, take bool) error {
	const op = "cardstatement.Settle"
	return fault.Wrap(op, s.decide(ctx, sc, who, key, func(tx *store.Tx, b *Board) error {
		i := slices.IndexFunc(b.Differing, func(p Proposal) bool { return p.Key == proposal })
		if i < 0 || len(b.Differing[i].Entries) != 1 {
			return changed(op)
		}
		p := b.Differing[i]
		e := p.Entries[0]
		if !take {
			return s.note(ctx, tx, b, Stays, p.Rows, []id.ID{e.ID}, p.Difference.Minor, nil)
		}
		to := money.Amount{Currency: e.Currency}
		for _, r := range p.Rows {
			to.Minor += r.Minor
		}
		if err := s.correct(ctx, tx, b, e.ID, func(n *cash.NewEntry) { setAmount(n, to.Abs()) }); err != nil {
			return err
		}
		return s.note(ctx, tx, b, Took, p.Rows, []id.ID{e.ID}, 0, []before{{e.ID, e.Minor, e.Account}})
	}))
}

// setAmount changes what an entry moved; shares grow and shrink with it.
func setAmount(n *cash.NewEntry, to money.Amount) {
	was := n.Amount.Minor
	n.Amount, n.Arrived = to, money.Amount{}
	left := to.Minor
	for i := range n.Shares {
		part := n.Shares[i].Minor * to.Minor / was
		if i == len(n.Shares)-1 {
			part = left
		}
		n.Shares[i].Minor = part
		left -= part
	}
}

// Leave decides about an entry that the statement lacks: it belongs to the next
// one, or with drop it is taken back, such as one that was entered twice.
func (s *Service) Leave(ctx context.Context, sc store.Scope, who id.Subject, key, entry id.ID, drop bool) error {
	const op = "cardstatement.Leave"
	return fault.Wrap(op, s.decide(ctx, sc, who, key, func(tx *store.Tx, b *Board) error {
		if !slices.ContainsFunc(b.Extra, func(x Surplus) bool { return x.Entry.ID == entry }) {
			return changed(op)
		}
		if !drop {
			return s.note(ctx, tx, b, Next, nil, []id.ID{entry}, 0, nil)
		}
		if err := books(ctx, tx, func() error { _, err := s.Cash.Undo(ctx, tx, b.view, entry); return err }); err != nil {
			return err
		}
		return s.note(ctx, tx, b, Dropped, nil, []id.ID{entry}, 0, nil)
	}))
}

// Join joins rows and entries by hand: one and one, one and several, several and
// one, several and several. Faults: Invalid on "join" where nothing is chosen or
// the sums differ; Conflict where something was decided meanwhile.
func (s *Service) Join(ctx context.Context, sc store.Scope, who id.Subject, key id.ID, lines []int64, entries []id.ID) error {
	const op = "cardstatement.Join"
	return fault.Wrap(op, s.decide(ctx, sc, who, key, func(tx *store.Tx, b *Board) error {
		rows, surplus := b.OpenRows(), b.OpenEntries()
		var mine []Row
		left := int64(0)
		for _, n := range lines {
			i := slices.IndexFunc(rows, func(r Row) bool { return r.Line == n })
			if i < 0 || slices.ContainsFunc(mine, func(r Row) bool { return r.Line == n }) {
				return changed(op)
			}
			mine = append(mine, rows[i])
			left += rows[i].Minor
		}
		var keys []id.ID
		for _, k := range entries {
			i := slices.IndexFunc(surplus, func(l cash.Line) bool { return l.ID == k })
			if i < 0 || slices.Contains(keys, k) {
				return changed(op)
			}
			keys = append(keys, k)
			left -= b.spent(surplus[i])
		}
		switch {
		case len(mine) == 0 || len(keys) == 0 && len(mine) < 2:
			return fault.New(fault.Invalid, op, "cardstatement.join.none").On("join")
		case left != 0:
			return fault.New(fault.Invalid, op, "cardstatement.join.differs").With("amount", b.File.amount(left)).On("join")
		case len(keys) == 0:
			return s.note(ctx, tx, b, Cancelled, mine, nil, 0, nil)
		}
		return s.note(ctx, tx, b, Joined, mine, keys, 0, nil)
	}))
}

// OpenRows are the rows that nobody decided about.
func (b *Board) OpenRows() (out []Row) {
	for _, r := range b.Rows {
		if !slices.ContainsFunc(b.Decided, func(d Decision) bool { return slices.Contains(d.lines(), r.Line) }) {
			out = append(out, r)
		}
	}
	return out
}

// OpenEntries are the card's entries that are proposed or left over.
func (b *Board) OpenEntries() (out []cash.Line) {
	for _, list := range [][]Proposal{b.Sure, b.Doubtful, b.Differing} {
		for _, p := range list {
			out = append(out, p.Entries...)
		}
	}
	for _, x := range b.Extra {
		out = append(out, x.Entry)
	}
	return out
}
