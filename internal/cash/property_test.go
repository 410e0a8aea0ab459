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
	"amanah/internal/store/storetest"
)

// Whatever is entered, corrected, shared, taken back and restored: the books sum to
// zero, and a month's figures are those of its entries, for everybody who looks.
func TestBooks_property(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		rapid.Check(t, func(rt *rapid.T) {
			r := newRig(t, b)
			people := []id.Subject{r.rina, r.bagas}
			accounts := []id.ID{{}, r.account(r.rina, cash.NewAccount{Kind: cash.Bank, Shared: true}).ID, r.account(r.rina, cash.NewAccount{Kind: cash.Card, Shared: true, Holds: 500}).ID}
			var keys []id.ID
			owners := map[id.ID]id.Subject{}
			for range rapid.IntRange(1, 12).Draw(rt, "acts") {
				n := cash.NewEntry{Kind: rapid.SampledFrom([]cash.Kind{cash.Out, cash.In, cash.Transfer}).Draw(rt, "kind"), Amount: money.Amount{Minor: rapid.Int64Range(1, 1_000_000).Draw(rt, "minor"), Currency: money.IDR},
					At: now.AddDate(0, 0, -rapid.IntRange(0, 40).Draw(rt, "days")), Private: rapid.Bool().Draw(rt, "private"), Account: rapid.SampledFrom(accounts).Draw(rt, "account")}
				if n.Kind == cash.Transfer {
					n.Account, n.To = accounts[1], accounts[2]
				}
				act := rapid.SampledFrom([]string{"enter", "enter", "correct", "undo", "restore", "share"}).Draw(rt, "act")
				if len(keys) == 0 || act == "enter" {
					who := rapid.SampledFrom(people).Draw(rt, "who")
					e := r.enter(who, n)
					keys = append(keys, e.ID)
					owners[e.ID] = who
					continue
				}
				key := rapid.SampledFrom(keys).Draw(rt, "key")
				// A refusal changes nothing: the invariants below hold all the same.
				_ = r.as(owners[key], func(tx *store.Tx, v cash.View) (err error) {
					switch act {
					case "correct":
						_, err = r.Correct(ctx, tx, v, key, cash.AnyRevision, func(was *cash.NewEntry) { n.Account = was.Account; *was = n })
					case "undo":
						_, err = r.Undo(ctx, tx, v, key)
					case "restore":
						_, err = r.Restore(ctx, tx, v, key)
					case "share":
						_, err = r.Correct(ctx, tx, v, key, cash.AnyRevision, func(was *cash.NewEntry) { was.Shares = cash.Even(was.Amount, people) })
					}
					return err
				})
			}
			r.balanced(rt)
			for _, who := range []id.Subject{r.rina, r.bagas, r.dewi} {
				r.agrees(rt, who)
			}
		})
	})
}

func (r *rig) balanced(rt *rapid.T) {
	var sum int64
	r.must(r.rina, func(tx *store.Tx, _ cash.View) error {
		all, err := ledger.Balances(context.Background(), tx)
		for _, h := range all {
			sum += h.Balance.Minor
		}
		return err
	})
	if sum != 0 {
		rt.Fatalf("the books are out by %d", sum)
	}
}

// agrees holds the months' figures against the entries that the person sees.
func (r *rig) agrees(rt *rapid.T, who id.Subject) {
	want, got := map[string]int64{}, map[string]int64{}
	r.must(who, func(tx *store.Tx, v cash.View) error {
		rows, _, err := r.List(context.Background(), tx, v, cash.Query{Limit: 500})
		if err != nil {
			return err
		}
		for _, l := range rows {
			if l.Kind == cash.In || l.Kind == cash.Out {
				want[l.Month+string(l.Kind)+l.Category] += l.Minor
			}
		}
		sums, err := r.Sums(context.Background(), tx, v, "2026-09", "2026-12")
		for _, k := range sums {
			got[k.Month+string(k.Kind)+k.Category] += k.Minor
		}
		return err
	})
	for _, pair := range []map[string]int64{want, got} {
		for k := range pair {
			if want[k] != got[k] {
				rt.Fatalf("%s: the entries say %d, the month %d", k, want[k], got[k])
			}
		}
	}
}
