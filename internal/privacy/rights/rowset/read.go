package rowset

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Opener opens sealed values; vault.Vault is one.
type Opener interface {
	OpenValue(ctx context.Context, home id.Tenant, s id.Subject, aad, sealed []byte) ([]byte, error)
}

// Row is one row, opened. Values stand in the order of the table's fields and
// are nil, string, int64, float64, bool, clock.Instant, []byte, or vault.FileID;
// ids are strings.
type Row struct {
	ID     id.ID
	Owner  id.Subject
	Values []any
}

// Get is the value of a column, nil where there is none.
func (t Table) Get(r Row, column string) any {
	if i := t.field(column); i >= 0 {
		return r.Values[i]
	}
	return nil
}

// About tells whether a column of a row is about a person: it is about everyone
// whom the row names unless it is one other person's own.
func (t Table) About(r Row, f Field, who id.Subject) bool {
	return f.Whose == "" || t.Get(r, f.Whose) == who.String()
}

// Where selects rows.
type Where struct {
	text string
	args []any
}

// Of selects the rows that name a person.
func (t Table) Of(who id.Subject) Where {
	var parts []string
	for _, c := range t.Subjects {
		parts = append(parts, c+" = $2")
	}
	if len(parts) == 0 {
		return Where{text: "1 = 0"}
	}
	return Where{text: "(" + strings.Join(parts, " OR ") + ")", args: []any{who}}
}

// All selects every row of the tenant.
func (t Table) All() Where { return Where{text: "1 = 1"} }

// And adds a condition of the program's own; its placeholders are written %d and
// filled in the order of args. No value of a person stands in text.
func (w Where) And(text string, args ...any) Where {
	for range args {
		text = strings.Replace(text, "%d", fmt.Sprintf("$%d", len(w.args)+2), 1)
		w.args = append(w.args[:len(w.args):len(w.args)], args[0])
		args = args[1:]
	}
	w.text += " AND " + text
	return w
}

func (w Where) clause() string { return " WHERE tenant_id = $1 AND " + w.text }

func (w Where) with(tx *store.Tx) []any { return append([]any{tx.Tenant()}, w.args...) }

// Count tells how many rows a condition selects.
func (t Table) Count(ctx context.Context, tx *store.Tx, w Where) (int64, error) {
	var n int64
	err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM "+t.Name+w.clause(), w.with(tx), &n)
	return n, err
}

// Measure asks one row of totals about the rows that a condition selects: what
// is a list of aggregates in the program's own words.
func (t Table) Measure(ctx context.Context, tx *store.Tx, what string, w Where, dest ...any) error {
	return tx.QueryRow(ctx, "SELECT "+what+" FROM "+t.Name+w.clause(), w.with(tx), dest...)
}

// Page reads at most limit rows behind a row's id, in the order of ids, opened.
func (t Table) Page(ctx context.Context, tx *store.Tx, v Opener, w Where, after id.ID, limit int) ([]Row, error) {
	w = w.And("id > %d", after.String())
	var names []string
	for _, f := range t.Fields {
		names = append(names, f.Name)
	}
	rows, err := tx.Query(ctx, fmt.Sprintf("SELECT %s FROM %s%s ORDER BY id LIMIT %d", strings.Join(names, ", "), t.Name, w.clause(), limit), w.with(tx)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Row
	for rows.Next() {
		r, err := t.scan(rows)
		if err != nil {
			return nil, fault.Wrap("rowset.Page "+t.Name, err)
		}
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fault.Wrap("rowset.Page "+t.Name, err)
	}
	rows.Close()
	for i := range out {
		if err := tx.May(out[i].Owner); err != nil {
			return nil, err
		}
		if err := t.open(ctx, tx.Scope(), v, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (t Table) scan(rows store.Rows) (Row, error) {
	dest := make([]any, len(t.Fields))
	for i, f := range t.Fields {
		dest[i] = f.dest()
	}
	r := Row{Values: make([]any, len(t.Fields))}
	if err := rows.Scan(dest...); err != nil {
		return r, err
	}
	for i, f := range t.Fields {
		r.Values[i] = f.value(dest[i])
	}
	key, err := id.Parse(dest[1].(*sql.NullString).String)
	r.ID = key
	if len(t.Subjects) > 0 {
		if s, ok := t.Get(r, t.Subjects[0]).(string); ok && err == nil {
			r.Owner, err = id.ParseSubject(s)
		}
	}
	return r, err
}

func (f Field) dest() any {
	switch {
	case f.Sealed, f.Kind == Digest, f.Kind == Binary:
		return new([]byte)
	case f.Kind == Number, f.Kind == Moment:
		return new(sql.NullInt64)
	case f.Kind == Decimal:
		return new(sql.NullFloat64)
	case f.Kind == Truth:
		return new(sql.NullBool)
	}
	return new(sql.NullString)
}

func (f Field) value(dest any) any {
	switch d := dest.(type) {
	case *[]byte:
		if len(*d) > 0 {
			return *d
		}
	case *sql.NullInt64:
		if d.Valid && f.Kind == Moment {
			return clock.Instant(d.Int64)
		}
		if d.Valid {
			return d.Int64
		}
	case *sql.NullFloat64:
		if d.Valid {
			return d.Float64
		}
	case *sql.NullBool:
		if d.Valid {
			return d.Bool
		}
	case *sql.NullString:
		if d.Valid && f.Kind == File {
			if file, err := vault.ParseFileID(d.String); err == nil {
				return file
			}
		}
		if d.Valid {
			return d.String
		}
	}
	return nil
}

// open opens the sealed values. What a destroyed key sealed is nil.
func (t Table) open(ctx context.Context, scope store.Scope, v Opener, r *Row) error {
	for i, f := range t.Fields {
		sealed, ok := r.Values[i].([]byte)
		if !f.Sealed || !ok {
			continue
		}
		r.Values[i] = nil
		plain, err := openAt(scope, r.Owner, func(at id.Tenant) ([]byte, error) {
			return v.OpenValue(ctx, at, r.Owner, vault.AAD(t.Name, r.ID.String(), f.Name), sealed)
		})
		switch {
		case vault.Destroyed(err):
		case err != nil:
			return fault.Wrap("rowset.open "+t.Name+"."+f.Name, err)
		case f.Kind == Text:
			r.Values[i] = string(plain)
		default:
			r.Values[i] = plain
		}
	}
	return nil
}

// openAt tries the enclosures that a key can belong to: a person's key is under
// home, that of a row about nobody under the row's own tenant or home.
func openAt[T any](scope store.Scope, owner id.Subject, f func(at id.Tenant) (T, error)) (T, error) {
	got, err := f(Home(scope))
	if err == nil || !owner.IsZero() || Home(scope) == scope.Tenant {
		return got, err
	}
	if own, ownErr := f(scope.Tenant); ownErr == nil || vault.Destroyed(ownErr) {
		return own, ownErr
	}
	return got, err
}

// Home is the enclosure that keeps the people's keys of a scope.
func Home(s store.Scope) id.Tenant {
	if s.Home.IsZero() {
		return s.Tenant
	}
	return s.Home
}
