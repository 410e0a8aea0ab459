package report

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
)

// All is the category of a budget for everything that goes out.
const All = "all"

// Fee is the category of fees, as the ledger books them apart.
const Fee = "fee"

// Budget is what a person wants to spend in a category a month, from Month on,
// or in that month alone. Nought ends an earlier one.
type Budget struct {
	store.Row `table:"budgets" subject:"subject"`
	Subject   id.Subject     `data:"none"`
	Category  string         `data:"budget.amount"`
	Currency  money.Currency `data:"budget.amount"`
	Month     string         `data:"budget.amount"` // "2026-11"
	Once      bool           `data:"none"`          // in that month alone
	Minor     int64          `data:"budget.amount"`
	CreatedAt clock.Instant  `data:"none"`
}

// Tables are what the package stores.
func Tables() store.Set { return store.Set{Module: "budget", Rows: []any{Budget{}}} }

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the table, and the index that reports read.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

//go:embed i18n/*.json
var texts embed.FS

// Texts are the package's sentences in both languages.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
