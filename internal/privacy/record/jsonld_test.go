package record_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/piprate/json-gold/ld"

	"amanah/internal/privacy/record"
	"amanah/law"
)

// terms are the addresses of all terms of the vocabulary files.
func terms(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, file := range []string{"dpv-2.3.csv", "dpv-2.3-record.csv", "dpv-id.csv"} {
		src, err := law.FS.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(src)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for i, name := range rows[0] {
			if name != "iri" {
				continue
			}
			for _, r := range rows[1:] {
				out[r[i]] = true
			}
		}
	}
	return out
}

// noNetwork refuses to fetch a context: the document must be whole.
type noNetwork struct{ t *testing.T }

func (n noNetwork) LoadDocument(u string) (*ld.RemoteDocument, error) {
	n.t.Errorf("the document asks for %s", u)
	return nil, ld.NewJsonLdError(ld.LoadingDocumentFailed, u)
}

// expand reads the document as another program would.
func expand(t *testing.T, s record.Source, lang string) []any {
	t.Helper()
	var b bytes.Buffer
	if err := record.WriteJSONLD(&b, s, lang); err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	o := ld.NewJsonLdOptions("")
	o.DocumentLoader, o.ProcessingMode = noNetwork{t}, ld.JsonLd_1_1
	out, err := ld.NewJsonLdProcessor().Expand(doc, o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestLinked_expandsAndKnowsEachTerm(t *testing.T) {
	t.Parallel()
	known := terms(t)
	for _, service := range []string{"jenna", "ashari", "jagacash", "ctt", "epesantren"} {
		for _, lang := range []string{"id", "en"} {
			s := source(t, service)
			s.Facts = facts()
			nodes := expand(t, s, lang)
			if len(nodes) < len(s.Notice.Categories())+len(s.Notice.Purposes()) {
				t.Fatalf("%s: only %d nodes", service, len(nodes))
			}
			ids := map[string]bool{}
			for _, n := range nodes {
				ids[n.(map[string]any)["@id"].(string)] = true
			}
			var walk func(v any)
			walk = func(v any) {
				switch v := v.(type) {
				case []any:
					for _, x := range v {
						walk(x)
					}
				case map[string]any:
					for k, x := range v {
						if strings.Contains(k, "w3id.org/dpv") && !known[k] {
							t.Errorf("%s: no property %s", service, k)
						}
						if !strings.HasPrefix(k, "@") && !strings.HasPrefix(k, "https://w3id.org/dpv") && !strings.HasPrefix(k, "http://purl.org/dc/terms/") {
							t.Errorf("%s: a property of no vocabulary: %s", service, k)
						}
						if types, ok := x.([]any); ok && k == "@type" {
							for _, one := range types {
								if !known[one.(string)] {
									t.Errorf("%s: no class %s", service, one)
								}
							}
							continue
						}
						walk(x)
					}
					if to, ok := v["@id"].(string); ok && len(v) == 1 && strings.HasPrefix(to, "urn:amanah:record:") && !ids[to] {
						t.Errorf("%s: %s is pointed at and is not there", service, to)
					}
				}
			}
			walk(nodes)
		}
	}
}

// As RDF every category must have its term, its source and its term of keeping.
func TestLinked_saysOfEachCategoryWhatTheLawAsks(t *testing.T) {
	t.Parallel()
	s := source(t, "ctt")
	count := 0
	for _, n := range expand(t, s, "en") {
		m := n.(map[string]any)
		if id, _ := m["@id"].(string); !strings.Contains(id, ":data:") {
			continue
		}
		count++
		for _, k := range []string{"https://w3id.org/dpv#hasDataSource", "https://w3id.org/dpv#hasStorageCondition", "http://purl.org/dc/terms/title"} {
			if m[k] == nil {
				t.Errorf("%s lacks %s", m["@id"], k)
			}
		}
	}
	if count != len(s.Notice.Categories()) {
		t.Errorf("%d of %d categories", count, len(s.Notice.Categories()))
	}
}
