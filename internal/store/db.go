package store

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"sync/atomic"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/vault"
)

// Options are what a store needs.
type Options struct {
	// URL of PostgreSQL, or "" for SQLite in Dir.
	URL string
	// Dir is the data folder of SQLite.
	Dir string
	// FileKey encrypts the SQLite file: 32 bytes.
	FileKey []byte
	Map     *Map
	// Migrations are the modules' SQL files, "NNNN_name.sql", in goose's form.
	Migrations []fs.FS
	Vault      *vault.Vault
	Clock      clock.Clock
	// Readers is how many SQLite connections read at once; 0 takes as many as
	// there are processors, four to eight.
	Readers int
	// Gate is asked when a transaction opens and when a person's value is sealed
	// or opened. nil: everything passes (tests).
	Gate Gate
}

// NoteReads has the store tell r what transactions read. It is called once, before
// anything is served.
func (db *DB) NoteReads(r Reads) { db.reads = r }

// DB is the store. It is safe for concurrent use.
type DB struct {
	dataMap *Map
	vault   *vault.Vault
	clock   clock.Clock
	ids     id.Maker
	gate    Gate
	sqlite  *sqliteEngine
	pg      *pgEngine
	group   *group

	reads     Reads
	readTexts *readTexts
	watch     *watch
	opened    atomic.Int64 // transactions so far; see GiveWay
}

// Open opens or creates the store, migrates it, guards every table of the data
// map and proves that database and map name the same columns.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Clock == nil || o.Map == nil {
		return nil, errors.New("store: Open needs a clock and a data map")
	}
	db := &DB{readTexts: newReadTexts(o.Map), dataMap: o.Map, vault: o.Vault, clock: o.Clock, ids: id.NewMaker(o.Clock.Now), gate: o.Gate}
	var err error
	switch {
	case o.URL == "":
		err = db.openSQLite(o)
	case strings.HasPrefix(o.URL, "postgres://"), strings.HasPrefix(o.URL, "postgresql://"):
		err = db.openPostgres(ctx, o)
	default:
		err = errors.New("store: the database URL begins with postgres://")
	}
	if err != nil {
		return nil, fault.Wrap("store.Open", err)
	}
	db.group = newGroup(db)
	if err := db.checkColumns(ctx, o); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// Close waits for the writer and closes all connections.
func (db *DB) Close() error {
	if db.group != nil {
		db.group.close()
	}
	if db.sqlite != nil {
		return db.sqlite.close()
	}
	if db.pg != nil {
		db.pg.close()
	}
	return nil
}

// Engine is "sqlite" or "postgres".
func (db *DB) Engine() string {
	if db.sqlite != nil {
		return "sqlite"
	}
	return "postgres"
}

// Map is the data map.
func (db *DB) Map() *Map { return db.dataMap }

// Vault is where keys are.
func (db *DB) Vault() *vault.Vault { return db.vault }

// Clock is the store's clock.
func (db *DB) Clock() clock.Clock { return db.clock }

// NewID makes a row's id outside of a transaction.
func (db *DB) NewID() id.ID { return db.ids.New() }

func (db *DB) admit(ctx context.Context, s Scope) error {
	db.opened.Add(1)
	if s.Purpose == "" {
		return fault.New(fault.Forbidden, "store", "store.no_purpose")
	}
	if db.gate != nil {
		return db.gate.Enter(ctx, s)
	}
	return nil
}

// Read runs f in a reading transaction of a scope: one snapshot. What staff read is
// in the log, durably, before Read returns; a fault of the log is one of Read.
func (db *DB) Read(ctx context.Context, s Scope, f func(*Tx) error) error {
	if err := db.admit(ctx, s); err != nil {
		return err
	}
	tx := &Tx{db: db, scope: s, watch: db.watched(s)}
	err := db.read(ctx, tx, f)
	if told := tx.told(ctx); err == nil {
		err = told
	}
	return err
}

func (db *DB) read(ctx context.Context, tx *Tx, f func(*Tx) error) error {
	if db.pg != nil {
		c, err := db.pg.begin(ctx, db.pg.app, tx.scope.Tenant, false)
		if err != nil {
			return wrap("store.Read", err)
		}
		defer c.end()
		tx.conn = c
		return f(tx)
	}
	c, done, err := db.sqlite.begin(ctx, db.sqlite.read, tx.scope.Tenant)
	if err != nil {
		return wrap("store.Read", err)
	}
	defer done()
	defer c.tx.Rollback()
	tx.conn = c
	return f(tx)
}

// Write runs f in a writing transaction of a scope and commits it durably; an
// error of f rolls all of it back. What staff read in it is in the log before
// Write returns.
func (db *DB) Write(ctx context.Context, s Scope, f func(*Tx) error) error {
	if err := db.admit(ctx, s); err != nil {
		return err
	}
	tx := &Tx{db: db, scope: s, write: true, watch: db.watched(s)}
	err := db.writeTx(ctx, tx, f)
	if told := tx.told(ctx); err == nil {
		err = told
	}
	return err
}

func (db *DB) writeTx(ctx context.Context, tx *Tx, f func(*Tx) error) error {
	if db.pg != nil {
		c, err := db.pg.begin(ctx, db.pg.app, tx.scope.Tenant, true)
		if err != nil {
			return wrap("store.Write", err)
		}
		if err := db.finishPostgres(ctx, tx, c, f); err != nil {
			return err
		}
	} else if err := db.writeSQLite(ctx, tx, f); err != nil {
		return err
	}
	db.told(ctx, tx.touched)
	return nil
}

func (db *DB) finishPostgres(ctx context.Context, tx *Tx, c *pgConn, f func(*Tx) error) error {
	defer c.end()
	tx.conn = c
	if err := tx.run(f); err != nil {
		return err
	}
	if err := c.commit(ctx); err != nil {
		return wrap("store.commit", err)
	}
	tx.committed()
	return nil
}

func (db *DB) writeSQLite(ctx context.Context, tx *Tx, f func(*Tx) error) error {
	e := db.sqlite
	if err := e.acquire(ctx); err != nil {
		return fault.New(fault.Unavailable, "store.Write", "try_again").Cause(err)
	}
	defer e.release()
	pool := e.write
	if tx.system != "" {
		pool = e.plain
	}
	c, done, err := e.begin(ctx, pool, tx.scope.Tenant)
	if err != nil {
		return wrap("store.Write", err)
	}
	defer done()
	defer c.tx.Rollback()
	tx.conn = c
	if err := tx.run(f); err != nil {
		return err
	}
	if err := c.tx.Commit(); err != nil {
		return wrap("store.commit", err)
	}
	tx.committed()
	return nil
}

func (tx *Tx) committed() {
	for _, f := range tx.after {
		f()
	}
}

// run makes both engines alike: what failed half-way is not committed, even if
// f swallowed the error.
func (tx *Tx) run(f func(*Tx) error) error {
	if err := f(tx); err != nil {
		return err
	}
	return tx.failed
}

// Compact empties SQLite's log into the file, where removed rows were already
// overwritten, so that nothing of them is left on the disk. PostgreSQL keeps old
// row versions until its own vacuum: there only destroyed keys make them unreadable.
func (db *DB) Compact(ctx context.Context) error {
	if db.sqlite == nil {
		return nil
	}
	if err := db.sqlite.acquire(ctx); err != nil {
		return fault.New(fault.Unavailable, "store.Compact", "try_again").Cause(err)
	}
	defer db.sqlite.release()
	_, err := db.sqlite.plain.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return wrap("store.Compact", err)
}

// Ping tells whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	if db.pg != nil {
		return wrap("store.Ping", db.pg.app.Ping(ctx))
	}
	return wrap("store.Ping", db.sqlite.read.PingContext(ctx))
}
