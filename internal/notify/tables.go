package notify

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// notification is one notice of one person. It lies where it happened: in the
// workspace, or in the service's home.
type notification struct {
	store.Row `table:"notifications" subject:"subject_id" clock:"created:created_at"`
	Subject   id.Subject    `db:"subject_id" data:"none"`
	Key       string        `db:"message_key" data:"notify.message"`
	Args      vault.Text    `data:"notify.message"` // what fills the sentence's places, as JSON
	Link      string        `data:"none"`           // a path within the service
	Once      string        `db:"once_key" data:"none"`
	Tone      string        `data:"none"`
	CreatedAt clock.Instant `data:"notify.message"`
	ReadAt    clock.Instant `data:"notify.message"`
	MailedAt  clock.Instant `data:"notify.message"`
	Purpose   string        `data:"none"` // for which it is sent
}

// Tables are the module's stored structs.
func Tables() store.Set { return store.Set{Module: "notify", Rows: []any{notification{}}} }

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var texts embed.FS

// Migrations are the module's SQL files.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

// Texts are the module's sentences.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
