package cash

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Module is the module of a notice that switches the product on.
const Module = "cash"

// The purposes that the product asks for.
const (
	Record   = "record"   // read receipts and keep the books
	Evidence = "evidence" // keep and show the picture of a receipt
	Others   = "others"   // people whose names stand on a receipt
)

// Account is where a family's money lies.
type Account struct {
	store.Row `table:"cash_accounts" subject:"subject"`
	Subject   id.Subject     `data:"none"` // who set it up
	Kind      AccountKind    `data:"transaction.account"`
	Name      vault.Text     `data:"transaction.account"`
	Currency  money.Currency `data:"transaction.account"`
	// Shared accounts are the family's; others are seen by Subject alone.
	Shared bool `data:"none"`
	// Ledger is the account of the books.
	Ledger     id.ID         `db:"ledger_id" data:"none"`
	ArchivedAt clock.Instant `data:"none"`
	CreatedAt  clock.Instant `data:"none"`
}

// Category is one that a family added to the built-in ones.
type Category struct {
	store.Row  `table:"cash_categories" subject:"subject"`
	Subject    id.Subject    `data:"none"`
	Kind       Kind          `data:"none"` // Out or In
	Name       vault.Text    `data:"transaction.category"`
	ArchivedAt clock.Instant `data:"none"`
	CreatedAt  clock.Instant `data:"none"`
}

// Merchant is a name in a person's dictionary: entries refer to it by id, so that
// sums and searches by merchant open few names.
type Merchant struct {
	store.Row `table:"cash_merchants" subject:"subject"`
	Subject   id.Subject  `data:"none"`
	Name      vault.Text  `data:"receipt.merchant"`
	NameIndex vault.Index `data:"receipt.merchant"`
	// Category is what a person chose last for this merchant; "" for nothing yet.
	Category  string        `data:"receipt.category"`
	CreatedAt clock.Instant `data:"none"`
}

// Entry is one movement of money.
type Entry struct {
	store.Row `table:"cash_entries" subject:"subject" clock:"created:created_at"`
	Subject   id.Subject     `data:"none"` // who entered it
	Kind      Kind           `data:"transaction.amount"`
	Minor     int64          `data:"transaction.amount"` // never negative
	Currency  money.Currency `data:"transaction.amount"`
	// ToMinor and ToCurrency are what arrived of a transfer; equal to the others
	// where both accounts have one currency. Zero and "" for other kinds.
	ToMinor    int64          `data:"transaction.amount"`
	ToCurrency money.Currency `data:"transaction.amount"`
	At         clock.Instant  `data:"transaction.time"`
	Timed      bool           `data:"transaction.time"` // the hour is known, and not only the day
	Day        string         `data:"transaction.time"` // local, "2026-11-22"
	Month      string         `data:"transaction.time"` // local, "2026-11"
	Account    id.ID          `db:"account_id" data:"transaction.account"`
	To         id.ID          `db:"to_id" data:"transaction.account"` // of a transfer
	Category   string         `data:"transaction.category"`           // a built-in key, or the id of an own one
	Merchant   id.ID          `db:"merchant_id" data:"receipt.merchant"`
	Note       vault.Text     `data:"receipt.note"`
	Private    bool           `data:"none"`
	Receipt    id.ID          `db:"receipt_id" data:"none"`
	Booked     id.ID          `db:"ledger_entry" data:"none"`
	// Source is unique in the family: what it came from, without anything of a person.
	Source    string        `data:"none"`
	Way       Way           `data:"none"`
	State     State         `data:"none"`
	Revision  int64         `data:"none"` // grows with every change
	CreatedAt clock.Instant `data:"none"`
	ChangedAt clock.Instant `data:"none"`
}

// Amount is what moved.
func (e *Entry) Amount() money.Amount { return money.Amount{Minor: e.Minor, Currency: e.Currency} }

// Item is one line of an entry.
type Item struct {
	store.Row `table:"cash_items" subject:"subject"`
	Subject   id.Subject     `data:"none"`
	Entry     id.ID          `db:"entry_id" data:"none"`
	Line      int64          `data:"none"`
	Name      vault.Text     `data:"receipt.amount"`
	Thousands int64          `data:"receipt.amount"` // quantity in thousandths: 1500 is 1.5
	Unit      int64          `data:"receipt.amount"` // price of one; 0 where it does not stand
	Minor     int64          `data:"receipt.amount"` // of the line; a discount is negative
	Currency  money.Currency `data:"receipt.amount"`
}

// Split is the share of one member in an entry.
type Split struct {
	store.Row `table:"cash_splits" subject:"subject"`
	Subject   id.Subject     `data:"none"` // whose share
	Entry     id.ID          `db:"entry_id" data:"none"`
	Minor     int64          `data:"transaction.amount"`
	Currency  money.Currency `data:"transaction.amount"`
}

// Receipt is a picture of a receipt and what was read on it.
type Receipt struct {
	store.Row  `table:"cash_receipts" subject:"subject" clock:"captured:received_at"`
	Subject    id.Subject    `data:"none"`
	ReceivedAt clock.Instant `data:"receipt.time"`
	Way        Way           `data:"none"`
	// File is the picture as it is kept: sealed, without what the camera wrote
	// beside it. Digest is its SHA-256 in hexadecimal, Proof the signed note of
	// digest and time (see Proof).
	File vault.FileID `data:"receipt.image"`
	Type string       `data:"none"` // image/jpeg, image/png, image/webp
	Size int64        `data:"none"`
	// Turn is how the camera was held, as EXIF counts it (1 to 8; 0 is 1).
	Turn   int64      `data:"none"`
	Digest vault.Text `data:"receipt.image"`
	Proof  vault.Text `data:"receipt.image"`
	// Image finds the same picture again, Fingerprint the same receipt on another.
	Image       vault.Index  `db:"image_index" data:"receipt.image"`
	Fingerprint vault.Index  `data:"receipt.amount"`
	State       ReceiptState `data:"none"`
	Reason      string       `data:"none"` // a message key: why it is not simply booked
	Reader      string       `data:"none"` // who read it
	Merchant    vault.Text   `data:"receipt.merchant"`
	// Facts is the JSON of Facts, without names of people.
	Facts vault.Text `data:"receipt.amount"`
	// Source is unique in the family: the message or the upload that it came with.
	Source string        `data:"none"`
	Entry  id.ID         `db:"entry_id" data:"none"`
	Twin   id.ID         `db:"twin_id" data:"none"` // the receipt that it may be again
	DoneAt clock.Instant `data:"none"`
}

// People are names that stand on a receipt. They lie apart, because they are opened
// for the purpose Others alone, and only while its consent stands.
type People struct {
	store.Row `table:"cash_people" subject:"subject"`
	Subject   id.Subject    `data:"none"` // who sent the receipt, and consented
	Receipt   id.ID         `db:"receipt_id" data:"none"`
	Names     vault.Text    `data:"receipt.people"` // one a line
	At        clock.Instant `data:"none"`
}

// Past is one change of an entry: what it was before.
type Past struct {
	store.Row `table:"cash_history" subject:"subject,editor"`
	Subject   id.Subject    `data:"none"` // whose entry it is
	Editor    id.Subject    `data:"none"` // who changed it
	Entry     id.ID         `db:"entry_id" data:"none"`
	Act       string        `data:"none"` // entered, corrected, split, undone, restored
	Revision  int64         `data:"none"` // the entry's after the change
	Before    vault.Text    `db:"was" data:"receipt.note" whose:"subject"`
	At        clock.Instant `data:"none"`
}

// Tables are what the module stores.
func Tables() store.Set {
	return store.Set{Module: "cash", Rows: []any{Account{}, Category{}, Merchant{}, Entry{}, Item{}, Split{}, Receipt{}, People{}, Past{}, Question{}, Reply{}, Chat{}, Link{}}}
}

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the tables.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

//go:embed i18n/*.json
var texts embed.FS

// Texts are the module's sentences in both languages.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
