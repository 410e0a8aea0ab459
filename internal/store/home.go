package store

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/id"
)

// InHome runs f in the same transaction, bound to the scope's home for as long as
// f lasts: for what has to be decided together with a change of another
// enclosure's rows, such as whether a hold forbids to remove them. It ends bound
// to its own tenant again, whatever f did.
func (tx *Tx) InHome(ctx context.Context, f func(*Tx) error) error {
	home := tx.scope.home()
	if home == tx.scope.Tenant {
		return f(tx)
	}
	own := tx.scope
	if err := tx.bind(ctx, home); err != nil {
		return err
	}
	tx.scope.Tenant = home
	err := f(tx)
	tx.scope = own
	if tx.failed != nil { // PostgreSQL takes no further statement
		return tx.failed
	}
	if back := tx.bind(ctx, own.Tenant); back != nil {
		tx.failed = back
		return back
	}
	return err
}

func (tx *Tx) bind(ctx context.Context, to id.Tenant) error {
	var err error
	switch c := tx.conn.(type) {
	case sqliteConn:
		err = bindSQLite(ctx, c.tx, to)
	case *pgConn:
		err = c.bind(ctx, to)
	default:
		err = fault.New(fault.Internal, "store.InHome", "")
	}
	return wrap("store.InHome", err)
}
