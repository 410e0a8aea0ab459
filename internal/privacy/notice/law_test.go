package notice

import (
	"slices"
	"testing"
	"time"
)

func TestLoadLaw_allPacks(t *testing.T) {
	t.Parallel()
	from := map[string]string{"id-uu-27-2022": "2022-10-17", "id-pp-33-2026": "2027-01-16", "eu-gdpr": "2018-05-25", "ca-pipeda": "2001-01-01", "google-limited-use": "2019-01-15"}
	ps := packs(t)
	if len(ps) != len(from) {
		t.Errorf("%d packs, want %d", len(ps), len(from))
	}
	for _, p := range ps {
		day, _ := time.Parse(time.DateOnly, from[p.Law])
		if !p.ValidFrom.Equal(day) || p.InForce(day.Add(-time.Second)) || !p.InForce(day) {
			t.Errorf("%s: in force from %s", p.Law, p.ValidFrom)
		}
		for _, r := range p.Rules {
			if r.Wrong == "" || r.Mend == "" {
				t.Errorf("%s: the rule %s says too little", p.Law, r.Key)
			}
		}
	}
}

func TestParseLaw_broken(t *testing.T) {
	t.Parallel()
	const sound = "law: x\ncite: X 1\nvalid_from: 2026-01-01\n"
	for name, c := range map[string]struct{ src, code string }{
		"unknown key":  {sound + "colour: red\n", "unknown-key"},
		"unknown rule": {sound + "rules:\n  be-nice: {article: \"1\", wrong: a, mend: b}\n", "unknown-rule"},
		"unknown term": {sound + "special:\n  health: {article: \"4\", terms: [\"pd:Vibes\"], words: []}\n", "unknown-term"},
		"no date":      {"law: x\ncite: X 1\n", "missing"},
		"bad date":     {"law: x\ncite: X 1\nvalid_from: soon\n", "date"},
		"bad period":   {sound + "rights:\n  copy: {article: \"7\", within: soon}\n", "period"},
		"no YAML":      {"{", "yaml"},
	} {
		l, findings := ParseLaw("x.yaml", []byte(c.src))
		named := slices.ContainsFunc(findings, func(f Finding) bool { return f.Code == c.code && f.Mend != "" })
		if l != nil || !named {
			t.Errorf("%s: %v", name, findings)
		}
	}
	if l, findings := ParseLaw("x.yaml", []byte(sound)); l == nil {
		t.Error(findings)
	}
}

func TestArticles(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]int{" 46": 1, "53-54": 2, "16(2)g, 42-44": 4, "42–44": 3, "": 0, "54-53": 1, "1-99999": 1, "20(2)b": 1} {
		if got := articles(in); len(got) != want {
			t.Errorf("%q: %v", in, got)
		}
	}
	for _, c := range []struct {
		a, b string
		same bool
	}{{"46", "46", true}, {"46(1)", "46", true}, {"46", "46(1)", true}, {"4", "46", false}, {"66", "46", false}, {"16(2)g", "16(2)f", false}} {
		if sameArticle(c.a, c.b) != c.same {
			t.Errorf("%s and %s", c.a, c.b)
		}
	}
}

func TestVocabulary(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, wide string
		is         bool
	}{
		{"pd:FacialPrint", "pd:Biometric", true},
		{"pd:PaymentCardNumber", "pd:FinancialAccount", true},
		{"pd:EmailAddress", "pd:FinancialAccount", false},
		{"dpv:RequestedServiceProvision", "dpv:ServiceProvision", true},
		{"id:AgeDeclaration", "pd:Age", true},
		{"pd:Nothing", "pd:Age", false},
	} {
		if isA(c.name, c.wide) != c.is {
			t.Errorf("%s, %s", c.name, c.wide)
		}
	}
}

// TestMeasures_haveWords: whatever may be promised is said in both languages.
func TestMeasures_haveWords(t *testing.T) {
	t.Parallel()
	for _, w := range Measures() {
		if m := measures[w]; m.ID == "" || m.EN == "" {
			t.Errorf("%s has no words", w)
		}
	}
}
