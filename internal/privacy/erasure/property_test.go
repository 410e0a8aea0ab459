package erasure_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/privacy/rights"
	"amanah/internal/privacy/rights/rightstest"
	"amanah/internal/vault"
	"amanah/internal/web/i18n"
)

// words are texts that spreadsheets, JSON, CSV and HTML could stumble over.
var words = rapid.StringOfN(rapid.RuneFrom([]rune("ab=+-@,;\"'<&\t\n é漢😀\\")), 0, 12, -1)

// TestExportAndErase_roundTrip: whatever rows two people have, the copy of one
// holds exactly that one's texts, and after the erasure the other's copy is what
// it was before.
func TestExportAndErase_roundTrip(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		e, r, _ := newErasure(t, w)
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			w.Renew()
			mark := func() string { n++; return words.Draw(rt, "text") + fmt.Sprintf("m%dq", n) }
			mine := map[id.Subject][]string{}
			for range rapid.IntRange(1, 6).Draw(rt, "rows") {
				who := rapid.SampledFrom([]id.Subject{w.Rina, w.Dewi}).Draw(rt, "who")
				them := w.Dewi
				if who == w.Dewi {
					them = w.Rina
				}
				switch rapid.IntRange(0, 2).Draw(rt, "kind") {
				case 0:
					a, b := mark(), mark()
					rightstest.Insert(t, w, w.Home.Tenant, &rightstest.Person{Subject: who, Name: vault.Seal(a), Email: b})
					mine[who] = append(mine[who], a, b)
				case 1:
					a, b, c := mark(), mark(), mark()
					rightstest.Insert(t, w, w.Us, &rightstest.Mail{Subject: who, At: clock.At(w.Clock.Now()), Title: a, Raw: vault.Seal(b), Source: w.File(t, who, c)})
					mine[who] = append(mine[who], a, b)
				case 2:
					a, b := mark(), mark()
					rightstest.Insert(t, w, w.Us, &rightstest.Transfer{Payer: who, Payee: them, FromNote: vault.Seal(a), ToNote: b})
					mine[who] = append(mine[who], a)
					mine[them] = append(mine[them], b)
				}
			}
			want := slices.Sorted(slices.Values(mine[w.Dewi]))
			if got := copied(rt, r, w.Rina); !slices.Equal(got, slices.Sorted(slices.Values(mine[w.Rina]))) {
				rt.Fatalf("the copy holds %q, want %q", got, mine[w.Rina])
			}
			if got := copied(rt, r, w.Dewi); !slices.Equal(got, want) {
				rt.Fatalf("the other's copy holds %q, want %q", got, want)
			}
			if _, err := e.Erase(context.Background(), w.Rina, request); err != nil {
				rt.Fatal(err)
			}
			if got := copied(rt, r, w.Dewi); !slices.Equal(got, want) {
				rt.Fatalf("after the erasure the other's copy holds %q, want %q", got, want)
			}
			if got := copied(rt, r, w.Rina); len(got) != 0 {
				rt.Fatalf("after the erasure the copy holds %q", got)
			}
		})
		text := dump(t, w)
		if strings.Contains(text, w.Rina.String()) {
			t.Error("the last one erased is still named")
		}
	})
}

// copied gives the marked texts of a person's copy, sorted.
func copied(rt *rapid.T, r *rights.Rights, who id.Subject) []string {
	var b bytes.Buffer
	if _, err := r.Export(context.Background(), who, r.Catalog.Printer(i18n.ID, nil), &b); err != nil {
		rt.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		rt.Fatal(err)
	}
	f, err := z.Open("data.json")
	if err != nil {
		rt.Fatal(err)
	}
	raw, err := io.ReadAll(f)
	if err != nil {
		rt.Fatal(err)
	}
	var data struct {
		Tables []struct{ Rows []map[string]any }
	}
	if err := json.Unmarshal(raw, &data); err != nil {
		rt.Fatal(err)
	}
	out := []string{}
	for _, t := range data.Tables {
		for _, row := range t.Rows {
			for _, v := range row {
				if s, ok := v.(string); ok && marked(s) {
					out = append(out, s)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// marked tells whether a text ends as the markers do.
func marked(s string) bool {
	i := strings.LastIndexByte(s, 'm')
	return i >= 0 && len(s) > i+2 && s[len(s)-1] == 'q' && strings.Trim(s[i+1:len(s)-1], "0123456789") == ""
}
