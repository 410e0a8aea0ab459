package cardstatement

import (
	"embed"
	"encoding/json"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/extract/statement"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Module is the module of a notice that switches statements on.
const Module = "statement"

// Purpose is what statements are held for.
const Purpose = "reconcile"

// State is where a file stands.
type State string

// A file is kept until it is read. One with a password waits for it (Locked), and
// is Barred after ten wrong ones. What was read asks for its account, is open
// until everything is decided, and settled then. What is no statement is refused.
const (
	Kept    State = "kept"
	Locked  State = "locked"
	Barred  State = "barred"
	Asks    State = "asks"
	Open    State = "open"
	Settled State = "settled"
	Refused State = "refused"
)

// File is one statement: the file and what stands on its head.
type File struct {
	store.Row `table:"statement_files" subject:"subject" clock:"captured:created_at"`
	Subject   id.Subject   `data:"none"` // who brought it
	Name      vault.Text   `data:"statement.file"`
	File      vault.FileID `data:"statement.file"` // zero where it was destroyed
	Digest    vault.Index  `data:"statement.file"` // of the bytes
	Size      int64        `data:"none"`
	State     State        `data:"none"`
	Reason    string       `data:"none"` // a message key: why it was refused
	Tries     int64        `data:"none"` // passwords that were tried
	// Account is the card's account in the books.
	Account id.ID      `db:"account_id" data:"none"`
	Issuer  string     `data:"statement.card"`
	Last4   vault.Text `data:"statement.card"`
	// Same finds the same rows in another file; Twin is the statement that has them.
	Same vault.Index `db:"same_index" data:"statement.row"`
	Twin id.ID       `db:"twin_id" data:"none"`
	// Days, "2026-01-03" or "".
	Day      string         `data:"statement.row"` // the statement's own
	Due      string         `data:"statement.row"`
	From     string         `db:"from_day" data:"statement.row"`
	Until    string         `db:"until_day" data:"statement.row"`
	Currency money.Currency `data:"statement.row"`
	// Stated says that the paper names both balances; then they are owed amounts.
	Stated   bool  `data:"statement.row"`
	Previous int64 `data:"statement.row"`
	Total    int64 `data:"statement.row"`
	Minimum  int64 `data:"statement.row"`
	Lines    int64 `data:"none"`
	// Known: a rule knows the bank's paper. Scripts and Attachments were in the
	// file, and neither run nor opened.
	Known       bool          `data:"none"`
	Scripts     bool          `data:"none"`
	Attachments bool          `data:"none"`
	Revision    int64         `data:"none"` // grows with every decision
	CreatedAt   clock.Instant `data:"none"`
	ReadAt      clock.Instant `data:"none"`
	EndedAt     clock.Instant `data:"none"`
}

// amount is one in the statement's currency.
func (f *File) amount(minor int64) money.Amount {
	return money.Amount{Minor: minor, Currency: f.Currency}
}

// wasRead tells that there are rows.
func (f *File) wasRead() bool { return f.State == Asks || f.State == Open || f.State == Settled }

// Row is a line of a statement.
type Row struct {
	store.Row `table:"statement_rows" subject:"subject"`
	Subject   id.Subject `data:"none"`
	Statement id.ID      `db:"statement_id" data:"none"`
	Line      int64      `data:"none"` // from 1, in the paper's order
	Day       string     `data:"statement.row"`
	Posted    string     `data:"statement.row"`
	Text      vault.Text `db:"description" data:"statement.row"`
	// Minor is plus for what was spent and minus for what came back.
	Minor            int64          `data:"statement.row"`
	Currency         money.Currency `data:"statement.row"`
	Type             statement.Type `data:"statement.row"`
	OriginalMinor    int64          `data:"statement.row"`
	OriginalCurrency money.Currency `data:"statement.row"`
}

// Amount is what was spent, minus for what came back.
func (r *Row) Amount() money.Amount { return money.Amount{Minor: r.Minor, Currency: r.Currency} }

// date is the row's day, midnight UTC.
func date(day string) time.Time {
	t, _ := time.Parse(time.DateOnly, day) // written by this package; nought for ""
	return t
}

// Act is what a person decided.
type Act string

// The acts. Joined: rows and entries are the same money. Moved: the same, and the
// entry was put on this card. Booked: the row was entered. Took: the entry got the
// statement's amount. Stays: the entry keeps its own. Next: the entry belongs to
// the next statement. Dropped: the entry was taken back. Cancelled: two rows take
// each other back, and the books need neither.
const (
	Joined    Act = "joined"
	Moved     Act = "moved"
	Booked    Act = "booked"
	Took      Act = "took"
	Stays     Act = "stays"
	Next      Act = "next"
	Dropped   Act = "dropped"
	Cancelled Act = "cancelled"
)

// Match is one decision.
type Match struct {
	store.Row `table:"statement_matches" subject:"subject,decider,undoer"`
	Subject   id.Subject `data:"none"` // whose statement it is
	Decider   id.Subject `data:"none"`
	Undoer    id.Subject `data:"none"`
	Statement id.ID      `db:"statement_id" data:"none"`
	Act       Act        `data:"none"`
	Lines     string     `data:"none"` // numbers of rows, with commas
	Entries   string     `data:"none"` // ids of entries, with commas
	// Minor is rows less entries when it was decided.
	Minor int64 `data:"statement.row"`
	// Was is the JSON of what entries were before, where they were changed.
	Was       vault.Text    `data:"statement.row" whose:"subject"`
	DecidedAt clock.Instant `data:"none"`
	UndoneAt  clock.Instant `data:"none"`
}

// before is what an entry was before a decision changed it.
type before struct {
	Entry   id.ID `json:"entry"`
	Minor   int64 `json:"minor"`
	Account id.ID `json:"account"`
}

func (m *Match) lines() (out []int64) {
	for s := range strings.SplitSeq(m.Lines, ",") {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			out = append(out, n)
		}
	}
	return out
}

func (m *Match) entries() (out []id.ID) {
	for s := range strings.SplitSeq(m.Entries, ",") {
		if key, err := id.Parse(s); err == nil {
			out = append(out, key)
		}
	}
	return out
}

func (m *Match) was() (out []before) {
	_ = json.Unmarshal([]byte(m.Was.Reveal()), &out) // written by this package
	return out
}

// card says which account a card is.
type card struct {
	store.Row  `table:"statement_cards" subject:"subject"`
	Subject    id.Subject    `data:"none"`
	Last4      vault.Text    `data:"statement.card"`
	Last4Index vault.Index   `data:"statement.card"`
	Account    id.ID         `db:"account_id" data:"none"`
	CreatedAt  clock.Instant `data:"none"`
}

// Tables are what the module stores.
func Tables() store.Set {
	return store.Set{Module: Module, Rows: []any{File{}, Row{}, Match{}, card{}}}
}

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the tables.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

//go:embed i18n/*.json
var texts embed.FS

// Texts are the module's sentences in both languages.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
