package family

import (
	"embed"
	"io/fs"

	"amanah/internal/cash"
	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Module is the module of a notice that switches this on.
const Module = "family"

// Relative is what an inviter wrote of a person who has not answered yet. It is
// sealed under the inviter's key.
type Relative struct {
	// The basis ends with the invitation at the latest.
	store.Row  `table:"family_relatives" subject:"subject" clock:"consent.withdrawn:ends_at"`
	Subject    id.Subject    `data:"none"` // the inviter
	Workspace  id.Tenant     `db:"workspace_id" data:"none"`
	Invitation id.ID         `db:"invitation_id" data:"none"`
	Name       vault.Text    `data:"family.member"`
	Email      vault.Text    `data:"family.member"`
	Relation   vault.Text    `data:"family.member"` // one of Relations
	CreatedAt  clock.Instant `data:"none"`
	EndsAt     clock.Instant `data:"none"`
}

// leaving is one under way; it goes when it is done.
type leaving struct {
	store.Row `table:"family_leavings" subject:"subject"`
	Subject   id.Subject    `data:"none"`
	Workspace id.Tenant     `db:"workspace_id" data:"none"`
	Own       id.Tenant     `db:"own_id" data:"none"` // the person's own books
	Fate      cash.Fate     `data:"none"`
	AskedAt   clock.Instant `data:"none"`
}

// Tables are what the module stores.
func Tables() store.Set { return store.Set{Module: Module, Rows: []any{Relative{}, leaving{}}} }

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the tables.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

//go:embed i18n/*.json
var texts embed.FS

// Texts are the module's sentences in both languages.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
