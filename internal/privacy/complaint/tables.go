package complaint

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// State says where a case stands.
type State string

// The states, in their order; see the package's doc.
const (
	Filed        State = "filed"
	Acknowledged State = "acknowledged"
	Found        State = "found"
	Answered     State = "answered"
	Withdrawn    State = "withdrawn"
)

// Finding is how an inquiry ended.
type Finding string

// The findings.
const (
	Upheld    Finding = "upheld"
	Partly    Finding = "partly"
	Unfounded Finding = "unfounded"
)

// Case is one complaint. All rows lie in the service's home. Who has no account
// is a subject of this case alone, so that what they wrote has a key of its own.
type Case struct {
	store.Row `table:"complaints" subject:"subject_id" clock:"resolved:ended_at"`
	Subject   id.Subject `db:"subject_id" data:"none"`
	Number    string     `data:"complaint.record"`
	// Account tells whether the subject has an account; else Contact is all there is.
	Account bool          `data:"none"`
	Name    vault.Text    `data:"complaint.record"`
	Contact vault.Text    `data:"complaint.record"` // an e-mail address, a telephone number or a postal address
	Lang    string        `data:"complaint.record"`
	Via     string        `data:"complaint.record"`
	Text    vault.Text    `db:"body" data:"complaint.record"`
	Wanted  vault.Text    `data:"complaint.record"` // the outcome that the person wants
	State   State         `data:"complaint.record"`
	Handler id.Subject    `db:"handler_id" data:"none"`
	FiledAt clock.Instant `data:"complaint.record"`
	AckAt   clock.Instant `data:"complaint.record"`
	FoundAt clock.Instant `data:"complaint.record"`
	Finding Finding       `data:"complaint.record"`
	Grounds vault.Text    `data:"complaint.record"`
	Answer  vault.Text    `data:"complaint.record"`
	EndedAt clock.Instant `data:"complaint.record"` // answered or withdrawn
	Source  string        `data:"none"`             // the inbox message that it came with, or its own id
}

// Step is one thing that happened in a case. It is never changed.
type Step struct {
	store.Row `table:"complaint_steps" subject:"subject_id" clock:"resolved:ended_at"`
	Subject   id.Subject    `db:"subject_id" data:"none"`
	Case      id.ID         `db:"case_id" data:"none"`
	At        clock.Instant `data:"complaint.record"`
	By        string        `db:"done_by" data:"complaint.record"` // person, officer, program
	Officer   id.Subject    `db:"officer_id" data:"none"`
	What      string        `data:"complaint.record"` // "filed", "said", "extended" ...
	Text      vault.Text    `db:"body" data:"complaint.record"`
	EndedAt   clock.Instant `data:"none"`
}

// Remedy is something that has to follow from a finding.
type Remedy struct {
	store.Row `table:"complaint_remedies" subject:"subject_id" clock:"resolved:ended_at"`
	Subject   id.Subject     `db:"subject_id" data:"none"`
	Case      id.ID          `db:"case_id" data:"none"`
	Kind      string         `data:"complaint.record"`
	Note      vault.Text     `data:"complaint.record"`
	Minor     int64          `data:"complaint.record"` // of compensation, in Currency
	Currency  money.Currency `data:"complaint.record"`
	// Carried names the request that carries a remedy of data out; Document is the
	// digest of the paper that shows a payment or an apology.
	Carried  string        `data:"complaint.record"`
	Document string        `data:"complaint.record"`
	AddedAt  clock.Instant `data:"complaint.record"`
	DoneAt   clock.Instant `data:"complaint.record"`
	EndedAt  clock.Instant `data:"none"`
}

// Tables are the module's stored structs.
func Tables() store.Set {
	return store.Set{Module: "complaint", Rows: []any{Case{}, Step{}, Remedy{}}}
}

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var texts embed.FS

// Migrations are the module's SQL files.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

// Texts are the module's sentences.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
