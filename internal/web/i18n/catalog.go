package i18n

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
)

// Lang is a language that pages are written in.
type Lang string

// The languages. Indonesian is the default and the one that binds.
const (
	ID Lang = "id"
	EN Lang = "en"
)

// Langs are all languages, the default first.
var langs = [...]Lang{ID, EN}

// Langs gives all languages, the default first.
func Langs() []Lang { return slices.Clone(langs[:]) }

// Known gives the language of a tag such as "en", "en-GB" or "id_ID".
func Known(tag string) (Lang, bool) {
	if len(tag) >= 2 && (len(tag) == 2 || tag[2] == '-' || tag[2] == '_') {
		switch lower := string(bytes.ToLower([]byte(tag[:2]))); lower {
		case "id", "in":
			return ID, true
		case "en":
			return EN, true
		}
	}
	return ID, false
}

//go:embed id.json en.json
var shell embed.FS

// Shell is the catalogue of the shell itself: id.json and en.json.
func Shell() fs.FS { return shell }

// message is one sentence; One is empty where the language or the sentence has
// a single form.
type message struct{ One, Other string }

// Catalog holds the sentences of all modules. It does not change after New and
// is safe for concurrent use.
type Catalog struct{ text map[Lang]map[string]message }

// New reads the shell's catalogue and those of the modules; each has id.json and
// en.json at its root, and may have more for its parts: target.id.json and
// target.en.json. A key that two files define, or a file that is not a flat
// object, is an error that names the key.
func New(modules ...fs.FS) (*Catalog, error) {
	c := &Catalog{text: map[Lang]map[string]message{}}
	for _, l := range langs {
		c.text[l] = map[string]message{}
		for _, m := range append([]fs.FS{shell}, modules...) {
			read, err := readAll(m, l)
			if err != nil {
				return nil, fmt.Errorf("i18n: %s: %w", l, err)
			}
			for _, k := range slices.Sorted(maps.Keys(read)) {
				if _, twice := c.text[l][k]; twice {
					return nil, fmt.Errorf("i18n: %s: the key %q is defined twice", l, k)
				}
				c.text[l][k] = read[k]
			}
		}
	}
	return c, nil
}

// Has tells whether a language has a sentence for a key.
func (c *Catalog) Has(l Lang, key string) bool { _, ok := c.text[l][key]; return ok }

// Keys are all keys of a language, sorted.
func (c *Catalog) Keys(l Lang) []string { return slices.Sorted(maps.Keys(c.text[l])) }

// readAll reads a module's sentences in a language: id.json and *.id.json.
func readAll(fsys fs.FS, l Lang) (map[string]message, error) {
	all, err := readFile(fsys, string(l)+".json")
	if err != nil {
		return nil, err
	}
	parts, err := fs.Glob(fsys, "*."+string(l)+".json")
	if err != nil {
		return nil, err
	}
	for _, name := range parts {
		part, err := readFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for k, m := range part {
			if _, twice := all[k]; twice {
				return nil, fmt.Errorf("%s: the key %q is defined twice", name, k)
			}
			all[k] = m
		}
	}
	return all, nil
}

func readFile(fsys fs.FS, name string) (map[string]message, error) {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	return parse(raw)
}

// parse reads a flat object and refuses a key that stands in it twice, which
// encoding/json alone would let the later one win.
func parse(raw []byte) (map[string]message, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("not a JSON object")
	}
	out := map[string]message{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, err
		}
		key, _ := t.(string)
		if _, twice := out[key]; twice {
			return nil, fmt.Errorf("the key %q stands twice", key)
		}
		var v json.RawMessage
		if err := dec.Decode(&v); err != nil {
			return nil, fmt.Errorf("%q: %w", key, err)
		}
		m, err := parseMessage(v)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", key, err)
		}
		out[key] = m
	}
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	return out, nil
}

func parseMessage(v json.RawMessage) (message, error) {
	var s string
	if json.Unmarshal(v, &s) == nil {
		if s == "" {
			return message{}, errors.New("the sentence is empty")
		}
		return message{Other: s}, nil
	}
	var p struct{ One, Other string }
	dec := json.NewDecoder(bytes.NewReader(v))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil || p.Other == "" {
		return message{}, errors.New(`want a sentence or {"one": …, "other": …}`)
	}
	return message(p), nil
}
