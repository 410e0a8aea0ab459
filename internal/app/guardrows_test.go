package app

import (
	"fmt"
	"strings"
	"testing"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
)

// foreign is the number of everything of Rina's that others try for: one row of
// each table that there is has it, so that no table can be forgotten.
const foreign = "01936b3e-8c2a-7d10-a5f4-3b6c8d9e0f12"

// plant puts a row of Rina's with that number into each table, in her workspace
// and in the service's home. Sealed columns hold what opens for nobody: who gets
// as far as reading one gets a fault and not the answer "there is none".
func (g *guarded) plant() {
	g.t.Helper()
	for _, s := range []store.Scope{g.scope("ctt", g.rina.workspace), g.scope("ctt", id.Tenant{})} {
		for _, t := range g.db.Map().Tables() {
			if alone(t.Name) {
				continue
			}
			g.write(s, func(tx *store.Tx) error {
				names, values := g.row(tx, t)
				marks := make([]string, len(names))
				for i := range names {
					marks[i] = fmt.Sprintf("$%d", i+1)
				}
				_, err := tx.Exec(g.t.Context(), "INSERT INTO "+t.Name+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(marks, ", ")+")", values...)
				if err != nil {
					err = fmt.Errorf("%s: %w", t.Name, err)
				}
				return err
			})
		}
	}
}

// alone tells of tables in which Rina has her row already, and of the head of the
// log, which is everybody's.
func alone(table string) bool {
	return table == "workspaces" || table == "accounts" || table == "audit_heads" || table == "audit_trees"
}

// row has a value for each column, by its type in the database.
func (g *guarded) row(tx *store.Tx, t *store.Table) (names []string, values []any) {
	g.t.Helper()
	rows, err := tx.Query(g.t.Context(), "SELECT name, type FROM pragma_table_info('"+t.Name+"', 'main')")
	if err != nil {
		g.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			g.t.Fatal(err)
		}
		var v any
		switch kind {
		case "TEXT":
			v = foreign
		case "BYTEA", "BLOB":
			v = []byte(foreign + t.Name + name)
		case "BIGINT", "INTEGER":
			v = clock.At(at.AddDate(0, 1, 0))
		case "BOOLEAN":
			v = true
		default:
			v = 0.5
		}
		switch name {
		case "tenant_id":
			v = tx.Tenant()
		case "workspace_id":
			if t.Name != "members" { // she is one of her workspace already
				v = g.rina.workspace
			}
		case "subject_id":
			v = g.rina.subject
		}
		for _, s := range t.Subjects {
			if s == name {
				v = g.rina.subject
			}
		}
		names, values = append(names, name), append(values, v)
	}
	return names, values
}

// rows are all that is Rina's, as text, for telling whether it changed.
func (g *guarded) rows() map[string]string {
	g.t.Helper()
	out := map[string]string{}
	for _, s := range []store.Scope{g.scope("ctt", g.rina.workspace), g.scope("ctt", id.Tenant{})} {
		for _, t := range g.db.Map().Tables() {
			err := g.db.Read(g.t.Context(), s, func(tx *store.Tx) error {
				parts := make([]string, 0, len(t.Columns))
				for _, c := range t.Columns {
					parts = append(parts, "coalesce(quote("+c.Name+"), '')")
				}
				rows, err := tx.Query(g.t.Context(), "SELECT "+strings.Join(parts, " || '|' || ")+" FROM "+t.Name+" WHERE tenant_id = $1 AND id = $2", tx.Tenant(), foreign)
				if err != nil {
					return err
				}
				defer rows.Close()
				for rows.Next() {
					var text string
					if err := rows.Scan(&text); err != nil {
						return err
					}
					out[s.Tenant.String()+" "+t.Name] = text
				}
				return nil
			})
			if err != nil {
				g.t.Fatal(t.Name, err)
			}
		}
	}
	return out
}

// Every table has a row to try for: otherwise the tests of strangers prove less
// than they say.
func TestGuard_plant(t *testing.T) {
	t.Parallel()
	g := guard(t)
	g.plant()
	have := g.rows()
	for _, table := range g.db.Map().Tables() {
		if alone(table.Name) {
			continue
		}
		for _, s := range []string{g.rina.workspace.String(), g.scope("ctt", id.Tenant{}).Tenant.String()} {
			if have[s+" "+table.Name] == "" {
				t.Errorf("nothing is planted in %s", table.Name)
			}
		}
	}
}
