package store

import (
	"context"
	"errors"
	"io"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/vault"
)

var errOnlyKeeps = errors.New("a transaction that only keeps opens nothing")

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
	// file's stream of this scope. Its refusal is one that Closed knows.
	Use(s Scope, who id.Subject, category string, act Act) error
}

// closedKey begins the keys of the faults of a closed gate: "gate.closed.WHY".
const closedKey = "gate.closed."

// Closed tells whether an error says that a purpose is closed for a person. What
// was to be done waits then, and is no failure: it goes on when it is open again.
func Closed(err error) bool {
	return fault.Is(err, fault.Forbidden) && strings.HasPrefix(fault.Of(err).Key, closedKey)
}

// ClosedBy makes the fault of a closed gate. A page that answers with it leads to
// where the person sees and changes what is closed.
func ClosedBy(op, why string) *fault.Error {
	return fault.New(fault.Forbidden, op, closedKey+why).With("path", "/privacy/me")
}

// Gate is the one that the store was opened with; nil in tests.
func (tx *Tx) Gate() Gate { return tx.db.gate }

// For runs f in the same transaction for another purpose: a notice that an act
// makes, the proof that a sign-up leaves. The gate is asked as for a new one.
func (tx *Tx) For(ctx context.Context, purpose string, f func() error) error {
	was := tx.scope
	now := was
	now.Purpose = purpose
	if err := tx.db.admit(ctx, now); err != nil {
		return err
	}
	tx.scope = now
	defer func() { tx.scope = was }()
	return f()
}

// May tells whether this transaction's purpose is open for a person: nil, or a
// fault that Closed knows. Work over many people asks it to pass over some; what
// reads or writes one person's sealed values is asked in any case.
func (tx *Tx) May(who id.Subject) error { return tx.db.May(tx.scope, who) }

// May is Tx.May for what works outside of a transaction.
func (db *DB) May(s Scope, who id.Subject) error { return db.use(s, who, "", Opening) }

func (tx *Tx) use(who id.Subject, category string, act Act) error {
	return tx.db.use(tx.scope, who, category, act)
}

func (db *DB) use(s Scope, who id.Subject, category string, act Act) error {
	if s.Keep && act == Opening {
		return fault.New(fault.Internal, "store.open", "").Cause(errOnlyKeeps)
	}
	if db.gate == nil || who.IsZero() {
		return nil
	}
	return db.gate.Use(s, who, category, act)
}

// PutFile seals a file under a person's key, for a scope's purpose (see
// vault.PutFile). The key is the one of the scope's home.
func (db *DB) PutFile(ctx context.Context, s Scope, who id.Subject, f vault.FileID, r io.Reader) (int64, error) {
	if err := db.use(s, who, "", Sealing); err != nil {
		return 0, err
	}
	return db.vault.PutFile(ctx, s.home(), who, f, r)
}

// OpenFile opens a sealed file for a scope's purpose (see vault.OpenFile).
func (db *DB) OpenFile(ctx context.Context, s Scope, who id.Subject, f vault.FileID) (io.ReadCloser, error) {
	if err := db.use(s, who, "", Opening); err != nil {
		return nil, err
	}
	return db.vault.OpenFile(ctx, s.home(), who, f)
}

// DeleteFile removes a sealed file; that needs no purpose.
func (db *DB) DeleteFile(ctx context.Context, s Scope, who id.Subject, f vault.FileID) error {
	return db.vault.DeleteFile(ctx, s.home(), who, f)
}
