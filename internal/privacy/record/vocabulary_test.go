package record_test

import (
	"bytes"
	"encoding/csv"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"amanah/internal/privacy/record"
	"amanah/law"
	"amanah/notices"
)

// The extension is in the columns of the vocabulary's own files, so that whoever
// reads those reads it.
func TestVocabulary(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	record.Vocabulary().ServeHTTP(w, httptest.NewRequest("GET", "/.well-known/dpv-id.csv", nil))
	rows, err := csv.NewReader(bytes.NewReader(w.Body.Bytes())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"term", "type", "iri", "label", "definition", "dpvtype", "subclassof", "hasbroader", "scopenote", "created", "modified", "vocab", "namespace"}
	if d := cmp.Diff(want, rows[0]); d != "" {
		t.Fatal(d)
	}
	known := terms(t)
	own := map[string]bool{}
	for _, r := range rows[1:] {
		own["id:"+r[0]] = true
		if r[2] != "urn:amanah:dpv-id#"+r[0] || r[3] == "" || len(r[4]) < 20 || r[11] != "id" {
			t.Errorf("%s is not whole: %q", r[0], r)
		}
		if r[5] == "" || !known[r[5]] && r[5] != "https://w3id.org/dpv#PersonalData" {
			t.Errorf("%s is of a type that the vocabulary lacks: %s", r[0], r[5])
		}
		if !known[r[7]] {
			t.Errorf("%s has no parent in the vocabulary: %s", r[0], r[7])
		}
	}
	used := map[string]bool{}
	for _, fsys := range []interface {
		ReadFile(string) ([]byte, error)
	}{notices.FS, law.FS} {
		for _, name := range []string{"jenna.yaml", "ashari.yaml", "jagacash.yaml", "ctt.yaml", "epesantren.yaml", "id-uu-27-2022.yaml", "eu-gdpr.yaml"} {
			src, err := fsys.ReadFile(name)
			if err != nil {
				continue
			}
			for _, m := range regexp.MustCompile(`\bid:[A-Z][A-Za-z]+`).FindAllString(string(src), -1) {
				used[m] = true
				if !own[m] {
					t.Errorf("%s uses %s, which law/dpv-id.csv lacks", name, m)
				}
			}
		}
	}
	for name := range own {
		if !used[name] {
			t.Errorf("nothing uses %s", name)
		}
	}
}

// The lists of terms are cut out of the vocabulary, not written by hand: each is
// sorted, without a repeat, and in its six columns.
func TestTerms_ofTheRecord(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("../../../law/dpv-2.3-record.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(src)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range rows[1:] {
		names = append(names, r[0])
		if r[1] != "https://w3id.org/dpv#"+r[0] || strings.TrimSpace(r[2]) == "" {
			t.Errorf("%q", r)
		}
	}
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Error("the terms are not sorted, or one stands twice")
	}
}
