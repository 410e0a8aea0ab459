package rowset

import (
	"fmt"
	"reflect"
	"slices"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Kind says what a column's values are, for reading them without the struct.
type Kind int

// The kinds of columns.
const (
	Text Kind = iota
	Number
	Decimal
	Truth
	Moment
	Key    // another row's id
	Person // a subject
	File   // a sealed file
	Digest // a blind index
	Binary
)

// Field is one column of a table.
type Field struct {
	store.Column
	Kind Kind
	// Whose is the subject column that the field belongs to alone; empty where
	// it is about everyone in the row.
	Whose string
	// must: the column takes no NULL; Strict says so.
	must     bool
	postgres bool
}

// Table is a table of the data map with what its struct says beyond it.
type Table struct {
	*store.Table
	Fields []Field // in the order of Columns
	// Stays: a person is taken out of the row, and the row stays.
	Stays bool
}

// Schema is the data map, readable without the structs. It does not change.
type Schema struct{ tables []Table }

// Tables are all tables, sorted by name.
func (s *Schema) Tables() []Table { return s.tables }

// Table finds a table by its name.
func (s *Schema) Table(name string) (Table, bool) {
	for _, t := range s.tables {
		if t.Name == name {
			return t, true
		}
	}
	return Table{}, false
}

// Each does f for every table until it is done for all: a table whose rows
// others refer to fails until those are gone, so it is tried again as long as
// some other succeeds.
func (s *Schema) Each(f func(Table) error) error {
	left := s.tables
	for len(left) > 0 {
		var failed []Table
		var last error
		for _, t := range left {
			if err := f(t); err != nil {
				failed, last = append(failed, t), err
			}
		}
		if len(failed) == len(left) {
			return last
		}
		left = failed
	}
	return nil
}

// New reads the structs of the sets that the data map was made from. A table of
// the map that no set holds is an error.
func New(m *store.Map, sets ...store.Set) (*Schema, error) {
	types := map[string]reflect.Type{}
	for _, set := range sets {
		for _, row := range set.Rows {
			typ := reflect.TypeOf(row)
			types[typ.Field(0).Tag.Get("table")] = typ
		}
	}
	s := &Schema{}
	for _, t := range m.Tables() {
		typ, ok := types[t.Name]
		if !ok {
			return nil, fmt.Errorf("rowset: table %s is in the data map, but its struct was not given", t.Name)
		}
		table, err := read(t, typ)
		if err != nil {
			return nil, err
		}
		s.tables = append(s.tables, table)
	}
	return s, nil
}

// fixed are the columns that store.Row has: tenant_id and id.
const fixed = 2

func read(t *store.Table, typ reflect.Type) (Table, error) {
	out := Table{Table: t, Stays: typ.Field(0).Tag.Get("erase") == "free"}
	for i, c := range t.Columns {
		f := Field{Column: c, Kind: Key}
		if i >= fixed {
			sf := typ.Field(i - fixed + 1)
			f.Kind, f.Whose = kindOf(sf.Type), sf.Tag.Get("whose")
		}
		if f.Whose != "" && !slices.Contains(t.Subjects, f.Whose) {
			return out, fmt.Errorf("rowset: %s.%s: whose names %q, which is no subject of the row", t.Name, c.Name, f.Whose)
		}
		out.Fields = append(out.Fields, f)
	}
	return out, nil
}

func kindOf(t reflect.Type) Kind {
	switch t {
	case reflect.TypeFor[vault.Text]():
		return Text
	case reflect.TypeFor[clock.Instant]():
		return Moment
	case reflect.TypeFor[id.Subject]():
		return Person
	case reflect.TypeFor[id.ID](), reflect.TypeFor[id.Tenant]():
		return Key
	case reflect.TypeFor[vault.FileID]():
		return File
	case reflect.TypeFor[vault.Index]():
		return Digest
	}
	switch k := t.Kind(); {
	case k == reflect.String:
		return Text
	case k == reflect.Bool:
		return Truth
	case k >= reflect.Int && k <= reflect.Uint64:
		return Number
	case k == reflect.Float32 || k == reflect.Float64:
		return Decimal
	}
	return Binary
}

// Personal tells whether the table holds anything about people.
func (t Table) Personal() bool { return len(t.Categories()) > 0 }

// Clock is the column that keeps an event's time.
func (t Table) Clock(event string) (string, bool) { c, ok := t.Clocks[event]; return c, ok }

// field finds a column's place; -1 if there is none.
func (t Table) field(name string) int {
	return slices.IndexFunc(t.Fields, func(f Field) bool { return f.Name == name })
}

// HasFiles tells whether rows of the table can name files.
func (t Table) HasFiles() bool {
	return slices.ContainsFunc(t.Fields, func(f Field) bool { return f.Kind == File })
}
