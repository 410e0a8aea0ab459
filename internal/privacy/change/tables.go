package change

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
)

// published is one version that was published here. It is kept for ever.
type published struct {
	store.Row   `table:"notice_versions" subject:"-"`
	Version     string        `data:"none"`
	Digest      string        `data:"none"`
	Source      string        `data:"none"` // the file, so that the text outlives it
	PublishedAt clock.Instant `data:"none"`
	EffectiveAt clock.Instant `data:"none"`
	SeenAt      clock.Instant `data:"none"` // when this program had it first
	First       bool          `db:"is_first" data:"none"`
	BegunAt     clock.Instant `data:"none"` // when telling people began; zero before
	ToldAt      clock.Instant `data:"none"` // when the last of them was told; zero before
}

// telling says that an account was told of a version.
type telling struct {
	store.Row `table:"notice_tellings" subject:"subject_id" clock:"created:at"`
	Subject   id.Subject    `db:"subject_id" data:"none"`
	Version   string        `data:"notice.accepted"`
	At        clock.Instant `data:"notice.accepted"`
}

// Tables are the module's stored structs.
func Tables() store.Set { return store.Set{Module: "change", Rows: []any{published{}, telling{}}} }

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the module's SQL files.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

//go:embed i18n/*.json
var texts embed.FS

// Texts are the module's sentences.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
