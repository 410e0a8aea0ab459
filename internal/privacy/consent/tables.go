package consent

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// record is one act: a purpose was allowed, or no longer. The newest one of a
// purpose counts; Number orders those of one person and purpose, from 1.
type record struct {
	store.Row `table:"consents" subject:"subject_id" clock:"created:at"`
	Subject   id.Subject    `db:"subject_id" data:"none"`
	Purpose   string        `data:"consent.record"`
	Number    int64         `data:"none"`
	State     State         `data:"consent.record"`
	Notice    string        `db:"notice_version" data:"consent.record"`
	At        clock.Instant `data:"consent.record"`
	How       How           `data:"consent.record"`
	Lang      string        `data:"consent.record"`
	IP        vault.Text    `data:"consent.record"`
	Agent     vault.Text    `data:"consent.record"`
}

// acceptance says that a version of the notice, and of the terms, was shown and
// accepted.
type acceptance struct {
	store.Row `table:"acceptances" subject:"subject_id" clock:"created:at"`
	Subject   id.Subject    `db:"subject_id" data:"none"`
	Notice    string        `db:"notice_version" data:"notice.accepted"`
	Terms     string        `db:"terms_version" data:"notice.accepted"` // "" where there are none
	At        clock.Instant `data:"notice.accepted"`
	How       How           `data:"notice.accepted"`
	Lang      string        `data:"notice.accepted"`
	IP        vault.Text    `data:"notice.accepted"`
	Agent     vault.Text    `data:"notice.accepted"`
}

// Tables are the module's stored structs.
func Tables() store.Set {
	return store.Set{Module: "consent", Rows: []any{record{}, acceptance{}}}
}

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the module's SQL files.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }
