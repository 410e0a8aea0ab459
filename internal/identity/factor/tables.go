package factor

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// totpKey is the key of a person's one-time codes. It is pending until one of its
// codes was shown; a person has one confirmed key at most.
type totpKey struct {
	store.Row   `table:"factor_totp" subject:"subject_id" clock:"created:created_at"`
	Subject     id.Subject    `db:"subject_id" data:"none"`
	Secret      vault.Text    `data:"account.factor"` // base32, 160 bits
	Counter     int64         `data:"account.factor"` // the 30 seconds of the last code that was used
	CreatedAt   clock.Instant `data:"account.factor"`
	ConfirmedAt clock.Instant `data:"account.factor"`
	UsedAt      clock.Instant `data:"account.factor"`
}

// recoveryCode is one of the codes for the day when everything else is lost.
type recoveryCode struct {
	store.Row `table:"factor_codes" subject:"subject_id" clock:"created:created_at"`
	Subject   id.Subject    `db:"subject_id" data:"none"`
	Code      vault.Index   `db:"code_index" data:"account.factor"` // keyed hash
	CreatedAt clock.Instant `data:"account.factor"`
	UsedAt    clock.Instant `data:"account.factor"`
}

// passkey is a public key that a device of the person made.
type passkey struct {
	store.Row  `table:"factor_passkeys" subject:"subject_id" clock:"created:created_at"`
	Subject    id.Subject    `db:"subject_id" data:"none"`
	Name       vault.Text    `data:"account.factor"`
	Index      vault.Index   `db:"credential_index" data:"account.factor"`
	Credential vault.Text    `data:"account.factor"` // the record of the WebAuthn specification, as JSON
	CreatedAt  clock.Instant `data:"account.factor"`
	UsedAt     clock.Instant `data:"account.factor"`
	// ClonedAt is when its counter went backwards: it was copied, perhaps, and is
	// refused from then on.
	ClonedAt clock.Instant `data:"account.factor"`
}

// challenge is a question to a passkey that waits for its answer. Subject is zero
// where nobody said who they are.
type challenge struct {
	store.Row `table:"factor_challenges" subject:"subject_id" clock:"created:created_at"`
	Subject   id.Subject    `db:"subject_id" data:"none"`
	Purpose   string        `data:"none"`
	Hash      []byte        `db:"challenge_hash" data:"account.factor"`
	CreatedAt clock.Instant `data:"account.factor"`
	EndsAt    clock.Instant `data:"account.factor"`
}

// Tables are the module's stored structs.
func Tables() store.Set {
	return store.Set{Module: "factor", Rows: []any{totpKey{}, recoveryCode{}, passkey{}, challenge{}}}
}

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the module's SQL files.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }
