package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/vault"
)

// Insert stores a row. It sets Tenant, and ID where it is zero; a Tenant other
// than the transaction's is refused. fault Conflict if a unique key exists.
func Insert[T any](ctx context.Context, tx *Tx, row *T) error {
	_, err := insert(ctx, tx, row, "")
	return err
}

// PutRow is Insert for a row that nobody waits for (see Tx.Put), such as the record
// of an act: its key must be new.
func PutRow[T any](ctx context.Context, tx *Tx, row *T) error {
	t, args, err := inserted(ctx, tx, row)
	if err != nil {
		return err
	}
	return tx.Put(ctx, t.insertText(), args...)
}

// PutOr is PutRow for a row that may be there already: sets ("n = hits.n + excluded.n")
// says what becomes of the one with its id then.
func PutOr[T any](ctx context.Context, tx *Tx, row *T, sets string) error {
	t, args, err := inserted(ctx, tx, row)
	if err != nil {
		return err
	}
	return tx.Put(ctx, t.insertText()+" ON CONFLICT (tenant_id, id) DO UPDATE SET "+sets, args...)
}

// InsertOnce stores a row unless one with the same unique key exists already,
// and says whether it did. conflict names the key's columns ("tenant_id, source").
func InsertOnce[T any](ctx context.Context, tx *Tx, row *T, conflict string) (bool, error) {
	n, err := insert(ctx, tx, row, " ON CONFLICT ("+conflict+") DO NOTHING")
	return n == 1, err
}

func insert[T any](ctx context.Context, tx *Tx, row *T, tail string) (int64, error) {
	t, args, err := inserted(ctx, tx, row)
	if err != nil {
		return 0, err
	}
	return tx.Exec(ctx, t.insertText()+tail, args...)
}

// inserted gives a new row's table and values.
func inserted[T any](ctx context.Context, tx *Tx, row *T) (*Table, []any, error) {
	t, r, err := lookup(tx, row)
	if err != nil {
		return nil, nil, err
	}
	if r.Tenant.IsZero() {
		r.Tenant = tx.scope.Tenant
	}
	if r.ID.IsZero() {
		r.ID = tx.NewID()
	}
	args, err := tx.columnValues(ctx, t, reflect.ValueOf(row).Elem(), r)
	return t, args, err
}

// Update writes all columns of a row by its key; fault NotFound if it is gone.
func Update[T any](ctx context.Context, tx *Tx, row *T) error {
	t, r, err := lookup(tx, row)
	if err != nil {
		return err
	}
	args, err := tx.columnValues(ctx, t, reflect.ValueOf(row).Elem(), r)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, t.updateText(), args...)
	if err == nil && n == 0 {
		err = fault.New(fault.NotFound, "store.Update", "not_found")
	}
	return err
}

// Delete removes a row by its id and says whether it was there.
func Delete[T any](ctx context.Context, tx *Tx, key id.ID) (bool, error) {
	t, err := tableOf[T](tx)
	if err != nil {
		return false, err
	}
	n, err := tx.Exec(ctx, "DELETE FROM "+t.Name+" WHERE tenant_id = $1 AND id = $2", tx.scope.Tenant, key)
	return n > 0, err
}

// Get reads a row by its id; fault NotFound if there is none.
func Get[T any](ctx context.Context, tx *Tx, key id.ID) (*T, error) {
	return One[T](ctx, tx, "WHERE tenant_id = $1 AND id = $2", tx.scope.Tenant, key)
}

// One reads the first row that a tail selects ("WHERE … ORDER BY …"); fault
// NotFound if there is none.
func One[T any](ctx context.Context, tx *Tx, tail string, args ...any) (*T, error) {
	rows, err := Find[T](ctx, tx, tail+" LIMIT 1", args...)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fault.New(fault.NotFound, "store.One", "not_found")
	}
	return &rows[0], nil
}

// Find reads the rows that a tail selects ("WHERE … ORDER BY … LIMIT $3").
func Find[T any](ctx context.Context, tx *Tx, tail string, args ...any) ([]T, error) {
	return find[T](ctx, tx, false, tail, args)
}

// find reads rows; passing leaves out those of people for whom the purpose is closed.
func find[T any](ctx context.Context, tx *Tx, passing bool, tail string, args []any) ([]T, error) {
	t, err := tableOf[T](tx)
	if err != nil {
		return nil, err
	}
	rows, err := tx.typed(ctx, "SELECT "+t.names()+" FROM "+t.Name+" "+tail, args)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []T{}
	var room [4]id.Subject
	for rows.Next() {
		var one T
		err := tx.scanRow(ctx, t, reflect.ValueOf(&one).Elem(), rows)
		if passing && Closed(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, one)
		if tx.watch && t.personal {
			tx.noteRow(t, t.people(reflect.ValueOf(&one).Elem(), room[:0]))
		}
	}
	return out, wrap("store.Find", rows.Err())
}

// FindOpen is Find for rows of several people: it passes over the rows of those
// for whom the transaction's purpose is closed.
func FindOpen[T any](ctx context.Context, tx *Tx, tail string, args ...any) ([]T, error) {
	return find[T](ctx, tx, true, tail, args)
}

func tableOf[T any](tx *Tx) (*Table, error) {
	t := tx.db.dataMap.byType[reflect.TypeFor[T]()]
	if t == nil {
		return nil, fault.New(fault.Internal, "store", "").Cause(fmt.Errorf("%s is not in the data map", reflect.TypeFor[T]()))
	}
	return t, nil
}

func lookup[T any](tx *Tx, row *T) (*Table, *Row, error) {
	t, err := tableOf[T](tx)
	if err != nil {
		return nil, nil, err
	}
	return t, any(row).(record).row(), nil
}

// columnValues gives a row's values in the order of its columns, sealed ones sealed.
func (tx *Tx) columnValues(ctx context.Context, t *Table, v reflect.Value, r *Row) ([]any, error) {
	args := make([]any, len(t.Columns))
	owner := t.owner(v)
	for i, c := range t.Columns {
		switch c.field {
		case -1:
			args[i] = r.Tenant
			continue
		case -2:
			args[i] = r.ID
			continue
		}
		f := v.Field(c.field)
		if !c.Sealed {
			args[i] = f.Interface()
			continue
		}
		sealed, err := tx.seal(ctx, t, c, r.ID, owner, f)
		if err != nil {
			return nil, err
		}
		args[i] = sealed
	}
	return args, nil
}

// people are those whom a row names.
func (t *Table) people(v reflect.Value, out []id.Subject) []id.Subject {
	for _, f := range t.peopleFields {
		out = append(out, v.Field(f).Interface().(id.Subject))
	}
	return out
}

func (t *Table) owner(v reflect.Value) id.Subject {
	if len(t.Subjects) == 0 {
		return id.Subject{}
	}
	for _, c := range t.Columns {
		if c.Name == t.Subjects[0] {
			return v.Field(c.field).Interface().(id.Subject)
		}
	}
	return id.Subject{}
}

// keyHome is under which enclosure's keys a row is sealed: a person's stand under
// the service's home, what is about nobody under the tenant's own.
func (tx *Tx) keyHome(owner id.Subject) id.Tenant {
	if owner.IsZero() {
		return tx.scope.Tenant
	}
	return tx.scope.home()
}

func (tx *Tx) seal(ctx context.Context, t *Table, c Column, key id.ID, owner id.Subject, f reflect.Value) (any, error) {
	var plain []byte
	switch x := f.Interface().(type) {
	case vault.Text:
		plain = []byte(x.Reveal())
	case vault.Bytes:
		plain = x.Reveal()
	}
	if len(plain) == 0 {
		return nil, nil
	}
	if tx.db.vault == nil {
		return nil, fault.New(fault.Internal, "store.seal", "").Cause(errors.New("opened without a vault"))
	}
	if err := tx.use(owner, c.Category, Sealing); err != nil {
		return nil, err
	}
	sealed, err := tx.db.vault.SealValue(ctx, tx.keyHome(owner), owner, vault.AAD(t.Name, key.String(), c.Name), plain)
	return sealed, fault.Wrap("store.seal", err)
}

// scanRow reads one row into v and opens what is sealed. Values of a person
// whose key was destroyed stay empty.
func (tx *Tx) scanRow(ctx context.Context, t *Table, v reflect.Value, rows Rows) error {
	r := v.Field(0).Addr().Interface().(*Row)
	dest := make([]any, len(t.Columns))
	sealed := make([][]byte, len(t.Columns))
	for i, c := range t.Columns {
		switch {
		case c.field == -1:
			dest[i] = &r.Tenant
		case c.field == -2:
			dest[i] = &r.ID
		case c.Sealed:
			dest[i] = &sealed[i]
		default:
			dest[i] = v.Field(c.field).Addr().Interface()
		}
	}
	if err := rows.Scan(dest...); err != nil {
		return wrap("store.scan", err)
	}
	owner := t.owner(v)
	for i, c := range t.Columns {
		if len(sealed[i]) == 0 || tx.db.vault == nil {
			continue
		}
		if err := tx.use(owner, c.Category, Opening); err != nil {
			return err
		}
		plain, err := tx.db.vault.OpenValue(ctx, tx.keyHome(owner), owner, vault.AAD(t.Name, r.ID.String(), c.Name), sealed[i])
		if vault.Destroyed(err) {
			continue
		}
		if err != nil {
			return fault.Wrap("store.open "+t.Name+"."+c.Name, err)
		}
		if _, text := v.Field(c.field).Interface().(vault.Text); text {
			v.Field(c.field).Set(reflect.ValueOf(vault.Seal(string(plain))))
		} else {
			v.Field(c.field).Set(reflect.ValueOf(vault.SealBytes(plain)))
		}
	}
	return nil
}

func (t *Table) insertText() string {
	marks := make([]string, len(t.Columns))
	for i := range marks {
		marks[i] = fmt.Sprintf("$%d", i+1)
	}
	return "INSERT INTO " + t.Name + " (" + t.names() + ") VALUES (" + strings.Join(marks, ", ") + ")"
}

func (t *Table) updateText() string {
	var sets []string
	for i, c := range t.Columns[2:] {
		sets = append(sets, fmt.Sprintf("%s = $%d", c.Name, i+3))
	}
	return "UPDATE " + t.Name + " SET " + strings.Join(sets, ", ") + " WHERE tenant_id = $1 AND id = $2"
}
