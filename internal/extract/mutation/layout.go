package mutation

import (
	"bytes"
	"embed"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"amanah/internal/fault"
)

//go:embed rules/*.yaml
var embedded embed.FS

// bank is one file of rules.
type bank struct {
	ID      string `yaml:"id"`
	Issuer  string `yaml:"issuer"`
	Version int    `yaml:"version"`
	// Names stand in the lines above the header of its files.
	Names   []string `yaml:"names"`
	Layouts []layout `yaml:"layouts"`
}

// layout is one kind of file of a bank.
type layout struct {
	ID string `yaml:"id"`
	// Source is "documented" or "assumed"; Note says by what.
	Source string `yaml:"source"`
	Note   string `yaml:"note"`
	// Header are the cells that must stand in the header, in this order; "" is a
	// cell without words.
	Header []string `yaml:"header"`
	// Only asks for one of the bank's names above the header: the header alone
	// could be another bank's.
	Only    bool           `yaml:"only_with_name"`
	Columns map[string]int `yaml:"columns"`
	Order   string         `yaml:"order"`
	Decimal string         `yaml:"decimal"`
	Sign    string         `yaml:"sign"`
}

// Book has the known layouts. It is safe for concurrent use.
type Book struct{ banks []bank }

// Rules reads the layouts that the program brings.
func Rules() (*Book, error) {
	dir, err := fs.Sub(embedded, "rules")
	if err != nil {
		return nil, fault.Wrap("mutation.Rules", err)
	}
	return load(dir)
}

func load(dir fs.FS) (*Book, error) {
	const op = "mutation.load"
	names, err := fs.Glob(dir, "*.yaml")
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	sort.Strings(names)
	b := &Book{}
	for _, name := range names {
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		var one bank
		if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict(), yaml.DisallowUnknownField()).Decode(&one); err != nil {
			return nil, fault.New(fault.Invalid, op, "mutation.rule_invalid").With("file", name).Cause(err)
		}
		if one.ID != strings.TrimSuffix(path.Base(name), ".yaml") || one.Issuer == "" || one.Version < 1 || !one.valid() {
			return nil, fault.New(fault.Invalid, op, "mutation.rule_invalid").With("file", name)
		}
		b.banks = append(b.banks, one)
	}
	return b, nil
}

func (b *bank) valid() bool {
	for _, l := range b.Layouts {
		m := l.mapping(b)
		if l.ID == "" || !slices.Contains([]string{"documented", "assumed"}, l.Source) || len(l.Header) < 3 || m.Check(len(l.Header)) != nil {
			return false
		}
		for role := range l.Columns {
			if !slices.Contains(Roles(), role) {
				return false
			}
		}
	}
	return true
}

func (l *layout) mapping(b *bank) Mapping {
	m := Mapping{Layout: b.ID + "/" + l.ID + "@" + strconv.Itoa(b.Version), Issuer: b.Issuer, Order: l.Order, Decimal: l.Decimal, Sign: l.Sign}
	if m.Order == "" {
		m.Order = "dmy"
	}
	for role, c := range l.Columns {
		m.Set(role, c)
	}
	return m
}

// Issuers are the names of the banks and wallets that have rules.
func (b *Book) Issuers() []string {
	var out []string
	for _, one := range b.banks {
		out = append(out, one.Issuer)
	}
	sort.Strings(out)
	return out
}

// named finds the bank that the lines above the header speak of.
func (b *Book) named(preamble string) string {
	p := " " + plain(preamble) + " "
	for _, one := range b.banks {
		if one.in(p) {
			return one.Issuer
		}
	}
	return ""
}

func (b *bank) in(preamble string) bool {
	return slices.ContainsFunc(b.Names, func(n string) bool { return strings.Contains(preamble, " "+n+" ") })
}

// find gives the layout whose header this is.
func (b *Book) find(header []string, preamble string) (m Mapping, documented, ok bool) {
	p := " " + plain(preamble) + " "
	cells := make([]string, len(header))
	for i, c := range header {
		cells[i] = plain(c)
	}
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	for i := range b.banks {
		for _, l := range b.banks[i].Layouts {
			if slices.Equal(cells, l.Header) && (!l.Only || b.banks[i].in(p)) {
				return l.mapping(&b.banks[i]), l.Source == "documented", true
			}
		}
	}
	return m, false, false
}
