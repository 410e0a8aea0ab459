package ledger

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Account is one account of a tenant's books, in one currency. Debit and Credit
// are the sums of all its postings, both without sign.
type Account struct {
	store.Row `table:"ledger_accounts" subject:"owner"`
	Owner     id.Subject     `data:"none"`
	Kind      Kind           `data:"none"`
	Currency  money.Currency `data:"none"`
	// Code names the account for its module and is unique in the tenant, such as
	// "expense.food_drink.IDR". It holds nothing that a person wrote.
	Code      string        `data:"transaction.category"`
	Name      vault.Text    `data:"transaction.account"`
	Debit     int64         `data:"transaction.amount"`
	Credit    int64         `data:"transaction.amount"`
	CreatedAt clock.Instant `data:"none"`
}

// entryRow is an entry's head.
type entryRow struct {
	store.Row `table:"ledger_entries" subject:"subject" clock:"captured:created_at"`
	Subject   id.Subject    `data:"none"`
	Source    string        `data:"none"`
	At        clock.Instant `data:"transaction.time"`
	Month     string        `data:"transaction.time"`
	Day       string        `data:"transaction.time"`
	Reverses  id.ID         `data:"none"`
	Reason    string        `data:"none"`
	CreatedAt clock.Instant `data:"none"`
}

// postingRow is one line of an entry. The entry's date is repeated in it, so
// that an account's postings of a month lie beside each other.
type postingRow struct {
	store.Row `table:"ledger_postings" subject:"subject" clock:"captured:created_at"`
	Subject   id.Subject     `data:"none"`
	Entry     id.ID          `db:"entry_id" data:"none"`
	Account   id.ID          `db:"account_id" data:"none"`
	Line      int64          `data:"none"`
	Minor     int64          `data:"transaction.amount"`
	Currency  money.Currency `data:"transaction.amount"`
	At        clock.Instant  `data:"transaction.time"`
	Month     string         `data:"transaction.time"`
	CreatedAt clock.Instant  `data:"none"`
}

// monthRow is the sum of an account's postings of a month.
type monthRow struct {
	store.Row `table:"ledger_months" subject:"owner"`
	Owner     id.Subject `data:"none"`
	Account   id.ID      `db:"account_id" data:"none"`
	Month     string     `data:"transaction.time"`
	Debit     int64      `data:"transaction.amount"`
	Credit    int64      `data:"transaction.amount"`
	Postings  int64      `data:"none"`
}

// Tables are what the module stores.
func Tables() store.Set {
	return store.Set{Module: "ledger", Rows: []any{Account{}, entryRow{}, postingRow{}, monthRow{}}}
}

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the tables.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }
