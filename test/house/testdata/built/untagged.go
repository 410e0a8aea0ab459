// Package untagged stores a field that says nothing of itself.
package untagged

import (
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

type friend struct {
	store.Row `table:"decoy_friends" subject:"subject"`
	Subject   id.Subject `data:"none"`
	Nickname  vault.Text
}

// Tables are what it stores.
func Tables() store.Set { return store.Set{Module: "decoy", Rows: []any{friend{}}} }
