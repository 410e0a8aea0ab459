package receipt

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"amanah/internal/extract/category"
	"amanah/internal/fault"
)

//go:embed knowledge/*.yaml
var files embed.FS

// chain is a merchant that the knowledge names.
type chainShop struct {
	Name     string   `yaml:"name"`
	Category string   `yaml:"category"`
	Names    []string `yaml:"names"`
	Evidence []string `yaml:"evidence"`
}

type personWords struct {
	Role  string   `yaml:"role"`
	Words []string `yaml:"words"`
}

type goodsWords struct {
	Category string   `yaml:"category"`
	Words    []string `yaml:"words"`
}

// header is what header.yaml says.
type header struct {
	Address  []string      `yaml:"address"`
	Contact  []string      `yaml:"contact"`
	Papers   []string      `yaml:"papers"`
	Greeting []string      `yaml:"greeting"`
	Columns  []string      `yaml:"columns"`
	Closing  []string      `yaml:"closing"`
	Company  []string      `yaml:"company"`
	People   []personWords `yaml:"people"`
	Nobody   []string      `yaml:"nobody"`
	Goods    []goodsWords  `yaml:"goods"`
	Modifier []string      `yaml:"modifiers"`
}

// knowledge is all that the files say. It never changes.
type knowledge struct {
	labels []label
	shops  []chainShop
	head   header
	kinds  *category.Knowledge
}

func load() (*knowledge, error) {
	k := &knowledge{}
	var labels struct {
		Labels []struct {
			Kind   sumKind  `yaml:"kind"`
			Method string   `yaml:"method"`
			Words  []string `yaml:"words"`
		} `yaml:"labels"`
	}
	var shops struct {
		Merchants []chainShop `yaml:"merchants"`
	}
	for name, into := range map[string]any{"labels.yaml": &labels, "merchants.yaml": &shops, "header.yaml": &k.head} {
		if err := readFile(name, into); err != nil {
			return nil, fault.Wrap("receipt.load", err)
		}
	}
	for _, g := range labels.Labels {
		for _, w := range g.Words {
			k.labels = append(k.labels, label{kind: g.Kind, method: g.Method, key: key(w), words: len(strings.Fields(w))})
		}
	}
	k.shops = shops.Merchants
	if err := k.sound(); err != nil {
		return nil, fault.Wrap("receipt.load", err)
	}
	var err error
	k.kinds, err = category.Load()
	return k, err
}

func readFile(name string, into any) error {
	b, err := files.ReadFile("knowledge/" + name)
	if err == nil {
		err = yaml.NewDecoder(bytes.NewReader(b), yaml.Strict(), yaml.DisallowUnknownField()).Decode(into)
	}
	if err != nil {
		return fmt.Errorf("knowledge/%s: %w", name, err)
	}
	return nil
}

// sound finds what the files say twice or in no known words.
func (k *knowledge) sound() error {
	kinds := []sumKind{grand, total, subtotal, counted, tax, base, included, service, discount, saved, rounding, cash, card, change, group}
	seen := map[string]sumKind{}
	for _, l := range k.labels {
		if have, twice := seen[l.key]; l.key == "" || !slices.Contains(kinds, l.kind) || twice && have != l.kind {
			return fmt.Errorf("knowledge/labels.yaml: %q is of no known kind, or of two", l.key)
		}
		seen[l.key] = l.kind
	}
	for _, s := range k.shops {
		if s.Name == "" || !slices.Contains(Categories(), s.Category) {
			return fmt.Errorf("knowledge/merchants.yaml: %q has no name or no known category", s.Name)
		}
	}
	for _, g := range k.head.Goods {
		if !slices.Contains(Categories(), g.Category) {
			return fmt.Errorf("knowledge/header.yaml: %q is no category", g.Category)
		}
	}
	return nil
}

// Categories are what a receipt's category may be: those of package category, and
// two kinds of shopping that receipts tell apart. [Broad] leads back.
func Categories() []string { return append(category.All(), "clothing", "personal_care") }

// Broad is the category of package category that a receipt's category belongs to.
func Broad(c string) string {
	if c == "clothing" || c == "personal_care" {
		return "shopping"
	}
	return c
}
