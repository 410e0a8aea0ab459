package email

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// TestExamples reads every example mail in every layout and on every way.
func TestExamples(t *testing.T) {
	t.Parallel()
	x := newExtractor(t)
	for _, file := range exampleFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			t.Parallel()
			for _, ex := range readExamples(t, file) {
				for name, raw := range ex.forms(t) {
					got, err := x.Extract([]byte(raw), Options{})
					if err != nil {
						t.Errorf("%s [%s]: %v", ex.Name, name, err)
						continue
					}
					if bad := ex.differ(got, name); bad != "" {
						t.Errorf("%s [%s]: %s", ex.Name, name, bad)
					}
				}
			}
		})
	}
}

// TestExamples_everyIssuerHasSome keeps rules and examples together.
func TestExamples_everyIssuerHasSome(t *testing.T) {
	t.Parallel()
	x := newExtractor(t)
	for _, iss := range x.issuers {
		if _, err := os.Stat("testdata/examples/" + iss.ID + ".yaml"); err != nil {
			t.Errorf("%s has no examples", iss.ID)
		}
	}
}

func exampleFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/examples/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no examples", err)
	}
	return files
}

func readExamples(t testing.TB, file string) []example {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []example
	if err := yaml.UnmarshalWithOptions(b, &out, yaml.Strict()); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return out
}

// forms gives the raw mails of one example by name.
func (ex example) forms(t testing.TB) map[string]string {
	t.Helper()
	d, err := time.Parse(time.RFC3339, ex.Date)
	if err != nil {
		t.Fatalf("%s: %v", ex.Name, err)
	}
	m := mailOf{from: ex.From, subject: ex.Subject, auth: ex.Auth, date: d}
	out := map[string]string{}
	if ex.Text != "" || ex.HTML != "" {
		m.text, m.page = ex.Text, ex.HTML
		if m.text == "" {
			m.text = "-"
		}
		ex.wrapAll(m, "own", out)
		return out
	}
	lines := strings.Split(strings.TrimSpace(ex.Body), "\n")
	m.text = plainText(lines, " : ")
	for name, f := range layouts {
		m.page = f(lines)
		ex.wrapAll(m, name, out)
	}
	m.page = ""
	ex.wrapAll(m, "text-colon", out)
	m.text = plainText(lines, " ")
	ex.wrapAll(m, "text-space", out)
	m.text = plainText(lines, "\n")
	ex.wrapAll(m, "text-lines", out)
	return out
}

// wrapAll puts a mail on every way. A forged mail is only itself when it comes
// directly: what a person quotes carries no proof.
func (ex example) wrapAll(m mailOf, layout string, out map[string]string) {
	for name, wrap := range wrappers {
		if ex.Auth != "" && name != "direct" {
			continue
		}
		if m.page == "" && (name == "base64" || name == "dash") {
			continue
		}
		// Every layout comes directly and forwarded by Gmail; the other ways do
		// not depend on it, so the plainest table and text stand for all.
		if name != "direct" && name != "gmail" && layout != "colons" && layout != "stack" && layout != "text-colon" && layout != "own" {
			continue
		}
		out[layout+"/"+name] = wrap(m)
	}
}

// differ names the first thing that is not as wanted.
func (ex example) differ(got Result, form string) string {
	if ex.Want.Kind == "none" {
		if got.Kind == KindTransaction || len(got.Transactions) > 0 {
			return fmt.Sprintf("booked: %+v", got.Transactions)
		}
		return ""
	}
	if got.Kind != ex.Want.Kind {
		return fmt.Sprintf("kind %s (%s, %s), want %s; %v", got.Kind, got.Reason, got.Rule, ex.Want.Kind, got.Transactions)
	}
	if got.Kind != KindTransaction {
		if len(got.Transactions) > 0 {
			return "has transactions"
		}
		if ex.Want.Reason != "" && got.Reason != ex.Want.Reason {
			return fmt.Sprintf("reason %s, want %s", got.Reason, ex.Want.Reason)
		}
		return ""
	}
	wants := append([]want{ex.Want}, ex.More...)
	if len(got.Transactions) != len(wants) {
		return fmt.Sprintf("%d transactions, want %d", len(got.Transactions), len(wants))
	}
	for i, w := range wants {
		if bad := w.differ(got.Transactions[i], form); bad != "" {
			return bad
		}
	}
	return ""
}

func (w want) differ(g Transaction, form string) string {
	at := ""
	if w.At != "" {
		want, err := time.Parse(time.RFC3339, w.At)
		precision := or(w.Precision, "second")
		if err != nil {
			return err.Error()
		}
		at = want.Format(time.RFC3339)
		if sameMoment(g.At, want, precision) && (g.AtPrecision == precision) {
			at = g.At.Format(time.RFC3339)
		}
	}
	for _, f := range []struct{ name, got, want string }{
		{"amount", g.Amount.Decimal(), w.Amount}, {"fee", g.Fee.Decimal(), w.Fee}, {"currency", string(g.Amount.Currency), or(w.Currency, "IDR")},
		{"direction", g.Direction, w.Direction}, {"at", g.At.Format(time.RFC3339), at}, {"merchant", onlyName(g.Merchant), onlyName(w.Merchant)},
		{"channel", g.Channel, w.Channel}, {"account", g.AccountLast, w.Account}, {"reference", g.Reference, w.Reference}, {"category", g.Category, w.Category},
	} {
		if f.want != "" && f.got != f.want {
			return fmt.Sprintf("%s %q, want %q (%+v)", f.name, f.got, f.want, g)
		}
	}
	if low := g.Confidence < BookAt; low != w.Below {
		return fmt.Sprintf("confidence %.3f (%s)", g.Confidence, g.Doubt)
	}
	return ""
}

func TestExamples_count(t *testing.T) {
	t.Parallel()
	n, forms, kinds := 0, 0, map[Kind]int{}
	for _, f := range exampleFiles(t) {
		for _, ex := range readExamples(t, f) {
			n++
			kinds[ex.Want.Kind]++
			forms += len(ex.forms(t))
		}
	}
	var names []string
	for k, c := range kinds {
		names = append(names, fmt.Sprintf("%s %d", k, c))
	}
	sort.Strings(names)
	t.Logf("%d examples in %d forms: %s", n, forms, strings.Join(names, ", "))
	if n < 150 {
		t.Errorf("%d examples, want 150", n)
	}
}

// TestExamples_hiddenSender: a forward that hides the bank's address is read and
// held, whatever it says: a forger may carry the bank's name.
func TestExamples_hiddenSender(t *testing.T) {
	t.Parallel()
	x := newExtractor(t)
	for _, file := range []string{"bca", "mandiri", "never", "wild"} {
		for _, ex := range readExamples(t, "testdata/examples/"+file+".yaml") {
			if ex.Body == "" || readPerson(ex.From).name == "" {
				continue
			}
			d, err := time.Parse(time.RFC3339, ex.Date)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSpace(ex.Body), "\n")
			m := mailOf{from: ex.From, subject: ex.Subject, date: d, text: plainText(lines, " : "), page: layouts["cells"](lines)}
			got, err := x.Extract([]byte(nameOnly(m)), Options{})
			if err != nil || got.Kind == KindTransaction || len(got.Transactions) > 0 {
				t.Errorf("%s: %s %v", ex.Name, got.Kind, err)
			}
			if ex.Want.Kind == KindTransaction && (len(got.Held) == 0 || got.Held[0].Amount.Decimal() != ex.Want.Amount) && got.Reason != "body.claims_issuer" {
				t.Errorf("%s: nothing held: %+v", ex.Name, got)
			}
		}
	}
}
