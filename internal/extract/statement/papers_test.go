package statement

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"amanah/internal/extract/pdf"
	"amanah/internal/money"
)

// want is what a composed paper states, written by the program that composed it
// from the rows and not from this package's reading.
type want struct {
	Issuer        string    `json:"issuer"`
	Layout        string    `json:"layout"`
	Kind          Kind      `json:"kind"`
	Last4         string    `json:"last4"`
	From          string    `json:"from"`
	To            string    `json:"to"`
	StatementDate string    `json:"statement_date"`
	DueDate       string    `json:"due_date"`
	Previous      int64     `json:"previous"`
	Total         int64     `json:"total"`
	Minimum       int64     `json:"minimum"`
	AddsUp        bool      `json:"adds_up"`
	Decided       int       `json:"decided"`
	Sections      int       `json:"sections"`
	Rows          []wantRow `json:"rows"`
}

// wantRow has money that leaves with a minus.
type wantRow struct {
	Date     string `json:"date"`
	Posted   string `json:"posted"`
	Amount   int64  `json:"amount"`
	Original string `json:"original"`
	Card     string `json:"card"`
}

var shared = pdf.New(pdf.Limits{})

func reader(t testing.TB) *Reader {
	t.Helper()
	r, err := New(shared)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func minor(a *money.Amount) int64 {
	if a == nil {
		return -1
	}
	return a.Minor
}

// told is a statement in the shape of want.
func told(st *Statement) want {
	w := want{Issuer: st.Issuer, Layout: st.Layout, Kind: st.Kind, Last4: st.CardLast4, From: isoDay(st.From), To: isoDay(st.To), StatementDate: isoDay(st.StatementDate), DueDate: isoDay(st.DueDate),
		Previous: minor(st.Previous), Total: minor(st.Total), AddsUp: st.Checks.BalanceAddsUp, Decided: st.Checks.SignsDecided, Sections: st.Checks.SectionsAddUp}
	if st.Minimum != nil {
		w.Minimum = st.Minimum.Minor
	}
	for _, r := range st.Rows {
		one := wantRow{Date: isoDay(r.Date), Posted: isoDay(r.Posted), Amount: r.Signed().Minor, Card: r.CardLast4}
		if !r.Original.IsZero() {
			one.Original = r.Original.Decimal() + " " + string(r.Original.Currency)
		}
		w.Rows = append(w.Rows, one)
	}
	return w
}

// TestPapers reads every composed statement as a text with columns, as a PDF in
// letters of different widths, as one in letters of one width, and encrypted.
func TestPapers(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/papers/*.txt")
	if err != nil || len(files) < 12 {
		t.Fatalf("%d papers, %v", len(files), err)
	}
	r := reader(t)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(strings.TrimSuffix(file, ".txt") + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var w want
		if err := json.Unmarshal(raw, &w); err != nil {
			t.Fatal(err)
		}
		squeezed := strings.Join(squeeze(string(text)), "\n")
		for form, in := range map[string][]byte{
			"text":        text,
			"squeezed":    []byte(squeezed),
			"pdf":         render(t, paper{text: string(text)}),
			"typewriter":  render(t, paper{text: string(text), font: "Courier"}),
			"encrypted":   render(t, paper{text: string(text), password: "17081990"}),
			"pdf and CRs": render(t, paper{text: strings.ReplaceAll(string(text), "\n", "\r\n")}),
		} {
			t.Run(filepath.Base(file)+"/"+form, func(t *testing.T) {
				t.Parallel()
				st, err := r.Read(t.Context(), in, Options{Password: "17081990"})
				if err != nil {
					t.Fatal(err)
				}
				got := told(st)
				if form == "squeezed" {
					got.Decided = w.Decided // without places the balances decide more
				}
				if d := cmp.Diff(w, got); d != "" {
					t.Errorf("-want +got\n%s", d)
				}
			})
		}
	}
}

// squeeze leaves one blank between words, as programs do that take the text out
// of a PDF without its places.
func squeeze(text string) []string {
	var out []string
	for s := range strings.Lines(text) {
		out = append(out, strings.Join(strings.Fields(s), " "))
	}
	return out
}

// TestMain is not needed: the pool ends with the process. This test says how
// long the first start takes, so that a change is seen.
func TestWarm(t *testing.T) {
	t.Parallel()
	begin := time.Now()
	if err := shared.Warm(); err != nil {
		t.Fatal(err)
	}
	t.Logf("started within %v", time.Since(begin).Round(time.Millisecond))
}
