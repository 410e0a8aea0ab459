package notice

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// promiseEntry is one promise as the file has it.
type promiseEntry struct {
	Topic    string   `yaml:"topic"`
	Say      Text     `yaml:"say"`
	Note     Text     `yaml:"note"`
	See      string   `yaml:"see"`
	Module   string   `yaml:"module"`
	Check    []string `yaml:"check"`
	By       string   `yaml:"by"`
	Document Document `yaml:"document"`
}

var promiseID = regexp.MustCompile(`^[A-Z]{3}-[0-9]{2,3}$`)

// ParsePromises reads one file of promises. An error among the findings means
// that no promise of it counts.
func ParsePromises(file string, src []byte) (service string, ps []Promise, findings []Finding) {
	root, findings := parseTree(file, src)
	if len(findings) > 0 {
		return "", nil, findings
	}
	d := decoder{file: file, strict: true}
	d.unknown(root, reflect.TypeFor[struct {
		Service  string `yaml:"service"`
		Promises string `yaml:"promises"`
	}]())
	if s := root.get("service"); s != nil {
		service, _ = s.Scalar.(string)
	}
	list := root.get("promises")
	if service == "" || list == nil || list.Kind != mapping {
		d.fail(root, "promises", "the file names no service, or no promises", "begin with service: and promises:, as promises/ctt.yaml does")
		return service, nil, d.findings
	}
	for _, f := range list.Fields {
		ps = append(ps, d.promise(f))
	}
	return service, ps, sortFindings(d.findings)
}

// promise reads one entry; what is wrong with it becomes findings.
func (d *decoder) promise(f field) Promise {
	at := &node{Pos: f.At}
	p := Promise{ID: f.Key, Pos: f.At, File: d.file}
	if !promiseID.MatchString(f.Key) {
		d.fail(at, "promise-id", fmt.Sprintf("%q is not the number of a promise", f.Key), "write three letters and a number: CTT-16")
	}
	if f.Value.Kind != mapping {
		d.fail(at, "promise-empty", f.Key+" says nothing", "give it topic, say and check")
		return p
	}
	var e promiseEntry
	d.fields(f.Value, reflect.ValueOf(&e).Elem(), "", f.At)
	p.Topic, p.Say, p.Note, p.See, p.Module = e.Topic, e.Say, e.Note, e.See, e.Module
	if !slices.Contains(Topics(), e.Topic) {
		d.fail(orAt(f.Value.get("topic"), at), "promise-topic", fmt.Sprintf("no topic is called %q", e.Topic), "use one of: "+strings.Join(Topics(), ", "))
	}
	d.bothLanguages(f.Value.get("say"), at, f.Key, true)
	d.bothLanguages(f.Value.get("note"), at, f.Key, false)
	p.Checks = d.promiseChecks(f.Value.get("check"))
	d.keptBy(f, e, &p)
	return p
}

// keptBy settles whether checks, people or a coming module keep a promise.
func (d *decoder) keptBy(f field, e promiseEntry, p *Promise) {
	at := &node{Pos: f.At}
	switch e.By {
	case "":
		if f.Value.get("document") != nil {
			d.fail(f.Value.get("document"), "promise-document", f.Key+" names a document, and does not say that people keep it", "add by: people, or take the document out")
		}
		if len(p.Checks) == 0 && p.Module == "" {
			d.fail(at, "promise-unchecked", f.Key+" names no check", "name the check that looks whether it is kept, or by: people with its document")
		}
	case "people":
		p.People = true
		doc := f.Value.get("document")
		if len(p.Checks) > 0 {
			d.fail(at, "promise-people", f.Key+" is kept by people and by a check", "keep one of them")
		}
		if doc == nil {
			d.fail(at, "promise-document", f.Key+" is kept by people and names no document", "write document: {document: …, date: …}, or document: none")
			return
		}
		if s, ok := doc.Scalar.(string); doc.Kind == scalar && (!ok || s != "none") {
			d.fail(doc, "promise-document", "the document is neither none nor a file with its date", "write document: {document: …, date: …}, or document: none")
			return
		}
		if doc.Kind == mapping {
			if e.Document.File == "" || e.Document.Date.IsZero() {
				d.fail(doc, "promise-document", "a document needs its file and its date", "write document: {document: …, date: 2026-11-01}")
			}
			p.Document = &e.Document
		}
	default:
		d.fail(orAt(f.Value.get("by"), at), "promise-people", fmt.Sprintf("%q keeps no promise", e.By), "write by: people, or take the line out")
	}
}

// bothLanguages wants a text written in Indonesian and in English.
func (d *decoder) bothLanguages(n, at *node, id string, needed bool) {
	if n == nil {
		if needed {
			d.fail(at, "promise-language", id+" has no words", "write say: {id: …, en: …}")
		}
		return
	}
	for _, lang := range []string{"id", "en"} {
		s, _ := n.get(lang).text()
		if strings.TrimSpace(s) == "" {
			d.fail(n, "promise-language", fmt.Sprintf("%s is not said in %q", id, lang), "write both: {id: …, en: …}")
		}
	}
}

func (n *node) text() (string, bool) {
	if n == nil || n.Kind != scalar {
		return "", false
	}
	s, ok := n.Scalar.(string)
	return s, ok
}

func orAt(n, at *node) *node {
	if n == nil {
		return at
	}
	return n
}

// promiseChecks reads "name key=value …", one line or a list of them.
func (d *decoder) promiseChecks(n *node) (out []PromiseCheck) {
	if n == nil {
		return nil
	}
	items := n.Items
	if n.Kind == scalar {
		items = []*node{n}
	}
	for _, it := range items {
		line, _ := it.text()
		words := strings.Fields(line)
		if len(words) == 0 {
			d.fail(it, "promise-check", "this is no check", "write its name, then its parameters: oldest of=mail.raw")
			continue
		}
		c := PromiseCheck{Pos: it.Pos, Name: words[0], Args: map[string]string{}}
		for _, w := range words[1:] {
			k, v, ok := strings.Cut(w, "=")
			if _, twice := c.Args[k]; !ok || k == "" || v == "" || twice {
				d.fail(it, "promise-check", fmt.Sprintf("%q is no parameter", w), "write each once, as name=value")
				continue
			}
			c.Args[k] = v
		}
		out = append(out, c)
	}
	return out
}
