package rowset

import (
	"context"
	"slices"

	"amanah/internal/fault"
	"amanah/internal/store"
)

// Fixed names the columns of a table's people that take no NULL. A person whom
// such a column names cannot be taken out of the row: the row goes whole, though
// it names others. Tables about one person are not asked.
func (t Table) Fixed(ctx context.Context, db *store.DB, scope store.Scope) (map[string]bool, error) {
	if len(t.Subjects) < 2 {
		return map[string]bool{}, nil
	}
	return t.notNull(ctx, db, scope)
}

// Strict is the table with the knowledge which columns take no NULL, for Blank and
// Full: without it they fail on such a column.
func (t Table) Strict(ctx context.Context, db *store.DB, scope store.Scope) (Table, error) {
	must, err := t.notNull(ctx, db, scope)
	t.Fields = slices.Clone(t.Fields)
	for i, f := range t.Fields {
		t.Fields[i].must, t.Fields[i].postgres = must[f.Name], db.Engine() == "postgres"
	}
	return t, err
}

func (t Table) notNull(ctx context.Context, db *store.DB, scope store.Scope) (map[string]bool, error) {
	fixed := map[string]bool{}
	text := `SELECT name FROM pragma_table_info($1, 'main') WHERE "notnull" = 1`
	if db.Engine() == "postgres" {
		text = "SELECT column_name::text FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1 AND is_nullable = 'NO'"
	}
	err := db.Read(ctx, scope, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, text, t.Name)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			fixed[name] = true
		}
		return rows.Err()
	})
	return fixed, fault.Wrap("rowset.Fixed "+t.Name, err)
}

// Whole tells whether a row goes whole when a person goes: it names nobody else,
// or the person cannot be taken out of it.
func (t Table) Whole(r Row, who string, fixed map[string]bool) bool {
	if t.Stays {
		return false
	}
	others := false
	for _, c := range t.Subjects {
		switch v := t.Get(r, c); {
		case v == who && fixed[c]:
			return true
		case v != nil && v != who:
			others = true
		}
	}
	return !others
}
