package i18n

import (
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Missing compares the languages of catalogues and says, a line each, what one
// has and another has not: keys, and places such as {count}. A file that cannot
// be read is a line too. Tests want it empty.
func Missing(sources ...fs.FS) []string {
	var out []string
	for _, src := range sources {
		read := map[Lang]map[string]message{}
		for _, l := range langs {
			m, err := readAll(src, l)
			if err != nil {
				out = append(out, fmt.Sprintf("%s.json: %v", l, err))
			}
			read[l] = m
		}
		out = append(out, compare(read)...)
	}
	return out
}

func compare(read map[Lang]map[string]message) []string {
	all := map[string]bool{}
	for _, m := range read {
		for k := range m {
			all[k] = true
		}
	}
	var out []string
	for _, k := range slices.Sorted(maps.Keys(all)) {
		for _, l := range langs {
			if _, ok := read[l][k]; !ok {
				out = append(out, fmt.Sprintf("%s.json: %q is missing", l, k))
			}
		}
		id, en := places(read[ID][k]), places(read[EN][k])
		if id != "" && en != "" && id != en {
			out = append(out, fmt.Sprintf("%q: the places differ: id %s, en %s", k, id, en))
		}
	}
	return out
}

var (
	placeMark = regexp.MustCompile(`\{([a-z_]+)(?::[a-z]+)?\}|\]\(([a-z_]+)\)`)
	keyUses   = []*regexp.Regexp{
		regexp.MustCompile(`\bT(?:Map)?\((?:[^"()]|\([^()]*\))*"([a-z0-9_]+\.[a-z0-9_.]*)"`),
		regexp.MustCompile(`fault\.New\([^")]*"[^"]*",\s*"([a-z0-9_]+\.[a-z0-9_.]*)"`),
		regexp.MustCompile(`\.Add\("[^"]*",\s*"([a-z0-9_]+\.[a-z0-9_.]*)"`),
		regexp.MustCompile(`Flash\{[^}]*Key:\s*"([a-z0-9_]+\.[a-z0-9_.]*)"`),
	}
)

// places are the names of arguments and links in the general form of a message,
// sorted. "-" for none, so that it differs from a key that is not there.
func places(m message) string {
	if m.Other == "" {
		return ""
	}
	seen := map[string]bool{}
	for _, f := range placeMark.FindAllStringSubmatch(m.Other, -1) {
		seen[f[1]+f[2]] = true
	}
	if len(seen) == 0 {
		return "-"
	}
	return strings.Join(slices.Sorted(maps.Keys(seen)), ",")
}

// Unknown reads the sources (.go and .templ, without tests and generated files)
// below src and says which keys they use that a language has not: in T, in
// fault.New, in Form.Add, in web.Flash. A key put together from a start that ends
// in a dot needs one sentence with that start. Keys have at least one dot.
func (c *Catalog) Unknown(src fs.FS) ([]string, error) {
	var out []string
	err := fs.WalkDir(src, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isSource(path) {
			return err
		}
		body, err := fs.ReadFile(src, path)
		if err != nil {
			return err
		}
		for _, key := range usedKeys(string(body)) {
			for _, l := range langs {
				if !c.covers(l, key) {
					out = append(out, fmt.Sprintf("%s: %s has no sentence for %q", path, l, key))
				}
			}
		}
		return nil
	})
	return out, err
}

func isSource(path string) bool {
	if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
		return false
	}
	return strings.HasSuffix(path, ".go") || strings.HasSuffix(path, ".templ")
}

// usedKeys are the keys that a source names, outside its line comments.
func usedKeys(body string) []string {
	var code strings.Builder
	for line := range strings.Lines(body) {
		if !strings.HasPrefix(strings.TrimSpace(line), "//") {
			code.WriteString(line)
		}
	}
	seen := map[string]bool{}
	for _, re := range keyUses {
		for _, m := range re.FindAllStringSubmatch(code.String(), -1) {
			seen[m[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

func (c *Catalog) covers(l Lang, key string) bool {
	if !strings.HasSuffix(key, ".") {
		return c.Has(l, key)
	}
	for k := range c.text[l] {
		if strings.HasPrefix(k, key) {
			return true
		}
	}
	return false
}
