// Package decoy goes around the gate.
package decoy

import (
	"context"
	"database/sql"
	"io"

	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/store"
	"amanah/internal/store/keyring"
	"amanah/internal/vault"
)

const ads = "advertising"

// files is what a vault fits into.
type files interface {
	OpenFile(ctx context.Context, home id.Tenant, s id.Subject, f vault.FileID) (io.ReadCloser, error)
}

func look(ctx context.Context, db *store.DB, who identity.Principal, f files, nothing func(*store.Tx) error) {
	_ = db.Read(ctx, store.Scope{Tenant: who.Workspace}, nothing)               // want: a store.Scope without a purpose
	_ = db.Read(ctx, store.Scope{Tenant: who.Workspace, Purpose: ads}, nothing) // want: the purpose "advertising" is in no notice
	_ = db.Read(ctx, who.Scope("curiosity"), nothing)                           // want: the purpose "curiosity" is in no notice
	s := who.Scope("capture")
	s.Purpose = "resale" // want: the purpose "resale" is in no notice
	all := db.System     // want: uses System(amanah/internal/store.SystemUse) 1 times
	_ = all(ctx, store.UseMeasure, store.Actor{Kind: "job"}, func(tx *store.Tx) error {
		_ = tx.For(ctx, "gossip", func() error { return nil }) // want: the purpose "gossip" is in no notice
		raw, _ := tx.SQL()                                     // want: (*amanah/internal/store.Tx).SQL reaches the database past store.Tx
		_, err := raw.ExecContext(ctx, "SELECT 1")
		return err
	})
	v := db.Vault()
	_, _ = v.OpenValue(ctx, who.Home, who.Subject, nil, nil)      // want: uses OpenValue(amanah/internal/id.Tenant) 1 times
	_, _ = f.OpenFile(ctx, who.Home, who.Subject, vault.FileID{}) // want: uses OpenFile(amanah/internal/id.Tenant) 1 times
	_, _ = keyring.Open(ctx, "", "", nil)                         // want: keyring.Open opens what is sealed past the store
	own, _ := sql.Open("sqlite3", "amanah.db")                    // want: database/sql.Open reaches the database past store.Tx
	_ = vault.New(nil, nil, nil, nil)                             // want: vault.New opens what is sealed past the store
	_ = own.Close()
}
