package google

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// link says that a Google account is a person's; its ID is the person's.
type link struct {
	store.Row   `table:"google_links" subject:"subject_id"`
	Subject     id.Subject    `db:"subject_id" data:"none"`
	GoogleID    vault.Text    `db:"google_id" data:"account.google_id"`
	GoogleIndex vault.Index   `data:"account.google_id"`
	LinkedAt    clock.Instant `data:"account.google_id"`
}

// The states of a try: the browser was sent to Google; its answer is being looked
// at; Google has said who it is, and the person has to say what next.
const (
	away    = "away"
	claimed = "claimed"
	known   = "known"
)

// try is one try of one browser, found by the hash of its cookie. It is nobody's
// yet, so that what Google said is sealed under the service's own key; it goes
// when it is used, or an hour after its end.
type try struct {
	store.Row `table:"google_tries" subject:"-" clock:"session.ended:ends_at"`
	Ticket    []byte        `db:"ticket_hash" data:"session.token"`
	State     string        `data:"none"`
	Next      string        `data:"none"` // a path within the service
	GoogleID  vault.Text    `db:"google_id" data:"account.google_id"`
	Email     vault.Text    `data:"account.email"`
	Name      vault.Text    `data:"account.name"`
	EndsAt    clock.Instant `data:"session.token"`
}

// Tables are the module's stored structs.
func Tables() store.Set { return store.Set{Module: "google", Rows: []any{link{}, try{}}} }

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var texts embed.FS

// Migrations are the module's SQL files.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

// Texts are the module's translations.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
