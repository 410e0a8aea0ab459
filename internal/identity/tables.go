package identity

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/identity/factor"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

// account is a person of a service. Its ID and Subject are the same.
type account struct {
	store.Row     `table:"accounts" subject:"subject_id" clock:"account.closed:closed_at"`
	Subject       id.Subject    `db:"subject_id" data:"none"`
	Email         vault.Text    `data:"account.email"`
	EmailIndex    vault.Index   `data:"account.email"`
	VerifiedAt    clock.Instant `data:"account.email"`
	LastSignInAt  clock.Instant `db:"last_signin_at" data:"account.email"`
	Name          vault.Text    `data:"account.name"`
	Company       vault.Text    `data:"account.company"`
	Password      []byte        `db:"password_hash" data:"account.password"`
	Lang          string        `data:"account.language"`
	AgeDeclared   int64         `data:"account.age_declared"` // "this old or older", in years
	AgeDeclaredAt clock.Instant `data:"account.age_declared"`
	State         string        `data:"none"`
	CreatedAt     clock.Instant `data:"none"`
	ClosedAt      clock.Instant `data:"none"`
}

// The states of an account.
const (
	stateActive = "active"
	stateClosed = "closed"
)

// session is one signed-in browser. It is good until EndsAt, which ending it
// moves to that moment.
type session struct {
	store.Row `table:"sessions" subject:"subject_id" clock:"session.ended:ends_at"`
	Subject   id.Subject    `db:"subject_id" data:"none"`
	Workspace id.Tenant     `db:"workspace_id" data:"none"` // the one that was last worked in
	TokenHash []byte        `data:"session.token"`
	CreatedAt clock.Instant `data:"session.device"`
	SeenAt    clock.Instant `data:"session.device"` // to within seenEvery
	EndsAt    clock.Instant `data:"session.device"`
	RevokedAt clock.Instant `data:"session.device"`
	IP        vault.Text    `data:"session.device"`
	Agent     vault.Text    `data:"session.device"`
	Method    Method        `data:"session.device"`
	Factor    factor.Kind   `data:"session.device"` // the second proof; "" where there was none
	AssuredAt clock.Instant `data:"session.device"` // zero while the second proof is missing
	ProvedAt  clock.Instant `data:"session.device"` // the last proof of any kind
	// Place is the device's family and network, by which an unusual sign-in is noticed.
	Place vault.Index `db:"place_index" data:"session.device"`
}

// verification is a token that was mailed to prove an address or to set a new
// password. It is good once, until EndsAt.
type verification struct {
	store.Row `table:"verifications" subject:"subject_id" clock:"session.ended:ends_at"`
	Subject   id.Subject    `db:"subject_id" data:"none"`
	Kind      string        `data:"none"`
	TokenHash []byte        `data:"session.token"`
	CreatedAt clock.Instant `data:"session.token"`
	EndsAt    clock.Instant `data:"session.token"`
	UsedAt    clock.Instant `data:"session.token"`
	Email     vault.Text    `data:"account.email"` // the new address, of kindAddress alone
}

// invitation waits for a person who was asked to join a workspace. Invitee is
// the account with that address, or the number that the new account will have.
type invitation struct {
	store.Row  `table:"invitations" subject:"invitee_id,inviter_id" clock:"session.ended:ends_at"`
	Invitee    id.Subject    `db:"invitee_id" data:"none"`
	Inviter    id.Subject    `db:"inviter_id" data:"none"`
	Workspace  id.Tenant     `db:"workspace_id" data:"none"`
	Role       tenant.Role   `data:"account.role"`
	Email      vault.Text    `data:"account.email"`
	EmailIndex vault.Index   `data:"account.email"`
	TokenHash  []byte        `data:"session.token"`
	CreatedAt  clock.Instant `data:"session.token"`
	EndsAt     clock.Instant `data:"session.token"`
}

// attempt counts tries by a pseudonym: the keyed hash of an address, of a
// network, or of both. It goes a day after the last try.
type attempt struct {
	store.Row `table:"attempts" subject:"-" clock:"created:last_at"`
	Key       vault.Index   `db:"key_index" data:"security.log"`
	Tries     int64         `data:"security.log"`
	LastAt    clock.Instant `data:"security.log"`
	UntilAt   clock.Instant `data:"security.log"` // no further try before
}

// Tables are the module's stored structs.
func Tables() store.Set {
	return store.Set{Module: "identity", Rows: []any{account{}, session{}, verification{}, invitation{}, attempt{}}}
}

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var texts embed.FS

// Migrations are the module's SQL files.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

// Texts are the module's translations, for i18n.New.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
