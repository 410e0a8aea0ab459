package email

import (
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"
)

// tally counts how often each field is right.
type tally struct {
	right, of map[string]int
	wrong     map[string]string // first mistake of a mail by field
}

func (c *tally) note(f string, ok bool, form, got, want string) {
	c.of[f]++
	if ok {
		c.right[f]++
	} else if c.wrong[f] == "" {
		c.wrong[f] = form + ": " + got + ", want " + want
	}
}

// TestAccuracy prints how often each field is right: over the examples as they
// come directly, or, in every form, over the folder AMANAH_UNSEEN.
func TestAccuracy(t *testing.T) {
	t.Parallel()
	x := newExtractor(t)
	files, unseen := exampleFiles(t), os.Getenv("AMANAH_UNSEEN")
	if unseen != "" {
		files, _ = filepath.Glob(filepath.Join(unseen, "*.yaml"))
	}
	c := &tally{right: map[string]int{}, of: map[string]int{}}
	mails, clean := 0, 0
	for _, file := range files {
		for _, ex := range readExamples(t, file) {
			c.wrong = map[string]string{}
			for form, raw := range ex.forms(t) {
				if unseen != "" || strings.HasSuffix(form, "/direct") {
					c.mail(t, x, ex, form, raw)
				}
			}
			mails++
			if len(c.wrong) == 0 {
				clean++
			}
			for f, what := range c.wrong {
				t.Logf("%s | %s | %s", ex.Name, f, what)
			}
		}
	}
	var names []string
	for f := range c.of {
		names = append(names, f)
	}
	sort.Strings(names)
	for _, f := range names {
		t.Logf("%-10s %d/%d %.2f%%", f, c.right[f], c.of[f], 100*float64(c.right[f])/float64(c.of[f]))
		if 100*c.right[f] < 95*c.of[f] {
			t.Errorf("%s is right less often than 95 times of 100", f)
		}
	}
	t.Logf("%d mails, %d right in every form and field", mails, clean)
}

func (c *tally) mail(t *testing.T, x *Extractor, ex example, form, raw string) {
	t.Helper()
	got, err := x.Extract([]byte(raw), Options{})
	if err != nil {
		t.Errorf("%s: %v", ex.Name, err)
		return
	}
	if ex.Want.Kind != KindTransaction {
		c.note("never", len(got.Transactions) == 0, form, string(got.Kind)+" listed", "nothing")
		if ex.Want.Kind != "none" {
			c.note("kind", got.Kind == ex.Want.Kind, form, string(got.Kind)+" "+got.Reason, string(ex.Want.Kind))
		}
		return
	}
	wants := append([]want{ex.Want}, ex.More...)
	c.note("listed", len(got.Transactions) == len(wants), form, string(got.Kind)+" "+got.Reason+" "+itoa(len(got.Transactions)), itoa(len(wants)))
	for i, w := range wants[:min(len(wants), len(got.Transactions))] {
		c.facts(t, w, got.Transactions[i], form)
	}
}

func (c *tally) facts(t *testing.T, w want, g Transaction, form string) {
	t.Helper()
	for _, f := range [][3]string{{"amount", g.Amount.Decimal(), w.Amount}, {"fee", g.Fee.Decimal(), w.Fee}, {"currency", string(g.Amount.Currency), or(w.Currency, "IDR")},
		{"direction", g.Direction, w.Direction}, {"merchant", onlyName(g.Merchant), onlyName(w.Merchant)}, {"account", g.AccountLast, w.Account},
		{"reference", g.Reference, w.Reference}, {"channel", g.Channel, w.Channel}} {
		if f[2] != "" {
			c.note(f[0], f[1] == f[2], form, f[1], f[2])
		}
	}
	if w.At != "" {
		at, err := time.Parse(time.RFC3339, w.At)
		if err != nil {
			t.Fatal(err)
		}
		p := or(w.Precision, "second")
		c.note("time", sameMoment(g.At, at, p) && g.AtPrecision == p, form, g.At.Format(time.RFC3339)+" "+g.AtPrecision, w.At+" "+p)
	}
	c.note("bookable", (g.Confidence >= BookAt) != w.Below, form, g.Doubt, "")
}
