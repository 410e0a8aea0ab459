package record

import (
	"strings"
	"time"

	"amanah/internal/fault"
)

// Kind is which document.
type Kind string

// The documents.
const (
	Activities Kind = "activities" // record of processing, as controller
	Processor  Kind = "processor"  // record of processing, as processor
	Retention  Kind = "retention"  // retention policy
	Recipients Kind = "recipients" // processors, transfers, and what was sent
	Assessment Kind = "assessment" // impact assessment
)

// Kinds are all documents, in the order in which they are listed.
func Kinds() []Kind { return []Kind{Activities, Processor, Retention, Recipients, Assessment} }

// Paper is a document in one language.
type Paper struct {
	Kind    Kind      `json:"document"`
	Service string    `json:"service"`
	Lang    string    `json:"lang"`
	Title   string    `json:"title"`
	Lead    string    `json:"lead"`
	Notice  string    `json:"notice_version"`
	Made    time.Time `json:"made"`
	// Unchecked says which list of fields is still to be compared with the official
	// text; "" where none is.
	Unchecked string  `json:"unchecked,omitempty"`
	Demo      string  `json:"demo,omitempty"`
	Fields    []Field `json:"fields"`
}

// Field is one lettered or numbered item of a document.
type Field struct {
	Mark string   `json:"mark"`
	Name string   `json:"name"`
	Text []string `json:"text,omitempty"`
	// Rows is a table; each row has as many cells as Head.
	Head []string   `json:"head,omitempty"`
	Rows [][]string `json:"rows,omitempty"`
}

// Make makes a document in a language ("id" or "en"). Fault Invalid for any other
// document or language.
func Make(s Source, k Kind, lang string) (*Paper, error) {
	if lang != "id" && lang != "en" {
		return nil, fault.New(fault.Invalid, "record.Make", "record.language")
	}
	p := &Paper{Kind: k, Service: s.Notice.Service(), Lang: lang, Notice: s.Notice.Version(), Made: s.At.UTC().Truncate(time.Second)}
	switch k {
	case Activities:
		s.activities(p)
	case Processor:
		s.processor(p)
	case Retention:
		s.retention(p)
	case Recipients:
		s.recipients(p)
	case Assessment:
		s.assessment(p)
	default:
		return nil, fault.New(fault.Invalid, "record.Make", "record.kind")
	}
	if s.Demo {
		p.Demo = word(lang, "Peragaan: berkas yang disebut di sini rekaan.", "Demo: the papers named here are invented.")
	}
	return p, nil
}

// fields numbers what a document says: letters from a, or numbers from 1.
type fields struct {
	p       *Paper
	letters bool
}

func (f *fields) add(name string, text ...string) *Field {
	mark := string(rune('a' + len(f.p.Fields)))
	if !f.letters {
		mark = number(int64(len(f.p.Fields)+1), f.p.Lang)
	}
	f.p.Fields = append(f.p.Fields, Field{Mark: mark, Name: name})
	at := &f.p.Fields[len(f.p.Fields)-1]
	for _, line := range text {
		if line != "" {
			at.Text = append(at.Text, line)
		}
	}
	return at
}

func (f *Field) head(cells ...string) { f.Head = cells }

func (f *Field) row(cells ...string) { f.Rows = append(f.Rows, cells) }

// unchecked is the sentence about a list whose wording nobody here has read.
func unchecked(lang, article string) string {
	return word(lang, "Susunan butir mengikuti jumlah dan urutan huruf "+article+"; namanya dari kami dan harus dicocokkan dengan naskah resmi.",
		"The items follow the number and letters of "+strings.Replace(article, "Pasal", "article", 1)+"; their names are ours and have to be checked against the official text.")
}
