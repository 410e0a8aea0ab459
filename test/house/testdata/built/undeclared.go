// Package undeclared stores a category that no notice names.
package undeclared

import (
	"io/fs"
	"testing/fstest"

	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

type friend struct {
	store.Row `table:"decoy_friends" subject:"subject"`
	Subject   id.Subject `data:"none"`
	Faith     vault.Text `data:"decoy.faith"`
}

// Tables are what it stores.
func Tables() store.Set { return store.Set{Module: "decoy", Rows: []any{friend{}}} }

// Migrations make it.
func Migrations() fs.FS {
	return fstest.MapFS{"20991231001_decoy.sql": {Data: []byte("-- +goose Up\nCREATE TABLE decoy_friends (tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT, faith BYTEA, PRIMARY KEY (tenant_id, id));\n")}}
}
