package gate

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
)

// stop is one closed purpose of a person. Until Lifted is set it counts.
type stop struct {
	store.Row `table:"gate_stops" subject:"subject_id" clock:"created:since,resolved:lifted"`
	Subject   id.Subject `db:"subject_id" data:"none"`
	// Purpose is one of the notice, "" for all but Rights and Security.
	Purpose string `data:"request.record"`
	Why     string `data:"request.record"`
	// Request is the request that led to it; zero where there is none.
	Request id.ID         `data:"none"`
	Since   clock.Instant `data:"request.record"`
	Lifted  clock.Instant `data:"request.record"` // never: it holds
}

// Tables are what the gate stores.
func Tables() store.Set { return store.Set{Module: "gate", Rows: []any{stop{}}} }

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the gate's own.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

//go:embed i18n/*.json
var texts embed.FS

// Texts are the gate's words.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
