package target

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"amanah/internal/fault"
)

// Body is the form of a template's text.
type Body string

// The forms of a body.
const (
	JSON Body = "json"
	Form Body = "form"
	Text Body = "text"
)

// ContentType is what the request says of a body.
func (b Body) ContentType() string {
	switch b {
	case JSON:
		return "application/json"
	case Form:
		return "application/x-www-form-urlencoded"
	}
	return "text/plain; charset=utf-8"
}

const maxTemplate = 16 << 10

// Marks are the names that may stand in a template beside [Sources]: the event's
// number, its type, the kind of change, and "data", all mapped fields as one
// object, which only JSON has.
func Marks() []string { return append([]string{"event_id", "type", "data"}, Sources()...) }

var mark = regexp.MustCompile(`\{\{\s*([a-z_]*)\s*\}\}`)

// Template is a text with marks such as {{amount}}. It has no logic: a mark is
// replaced by its value, escaped for the place where it stands.
type Template struct {
	body  Body
	parts []part
}

// part is a piece of fixed text, or a mark.
type part struct {
	text   string
	mark   string
	inside bool // within a JSON string
}

// ParseTemplate reads a template. A JSON body must stay JSON whatever the values
// are: that is tried with hostile ones. Faults name the field "template".
func ParseTemplate(body Body, text string) (*Template, error) {
	wrong := func(key, name string) error {
		return fault.New(fault.Invalid, "target.ParseTemplate", key).On("template").With("name", name)
	}
	if !slices.Contains([]Body{JSON, Form, Text}, body) {
		return nil, fault.New(fault.Invalid, "target.ParseTemplate", "capture.target.template.body").On("body")
	}
	if strings.TrimSpace(text) == "" {
		return nil, wrong("capture.target.template.empty", "")
	}
	if len(text) > maxTemplate {
		return nil, wrong("capture.target.template.long", "")
	}
	t := &Template{body: body}
	last := 0
	in := scanner{}
	for _, m := range mark.FindAllStringSubmatchIndex(text, -1) {
		name := text[m[2]:m[3]]
		if !slices.Contains(Marks(), name) || name == "data" && body != JSON {
			return nil, wrong("capture.target.template.unknown", text[m[0]:m[1]])
		}
		in.read(text[last:m[0]])
		if in.escaped || name == "data" && in.inside {
			return nil, wrong("capture.target.template.json", "")
		}
		t.parts = append(t.parts, part{text: text[last:m[0]]}, part{mark: name, inside: in.inside})
		last = m[1]
	}
	t.parts = append(t.parts, part{text: text[last:]})
	if strings.Contains(mark.ReplaceAllString(text, ""), "{{") {
		return nil, wrong("capture.target.template.open", "")
	}
	return t, t.try(wrong)
}

// hostile values break whatever does not escape.
var hostile = []string{"", `"},{"x":"`, "\\", "\\u", "line\nend\r\t\x00", "<b>&amp;</b>", "=1+1", "\u2028\xff"}

func (t *Template) try(wrong func(key, name string) error) error {
	if t.body == Form {
		for _, line := range t.lines() {
			if !strings.Contains(line, "=") {
				return wrong("capture.target.template.form", "")
			}
		}
		return nil
	}
	if t.body != JSON {
		return nil
	}
	for _, h := range hostile {
		for _, number := range []bool{false, true} {
			got := t.Render(func(string) Value { return Value{Text: h, Number: number} }, []byte(`{"a":1}`))
			if !json.Valid(got) {
				return wrong("capture.target.template.json", "")
			}
		}
	}
	return nil
}

// scanner knows whether a place in a JSON text lies inside a string.
type scanner struct{ inside, escaped bool }

func (s *scanner) read(text string) {
	for i := range len(text) {
		switch c := text[i]; {
		case s.escaped:
			s.escaped = false
		case s.inside && c == '\\':
			s.escaped = true
		case c == '"':
			s.inside = !s.inside
		}
	}
}

// Render puts the values in. data is the JSON object for the mark "data".
func (t *Template) Render(value func(name string) Value, data []byte) []byte {
	if t.body == Form {
		return t.form(value)
	}
	var b bytes.Buffer
	for _, p := range t.parts {
		switch {
		case p.mark == "":
			b.WriteString(p.text)
		case p.mark == "data":
			b.Write(data)
		case t.body == Text:
			b.WriteString(clean(value(p.mark).Text))
		case p.inside:
			q := quoted(value(p.mark).Text)
			b.Write(q[1 : len(q)-1])
		default:
			b.Write(value(p.mark).json())
		}
	}
	return b.Bytes()
}

// lines are the pairs of a form, one a line, marks still in them.
func (t *Template) lines() []string {
	var all strings.Builder
	for _, p := range t.parts {
		if p.mark != "" {
			all.WriteString("{{" + p.mark + "}}")
		}
		all.WriteString(p.text)
	}
	var out []string
	for line := range strings.Lines(all.String()) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

func (t *Template) form(value func(name string) Value) []byte {
	var pairs []string
	for _, line := range t.lines() {
		name, rest, _ := strings.Cut(line, "=")
		put := func(s string) string {
			return mark.ReplaceAllStringFunc(s, func(m string) string { return value(mark.FindStringSubmatch(m)[1]).Text })
		}
		pairs = append(pairs, url.QueryEscape(strings.TrimSpace(put(name)))+"="+url.QueryEscape(put(rest)))
	}
	return []byte(strings.Join(pairs, "&"))
}

// clean keeps control characters of a value out of plain text; line breaks become
// spaces, so that a value stays in its line.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}
