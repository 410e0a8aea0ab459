package notice

import (
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"sort"
	"strings"
)

// Parse reads one notice. It always gives findings instead of an error; with an
// error among them the notice is nil. It never panics, whatever src holds.
func Parse(file string, src []byte) (*Notice, []Finding) {
	root, findings := parseTree(file, src)
	if len(findings) > 0 {
		return nil, findings
	}
	findings = validate(file, root)
	if HasErrors(findings) {
		return nil, sortFindings(findings)
	}
	n := &Notice{file: file, root: root}
	d := decoder{file: file}
	d.value(root, reflect.ValueOf(&n.doc).Elem())
	findings = append(findings, d.findings...)
	if HasErrors(findings) {
		return nil, sortFindings(findings)
	}
	n.giveModules()
	n.giveAll()
	findings = sortFindings(append(findings, n.consistent()...))
	if HasErrors(findings) {
		return nil, findings
	}
	return n, findings
}

// giveModules tells each category which module stores it.
func (n *Notice) giveModules() {
	for i := range n.doc.Data {
		c := &n.doc.Data[i]
		if m, ok := find(n.doc.Modules, func(m module) bool {
			return slices.Contains(m.Words, c.word()) || slices.Contains(m.Words, c.Key)
		}); ok {
			c.Module = m.Key
		}
	}
}

// giveAll spells out the recipients that get every category.
func (n *Notice) giveAll() {
	for i := range n.doc.Recipients {
		r := &n.doc.Recipients[i]
		if r.All = slices.Equal(r.Gets, []string{"all"}); !r.All {
			continue
		}
		r.Gets = nil
		for _, c := range n.doc.Data {
			if !c.Kept.NotKept && c.From != "google" {
				r.Gets = append(r.Gets, c.Key)
			}
		}
	}
}

// LoadNotices reads every *.yaml at the top of a file system, in the order of
// their names, each with its promises. A broken file is left out and its findings
// are returned.
func LoadNotices(fsys fs.FS) ([]*Notice, []Finding) {
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil || len(names) == 0 {
		return nil, []Finding{{File: "notices", Line: 1, Col: 1, Code: "empty", Message: "there is no notice", Mend: "put one YAML file a service into notices/"}}
	}
	sort.Strings(names)
	var ns []*Notice
	var findings []Finding
	for _, name := range names {
		src, err := fs.ReadFile(fsys, name)
		if err != nil {
			findings = append(findings, Finding{File: name, Line: 1, Col: 1, Code: "unreadable", Message: "the file cannot be read", Mend: "check its permissions"})
			continue
		}
		n, fs := Parse(name, src)
		findings = append(findings, fs...)
		if n == nil {
			continue
		}
		ns = append(ns, n)
		findings = append(findings, n.documents(fsys)...)
		findings = append(findings, n.loadPromises(fsys)...)
	}
	return ns, findings
}

// documents finds an assessment that the notice names and nobody has written.
func (n *Notice) documents(fsys fs.FS) []Finding {
	a := n.doc.Assessment
	if a == nil {
		return nil
	}
	if _, err := fs.Stat(fsys, a.File); err != nil {
		return []Finding{n.finding(n.pos("assessment", "document"), "no-document", "there is no file "+a.File, "write the assessment, beside the notices")}
	}
	return nil
}

// consistent finds what one notice says against itself: words that name nothing,
// blanks and placeholders.
func (n *Notice) consistent() []Finding {
	var out []Finding
	add := func(p Pos, code, msg, mend string) { out = append(out, n.finding(p, code, msg, mend)) }
	for _, c := range n.doc.Data {
		for i, p := range c.For {
			if _, ok := n.Purpose(p); !ok {
				add(n.pos("data", c.Key, "for", fmt.Sprint(i)), "unknown-purpose", fmt.Sprintf("%s is for %q, which is no purpose here", c.Key, p), "name a key under purposes, or add it there")
			}
		}
		out = append(out, n.dpvTerm(n.pos("data", c.Key, "dpv"), c.DPV)...)
	}
	for _, m := range n.doc.Modules {
		for i, w := range m.Words {
			if !slices.ContainsFunc(n.doc.Data, func(c Category) bool { return c.word() == w || c.Key == w }) {
				add(n.pos("modules", m.Key, fmt.Sprint(i)), "unused-word", fmt.Sprintf("%s stores %q, and no data is called so or begins so", m.Key, w), "declare it under data, or take the word out")
			}
		}
	}
	for _, p := range n.doc.Purposes {
		out = append(out, n.dpvTerm(n.pos("purposes", p.Key, "dpv"), p.DPV)...)
		used := slices.ContainsFunc(n.doc.Data, func(c Category) bool { return slices.Contains(c.For, p.Key) })
		if !used {
			add(p.Pos, "unused-purpose", fmt.Sprintf("no data is for %q", p.Key), "name it under the data that it needs, or take it out")
		}
	}
	for _, r := range n.doc.Recipients {
		for i, c := range r.Gets {
			if _, ok := n.Category(c); !ok {
				add(n.pos("recipients", r.Key, "gets", fmt.Sprint(i)), "unknown-category", fmt.Sprintf("%s gets %q, which is not declared under data", r.Key, c), "name a key under data, or add it there")
			}
		}
		for i, p := range r.For {
			if _, ok := n.Purpose(p); !ok {
				add(n.pos("recipients", r.Key, "for", fmt.Sprint(i)), "unknown-purpose", fmt.Sprintf("%s is for %q, which is no purpose here", r.Key, p), "name a key under purposes, or add it there")
			}
		}
	}
	for i, w := range n.doc.Security {
		if _, ok := measures[w]; !ok {
			add(n.pos("security", fmt.Sprint(i)), "unknown-measure", fmt.Sprintf("no measure is called %q", w), "use one of: "+strings.Join(Measures(), ", "))
		}
	}
	if n.doc.Effective.Before(n.doc.Changes.Before.AddTo(n.doc.Published.Time)) {
		add(n.pos("effective"), "too-soon", "the version takes effect before the time that changes.before promises has passed", "move effective to "+n.doc.Changes.Before.AddTo(n.doc.Published.Time).Format("2006-01-02")+" or later")
	}
	return append(out, n.blanks()...)
}
