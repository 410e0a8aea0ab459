package backup

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/store"
)

// use is one thing that was done with a backup: made, tried, removed, put back. It
// stands in the home of each service, beside a line of its audit log.
type use struct {
	store.Row `table:"backup_uses" subject:"-"`
	At        clock.Instant `data:"none"`
	Act       string        `data:"none"`
	Archive   string        `data:"none"`
	MadeAt    clock.Instant `data:"none"` // of the archive's snapshot
	Rows      int64         `data:"none" db:"rows_in"`
	Files     int64         `data:"none" db:"files_in"`
	Bytes     int64         `data:"none"`
	Took      int64         `data:"none" db:"took_ms"`
	Good      bool          `data:"none"`
	Why       string        `data:"none"` // a message key, where it is not good
	By        string        `data:"none" db:"done_by"`
}

// Acts.
const (
	ActMade     = "made"
	ActTried    = "tried"
	ActRemoved  = "removed"
	ActRestored = "restored"
)

// Tables are what the package stores.
func Tables() store.Set { return store.Set{Module: "backup", Rows: []any{use{}}} }

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the table.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

//go:embed i18n/*.json
var texts embed.FS

// Texts are the package's sentences, for i18n.New.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
