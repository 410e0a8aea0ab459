package store

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"os"
	"path/filepath"

	"github.com/ncruces/go-sqlite3"
)

// copyPages is how many pages are copied before the context is asked again.
const copyPages = 2048

func (db *DB) copySQLite(ctx context.Context, tmp string, w io.Writer) (f Figures, err error) {
	e := db.sqlite
	path := filepath.Join(tmp, "copy.db")
	defer func() { err = errors.Join(err, removeIfThere(path), removeIfThere(path+"-journal")) }()
	if err := removeIfThere(path); err != nil {
		return f, err
	}
	err = withRaw(ctx, e.path, e.key, func(c *sqlite3.Conn) error {
		// One reading transaction: what is counted is what is copied.
		if err := c.Exec("BEGIN; SELECT count(*) FROM sqlite_schema"); err != nil {
			return err
		}
		if f, err = measureSQLite(ctx, c); err != nil {
			return err
		}
		to := url.URL{Scheme: "file", Path: path, OmitHost: true, RawQuery: url.Values{"vfs": {"adiantum"}, "hexkey": {hex.EncodeToString(e.key)}}.Encode()}
		b, err := c.BackupInit("main", to.String())
		if err != nil {
			return err
		}
		for done := false; !done && err == nil; {
			if done, err = b.Step(copyPages); err == nil {
				err = ctx.Err()
			}
		}
		return errors.Join(err, b.Close())
	})
	if err != nil {
		return f, err
	}
	in, err := os.Open(path)
	if err != nil {
		return f, err
	}
	_, err = io.Copy(w, in)
	return f, errors.Join(err, in.Close())
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// withRaw lends a connection of its own to a file.
func withRaw(ctx context.Context, path string, key []byte, f func(*sqlite3.Conn) error) error {
	db, err := openSQLite(path, key, "deferred", nil)
	if err != nil {
		return err
	}
	defer db.Close()
	c, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	return c.Raw(func(dc any) error { return f(dc.(interface{ Raw() *sqlite3.Conn }).Raw()) })
}

// MeasureSQLite tells what a database file holds, after SQLite's own check of it.
func MeasureSQLite(ctx context.Context, path string, key []byte) (f Figures, err error) {
	err = withRaw(ctx, path, key, func(c *sqlite3.Conn) error {
		s, _, err := c.Prepare("PRAGMA quick_check(1)")
		if err != nil {
			return err
		}
		ok := s.Step() && s.ColumnText(0) == "ok"
		if err := errors.Join(s.Err(), s.Close()); err != nil {
			return err
		}
		if !ok {
			return errors.New("SQLite's check finds the file damaged")
		}
		f, err = measureSQLite(ctx, c)
		return err
	})
	return f, wrap("store.MeasureSQLite", err)
}

func measureSQLite(ctx context.Context, c *sqlite3.Conn) (Figures, error) {
	f := Figures{Engine: "sqlite", Tables: map[string]TableFigure{}}
	var names []string
	err := eachRow(c, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name", func(s *sqlite3.Stmt) error {
		names = append(names, s.ColumnText(0))
		return nil
	})
	if err != nil {
		return f, err
	}
	for _, n := range names {
		if f.Tables[n], err = sumSQLite(ctx, c, n); err != nil {
			return f, fmt.Errorf("table %s: %w", n, err)
		}
	}
	f.audit()
	err = eachRow(c, "SELECT max(version_id) FROM goose_db_version", func(s *sqlite3.Stmt) error { f.Schema = s.ColumnInt64(0); return nil })
	if err != nil {
		return f, err
	}
	err = eachRow(c, "SELECT seq, hash FROM backup_state WHERE id = 'journal'", func(s *sqlite3.Stmt) error {
		f.Seq, f.Hash = s.ColumnInt64(0), s.ColumnText(1)
		return nil
	})
	return f, err
}

func eachRow(c *sqlite3.Conn, text string, f func(*sqlite3.Stmt) error) error {
	s, _, err := c.Prepare(text)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	for s.Step() {
		if err := f(s); err != nil {
			return err
		}
	}
	return s.Err()
}

func sumSQLite(ctx context.Context, c *sqlite3.Conn, table string) (TableFigure, error) {
	r := newRowsum()
	err := eachRow(c, `SELECT * FROM main."`+table+`"`, func(s *sqlite3.Stmt) error {
		for i := range s.ColumnCount() {
			switch s.ColumnType(i) {
			case sqlite3.NULL:
				r.value('n', nil)
			case sqlite3.INTEGER:
				r.value('i', binary.BigEndian.AppendUint64(nil, uint64(s.ColumnInt64(i))))
			case sqlite3.FLOAT:
				r.value('f', binary.BigEndian.AppendUint64(nil, math.Float64bits(s.ColumnFloat(i))))
			case sqlite3.TEXT:
				r.value('t', s.ColumnRawText(i))
			default:
				r.value('b', s.ColumnRawBlob(i))
			}
		}
		r.end()
		if r.rows%4096 == 0 {
			return ctx.Err()
		}
		return nil
	})
	return r.figure(), err
}
