package rights

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
)

// download is one copy that a person took. It lies in the service's home.
type download struct {
	store.Row `table:"rights_downloads" subject:"subject" clock:"resolved:at"`
	Subject   id.Subject    `data:"none"`
	At        clock.Instant `data:"request.record"`
	Records   int64         `data:"request.record"`
	Files     int64         `data:"request.record"`
	Bytes     int64         `data:"request.record" db:"size"`
	Manifest  string        `data:"none"`
}

// Tables are what the package stores.
func Tables() store.Set { return store.Set{Module: "rights", Rows: []any{download{}}} }

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the table.
func Migrations() fs.FS { return sub(migrations, "migrations") }
