package notice

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"
)

// Render writes the published text of a notice in a language ("id" or "en").
// Formats: "html", a fragment for the page shell without any style or script;
// "md", CommonMark with tables; "json", the notice's own keys with the texts of
// the language.
func Render(n *Notice, lang, format string, w io.Writer) error {
	if lang != "id" && lang != "en" {
		return fmt.Errorf("notice.Render: no language %q", lang)
	}
	switch format {
	case "html":
		return templates.ExecuteTemplate(w, "fragment", n.page(lang))
	case "md":
		_, err := io.WriteString(w, n.page(lang).markdown())
		return err
	case "json":
		return n.json(lang, w)
	}
	return fmt.Errorf("notice.Render: no format %q", format)
}

// RenderPage writes a whole HTML page with its own small style, for the command
// line and for keeping.
func RenderPage(n *Notice, lang string, w io.Writer) error {
	if lang != "id" && lang != "en" {
		return fmt.Errorf("notice.RenderPage: no language %q", lang)
	}
	return templates.ExecuteTemplate(w, "page", n.page(lang))
}

//go:embed render.html
var renderHTML string

var templates = template.Must(template.New("notice").Parse(renderHTML))

// page is the published text before it has a format.
type page struct {
	Lang, Title, Service, Lead, Accent string
	Meta                               []pair
	Sections                           []section
	Contents                           string
}

type pair struct{ Label, Value string }

// section is a part of the text with its own address on the page.
type section struct {
	ID, Title string
	Blocks    []block
}

// block is one of: a paragraph, a list, pairs, a table.
type block struct {
	Text  string
	Items []string
	Pairs []pair
	Table *table
}

type table struct {
	Caption string
	Head    []string
	Rows    []row
}

// row has an address of its own, so that a link can point at one kind of data.
type row struct {
	ID    string
	Cells []cell
}

type cell struct{ Label, Text string }

func text(s string) block     { return block{Text: s} }
func items(s ...string) block { return block{Items: s} }
func pairs(p ...pair) block   { return block{Pairs: p} }
func (b block) empty() bool   { return b.Text == "" && len(b.Items)+len(b.Pairs) == 0 && b.Table == nil }
func (t *table) add(id string, cells ...string) {
	r := row{ID: id}
	for i, c := range cells {
		r.Cells = append(r.Cells, cell{t.Head[i], c})
	}
	t.Rows = append(t.Rows, r)
}

// markdown writes the page as CommonMark with tables.
func (p page) markdown() string {
	var b strings.Builder
	b.WriteString("# " + p.Title + "\n\n" + escape(p.Lead) + "\n\n")
	for _, m := range p.Meta {
		b.WriteString("- " + m.Label + ": " + escape(m.Value) + "\n")
	}
	for _, s := range p.Sections {
		b.WriteString("\n## " + s.Title + "\n")
		for _, bl := range s.Blocks {
			b.WriteByte('\n')
			bl.markdown(&b)
		}
	}
	return b.String()
}

func (bl block) markdown(b *strings.Builder) {
	if bl.Text != "" {
		b.WriteString(escape(bl.Text) + "\n")
	}
	for _, it := range bl.Items {
		b.WriteString("- " + escape(it) + "\n")
	}
	for _, p := range bl.Pairs {
		b.WriteString("- **" + p.Label + ":** " + escape(p.Value) + "\n")
	}
	if t := bl.Table; t != nil {
		b.WriteString("| " + strings.Join(t.Head, " | ") + " |\n|" + strings.Repeat(" --- |", len(t.Head)) + "\n")
		for _, r := range t.Rows {
			b.WriteByte('|')
			for _, c := range r.Cells {
				b.WriteString(" " + strings.ReplaceAll(escape(c.Text), "|", `\|`) + " |")
			}
			b.WriteByte('\n')
		}
	}
}

var escaper = strings.NewReplacer("*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", "[", `\[`)

func escape(s string) string { return escaper.Replace(s) }

// json writes the notice with its own keys in their order; each pair of texts
// becomes the text of the language. Notes for the keepers stay out.
func (n *Notice) json(lang string, w io.Writer) error {
	var b bytes.Buffer
	b.WriteString(`{"language":` + quote(lang))
	for _, f := range n.root.Fields {
		b.WriteString("," + quote(f.Key) + ":")
		writeJSON(&b, f.Value, lang)
	}
	b.WriteByte('}')
	var out bytes.Buffer
	if err := json.Indent(&out, b.Bytes(), "", "  "); err != nil {
		return fmt.Errorf("notice.Render: %w", err)
	}
	out.WriteByte('\n')
	_, err := out.WriteTo(w)
	return err
}

func writeJSON(b *bytes.Buffer, v *node, lang string) {
	switch {
	case v.Kind == list:
		b.WriteByte('[')
		for i, it := range v.Items {
			if i > 0 {
				b.WriteByte(',')
			}
			writeJSON(b, it, lang)
		}
		b.WriteByte(']')
	case v.Kind == mapping && len(v.Fields) == 2 && v.get("id") != nil && v.get("en") != nil:
		writeJSON(b, v.get(lang), lang)
	case v.Kind == mapping:
		b.WriteByte('{')
		first := true
		for _, f := range v.Fields {
			if f.Key == "note" {
				continue
			}
			if !first {
				b.WriteByte(',')
			}
			first = false
			b.WriteString(quote(f.Key) + ":")
			writeJSON(b, f.Value, lang)
		}
		b.WriteByte('}')
	default:
		raw, err := json.Marshal(v.Scalar)
		if err != nil {
			raw = []byte("null")
		}
		b.Write(raw)
	}
}

func quote(s string) string {
	raw, _ := json.Marshal(s)
	return string(raw)
}
