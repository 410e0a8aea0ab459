package webtest

import (
	"bytes"
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"

	"amanah/internal/clock"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
)

// zeros is a source of randomness that always gives nought, so that request ids
// in golden files stay the same.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// Services are the five services with accents of their own.
func Services() []web.Service {
	return []web.Service{
		{Slug: "jenna", Name: "Jenna", Accent: "#6d4aa3"},
		{Slug: "ashari", Name: "Ashari", Accent: "#1f5f99"},
		{Slug: "jagacash", Name: "JagaCash", Accent: "#2f6b3f"},
		{Slug: "ctt", Name: "CTT", Accent: "#0f6e6e"},
		{Slug: "epesantren", Name: "ePesantren", Accent: "#8a5a14"},
	}
}

// Catalog reads the shell's sentences and those given.
func Catalog(t testing.TB, texts ...fs.FS) *i18n.Catalog {
	t.Helper()
	c, err := i18n.New(texts...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Shell makes a shell of the five services.
func Shell(t testing.TB, c clock.Clock, texts ...fs.FS) *web.Shell {
	t.Helper()
	return ShellOf(t, web.Config{Clock: c, Catalog: Catalog(t, texts...)})
}

// ShellOf makes a shell; the five services and fixed request ids stand in where
// the configuration has none.
func ShellOf(t testing.TB, cfg web.Config) *web.Shell {
	t.Helper()
	if cfg.Services == nil {
		cfg.Services = Services()
	}
	if cfg.Rand == nil {
		cfg.Rand = zeros{}
	}
	s, err := web.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Component renders one component in a language, in WIB.
func Component(t testing.TB, l i18n.Lang, c templ.Component, texts ...fs.FS) string {
	t.Helper()
	ctx := i18n.Into(context.Background(), Catalog(t, texts...).Printer(l, clock.WIB))
	var b bytes.Buffer
	if err := c.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Get asks for a page as a browser does and gives its body. Anything but 200
// fails the test.
func Get(t testing.TB, h http.Handler, path string, l i18n.Lang) string {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", string(l))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: %d\n%s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

var assetHash = regexp.MustCompile(`(/assets/[a-z0-9-]+)-[0-9a-f]{16}\.`)

// Lines makes a page fit for a golden file: one element a line, the hashes in the
// names of assets masked, so that a new style sheet changes no file.
func Lines(page string) string {
	return strings.ReplaceAll(assetHash.ReplaceAllString(page, "$1-HASH."), "><", ">\n<")
}

// Golden compares a text with testdata/name, or writes it where update is set.
func Golden(t testing.TB, update bool, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: run the test with -update to write it", err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}
