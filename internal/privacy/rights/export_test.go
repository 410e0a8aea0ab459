package rights_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"amanah/internal/privacy/receipt"
	"amanah/internal/privacy/rights"
	"amanah/internal/privacy/rights/rightstest"
	"amanah/internal/web/i18n"
)

func newRights(t testing.TB, w *rightstest.World) *rights.Rights {
	t.Helper()
	catalog, err := i18n.New(rights.Texts())
	if err != nil {
		t.Fatal(err)
	}
	r, err := rights.New(rights.Config{DB: w.DB, Schema: w.Schema, Vault: w.Keys(), People: w, Notice: w.Notice, Key: w.Key, Catalog: catalog})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func export(t testing.TB, r *rights.Rights, w *rightstest.World, lang i18n.Lang) (map[string]string, rights.Summary) {
	t.Helper()
	var b bytes.Buffer
	s, err := r.Export(context.Background(), w.Rina, r.Catalog.Printer(lang, nil), &b)
	if err != nil {
		t.Fatal(err)
	}
	if int64(b.Len()) != s.Bytes {
		t.Errorf("%d bytes, the summary says %d", b.Len(), s.Bytes)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		src, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(src)
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := out[f.Name]; twice {
			t.Errorf("%s is in the copy twice", f.Name)
		}
		out[f.Name] = string(content)
	}
	return out, s
}

func all(files map[string]string) string {
	var b strings.Builder
	for _, c := range files {
		b.WriteString(c)
	}
	return b.String()
}

func TestExport_allOfOnePersonAndNothingOfAnother(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, rightstest.Config(nil, nil), func(t *testing.T, w *rightstest.World) {
		w.Populate(t, 3)
		files, s := export(t, newRights(t, w), w, i18n.EN)
		text := all(files)
		for _, m := range append(w.Marks("rina"), w.Marks("shared")...) {
			if !strings.Contains(text, m) {
				t.Errorf("%s is missing from the copy", m)
			}
		}
		for _, m := range append(append(w.Marks("dewi"), w.Marks("rina-secret")...), w.Marks("dewi-secret")...) {
			if strings.Contains(text, m) {
				t.Errorf("%s is in the copy", m)
			}
		}
		if strings.Contains(text, w.Dewi.String()) || strings.Contains(text, "⟦") {
			t.Error("the copy names another person's id, or a sentence is missing")
		}
		if s.Files != 6 || s.Records == 0 {
			t.Errorf("summary %+v", s)
		}
		for _, want := range []string{"index.html", "data.json", "data.schema.json", "tables/fx_mails.csv", "SHA256SUMS", "receipt.json"} {
			if files[want] == "" {
				t.Errorf("%s is missing", want)
			}
		}
		if !strings.Contains(files["index.html"], "fx_people.password") || !strings.Contains(files["data.json"], `"withheld":"A secret`) {
			t.Error("what is withheld is not said")
		}
	})
}

func TestExport_digestsReceiptAndSchema(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, rightstest.Config(nil, nil), func(t *testing.T, w *rightstest.World) {
		w.Populate(t, 1)
		files, _ := export(t, newRights(t, w), w, i18n.ID)
		listed := map[string]bool{}
		for line := range strings.Lines(files["SHA256SUMS"]) {
			sum, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
			if got := sha256.Sum256([]byte(files[name])); hex.EncodeToString(got[:]) != sum {
				t.Errorf("the digest of %s is wrong", name)
			}
			listed[name] = true
		}
		for name := range files {
			if !listed[name] && name != "SHA256SUMS" && name != "receipt.json" {
				t.Errorf("%s has no digest", name)
			}
		}
		r, err := receipt.Verify([]byte(files["receipt.json"]), w.Key.Public())
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte(files["SHA256SUMS"]))
		if !strings.Contains(string(r.Body), hex.EncodeToString(sum[:])) {
			t.Error("the receipt is over another list")
		}
		checkSchema(t, files)
	})
}

func checkSchema(t *testing.T, files map[string]string) {
	t.Helper()
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(files["data.schema.json"]))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("data.schema.json", schema); err != nil {
		t.Fatal(err)
	}
	data, err := jsonschema.UnmarshalJSON(strings.NewReader(files["data.json"]))
	if err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("data.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(data); err != nil {
		t.Error(err)
	}
	if !json.Valid([]byte(files["data.json"])) {
		t.Error("data.json is no JSON")
	}
}
