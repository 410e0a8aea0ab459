package store

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"amanah/internal/fault"
)

// watch knows the tables whose changes must outlive a restore. Triggers of the
// database note each changed row in backup_pending, in the transaction that
// changes it; after the commit whoever asked for it is told.
type watch struct {
	tables map[string]bool
	texts  sync.Map // statement -> whether it writes to one of them
	after  func(context.Context)
}

func (w *watch) hits(text string) bool {
	if hit, known := w.texts.Load(text); known {
		return hit.(bool)
	}
	m := target.FindStringSubmatch(text)
	hit := m != nil && w.tables[strings.ToLower(m[2])]
	w.texts.Store(text, hit)
	return hit
}

// Watch notes every row that is put into these tables, changed or removed there, until
// Journaled forgets it. after is called behind each commit that did so, before
// the writer goes on. Call it once, before the store is used.
func (db *DB) Watch(ctx context.Context, tables []string, after func(context.Context)) error {
	w := &watch{tables: map[string]bool{}, after: after}
	for _, name := range tables {
		if _, ok := db.dataMap.Table(name); !ok {
			return fault.New(fault.Internal, "store.Watch", "").Cause(fmt.Errorf("there is no table %s", name))
		}
		w.tables[name] = true
	}
	var err error
	if db.pg != nil {
		_, err = db.pg.owner.Exec(ctx, watchPostgres(tables))
	} else {
		_, err = db.sqlite.plain.ExecContext(ctx, watchSQLite(tables))
	}
	if err != nil {
		return wrap("store.Watch", err)
	}
	db.watch = w
	return nil
}

func watchSQLite(tables []string) string {
	var b strings.Builder
	b.WriteString("CREATE TABLE IF NOT EXISTS backup_pending (n INTEGER PRIMARY KEY AUTOINCREMENT, tbl TEXT NOT NULL, tenant_id TEXT NOT NULL, row_id TEXT NOT NULL);\n")
	for _, t := range tables {
		for _, event := range [][2]string{{"INSERT", "new"}, {"UPDATE", "new"}, {"DELETE", "old"}} {
			fmt.Fprintf(&b, "CREATE TRIGGER IF NOT EXISTS backup_%[1]s_%[2]s AFTER %[2]s ON %[1]s BEGIN INSERT INTO backup_pending (tbl, tenant_id, row_id) VALUES ('%[1]s', %[3]s.tenant_id, %[3]s.id); END;\n", t, event[0], event[1])
		}
	}
	return b.String()
}

// watchPostgres lets the trigger run as the owner, so that nobody else may write
// or read what is pending. The lock settles nodes that start together.
func watchPostgres(tables []string) string {
	var b strings.Builder
	b.WriteString(`BEGIN; SELECT pg_advisory_xact_lock(7264003);
CREATE TABLE IF NOT EXISTS backup_pending (n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tbl TEXT NOT NULL, tenant_id TEXT NOT NULL, row_id TEXT NOT NULL);
CREATE OR REPLACE FUNCTION backup_note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $do$
BEGIN INSERT INTO backup_pending (tbl, tenant_id, row_id) VALUES (TG_TABLE_NAME, NEW.tenant_id, NEW.id); RETURN NULL; END $do$;
CREATE OR REPLACE FUNCTION backup_note_gone() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $do$
BEGIN INSERT INTO backup_pending (tbl, tenant_id, row_id) VALUES (TG_TABLE_NAME, OLD.tenant_id, OLD.id); RETURN NULL; END $do$;
GRANT SELECT, DELETE ON backup_pending TO ` + systemRole + `; GRANT SELECT, UPDATE ON backup_state TO ` + systemRole + `;
`)
	for _, t := range tables {
		fmt.Fprintf(&b, "DROP TRIGGER IF EXISTS backup_note ON %[1]s; CREATE TRIGGER backup_note AFTER INSERT OR UPDATE ON %[1]s FOR EACH ROW EXECUTE FUNCTION backup_note();\nDROP TRIGGER IF EXISTS backup_note_gone ON %[1]s; CREATE TRIGGER backup_note_gone AFTER DELETE ON %[1]s FOR EACH ROW EXECUTE FUNCTION backup_note_gone();\n", t)
	}
	b.WriteString("COMMIT")
	return b.String()
}

// told tells whoever watches, behind a commit and outside of its locks.
func (db *DB) told(ctx context.Context, touched bool) {
	if touched && db.watch != nil && db.watch.after != nil {
		db.watch.after(context.WithoutCancel(ctx))
	}
}

// RawRow is a stored row as it lies there: what is sealed stays sealed.
type RawRow struct {
	Table   string         `json:"table"`
	Columns map[string]any `json:"columns"` // int64, float64, bool, string, []byte or nil
	// Gone says that the row was removed; then Columns are its key alone.
	Gone bool `json:"gone,omitempty"`
}

// State is how far the journal of a database came.
type State struct {
	Seq  int64
	Hash string
	// Writing is the number that was about to be written when somebody died, or Seq.
	Writing int64
}

// JournalState reads it.
func (db *DB) JournalState(ctx context.Context) (s State, err error) {
	err = db.System(ctx, UseBackup, Actor{Kind: "system"}, func(tx *Tx) error {
		return tx.QueryRow(ctx, "SELECT seq, hash, writing FROM backup_state WHERE id = 'journal'", nil, &s.Seq, &s.Hash, &s.Writing)
	})
	return s, err
}

// Pending reads rows that changed and are not in the journal yet, at most a
// thousand, and says that record number next is about to be written for them.
func (db *DB) Pending(ctx context.Context, next int64) (rows []RawRow, upto []int64, err error) {
	err = db.System(ctx, UseBackup, Actor{Kind: "system"}, func(tx *Tx) error {
		keys, err := tx.pendingKeys(ctx, &upto)
		if err != nil || len(keys) == 0 {
			return err
		}
		for _, k := range keys {
			row, err := tx.rawRow(ctx, k[0], k[1], k[2])
			if _, known := tx.db.dataMap.Table(k[0]); fault.Is(err, fault.NotFound) && known {
				row, err = RawRow{Table: k[0], Columns: map[string]any{"tenant_id": k[1], "id": k[2]}, Gone: true}, nil
			} else if fault.Is(err, fault.NotFound) {
				continue // of a newer version's table
			}
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
		_, err = tx.Exec(ctx, "UPDATE backup_state SET writing = $1 WHERE id = 'journal'", next)
		return err
	})
	return rows, upto, err
}

func (tx *Tx) pendingKeys(ctx context.Context, upto *[]int64) ([][3]string, error) {
	rows, err := tx.Query(ctx, "SELECT n, tbl, tenant_id, row_id FROM backup_pending ORDER BY n LIMIT 1000")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var keys [][3]string
	seen := map[[3]string]bool{}
	for rows.Next() {
		var n int64
		var k [3]string
		if err := rows.Scan(&n, &k[0], &k[1], &k[2]); err != nil {
			return nil, err
		}
		*upto = append(*upto, n)
		if !seen[k] {
			seen[k] = true
			keys = append(keys, k)
		}
	}
	return keys, rows.Err()
}

func (tx *Tx) rawRow(ctx context.Context, table, tenant, row string) (RawRow, error) {
	t, ok := tx.db.dataMap.Table(table)
	if !ok {
		return RawRow{}, fault.New(fault.NotFound, "store.rawRow", "not_found") // of a newer version
	}
	vals := make([]any, len(t.Columns))
	into := make([]any, len(t.Columns))
	for i := range vals {
		into[i] = &vals[i]
	}
	r := RawRow{Table: table, Columns: map[string]any{}}
	err := tx.QueryRow(ctx, "SELECT "+t.names()+" FROM "+table+" WHERE tenant_id = $1 AND id = $2", []any{tenant, row}, into...)
	for i, c := range t.Columns {
		r.Columns[c.Name] = vals[i]
	}
	return r, err
}

// Journaled says that record s.Seq is written and forgets what it covers.
func (db *DB) Journaled(ctx context.Context, s State, upto []int64) error {
	return db.System(ctx, UseBackup, Actor{Kind: "system"}, func(tx *Tx) error {
		for _, n := range upto {
			if _, err := tx.Exec(ctx, "DELETE FROM backup_pending WHERE n = $1", n); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, "UPDATE backup_state SET seq = $1, hash = $2, writing = $1 WHERE id = 'journal'", s.Seq, s.Hash)
		return err
	})
}

// PutRaw puts rows back as they lay, in place of what has their keys, and removes
// those that are gone, in one transaction. A row of a table or column that this version does not have is a
// fault Invalid.
func (db *DB) PutRaw(ctx context.Context, rows []RawRow) error {
	const op = "store.PutRaw"
	return db.System(ctx, UseBackup, Actor{Kind: "system"}, func(tx *Tx) error {
		for _, r := range rows {
			t, ok := db.dataMap.Table(r.Table)
			if !ok {
				return fault.New(fault.Invalid, op, "backup.newer").Cause(fmt.Errorf("there is no table %s", r.Table))
			}
			if r.Gone {
				if _, err := tx.Exec(ctx, "DELETE FROM "+r.Table+" WHERE tenant_id = $1 AND id = $2", r.Columns["tenant_id"], r.Columns["id"]); err != nil {
					return err
				}
				continue
			}
			var names, marks, sets []string
			var args []any
			for _, c := range t.Columns {
				v, ok := r.Columns[c.Name]
				if !ok {
					continue // a column that came later keeps its default
				}
				args = append(args, v)
				names, marks = append(names, c.Name), append(marks, fmt.Sprintf("$%d", len(args)))
				if c.Name != "tenant_id" && c.Name != "id" {
					sets = append(sets, c.Name+" = excluded."+c.Name)
				}
			}
			if len(names) != len(r.Columns) {
				return fault.New(fault.Invalid, op, "backup.newer").Cause(fmt.Errorf("a row of %s has columns that this version does not know", r.Table))
			}
			_, err := tx.Exec(ctx, "INSERT INTO "+r.Table+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(marks, ", ")+") ON CONFLICT (tenant_id, id) DO UPDATE SET "+strings.Join(sets, ", "), args...)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
