package notice

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file under testdata, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is not what it was (go test -update writes it anew):\n%s", name, diff)
	}
}

func TestRender_golden(t *testing.T) {
	t.Parallel()
	for _, n := range five(t) {
		for _, lang := range []string{"id", "en"} {
			for _, format := range []string{"html", "md", "json"} {
				t.Run(n.Service()+"."+lang+"."+format, func(t *testing.T) {
					t.Parallel()
					var b bytes.Buffer
					if err := Render(n, lang, format, &b); err != nil {
						t.Fatal(err)
					}
					golden(t, n.Service()+"."+lang+"."+format, b.Bytes())
				})
			}
		}
	}
}

// TestRender_languagesDoNotMix: no page holds a sentence of the other language,
// an empty cell, an own key or a word of the format.
func TestRender_languagesDoNotMix(t *testing.T) {
	t.Parallel()
	stray := map[string][]string{
		"id": {" the ", "working day", "legal_obligation", "chosen-by-you", " and ", "Your "},
		"en": {" yang ", " dan ", " untuk ", "hari kerja", "chosen-by-you", "legal_obligation"},
	}
	for _, n := range five(t) {
		for lang, words := range stray {
			var b bytes.Buffer
			if err := Render(n, lang, "html", &b); err != nil {
				t.Fatal(err)
			}
			for _, w := range append(words, "<td></td>", `"></td>`, "<li></li>", "<p></p>", "<dd></dd>", "%!") {
				if i := strings.Index(b.String(), w); i >= 0 {
					t.Errorf("%s.%s has %q: …%s…", n.Service(), lang, w, b.String()[max(0, i-60):min(b.Len(), i+60)])
				}
			}
		}
	}
}

func TestRender_escapes(t *testing.T) {
	t.Parallel()
	n := sample(t, func(s string) string {
		return strings.Replace(s, "en: A sample service.", `en: "A & a *star* <b in it."`, 1)
	})
	var page, md bytes.Buffer
	if err := RenderPage(n, "en", &page); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(page.String(), "<b in") || !strings.Contains(page.String(), "&lt;b in") {
		t.Error("the page holds what the notice wrote as markup")
	}
	if err := Render(n, "en", "md", &md); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(md.String(), "<b") || !strings.Contains(md.String(), `\*star\*`) {
		t.Error("the Markdown holds markup")
	}
}

func TestRender_jsonIsJSONWithoutNotes(t *testing.T) {
	t.Parallel()
	for _, n := range five(t) {
		var b bytes.Buffer
		if err := Render(n, "id", "json", &b); err != nil {
			t.Fatal(err)
		}
		var v struct {
			Service, Language, Version string
			Data                       map[string]struct{ What, Note string }
		}
		if err := json.Unmarshal(b.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		if v.Service != n.Service() || v.Language != "id" || len(v.Data) != len(n.Categories()) {
			t.Errorf("%s: the JSON says %s, %s, %d categories", n.Service(), v.Service, v.Language, len(v.Data))
		}
		for k, c := range v.Data {
			if c.Note != "" || c.What == "" {
				t.Errorf("%s: %s: what %q, note %q", n.Service(), k, c.What, c.Note)
			}
		}
	}
}

func TestRender_refusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	n := sample(t, nil)
	if Render(n, "nl", "html", &bytes.Buffer{}) == nil || Render(n, "id", "pdf", &bytes.Buffer{}) == nil || RenderPage(n, "", &bytes.Buffer{}) == nil {
		t.Error("an unknown language or format was rendered")
	}
}
