package category

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"amanah/internal/fault"
)

//go:embed knowledge/*.yaml
var files embed.FS

// All are the categories, in the order in which the classifier counts them. They
// are those that a person may choose.
func All() []string {
	return []string{"food_drink", "groceries", "transport", "travel", "bills", "health", "education", "entertainment", "shopping", "topup", "cash", "transfer", "income", "refund", "other"}
}

const kinds = 15

// counts are one token's counts by category, in the order of [All].
type counts [kinds]float64

// Knowledge is what the program knows of merchants before anybody taught it. It
// is safe for concurrent use and never changes.
type Knowledge struct {
	known    map[string]int // normalised name -> category
	longest  int            // words of the longest known name
	branches map[string]bool
	patterns []pattern
	mcc      []codes
	around   around
	prior    counts
	base     map[string]counts
}

// pattern is a word of names with a star at one end.
type pattern struct {
	text, stem  string
	front, back bool
}

type codes struct {
	From, To int
	Category string
}

// Load reads the embedded knowledge. An error is a mistake in its files and names
// the file.
func Load() (*Knowledge, error) {
	k := &Knowledge{known: map[string]int{}, branches: map[string]bool{}, base: map[string]counts{}}
	for _, step := range []func() error{k.loadNames, k.loadMerchants, k.loadPatterns, k.loadCodes, k.loadHints} {
		if err := step(); err != nil {
			return nil, fault.Wrap("category.Load", err)
		}
	}
	return k, nil
}

func read(name string, into any) error {
	b, err := files.ReadFile("knowledge/" + name)
	if err == nil {
		err = yaml.NewDecoder(bytes.NewReader(b), yaml.Strict(), yaml.DisallowUnknownField()).Decode(into)
	}
	if err != nil {
		return fmt.Errorf("knowledge/%s: %w", name, err)
	}
	return nil
}

func index(category string) (int, error) {
	i := slices.Index(All(), category)
	if i < 0 {
		return 0, fmt.Errorf("%q is no category", category)
	}
	return i, nil
}

// Weights of what the files say: a known name as a whole, and a word in it.
const (
	wholeWeight = 12
	wordWeight  = 0.15
)

func (k *Knowledge) loadMerchants() error {
	var f struct {
		Groups []struct {
			Category string   `yaml:"category"`
			Branches []string `yaml:"branches"`
			Names    []string `yaml:"names"`
		} `yaml:"groups"`
	}
	if err := read("merchants.yaml", &f); err != nil {
		return err
	}
	for _, g := range f.Groups {
		c, err := index(g.Category)
		if err != nil {
			return err
		}
		for i, name := range slices.Concat(g.Branches, g.Names) {
			words := k.words(name)
			key := strings.Join(words, " ")
			if have, twice := k.known[key]; key == "" || twice && have != c {
				return fmt.Errorf("knowledge/merchants.yaml: %q stands in two categories, or is empty", name)
			}
			if _, twice := k.known[key]; twice {
				continue
			}
			k.known[key] = c
			k.longest = max(k.longest, len(words))
			if i < len(g.Branches) {
				k.branches[key] = true
			}
			k.add(whole(key), c, wholeWeight)
			for _, w := range words {
				if len(w) > 2 {
					k.add(word(w), c, wordWeight)
				}
			}
		}
	}
	return nil
}

func (k *Knowledge) loadPatterns() error {
	var f struct {
		Patterns []struct {
			Category string   `yaml:"category"`
			Weight   float64  `yaml:"weight"`
			Words    []string `yaml:"words"`
		} `yaml:"patterns"`
	}
	if err := read("patterns.yaml", &f); err != nil {
		return err
	}
	for _, p := range f.Patterns {
		c, err := index(p.Category)
		if err != nil {
			return err
		}
		for _, w := range p.Words {
			switch {
			case strings.Contains(w, "*"):
				k.patterns = append(k.patterns, pattern{text: w, stem: strings.Trim(w, "*"), front: strings.HasPrefix(w, "*"), back: strings.HasSuffix(w, "*")})
				k.add(word(w), c, p.Weight)
				k.add(word(strings.Trim(w, "*")), c, p.Weight)
			case strings.Contains(w, " "):
				k.patterns = append(k.patterns, pattern{text: w, stem: w})
				k.add(word(w), c, p.Weight)
			default:
				k.add(word(w), c, p.Weight)
			}
		}
	}
	return nil
}

func (k *Knowledge) loadCodes() error {
	var f struct {
		Ranges []struct {
			From     int    `yaml:"from"`
			To       int    `yaml:"to"`
			Category string `yaml:"category"`
		} `yaml:"ranges"`
	}
	if err := read("mcc.yaml", &f); err != nil {
		return err
	}
	last := 0
	for _, r := range f.Ranges {
		if _, err := index(r.Category); err != nil || r.From <= last || r.To < r.From {
			return fmt.Errorf("knowledge/mcc.yaml: range %d to %d is out of order or of no category", r.From, r.To)
		}
		last = r.To
		k.mcc = append(k.mcc, codes{r.From, r.To, r.Category})
	}
	return nil
}

func (k *Knowledge) loadHints() error {
	var f struct {
		Prior map[string]float64 `yaml:"prior"`
		Hints []struct {
			Group  string             `yaml:"group"`
			Token  string             `yaml:"token"`
			Counts map[string]float64 `yaml:"counts"`
		} `yaml:"hints"`
	}
	if err := read("hints.yaml", &f); err != nil {
		return err
	}
	for i, name := range All() {
		if k.prior[i] = f.Prior[name]; k.prior[i] <= 0 {
			return fmt.Errorf("knowledge/hints.yaml: no prior of %s", name)
		}
	}
	for _, h := range f.Hints {
		for name, n := range h.Counts {
			c, err := index(name)
			if err != nil {
				return err
			}
			k.add(h.Group+":"+h.Token, c, n)
		}
	}
	return nil
}

func (k *Knowledge) add(token string, category int, n float64) {
	c := k.base[token]
	c[category] += n
	k.base[token] = c
}

// Code gives the category of a merchant category code; "" for one that is in no
// table.
func (k *Knowledge) Code(mcc int) string {
	i, found := slices.BinarySearchFunc(k.mcc, mcc, func(c codes, n int) int {
		switch {
		case c.To < n:
			return -1
		case c.From > n:
			return 1
		}
		return 0
	})
	if !found {
		return ""
	}
	return k.mcc[i].Category
}

// Size is the number of merchants that are known by name.
func (k *Knowledge) Size() int { return len(k.known) }
