package egress

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// outward are the ways in which Go code opens a connection.
var outward = regexp.MustCompile(`\bhttp\.(Client\{|Get\(|Post\(|PostForm\(|Head\(|DefaultClient|DefaultTransport|Transport\{)` +
	`|\bnet\.(Dial|DialTimeout|DialTCP|DialUDP|DialIP|DialUnix)\(|\bnet\.Dialer\b|\btls\.(Dial|DialWithDialer)\(|\btls\.Dialer\b` +
	`|\bnew\((http\.Client|http\.Transport|net\.Dialer|tls\.Dialer)\)|\bsmtp\.(Dial|DialTLS|DialStartTLS|SendMail)\(`)

// excepted may open connections: this package, and the tools that play the
// client of a running server on the same machine.
func excepted(path string) bool {
	for _, p := range []string{"internal/privacy/egress/", "internal/bench/", "test/", "tools/"} {
		if strings.HasPrefix(path, p) {
			return true
		}
	}
	return strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "cmd/") && strings.Contains(path, "bench") ||
		strings.Contains(path, "test/")
}

func TestOnlyThisPackageOpensConnections(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..", "..")
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatal(err)
	}
	seen := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == "testdata" || d.Name() == "node_modules") {
			return fs.SkipDir
		}
		rel, _ := filepath.Rel(root, path)
		rel = filepath.ToSlash(rel)
		if d.IsDir() || filepath.Ext(path) != ".go" || excepted(rel) {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		seen++
		for n, line := range bytes.Split(withoutComments(src), []byte{'\n'}) {
			if m := outward.Find(line); m != nil {
				t.Errorf("%s:%d: %s opens a connection past the egress door", rel, n+1, m)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 10 {
		t.Errorf("only %d files looked at", seen)
	}
}

// withoutComments blanks comments, so that a doc comment may name what is
// forbidden. A file that does not parse is looked at whole.
func withoutComments(src []byte) []byte {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, "", src, parser.ParseComments)
	if err != nil {
		return src
	}
	out := bytes.Clone(src)
	for _, g := range f.Comments {
		for i := set.Position(g.Pos()).Offset; i < set.Position(g.End()).Offset && i < len(out); i++ {
			if out[i] != '\n' {
				out[i] = ' '
			}
		}
	}
	return out
}

func TestOutward_findsWhatItShould(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"c := http.Client{}", "c := &http.Client{Timeout: 1}", `http.Get("x")`, "http.DefaultClient.Do(r)", `net.Dial("tcp", a)`,
		"d := net.Dialer{}", `tls.Dial("tcp", a, nil)`, "new(http.Client)", "&http.Transport{}", `net.DialTimeout("tcp", a, 1)`,
		"var d net.Dialer", `smtp.SendMail(a, nil, f, t, m)`,
	} {
		if !outward.MatchString(bad) {
			t.Errorf("not found: %s", bad)
		}
	}
	for _, good := range []string{"http.NewRequest(m, u, nil)", "net.Listen(n, a)", "http.Server{}", "tls.Client(c, conf)", "http.Handler"} {
		if outward.MatchString(good) {
			t.Errorf("found by mistake: %s", good)
		}
	}
	if got := string(withoutComments([]byte("package x\n// http.Get(\nvar a = 1 // net.Dial(\n"))); strings.Contains(got, "net.Dial") {
		t.Errorf("comment left: %q", got)
	}
}
