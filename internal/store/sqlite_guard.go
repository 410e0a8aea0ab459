package store

import (
	"context"
	"database/sql"
	"strings"

	"amanah/internal/id"
)

// SQLite has no row-level security, so every connection is given one. The scope
// is a row of a temporary table of that connection alone. A temporary view of
// the same name hides each table and shows the scope's rows; statements that
// write go to the real table (see query.go) and meet temporary triggers:
//
//   - a new row, or a row's new content, of another tenant is refused, as
//     PostgreSQL's WITH CHECK does;
//   - an existing row of another tenant is passed over, as USING does.
//
// Without a scope, `tenant_id IS NOT NULL-scope` holds for every row: nothing
// is visible, nothing is written.
const guardScope = `CREATE TEMP TABLE amanah_scope (tenant TEXT); INSERT INTO temp.amanah_scope VALUES (NULL);`

func guardSQL(m *Map) string {
	var b strings.Builder
	b.WriteString(guardScope)
	for _, t := range m.tables {
		b.WriteString(strings.NewReplacer("{t}", t.Name).Replace(`
CREATE TEMP VIEW {t} AS SELECT * FROM main.{t} WHERE tenant_id = (SELECT tenant FROM temp.amanah_scope);
CREATE TEMP TRIGGER {t}_insert BEFORE INSERT ON main.{t} WHEN new.tenant_id IS NULL OR new.tenant_id IS NOT (SELECT tenant FROM temp.amanah_scope)
BEGIN SELECT RAISE(ABORT, 'row of another tenant'); END;
CREATE TEMP TRIGGER {t}_update BEFORE UPDATE ON main.{t} WHEN old.tenant_id IS NOT (SELECT tenant FROM temp.amanah_scope)
BEGIN SELECT RAISE(IGNORE); END;
CREATE TEMP TRIGGER {t}_move BEFORE UPDATE OF tenant_id ON main.{t} WHEN old.tenant_id IS (SELECT tenant FROM temp.amanah_scope) AND new.tenant_id IS NOT old.tenant_id
BEGIN SELECT RAISE(ABORT, 'row of another tenant'); END;
CREATE TEMP TRIGGER {t}_delete BEFORE DELETE ON main.{t} WHEN old.tenant_id IS NOT (SELECT tenant FROM temp.amanah_scope)
BEGIN SELECT RAISE(IGNORE); END;`))
	}
	return b.String()
}

type execer interface {
	ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error)
}

// bindSQLiteText is the only text that changes a scope; a connection that prepares it
// forgets what it knew of its own (see cachingConn).
const bindSQLiteText = "UPDATE temp.amanah_scope SET tenant = ?1"

// bindSQLite sets a connection's scope; the zero tenant is none.
func bindSQLite(ctx context.Context, c execer, tenant id.Tenant) error {
	v, _ := tenant.Value()
	_, err := c.ExecContext(ctx, bindSQLiteText, v)
	return err
}

// bindOnce is bindSQLite for a connection outside of a transaction, which may be bound
// to the tenant already from the last time.
func bindOnce(ctx context.Context, c *sql.Conn, tenant id.Tenant) error {
	bound := false
	err := c.Raw(func(inner any) error {
		own, ok := inner.(*cachingConn)
		bound = ok && own.knows && own.tenant == tenant
		return nil
	})
	if err != nil || bound {
		return err
	}
	if err := bindSQLite(ctx, c, tenant); err != nil {
		return err
	}
	return c.Raw(func(inner any) error {
		if own, ok := inner.(*cachingConn); ok {
			own.knows, own.tenant = true, tenant
		}
		return nil
	})
}
