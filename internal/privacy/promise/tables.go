package promise

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// result is what the checks of one promise found last. It says nothing about a
// person, and lies in the service's home.
type result struct {
	store.Row `table:"promise_results" subject:"-"`
	Promise   string        `data:"none"`
	State     State         `data:"none"`
	Figures   string        `data:"none"` // JSON of []Figure
	At        clock.Instant `data:"none"`
	Since     clock.Instant `data:"none"` // when it came into this state
}

// probe is a row of a self-test. Its enclosure and its person exist for the length
// of the test alone.
type probe struct {
	store.Row `table:"promise_probes" subject:"subject_id"`
	Subject   id.Subject `db:"subject_id" data:"none"`
	Marker    vault.Text `data:"none"`
}

// Tables are what the package stores.
func Tables() store.Set { return store.Set{Module: "promise", Rows: []any{result{}, probe{}}} }

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the tables.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

//go:embed i18n/*.json
var texts embed.FS

// Texts are the package's sentences.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
