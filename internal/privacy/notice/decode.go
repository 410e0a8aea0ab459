package notice

import (
	"reflect"
	"slices"
	"strings"
	"time"
)

// decoder fills structs from a tree that the schema has already accepted. What
// the schema cannot say (periods, dates, sentences of retention) it reports.
//
// Tags: `yaml:"name"` the field's key; `yaml:",key"` the key under which the
// struct itself stands; `yaml:",value"` the scalar that stands for the struct;
// `yaml:",has name"` whether a key is there; `yaml:",at name"` its place. A field
// named Pos gets the struct's own place.
type decoder struct {
	file string
	// strict reports keys that no field has, where no schema did so before.
	strict   bool
	findings []Finding
}

func (d *decoder) fail(n *node, code, msg, mend string) {
	d.findings = append(d.findings, Finding{File: d.file, Line: n.Line, Col: n.Col, Code: code, Message: msg, Mend: mend})
}

func (d *decoder) value(n *node, v reflect.Value) {
	if n == nil || (n.Kind == scalar && n.Scalar == nil) {
		return
	}
	switch p := v.Addr().Interface().(type) {
	case *Text:
		d.text(n, p)
		return
	case *Period:
		d.period(n, p)
		return
	case *Retention:
		d.retention(n, p)
		return
	case *Date:
		d.date(n, p)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem())
	case reflect.Struct:
		d.fields(n, v, "", n.Pos)
	case reflect.Slice:
		d.slice(n, v)
	case reflect.String:
		if s, ok := n.Scalar.(string); ok {
			v.SetString(s)
		}
	case reflect.Bool:
		if b, ok := n.Scalar.(bool); ok {
			v.SetBool(b)
		}
	case reflect.Int:
		if i, ok := n.Scalar.(int64); ok {
			v.SetInt(i)
		}
	}
}

// slice takes a list, or a mapping whose keys name the elements.
func (d *decoder) slice(n *node, v reflect.Value) {
	if n.Kind == mapping {
		out := reflect.MakeSlice(v.Type(), len(n.Fields), len(n.Fields))
		for i, f := range n.Fields {
			d.fields(f.Value, out.Index(i), f.Key, f.At)
		}
		v.Set(out)
		return
	}
	out := reflect.MakeSlice(v.Type(), len(n.Items), len(n.Items))
	for i, it := range n.Items {
		d.value(it, out.Index(i))
	}
	v.Set(out)
}

func (d *decoder) fields(n *node, v reflect.Value, key string, at Pos) {
	t := v.Type()
	if d.strict {
		d.unknown(n, t)
	}
	for i := range t.NumField() {
		f := v.Field(i)
		if t.Field(i).Name == "Pos" {
			f.Set(reflect.ValueOf(at))
			continue
		}
		name, opt, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		word, arg, _ := strings.Cut(opt, " ")
		switch word {
		case "key":
			f.SetString(key)
		case "value":
			d.value(n, f)
		case "has":
			f.SetBool(n.get(arg) != nil)
		case "at":
			f.Set(reflect.ValueOf(n.keyPos(arg)))
		default:
			if name != "" && f.CanSet() {
				d.value(n.get(name), f)
			}
		}
	}
}

// unknown reports the keys of a mapping that no field takes.
func (d *decoder) unknown(n *node, t reflect.Type) {
	known := make([]string, 0, t.NumField())
	for i := range t.NumField() {
		if tag := t.Field(i).Tag.Get("yaml"); tag == ",value" {
			return
		} else if name, _, _ := strings.Cut(tag, ","); name != "" {
			known = append(known, name)
		}
	}
	for _, f := range n.Fields {
		if !slices.Contains(known, f.Key) {
			d.findings = append(d.findings, Finding{File: d.file, Line: f.At.Line, Col: f.At.Col, Code: "unknown-key",
				Message: "\"" + f.Key + "\" is no key here", Mend: suggest(f.Key, known)})
		}
	}
}

func (d *decoder) text(n *node, t *Text) {
	if s, ok := n.Scalar.(string); ok && n.Kind == scalar {
		*t = Text{ID: s, EN: s}
		return
	}
	for _, f := range n.Fields {
		s, _ := f.Value.Scalar.(string)
		switch f.Key {
		case "id":
			t.ID = s
		case "en":
			t.EN = s
		}
	}
}

func (d *decoder) period(n *node, p *Period) {
	s, _ := n.Scalar.(string)
	if s == "session" || s == "none" {
		return
	}
	got, err := ParsePeriod(s)
	if err != nil {
		d.fail(n, "period", err.Error(), "write an ISO 8601 period (P1Y, P90D, PT72H) or \"3 working days\"")
	}
	*p = got
}

func (d *decoder) retention(n *node, r *Retention) {
	s, _ := n.Scalar.(string)
	got, err := ParseRetention(s)
	if err != nil {
		d.fail(n, "retention", err.Error(),
			"write \"while account.active, then P30D after account.closed\", \"P90D after captured\" or \"until consent.withdrawn, at most P2Y\": an event and a period")
	}
	for _, e := range got.Events() {
		if _, ok := words[e]; !ok {
			d.fail(n, "retention-event", "no event is called \""+e+"\"", "use one that the program records: "+nearest(e))
		}
	}
	*r = got
}

func (d *decoder) date(n *node, t *Date) {
	s, _ := n.Scalar.(string)
	got, err := time.Parse(time.DateOnly, s)
	if err != nil {
		d.fail(n, "date", "\""+s+"\" is not a day", "write year, month, day: 2026-11-15")
	}
	*t = Date{got}
}
