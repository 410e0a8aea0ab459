package statement

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

// general is the rule that reads what no other knows.
const general = "general"

// phrase is words in capitals, to be found side by side.
type phrase []string

func (p *phrase) UnmarshalYAML(b []byte) error {
	var s string
	if err := yaml.Unmarshal(b, &s); err != nil {
		return err
	}
	for w := range strings.FieldsSeq(s) {
		*p = append(*p, strings.ToUpper(w))
	}
	return nil
}

// bank is one file of rules.
type bank struct {
	ID      string   `yaml:"id"`
	Issuer  string   `yaml:"issuer"`
	Version int      `yaml:"version"`
	Names   []phrase `yaml:"names"` // that only this bank's papers have
	Weak    []phrase `yaml:"weak"`  // that others' papers mention too
	Layouts []layout `yaml:"layouts"`
}

// layout is one kind of paper of a bank. Its lists stand before those of the
// general rule.
type layout struct {
	ID     string `yaml:"id"`
	Kind   Kind   `yaml:"kind"`
	Source string `yaml:"source"` // "documented" or "assumed"; Note says by what
	Note   string `yaml:"note"`
	// Words tell the bank's papers apart.
	Words   []phrase            `yaml:"words"`
	Labels  map[string][]phrase `yaml:"labels"`
	Columns map[string][]phrase `yaml:"columns"`
	Order   order               `yaml:"order"`
	// Minus says what a minus means: "credit" on cards, "debit" on accounts.
	Minus string `yaml:"minus"`
	// Unmarked says what an amount without a mark means: "out" or "in".
	Unmarked string `yaml:"unmarked"`
	// Skip begins lines that are neither rows nor a part of one.
	Skip []phrase `yaml:"skip"`
	// Ends begins what comes after the rows.
	Ends []phrase `yaml:"ends"`

	bank *bank
}

// labelNames are the fields that labels can name.
var labelNames = []string{"statement_date", "due_date", "period", "previous", "total", "minimum", "account", "currency", "section", "ignore"}

// columnNames are what a column can be.
var columnNames = []string{"date", "posted", "text", "amount", "debit", "credit", "side", "balance"}

// book has all rules.
type book struct {
	banks   []*bank
	general *bank
}

func rules() (*book, error) {
	dir, err := fs.Sub(embedded, "rules")
	if err != nil {
		return nil, fault.Wrap("statement.rules", err)
	}
	return load(dir)
}

func load(dir fs.FS) (*book, error) {
	const op = "statement.load"
	names, err := fs.Glob(dir, "*.yaml")
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	sort.Strings(names)
	b := &book{}
	for _, name := range names {
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		one := &bank{}
		if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict(), yaml.DisallowUnknownField()).Decode(one); err != nil {
			return nil, fault.New(fault.Invalid, op, "statement.rule_invalid").With("file", name).Cause(err)
		}
		if one.ID != strings.TrimSuffix(path.Base(name), ".yaml") || one.Version < 1 || !one.valid() {
			return nil, fault.New(fault.Invalid, op, "statement.rule_invalid").With("file", name)
		}
		if one.ID == general {
			b.general = one
		} else {
			b.banks = append(b.banks, one)
		}
	}
	if b.general == nil || len(b.general.Layouts) != 2 {
		return nil, fault.New(fault.Invalid, op, "statement.rule_invalid").With("file", "general.yaml")
	}
	for _, one := range b.banks {
		for i := range one.Layouts {
			b.complete(&one.Layouts[i])
		}
	}
	return b, nil
}

func (b *bank) valid() bool {
	for i := range b.Layouts {
		l := &b.Layouts[i]
		l.bank = b
		if l.ID == "" || l.Kind != Card && l.Kind != Account || l.Source != "documented" && l.Source != "assumed" {
			return false
		}
		for name := range l.Labels {
			if !slices.Contains(labelNames, name) {
				return false
			}
		}
		for name := range l.Columns {
			if !slices.Contains(columnNames, name) {
				return false
			}
		}
	}
	return b.ID == general || b.Issuer != "" && len(b.Names) > 0 && len(b.Layouts) > 0
}

// complete puts what is common behind a layout's own words.
func (b *book) complete(l *layout) {
	common := b.common(l.Kind)
	join := func(own map[string][]phrase, all map[string][]phrase) map[string][]phrase {
		out := map[string][]phrase{}
		for k, v := range all {
			out[k] = v
		}
		for k, v := range own {
			out[k] = append(slices.Clone(v), all[k]...)
		}
		return out
	}
	l.Labels, l.Columns = join(l.Labels, common.Labels), join(l.Columns, common.Columns)
	l.Skip = append(l.Skip, common.Skip...)
	l.Ends = append(l.Ends, common.Ends...)
	if l.Order == "" {
		l.Order = common.Order
	}
	if l.Minus == "" {
		l.Minus = common.Minus
	}
	if l.Unmarked == "" {
		l.Unmarked = common.Unmarked
	}
}

func (b *book) common(k Kind) *layout {
	for i := range b.general.Layouts {
		if b.general.Layouts[i].Kind == k {
			return &b.general.Layouts[i]
		}
	}
	return &b.general.Layouts[0]
}

// name is how a statement names the rule that read it.
func (l *layout) name() string {
	if l.bank.ID == general {
		return general
	}
	return l.bank.ID + "/" + l.ID + "@" + strconv.Itoa(l.bank.Version)
}

// choose finds out whose paper it is and of which kind, by the lines that are no
// rows: what a row says of a bank is where somebody paid.
func (b *book) choose(lines []line) *layout {
	var head []*line
	for i := range lines {
		if len(lines[i].words) > 0 && !rowLike(&lines[i], dmy) {
			head = append(head, &lines[i])
		}
	}
	count := func(ps []phrase, most int) int {
		n := 0
		for _, p := range ps {
			hits := 0
			for _, l := range head {
				if at, _ := l.find(p, 0); at >= 0 {
					hits++
				}
			}
			n += min(hits, most)
		}
		return n
	}
	var whose *bank
	best := 0
	for _, one := range b.banks {
		if s := 10*count(one.Names, 2) + count(one.Weak, 3); s > best && s >= 2 {
			whose, best = one, s
		}
	}
	card, account := count(b.common(Card).Words, 2), count(b.common(Account).Words, 2)
	kind := Card
	if account > card {
		kind = Account
	}
	if whose == nil {
		return b.common(kind)
	}
	var found *layout
	best = -1
	for i := range whose.Layouts {
		l := &whose.Layouts[i]
		s := 3 * count(l.Words, 2)
		if l.Kind == kind {
			s += 2
		}
		if s > best {
			found, best = l, s
		}
	}
	return found
}

// rowLike tells a line that begins with a date and has figures.
func rowLike(l *line, o order) bool {
	_, n := readDay(l.dateWords(0), o)
	if n == 0 {
		return false
	}
	for _, w := range l.words[n:] {
		if f, ok := parseFigure(w.text); ok && !f.plain {
			return true
		}
	}
	return false
}

// dateWords are the words that a date could be made of.
func (l *line) dateWords(from int) []string {
	out := make([]string, 0, 4)
	for i := from; i < len(l.words) && i < from+4; i++ {
		out = append(out, l.words[i].text)
	}
	return out
}
