package target

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"amanah/internal/fault"
	"amanah/internal/money"
)

// Field is one field of what a target gets: what it shows, and under which name.
type Field struct {
	Source string `json:"source,omitempty"` // one of Sources; empty: Const
	As     string `json:"as"`
	Const  string `json:"const,omitempty"`
}

// Mapping is which fields a target gets, in their order. Without fields a kind
// has its own.
type Mapping struct {
	Fields   []Field  `json:"fields,omitempty"`
	Notation Notation `json:"notation,omitzero"`
}

// Notation is how moments and amounts are written.
type Notation struct {
	Date   string `json:"date,omitempty"`   // one of Dates; empty: rfc3339
	Number string `json:"number,omitempty"` // one of Numbers; empty: decimal
	Zone   string `json:"zone,omitempty"`   // one of Zones; empty: the workspace's
}

// Dates, Numbers and Zones are the choices of a Notation.
func Dates() []string   { return []string{"rfc3339", "datetime", "date", "local", "unix"} }
func Numbers() []string { return []string{"decimal", "number", "id", "en"} }
func Zones() []string   { return []string{"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "UTC"} }

const (
	maxFields = 40
	maxName   = 60
	maxConst  = 200
)

// Check refuses unknown sources, names that stand twice, and what is too long.
func (m Mapping) Check() error {
	wrong := func(field, key string, as string) error {
		return fault.New(fault.Invalid, "target.Mapping", key).On(field).With("name", as)
	}
	if len(m.Fields) > maxFields {
		return wrong("fields", "capture.target.fields.many", "")
	}
	seen := map[string]bool{}
	for _, f := range m.Fields {
		switch {
		case f.As == "" || utf8.RuneCountInString(f.As) > maxName || strings.ContainsFunc(f.As, unicode.IsControl):
			return wrong("fields", "capture.target.fields.name", f.As)
		case seen[f.As]:
			return wrong("fields", "capture.target.fields.twice", f.As)
		case f.Source != "" && !slices.Contains(Sources(), f.Source):
			return wrong("fields", "capture.target.fields.unknown", f.As)
		case utf8.RuneCountInString(f.Const) > maxConst:
			return wrong("fields", "capture.target.fields.long", f.As)
		}
		seen[f.As] = true
	}
	for field, choice := range map[string][]string{"date": Dates(), "number": Numbers(), "zone": Zones()} {
		have := map[string]string{"date": m.Notation.Date, "number": m.Notation.Number, "zone": m.Notation.Zone}[field]
		if have != "" && !slices.Contains(choice, have) {
			return wrong(field, "capture.target.fields.notation", have)
		}
	}
	return nil
}

// or gives the mapping with a kind's own fields and notation where it has none.
func (m Mapping) or(n Notation, sources ...string) Mapping {
	if len(m.Fields) == 0 {
		for _, s := range sources {
			m.Fields = append(m.Fields, Field{Source: s, As: s})
		}
	}
	if m.Notation.Date == "" {
		m.Notation.Date = n.Date
	}
	if m.Notation.Number == "" {
		m.Notation.Number = n.Number
	}
	return m
}

// Cell is a field's name with its value.
type Cell struct {
	Name string
	Value
}

// Cells gives the fields of a transaction in their order. zone is the
// workspace's, for a notation that names none.
func (m Mapping) Cells(r Record, zone *time.Location) []Cell {
	zone = m.Notation.in(zone)
	out := make([]Cell, 0, len(m.Fields))
	for _, f := range m.Fields {
		v := Value{Text: f.Const}
		if f.Source != "" {
			v = r.value(f.Source, m.Notation, zone)
		}
		out = append(out, Cell{f.As, v})
	}
	return out
}

// object writes cells as a JSON object in their order.
func object(cells []Cell) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, c := range cells {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(quoted(c.Name))
		b.WriteByte(':')
		b.Write(c.json())
	}
	b.WriteByte('}')
	return b.Bytes()
}

// json is a value where JSON expects one.
func (v Value) json() []byte {
	if v.Number && json.Valid([]byte(v.Text)) {
		return []byte(v.Text)
	}
	return quoted(v.Text)
}

// quoted is a text as a JSON string.
func quoted(s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always can
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func (n Notation) in(zone *time.Location) *time.Location {
	if n.Zone == "" {
		return zone
	}
	z, err := time.LoadLocation(n.Zone)
	if err != nil {
		return zone
	}
	return z
}

func (n Notation) amount(a money.Amount) Value {
	switch n.Number {
	case "number":
		whole, minor, _ := strings.Cut(a.Decimal(), ".")
		if minor = strings.TrimRight(minor, "0"); minor != "" {
			whole += "." + minor
		}
		return Value{Text: whole, Number: true}
	case "id", "en":
		// The currency stands in a field of its own.
		s := a.Abs().Format(n.Number)
		s = strings.TrimLeftFunc(s, func(r rune) bool { return !unicode.IsDigit(r) })
		if a.Minor < 0 {
			s = "-" + s
		}
		return Value{Text: s}
	}
	return Value{Text: a.Decimal()}
}

// moment writes at, date or time. A mail that states only a day gives no time.
func (n Notation) moment(source string, t time.Time, precision string) Value {
	day := precision == "day"
	date, clock := time.DateOnly, "15:04"
	if n.Date == "local" {
		date, clock = "02/01/2006", "15.04"
	}
	switch {
	case source == "date":
		return Value{Text: t.Format(date)}
	case source == "time" && day:
		return Value{}
	case source == "time":
		return Value{Text: t.Format(clock)}
	case n.Date == "unix":
		return Value{Text: strconv.FormatInt(t.Unix(), 10), Number: true}
	case n.Date == "" || n.Date == "rfc3339":
		return Value{Text: t.Format(time.RFC3339)}
	case n.Date == "date" || day:
		return Value{Text: t.Format(date)}
	}
	return Value{Text: t.Format(date + " " + clock)}
}

// usual are the fields and the notation of kinds that have a table of their own.
var usual = map[string]struct {
	notation Notation
	sources  []string
}{
	"sheets": {Notation{Date: "datetime", Number: "number"}, []string{"at", "direction", "amount", "fee", "currency", "merchant", "category", "issuer", "account_last", "reference", "note"}},
	"file":   {Notation{}, []string{"at", "status", "direction", "amount", "fee", "currency", "merchant", "category", "issuer", "account_last", "id"}},
}

// Fields are the fields of a kind: those of the mapping, or its usual ones.
func Fields(kind string, m Mapping) Mapping {
	if u, ok := usual[kind]; ok {
		return m.or(u.notation, u.sources...)
	}
	return m.or(Notation{}, Sources()...)
}
