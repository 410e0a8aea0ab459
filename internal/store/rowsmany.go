package store

import (
	"context"
	"reflect"
	"strconv"
	"strings"
)

// mostValues is how many values one statement carries; both engines take more.
const mostValues = 8000

// InsertAll stores rows as Insert does, many in a statement. Fault Conflict if a
// unique key exists: then the whole transaction is over, so the caller has looked
// before. IDs that are zero are set in the rows.
func InsertAll[T any](ctx context.Context, tx *Tx, rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	t, err := tableOf[T](tx)
	if err != nil {
		return err
	}
	most := max(1, mostValues/len(t.Columns))
	for len(rows) > 0 {
		piece := rows[:min(most, len(rows))]
		rows = rows[len(piece):]
		args := make([]any, 0, len(piece)*len(t.Columns))
		for i := range piece {
			r := any(&piece[i]).(record).row()
			if r.Tenant.IsZero() {
				r.Tenant = tx.scope.Tenant
			}
			if r.ID.IsZero() {
				r.ID = tx.NewID()
			}
			vals, err := tx.columnValues(ctx, t, reflect.ValueOf(&piece[i]).Elem(), r)
			if err != nil {
				return err
			}
			args = append(args, vals...)
		}
		if _, err := tx.Exec(ctx, t.insertManyText(len(piece)), args...); err != nil {
			return err
		}
	}
	return nil
}

// insertManyText is the statement for so many rows.
func (t *Table) insertManyText(rows int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + t.Name + " (" + t.names() + ") VALUES ")
	n := 0
	for i := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		for j := range t.Columns {
			mark := ", $"
			if j == 0 {
				mark = "($"
			}
			b.WriteString(mark)
			n++
			b.WriteString(strconv.Itoa(n))
		}
		b.WriteString(")")
	}
	return b.String()
}
