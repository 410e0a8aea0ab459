package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/ncruces/go-sqlite3"
	_ "github.com/ncruces/go-sqlite3/vfs/adiantum" // registers the encrypting file system

	"amanah/internal/fault"
	"amanah/internal/id"
)

// sqliteEngine has one writing connection and some reading ones, all guarded,
// and two unguarded ones: for migrations and system transactions, and for River.
type sqliteEngine struct {
	write, read, plain *sql.DB
	jobs               *sql.DB
	text               *sqliteText
	lock               chan struct{} // one writer at a time, waiting in Go and not in SQLite
	path               string
	key                []byte
}

// OpenSQLiteFile opens an encrypted SQLite file without the guard, for what is
// not in the data map: the key ring, and tests that look into the file.
func OpenSQLiteFile(path string, key []byte) (*sql.DB, error) {
	db, err := openSQLite(path, key, "immediate", nil)
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

func openSQLite(path string, key []byte, lock string, prepare func(*sqlite3.Conn) error) (*sql.DB, error) {
	if len(key) != 32 {
		return nil, errors.New("store: the file key has 32 bytes")
	}
	// SQLite gives its log and index files the mode of the database file.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(f.Chmod(0o600), f.Close()); err != nil {
		return nil, err
	}
	dsn := url.URL{Scheme: "file", Opaque: url.PathEscape(path), RawQuery: url.Values{"vfs": {"adiantum"}, "_txlock": {lock}}.Encode()}
	if filepath.IsAbs(path) {
		dsn.Opaque, dsn.Path, dsn.OmitHost = "", path, true
	}
	return openCaching(dsn.String(), func(c *sqlite3.Conn) error {
		// FULL: a committed transaction survives the loss of power. secure_delete:
		// removed rows are overwritten, in the file and, after a checkpoint, in the log.
		err := c.Exec(`PRAGMA hexkey='` + hex.EncodeToString(key) + `'; PRAGMA busy_timeout=15000; PRAGMA journal_mode=WAL;
			PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA temp_store=memory; PRAGMA cache_size=-4000;
			PRAGMA foreign_keys=ON; PRAGMA journal_size_limit=67108864`)
		if err != nil || prepare == nil {
			return err
		}
		return prepare(c)
	})
}

func (db *DB) openSQLite(o Options) error {
	path := filepath.Join(o.Dir, "amanah.db")
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return err
	}
	plain, err := openSQLite(path, o.FileKey, "immediate", nil)
	if err != nil {
		return err
	}
	plain.SetMaxOpenConns(1)
	if err := plain.PingContext(context.Background()); err != nil {
		plain.Close()
		return sqliteOpenFault(err)
	}
	e := &sqliteEngine{plain: plain, path: path, key: o.FileKey, lock: make(chan struct{}, 1), text: &sqliteText{tables: map[string]bool{}}}
	for _, t := range db.dataMap.tables {
		e.text.tables[t.Name] = true
	}
	db.sqlite = e
	if err := db.migrateSQLite(o); err != nil {
		plain.Close()
		return err
	}
	guard := func(c *sqlite3.Conn) error { return c.Exec(guardSQL(db.dataMap)) }
	// A transaction of some thousand rows dirties more pages than a small cache
	// holds; each page that is pushed out is sealed, written and read again.
	writer := func(c *sqlite3.Conn) error {
		return errors.Join(guard(c), c.Exec("PRAGMA cache_size=-32000; PRAGMA wal_autocheckpoint=4000"))
	}
	if e.write, err = openSQLite(path, o.FileKey, "immediate", writer); err != nil {
		return err
	}
	e.write.SetMaxOpenConns(1)
	if e.read, err = openSQLite(path, o.FileKey, "deferred", guard); err != nil {
		return err
	}
	if e.jobs, err = openSQLite(path, o.FileKey, "immediate", nil); err != nil {
		return err
	}
	e.jobs.SetMaxOpenConns(1)
	readers := o.Readers
	if readers == 0 {
		readers = max(4, min(8, runtime.NumCPU()))
	}
	e.read.SetMaxOpenConns(readers)
	e.read.SetMaxIdleConns(2)
	return nil
}

func sqliteOpenFault(err error) error {
	if errors.Is(err, sqlite3.NOTADB) {
		return fault.New(fault.Invalid, "store.Open", "store.wrong_key").Cause(errors.New("the database file does not open with this master key"))
	}
	return fault.Wrap("store.Open", err)
}

func (e *sqliteEngine) close() error {
	var errs []error
	for _, db := range []*sql.DB{e.jobs, e.read, e.write, e.plain} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// connWait is how long a transaction waits for a connection. One that is opened
// inside another would wait for ever for what its own caller holds.
const connWait = 15 * time.Second

// begin binds a connection to a tenant, then begins. The zero tenant binds it
// to none: nothing is visible.
func (e *sqliteEngine) begin(ctx context.Context, pool *sql.DB, tenant id.Tenant) (sqliteConn, func(), error) {
	wait, stop := context.WithTimeout(ctx, connWait)
	defer stop()
	c, err := pool.Conn(wait)
	if err != nil {
		return sqliteConn{}, nil, fault.New(fault.Unavailable, "store.begin", "try_again").Cause(err)
	}
	done := func() { c.Close() }
	if pool != e.plain {
		if err := bindOnce(ctx, c, tenant); err != nil {
			done()
			return sqliteConn{}, nil, err
		}
	}
	tx, err := c.BeginTx(ctx, nil)
	if err != nil {
		done()
		return sqliteConn{}, nil, err
	}
	return sqliteConn{tx: tx, text: e.text, plain: pool == e.plain}, done, nil
}

// acquire waits for the turn to write.
func (e *sqliteEngine) acquire(ctx context.Context) error {
	select {
	case e.lock <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (e *sqliteEngine) release() { <-e.lock }

type sqliteConn struct {
	tx    *sql.Tx
	text  *sqliteText
	plain bool
}

// rewrite refuses what goes around the guard; texts are few, so each is looked
// at once.
func (c sqliteConn) rewrite(text string) (string, error) {
	if !c.plain && c.text.forbidden(text) {
		return "", fault.New(fault.Forbidden, "store", "store.around_guard")
	}
	return c.text.rewrite(text), nil
}

func (c sqliteConn) exec(ctx context.Context, text string, args []any) (int64, error) {
	text, err := c.rewrite(text)
	if err != nil {
		return 0, err
	}
	r, err := c.tx.ExecContext(ctx, text, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (c sqliteConn) put(ctx context.Context, text string, args []any) error {
	_, err := c.exec(ctx, text, args)
	return err
}

func (c sqliteConn) query(ctx context.Context, text string, args []any) (Rows, error) {
	text, err := c.rewrite(text)
	if err != nil {
		return nil, err
	}
	rows, err := c.tx.QueryContext(ctx, text, args...) //nolint:rowserrcheck // the caller asks Rows.Err
	if err != nil {
		return nil, err
	}
	return sqlRows{rows}, nil
}

// sqlRows drops the error of Close, which says nothing that Err does not.
type sqlRows struct{ *sql.Rows }

func (r sqlRows) Close() { _ = r.Rows.Close() }

// sqliteFault gives SQLite's result codes their fault.
func sqliteFault(op string, err error) error {
	var e *sqlite3.Error
	if !errors.As(err, &e) {
		return nil
	}
	safe := errors.New("sqlite " + e.ExtendedCode().Error())
	switch {
	case errors.Is(err, sqlite3.CONSTRAINT_UNIQUE), errors.Is(err, sqlite3.CONSTRAINT_PRIMARYKEY):
		return fault.New(fault.Conflict, op, "conflict").Cause(safe)
	case errors.Is(err, sqlite3.CONSTRAINT_TRIGGER):
		return fault.New(fault.Forbidden, op, "store.foreign_tenant").Cause(safe)
	case errors.Is(err, sqlite3.BUSY):
		return fault.New(fault.Unavailable, op, "try_again").Cause(safe)
	case errors.Is(err, sqlite3.FULL), errors.Is(err, sqlite3.IOERR):
		return fault.New(fault.Unavailable, op, "store.disk").Cause(safe)
	case errors.Is(err, sqlite3.ERROR):
		return fault.New(fault.Internal, op, "").Cause(err) // a wrong query text: no values in it
	}
	return fault.New(fault.Internal, op, "").Cause(safe)
}
