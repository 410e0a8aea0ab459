package demo_test

import (
	"testing"
	"time"

	"amanah/internal/app/demo"
	"amanah/internal/extract/email"
)

var now = time.Date(2026, 11, 22, 6, 0, 0, 0, time.UTC)

// The demo shows what the program does: every mail of it is read as it was meant.
func TestMails_areReadAsMeant(t *testing.T) {
	t.Parallel()
	x, err := email.New()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[email.Kind]int{}
	issuers := map[string]int{}
	for _, m := range demo.Mails(now, 62) {
		r, err := x.Extract(m.Raw, email.Options{Received: m.At})
		if err != nil {
			t.Fatal(err)
		}
		kinds[r.Kind]++
		if r.Kind != email.KindTransaction {
			continue
		}
		one := r.Transactions[0]
		issuers[one.Issuer]++
		if one.Issuer == "Gojek" && one.AccountLast != "" {
			t.Errorf("a wallet without a number has the last digits %s\n%s", one.AccountLast, m.Raw)
		}
		if one.Confidence < email.BookAt || one.Merchant == "" || one.At.Sub(m.At).Abs() > time.Minute {
			t.Errorf("%s: confidence %.2f (%s), at %s for %s\n%s", r.Rule, one.Confidence, one.Doubt, one.At, m.At, m.Raw)
		}
	}
	for _, k := range []email.Kind{email.KindTransaction, email.KindOTP, email.KindPromo, email.KindFailed, email.KindSuspicious} {
		if kinds[k] == 0 {
			t.Errorf("no mail of the kind %s: %v", k, kinds)
		}
	}
	if len(issuers) < 6 || kinds[email.KindTransaction] < 100 {
		t.Errorf("%d transactions of %v: not a life of two months", kinds[email.KindTransaction], issuers)
	}
}

// Twice the same, so that what people are shown can be described.
func TestMails_deterministic(t *testing.T) {
	t.Parallel()
	a, b := demo.Mails(now, 30), demo.Mails(now, 30)
	for i := range a {
		if string(a[i].Raw) != string(b[i].Raw) || a[i].At.After(now) {
			t.Fatalf("mail %d differs or lies in the future", i)
		}
	}
}
