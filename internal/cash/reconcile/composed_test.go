package reconcile

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"amanah/internal/extract/pdf"
	"amanah/internal/extract/statement"
	"amanah/internal/money"
)

// sets are a result as the composed example counts it.
type sets struct {
	Matched    [][2]any `json:"matched"`
	Differs    [][2]any `json:"amount_differs"`
	Missing    []int    `json:"missing_in_ledger"`
	Extra      []string `json:"not_on_statement"`
	NotCard    []string `json:"not_card"`
	Transfers  []int    `json:"transfers"`
	Cancelled  [][2]int `json:"cancelled_pairs"`
	Duplicates []string `json:"ledger_duplicates,omitempty"`
	Notes      string   `json:"notes"`
}

func setsOf(r Result) sets {
	pairs := func(ms []Match) (out [][2]any) {
		for _, m := range ms {
			for _, l := range m.Lines {
				for _, e := range m.Entries {
					out = append(out, [2]any{float64(l), e})
				}
			}
		}
		return out
	}
	s := sets{Matched: pairs(r.Matched), Differs: pairs(r.Differing), NotCard: r.Elsewhere}
	for _, m := range r.Missing {
		s.Missing = append(s.Missing, m.Line)
	}
	for _, e := range r.Extra {
		if e.Of != "" {
			s.Duplicates = append(s.Duplicates, e.Entry)
		} else {
			s.Extra = append(s.Extra, e.Entry)
		}
	}
	for _, m := range r.Transfers {
		s.Transfers = append(s.Transfers, m.Lines...)
	}
	for _, p := range r.Cancelled {
		s.Cancelled = append(s.Cancelled, [2]int{p.Line, p.By})
	}
	return s
}

const composed = "../../extract/statement/testdata/composed"

func parse(t *testing.T, file string, v any) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(raw, v)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestComposed reads each composed PDF and holds it against its ledger. AMANAH_STATEMENTS
// names a folder of more of the kind.
func TestComposed(t *testing.T) {
	t.Parallel()
	dir := composed
	if d := os.Getenv("AMANAH_STATEMENTS"); d != "" {
		dir = d
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "statement.pdf"))
	if err != nil || len(files) == 0 {
		t.Fatal("no composed statements", err)
	}
	reader := pdf.New(pdf.Limits{})
	t.Cleanup(func() { _ = reader.Close() })
	read, err := statement.New(reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		var facts struct {
			Password string `json:"password"`
			Rows     []struct {
				Date   string `json:"date"`
				Posted string `json:"posted"`
				Amount int64  `json:"amount"`
				Type   string `json:"type"`
			} `json:"rows"`
		}
		folder := filepath.Dir(file)
		parse(t, filepath.Join(folder, "expected.json"), &facts)
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		st, err := read.Read(t.Context(), raw, statement.Options{Password: facts.Password})
		if err != nil {
			t.Fatal(err)
		}
		if !st.Checks.BalanceAddsUp || len(st.Rows) != len(facts.Rows) {
			t.Errorf("%s: %d rows of %d, adds up %v", folder, len(st.Rows), len(facts.Rows), st.Checks.BalanceAddsUp)
		}
		for i, r := range st.Rows {
			w := facts.Rows[i]
			if got := r.Date.Format(time.DateOnly); got != w.Date || r.Posted.Format(time.DateOnly) != w.Posted || r.Signed().Minor != -w.Amount*100 || string(r.Type) != w.Type {
				t.Errorf("line %d: %s %v %s, want %+v", i+1, got, r.Signed().Decimal(), r.Type, w)
			}
		}
		lines, balances, options := Of(st)
		result := Reconcile(lines, ledger(t, folder), balances, options)
		var want sets
		parse(t, filepath.Join(folder, "reconcile_expected.json"), &want)
		want.Notes = ""
		if d := cmp.Diff(want, setsOf(result)); d != "" {
			t.Errorf("%s: -want +got\n%s", folder, d)
		}
		if !result.Proof.Explained {
			t.Errorf("%+v", result.Proof)
		}
	}
}

func ledger(t *testing.T, folder string) []Entry {
	t.Helper()
	var raw []struct {
		ID       string `json:"id"`
		Date     string `json:"date"`
		Merchant string `json:"merchant"`
		Amount   int64  `json:"amount"`
		Source   string `json:"source"`
	}
	parse(t, filepath.Join(folder, "ledger.json"), &raw)
	var out []Entry
	for _, e := range raw {
		out = append(out, Entry{ID: e.ID, Date: day(e.Date), Merchant: e.Merchant, Amount: money.Rupiah(e.Amount), Elsewhere: e.Source == "cash"})
	}
	return out
}

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}
