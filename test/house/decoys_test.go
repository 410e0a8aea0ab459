package house

import (
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// where the decoys would stand: on the floor of products.
const place = "internal/capture/decoy"

// everything is what the checks of this package find in a file that stands at place.
func everything(t *testing.T, file string) (found []string) {
	t.Helper()
	b := theProgram(t)
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	name := place + "/" + filepath.Base(file)
	f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range f.Imports {
		found = append(found, wrongImport(name, place, strings.Trim(i.Path.Value, `"`))...)
	}
	p, err := (&built{set: b.set, find: b.find}).check(place, file)
	if err != nil {
		t.Fatalf("the decoy does not compile: %v", err)
	}
	return slices.Concat(found, closedWays(b, p), unlisted(passedBy(b, p)), unfit(b, p, purposes(t)), untold(b, p, inParts(b)))
}

// A module that goes past the doors is found, whichever way it takes: each line
// that says what is wanted has its finding, and nothing else is found.
func TestDecoys(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/decoys/*.go")
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := everything(t, file)
		for n, line := range strings.Split(string(src), "\n") {
			_, want, ok := strings.Cut(line, "// want: ")
			if !ok {
				continue
			}
			i := slices.IndexFunc(found, func(f string) bool { return strings.Contains(f, want) && strings.Contains(f, place) })
			if i < 0 {
				t.Errorf("%s:%d is not caught: %s", file, n+1, want)
				continue
			}
			found = slices.Delete(found, i, i+1)
		}
		for _, f := range found {
			t.Error(fmt.Sprintf("%s: found and not wanted: %s", file, f))
		}
	}
}
