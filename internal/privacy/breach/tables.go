package breach

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// State says where an incident stands.
type State string

// The states, in their order; see the package's doc.
const (
	Suspected  State = "suspected"
	Confirmed  State = "confirmed"
	Contained  State = "contained"
	Notified   State = "notified"
	Remediated State = "remediated"
	Closed     State = "closed"
	Dismissed  State = "dismissed"
)

// Kind is what sort of failure it is (document 001, second section 10).
type Kind string

// The kinds.
const (
	Access     Kind = "access"     // somebody saw what they must not
	Loss       Kind = "loss"       // destroyed, lost, changed or disclosed
	Defeat     Kind = "defeat"     // a control was got round
	Ransomware Kind = "ransomware" // data cannot be reached any more
)

// Kinds are all of them.
func Kinds() []Kind { return []Kind{Access, Loss, Defeat, Ransomware} }

// Incident is one failure of protection. It lies in the service's home and names
// nobody whom it concerns: those are its People.
type Incident struct {
	store.Row `table:"breach_incidents" subject:"-" clock:"resolved:ended_at"`
	Number    string     `data:"none"`
	Drill     bool       `data:"none"`
	State     State      `data:"none"`
	Kinds     string     `data:"none"`          // with spaces between
	Title     vault.Text `data:"breach.record"` // in the office's own words
	Asked     vault.Text `data:"breach.record"` // the Query, as JSON
	Found     vault.Text `data:"breach.record"` // the Summary, as JSON
	Letters   vault.Text `data:"breach.record"` // the Parts that were accepted, as JSON
	Crime     bool       `data:"none"`
	Opener    id.Subject `db:"opener_id" data:"none"`
	Decider   id.Subject `db:"decider_id" data:"none"` // who decided that it is certain
	Why       vault.Text `data:"breach.record"`        // why it is certain, or why it was none

	OpenedAt     clock.Instant `data:"none"`
	BeganAt      clock.Instant `data:"none"` // of the failure itself, as far as known
	EndedRead    clock.Instant `db:"until_at" data:"none"`
	ConfirmedAt  clock.Instant `data:"none"`
	AssessedAt   clock.Instant `data:"none"`
	ContainedAt  clock.Instant `data:"none"`
	NotifiedAt   clock.Instant `data:"none"`
	RemediatedAt clock.Instant `data:"none"`
	EndedAt      clock.Instant `data:"none"`

	// Dispatch of the letter to the authority.
	SentAt   clock.Instant `data:"none"`
	SentHow  vault.Text    `data:"breach.record"`
	SentRef  vault.Text    `data:"breach.record"`
	SentBy   id.Subject    `db:"sent_by" data:"none"`
	SentHash string        `data:"none"` // SHA-256 of the letter in both languages
	// PeopleAt is when telling people was ordered; each one's own time stands with
	// them.
	PeopleAt clock.Instant `data:"none"`

	RootCause  string `data:"none"` // SHA-256 of the document; likewise the next two
	Controls   string `data:"none"`
	Compliance string `data:"none"`
}

// Exposed is a person of an incident and what may have been read of them.
type Exposed struct {
	store.Row  `table:"breach_people" subject:"subject_id" clock:"resolved:ended_at"`
	Subject    id.Subject    `db:"subject_id" data:"none"`
	Incident   id.ID         `db:"incident_id" data:"none"`
	Categories string        `data:"breach.record"` // the notice's, with spaces between
	Tables     string        `data:"none"`
	Rows       int64         `db:"row_count" data:"none"`
	First      clock.Instant `db:"first_at" data:"breach.record"`
	Last       clock.Instant `db:"last_at" data:"breach.record"`
	ToldAt     clock.Instant `data:"breach.record"` // in the app, and the letter given to the post
	SeenAt     clock.Instant `data:"breach.record"` // the banner was shown
	EndedAt    clock.Instant `data:"none"`
}

// Step is one thing that happened in an incident. It is never changed.
type Step struct {
	store.Row `table:"breach_steps" subject:"-" clock:"resolved:ended_at"`
	Incident  id.ID         `db:"incident_id" data:"none"`
	At        clock.Instant `data:"none"`
	By        id.Subject    `db:"done_by" data:"none"` // zero for the program
	What      string        `data:"none"`
	Text      vault.Text    `db:"body" data:"breach.record"`
	EndedAt   clock.Instant `data:"none"`
}

// Task is work outside the program that belongs to an incident.
type Task struct {
	store.Row `table:"breach_tasks" subject:"-" clock:"resolved:ended_at"`
	Incident  id.ID         `db:"incident_id" data:"none"`
	Kind      string        `data:"none"`
	Note      vault.Text    `data:"breach.record"`
	AddedAt   clock.Instant `data:"none"`
	DoneAt    clock.Instant `data:"none"`
	Proof     vault.Text    `data:"breach.record"`
	EndedAt   clock.Instant `data:"none"`
}

// Report is what a person said who believes that their data is out.
type Report struct {
	store.Row `table:"breach_reports" subject:"subject_id" clock:"resolved:ended_at"`
	Subject   id.Subject    `db:"subject_id" data:"none"`
	Incident  id.ID         `db:"incident_id" data:"none"`
	Number    string        `data:"breach.record"`
	Text      vault.Text    `db:"body" data:"breach.record"`
	At        clock.Instant `data:"breach.record"`
	EndedAt   clock.Instant `data:"none"`
}

// Tables are the module's stored structs.
func Tables() store.Set {
	return store.Set{Module: "breach", Rows: []any{Incident{}, Exposed{}, Step{}, Task{}, Report{}}}
}

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var texts embed.FS

// Migrations are the module's SQL files.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

// Texts are the module's sentences.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
