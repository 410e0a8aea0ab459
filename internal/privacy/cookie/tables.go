package cookie

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
)

// choice is what a person allows on all devices; one row a person.
type choice struct {
	store.Row `table:"cookie_choices" subject:"subject_id"`
	Subject   id.Subject    `db:"subject_id" data:"none"`
	Classes   string        `data:"cookie.choice"` // joined by dots, "" for none
	At        clock.Instant `data:"cookie.choice"`
}

// Tables are the module's stored structs.
func Tables() store.Set { return store.Set{Module: "cookie", Rows: []any{choice{}}} }

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var texts embed.FS

// Migrations are the module's SQL files.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

// Texts are the module's sentences.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
