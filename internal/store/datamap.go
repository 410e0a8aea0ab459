package store

import (
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"
	"unicode"

	"amanah/internal/id"
	"amanah/internal/vault"
)

// Map is the data map: every stored table, column by column, with what it is
// and whose. It is immutable after NewMap.
type Map struct {
	tables []*Table
	byName map[string]*Table
	byType map[reflect.Type]*Table
}

// Table is one stored struct.
type Table struct {
	Module  string
	Name    string
	Columns []Column
	// Subjects are the columns that name people; empty where a row is about none.
	Subjects []string
	// Clocks says which column keeps the time of an event of the notice.
	Clocks map[string]string

	typ reflect.Type
	// personal tells that a column has a category; peopleFields are the fields of
	// Subjects.
	personal     bool
	peopleFields []int
}

// Column is one stored field. Category is "none" where it says nothing about a
// person.
type Column struct {
	Name     string
	Category string
	Sealed   bool
	field    int
}

// Categories are the notice's words that a table stores, sorted, without "none".
func (t *Table) Categories() []string {
	var out []string
	for _, c := range t.Columns {
		if c.Category != "none" && !slices.Contains(out, c.Category) {
			out = append(out, c.Category)
		}
	}
	sort.Strings(out)
	return out
}

// Tables are all tables, sorted by name.
func (m *Map) Tables() []*Table { return m.tables }

// Table finds a table by its name.
func (m *Map) Table(name string) (*Table, bool) { t, ok := m.byName[name]; return t, ok }

// Set is what one module stores: its name and zero values of its structs.
type Set struct {
	Module string
	Rows   []any
}

// NewMap reads the tags. Every missing or contradictory tag is an error that
// names the struct and the field; the program does not start with one.
func NewMap(sets ...Set) (*Map, error) {
	m := &Map{byName: map[string]*Table{}, byType: map[reflect.Type]*Table{}}
	for _, s := range sets {
		for _, r := range s.Rows {
			t, err := readTable(s.Module, reflect.TypeOf(r))
			if err != nil {
				return nil, err
			}
			if _, twice := m.byName[t.Name]; twice {
				return nil, fmt.Errorf("store: table %s is declared twice", t.Name)
			}
			m.byName[t.Name], m.byType[t.typ] = t, t
			m.tables = append(m.tables, t)
		}
	}
	sort.Slice(m.tables, func(i, j int) bool { return m.tables[i].Name < m.tables[j].Name })
	return m, nil
}

func readTable(module string, typ reflect.Type) (*Table, error) {
	if typ.Kind() != reflect.Struct || typ.NumField() == 0 || typ.Field(0).Type != reflect.TypeFor[Row]() {
		return nil, fmt.Errorf("store: %s: a stored struct embeds store.Row first", typ)
	}
	tags := typ.Field(0).Tag
	t := &Table{Module: module, Name: tags.Get("table"), Clocks: map[string]string{}, typ: typ}
	if t.Name == "" || tags.Get("subject") == "" {
		return nil, fmt.Errorf("store: %s: store.Row needs the tags table and subject", typ)
	}
	t.Columns = []Column{{Name: "tenant_id", Category: "none", field: -1}, {Name: "id", Category: "none", field: -2}}
	for i := 1; i < typ.NumField(); i++ {
		c, err := readColumn(typ, i)
		if err != nil {
			return nil, err
		}
		t.Columns = append(t.Columns, c)
	}
	if s := tags.Get("subject"); s != "-" {
		t.Subjects = strings.Split(s, ",")
	}
	for pair := range strings.SplitSeq(tags.Get("clock"), ",") {
		if event, col, ok := strings.Cut(pair, ":"); ok {
			t.Clocks[event] = col
		} else if pair != "" {
			return nil, fmt.Errorf("store: %s: clock %q is not event:column", typ, pair)
		}
	}
	for _, c := range t.Columns {
		t.personal = t.personal || c.Category != "none"
		if c.field > 0 && slices.Contains(t.Subjects, c.Name) && typ.Field(c.field).Type == reflect.TypeFor[id.Subject]() {
			t.peopleFields = append(t.peopleFields, c.field)
		}
	}
	return t, t.checkNames()
}

func readColumn(typ reflect.Type, i int) (Column, error) {
	f := typ.Field(i)
	c := Column{Name: f.Tag.Get("db"), Category: f.Tag.Get("data"), field: i}
	if c.Category == "" {
		return c, fmt.Errorf("store: %s.%s has no data tag: name its category of the notice, or \"none\" if it says nothing about a person", typ, f.Name)
	}
	if !f.IsExported() {
		return c, fmt.Errorf("store: %s.%s is stored but not exported", typ, f.Name)
	}
	if c.Name == "" {
		c.Name = snake(f.Name)
	}
	c.Sealed = f.Type == reflect.TypeFor[vault.Text]() || f.Type == reflect.TypeFor[vault.Bytes]()
	if f.Type.PkgPath() == "time" {
		return c, fmt.Errorf("store: %s.%s: store a clock.Instant, not a time.%s", typ, f.Name, f.Type.Name())
	}
	return c, nil
}

// checkNames proves that subject and clock tags name columns that exist.
func (t *Table) checkNames() error {
	has := func(name string) bool {
		return slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Name == name })
	}
	for _, s := range t.Subjects {
		if !has(s) {
			return fmt.Errorf("store: %s: subject names the column %q, which is not there", t.Name, s)
		}
	}
	for event, c := range t.Clocks {
		if !has(c) {
			return fmt.Errorf("store: %s: clock %s names the column %q, which is not there", t.Name, event, c)
		}
	}
	return nil
}

// names lists the columns in their order.
func (t *Table) names() string {
	var b strings.Builder
	for i, c := range t.Columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.Name)
	}
	return b.String()
}

// snake turns SubjectID into subject_id.
func snake(s string) string {
	var b strings.Builder
	rs := []rune(s)
	for i, r := range rs {
		if unicode.IsUpper(r) && i > 0 && (!unicode.IsUpper(rs[i-1]) || i+1 < len(rs) && unicode.IsLower(rs[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
