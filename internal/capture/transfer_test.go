package capture_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"amanah/internal/capture"
	"amanah/internal/extract/email"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
)

// half is one side of a transfer of rupiah, as its bank tells of it.
func half(direction, issuer, last, other, ref string, rupiah int64, minutes int) email.Transaction {
	return email.Transaction{Status: "success", Direction: direction, Amount: money.Amount{Minor: rupiah * 100, Currency: money.IDR}, At: time.Date(2026, 11, 10, 3, minutes, 0, 0, time.UTC),
		AtPrecision: "second", Merchant: other, Issuer: issuer, AccountLast: last, AccountName: "Rina Maharani", Channel: "transfer", Reference: ref, Category: map[string]string{"in": "income"}[direction], Confidence: 0.98}
}

func from(t email.Transaction) email.Result {
	res := genuine(t.Reference+t.Issuer+t.Direction, t)
	res.Issuer = t.Issuer
	return res
}

func (r *rig) pairs(state capture.TransferState) (out []capture.Pair) {
	r.t.Helper()
	for _, v := range r.all() {
		r.read(func(tx *store.Tx) error {
			ps, err := r.Pairs(context.Background(), tx, v.ID)
			for _, p := range ps {
				if p.State == state && p.Out == v.ID {
					out = append(out, p)
				}
			}
			return err
		})
	}
	return out
}

func TestTransfer(t *testing.T) {
	fee := func(t email.Transaction, rupiah int64) email.Transaction {
		t.Amount.Minor += rupiah * 100
		t.Fee = money.Amount{Minor: rupiah * 100, Currency: money.IDR}
		return t
	}
	unsaid := func(t email.Transaction, rupiah int64) email.Transaction { t.Amount.Minor += rupiah * 100; return t }
	topup := half("out", "BCA", "1234", "GoPay Topup", "1", 100000, 0)
	topup.Channel = "topup"
	filled := half("internal", "GoPay", "", "", "2", 100000, 1)
	filled.Channel = "topup"
	late := half("in", "Mandiri", "9876", "RINA MAHARANI", "2", 250000, 0)
	late.At = late.At.Add(50 * time.Hour)
	shop := half("out", "BCA", "1234", "Kopi Tuku", "1", 250000, 0)
	shop.Channel, shop.Category = "qris", "food_drink"
	cases := []struct {
		name             string
		a, b             email.Transaction
		linked, proposed int
		out, in          int64
	}{
		{"own name", half("out", "BCA", "1234", "RINA MAHARANI", "1", 250000, 0), half("in", "Mandiri", "9876", "RINA MAHARANI", "2", 250000, 3), 1, 0, 0, 0},
		{"digits of the other account", half("out", "BCA", "1234", "Mandiri ****9876", "1", 250000, 0), half("in", "Mandiri", "9876", "", "2", 250000, 3), 1, 0, 0, 0},
		{"fee stated", fee(half("out", "BCA", "1234", "RINA MAHARANI", "1", 250000, 0), 2500), half("in", "Mandiri", "9876", "X", "2", 250000, 3), 1, 0, 250000, 0},
		{"fee not stated", unsaid(half("out", "BCA", "1234", "RINA MAHARANI", "1", 250000, 0), 2500), half("in", "Mandiri", "9876", "X", "2", 250000, 3), 0, 1, 25250000, 25000000},
		{"wallet filled", topup, filled, 1, 0, 0, 0},
		{"amount alone", half("out", "BCA", "1234", "Bagas Prakoso", "1", 250000, 0), half("in", "Mandiri", "9876", "Dewi Anggraini", "2", 250000, 3), 0, 1, 25000000, 25000000},
		{"too late", half("out", "BCA", "1234", "RINA MAHARANI", "1", 250000, 0), late, 0, 0, 25000000, 25000000},
		{"a purchase", shop, half("in", "Mandiri", "9876", "Dewi Anggraini", "2", 250000, 3), 0, 0, 25000000, 25000000},
		{"one account", half("out", "BCA", "1234", "RINA MAHARANI", "1", 250000, 0), half("in", "BCA", "1234", "RINA MAHARANI", "2", 250000, 3), 0, 0, 25000000, 25000000},
	}
	both(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		for _, c := range cases {
			for _, swap := range []bool{false, true} {
				r.tenant = r.Tenant()
				one, two := from(c.a), from(c.b)
				if swap {
					one, two = two, one
				}
				r.mail(one)
				before := r.sums()
				r.mail(two)
				linked, proposed := r.pairs(capture.Linked), r.pairs(capture.Proposed)
				if s := r.sums(); len(linked) != c.linked || len(proposed) != c.proposed || s != (capture.Sums{In: c.in, Out: c.out}) {
					t.Errorf("%s (swapped %v): %d linked, %d proposed, sums %+v", c.name, swap, len(linked), len(proposed), s)
				}
				if clearing := r.clearing(); clearing != 0 {
					t.Errorf("%s: %d are left in the clearing account", c.name, clearing)
				}
				for _, p := range linked {
					r.write(func(tx *store.Tx) error { return r.UnlinkTransfer(ctx, tx, p.ID, nil) })
				}
				if c.linked == 1 && c.name == "own name" {
					if s := r.sums(); s != (capture.Sums{In: 25000000, Out: 25000000}) {
						t.Errorf("taken apart: %+v, before the second %+v", s, before)
					}
				}
				for _, p := range proposed {
					r.write(func(tx *store.Tx) error { return r.LinkTransfer(ctx, tx, p.ID, nil) })
					if s := r.sums(); s.In != 0 || s.Out > 250000 || r.clearing() != 0 {
						t.Errorf("%s: linked by a person: %+v", c.name, s)
					}
				}
			}
		}
	})
}

// clearing is what lies in the clearing account.
func (r *rig) clearing() (n int64) {
	r.t.Helper()
	r.read(func(tx *store.Tx) error {
		all, err := ledger.Balances(context.Background(), tx)
		for _, h := range all {
			if h.Code == "clearing.IDR" {
				n = h.Balance.Minor
			}
		}
		return err
	})
	return n
}

// In whatever order the halves of transfers, purchases and repeated mails come
// in, and whatever a person takes apart between: each account moved what its own
// mails said, nothing is booked twice, and the books balance.
func TestTransfer_anyOrder(t *testing.T) {
	t.Parallel()
	b := storetest.Open(t, "sqlite", config)
	rapid.Check(t, func(rt *rapid.T) {
		r := newRig(t, b)
		ctx := context.Background()
		var mails []email.Result
		want := map[string]int64{}
		add := func(x email.Transaction) {
			mails = append(mails, from(x))
			sign := int64(1)
			if x.Direction == "out" {
				sign = -1
			}
			want[x.Issuer] += sign * x.Amount.Minor
		}
		for i := range rapid.IntRange(1, 4).Draw(rt, "transfers") {
			rupiah := int64(rapid.IntRange(1, 3).Draw(rt, "amount")) * 50000
			fee := int64(rapid.SampledFrom([]int{0, 2500}).Draw(rt, "fee"))
			other := rapid.SampledFrom([]string{"RINA MAHARANI", "Dewi Anggraini"}).Draw(rt, "other")
			out := half("out", "BCA", "1234", other, fmt.Sprint("O", i), rupiah+fee, i*7)
			if rapid.Bool().Draw(rt, "stated") && fee > 0 {
				out.Fee = money.Amount{Minor: fee * 100, Currency: money.IDR}
			}
			add(out)
			if rapid.IntRange(0, 4).Draw(rt, "arrives") > 0 {
				add(half("in", "Mandiri", "9876", other, fmt.Sprint("I", i), rupiah, i*7+3))
			}
		}
		for i := range rapid.IntRange(0, 2).Draw(rt, "purchases") {
			x := half("out", "BCA", "1234", "Kopi Tuku", fmt.Sprint("K", i), 50000, 90+i)
			x.Channel = "qris"
			add(x)
		}
		for _, i := range rapid.Permutation(indexes(len(mails))).Draw(rt, "order") {
			r.mail(mails[i])
			if rapid.IntRange(0, 3).Draw(rt, "again") == 0 {
				r.mail(mails[i])
			}
			if ps := r.pairs(capture.Linked); len(ps) > 0 && rapid.IntRange(0, 5).Draw(rt, "apart") == 0 {
				r.write(func(tx *store.Tx) error { return r.UnlinkTransfer(ctx, tx, ps[0].ID, nil) })
			}
			if ps := r.pairs(capture.Proposed); len(ps) > 0 && rapid.IntRange(0, 3).Draw(rt, "together") == 0 {
				r.write(func(tx *store.Tx) error { return r.LinkTransfer(ctx, tx, ps[0].ID, nil) })
			}
		}
		waits := map[string]int64{}
		for _, v := range r.all() {
			if v.State == capture.Review {
				sign := int64(1)
				if v.Direction == "out" {
					sign = -1
				}
				waits[v.Issuer] += sign * v.Minor
			}
		}
		r.read(func(tx *store.Tx) error {
			all, err := ledger.Balances(ctx, tx)
			as := map[string]int64{}
			total := int64(0)
			for _, h := range all {
				total += h.Balance.Minor
				switch {
				case h.Code == "clearing.IDR":
					as["clearing"] = h.Balance.Minor
				case len(h.Code) > 40:
					as["own"] += h.Balance.Minor
				}
			}
			if own := want["BCA"] + want["Mandiri"] - waits["BCA"] - waits["Mandiri"]; as["own"] != own || as["clearing"] != 0 || total != 0 {
				rt.Errorf("the accounts hold %d, want %d; clearing %d; all %d", as["own"], own, as["clearing"], total)
			}
			return err
		})
	})
}

func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}
