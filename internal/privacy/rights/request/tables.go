package request

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Case is one request. All rows lie in the service's home. Without a proven
// identity there is no subject, and the row is sealed under the home's own key.
type Case struct {
	store.Row `table:"requests" subject:"subject_id" clock:"resolved:closed_at"`
	Subject   id.Subject `db:"subject_id" data:"none"`
	// About is the account that is asked about, while nobody has proven to be its
	// person or to speak for it.
	About   id.Subject  `db:"about_id" data:"none"`
	Number  string      `data:"request.record"`
	Right   Right       `db:"asked_right" data:"request.record"`
	Purpose string      `data:"request.record"` // of withdraw, object, restrict
	Field   string      `data:"request.record"` // of correct
	Wish    vault.Text  `data:"request.record"` // the new value
	Text    vault.Text  `db:"body" data:"request.record"`
	State   State       `data:"request.record"`
	Via     Via         `data:"request.record"`
	By      By          `db:"asked_by" data:"request.record"`
	Name    vault.Text  `data:"request.record"` // of who asks for somebody else
	Paper   vault.Text  `data:"request.record"` // the document that lets them
	Contact vault.Text  `data:"request.record"` // where who has no account is written to
	Reach   vault.Index `data:"none"`           // finds Contact again
	Lang    string      `data:"none"`
	// Proven says how the identity was checked; "" while it was not.
	Proven   Proven        `data:"request.record"`
	Seen     vault.Text    `data:"request.record"` // what an officer saw
	Token    []byte        `data:"none"`           // digest of the link's secret
	TokenEnd clock.Instant `data:"none"`
	Letter   string        `data:"none"` // the letter that waits to be sent
	Urgent   bool          `data:"none"`
	Repeats  int64         `data:"request.record"` // how often it was asked again
	Source   string        `data:"none"`           // makes it once: the digest of a mail, or the own id
	AnswerAs string        `data:"request.record"` // a sentence of the catalogue
	Answer   vault.Text    `data:"request.record"` // an officer's own words
	Ground   string        `data:"request.record"` // of a refusal
	Evidence string        `data:"request.record"` // digest of a copy, number of a receipt
	Amount   int64         `data:"request.record"` // of a claim, in minor units
	Currency string        `data:"none"`
	PaidAt   clock.Instant `data:"request.record"`
	// ReceivedAt is the entry into the system: the clocks run from here.
	ReceivedAt clock.Instant `data:"request.record"`
	ChangedAt  clock.Instant `data:"request.record"`
	ClosedAt   clock.Instant `data:"request.record"`
}

// Step is one thing that was done in a case. Rows are only added.
type Step struct {
	store.Row `table:"request_steps" subject:"subject_id" clock:"resolved:closed_at"`
	Subject   id.Subject    `db:"subject_id" data:"none"`
	Case      id.ID         `db:"case_id" data:"none"`
	Number    int64         `data:"none"`
	At        clock.Instant `data:"request.record"`
	By        string        `db:"done_by" data:"request.record"` // person, staff, job, visitor
	Act       string        `data:"request.record"`
	Note      vault.Text    `data:"request.record"`
	Salt      vault.Bytes   `data:"none"`
	Before    []byte        `db:"before_hash" data:"none"`
	Hash      []byte        `data:"none"`
	ClosedAt  clock.Instant `data:"none"`
}

// Task is what somebody outside has to do because of a case: a recipient that got
// what was wrong, or what has to go.
type Task struct {
	store.Row `table:"request_tasks" subject:"subject_id" clock:"resolved:closed_at"`
	Subject   id.Subject    `db:"subject_id" data:"none"`
	Case      id.ID         `db:"case_id" data:"none"`
	Recipient string        `data:"request.record"`
	What      string        `data:"request.record"` // correct, erase
	Answer    vault.Text    `data:"request.record"`
	At        clock.Instant `data:"request.record"`
	DoneAt    clock.Instant `data:"request.record"`
	ClosedAt  clock.Instant `data:"none"`
}

// Tables are what the package stores.
func Tables() store.Set { return store.Set{Module: "request", Rows: []any{Case{}, Step{}, Task{}}} }

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the tables.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

//go:embed i18n/*.json
var texts embed.FS

// Texts are the package's sentences, for i18n.New.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
