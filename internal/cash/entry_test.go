package cash_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"amanah/internal/cash"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/store"
)

var ctx = context.Background()

func TestEnter_isBookedAndCounted(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		e := r.enter(r.rina, spend(87_500, "groceries", "Indomaret"))
		r.enter(r.rina, cash.NewEntry{Kind: cash.In, Amount: money.Rupiah(5_000_000), At: now, Note: "gaji November"})
		if in, out := r.totals(r.bagas); in != 5_000_000 || out != 87_500 {
			t.Errorf("the month has %d in, %d out", in, out)
		}
		r.must(r.rina, func(tx *store.Tx, v cash.View) error {
			b, err := ledger.Read(ctx, tx, e.Booked)
			if err == nil && (len(b.Lines) != 2 || b.Lines[0].Amount.Minor+b.Lines[1].Amount.Minor != 0) {
				t.Errorf("booked %v", b.Lines)
			}
			all, _, err2 := r.List(ctx, tx, v, cash.Query{})
			got := map[string]string{}
			for _, l := range all {
				got[l.Category] = l.Shop
			}
			if err2 != nil || len(all) != 2 || got["groceries"] != "Indomaret" || got["salary"] != "" {
				t.Errorf("the list has %+v %v", all, err2)
			}
			return err
		})
		r.must(r.rina, func(tx *store.Tx, v cash.View) error {
			if _, err := r.Undo(ctx, tx, v, e.ID); err != nil {
				return err
			}
			_, err := r.Undo(ctx, tx, v, e.ID)
			return err
		})
		if _, out := r.totals(r.rina); out != 0 {
			t.Errorf("%d are still out after it was taken back", out)
		}
		r.must(r.rina, func(tx *store.Tx, v cash.View) error { _, err := r.Restore(ctx, tx, v, e.ID); return err })
		if _, out := r.totals(r.rina); out != 87_500 {
			t.Errorf("%d are out after it was booked again", out)
		}
	})
}

func TestCorrect_keepsWhatWas(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		e := r.enter(r.rina, spend(25_000, "food_drink", "Kopi Tuku"))
		r.must(r.rina, func(tx *store.Tx, v cash.View) error {
			_, err := r.Correct(ctx, tx, v, e.ID, 0, func(n *cash.NewEntry) { n.Amount, n.Category = money.Rupiah(52_000), "groceries" })
			return err
		})
		err := r.as(r.rina, func(tx *store.Tx, v cash.View) error {
			_, err := r.Correct(ctx, tx, v, e.ID, 0, func(n *cash.NewEntry) { n.Amount = money.Rupiah(1) })
			return err
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("a form that was opened before the change changes it: %v", err)
		}
		if _, out := r.totals(r.rina); out != 52_000 {
			t.Errorf("out is %d", out)
		}
		r.must(r.rina, func(tx *store.Tx, v cash.View) error {
			h, err := r.History(ctx, tx, v, e.ID)
			if err == nil && (len(h) != 1 || h[0].Before.Minor != 2_500_000 || h[0].Before.Category != "food_drink" || h[0].Editor != r.rina || h[0].Before.Merchant != "Kopi Tuku") {
				t.Errorf("the history is %+v", h)
			}
			return err
		})
		// The merchant's category was learned.
		if next := r.enter(r.rina, spend(10_000, "", "kopi  TUKU")); next.Category != "groceries" {
			t.Errorf("the next one of the merchant is %s", next.Category)
		}
	})
}

func TestEnter_onceForASource(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		n := spend(1000, "other", "")
		n.Source = "call:1"
		a, b := r.enter(r.rina, n), r.enter(r.rina, n)
		if a.ID != b.ID {
			t.Error("booked twice")
		}
		if _, out := r.totals(r.rina); out != 1000 {
			t.Errorf("out is %d", out)
		}
	})
}

func TestTransfer(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		bca := r.account(r.rina, cash.NewAccount{Kind: cash.Bank, Name: "BCA", Shared: true, Holds: money.Rupiah(1_000_000).Minor})
		dana := r.account(r.rina, cash.NewAccount{Kind: cash.Wallet, Name: "DANA", Shared: true})
		usd := r.account(r.rina, cash.NewAccount{Kind: cash.Bank, Name: "Dolar", Currency: "USD", Shared: true})
		card := r.account(r.rina, cash.NewAccount{Kind: cash.Card, Name: "Visa", Shared: true, Holds: money.Rupiah(300_000).Minor})
		r.enter(r.rina, cash.NewEntry{Kind: cash.Transfer, Amount: money.Rupiah(250_000), At: now, Account: bca.ID, To: dana.ID})
		r.enter(r.rina, cash.NewEntry{Kind: cash.Transfer, Amount: money.Rupiah(160_000), Arrived: money.Amount{Minor: 1000, Currency: "USD"}, At: now, Account: bca.ID, To: usd.ID})
		r.enter(r.rina, cash.NewEntry{Kind: cash.Transfer, Amount: money.Rupiah(100_000), At: now, Account: bca.ID, To: card.ID})
		if in, out := r.totals(r.rina); in != 0 || out != 0 {
			t.Errorf("transfers count as %d in and %d out", in, out)
		}
		got := map[string]int64{}
		r.must(r.rina, func(tx *store.Tx, v cash.View) error {
			all, err := r.Holdings(ctx, tx, v)
			for _, h := range all {
				got[h.Name.Reveal()] = h.Balance.Minor / 100
			}
			return err
		})
		if diff := cmp.Diff(map[string]int64{"BCA": 490_000, "DANA": 250_000, "Dolar": 10, "Visa": -200_000}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestEnter_refuses(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		own := r.account(r.bagas, cash.NewAccount{Kind: cash.Bank, Name: "Rahasia"})
		for name, c := range map[string]struct {
			change func(*cash.NewEntry)
			field  string
		}{
			"nothing":          {func(n *cash.NewEntry) { n.Amount.Minor = 0 }, "amount"},
			"less":             {func(n *cash.NewEntry) { n.Amount.Minor = -5 }, "amount"},
			"too much":         {func(n *cash.NewEntry) { n.Amount.Minor = 1 << 62 }, "amount"},
			"no date":          {func(n *cash.NewEntry) { n.At = n.At.AddDate(-2026, 0, 0) }, "at"},
			"far future":       {func(n *cash.NewEntry) { n.At = n.At.AddDate(5, 0, 0) }, "at"},
			"unknown kind":     {func(n *cash.NewEntry) { n.Kind = "gift" }, "kind"},
			"unknown category": {func(n *cash.NewEntry) { n.Category = "x'; DROP TABLE" }, "category"},
			"another's":        {func(n *cash.NewEntry) { n.Account = own.ID }, "account"},
			"no such account":  {func(n *cash.NewEntry) { n.Account = r.IDs.New() }, "account"},
			"to nowhere":       {func(n *cash.NewEntry) { n.Kind = cash.Transfer }, "to"},
			"shares of a stranger": {func(n *cash.NewEntry) {
				n.Shares = []cash.Share{{Member: r.tono, Minor: n.Amount.Minor}}
			}, "shares"},
			"shares too small": {func(n *cash.NewEntry) { n.Shares = []cash.Share{{Member: r.rina, Minor: 1}} }, "shares"},
		} {
			n := spend(1000, "other", "Warung")
			c.change(&n)
			err := r.as(r.rina, func(tx *store.Tx, v cash.View) error { _, _, err := r.Enter(ctx, tx, v, n); return err })
			if !fault.Is(err, fault.Invalid) || fault.Of(err).Field != c.field {
				t.Errorf("%s: %v", name, err)
			}
		}
		if in, out := r.totals(r.rina); in != 0 || out != 0 {
			t.Error("something was booked")
		}
	})
}

// What is private is nobody else's: no list, no sum, no entry, no change.
func TestPrivate(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		secret := r.account(r.bagas, cash.NewAccount{Kind: cash.Bank, Name: "Tabungan kejutan", Holds: 100})
		gift := spend(400_000, "shopping", "Toko Emas")
		gift.Private = true
		hidden := r.enter(r.bagas, gift)
		more := spend(50_000, "shopping", "Toko Bunga")
		more.Account = secret.ID
		more.Private = false
		alsoHidden := r.enter(r.bagas, more)
		r.enter(r.bagas, spend(10_000, "food_drink", "Bakso"))
		if !alsoHidden.Private {
			t.Error("what is paid from a private account is not private")
		}
		if _, out := r.totals(r.bagas); out != 460_000 {
			t.Errorf("who entered it sees %d", out)
		}
		for name, who := range map[string]id.Subject{"the owner": r.rina, "a viewer": r.dewi} {
			if _, out := r.totals(who); out != 10_000 {
				t.Errorf("%s sees %d", name, out)
			}
			r.must(who, func(tx *store.Tx, v cash.View) error {
				all, _, err := r.List(ctx, tx, v, cash.Query{})
				if len(all) != 1 {
					t.Errorf("%s sees %d entries", name, len(all))
				}
				found, _, err2 := r.List(ctx, tx, v, cash.Query{Text: "toko"})
				if len(found) != 0 || err2 != nil {
					t.Errorf("%s finds %v %v", name, found, err2)
				}
				for _, e := range []*cash.Entry{hidden, alsoHidden} {
					if _, err := r.Entry(ctx, tx, v, e.ID); !fault.Is(err, fault.NotFound) {
						t.Errorf("%s reads it: %v", name, err)
					}
					if _, err := r.History(ctx, tx, v, e.ID); !fault.Is(err, fault.NotFound) {
						t.Errorf("%s reads its history: %v", name, err)
					}
					if _, err := r.Undo(ctx, tx, v, e.ID); !fault.Is(err, fault.NotFound) {
						t.Errorf("%s takes it back: %v", name, err)
					}
				}
				held, err3 := r.Holdings(ctx, tx, v)
				for _, h := range held {
					if h.ID == secret.ID {
						t.Errorf("%s sees the account", name)
					}
				}
				if err == nil {
					err = err3
				}
				return err
			})
		}
	})
}

func TestSplit(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		e := r.enter(r.rina, spend(100_000, "food_drink", "Sate"))
		r.must(r.rina, func(tx *store.Tx, v cash.View) error {
			_, err := r.SetShares(ctx, tx, v, e.ID, cash.Even(e.Amount(), []id.Subject{r.rina, r.bagas, r.dewi}))
			return err
		})
		r.must(r.bagas, func(tx *store.Tx, v cash.View) error {
			got, err := r.Shares(ctx, tx, e)
			if len(got) != 3 || got[0] != (cash.Share{Member: r.rina, Minor: 3_333_400}) || got[1].Minor != 3_333_300 || got[2].Minor != 3_333_300 {
				t.Errorf("shared as %+v", got)
			}
			owed, err2 := r.Owed(ctx, tx, v, "2026-11-01", "2026-11-30")
			if err2 != nil || owed[r.rina][money.IDR] != 6_666_600 || owed[r.bagas][money.IDR] != -3_333_300 {
				t.Errorf("owed %v %v", owed, err2)
			}
			return err
		})
	})
}

// A stranger, another family and who may only look.
func TestRights(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		e := r.enter(r.rina, spend(1000, "other", "Warung"))
		if err := r.as(r.tono, func(*store.Tx, cash.View) error { return nil }); !fault.Is(err, fault.NotFound) {
			t.Errorf("a stranger gets in: %v", err)
		}
		for name, c := range map[string]struct {
			who  id.Subject
			f    func(tx *store.Tx, v cash.View) error
			code fault.Code
		}{
			"a viewer enters": {r.dewi, func(tx *store.Tx, v cash.View) error {
				_, _, err := r.Enter(ctx, tx, v, spend(1, "other", ""))
				return err
			}, fault.Forbidden},
			"a viewer takes back": {r.dewi, func(tx *store.Tx, v cash.View) error { _, err := r.Undo(ctx, tx, v, e.ID); return err }, fault.Forbidden},
			"a viewer adds an account": {r.dewi, func(tx *store.Tx, v cash.View) error {
				_, err := r.AddAccount(ctx, tx, v, cash.NewAccount{Kind: cash.Cash})
				return err
			}, fault.Forbidden},
			"a viewer adds a category": {r.dewi, func(tx *store.Tx, v cash.View) error {
				_, err := r.AddCategory(ctx, tx, v, cash.Out, "Kucing")
				return err
			}, fault.Forbidden},
			"a member changes another's": {r.bagas, func(tx *store.Tx, v cash.View) error {
				_, err := r.Correct(ctx, tx, v, e.ID, cash.AnyRevision, func(n *cash.NewEntry) { n.Note = "punya saya" })
				return err
			}, fault.Forbidden},
		} {
			if err := r.as(c.who, c.f); !fault.Is(err, c.code) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
