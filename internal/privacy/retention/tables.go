package retention

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/store"
)

// destruction is one line of the record: how much of what went, when, and under
// which term.
type destruction struct {
	store.Row `table:"destructions" subject:"-" clock:"created:at"`
	At        clock.Instant `data:"none"`
	AsOf      clock.Instant `data:"none"`
	Table     string        `data:"none" db:"table_name"`
	Category  string        `data:"none"` // several are joined by a comma
	Term      string        `data:"none"`
	Action    string        `data:"none"`
	Rows      int64         `data:"none" db:"row_count"`
}

// Tables are what the package stores.
func Tables() store.Set { return store.Set{Module: "retention", Rows: []any{destruction{}}} }

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the table.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }
