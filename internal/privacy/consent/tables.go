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
	Digest    string        `db:"notice_digest" data:"consent.record"` // "" where it was not known
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
	Digest    string        `db:"notice_digest" data:"notice.accepted"`
	Terms     string        `db:"terms_version" data:"notice.accepted"` // "" where there are none
	At        clock.Instant `data:"notice.accepted"`
	How       How           `data:"notice.accepted"`
	Lang      string        `data:"notice.accepted"`
	IP        vault.Text    `data:"notice.accepted"`
	Agent     vault.Text    `data:"notice.accepted"`
}

// floor says that from a moment on a purpose needs a consent that was given under
// this version of the notice or a later one, because it became new or wider there.
type floor struct {
	store.Row `table:"consent_floors" subject:"-"`
	Purpose   string        `data:"none"`
	Version   string        `db:"notice_version" data:"none"`
	From      clock.Instant `db:"from_at" data:"none"`
}

// Tables are the module's stored structs.
func Tables() store.Set {
	return store.Set{Module: "consent", Rows: []any{record{}, acceptance{}, floor{}}}
}

//go:embed i18n/*.json
var texts embed.FS

// Texts are the module's sentences.
func Texts() fs.FS { return store.Folder(texts, "i18n") }

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the module's SQL files.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }
