package disclosure

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// State says where a case stands.
type State string

// The states.
const (
	Asked    State = "asked"
	Half     State = "half_approved" // one officer said yes
	Approved State = "approved"
	Handed   State = "handed_over"
	Refused  State = "refused"
)

// Case is one demand for one person's data. It lies in the service's home.
type Case struct {
	store.Row `table:"disclosures" subject:"subject_id" clock:"resolved:ended_at"`
	Subject   id.Subject `db:"subject_id" data:"none"`
	Number    string     `data:"disclosure.record"`
	Reason    string     `data:"disclosure.record"`
	Recipient vault.Text `data:"disclosure.record"` // who asks: office, name and post of the signatory
	Purpose   vault.Text `data:"disclosure.record"`
	Basis     string     `data:"disclosure.record"` // the provision that the demand names
	Document  string     `data:"disclosure.record"` // SHA-256 of the demand
	// Categories are the notice's words, with a space between.
	Categories string        `data:"disclosure.record"`
	State      State         `data:"disclosure.record"`
	AskedAt    clock.Instant `data:"disclosure.record"`
	OpenedBy   id.Subject    `data:"none"`
	First      id.Subject    `db:"first_id" data:"none"`
	Second     id.Subject    `db:"second_id" data:"none"`
	// Secrecy names the law that forbids telling; the person is told at Until.
	Secrecy  string        `data:"disclosure.record"`
	Until    clock.Instant `db:"until_at" data:"disclosure.record"`
	Why      vault.Text    `data:"disclosure.record"` // of a refusal
	HandedAt clock.Instant `data:"disclosure.record"`
	Records  int64         `data:"disclosure.record"`
	Bytes    int64         `db:"size" data:"disclosure.record"`
	Digest   []byte        `data:"none"`
	ToldAt   clock.Instant `data:"disclosure.record"`
	EndedAt  clock.Instant `data:"disclosure.record"`
}

// Tables are the module's stored structs.
func Tables() store.Set { return store.Set{Module: "disclosure", Rows: []any{Case{}}} }

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var texts embed.FS

// Migrations are the module's SQL files.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

// Texts are the module's sentences.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
