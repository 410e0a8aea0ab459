package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"amanah/internal/web/i18n"
)

// golden compares with testdata/name, or writes it with -update. The helper of
// webtest cannot serve here: it imports this package.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

// A policy without 'unsafe-inline' breaks a page with any of these.
func TestGallery_hasNothingInline(t *testing.T) {
	t.Parallel()
	for _, l := range i18n.Langs() {
		for _, c := range gallery() {
			z := html.NewTokenizer(strings.NewReader(render(t, l, c)))
			for z.Next() != html.ErrorToken {
				tok := z.Token()
				if tok.Data == "script" || tok.Data == "style" {
					t.Errorf("<%s> in a component", tok.Data)
				}
				for _, a := range tok.Attr {
					if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
						t.Errorf("%s has %s", tok.String(), a.Key)
					}
				}
			}
		}
	}
}
