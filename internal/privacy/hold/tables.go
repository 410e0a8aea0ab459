package hold

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Table is the holds' own: a hold does not hold itself.
const Table = "holds"

// Hold is one hold, in the home of its service. What is zero bounds nothing: a
// hold without a person, a workspace, categories and times covers the service.
type Hold struct {
	store.Row `table:"holds" subject:"known_to" clock:"created:created_at,resolved:lifted_at"`
	// KnownTo is Who from the moment on at which Who was told. Until then the row
	// is about nobody, so that neither page nor copy shows it.
	KnownTo   id.Subject `data:"none"`
	Who       id.Subject `data:"none"`
	Workspace id.Tenant  `data:"none" db:"workspace_id"`
	// Categories are the notice's, with spaces between; "" are all.
	Categories string `data:"none"`
	// From and Until bound when the data came to be; Until does not belong to it.
	From      clock.Instant `data:"none" db:"from_at"`
	Until     clock.Instant `data:"none" db:"until_at"`
	Reason    vault.Text    `data:"request.record"`
	Case      vault.Text    `data:"request.record" db:"case_ref"`
	OrderedBy vault.Text    `data:"request.record"`
	// Silence is why the person must not be told, until SilentUntil.
	Silence     Silence       `data:"none"`
	SilentUntil clock.Instant `data:"none"`
	ReviewAt    clock.Instant `data:"none"`
	CreatedAt   clock.Instant `data:"request.record"`
	ToldAt      clock.Instant `data:"request.record"`
	LiftedAt    clock.Instant `data:"request.record"`
	LiftReason  vault.Text    `data:"request.record"`
	// Gone says what an erasure had removed before the hold came: a step's name.
	Gone   string        `data:"none"`
	GoneAt clock.Instant `data:"none"`
}

// latch is the one row that Lock and Place queue at.
type latch struct {
	store.Row `table:"hold_latches" subject:"-"`
	Turns     int64 `data:"none"`
}

// Tables are what the package stores.
func Tables() store.Set { return store.Set{Module: "hold", Rows: []any{Hold{}, latch{}}} }

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the tables.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

//go:embed i18n/*.json
var texts embed.FS

// Texts are the package's sentences, for i18n.New.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
