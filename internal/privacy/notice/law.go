package notice

import (
	"io/fs"
	"reflect"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"amanah/law"
)

// LawPack is one law as data: articles, clocks and the rules that Check runs.
type LawPack struct {
	file string
	Law  string `yaml:"law"`
	// Cite is how notices and findings write it: "UU 27/2022".
	Cite       string      `yaml:"cite"`
	Name       Text        `yaml:"name"`
	ValidFrom  Date        `yaml:"valid_from"`
	ValidUntil Date        `yaml:"valid_until"`
	Topics     []topic     `yaml:"topics"`
	Bases      []basis     `yaml:"bases"`
	Rights     []LawRight  `yaml:"rights"`
	Breach     *lawBreach  `yaml:"breach"`
	Withdraw   *LawRight   `yaml:"withdraw"`
	Changes    *LawRight   `yaml:"changes"`
	Special    []special   `yaml:"special"`
	Assessment string      `yaml:"assessment"`
	Transfer   lawTransfer `yaml:"transfer"`
	NotThis    []string    `yaml:"authority_not"`
	Rules      []rule      `yaml:"rules"`
}

type topic struct {
	Key      string   `yaml:",key"`
	Articles []string `yaml:",value"`
}

type basis struct {
	Key     string `yaml:",key"`
	Article string `yaml:",value"`
}

// LawRight is a right with its provision and, where the law sets one, the
// longest time for the answer.
type LawRight struct {
	Key     string `yaml:",key"`
	Article string `yaml:"article"`
	Within  Period `yaml:"within"`
	Dated   bool   `yaml:",has within"`
}

type lawBreach struct {
	Article string `yaml:"article"`
	Within  Period `yaml:"within"`
	People  bool   `yaml:"people"`
	Always  bool   `yaml:"always"`
}

type special struct {
	Key     string   `yaml:",key"`
	Article string   `yaml:"article"`
	Terms   []string `yaml:"terms"`
	Words   []string `yaml:"words"`
}

type lawTransfer struct {
	Article     string       `yaml:"article"`
	Domestic    string       `yaml:"domestic"`
	Processor   string       `yaml:"processor"`
	Instruments []instrument `yaml:"instruments"`
}

type instrument struct {
	Basis string   `yaml:",key"`
	Kinds []string `yaml:",value"`
}

// rule switches on a check by its name and gives it its article and its words.
type rule struct {
	Key     string `yaml:",key"`
	Pos     Pos
	Article string `yaml:"article"`
	Wrong   string `yaml:"wrong"`
	Mend    string `yaml:"mend"`
}

// InForce tells whether the law holds at a moment. A date of force is a day in
// the law's country; the day of UTC stands for it.
func (l *LawPack) InForce(at time.Time) bool {
	return !at.Before(l.ValidFrom.Time) && (l.ValidUntil.IsZero() || at.Before(l.ValidUntil.Time))
}

// Carries tells whether an instrument may carry a transfer abroad under a
// provision: ("56(3)", "dpa").
func (l *LawPack) Carries(basis, kind string) bool {
	in, ok := l.instrument(basis)
	return ok && slices.Contains(in.Kinds, kind)
}

// Right finds a right of the law.
func (l *LawPack) Right(key string) (LawRight, bool) {
	return find(l.Rights, func(r LawRight) bool { return r.Key == key })
}

// cite writes a provision of this law.
func (l *LawPack) cite(article string) string {
	return strings.TrimSpace(l.Cite + " " + article)
}

// ParseLaw reads one pack. With an error among the findings the pack is nil.
func ParseLaw(file string, src []byte) (*LawPack, []Finding) {
	root, findings := parseTree(file, src)
	if len(findings) > 0 {
		return nil, findings
	}
	l := &LawPack{file: file}
	d := decoder{file: file, strict: true}
	d.value(root, reflect.ValueOf(l).Elem())
	if l.Law == "" || l.Cite == "" || l.ValidFrom.IsZero() {
		d.fail(root, "missing", "a law pack needs law, cite and valid_from", "add the missing line")
	}
	for _, r := range l.Rules {
		if _, ok := lawRules[r.Key]; !ok {
			d.findings = append(d.findings, Finding{File: file, Line: r.Pos.Line, Col: r.Pos.Col, Code: "unknown-rule",
				Message: "no check is called \"" + r.Key + "\"", Mend: "use the name of a check in check_law.go"})
		}
	}
	for _, s := range l.Special {
		for _, t := range s.Terms {
			if _, ok := vocabulary()[t]; !ok {
				p := root.at("special", s.Key, "terms")
				d.findings = append(d.findings, Finding{File: file, Line: p.Line, Col: p.Col, Code: "unknown-term",
					Message: "the vocabulary has no term " + t, Mend: "use a term of law/dpv-2.3.csv"})
			}
		}
	}
	if HasErrors(d.findings) {
		return nil, sortFindings(d.findings)
	}
	return l, d.findings
}

// LoadLaw reads every pack at the top of a file system, in the order of names.
func LoadLaw(fsys fs.FS) ([]*LawPack, []Finding) {
	names, _ := fs.Glob(fsys, "*.yaml")
	sort.Strings(names)
	var packs []*LawPack
	var findings []Finding
	for _, name := range names {
		src, err := fs.ReadFile(fsys, name)
		if err != nil {
			findings = append(findings, Finding{File: name, Line: 1, Col: 1, Code: "unreadable", Message: "the file cannot be read", Mend: "check its permissions"})
			continue
		}
		l, fs := ParseLaw(name, src)
		findings = append(findings, fs...)
		if l != nil {
			packs = append(packs, l)
		}
	}
	return packs, findings
}

// embedded are the packs of the program itself, for their names.
var embedded = sync.OnceValue(func() map[string]Text {
	packs, _ := LoadLaw(law.FS)
	out := make(map[string]Text, len(packs))
	for _, p := range packs {
		out[p.Law] = p.Name
	}
	return out
})

// lawName is a law's name as people read it; its key where no pack has it.
func lawName(key, lang string) string {
	if t, ok := embedded()[key]; ok {
		return t.In(lang)
	}
	return key
}
