package notice

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestCheck_theSixteenLawFindings: sixteen notices, each saying what one of the
// five documents says where it differs from the statute. Each gives exactly the
// finding that names the fault, the article and the mend, and no other.
func TestCheck_theSixteenLawFindings(t *testing.T) {
	t.Parallel()
	type want struct{ code, article, line string }
	for file, wants := range map[string][]want{
		"01-breach-article":     {{"law-cites", "UU 27/2022 46", "breach: UU 27/2022 66"}},
		"02-officer-article":    {{"law-cites", "UU 27/2022 53, 54", "officer: UU 27/2022 50"}},
		"03-retention-article":  {{"law-cites", "UU 27/2022 16(2)g, 42, 43, 44", "retention: UU 27/2022 14"}},
		"04-complaint-deadline": {{"law-complaint-cited", "UU 27/2022 14, 30, 32, 40, 41", "complaint: UU 27/2022"}},
		"05-breach-high-risk": {
			{"law-breach-authority", "UU 27/2022 46(1)", "authority: {name: Kementerian Kominfo}"},
			{"law-breach-clock", "UU 27/2022 46(1)", "breach: {authority: PT72H, when: high-risk"},
			{"law-breach-clock", "UU 27/2022 46(1)", "breach: {authority: PT72H, when: high-risk"},
		},
		"06-six-rights": {{"law-rights-missing", "UU 27/2022 5, 10, 12, 13", "rights:"}},
		"07-selfie": {
			{"law-special-unmarked", "UU 27/2022 4(2)b", "attendance.selfie:"},
			{"law-assessment-missing", "UU 27/2022 34(2)b", "attendance.selfie:"},
		},
		"08-consent-by-use": {
			{"law-consent-by-use", "UU 27/2022 20(2)a, 22, 23", "consent: {by: use"},
			{"law-consent-by-use", "UU 27/2022 20(2)a, 22, 23", "acceptance: continued-use"},
		},
		"09-change-untold":       {{"law-change-untold", "UU 27/2022 21(2)", "changes: {before: none"}},
		"10-officer-pilot":       {{"law-officer-missing", "UU 27/2022 53", "officer: {appointed: false, because: pilot}"}},
		"11-no-sensitive-data":   {{"law-special-unmarked", "UU 27/2022 4(2)f", "statement.card:"}},
		"12-hosting-as-transfer": {{"law-processor-as-transfer", "UU 27/2022 51", `transfer: {basis: "55"}`}},
		"13-platform-terms": {
			{"transfer-basis", "", "telegram:"},
			{"law-transfer-basis", "UU 27/2022 56", "transfer: {instruments: [platform-terms]}"},
		},
		"14-kept-unreasoned":  {{"law-kept-unreasoned", "UU 27/2022 42(1)a-b, 43(1)a", "kept: while account.active, then P1Y after account.closed"}},
		"15-gdpr-instruments": {{"law-transfer-instrument", "UU 27/2022 56(2)", "transfer: {basis:"}},
		"16-pupils": {
			{"law-child-guardian", "UU 27/2022 25", "special: child"},
			{"law-rights-late", "UU 27/2022 6, 30", "correct:"},
			{"law-rights-late", "UU 27/2022 7, 32", "copy:"},
			{"law-rights-late", "UU 27/2022 9, 40", "withdraw:"},
			{"law-rights-late", "UU 27/2022 11, 41", "restrict:"},
		},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join("testdata", "law", file+".yaml")
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			n, findings := Parse(path, src)
			if n == nil {
				t.Fatal(findings)
			}
			lines := strings.Split(string(src), "\n")
			got := Check([]*Notice{n}, packs(t), Program{}, beforePP)
			for _, w := range wants {
				i := slices.IndexFunc(got, func(f Finding) bool {
					return f.Code == w.code && f.Article == w.article && strings.Contains(lines[f.Line-1], w.line)
				})
				if i < 0 {
					t.Fatalf("no finding %s (%s) at the line %q; got:\n%v", w.code, w.article, w.line, got)
				}
				if f := got[i]; f.Mend == "" || f.Message == "" || f.Severity != Error {
					t.Errorf("the finding says too little: %+v", f)
				}
				got = slices.Delete(got, i, i+1)
			}
			for _, f := range got {
				t.Errorf("found besides: %s", f)
			}
		})
	}
}

// TestCheck_theSixteenTogether: the whole folder read as the program reads one
// gives the same findings in one run, with nothing about the format.
func TestCheck_theSixteenTogether(t *testing.T) {
	t.Parallel()
	ns, findings := LoadNotices(os.DirFS(filepath.Join("testdata", "law")))
	if len(ns) != 16 || len(findings) != 0 {
		t.Fatalf("%d notices, %v", len(ns), findings)
	}
	faulty := make(map[string]bool)
	for _, f := range Check(ns, packs(t), Program{}, beforePP) {
		if f.Article != "" {
			faulty[f.File] = true
		}
	}
	if len(faulty) != 16 {
		t.Errorf("an article is named for %d of 16 notices: %v", len(faulty), faulty)
	}
}
