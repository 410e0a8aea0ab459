package store

import (
	"context"

	"amanah/internal/id"
)

// Act is what is about to be done with a sealed value.
type Act uint8

// The acts.
const (
	Opening Act = iota // read in clear
	Sealing            // put away
)

// Gate is asked before anything of a person is used. Package privacy/gate is the
// one of the program; a store opened without one lets everything pass (tests).
type Gate interface {
	// Enter admits a scope before its transaction opens: the purpose is one of the
	// service's notice and, where a person acts, open for that person.
	Enter(ctx context.Context, s Scope) error
	// Use admits the opening or sealing of one person's value of a category of the
	// notice ("" where no column names one, as for a file) in a transaction or a
	// file's stream of this scope.
	Use(s Scope, who id.Subject, category string, act Act) error
}

// Gate is the one that the store was opened with; nil in tests.
func (tx *Tx) Gate() Gate { return tx.db.gate }

func (tx *Tx) use(who id.Subject, category string, act Act) error {
	return tx.db.use(tx.scope, who, category, act)
}

func (db *DB) use(s Scope, who id.Subject, category string, act Act) error {
	if db.gate == nil || who.IsZero() {
		return nil
	}
	return db.gate.Use(s, who, category, act)
}
