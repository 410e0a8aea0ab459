package record

import (
	"encoding/json"
	"html/template"
	"io"
	"strings"

	"amanah/internal/fault"
)

// Format is a form that a document is written in.
type Format string

// The formats. PDF is not written here: see Pages.
const (
	Markdown Format = "md"
	HTML     Format = "html"
	JSON     Format = "json"
	JSONLD   Format = "jsonld"
	PDF      Format = "pdf"
)

// Write writes a document. JSONLD is for the record of activities alone: use
// WriteJSONLD. Fault Invalid for another format.
func (p *Paper) Write(w io.Writer, f Format) error {
	switch f {
	case Markdown:
		_, err := io.WriteString(w, p.markdown())
		return err
	case HTML:
		return page.Execute(w, p)
	case JSON:
		return writeJSON(w, p)
	}
	return fault.New(fault.Invalid, "record.Write", "record.format")
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// notes are the sentences about the document itself.
func (p *Paper) notes() []string {
	out := []string{p.Lead, word(p.Lang, "Pemberitahuan versi ", "Notice version ") + p.Notice + word(p.Lang, "; disusun ", "; made ") + p.Made.Format("2006-01-02 15:04") + " UTC."}
	for _, s := range []string{p.Unchecked, p.Demo} {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (p *Paper) markdown() string {
	var b strings.Builder
	b.WriteString("# " + plain(p.Title) + "\n\n")
	for _, s := range p.notes() {
		b.WriteString(plain(s) + "\n\n")
	}
	for _, f := range p.Fields {
		b.WriteString("## " + f.Mark + ". " + plain(f.Name) + "\n\n")
		for _, s := range f.Text {
			b.WriteString("- " + plain(s) + "\n")
		}
		if len(f.Text) > 0 {
			b.WriteString("\n")
		}
		if len(f.Head) == 0 {
			continue
		}
		line(&b, f.Head)
		b.WriteString("|" + strings.Repeat(" --- |", len(f.Head)) + "\n")
		for _, r := range f.Rows {
			line(&b, r)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func line(b *strings.Builder, cells []string) {
	b.WriteString("|")
	for _, c := range cells {
		b.WriteString(" " + plain(c) + " |")
	}
	b.WriteString("\n")
}

// plain keeps what a notice says from becoming Markdown.
var marks = strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", "[", `\[`, "\n", " ")

func plain(s string) string { return marks.Replace(s) }

// Notes are the sentences about the document itself, for its page.
func (p *Paper) Notes() []string { return p.notes() }

var page = template.Must(template.New("record").Parse(`<!doctype html>
<html lang="{{.Lang}}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Title}}</title>
<style>body{font:16px/1.5 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;padding:.3rem .5rem;text-align:left;vertical-align:top}</style></head>
<body><h1>{{.Title}}</h1>
{{range .Notes}}<p>{{.}}</p>
{{end}}{{range .Fields}}<h2>{{.Mark}}. {{.Name}}</h2>
{{range .Text}}<p>{{.}}</p>
{{end}}{{if .Head}}<table><thead><tr>{{range .Head}}<th>{{.}}</th>{{end}}</tr></thead>
<tbody>{{range .Rows}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>
{{end}}</tbody></table>
{{end}}{{end}}</body></html>
`))
