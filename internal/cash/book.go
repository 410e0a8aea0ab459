package cash

import (
	"context"
	"strconv"
	"strings"

	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/store"
)

// post brings the books to what the row says: its entry is booked, or the one that
// was is replaced. reason is a message key, for corrections.
func (s *Service) post(ctx context.Context, tx *store.Tx, v View, e *Entry, reason string) error {
	in, err := s.lines(ctx, tx, e)
	if err != nil {
		return err
	}
	next := ledger.Entry{Source: "cash:" + e.ID.String() + ":" + strconv.FormatInt(e.Revision, 10), Subject: e.Subject, At: e.At, Zone: v.Zone, Lines: in}
	if e.Booked.IsZero() {
		e.Booked, _, err = ledger.Post(ctx, tx, next)
		return err
	}
	_, e.Booked, err = ledger.Correct(ctx, tx, e.Booked, reason, next)
	return err
}

// lines are the entry's postings.
func (s *Service) lines(ctx context.Context, tx *store.Tx, e *Entry) ([]ledger.Line, error) {
	own, err := books(ctx, tx, e.Account)
	if err != nil {
		return nil, err
	}
	line := func(account id.ID, minor int64, c money.Currency) ledger.Line {
		return ledger.Line{Account: account, Amount: money.Amount{Minor: minor, Currency: c}}
	}
	pair := func(kind ledger.Kind, code string, minor int64, c money.Currency, account id.ID) ([]ledger.Line, error) {
		other, err := s.plain(ctx, tx, e, kind, code, c)
		return []ledger.Line{line(other, -minor, c), line(account, minor, c)}, err
	}
	switch e.Kind {
	case In:
		return pair(ledger.Income, "income."+e.Category, e.Minor, e.Currency, own.ledger)
	case Opening:
		minor := e.Minor
		if own.kind == Card {
			minor = -minor
		}
		return pair(ledger.Equity, "opening", minor, e.Currency, own.ledger)
	case Transfer:
		to, err := books(ctx, tx, e.To)
		if err != nil {
			return nil, err
		}
		if e.Currency == e.ToCurrency {
			return []ledger.Line{line(own.ledger, -e.Minor, e.Currency), line(to.ledger, e.Minor, e.Currency)}, nil
		}
		gone, err := pair(ledger.Equity, "exchange", -e.Minor, e.Currency, own.ledger)
		if err != nil {
			return nil, err
		}
		came, err := pair(ledger.Equity, "exchange", e.ToMinor, e.ToCurrency, to.ledger)
		return append(gone, came...), err
	}
	return pair(ledger.Expense, "expense."+e.Category, -e.Minor, e.Currency, own.ledger)
}

// booksOf is what posting needs of an account; its name stays sealed.
type booksOf struct {
	kind   AccountKind
	ledger id.ID
}

func books(ctx context.Context, tx *store.Tx, account id.ID) (b booksOf, err error) {
	err = tx.QueryRow(ctx, "SELECT kind, ledger_id FROM cash_accounts WHERE tenant_id = $1 AND id = $2", []any{tx.Tenant(), account}, &b.kind, &b.ledger)
	return b, err
}

// ownCode begins the codes of accounts that count private entries: those of one
// person, so that sums of the others can leave them out.
const ownCode = "own."

func (s *Service) plain(ctx context.Context, tx *store.Tx, e *Entry, kind ledger.Kind, code string, c money.Currency) (id.ID, error) {
	n := ledger.NewAccount{Code: code + "." + string(c), Kind: kind, Currency: c}
	if e.Private {
		n.Code, n.Owner = ownCode+e.Subject.String()+"."+n.Code, e.Subject
	}
	return ledger.Ensure(ctx, tx, n)
}

// meaning takes a code apart: whose sums they are (zero: everybody's), the kind of
// entries, their category. ok is false for codes that count no spending or income.
func meaning(code string) (owner id.Subject, kind Kind, category string, ok bool) {
	if rest, own := strings.CutPrefix(code, ownCode); own {
		who, tail, _ := strings.Cut(rest, ".")
		parsed, err := id.ParseSubject(who)
		if err != nil {
			return owner, "", "", false
		}
		owner, code = parsed, tail
	}
	what, rest, _ := strings.Cut(code, ".")
	category, _, found := strings.Cut(rest, ".")
	switch {
	case !found:
		return owner, "", "", false
	case what == "expense":
		return owner, Out, category, true
	case what == "income":
		return owner, In, category, true
	}
	return owner, "", "", false
}
