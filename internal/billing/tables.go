package billing

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Party is a debtor: whoever invoices are made out to. It goes with the person
// whose it is.
type Party struct {
	store.Row `table:"billing_parties" subject:"subject" clock:"fiscal_year.ended:year_ends"`
	Subject   id.Subject `data:"none"`
	// Ref says what the party stands for, unique with the issuer, such as
	// "workspace:<id>" or "pupil:<id>".
	Ref string `data:"none"`
	// Number counts the issuer's debtors; virtual accounts end in it.
	Number  int64      `data:"billing.record"`
	Name    vault.Text `data:"billing.record"`
	Address vault.Text `data:"billing.record"`
	TaxID   vault.Text `data:"billing.record"`
	// YearEnds is the end of the fiscal year of the last invoice.
	YearEnds  clock.Instant `data:"billing.record"`
	CreatedAt clock.Instant `data:"none"`
}

// Invoice is an invoice or a credit note. Its own columns say what the books
// need and stay when the debtor goes; what was printed lies in its paper.
type Invoice struct {
	store.Row `table:"invoices" subject:"debtor" clock:"fiscal_year.ended:year_ends" erase:"free"`
	Debtor    id.Subject `data:"none"`
	Party     id.ID      `db:"party_id" data:"none"`
	Kind      Kind       `data:"billing.record"`
	Number    string     `data:"billing.record"`
	// About names what is charged and makes it once: unique with the issuer.
	About string `data:"none"`
	// Credits is the invoice that a credit note takes back.
	Credits  id.ID          `db:"credits_id" data:"none"`
	State    State          `data:"billing.record"`
	Net      int64          `data:"billing.record"`
	Tax      int64          `data:"billing.record"`
	Total    int64          `data:"billing.record"`
	Settled  int64          `data:"billing.record"` // paid and credited
	Currency money.Currency `data:"billing.record"`
	Reason   vault.Text     `data:"billing.record"` // the staff's, for what was taken back
	IssuedAt clock.Instant  `data:"billing.record"`
	DueAt    clock.Instant  `data:"billing.record"`
	PaidAt   clock.Instant  `data:"billing.record"`
	VoidAt   clock.Instant  `data:"billing.record"`
	YearEnds clock.Instant  `data:"billing.record"`
}

// Line is one line of an invoice.
type Line struct {
	store.Row `table:"invoice_lines" subject:"debtor" clock:"fiscal_year.ended:year_ends" erase:"free"`
	Debtor    id.Subject `data:"none"`
	Invoice   id.ID      `db:"invoice_id" data:"none"`
	Pos       int64      `data:"none"`
	// Code is the product's word for what is charged; nothing that a person wrote.
	Code     string        `data:"billing.record"`
	TextID   vault.Text    `data:"billing.record"`
	TextEN   vault.Text    `data:"billing.record"`
	Quantity int64         `data:"billing.record"` // thousandths
	Unit     int64         `data:"billing.record"`
	Discount int64         `data:"billing.record"`
	Net      int64         `data:"billing.record"`
	TaxCode  string        `data:"billing.record"` // with its date of force
	YearEnds clock.Instant `data:"billing.record"`
}

// paperRow is an invoice as it was issued, sealed with the issuer's own key: it
// names the debtor because the law asks it of books, and opens after the debtor's
// key is gone.
type paperRow struct {
	store.Row `table:"invoice_papers" subject:"-" clock:"fiscal_year.ended:year_ends"`
	Invoice   id.ID         `db:"invoice_id" data:"none"`
	Document  vault.Text    `data:"billing.record"`
	YearEnds  clock.Instant `data:"billing.record"`
}

// Move is one line of the books: an amount from one account to another. Moves are
// added and never changed.
type Move struct {
	store.Row `table:"billing_moves" subject:"debtor" clock:"fiscal_year.ended:year_ends" erase:"free"`
	Debtor    id.Subject     `data:"none"`
	Party     id.ID          `db:"party_id" data:"none"`
	Invoice   id.ID          `db:"invoice_id" data:"none"`
	Payment   id.ID          `db:"payment_id" data:"none"`
	Source    string         `data:"none"` // what caused it, unique with the issuer
	Debit     Account        `data:"billing.record"`
	Credit    Account        `data:"billing.record"`
	Minor     int64          `data:"billing.record"` // above nought
	Currency  money.Currency `data:"billing.record"`
	At        clock.Instant  `data:"billing.record"`
	YearEnds  clock.Instant  `data:"billing.record"`
}

// Payment is money that came in, or a claim that it did.
type Payment struct {
	store.Row `table:"billing_payments" subject:"debtor" clock:"fiscal_year.ended:year_ends" erase:"free"`
	Debtor    id.Subject   `data:"none"`
	Party     id.ID        `db:"party_id" data:"none"`
	Invoice   id.ID        `db:"invoice_id" data:"none"`
	Provider  string       `data:"billing.record"`
	Reference string       `data:"billing.record"` // the provider's, unique with the provider
	State     PaymentState `data:"billing.record"`
	// Flag is why staff should look: a key, or "".
	Flag     string         `data:"none"`
	Minor    int64          `data:"billing.record"`
	Currency money.Currency `data:"billing.record"`
	// Proof is what the person sent; it goes with the person.
	Proof     vault.FileID  `data:"billing.record"`
	ProofType string        `data:"none"`
	Note      vault.Text    `data:"billing.record"` // the person's
	Reason    vault.Text    `data:"billing.record"` // the staff's
	At        clock.Instant `data:"billing.record"`
	DecidedAt clock.Instant `data:"billing.record"`
	YearEnds  clock.Instant `data:"billing.record"`
}

// Charge is a means of paying that a provider was asked for. Its id is the order
// that the provider names in its callbacks.
type Charge struct {
	store.Row `table:"billing_charges" subject:"debtor" clock:"fiscal_year.ended:year_ends" erase:"free"`
	Debtor    id.Subject     `data:"none"`
	Invoice   id.ID          `db:"invoice_id" data:"none"`
	Provider  string         `data:"billing.record"`
	State     ChargeState    `data:"billing.record"`
	Minor     int64          `data:"billing.record"`
	Currency  money.Currency `data:"billing.record"`
	Foreign   string         `db:"foreign_id" data:"billing.record"` // the provider's id
	QR        string         `data:"billing.record"`
	Bank      string         `data:"billing.record"`
	Account   string         `data:"billing.record"` // the virtual account's number
	Page      string         `data:"billing.record"` // the provider's own page
	CreatedAt clock.Instant  `data:"billing.record"`
	ExpiresAt clock.Instant  `data:"billing.record"`
	YearEnds  clock.Instant  `data:"billing.record"`
}

// counterRow counts numbers up without a gap: invoices a year, debtors for ever.
type counterRow struct {
	store.Row `table:"billing_counters" subject:"-"`
	Series    string `data:"none"`
	Year      int64  `data:"none"`
	Last      int64  `data:"none" db:"last_number"`
}

// hookRow counts callbacks a day by what became of them, without their content.
type hookRow struct {
	store.Row `table:"billing_hooks" subject:"-" clock:"created:created_at"`
	Provider  string        `data:"none"`
	Day       string        `data:"activity.log"`
	Outcome   string        `data:"activity.log"`
	Count     int64         `data:"none" db:"count_of"`
	CreatedAt clock.Instant `data:"none"`
}

// Subscription says which plan a workspace has.
type Subscription struct {
	store.Row `table:"billing_subscriptions" subject:"payer" clock:"fiscal_year.ended:year_ends"`
	Payer     id.Subject `data:"none"`
	Workspace id.Tenant  `db:"workspace_id" data:"none"`
	Plan      string     `data:"billing.record"`
	// Next is the plan of the next period.
	Next string `db:"next_plan" data:"billing.record"`
	// Trial says that the running period costs nothing; Tried that there was one.
	Trial  bool          `data:"billing.record"`
	Tried  bool          `data:"billing.record"`
	From   clock.Instant `db:"from_at" data:"billing.record"`
	Until  clock.Instant `db:"until_at" data:"billing.record"` // zero: no end
	Rounds int64         `data:"none"`                         // invoices made so far
	// YearEnds is zero: the row goes with the payer.
	YearEnds clock.Instant `data:"billing.record"`
}

// usageRow counts what a workspace used in a month; it lies in the workspace.
type usageRow struct {
	store.Row `table:"billing_usage" subject:"-" clock:"created:created_at"`
	Month     string        `data:"activity.log"`
	What      string        `data:"activity.log"`
	Used      int64         `data:"activity.log"`
	CreatedAt clock.Instant `data:"none"`
}

// Tables are what the module stores.
func Tables() store.Set {
	return store.Set{Module: "billing", Rows: []any{Party{}, Invoice{}, Line{}, paperRow{}, Move{}, Payment{}, Charge{}, counterRow{}, hookRow{}, Subscription{}, usageRow{}}}
}

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the tables.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

//go:embed i18n/*.json
var texts embed.FS

// Texts are the module's sentences, for i18n.New.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
