package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"

	"amanah/internal/store"
)

const bareSchema = `CREATE TABLE bare_records (tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT, purpose TEXT NOT NULL, look TEXT, body TEXT, kept_until BIGINT NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX bare_records_look ON bare_records (tenant_id, look);
CREATE INDEX bare_records_subject ON bare_records (tenant_id, subject);
CREATE INDEX bare_records_purpose ON bare_records (tenant_id, purpose, created_at);
CREATE TABLE bare_passing (tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT, body BYTEA, came_at BIGINT NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE INDEX bare_passing_came ON bare_passing (tenant_id, came_at);
CREATE INDEX bare_passing_subject ON bare_passing (tenant_id, subject)`

// bareSide is the side with the enforcement off: plain SQL on plain columns.
type bareSide struct {
	of   *kept
	file *sql.DB // SQLite's
	exec func(ctx context.Context, text string, args ...any) error
	// query reads all rows into texts.
	query func(ctx context.Context, columns int, text string, args ...any) error
	all   func(ctx context.Context, f func(exec func(text string, args ...any) error) error) error
	drop  func() error
}

func openBare(ctx context.Context, k *kept, dir string) (*bareSide, error) {
	b := &bareSide{of: k}
	if _, pool := k.db.JobPool(); pool != nil {
		if _, err := pool.Exec(ctx, "DROP TABLE IF EXISTS bare_records; DROP TABLE IF EXISTS bare_passing; "+bareSchema); err != nil {
			return nil, err
		}
		b.exec = func(ctx context.Context, text string, args ...any) error {
			_, err := pool.Exec(ctx, text, args...)
			return err
		}
		b.query = func(ctx context.Context, columns int, text string, args ...any) error {
			rows, err := pool.Query(ctx, text, args...)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				if err := rows.Scan(into(columns)...); err != nil {
					return err
				}
			}
			return rows.Err()
		}
		b.all = func(ctx context.Context, f func(exec func(string, ...any) error) error) error {
			tx, err := pool.Begin(ctx)
			if err != nil {
				return err
			}
			if err := f(func(text string, args ...any) error { _, err := tx.Exec(ctx, text, args...); return err }); err != nil {
				return errors.Join(err, tx.Rollback(ctx))
			}
			return tx.Commit(ctx)
		}
		b.drop = func() error {
			_, err := pool.Exec(context.WithoutCancel(ctx), "DROP TABLE bare_records; DROP TABLE bare_passing")
			return err
		}
		return b, nil
	}
	db, err := store.OpenSQLiteFile(filepath.Join(dir, "bare.db"), k.key)
	if err != nil {
		return nil, err
	}
	if _, err := db.ExecContext(ctx, bareSchema); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	b.file, b.drop = db, db.Close
	b.exec = func(ctx context.Context, text string, args ...any) error {
		_, err := db.ExecContext(ctx, text, args...)
		return err
	}
	b.query = func(ctx context.Context, columns int, text string, args ...any) error {
		rows, err := db.QueryContext(ctx, text, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := rows.Scan(into(columns)...); err != nil {
				return err
			}
		}
		return rows.Err()
	}
	b.all = func(ctx context.Context, f func(exec func(string, ...any) error) error) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		if err := f(func(text string, args ...any) error { _, err := tx.ExecContext(ctx, text, args...); return err }); err != nil {
			return errors.Join(err, tx.Rollback())
		}
		return tx.Commit()
	}
	return b, nil
}

func into(columns int) []any {
	out := make([]any, columns)
	for i := range out {
		out[i] = new(any)
	}
	return out
}

func (b *bareSide) close() error { return b.drop() }

func (b *bareSide) tenant() string { return b.of.home.String() }

func (b *bareSide) now() int64 { return b.of.db.Clock().Now().UnixMicro() }

const (
	barePut  = "INSERT INTO bare_records (tenant_id, id, subject, purpose, look, body, kept_until, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
	bareCols = "tenant_id, id, subject, purpose, look, body, kept_until, created_at"
)

func (b *bareSide) row(n int) []any {
	return []any{b.tenant(), b.of.db.NewID().String(), b.of.person(n).String(), purposeOf(n), fmt.Sprint(n), bodyOf(n), b.now(), b.now()}
}

func (b *bareSide) fill(ctx context.Context, count int) error {
	for from := 0; from < count; from += 1000 {
		err := b.all(ctx, func(exec func(string, ...any) error) error {
			for n := from; n < min(from+1000, count); n++ {
				if err := exec(barePut, b.row(n)...); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *bareSide) create(ctx context.Context, n int) error { return b.exec(ctx, barePut, b.row(n)...) }

func (b *bareSide) read(ctx context.Context, _ actor, n int) error {
	return b.query(ctx, 8, "SELECT "+bareCols+" FROM bare_records WHERE tenant_id = $1 AND look = $2", b.tenant(), fmt.Sprint(n))
}

func (b *bareSide) readPerson(ctx context.Context, _ actor, n int) error {
	return b.query(ctx, 8, fmt.Sprintf("SELECT %s FROM bare_records WHERE tenant_id = $1 AND subject = $2 ORDER BY created_at DESC LIMIT %d", bareCols, atOnce), b.tenant(), b.of.person(n).String())
}

func (b *bareSide) readPurpose(ctx context.Context, n int) error {
	return b.query(ctx, 8, fmt.Sprintf("SELECT %s FROM bare_records WHERE tenant_id = $1 AND purpose = $2 ORDER BY created_at DESC LIMIT %d", bareCols, atOnce), b.tenant(), purposeOf(n))
}

func (b *bareSide) rewrite(ctx context.Context, n int) error {
	return b.exec(ctx, "UPDATE bare_records SET body = $1 WHERE tenant_id = $2 AND look = $3", bodyOf(n+1), b.tenant(), fmt.Sprint(n))
}

func (b *bareSide) retain(ctx context.Context, _ actor, n int) error {
	return b.exec(ctx, "UPDATE bare_records SET kept_until = $1 WHERE tenant_id = $2 AND look = $3", b.now(), b.tenant(), fmt.Sprint(n))
}

func (b *bareSide) retainPerson(ctx context.Context, n int) error {
	return b.exec(ctx, "UPDATE bare_records SET kept_until = $1 WHERE tenant_id = $2 AND subject = $3", b.now(), b.tenant(), b.of.person(n).String())
}

func (b *bareSide) remove(ctx context.Context, _ actor, n int) error {
	return b.exec(ctx, "DELETE FROM bare_records WHERE tenant_id = $1 AND look = $2", b.tenant(), fmt.Sprint(n))
}

func (b *bareSide) entries(ctx context.Context) error {
	return b.query(ctx, 3, fmt.Sprintf("SELECT id, purpose, created_at FROM bare_records WHERE tenant_id = $1 ORDER BY id DESC LIMIT %d", atOnce), b.tenant())
}

func (b *bareSide) absent(ctx context.Context, n int) error {
	return b.read(ctx, byOfficer, n)
}

// size is the table's with its indexes.
func (b *bareSide) size(ctx context.Context) (n int64, err error) {
	if _, pool := b.of.db.JobPool(); pool != nil {
		err = pool.QueryRow(ctx, "SELECT pg_total_relation_size('bare_records')").Scan(&n)
		return n, err
	}
	if _, err := b.file.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return 0, err
	}
	return sizes(b.of.dir, "bare.db")
}
