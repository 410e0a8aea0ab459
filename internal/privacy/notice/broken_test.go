package notice

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestParse_brokenNotices: each edit of a sound notice gives one finding with its
// line, its code and a mend, and never a panic.
func TestParse_brokenNotices(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		old, new string
		code     string
		at       string // part of the line that the finding points at
		says     string
	}{
		"unknown key":            {"accent:", "akcent: \"#000000\"\naccent:", "unknown-key", "akcent:", `write "accent"`},
		"unknown key deep":       {"    optional: true", "    optionel: true", "unknown-key", "optionel", `write "optional"`},
		"missing key":            {"accent: \"#0f6e56\"\n", "", "missing", "service:", `lacks "accent"`},
		"missing English":        {", en: Your notes}", "}", "missing-language", "what:", "English"},
		"missing Indonesian":     {"{id: Catatan Anda, en", "{en", "missing-language", "what:", "Indonesian"},
		"empty":                  {"what: {id: Catatan Anda", "what: {id: \"\"", "blank", "what:", "is empty"},
		"only spaces":            {"what: {id: Catatan Anda", "what: {id: \"  \"", "blank", "what:", "is empty"},
		"wrong basis":            {"basis: contract", "basis: permission", "wrong-value", "basis:", "legitimate_interest"},
		"wrong type":             {"minimum_age: 18", "minimum_age: eighteen", "wrong-type", "minimum_age", "integer"},
		"wrong date":             {"effective: 2026-07-01", "effective: 2026-13-01", "date", "effective", "is not a day"},
		"date form":              {"effective: 2026-07-01", "effective: 1 July 2026", "wrong-form", "effective", "form"},
		"wrong period":           {"decide: P14D", "decide: 14 days", "period", "decide:", "ISO 8601"},
		"retention":              {"    optional: true\n    kept: while account.active", "    optional: true\n    kept: as long as needed", "retention", "as long as needed", "an event and a period"},
		"retention without time": {"    optional: true\n    kept: while account.active", "    optional: true\n    kept: P90D", "retention", "kept: P90D", "an event and a period"},
		"unknown event":          {"    optional: true\n    kept: while account.active", "    optional: true\n    kept: P90D after capture", "retention-event", "after capture", "captured"},
		"unknown purpose":        {"for: [service]\n    optional", "for: [service, fun]\n    optional", "unknown-purpose", "for: [service, fun]", "fun"},
		"unknown category":       {"gets: [note.text]", "gets: [note.texts]", "unknown-category", "note.texts", "declared"},
		"unknown term":           {"dpv: pd:Communication", "dpv: pd:Chatter", "unknown-term", "pd:Chatter", "vocabulary"},
		"unknown measure":        {"security: [tls-1.3,", "security: [magic,", "unknown-measure", "magic", "no measure"},
		"unused purpose":         {"\ndata:", "  spare:\n    name: {id: a, en: b}\n    basis: contract\n    article: UU 27/2022 20(2)b\n    dpv: dpv:Marketing\n    say: {id: a, en: b}\n\ndata:", "unused-purpose", "spare:", "no data"},
		"unused module word":     {"{notes: [note]}", "{notes: [note, picture]}", "unused-word", "picture", "picture"},
		"key form":               {"  note.text:", "  Note:", "key-form", "Note:", "account.email"},
		"key twice":              {"accent:", "service: again\naccent:", "yaml", "service: again", "already"},
		"tab":                    {"  note.text:", "\tnote.text:", "yaml", "note.text", ""},
		"unclosed brace":         {"languages: {offered", "languages: {{offered", "yaml", "", ""},
		"anchor":                 {"  note.text:", "  note.text: &a", "yaml", "note.text", "anchors"},
		"alias":                  {"service: sample", "service: *sample", "yaml", "service", ""},
		"tag":                    {"service: sample", "service: !!binary sample", "yaml", "service", ""},
		"second document":        {"\ndata:", "\n---\ndata:", "", "", ""},
		"too soon":               {"effective: 2026-07-01", "effective: 2026-06-05", "too-soon", "effective", "2026-06-15"},
		"contact":                {"ask: {email: privasi@contoh.co.id", "ask: {email: privasi", "contact", "ask:", "no e-mail"},
		"a list for a mapping":   {"cites:", "cites: []\nclaims:", "", "", ""},
		"number too big":         {"minimum_age: 18", "minimum_age: 99999999999999999999", "", "minimum_age", ""},
		"age out of range":       {"minimum_age: 18", "minimum_age: 180", "schema", "minimum_age", "30"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := sampleSource(t)
			if !strings.Contains(src, c.old) {
				t.Fatalf("the sample has no %q", c.old)
			}
			src = strings.Replace(src, c.old, c.new, 1)
			n, findings := Parse("sample.yaml", []byte(src))
			if n != nil || len(findings) == 0 {
				t.Fatalf("taken, with %v", findings)
			}
			lines := strings.Split(src, "\n")
			for _, f := range findings {
				if f.File != "sample.yaml" || f.Line < 1 || f.Line > len(lines) || f.Col < 1 || f.Message == "" || f.Mend == "" {
					t.Errorf("the finding says too little: %+v", f)
				}
			}
			f := findings[0]
			if c.code != "" && f.Code != c.code {
				t.Errorf("code %s, want %s: %s", f.Code, c.code, f)
			}
			if !strings.Contains(lines[f.Line-1], c.at) {
				t.Errorf("points at %q, want a line with %q: %s", lines[f.Line-1], c.at, f)
			}
			if !strings.Contains(f.String(), c.says) {
				t.Errorf("does not say %q: %s", c.says, f)
			}
		})
	}
}

func TestParse_placeholders(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"08xx-xxxx-xxxx", "+62 8xx-xxxx-xxxx", "xxxx", "[email protected]", "…", "...", "TODO", "tbd", "FIXME: ask", "<nama>", "[isi di sini]", "____", "??", "changeme", "info@example.com"} {
		src := strings.Replace(sampleSource(t), "email: privasi@contoh.co.id}", `email: "`+text+`"}`, 1)
		n, findings := Parse("sample.yaml", []byte(src))
		if n != nil || len(findings) == 0 || findings[0].Code != "placeholder" {
			t.Errorf("%q was taken: %v", text, findings)
		}
	}
}

func TestParse_hugeAndDeepFilesAreRefused(t *testing.T) {
	t.Parallel()
	for name, src := range map[string]string{
		"huge":         strings.Repeat("a: b\n", 200_000),
		"deep flow":    "a: " + strings.Repeat("[", 3000),
		"deep braces":  strings.Repeat("{a: ", 500),
		"long line":    "a: " + strings.Repeat("x", 9000),
		"deep dashes":  strings.Repeat("- ", 1900) + "x",
		"deep indent":  deepIndent(300),
		"empty":        "",
		"only comment": "# nothing\n",
		"null":         "null",
		"number":       "42",
		"list":         "- a\n- b\n",
		"binary":       "\x00\x01\x02\xff\xfe",
		"bad utf-8":    "service: \xc3\x28\n",
	} {
		n, findings := Parse("x.yaml", []byte(src))
		if n != nil || len(findings) == 0 {
			t.Errorf("%s: taken", name)
			continue
		}
		if f := findings[0]; f.Line < 1 || f.Col < 1 || f.Mend == "" {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func deepIndent(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// TestParse_severalFaultsAtOnce: each has its own line; one does not hide or
// move another.
func TestParse_severalFaultsAtOnce(t *testing.T) {
	t.Parallel()
	src := sampleSource(t)
	for _, e := range [][2]string{
		{"accent:", "akcent: \"#000000\"\naccent:"},
		{"basis: contract", "basis: permission"},
		{"what: {id: Alamat surel, en: E-mail address}", "what: {id: Alamat surel}"},
		{"    optional: true", "    optionel: true"},
		{"class: essential", "class: vital"},
		{"as: processor", "as: friend"},
		{"when: always", "when: sometimes"},
		{"  port: {article", "  fly: {article"},
		{"minimum_age: 18", "minimum_age: old"},
	} {
		if !strings.Contains(src, e[0]) {
			t.Fatalf("the sample has no %q", e[0])
		}
		src = strings.Replace(src, e[0], e[1], 1)
	}
	_, findings := Parse("sample.yaml", []byte(src))
	lines := strings.Split(src, "\n")
	var got []string
	for _, f := range findings {
		got = append(got, f.Code+" | "+strings.TrimSpace(lines[f.Line-1])[:8])
	}
	want := []string{"unknown-key | akcent: ", "wrong-type | minimum_", "wrong-value | basis: p", "missing-language | what: {i",
		"unknown-key | optionel", "wrong-value | as: frie", "unknown-key | fly: {ar", "wrong-value | breach: ", "wrong-value | session:"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
		for _, f := range findings {
			t.Log(f)
		}
	}
}
