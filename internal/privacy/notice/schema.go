package notice

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"amanah/notices"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// noticeSchema compiles notices/schema.json once. The file is part of the
// program, so that a failure is a fault of the build.
var noticeSchema = sync.OnceValue(func() *jsonschema.Schema {
	src, err := notices.FS.ReadFile("schema.json")
	if err != nil {
		panic("notice: no schema: " + err.Error())
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	if err != nil {
		panic("notice: schema: " + err.Error())
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("notice.schema.json", doc); err != nil {
		panic("notice: schema: " + err.Error())
	}
	return c.MustCompile("notice.schema.json")
})

// validate holds a tree against the schema and gives each fault its place.
func validate(file string, root *node) []Finding {
	err := noticeSchema().Validate(root.plain())
	var ve *jsonschema.ValidationError
	if !errors.As(err, &ve) {
		return nil
	}
	var out []Finding
	leaves(ve, func(e *jsonschema.ValidationError) { out = append(out, explain(file, root, e)...) })
	return out
}

// leaves visits the errors that have no deeper cause.
func leaves(e *jsonschema.ValidationError, visit func(*jsonschema.ValidationError)) {
	// A wrong key is one fault, although its pattern fails inside it.
	if _, ok := e.ErrorKind.(*kind.PropertyNames); ok || len(e.Causes) == 0 {
		visit(e)
		return
	}
	for _, c := range e.Causes {
		leaves(c, visit)
	}
}

// explain turns one fault of the schema into findings.
func explain(file string, root *node, e *jsonschema.ValidationError) []Finding {
	path := e.InstanceLocation
	where := strings.Join(path, " > ")
	if where == "" {
		where = "the notice"
	}
	at := func(p Pos, code, msg, mend string) []Finding {
		return []Finding{{File: file, Line: p.Line, Col: p.Col, Code: code, Message: msg, Mend: mend}}
	}
	pos := root.at(path...)
	switch k := e.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		var out []Finding
		known := properties(e.SchemaURL)
		for _, p := range k.Properties {
			out = append(out, at(root.at(append(slices.Clone(path), p)...), "unknown-key", fmt.Sprintf("%q is no key of %s", p, where), suggest(p, known))...)
		}
		return out
	case *kind.Required:
		var out []Finding
		for _, m := range k.Missing {
			if m == "id" || m == "en" {
				name := map[string]string{"id": "Indonesian", "en": "English"}[m]
				out = append(out, at(pos, "missing-language", fmt.Sprintf("%s has no %s text", where, name), fmt.Sprintf("add %s: with the %s sentence", m, name))...)
				continue
			}
			out = append(out, at(pos, "missing", fmt.Sprintf("%s lacks %q", where, m), "add the line "+m+":")...)
		}
		return out
	case *kind.PropertyNames:
		// The validator names the wrong place for a key: look where keys are free.
		for _, top := range []string{"data", "purposes", "recipients", "cookies", "modules"} {
			if root.get(top).get(k.Property) != nil {
				pos, where = root.at(top, k.Property), top
			}
		}
		return at(pos, "key-form", fmt.Sprintf("%q has the wrong form for a key of %s", k.Property, where), "use small letters, digits and _, with a dot between thing and part, as in account.email")
	case *kind.Enum:
		return at(pos, "wrong-value", fmt.Sprintf("%s is %q", where, fmt.Sprint(k.Got)), "use one of: "+join(k.Want))
	case *kind.Type:
		return at(pos, "wrong-type", fmt.Sprintf("%s is a %s", where, k.Got), "write a "+strings.Join(k.Want, " or "))
	case *kind.MinLength:
		return at(pos, "blank", where+" is empty", "fill it in")
	case *kind.Pattern:
		return at(pos, "wrong-form", fmt.Sprintf("%s is %q", where, k.Got), "its form must be "+k.Want)
	}
	return at(pos, "schema", where+": "+e.ErrorKind.LocalizedString(message.NewPrinter(language.English)), "compare it with notices/ctt.yaml and notices/schema.json")
}

func join(vs []any) string {
	out := make([]string, len(vs))
	for i, v := range vs {
		out[i] = fmt.Sprint(v)
	}
	return strings.Join(out, ", ")
}

// properties lists the keys that a schema allows, found by its address.
func properties(url string) []string {
	s := noticeSchema()
	_, ref, _ := strings.Cut(url, "#")
	var found *jsonschema.Schema
	var walk func(*jsonschema.Schema, int)
	walk = func(s *jsonschema.Schema, depth int) {
		if s == nil || found != nil || depth > maxDepth {
			return
		}
		if _, r, _ := strings.Cut(s.Location, "#"); r == ref {
			found = s
			return
		}
		walk(s.Ref, depth+1)
		for _, p := range s.Properties {
			walk(p, depth+1)
		}
		if a, ok := s.AdditionalProperties.(*jsonschema.Schema); ok {
			walk(a, depth+1)
		}
		if s.Items2020 != nil {
			walk(s.Items2020, depth+1)
		}
	}
	walk(s, 0)
	if found == nil {
		return nil
	}
	keys := make([]string, 0, len(found.Properties))
	for k := range found.Properties {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// suggest proposes the key that was probably meant.
func suggest(got string, known []string) string {
	best, dist := "", 3
	for _, k := range known {
		if d := distance(got, k); d < dist {
			best, dist = k, d
		}
	}
	if best != "" {
		return fmt.Sprintf("write %q, or take the line out", best)
	}
	if len(known) == 0 || len(known) > 14 {
		return "take the line out"
	}
	return "take it out, or use one of: " + strings.Join(known, ", ") + " (text with a comma inside braces needs quotes)"
}

// nearest proposes an event.
func nearest(got string) string {
	best, dist := "", 1<<30
	keys := make([]string, 0, len(words))
	for k := range words {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		if d := distance(got, k); d < dist {
			best, dist = k, d
		}
	}
	return "perhaps " + best + " (all: " + strings.Join(keys, ", ") + ")"
}

// distance is Levenshtein's, for short words.
func distance(a, b string) int {
	if len(a) > 40 || len(b) > 40 {
		return 1 << 20
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		prev := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := prev
			if a[i] != b[j] {
				cost = min(prev, row[j], row[j+1]) + 1
			}
			prev, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
