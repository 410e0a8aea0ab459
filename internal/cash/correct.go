package cash

import (
	"context"
	"encoding/json"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// The acts of an entry's history.
const (
	ActCorrected = "corrected"
	ActSplit     = "split"
	ActUndone    = "undone"
	ActRestored  = "restored"
)

// Before is what an entry was before a change.
type Before struct {
	Kind      Kind           `json:"kind"`
	Minor     int64          `json:"minor"`
	Currency  money.Currency `json:"currency"`
	ToMinor   int64          `json:"to_minor,omitempty"`
	ToCurr    money.Currency `json:"to_currency,omitempty"`
	At        clock.Instant  `json:"at"`
	Timed     bool           `json:"timed,omitempty"`
	Account   id.ID          `json:"account"`
	To        id.ID          `json:"to,omitzero"`
	Category  string         `json:"category"`
	Merchant  string         `json:"merchant,omitempty"`
	Note      string         `json:"note,omitempty"`
	Private   bool           `json:"private,omitempty"`
	State     State          `json:"state"`
	Shares    []Share        `json:"shares,omitempty"`
	ItemCount int            `json:"items,omitempty"`
}

// AnyRevision lets Correct change an entry whatever it was.
const AnyRevision = -1

// Correct changes an entry: change gets what it is and makes of it what it should
// be. revision is the one that the person saw, or AnyRevision; fault Conflict if it
// changed since. Items are replaced where change touched them (nil: left).
func (s *Service) Correct(ctx context.Context, tx *store.Tx, v View, key id.ID, revision int64, change func(*NewEntry)) (*Entry, error) {
	const op = "cash.Correct"
	e, err := s.changeable(ctx, tx, v, key, revision)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	if e.State != Booked {
		return nil, fault.New(fault.Conflict, op, "cash.undone")
	}
	before, err := s.before(ctx, tx, e)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	n := before.entry()
	change(&n)
	if e.Kind == Opening && n.Kind != Opening || e.Kind != Opening && n.Kind == Opening {
		return nil, fault.New(fault.Invalid, op, "cash.kind_unknown").On("kind")
	}
	if err := s.fill(ctx, tx, v, e, n); err != nil {
		return nil, fault.Wrap(op, err)
	}
	e.Revision++
	if err := s.post(ctx, tx, v, e, "cash.reason.corrected"); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if err := store.Update(ctx, tx, e); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if n.Items != nil {
		if err := s.putItems(ctx, tx, e, n.Items); err != nil {
			return nil, fault.Wrap(op, err)
		}
	}
	if err := s.putShares(ctx, tx, e, n.Shares); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if err := s.learn(ctx, tx, e, before); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if err := s.past(ctx, tx, v, e, ActCorrected, before); err != nil {
		return nil, fault.Wrap(op, err)
	}
	return e, fault.Wrap(op, s.changed(ctx, tx, e))
}

// Undo takes an entry back: it stays, and the books are as if it had not been.
// Doing it twice changes nothing.
func (s *Service) Undo(ctx context.Context, tx *store.Tx, v View, key id.ID) (*Entry, error) {
	return s.turn(ctx, tx, v, key, Undone, ActUndone, func(e *Entry) error {
		_, err := ledger.Reverse(ctx, tx, e.Booked, "cash.reason.undone")
		e.Booked = id.ID{}
		return err
	})
}

// Restore books an entry again that was taken back.
func (s *Service) Restore(ctx context.Context, tx *store.Tx, v View, key id.ID) (*Entry, error) {
	return s.turn(ctx, tx, v, key, Booked, ActRestored, func(e *Entry) error {
		e.Booked = id.ID{}
		return s.post(ctx, tx, v, e, "")
	})
}

func (s *Service) turn(ctx context.Context, tx *store.Tx, v View, key id.ID, to State, act string, books func(*Entry) error) (*Entry, error) {
	const op = "cash.turn"
	e, err := s.changeable(ctx, tx, v, key, AnyRevision)
	if err != nil || e.State == to {
		return e, fault.Wrap(op, err)
	}
	before, err := s.before(ctx, tx, e)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	e.Revision++
	e.State, e.ChangedAt = to, tx.Now()
	if err := books(e); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if err := store.Update(ctx, tx, e); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if err := s.past(ctx, tx, v, e, act, before); err != nil {
		return nil, fault.Wrap(op, err)
	}
	return e, fault.Wrap(op, s.changed(ctx, tx, e))
}

// changeable reads an entry for changing it. The update that changes nothing holds
// the row, so that two people do not change it at the same time.
func (s *Service) changeable(ctx context.Context, tx *store.Tx, v View, key id.ID, revision int64) (*Entry, error) {
	const op = "cash.changeable"
	if _, err := tx.Exec(ctx, "UPDATE cash_entries SET revision = revision WHERE tenant_id = $1 AND id = $2", tx.Tenant(), key); err != nil {
		return nil, err
	}
	e, err := s.Entry(ctx, tx, v, key)
	if err != nil {
		return nil, err
	}
	if !v.Changes(e.Subject, e.Private) {
		return nil, fault.New(fault.Forbidden, op, "cash.forbidden")
	}
	if revision != AnyRevision && revision != e.Revision {
		return nil, fault.New(fault.Conflict, op, "cash.changed_since")
	}
	return e, nil
}

// before is what an entry is now.
func (s *Service) before(ctx context.Context, tx *store.Tx, e *Entry) (Before, error) {
	b := Before{Kind: e.Kind, Minor: e.Minor, Currency: e.Currency, ToMinor: e.ToMinor, ToCurr: e.ToCurrency, At: e.At, Timed: e.Timed, Account: e.Account, To: e.To,
		Category: e.Category, Note: e.Note.Reveal(), Private: e.Private, State: e.State}
	if !e.Merchant.IsZero() {
		m, err := store.Get[Merchant](ctx, tx, e.Merchant)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return b, err
		}
		if err == nil {
			b.Merchant = m.Name.Reveal()
		}
	}
	shares, err := s.Shares(ctx, tx, e)
	b.Shares = shares
	return b, err
}

// entry is it as it would be entered.
func (b Before) entry() NewEntry {
	n := NewEntry{Kind: b.Kind, Amount: money.Amount{Minor: b.Minor, Currency: b.Currency}, At: b.At.Time(), Timed: b.Timed, Account: b.Account, To: b.To,
		Category: b.Category, Merchant: b.Merchant, Note: b.Note, Private: b.Private, Shares: b.Shares}
	if b.Kind == Transfer {
		n.Arrived = money.Amount{Minor: b.ToMinor, Currency: b.ToCurr}
	}
	return n
}

func (s *Service) past(ctx context.Context, tx *store.Tx, v View, e *Entry, act string, b Before) error {
	text, err := json.Marshal(b)
	if err != nil {
		return err
	}
	return store.Insert(ctx, tx, &Past{Subject: e.Subject, Editor: v.Subject, Entry: e.ID, Act: act, Revision: e.Revision, Before: vault.Seal(string(text)), At: tx.Now()})
}

// Change is one step of an entry's history.
type Change struct {
	Editor id.Subject
	Act    string
	At     clock.Instant
	Before Before
}

// History is what an entry was before each of its changes, the latest first.
func (s *Service) History(ctx context.Context, tx *store.Tx, v View, key id.ID) ([]Change, error) {
	const op = "cash.History"
	if _, err := s.Entry(ctx, tx, v, key); err != nil {
		return nil, fault.Wrap(op, err)
	}
	rows, err := store.FindOpen[Past](ctx, tx, "WHERE tenant_id = $1 AND entry_id = $2 ORDER BY at DESC, id DESC LIMIT 100", tx.Tenant(), key)
	out := make([]Change, 0, len(rows))
	for _, r := range rows {
		c := Change{Editor: r.Editor, Act: r.Act, At: r.At}
		if e := json.Unmarshal([]byte(r.Before.Reveal()), &c.Before); e == nil {
			out = append(out, c)
		}
	}
	return out, fault.Wrap(op, err)
}
