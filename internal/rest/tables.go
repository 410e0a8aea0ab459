package rest

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// answer is what a call with an Idempotency-Key answered. Status is 0 while it is
// under way. It is removed after keptFor, long before the notice asks.
type answer struct {
	store.Row   `table:"rest_answers" subject:"subject_id" clock:"created:created_at"`
	Subject     id.Subject    `db:"subject_id" data:"none"`
	Key         []byte        `db:"key_hash" data:"activity.log"`
	Fingerprint []byte        `data:"activity.log"`
	Status      int64         `data:"none"`
	Header      vault.Text    `data:"activity.log"` // Content-Type and Location
	Body        vault.Bytes   `data:"activity.log"`
	CreatedAt   clock.Instant `data:"activity.log"`
}

// Tables are the module's stored structs.
func Tables() store.Set { return store.Set{Module: "rest", Rows: []any{answer{}}} }

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var texts embed.FS

// Migrations are the module's SQL files.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

// Texts are the module's translations, for i18n.New.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
