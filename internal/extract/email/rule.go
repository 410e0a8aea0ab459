package email

import (
	"bytes"
	"embed"
	"errors"
	"io/fs"
	"path"
	"regexp"
	"sort"
	"strings"

	"github.com/goccy/go-yaml"

	"amanah/internal/fault"
)

//go:embed rules
var embedded embed.FS

// issuer is one file of rules: who sends, how it words its mails.
type issuer struct {
	ID      string `yaml:"id"`
	Name    string `yaml:"issuer"`
	Version int    `yaml:"version"`
	// Domains are the issuer's own; a sub-domain of one counts too.
	Domains []string `yaml:"domains"`
	// Senders narrows Domains where a domain sends much else ("googleplay-noreply@").
	Senders []string `yaml:"senders"`
	// Names are display names that only this issuer may carry. One that begins
	// with "=" is a common word too ("=dana") and counts only when it stands alone.
	Names []string `yaml:"names"`
	// Apps are names that only the issuer's own mails speak of ("mybca").
	Apps []string `yaml:"apps"`
	// Sisters are domains of firms that bear the issuer's name and are others.
	Sisters []string `yaml:"sisters"`
	// Legal are company names that stand under its mails.
	Legal   []string   `yaml:"legal"`
	Order   string     `yaml:"order"` // "mdy" where digits-only dates begin with the month
	Kinds   []kindRule `yaml:"kinds"`
	Layouts []layout   `yaml:"layouts"`
}

// match is met when each list that is given has one hit. All texts are small
// letters; Subject and Body are parts of the text, From a part of the address.
type match struct {
	From    []string `yaml:"from"`
	Subject []string `yaml:"subject"`
	Body    []string `yaml:"body"`
	Not     []string `yaml:"not"` // none of these may stand in subject or body
}

type kindRule struct {
	Match  match  `yaml:"when"`
	Kind   Kind   `yaml:"kind"`
	Reason string `yaml:"reason"`
}

// layout is one kind of transaction mail of an issuer.
type layout struct {
	ID        string             `yaml:"id"`
	Match     match              `yaml:"when"`
	Direction string             `yaml:"direction"`
	Channel   string             `yaml:"channel"`
	Merchant  string             `yaml:"merchant"` // where the mail names none: the issuer is the shop
	After     []string           `yaml:"after"`    // a shop without a label stands below a line that begins so
	Until     string             `yaml:"until"`    // a shop's name ends here ("," before its branch)
	Done      bool               `yaml:"done"`     // the mail exists only after a success
	Bare      bool               `yaml:"bare"`     // the mail says no more than the amount
	Order     string             `yaml:"order"`
	Labels    map[field][]string `yaml:"labels"`
	// Patterns read sentences of the body, SubjectPatterns the subject. Groups:
	// amount, fee, merchant, account, date, reference, from.
	Patterns        []string `yaml:"patterns"`
	SubjectPatterns []string `yaml:"subject_patterns"`

	own      map[string]meaning
	patterns []*regexp.Regexp
	subjects []*regexp.Regexp
}

// words is rules/words.yaml: what all issuers share.
type vocabulary struct {
	Labels  map[field][]string  `yaml:"labels"`
	Phrases map[string][]string `yaml:"phrases"`
	Mails   []string            `yaml:"freemail"`
}

// strict reads YAML and refuses keys that it does not know, with line and column.
func strict(file string, b []byte, into any) error {
	if err := yaml.NewDecoder(bytes.NewReader(b), yaml.Strict(), yaml.DisallowUnknownField()).Decode(into); err != nil {
		return fault.New(fault.Invalid, "email.strict", "extract.email.rule_invalid").With("file", file).Cause(err)
	}
	return nil
}

// loadRules reads a folder of rules.
func loadRules(dir fs.FS) (*Extractor, error) {
	const op = "email.loadRules"
	names, err := fs.Glob(dir, "*.yaml")
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	sort.Strings(names)
	x := &Extractor{byDomain: map[string]*issuer{}, sisters: map[string]bool{}}
	for _, name := range names {
		b, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		switch name {
		case "words.yaml":
			err = x.loadWords(name, b)
		case "categories.yaml":
			err = x.loadCategories(name, b)
		default:
			err = x.loadIssuer(name, b)
		}
		if err != nil {
			return nil, err
		}
	}
	return x, nil
}

func (x *Extractor) loadIssuer(name string, b []byte) error {
	iss := &issuer{}
	if err := strict(name, b, iss); err != nil {
		return err
	}
	bad := func(what string) error {
		return fault.New(fault.Invalid, "email.loadIssuer", "extract.email.rule_invalid").With("file", name).With("what", what)
	}
	if iss.ID == "" || iss.ID != strings.TrimSuffix(path.Base(name), ".yaml") || iss.Version < 1 || iss.Name == "" || len(iss.Domains) == 0 {
		return bad("id, issuer, version and domains are needed; id is the file's name")
	}
	for _, d := range iss.Domains {
		if other, ok := x.byDomain[d]; ok && len(other.Senders) == 0 && len(iss.Senders) == 0 {
			return bad("domain " + d + " belongs to " + other.ID)
		}
		x.byDomain[d] = iss
	}
	for i := range iss.Layouts {
		l := &iss.Layouts[i]
		if l.ID == "" {
			return bad("a layout without id")
		}
		if err := l.compile(); err != nil {
			return bad(err.Error())
		}
	}
	for _, d := range iss.Sisters {
		x.sisters[d] = true
	}
	x.issuers = append(x.issuers, iss)
	return nil
}

func (l *layout) compile() error {
	l.own = map[string]meaning{}
	if err := addLabels(l.own, l.Labels); err != nil {
		return err
	}
	for _, p := range l.Patterns {
		re, err := regexp.Compile(p)
		if err != nil {
			return err
		}
		l.patterns = append(l.patterns, re)
	}
	for _, p := range l.SubjectPatterns {
		re, err := regexp.Compile(p)
		if err != nil {
			return err
		}
		l.subjects = append(l.subjects, re)
	}
	return nil
}

// addLabels refuses a label that stands for two fields.
func addLabels(into map[string]meaning, labels map[field][]string) error {
	for f, list := range labels {
		for rank, label := range list {
			p := plainLabel(strings.ToLower(label))
			if m, ok := into[p]; ok && m.field != f {
				return errors.New("label " + p + " stands for " + string(m.field) + " and " + string(f))
			} else if !ok {
				into[p] = meaning{f, rank}
			}
		}
	}
	return nil
}

func (x *Extractor) loadWords(name string, b []byte) error {
	var v vocabulary
	if err := strict(name, b, &v); err != nil {
		return err
	}
	x.labels = map[string]meaning{}
	if err := addLabels(x.labels, v.Labels); err != nil {
		return fault.New(fault.Invalid, "email.loadWords", "extract.email.rule_invalid").With("file", name).Cause(err)
	}
	x.phrases = v.Phrases
	x.freemail = map[string]bool{}
	for _, d := range v.Mails {
		x.freemail[d] = true
	}
	return nil
}

// met tells whether a mail is what a rule speaks of. low is the body's text in
// small letters.
func (m match) met(from, subject, low string) bool {
	return hit(m.From, from) && hit(m.Subject, subject) && hit(m.Body, low) &&
		(len(m.Not) == 0 || !has(subject, m.Not) && !has(low, m.Not))
}

func hit(list []string, s string) bool { return len(list) == 0 || has(s, list) }

// has tells whether one of the phrases stands in a text.
func has(s string, list []string) bool {
	for _, p := range list {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}
