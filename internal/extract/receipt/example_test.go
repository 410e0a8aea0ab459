package receipt

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func reader(t testing.TB) *Reader {
	t.Helper()
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestExamples reads composed receipts of many layouts. Each .txt has its facts
// beside it.
func TestExamples(t *testing.T) {
	t.Parallel()
	r := reader(t)
	names, err := filepath.Glob("testdata/examples/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			f := r.Text(string(text))
			line, err := f.JSON(filepath.Base(name))
			if err != nil {
				t.Fatal(err)
			}
			var pretty any
			if err := json.Unmarshal(line, &pretty); err != nil {
				t.Fatal(err)
			}
			got, err := json.MarshalIndent(pretty, "", "\t")
			if err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(name, ".txt") + ".json"
			if *update {
				if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimSpace(string(want)), string(got)); diff != "" {
				t.Error(diff)
			}
			for _, p := range f.People {
				if p.Role != "taxpayer" && strings.Contains(string(line), p.Text) && letters(p.Text) > 3 {
					t.Errorf("a person of line %d stands in the facts", p.Line)
				}
			}
		})
	}
}
