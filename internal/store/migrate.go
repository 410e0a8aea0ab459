package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing/fstest"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var ownMigrations embed.FS

// gather puts the modules' migrations into one order by their number. The texts
// use types that both engines know: TEXT, BIGINT, BOOLEAN, BYTEA.
func gather(o Options) (fs.FS, error) {
	all := fstest.MapFS{}
	own, err := fs.Sub(ownMigrations, "migrations")
	if err != nil {
		return nil, err
	}
	numbers := map[string]string{}
	for _, src := range append([]fs.FS{own}, o.Migrations...) {
		files, err := fs.Glob(src, "*.sql")
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			n, _, _ := strings.Cut(f, "_")
			if was, twice := numbers[n]; twice {
				return nil, fmt.Errorf("store: migrations %s and %s have the same number", was, f)
			}
			numbers[n] = f
			text, err := fs.ReadFile(src, f)
			if err != nil {
				return nil, err
			}
			all[path.Base(f)] = &fstest.MapFile{Data: text}
		}
	}
	return all, nil
}

// latest is the number of the last migration that this version has.
func latest(o Options) (int64, error) {
	files, err := gather(o)
	if err != nil {
		return 0, err
	}
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return 0, err
	}
	var last int64
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("store: migration %s has no number", name)
		}
		last = max(last, n)
	}
	return last, nil
}

// Latest is the number of the last migration of these folders and the store's own.
func Latest(migrations []fs.FS) (int64, error) { return latest(Options{Migrations: migrations}) }

func runMigrations(ctx context.Context, dialect goose.Dialect, db *sql.DB, o Options) error {
	files, err := gather(o)
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(dialect, db, files)
	if err != nil {
		return fmt.Errorf("store: migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("store: migrations: %w", err)
	}
	return nil
}

func (db *DB) migrateSQLite(o Options) error {
	return runMigrations(context.Background(), goose.DialectSQLite3, db.sqlite.plain, o)
}

// migratePostgres holds an advisory lock, so that nodes that start together
// migrate one after the other.
func (db *DB) migratePostgres(ctx context.Context, o Options) error {
	c, err := db.pg.owner.Acquire(ctx)
	if err != nil {
		return err
	}
	defer c.Release()
	const lock = 7_264_001
	if _, err := c.Exec(ctx, "SELECT pg_advisory_lock($1)", lock); err != nil {
		return err
	}
	defer func() { _, _ = c.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", lock) }()
	if err := withSQL(db.pg.owner, func(s *sql.DB) error { return runMigrations(ctx, goose.DialectPostgres, s, o) }); err != nil {
		return err
	}
	if err := db.guardPostgres(ctx, c.Conn()); err != nil {
		return err
	}
	_, err = c.Exec(ctx, "GRANT INSERT, SELECT, DELETE ON system_uses TO "+systemRole+"; GRANT SELECT, UPDATE ON backup_state TO "+systemRole+"; GRANT SELECT ON goose_db_version TO "+systemRole)
	return err
}

func withSQL(pool *pgxpool.Pool, f func(*sql.DB) error) error {
	s := stdlib.OpenDBFromPool(pool)
	return errors.Join(f(s), s.Close())
}

// checkColumns proves that the database has the data map's columns and no other:
// a column that no field names would be a place where something is kept untold.
// Columns of a newer version's migrations are its own, checked by it: while both
// run side by side the older one leaves them empty.
func (db *DB) checkColumns(ctx context.Context, o Options) error {
	own, err := latest(o)
	if err != nil {
		return err
	}
	return db.System(ctx, UseCheck, Actor{Kind: "system"}, func(tx *Tx) error {
		var newest int64
		if err := tx.QueryRow(ctx, "SELECT max(version_id) FROM goose_db_version", nil, &newest); err != nil {
			return err
		}
		for _, t := range db.dataMap.tables {
			have, err := tx.columns(ctx, t.Name)
			if err != nil {
				return err
			}
			var want []string
			for _, c := range t.Columns {
				want = append(want, c.Name)
			}
			if newest > own {
				have = slices.DeleteFunc(have, func(c string) bool { return !slices.Contains(want, c) })
			}
			slices.Sort(have)
			slices.Sort(want)
			if !slices.Equal(have, want) {
				return fmt.Errorf("store: table %s has the columns %v, its struct %v: tag the missing ones or migrate", t.Name, have, want)
			}
		}
		if newest > own {
			return nil
		}
		return tx.checkTables(ctx)
	})
}

// ownTables are the store's, goose's and River's: they hold numbers and names of
// operation alone. Every other table is a module's and has a struct.
var ownTables = regexp.MustCompile(`^(goose_db_version|system_uses|backup_state|backup_pending|river_.*|sqlite_.*)$`)

// checkTables proves that every table has a struct. One without is told to nobody,
// is in no copy and no erasure, and has no guard between tenants.
func (tx *Tx) checkTables(ctx context.Context) error {
	text := "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
	if tx.db.pg != nil {
		text = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
	}
	rows, err := tx.Query(ctx, text)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		if _, known := tx.db.dataMap.byName[name]; !known && !ownTables.MatchString(name) {
			return fmt.Errorf("store: no struct describes the table %s: give it one with data tags, or drop it", name)
		}
	}
	return rows.Err()
}

func (tx *Tx) columns(ctx context.Context, table string) ([]string, error) {
	text := "SELECT name FROM pragma_table_info($1)"
	if tx.db.pg != nil {
		text = "SELECT column_name::text FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1"
	}
	rows, err := tx.Query(ctx, text, table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		out = append(out, name)
	}
	return out, rows.Err()
}
