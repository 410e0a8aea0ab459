// Package decoy stores what it does not say.
package decoy

import (
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Tables are in no part of the program.
func Tables() store.Set { return store.Set{Module: "decoy", Rows: []any{Friend{}}} }

// Friend has a field without a tag.
type Friend struct { // want: Friend.Nickname is stored and has no data tag
	store.Row `table:"friends" subject:"subject"` // want: Friend is stored, and parts() of internal/app does not name internal/capture/decoy.Tables
	Subject   id.Subject                          `data:"none"`
	Nickname  vault.Text
}

// Foe stands in no set.
type Foe struct { // want: Foe is stored and stands in no store.Set
	store.Row `table:"foes" subject:"-"`
	Name      vault.Text `data:"account.name"`
}
