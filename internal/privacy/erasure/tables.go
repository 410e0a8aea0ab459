package erasure

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// order is an erasure under way, and afterwards its proof. It is about nobody by
// design: it has to outlive the person's rows, and loses the id when it is done.
type order struct {
	store.Row `table:"erasure_orders" subject:"-" clock:"created:done_at"`
	Who       id.Subject    `data:"none" db:"who"` // NULL once done
	Proof     vault.Index   `data:"erasure.proof"`
	Places    string        `data:"none"` // JSON of []place; empty once done
	Ground    string        `data:"erasure.proof"`
	OrderedBy string        `data:"erasure.proof"`
	Language  string        `data:"none"`
	Plan      string        `data:"erasure.proof"` // JSON of plan
	Step      string        `data:"none"`
	Told      bool          `data:"none"`
	OrderedAt clock.Instant `data:"erasure.proof"`
	DoneAt    clock.Instant `data:"erasure.proof"`
	Receipt   string        `data:"erasure.proof"`
	// WaitsFor is what the order waits for, since when, and when that is looked at again.
	WaitsFor   string        `data:"none"`
	WaitsSince clock.Instant `data:"none"`
	WaitsUntil clock.Instant `data:"none"`
}

// closing is an account in its grace time: sealed, and erased when that is over.
// It goes with the person.
type closing struct {
	store.Row `table:"closings" subject:"subject_id"`
	Subject   id.Subject    `data:"none" db:"subject_id"`
	Ground    string        `data:"none"`
	OrderedBy string        `data:"none"`
	Language  string        `data:"none"`
	AskedAt   clock.Instant `data:"none"`
	EraseAt   clock.Instant `data:"none"`
	BegunAt   clock.Instant `data:"none"` // the erasure began: there is no way back
	// TokenHash is of the token that restores, erases now and copies.
	TokenHash []byte `data:"none"`
}

// warning says that a person was told that the account is idle. It is void once
// they were seen again.
type warning struct {
	store.Row `table:"idle_warnings" subject:"subject_id"`
	Subject   id.Subject    `data:"none" db:"subject_id"`
	LastSeen  clock.Instant `data:"none"`
	FirstTold clock.Instant `data:"none"`
	LastTold  clock.Instant `data:"none"`
}

// Tables are what the package stores.
func Tables() store.Set {
	return store.Set{Module: "erasure", Rows: []any{order{}, closing{}, warning{}, Task{}}}
}

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the table.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

//go:embed i18n/*.json
var texts embed.FS

// Texts are the package's sentences, for i18n.New.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
