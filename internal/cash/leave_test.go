package cash_test

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"amanah/internal/cash"
	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

// depart lets Bagas leave: what he takes goes into books of his own. It gives their
// tenant and the pictures that are left over.
func (r *rig) depart(fate cash.Fate) (id.Tenant, []vault.FileID) {
	r.t.Helper()
	ctx := context.Background()
	var own id.Tenant
	home := store.Scope{Tenant: r.home, Home: r.home, Service: "jagacash", Actor: store.Actor{Kind: "job"}, Purpose: "service"}
	err := r.Write(ctx, home, func(tx *store.Tx) error {
		w, err := tenant.Create(ctx, tx, tenant.New{Kind: tenant.Person, Owner: r.bagas})
		own = w.Key()
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	if fate != cash.FateErased {
		var bag *cash.Luggage
		r.must(r.bagas, func(tx *store.Tx, _ cash.View) (err error) { bag, err = r.Pack(ctx, tx, r.bagas, fate); return err })
		for range 2 { // as after a crash
			err = r.Write(ctx, r.As(own, r.bagas, cash.Record), func(tx *store.Tx) error {
				v, err := r.View(ctx, tx, r.bagas)
				if err != nil {
					return err
				}
				return r.Unpack(ctx, tx, v, bag)
			})
			if err != nil {
				r.t.Fatal(err)
			}
		}
	}
	var files []vault.FileID
	r.must(r.rina, func(tx *store.Tx, v cash.View) (err error) {
		files, err = r.Depart(ctx, tx, v, r.bagas, r.rina, fate)
		return err
	})
	return own, files
}

// sumsOf are the month's sums of a person in any books.
func (r *rig) sumsOf(family id.Tenant, who id.Subject) (in, out int64) {
	r.t.Helper()
	err := r.Read(context.Background(), r.As(family, who, cash.Record), func(tx *store.Tx) error {
		v, err := r.View(context.Background(), tx, who)
		if err != nil {
			return err
		}
		sums, err := r.Sums(context.Background(), tx, v, "2026-11", "2026-11")
		for _, t := range cash.Totalled(sums) {
			in, out = t.In/100, t.Out/100
		}
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return in, out
}

// left counts what of a person is in the family's tables.
func (r *rig) left(who id.Subject) (n int64) {
	r.t.Helper()
	r.must(r.rina, func(tx *store.Tx, _ cash.View) error {
		for _, t := range []string{"cash_accounts", "cash_categories", "cash_merchants", "cash_entries", "cash_items", "cash_splits", "cash_receipts", "cash_history", "ledger_entries", "ledger_postings"} {
			var rows int64
			if err := tx.QueryRow(context.Background(), "SELECT COUNT(*) FROM "+t+" WHERE tenant_id = $1 AND subject = $2", []any{tx.Tenant(), who}, &rows); err != nil {
				return err
			}
			n += rows
		}
		var owned int64
		err := tx.QueryRow(context.Background(), "SELECT COUNT(*) FROM ledger_accounts WHERE tenant_id = $1 AND (owner = $2 OR code LIKE $3)", []any{tx.Tenant(), who, "own." + who.String() + "%"}, &owned)
		n += owned
		return err
	})
	return n
}

func TestDepart(t *testing.T) {
	for fate, want := range map[cash.Fate]struct{ familyOut, ownOut, entries int64 }{
		cash.FateTaken:  {30_000, 90_000, 1},
		cash.FateFreed:  {100_000, 20_000, 2},
		cash.FateErased: {30_000, 0, 1},
	} {
		t.Run(string(fate), func(t *testing.T) {
			both(t, func(t *testing.T, r *rig) {
				ctx := context.Background()
				shared := r.account(r.bagas, cash.NewAccount{Kind: cash.Bank, Name: "Rekening bersama", Shared: true})
				secret := r.account(r.bagas, cash.NewAccount{Kind: cash.Wallet, Name: "Dompet rahasia"})
				mine := spend(70_000, "food_drink", "Warung Sari")
				mine.Account, mine.Note = shared.ID, "catatan Bagas"
				mine.Shares = []cash.Share{{Member: r.rina, Minor: 35_000_00}, {Member: r.bagas, Minor: 35_000_00}}
				r.enter(r.bagas, mine)
				hidden := spend(20_000, "shopping", "Toko Kado")
				hidden.Account = secret.ID
				r.enter(r.bagas, hidden)
				hers := spend(30_000, "groceries", "Pasar Minggu")
				hers.Account = shared.ID
				hers.Shares = []cash.Share{{Member: r.rina, Minor: 10_000_00}, {Member: r.bagas, Minor: 20_000_00}}
				stays := r.enter(r.rina, hers)

				own, _ := r.depart(fate)
				if _, out := r.totals(r.rina); out != want.familyOut {
					t.Errorf("the family spent %d, want %d", out, want.familyOut)
				}
				if _, out := r.sumsOf(own, r.bagas); out != want.ownOut {
					t.Errorf("his own books have %d, want %d", out, want.ownOut)
				}
				if n := r.left(r.bagas); n != 0 {
					t.Errorf("%d rows still name who left", n)
				}
				r.must(r.rina, func(tx *store.Tx, v cash.View) error {
					lines, _, err := r.List(ctx, tx, v, cash.Query{})
					if err != nil || int64(len(lines)) != want.entries {
						t.Errorf("the family sees %d entries, %v", len(lines), err)
					}
					for _, l := range lines {
						if l.Note.Reveal() != "" || l.Subject == r.bagas {
							t.Errorf("an entry still tells of him: %+v", l)
						}
					}
					a, err := r.Account(ctx, tx, v, shared.ID)
					if err != nil || a.Subject != r.rina || a.Name.Reveal() != "Rekening bersama" {
						t.Errorf("the shared account became %+v, %v", a, err)
					}
					// What was hers can still be changed, and its shares are its amount.
					e, err := r.Correct(ctx, tx, v, stays.ID, cash.AnyRevision, func(n *cash.NewEntry) { n.Amount = money.Rupiah(40_000); n.Shares = nil })
					if err != nil {
						return err
					}
					_, err = r.Correct(ctx, tx, v, e.ID, cash.AnyRevision, func(n *cash.NewEntry) { n.Amount = money.Rupiah(30_000) })
					return err
				})
				if fate == cash.FateFreed {
					r.must(r.rina, func(tx *store.Tx, v cash.View) error {
						lines, _, err := r.List(ctx, tx, v, cash.Query{Text: "warung"})
						if err != nil || len(lines) != 1 || !lines[0].Subject.IsZero() {
							t.Errorf("the freed entry: %+v, %v", lines, err)
							return err
						}
						_, err = r.Correct(ctx, tx, v, lines[0].ID, cash.AnyRevision, func(n *cash.NewEntry) { n.Category = "groceries" })
						return err
					})
				}
			})
		})
	}
}

// Whatever a family entered: after somebody left, the others' sums and balances are
// those of their own entries, and what was taken along sums up to what was theirs.
func TestDepart_property(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		rapid.Check(t, func(rt *rapid.T) {
			f := newRig(t, r.Bundle)
			f.t = t
			people := []id.Subject{f.rina, f.bagas}
			accounts := []*cash.Account{f.account(f.rina, cash.NewAccount{Kind: cash.Cash, Shared: true}), f.account(f.bagas, cash.NewAccount{Kind: cash.Bank, Shared: true})}
			mine := f.account(f.bagas, cash.NewAccount{Kind: cash.Wallet})
			var hers, his int64
			for range rapid.IntRange(1, 8).Draw(rt, "entries") {
				i := rapid.IntRange(0, 1).Draw(rt, "who")
				rupiah := int64(rapid.IntRange(1, 900_000).Draw(rt, "rupiah"))
				n := spend(rupiah, "groceries", rapid.SampledFrom([]string{"", "Pasar", "Warung"}).Draw(rt, "shop"))
				n.Account = accounts[rapid.IntRange(0, 1).Draw(rt, "account")].ID
				if i == 1 && rapid.Bool().Draw(rt, "private") {
					n.Account = mine.ID
				}
				if rapid.Bool().Draw(rt, "shared out") && n.Account != mine.ID {
					n.Shares = cash.Even(n.Amount, people)
				}
				e := f.enter(people[i], n)
				if rapid.Bool().Draw(rt, "corrected") {
					f.must(people[i], func(tx *store.Tx, v cash.View) error {
						_, err := f.Correct(context.Background(), tx, v, e.ID, cash.AnyRevision, func(n *cash.NewEntry) { n.Amount = money.Rupiah(rupiah + 1); n.Shares = nil })
						return err
					})
					rupiah++
				}
				if i == 0 {
					hers += rupiah
				} else {
					his += rupiah
				}
			}
			fate := rapid.SampledFrom(cash.Fates()).Draw(rt, "fate")
			own, _ := f.depart(fate)
			_, family := f.totals(f.rina)
			_, taken := f.sumsOf(own, f.bagas)
			switch {
			case fate == cash.FateFreed && family+taken != hers+his, fate != cash.FateFreed && family != hers, fate == cash.FateTaken && taken != his, fate == cash.FateErased && taken != 0:
				rt.Fatalf("%s: hers %d, his %d; then family %d, taken %d", fate, hers, his, family, taken)
			}
			if n := f.left(f.bagas); n != 0 {
				rt.Fatalf("%s: %d rows still name who left", fate, n)
			}
			f.must(f.rina, func(tx *store.Tx, v cash.View) error {
				all, err := f.Holdings(context.Background(), tx, v)
				var sum int64
				for _, h := range all {
					sum += h.Balance.Minor / 100
				}
				if sum != -family {
					rt.Fatalf("%s: accounts hold %d, spent %d", fate, sum, family)
				}
				_, err2 := ledger.Balances(context.Background(), tx)
				if err == nil {
					err = err2
				}
				return err
			})
		})
	})
}
