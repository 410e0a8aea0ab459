package store

import (
	"context"
	"sync"

	"amanah/internal/fault"
	"amanah/internal/id"
)

// group commits many small writes of many tenants at once: the disk's flush is
// what a durable write costs, and one flush serves all who wait for it.
type group struct {
	db   *DB
	in   chan *grouped
	done chan struct{}
	once sync.Once
	stop chan struct{}
}

type grouped struct {
	ctx   context.Context
	scope Scope
	f     func(*Tx) error
	tx    *Tx
	err   chan error
}

// Each caller's part has a savepoint; a caller alone needs none.
const (
	savepoint        = "SAVEPOINT part"
	releaseSavepoint = "RELEASE SAVEPOINT part"
)

// groupMost bounds a transaction, and with it the wait of the last one.
const groupMost = 256

func newGroup(db *DB) *group {
	g := &group{db: db, in: make(chan *grouped, groupMost), done: make(chan struct{}), stop: make(chan struct{})}
	go g.run()
	return g
}

func (g *group) close() {
	g.once.Do(func() { close(g.stop) })
	<-g.done
}

// WriteGrouped is Write for small transactions that many callers make at the
// same time: they share one commit, each behind its own savepoint and in its own
// scope. It returns when the caller's part is durable, or failed alone.
func (db *DB) WriteGrouped(ctx context.Context, s Scope, f func(*Tx) error) error {
	if err := db.admit(ctx, s); err != nil {
		return err
	}
	w := &grouped{ctx: ctx, scope: s, f: f, err: make(chan error, 1)}
	err := db.enqueue(ctx, w)
	if w.tx != nil {
		if told := w.tx.told(ctx); err == nil {
			err = told
		}
	}
	return err
}

// enqueue hands a write to the group and waits for it.
func (db *DB) enqueue(ctx context.Context, w *grouped) error {
	select {
	case db.group.in <- w:
	case <-db.group.stop:
		return fault.New(fault.Unavailable, "store.WriteGrouped", "try_again")
	case <-ctx.Done():
		return fault.New(fault.Unavailable, "store.WriteGrouped", "try_again").Cause(ctx.Err())
	}
	select {
	case err := <-w.err:
		return err
	case <-db.group.done:
		select {
		case err := <-w.err:
			return err
		default:
			return fault.New(fault.Unavailable, "store.WriteGrouped", "try_again")
		}
	}
}

func (g *group) run() {
	defer close(g.done)
	for {
		var batch []*grouped
		select {
		case w := <-g.in:
			batch = append(batch, w)
		case <-g.stop:
			return
		}
	gather:
		for len(batch) < groupMost {
			select {
			case w := <-g.in:
				batch = append(batch, w)
			default:
				break gather
			}
		}
		g.commit(batch)
	}
}

// commit writes a batch. If the shared transaction fails, everyone hears so:
// nobody was promised anything yet.
func (g *group) commit(batch []*grouped) {
	ctx := context.Background()
	var kept []*grouped
	err := g.transaction(ctx, batch[0].scope.Tenant, func(tx *Tx, enter func(Scope) error) error {
		if len(batch) == 1 {
			enter = nil
		}
		for _, w := range batch {
			if w.ctx.Err() != nil {
				w.err <- fault.New(fault.Unavailable, "store.WriteGrouped", "try_again").Cause(w.ctx.Err())
				continue
			}
			w.tx = &Tx{db: g.db, scope: w.scope, conn: tx.conn, write: true, watch: g.db.watched(w.scope)}
			ok, err := g.part(ctx, w, enter)
			if err != nil {
				w.err <- err
				if !ok {
					return err
				}
				continue
			}
			kept = append(kept, w)
		}
		return nil
	})
	touched := false
	for _, w := range kept {
		touched = touched || w.tx.touched
	}
	if err == nil {
		g.db.told(ctx, touched)
	}
	for _, w := range kept {
		if err == nil {
			w.tx.committed()
		}
		w.err <- err
	}
	if err != nil {
		for _, w := range batch {
			select { // those who were never reached
			case w.err <- err:
			default:
			}
		}
	}
}

// part runs one caller's function behind a savepoint, or, where enter is nil,
// with the transaction to itself. ok is false when the transaction is of no more use.
func (g *group) part(ctx context.Context, w *grouped, enter func(Scope) error) (ok bool, err error) {
	if enter == nil {
		err := w.tx.run(w.f)
		return err == nil, err
	}
	if err := enter(w.scope); err != nil {
		return false, wrap("store.WriteGrouped", err)
	}
	if err := w.tx.run(w.f); err != nil {
		if _, back := w.tx.conn.exec(ctx, "ROLLBACK TO SAVEPOINT part", nil); back != nil {
			return false, wrap("store.WriteGrouped", back)
		}
		return true, err
	}
	return true, nil
}

// transaction begins bound to the first caller's tenant. enter ends the part
// before, binds to the next one's tenant where it is another, and sets the
// savepoint: on PostgreSQL in one round trip. The commit releases the last one.
func (g *group) transaction(ctx context.Context, bound id.Tenant, f func(tx *Tx, enter func(Scope) error) error) error {
	tx := &Tx{db: g.db, scope: Scope{Tenant: bound}, write: true}
	first := true
	steps := func(s Scope) (release, bind bool) {
		release, bind = !first, s.Tenant != bound
		first, bound = false, s.Tenant
		return release, bind
	}
	if g.db.pg != nil {
		c, err := g.db.pg.begin(ctx, g.db.pg.app, bound, true)
		if err != nil {
			return wrap("store.WriteGrouped", err)
		}
		return g.db.finishPostgres(ctx, tx, c, func(tx *Tx) error {
			return f(tx, func(s Scope) error {
				text := savepoint
				release, bind := steps(s)
				if bind {
					text = setTenant(s.Tenant) + "; " + text
				}
				if release {
					text = releaseSavepoint + "; " + text
				}
				c.eager = true
				if err := c.flush(ctx); err != nil {
					return err
				}
				_, err := c.tx.Exec(ctx, text)
				return err
			})
		})
	}
	return g.db.writeSQLite(ctx, tx, func(tx *Tx) error {
		return f(tx, func(s Scope) error {
			release, bind := steps(s)
			if release {
				if _, err := tx.conn.exec(ctx, releaseSavepoint, nil); err != nil {
					return err
				}
			}
			if bind {
				if err := bindSQLite(ctx, tx.conn.(sqliteConn).tx, s.Tenant); err != nil {
					return err
				}
			}
			_, err := tx.conn.exec(ctx, savepoint, nil)
			return err
		})
	})
}
