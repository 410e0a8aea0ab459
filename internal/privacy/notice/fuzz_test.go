package notice

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"amanah/notices"
)

// FuzzParse: whatever the file holds, there is a notice or a finding with its
// place, never a panic; and a notice that parses also renders, checks and
// compiles.
func FuzzParse(f *testing.F) {
	names, _ := filepath.Glob("testdata/*/*.yaml")
	for _, name := range append(names, "testdata/sample.yaml") {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	src, err := notices.FS.ReadFile("ctt.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(src)
	ps := packs(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		n, findings := Parse("fuzz.yaml", src)
		if n == nil && !HasErrors(findings) {
			t.Fatal("neither a notice nor a finding")
		}
		for _, fi := range findings {
			if fi.Line < 1 || fi.Col < 1 || fi.Code == "" || fi.Message == "" || fi.Mend == "" {
				t.Fatalf("the finding says too little: %+v", fi)
			}
		}
		if n == nil {
			return
		}
		for _, format := range []string{"html", "md", "json"} {
			if err := Render(n, "en", format, io.Discard); err != nil {
				t.Fatalf("%s: %v", format, err)
			}
		}
		Check([]*Notice{n}, ps, Program{}, beforePP)
		Diff(n, n)
	})
}

func FuzzParseRetention(f *testing.F) {
	f.Add("while account.active, then P30D after account.closed")
	f.Add("until consent.withdrawn, at most P2Y after created")
	f.Fuzz(func(t *testing.T, s string) {
		if r, err := ParseRetention(s); err == nil {
			r.Say("id")
			r.Due(beforePP)
			r.DueAtMost(beforePP)
		}
	})
}
