package rowset

import (
	"context"
	"fmt"
	"io"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Files are where sealed files lie; vault.Vault is one.
type Files interface {
	OpenFile(ctx context.Context, home id.Tenant, s id.Subject, f vault.FileID) (io.ReadCloser, error)
	DeleteFile(ctx context.Context, home id.Tenant, s id.Subject, f vault.FileID) error
}

// Batch is how many rows one transaction removes.
const Batch = 500

// OpenFile opens a file of a row.
func OpenFile(ctx context.Context, v Files, scope store.Scope, owner id.Subject, f vault.FileID) (io.ReadCloser, error) {
	return openAt(scope, owner, func(at id.Tenant) (io.ReadCloser, error) { return v.OpenFile(ctx, at, owner, f) })
}

// deleteFile removes a file of a row wherever its key is.
func deleteFile(ctx context.Context, v Files, scope store.Scope, owner id.Subject, f vault.FileID) error {
	err := v.DeleteFile(ctx, Home(scope), owner, f)
	if err == nil && owner.IsZero() && Home(scope) != scope.Tenant {
		err = v.DeleteFile(ctx, scope.Tenant, owner, f)
	}
	return err
}

// DropFiles removes the files that rows name, of all columns or of some. It
// comes before the rows go: a row without its file can be removed again, a file
// without its row cannot be found. It tells how many.
func (t Table) DropFiles(ctx context.Context, v Files, scope store.Scope, rows []Row, only func(Row, Field) bool) (int64, error) {
	var n int64
	for _, r := range rows {
		for i, f := range t.Fields {
			file, ok := r.Values[i].(vault.FileID)
			if !ok || only != nil && !only(r, f) {
				continue
			}
			if err := deleteFile(ctx, v, scope, r.Owner, file); err != nil {
				return n, fault.Wrap("rowset.DropFiles "+t.Name, err)
			}
			n++
		}
	}
	return n, nil
}

// Keys reads at most limit rows behind a row's id that a condition selects, as
// ids, persons and files only: nothing is opened.
func (t Table) Keys(ctx context.Context, tx *store.Tx, w Where, after id.ID, limit int) ([]Row, error) {
	bare := t
	bare.Fields = nil
	for _, f := range t.Fields {
		if f.Name == "tenant_id" || f.Name == "id" || f.Kind == Person || f.Kind == File || len(t.Subjects) > 0 && f.Name == t.Subjects[0] {
			f.Sealed = false
			bare.Fields = append(bare.Fields, f)
		}
	}
	rows, err := bare.Page(ctx, tx, nil, w, after, limit)
	if err != nil {
		return nil, err
	}
	for i := range rows { // back into the order of all fields
		wide := make([]any, len(t.Fields))
		for j, f := range bare.Fields {
			wide[t.field(f.Name)] = rows[i].Values[j]
		}
		rows[i].Values = wide
	}
	return rows, nil
}

// Delete removes rows by their ids.
func (t Table) Delete(ctx context.Context, tx *store.Tx, rows []Row) (int64, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	in, args := inIDs(tx, rows)
	return tx.Exec(ctx, "DELETE FROM "+t.Name+" WHERE tenant_id = $1 AND id IN ("+in+")", args...)
}

// Span is a stretch of rows in the order of ids: those behind After up to Last
// that a condition selects.
type Span struct {
	Where
	After, Last id.ID
	Rows        int64
}

// Span finds the next at most limit rows behind a row's id that a condition
// selects, without reading them.
func (t Table) Span(ctx context.Context, tx *store.Tx, w Where, after id.ID, limit int) (Span, error) {
	s := Span{Where: w.And("id > %d", after.String()), After: after}
	err := tx.QueryRow(ctx, fmt.Sprintf("SELECT COUNT(*), MAX(id) FROM (SELECT id FROM %s%s ORDER BY id LIMIT %d) stretch", t.Name, s.clause(), limit), s.with(tx), &s.Rows, &s.Last)
	s.Where = s.And("id <= %d", s.Last.String())
	return s, err
}

// DeleteSpan removes a stretch of rows in one statement, and tells how many.
func (t Table) DeleteSpan(ctx context.Context, tx *store.Tx, s Span) (int64, error) {
	return tx.Exec(ctx, "DELETE FROM "+t.Name+s.clause(), s.with(tx)...)
}

// BlankSpan empties columns of a stretch of rows in one statement.
func (t Table) BlankSpan(ctx context.Context, tx *store.Tx, s Span, fields []Field) (int64, error) {
	n, err := tx.Exec(ctx, "UPDATE "+t.Name+" SET "+emptying(fields)+s.clause(), s.with(tx)...)
	return n, fault.Wrap("rowset.BlankSpan "+t.Name, err)
}

func emptying(fields []Field) string {
	var sets []string
	for _, f := range fields {
		sets = append(sets, f.Name+" = "+f.empty())
	}
	return strings.Join(sets, ", ")
}

// Free takes a person out of one row: the columns that name the person, what is
// the person's own, and, where the person was the first one, everything sealed,
// because no key opens it any more.
func (t Table) Free(ctx context.Context, tx *store.Tx, r Row, who id.Subject) error {
	var blank []Field
	for _, f := range t.Fields[fixed:] {
		if named := t.isSubject(f) && t.Get(r, f.Name) == who.String(); named || t.Lost(r, f, who) {
			blank = append(blank, f)
		}
	}
	return t.Blank(ctx, tx, []Row{r}, blank)
}

// Lost tells whether a column goes with a person: it is the person's own, or
// sealed with the person's key.
func (t Table) Lost(r Row, f Field, who id.Subject) bool {
	own := f.Whose != "" && t.Get(r, f.Whose) == who.String()
	return own || r.Owner == who && (f.Sealed || f.Kind == File)
}

func (t Table) isSubject(f Field) bool {
	for _, c := range t.Subjects {
		if c == f.Name {
			return true
		}
	}
	return false
}

// Blank empties columns of rows, each in the way that its Go type stores its
// zero value: NULL for ids, times and what is sealed, else the empty value. The
// columns that name the people of a row of several must take NULL.
func (t Table) Blank(ctx context.Context, tx *store.Tx, rows []Row, fields []Field) error {
	if len(rows) == 0 || len(fields) == 0 {
		return nil
	}
	in, args := inIDs(tx, rows)
	_, err := tx.Exec(ctx, "UPDATE "+t.Name+" SET "+emptying(fields)+" WHERE tenant_id = $1 AND id IN ("+in+")", args...)
	return fault.Wrap("rowset.Blank "+t.Name, err)
}

func (f Field) empty() string {
	switch {
	case f.must:
		return f.hollow()
	case f.Sealed:
	case f.Kind == Text:
		return "''"
	case f.Kind == Number, f.Kind == Decimal:
		return "0"
	case f.Kind == Truth:
		return "FALSE"
	}
	return "NULL"
}

// hollow is what an emptied column holds that takes no NULL. A digest may have to
// differ from row to row, so it becomes the row's own id, which says nothing.
func (f Field) hollow() string {
	switch {
	case f.Sealed, f.Kind == Text:
		return "''"
	case f.Kind == Key, f.Kind == Person, f.Kind == File:
		return "'" + zeroID + "'"
	case f.Kind == Truth:
		return "FALSE"
	case f.Kind != Digest && f.Kind != Binary:
		return "0"
	case f.postgres:
		return "convert_to(id, 'UTF8')"
	}
	return "CAST(id AS BLOB)"
}

const zeroID = "00000000-0000-0000-0000-000000000000"

func inIDs(tx *store.Tx, rows []Row) (string, []any) {
	args := []any{tx.Tenant()}
	marks := make([]string, len(rows))
	for i, r := range rows {
		args = append(args, r.ID)
		marks[i] = fmt.Sprintf("$%d", i+2)
	}
	return strings.Join(marks, ", "), args
}

// Full says in SQL that a column holds something: the opposite of what Blank
// leaves.
func (f Field) Full() string {
	switch e := f.empty(); {
	case e == "NULL":
		return f.Name + " IS NOT NULL"
	case f.Kind == Truth:
		return f.Name
	default:
		return f.Name + " <> " + e
	}
}
