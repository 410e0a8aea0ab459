package shelf

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
)

// row is one registration. The newest of a kind and key counts; none is changed.
// The officer's name goes with the officer, the paper stays.
type row struct {
	store.Row  `table:"papers" subject:"decided_by" erase:"free"`
	Kind       Kind          `data:"none"`
	Key        string        `data:"none" db:"paper_key"` // the recipient's; "" for the assessment
	Number     int64         `data:"none"`                // of one kind and key, from 1
	Document   string        `data:"none"`
	Digest     string        `data:"none"`
	Notice     string        `data:"none" db:"notice_version"`
	Scope      string        `data:"none" db:"flagged"` // what was assessed: a digest of the flagged part of the notice
	Instrument string        `data:"none"`
	SignedAt   clock.Instant `data:"none"`
	ValidUntil clock.Instant `data:"none"`
	ReviewAt   clock.Instant `data:"none"`
	DecidedAt  clock.Instant `data:"none"`
	DecidedBy  id.Subject    `data:"none"`
	Withdrawn  bool          `data:"none"`
}

// Tables are the package's stored structs.
func Tables() store.Set { return store.Set{Module: "shelf", Rows: []any{row{}}} }

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var texts embed.FS

// Migrations are the package's SQL files.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

// Texts are the package's sentences.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
