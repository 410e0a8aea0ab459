package notice

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// Promise is one promise of a service in plain words, and what keeps it. It
// stands in promises/<service>.yaml, beside the notice, and is loaded with it.
type Promise struct {
	// ID names it for ever: "CTT-16".
	ID   string `yaml:",key"`
	Pos  Pos
	File string
	// Topic is one of Topics: the heading under which people find it.
	Topic string `yaml:"topic"`
	Say   Text   `yaml:"say"`
	// Note says what cannot be kept as it was once written, and what is done.
	Note Text `yaml:"note"`
	// See is the place in the published notice, such as "security" or "right-copy".
	See string `yaml:"see"`
	// Module must run before the promise can be kept or broken; "" for what every
	// service has.
	Module string `yaml:"module"`
	// Checks look whether it is kept; empty for what people keep, and for what a
	// module will keep that does not exist yet.
	Checks []PromiseCheck
	// People keep it, and no program: then Document is the paper that says so, if
	// there is one.
	People   bool
	Document *Document
}

// PromiseCheck is a check by its name, with its parameters, as one line says it:
// "oldest of=mail.raw".
type PromiseCheck struct {
	Pos  Pos
	Name string
	Args map[string]string
}

// String writes the check as it stands in the file, parameters in order.
func (c PromiseCheck) String() string {
	words := []string{c.Name}
	for _, k := range slices.Sorted(maps.Keys(c.Args)) {
		words = append(words, k+"="+c.Args[k])
	}
	return strings.Join(words, " ")
}

// Topics are the headings of promises, in the order in which people read them.
func Topics() []string {
	return []string{"notice", "consent", "age", "rights", "retention", "deletion", "security", "processors", "transfer", "cookies", "analytics",
		"breach", "complaint", "dpo", "support", "backup", "channel", "assistant", "google", "family"}
}

// Promises are the service's promises, in the order of their file.
func (n *Notice) Promises() []Promise { return n.promises }

// TakePromises gives the version of a notice that holds the promises that were
// loaded with the service's file. It is for loading only: afterwards a notice never
// changes.
func (n *Notice) TakePromises(from *Notice) { n.promises = from.promises }

// loadPromises reads promises/<service>.yaml into a notice that was just parsed.
func (n *Notice) loadPromises(fsys fs.FS) []Finding {
	file := "promises/" + n.Service() + ".yaml"
	src, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil // who runs the program is told: promise.Verify
	}
	service, ps, findings := ParsePromises(file, src)
	if HasErrors(findings) {
		return findings
	}
	fail := func(p Pos, code, msg, mend string) {
		findings = append(findings, Finding{File: file, Line: p.Line, Col: p.Col, Code: code, Message: msg, Mend: mend})
	}
	if service != n.Service() {
		fail(Pos{1, 1}, "promises", fmt.Sprintf("the promises are those of %q", service), "name the service of the file: "+n.Service())
	}
	places := n.Places()
	for _, p := range ps {
		if !slices.Contains(places, p.See) {
			fail(p.Pos, "promise-see", fmt.Sprintf("%s stands at %q, which is no place of the notice", p.ID, p.See), "name a section or a line of it: "+nearestOf(p.See, places))
		}
		if p.Document != nil {
			if _, err := fs.Stat(fsys, p.Document.File); err != nil {
				fail(p.Pos, "no-document", "there is no file "+p.Document.File, "put the document there, or write document: none")
			}
		}
	}
	n.promises = ps
	return findings
}

func nearestOf(word string, list []string) string {
	for _, s := range list {
		if word != "" && strings.HasPrefix(s, word[:min(3, len(word))]) {
			return s
		}
	}
	return strings.Join(list[:min(6, len(list))], ", ") + " …"
}

// Places are the anchors of the published notice: its sections, and the lines of
// its tables.
func (n *Notice) Places() []string {
	var out []string
	for _, s := range n.page("en").Sections {
		out = append(out, s.ID)
		for _, b := range s.Blocks {
			if b.Table == nil {
				continue
			}
			for _, r := range b.Table.Rows {
				out = append(out, r.ID)
			}
		}
	}
	return out
}

// Binding says in a language which languages there are and which binds.
func (n *Notice) Binding(lang string) string { return n.binding(lang) }
