package plan

import (
	"embed"
	"io/fs"

	"amanah/internal/cash"
	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Budget is what a family wants to spend in a category a month, from Month on, or
// in that month alone. Nought ends an earlier one.
type Budget struct {
	store.Row `table:"cash_budgets" subject:"subject"`
	Subject   id.Subject     `data:"none"`
	Category  string         `data:"transaction.category"` // All, a built-in key, or the id of an own one
	Currency  money.Currency `data:"transaction.amount"`
	Month     string         `data:"transaction.time"` // "2026-11"
	Once      bool           `data:"none"`
	// Carry takes what is left over, or was spent too much, into the next month.
	Carry     bool          `data:"none"`
	Minor     int64         `data:"transaction.amount"`
	CreatedAt clock.Instant `data:"none"`
}

// Goal is what money is put aside for.
type Goal struct {
	store.Row `table:"cash_goals" subject:"subject"`
	Subject   id.Subject     `data:"none"`
	Name      vault.Text     `data:"receipt.note"`
	Minor     int64          `data:"transaction.amount"`
	Currency  money.Currency `data:"transaction.amount"`
	Due       string         `data:"transaction.time"` // a day; "" for none
	// Shared goals are the family's; others are seen by Subject alone.
	Shared    bool          `data:"none"`
	EndedAt   clock.Instant `data:"none"`
	CreatedAt clock.Instant `data:"none"`
}

// Step is what was put aside for a goal, or taken from it again (negative).
type Step struct {
	store.Row `table:"cash_goal_steps" subject:"subject"`
	Subject   id.Subject     `data:"none"`
	Goal      id.ID          `db:"goal_id" data:"none"`
	Minor     int64          `data:"transaction.amount"`
	Currency  money.Currency `data:"transaction.amount"`
	Day       string         `data:"transaction.time"`
	CreatedAt clock.Instant  `data:"none"`
}

// Repeat is an entry that comes again and again.
type Repeat struct {
	store.Row `table:"cash_repeats" subject:"subject"`
	Subject   id.Subject     `data:"none"` // who entered it, and whose entries are made
	Kind      cash.Kind      `data:"transaction.amount"`
	Minor     int64          `data:"transaction.amount"`
	Currency  money.Currency `data:"transaction.amount"`
	Account   id.ID          `db:"account_id" data:"transaction.account"`
	To        id.ID          `db:"to_id" data:"transaction.account"` // of a transfer
	Category  string         `data:"transaction.category"`
	Merchant  vault.Text     `data:"receipt.merchant"`
	Note      vault.Text     `data:"receipt.note"`
	Private   bool           `data:"none"`
	Every     Unit           `db:"unit" data:"transaction.time"`
	Step      int64          `data:"transaction.time"` // every so many of the unit
	First     string         `db:"first_day" data:"transaction.time"`
	Until     string         `db:"until_day" data:"transaction.time"` // included; "" for ever
	Next      string         `db:"next_day" data:"transaction.time"`  // the next date; "" when it is over
	// Asks: each date waits for a person, who may change the amount, in place of
	// being booked by itself.
	Asks      bool          `data:"none"`
	EndedAt   clock.Instant `data:"none"`
	CreatedAt clock.Instant `data:"none"`
}

// DueState is where a date of a recurring entry stands.
type DueState string

// A date waits for a person, or was booked, or was left out.
const (
	Waiting DueState = "waiting"
	Done    DueState = "booked"
	Skipped DueState = "skipped"
)

// Due is one date of a recurring entry; there is one for each date.
type Due struct {
	store.Row `table:"cash_repeat_dues" subject:"subject"`
	Subject   id.Subject    `data:"none"`
	Repeat    id.ID         `db:"repeat_id" data:"none"`
	Day       string        `data:"transaction.time"`
	State     DueState      `data:"none"`
	Entry     id.ID         `db:"entry_id" data:"none"`
	CreatedAt clock.Instant `data:"none"`
}

// Settlement is a payment of one member to another for what they owed.
type Settlement struct {
	store.Row `table:"cash_settlements" subject:"subject,receiver"`
	Subject   id.Subject     `data:"none"` // who paid
	Receiver  id.Subject     `data:"none"`
	Minor     int64          `data:"transaction.amount"`
	Currency  money.Currency `data:"transaction.amount"`
	Day       string         `data:"transaction.time"`
	CreatedAt clock.Instant  `data:"none"`
}

// Tables are what the package stores.
func Tables() store.Set {
	return store.Set{Module: "cashplan", Rows: []any{Budget{}, Goal{}, Step{}, Repeat{}, Due{}, Settlement{}}}
}

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the tables.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

//go:embed i18n/*.json
var texts embed.FS

// Texts are the package's sentences in both languages.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
