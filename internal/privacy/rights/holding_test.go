package rights_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/rights"
	"amanah/internal/privacy/rights/rightstest"
	"amanah/internal/store/storetest"
	"amanah/internal/vault"
)

// sent is a ledger of transfers with one line.
type sent struct{ rina id.Subject }

func (s sent) Transfers(_ context.Context, who id.Subject) ([]rights.Transfer, error) {
	if who != s.rina {
		return nil, nil
	}
	return []rights.Transfer{
		{Recipient: "target", Categories: []string{"transaction.amount"}, Purpose: "deliver", Times: 2, Last: storetest.Start},
		{Recipient: "target", Categories: []string{"transaction.amount"}, Purpose: "deliver", Times: 1, Last: storetest.Start.Add(-time.Hour)},
	}, nil
}

func TestKept(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, rightstest.Config(nil, nil), func(t *testing.T, w *rightstest.World) {
		old, young := storetest.Start.AddDate(0, 0, -80), storetest.Start.AddDate(0, 0, -10)
		for _, at := range []time.Time{young, old} {
			rightstest.Insert(t, w, w.Us, &rightstest.Mail{Subject: w.Rina, At: clock.At(at), Title: "a", Raw: vault.Seal("isi")})
		}
		rightstest.Insert(t, w, w.Us, &rightstest.Transfer{Payer: w.Dewi, Payee: w.Rina, At: clock.At(young), Minor: 5})
		rightstest.Insert(t, w, w.Home.Tenant, &rightstest.Person{Subject: w.Rina, Name: vault.Seal("Rina Maharani"), Email: "rina@example.com", Password: "x"})
		r := newRights(t, w)
		r.Transfers = sent{w.Rina}
		held, err := r.Kept(context.Background(), w.Rina)
		if err != nil {
			t.Fatal(err)
		}
		find := func(key string) rights.Holding {
			i := slices.IndexFunc(held, func(h rights.Holding) bool { return h.Category.Key == key })
			if i < 0 {
				t.Fatalf("%s is not listed", key)
			}
			return held[i]
		}
		raw := find("mail.raw")
		if raw.Records != 2 || !raw.Oldest.Equal(old) || !raw.Newest.Equal(young) || !raw.First.Equal(old.AddDate(0, 0, 90)) || !raw.Last.Equal(young.AddDate(0, 0, 90)) || len(raw.Purposes) != 2 || len(raw.Got) != 0 {
			t.Errorf("mail.raw: %+v", raw)
		}
		if name := find("account.name"); name.Records != 1 || !name.First.IsZero() || name.Secret {
			t.Errorf("account.name: %+v", name)
		}
		if p := find("account.password"); !p.Secret {
			t.Error("the password is not told as a secret")
		}
		if a := find("transaction.amount"); a.Records != 1 || len(a.Got) != 1 || a.Got[0].Times != 3 || !a.Got[0].Last.Equal(storetest.Start) {
			t.Errorf("transaction.amount: %+v", a)
		}
		if slices.ContainsFunc(held, func(h rights.Holding) bool { return h.Category.Key == "target.address" }) {
			t.Error("a category without a record is listed")
		}
		if _, err := r.Kept(context.Background(), w.Subject()); !fault.Is(err, fault.NotFound) {
			t.Errorf("an unknown person: %v", err)
		}
	})
}

// A text that a spreadsheet would run as a formula is kept from it in the CSV, and
// stands as it is in the JSON.
func TestExport_formulas(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+62 812": "'+62 812", "-5": "'-5", "@cmd": "'@cmd", "\tx": "'\tx", "\rx": "'\rx", "a=1": "a=1", "": "",
	} {
		if got := rights.GuardFormula(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
