package deadline

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
)

// State says what became of a deadline.
type State string

// The states.
const (
	Running State = "open"
	Kept    State = "met"  // in time
	Late    State = "late" // done, after its end
	Gone    State = "dropped"
)

// row is one deadline of one matter. It says nothing about a person.
type row struct {
	store.Row `table:"deadlines" subject:"-" clock:"created:set_at,resolved:closed_at"`
	Matter    string        `data:"none"` // "request", "complaint", "breach"
	Ref       id.ID         `data:"none"` // the case
	Name      string        `data:"none"` // "answer"
	Title     string        `data:"none"` // the case's number
	Link      string        `data:"none"` // a path within the service
	Rule      string        `data:"none"` // by which rule: "UU 27/2022 7, 32: PT72H"
	SetAt     clock.Instant `data:"none"` // from when the time runs
	DueAt     clock.Instant `data:"none"`
	FirstDue  clock.Instant `data:"none"` // before it was moved
	Moved     int64         `data:"none"`
	State     State         `data:"none"`
	ClosedAt  clock.Instant `data:"none"`
}

// alarm rings once. Over tells the end from a reminder.
type alarm struct {
	store.Row `table:"deadline_alarms" subject:"-"`
	Deadline  id.ID         `data:"none"`
	At        clock.Instant `data:"none"`
	Over      bool          `data:"none" db:"is_over"`
	RungAt    clock.Instant `data:"none"`
}

// Tables are what the package stores.
func Tables() store.Set { return store.Set{Module: "deadline", Rows: []any{row{}, alarm{}}} }

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the tables.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

//go:embed i18n/*.json
var texts embed.FS

// Texts are the package's sentences, for i18n.New.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
