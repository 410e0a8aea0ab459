package billing

import (
	"context"

	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
)

// Account is one account of the books.
type Account string

// The accounts. A debtor's balance is Receivable less Advance.
const (
	Receivable Account = "receivable" // what debtors owe
	Revenue    Account = "revenue"    // what was charged, without tax
	TaxOwed    Account = "tax"        // what goes on to the tax office
	Cash       Account = "cash"       // what came in
	Advance    Account = "advance"    // what debtors have paid beyond what they owe
)

// move is what one line of the books is about.
type move struct {
	inv     *Invoice
	payment id.ID
	source  string
	from    Account // credited
	to      Account // debited
	minor   int64
}

// post adds a line to the books; nothing for an amount of nought. A source that
// is booked already is not booked again.
func (s *Service) post(ctx context.Context, tx *store.Tx, m move) error {
	if m.minor == 0 {
		return nil
	}
	_, ends := fiscal(tx.Now(), s.FiscalYearBegins)
	row := &Move{Debtor: m.inv.Debtor, Party: m.inv.Party, Invoice: m.inv.ID, Payment: m.payment, Source: m.source, Debit: m.to, Credit: m.from,
		Minor: m.minor, Currency: m.inv.Currency, At: tx.Now(), YearEnds: ends}
	if m.minor < 0 {
		row.Minor, row.Debit, row.Credit = -m.minor, m.from, m.to
	}
	_, err := store.InsertOnce(ctx, tx, row, "tenant_id, source")
	return err
}

// Balance is what a debtor owes in a currency, by the books; less than nought is
// credit.
func Balance(ctx context.Context, tx *store.Tx, party id.ID, c money.Currency) (money.Amount, error) {
	owes, err := accountSum(ctx, tx, "party_id", party, c, Receivable)
	if err != nil {
		return money.Amount{}, err
	}
	has, err := accountSum(ctx, tx, "party_id", party, c, Advance)
	return money.Amount{Minor: owes + has, Currency: c}, err
}

// accountSum is debits less credits of an account, for a debtor or an invoice.
func accountSum(ctx context.Context, tx *store.Tx, column string, key id.ID, c money.Currency, a Account) (int64, error) {
	var sum int64
	err := tx.QueryRow(ctx, `SELECT CAST(COALESCE(SUM(CASE WHEN debit = $4 THEN minor ELSE 0 END), 0) - COALESCE(SUM(CASE WHEN credit = $4 THEN minor ELSE 0 END), 0) AS BIGINT)
		FROM billing_moves WHERE tenant_id = $1 AND `+column+` = $2 AND currency = $3`, []any{tx.Tenant(), key, string(c), string(a)}, &sum)
	return sum, err
}

// credit is what a debtor has paid beyond what they owe.
func credit(ctx context.Context, tx *store.Tx, party id.ID, c money.Currency) (int64, error) {
	sum, err := accountSum(ctx, tx, "party_id", party, c, Advance)
	return -sum, err
}
