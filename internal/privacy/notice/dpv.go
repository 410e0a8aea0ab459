package notice

import (
	"encoding/csv"
	"fmt"
	"strings"
	"sync"

	"amanah/law"
)

// term is a word of the Data Privacy Vocabulary.
type term struct {
	label   string
	purpose bool
	broader []string
}

// vocabulary has every term that a notice may use, by its short form: pd:Name,
// dpv:ServiceProvision, id:ConsentEvidence.
var vocabulary = sync.OnceValue(func() map[string]term {
	out := make(map[string]term, 400)
	for _, file := range []string{"dpv-2.3.csv", "dpv-id.csv"} {
		src, err := law.FS.ReadFile(file)
		if err != nil {
			panic("notice: no vocabulary: " + err.Error())
		}
		rows, err := csv.NewReader(strings.NewReader(string(src))).ReadAll()
		if err != nil || len(rows) == 0 {
			panic(fmt.Sprintf("notice: vocabulary %s: %v", file, err))
		}
		col := make(map[string]int)
		for i, name := range rows[0] {
			col[name] = i
		}
		for _, r := range rows[1:] {
			t := term{label: r[col["label"]], purpose: strings.Contains(r[col["dpvtype"]], "#Purpose") || r[col["term"]] == "Purpose"}
			for _, iri := range strings.Split(r[col["hasbroader"]], ";") {
				if iri != "" {
					t.broader = append(t.broader, short(iri))
				}
			}
			out[r[col["vocab"]]+":"+r[col["term"]]] = t
		}
	}
	return out
})

// short writes a term's address as a notice does.
func short(iri string) string {
	for prefix, s := range map[string]string{"https://w3id.org/dpv/pd#": "pd:", "https://w3id.org/dpv#": "dpv:", "urn:amanah:dpv-id#": "id:"} {
		if rest, ok := strings.CutPrefix(iri, prefix); ok {
			return s + rest
		}
	}
	return iri
}

// isA tells whether a term is another one or a narrower case of it.
func isA(name, wide string) bool {
	for depth := 0; depth < maxDepth; depth++ {
		if name == wide {
			return true
		}
		t, ok := vocabulary()[name]
		if !ok || len(t.broader) == 0 {
			return false
		}
		for _, b := range t.broader[1:] {
			if b != name && isA(b, wide) {
				return true
			}
		}
		name = t.broader[0]
	}
	return false
}

// dpvTerm finds a term that the vocabulary does not have.
func (n *Notice) dpvTerm(p Pos, name string) []Finding {
	if _, ok := vocabulary()[name]; ok {
		return nil
	}
	return []Finding{n.finding(p, "unknown-term", fmt.Sprintf("the vocabulary has no term %s", name),
		"use a term of law/dpv-2.3.csv, or add an own one to law/dpv-id.csv")}
}
