// Package docs holds the documentation; its tests keep it true.
package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"amanah/internal/config"
)

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Every key of the configuration is explained and stands in the example, and the
// example is a configuration.
func TestConfiguration(t *testing.T) {
	t.Parallel()
	example := read(t, "amanah.example.yaml")
	c, err := config.Parse("amanah.example.yaml", []byte(example))
	if err == nil {
		err = c.Finish()
	}
	if err != nil {
		t.Fatal(err)
	}
	page := read(t, "configuration.md")
	for _, key := range keys(reflect.TypeFor[config.Config](), "") {
		if !strings.Contains(page, "`"+key) {
			t.Errorf("configuration.md does not explain %s", key)
		}
		last := key[strings.LastIndexByte(key, '.')+1:]
		if !regexp.MustCompile(`(?m)^ *` + last + `:`).MatchString(example) {
			t.Errorf("amanah.example.yaml does not have %s", key)
		}
	}
}

func keys(typ reflect.Type, prefix string) []string {
	var out []string
	for f := range typ.Fields() {
		name := f.Tag.Get("yaml")
		switch {
		case name == "-":
		case f.Type.Kind() == reflect.Struct:
			out = append(out, keys(f.Type, prefix+name+".")...)
		default:
			out = append(out, prefix+name)
		}
	}
	return out
}

var named = regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9_]+)`")

// Every test that a page names exists, and where one is named with its package,
// in that package.
func TestNamedTests(t *testing.T) {
	t.Parallel()
	exist := map[string]string{}
	walk(t, "..", "_test.go", func(file string) {
		for _, m := range regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`).FindAllStringSubmatch(read(t, file), -1) {
			exist[m[1]] += " " + filepath.ToSlash(filepath.Dir(strings.TrimPrefix(file, "../")))
		}
	})
	walk(t, ".", ".md", func(file string) {
		for line := range strings.Lines(read(t, file)) {
			for _, m := range named.FindAllStringSubmatch(line, -1) {
				if exist[m[1]] == "" {
					t.Errorf("%s names %s, which does not exist", file, m[1])
				}
			}
			for _, m := range regexp.MustCompile("((?:`Test\\w+`(?:, )?)+) \\((internal/[a-z/0-9]+)\\)").FindAllStringSubmatch(line, -1) {
				for _, test := range named.FindAllStringSubmatch(m[1], -1) {
					if !strings.Contains(exist[test[1]]+" ", " "+m[2]+" ") {
						t.Errorf("%s: %s is not in %s but in%s", file, test[1], m[2], exist[test[1]])
					}
				}
			}
		}
	})
}

var link = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)

// Every link to a file leads somewhere.
func TestLinks(t *testing.T) {
	t.Parallel()
	check := func(file string) {
		for _, m := range link.FindAllStringSubmatch(read(t, file), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), m[1])); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
	for _, file := range []string{"../README.md", "../ARCHITECTURE.md", "../CHANGELOG.md"} {
		check(file)
	}
	walk(t, ".", ".md", check)
}

func walk(t *testing.T, root, suffix string, f func(file string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(file, suffix) && !strings.Contains(file, "node_modules") {
			f(file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
