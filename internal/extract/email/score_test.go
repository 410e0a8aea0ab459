package email

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// expected is the answer beside a composed sample.
type expected struct {
	ID            string `json:"id"`
	IsTransaction bool   `json:"is_transaction"`
	Kind          string `json:"kind"`
	Transactions  []struct {
		Amount      string   `json:"amount"`
		Currency    string   `json:"currency"`
		Fee         string   `json:"fee"`
		Datetime    string   `json:"datetime"`
		Precision   string   `json:"datetime_precision"`
		Merchant    string   `json:"merchant"`
		Aliases     []string `json:"merchant_aliases"`
		Direction   string   `json:"direction"`
		AccountLast *string  `json:"account_last"`
		Reference   *string  `json:"reference"`
	} `json:"transactions"`
}

// TestScore prints how often each field of the composed samples is right and
// fails on the first that is wrong. Folders in AMANAH_EMAILS are scored too.
func TestScore(t *testing.T) {
	t.Parallel()
	x := newExtractor(t)
	right, of := map[string]int{}, map[string]int{}
	dirs := append([]string{"testdata/composed"}, filepath.SplitList(os.Getenv("AMANAH_EMAILS"))...)
	for _, dir := range dirs {
		folders, _ := filepath.Glob(filepath.Join(dir, "*", "expected.json"))
		if len(folders) == 0 {
			t.Fatalf("no samples in %s", dir)
		}
		for _, f := range folders {
			var want expected
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(b, &want); err != nil {
				t.Fatal(f, err)
			}
			raw, err := os.ReadFile(filepath.Join(filepath.Dir(f), "message.eml"))
			if err != nil {
				t.Fatal(err)
			}
			got, err := x.Extract(raw, Options{})
			if err != nil {
				t.Errorf("%s: %v", want.ID, err)
				continue
			}
			score(t, want, got, right, of)
		}
	}
	for _, f := range []string{"booked", "amount", "currency", "fee", "direction", "time", "merchant", "account", "reference"} {
		t.Logf("%-10s %d/%d", f, right[f], of[f])
	}
}

func score(t *testing.T, want expected, got Result, right, of map[string]int) {
	t.Helper()
	id := want.ID
	check := func(name string, ok bool, got, want string) {
		of[name]++
		if ok {
			right[name]++
			return
		}
		t.Errorf("%s: %s: got %s, want %s", id, name, got, want)
	}
	of["booked"]++
	booked := got.Kind == KindTransaction && len(got.Transactions) == len(want.Transactions)
	if want.IsTransaction != booked || !want.IsTransaction && len(got.Transactions) > 0 {
		t.Errorf("%s: kind %s reason %q with %d transactions, want %d", id, got.Kind, got.Reason, len(got.Transactions), len(want.Transactions))
		return
	}
	right["booked"]++
	for i, w := range want.Transactions {
		g := got.Transactions[i]
		check("amount", g.Amount.Decimal() == w.Amount, g.Amount.Decimal(), w.Amount)
		check("currency", string(g.Amount.Currency) == w.Currency, string(g.Amount.Currency), w.Currency)
		if w.Fee != "0.00" {
			check("fee", g.Fee.Decimal() == w.Fee, g.Fee.Decimal(), w.Fee)
		}
		check("direction", g.Direction == w.Direction, g.Direction, w.Direction)
		at, _ := time.Parse(time.RFC3339, w.Datetime)
		check("time", sameMoment(g.At, at, w.Precision), g.At.Format(time.RFC3339), w.Datetime)
		ok := false
		for _, name := range append(w.Aliases, w.Merchant) {
			ok = ok || onlyName(name) == onlyName(g.Merchant)
		}
		check("merchant", ok, g.Merchant, w.Merchant)
		if w.AccountLast != nil {
			check("account", strings.HasSuffix(g.AccountLast, *w.AccountLast) && g.AccountLast != "", g.AccountLast, *w.AccountLast)
		}
		if w.Reference != nil {
			check("reference", g.Reference == *w.Reference, g.Reference, *w.Reference)
		}
		if g.Confidence < BookAt {
			t.Errorf("%s: confidence %.2f (%s)", id, g.Confidence, g.Doubt)
		}
	}
}

func sameMoment(got, want time.Time, precision string) bool {
	switch precision {
	case "day":
		return got.In(want.Location()).Format(time.DateOnly) == want.Format(time.DateOnly)
	case "minute", "header":
		return got.Truncate(time.Minute).Equal(want.Truncate(time.Minute))
	}
	return got.Equal(want)
}

// onlyName is a name as the scoring compares it.
func onlyName(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 0xc0 {
			return r
		}
		return -1
	}, strings.ToLower(s))
}

func newExtractor(t testing.TB) *Extractor {
	t.Helper()
	x, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return x
}
