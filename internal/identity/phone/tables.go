package phone

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// phone is a person's number; its ID is the person's. Number is empty until the
// first was proven.
type phone struct {
	store.Row  `table:"phones" subject:"subject_id"`
	Subject    id.Subject    `db:"subject_id" data:"none"`
	Number     vault.Text    `data:"account.phone"`
	VerifiedAt clock.Instant `data:"account.phone"`
	// AskedAt is when a code was last asked for; writing it is also the lock that
	// makes a person's asking one at a time.
	AskedAt clock.Instant `data:"account.phone"`
}

// code is one code that was sent. It goes a day later.
type code struct {
	store.Row `table:"phone_codes" subject:"subject_id" clock:"created:created_at"`
	Subject   id.Subject  `db:"subject_id" data:"none"`
	Number    vault.Text  `data:"account.phone"`
	Digest    vault.Index `data:"account.phone"` // of the code, this row and the person
	// NumberIndex and NetworkIndex are what sending is counted by.
	NumberIndex  vault.Index   `data:"account.phone"`
	NetworkIndex vault.Index   `data:"security.log"`
	Tries        int64         `data:"account.phone"`
	CreatedAt    clock.Instant `data:"account.phone"`
	EndsAt       clock.Instant `data:"account.phone"`
	UsedAt       clock.Instant `data:"account.phone"`
}

// Tables are the module's stored structs.
func Tables() store.Set { return store.Set{Module: "phone", Rows: []any{phone{}, code{}}} }

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var texts embed.FS

// Migrations are the module's SQL files.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

// Texts are the module's translations.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
