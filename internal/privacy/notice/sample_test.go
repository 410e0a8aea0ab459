package notice

import (
	"os"
	"testing"
)

// sampleSource is a small notice that keeps the law.
func sampleSource(t testing.TB) string {
	t.Helper()
	src, err := os.ReadFile("testdata/sample.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

// sample is the small notice with an edit.
func sample(t testing.TB, edit func(string) string) *Notice {
	t.Helper()
	src := sampleSource(t)
	if edit != nil {
		src = edit(src)
	}
	n, findings := Parse("sample.yaml", []byte(src))
	if n == nil {
		t.Fatal(findings)
	}
	return n
}
