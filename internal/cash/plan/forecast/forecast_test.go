package forecast_test

import (
	"fmt"
	"math/rand"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"amanah/internal/cash/plan/forecast"
	"amanah/internal/money"
)

func day(t testing.TB, s string) forecast.Day {
	t.Helper()
	d, ok := forecast.DayOf(s)
	if !ok {
		t.Fatal(s)
	}
	return d
}

func rupiah(n int64) int64 { return n * 100 }

// family is three months of a salary, a rent, electricity that moves, groceries
// and one large thing in October, up to 22 November.
func family(t testing.TB) forecast.History {
	h := forecast.History{Currency: money.IDR}
	in := func(d string, n int64, c, m string) {
		h.Entries = append(h.Entries, forecast.Entry{Day: day(t, d), In: true, Minor: rupiah(n), Category: c, Merchant: m})
	}
	out := func(d string, n int64, c, m string) {
		h.Entries = append(h.Entries, forecast.Entry{Day: day(t, d), Minor: rupiah(n), Category: c, Merchant: m})
	}
	for i, m := range []string{"2026-08", "2026-09", "2026-10"} {
		in(m+"-25", 9_000_000, "salary", "")
		out(m+"-01", 2_000_000, "bills", "kontrakan")
		out(m+"-26", []int64{310_000, 350_000, 330_000}[i], "bills", "pln")
		for d := 1; d <= 28; d += 9 { // four times a month, at odd amounts
			out(fmt.Sprintf("%s-%02d", m, d), 150_000*int64(1+d%3*i), "groceries", "")
		}
	}
	out("2026-10-11", 4_500_000, "shopping", "toko")
	out("2026-11-01", 2_000_000, "bills", "kontrakan")
	out("2026-11-05", 700_000, "groceries", "")
	in("2026-11-03", 500_000, "gift", "")
	return h
}

func find(r forecast.Result, k forecast.Kind, category string) (out []forecast.Reason) {
	for _, x := range r.Reasons {
		if x.Kind == k && (category == "" || x.Category == category) {
			out = append(out, x)
		}
	}
	return out
}

func TestMake_saysEachLine(t *testing.T) {
	t.Parallel()
	r := forecast.Make(family(t), day(t, "2026-11-22"))
	if !r.Known || r.Days != 8 || r.Months != 3 {
		t.Fatalf("known %v with %d days left, of %d months", r.Known, r.Days, r.Months)
	}
	if in := find(r, forecast.Income, "salary"); len(in) != 1 || in[0].Minor != rupiah(9_000_000) || in[0].Day != day(t, "2026-11-25") || in[0].Seen != 3 || in[0].Every != forecast.Monthly {
		t.Errorf("the salary is %+v", in)
	}
	bills := find(r, forecast.Bill, "")
	if len(bills) != 1 || bills[0].Merchant != "pln" || bills[0].Minor != -rupiah(330_000) || bills[0].Low != -rupiah(350_000) || bills[0].High != -rupiah(310_000) {
		t.Errorf("expected are %+v; the rent was paid and electricity not", bills)
	}
	if x := find(r, forecast.CameIn, ""); x[0].Minor != rupiah(500_000) {
		t.Errorf("came in %+v", x)
	}
	if x := find(r, forecast.WentOut, ""); x[0].Minor != -rupiah(2_700_000) {
		t.Errorf("went out %+v", x)
	}
	if x := find(r, forecast.Usual, "shopping"); len(x) == 1 && x[0].Minor != 0 {
		t.Errorf("one large thing of October is expected again: %+v", x)
	}
	if x := find(r, forecast.Usual, "groceries"); len(x) != 1 || x[0].Minor >= 0 || x[0].Days != 8 || x[0].Low > x[0].Minor || x[0].High < x[0].Minor {
		t.Errorf("groceries %+v", x)
	}
	if x := find(r, forecast.Income, "gift"); len(x) > 0 {
		t.Errorf("a gift is expected: %+v", x)
	}
}

func TestMake_saysThatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	h := forecast.History{Currency: money.IDR, Entries: []forecast.Entry{{Day: day(t, "2026-11-02"), Minor: 100, Category: "other"}}}
	r := forecast.Make(h, day(t, "2026-11-22"))
	if r.Known || r.Needs != 8 || len(r.Reasons) != 0 || r.Amount.Minor != 0 {
		t.Errorf("of twenty days it says %+v", r)
	}
	if r := forecast.Make(forecast.History{Currency: money.IDR}, day(t, "2026-11-22")); r.Known || r.Needs != forecast.MinDays {
		t.Errorf("of nothing it says %+v", r)
	}
}

func TestMake_whatStoppedIsNotExpected(t *testing.T) {
	t.Parallel()
	h := forecast.History{Currency: money.IDR}
	for _, d := range []string{"2026-05-25", "2026-06-25", "2026-07-25"} {
		h.Entries = append(h.Entries, forecast.Entry{Day: day(t, d), In: true, Minor: rupiah(9_000_000), Category: "salary"})
	}
	r := forecast.Make(h, day(t, "2026-11-22"))
	if len(find(r, forecast.Income, "")) != 0 {
		t.Errorf("a salary that stopped in July is expected: %+v", r.Reasons)
	}
}

func TestMake_aPlanTakesThePlaceOfWhatItRepeats(t *testing.T) {
	t.Parallel()
	h := family(t)
	h.Planned = []forecast.Planned{{Day: day(t, "2026-11-26"), Minor: rupiah(335_000), Category: "bills", Merchant: "pln", Ref: "a"}}
	h.Goals = []forecast.Goal{{Ref: "umrah", Minor: rupiah(1_000_000)}}
	r := forecast.Make(h, day(t, "2026-11-22"))
	if x := find(r, forecast.Bill, ""); len(x) != 0 {
		t.Errorf("electricity counts twice: %+v", x)
	}
	if x := find(r, forecast.PlanOut, ""); len(x) != 1 || x[0].Ref != "a" {
		t.Errorf("the plan is %+v", x)
	}
	without := family(t)
	without.Planned = h.Planned
	if d := forecast.Make(without, day(t, "2026-11-22")).Amount.Minor - r.Amount.Minor; d != rupiah(1_000_000) {
		t.Errorf("the goal takes %d", d)
	}
}

func TestMake_concludesNothingFromWhoObjected(t *testing.T) {
	t.Parallel()
	h := family(t)
	for i := range h.Entries {
		h.Entries[i].Unread = true
	}
	r := forecast.Make(h, day(t, "2026-11-22"))
	if len(r.Reasons) != 2 || r.Amount.Minor != rupiah(500_000-2_700_000) || r.Unread != len(h.Entries) {
		t.Errorf("the month so far is all that may be said: %+v", r)
	}
}

func TestMake_lastDayExpectsNothingUsual(t *testing.T) {
	t.Parallel()
	r := forecast.Make(family(t), day(t, "2026-11-30"))
	for _, x := range find(r, forecast.Usual, "") {
		t.Errorf("in no days left %+v", x)
	}
}

func histories(t *rapid.T) (forecast.History, forecast.Day) {
	today := forecast.Day(rapid.IntRange(20_000, 21_500).Draw(t, "today"))
	h := forecast.History{Currency: rapid.SampledFrom([]money.Currency{"IDR", "USD", "JPY"}).Draw(t, "currency")}
	for range rapid.IntRange(0, 60).Draw(t, "entries") {
		h.Entries = append(h.Entries, forecast.Entry{Day: today - forecast.Day(rapid.IntRange(-3, 240).Draw(t, "back")), In: rapid.Bool().Draw(t, "in"),
			Minor: rapid.Int64Range(1, 1e14).Draw(t, "minor"), Category: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "category"),
			Merchant: rapid.SampledFrom([]string{"", "m", "n"}).Draw(t, "merchant"), Unread: rapid.IntRange(0, 9).Draw(t, "unread") == 0})
	}
	for range rapid.IntRange(0, 4).Draw(t, "repeats") { // something that does repeat
		pause, minor := forecast.Day(rapid.SampledFrom([]int{7, 14, 30}).Draw(t, "pause")), rapid.Int64Range(1e5, 1e9).Draw(t, "much")
		m, in := rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "who"), rapid.Bool().Draw(t, "way")
		for n := range forecast.Day(5) {
			h.Entries = append(h.Entries, forecast.Entry{Day: today - 2 - n*pause, In: in, Minor: minor + int64(n), Category: "r", Merchant: m})
		}
	}
	for range rapid.IntRange(0, 3).Draw(t, "planned") {
		h.Planned = append(h.Planned, forecast.Planned{Day: today + forecast.Day(rapid.IntRange(0, 40).Draw(t, "on")), In: rapid.Bool().Draw(t, "pin"), Minor: rapid.Int64Range(0, 1e12).Draw(t, "pm"), Category: "r", Merchant: "x", Ref: "p"})
	}
	for range rapid.IntRange(0, 2).Draw(t, "goals") {
		h.Goals = append(h.Goals, forecast.Goal{Ref: "g", Minor: rapid.Int64Range(-5, 1e12).Draw(t, "gm")})
	}
	return h, today
}

func TestMake_propertyTheReasonsAreTheAmount(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h, today := histories(t)
		r := forecast.Make(h, today)
		var sum, low, high int64
		for _, x := range r.Reasons {
			if x.Low > x.Minor || x.High < x.Minor {
				t.Fatalf("%+v is outside of its bounds", x)
			}
			sum, low, high = sum+x.Minor, low+x.Low, high+x.High
		}
		if sum != r.Amount.Minor || low != r.Low.Minor || high != r.High.Minor {
			t.Fatalf("the lines come to %d (%d to %d) and the amount is %v", sum, low, high, r)
		}
		if r.Known != (r.Needs == 0) || !r.Known && len(r.Reasons) > 0 {
			t.Fatalf("it says something and does not know: %+v", r)
		}
	})
}

func TestMake_propertyTheOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h, today := histories(t)
		first := forecast.Make(h, today)
		if d := cmp.Diff(first, forecast.Make(h, today)); d != "" {
			t.Fatal("twice the same question: " + d)
		}
		rng := rand.New(rand.NewSource(rapid.Int64().Draw(t, "seed"))) //nolint:gosec // a shuffle
		rng.Shuffle(len(h.Entries), func(i, j int) { h.Entries[i], h.Entries[j] = h.Entries[j], h.Entries[i] })
		rng.Shuffle(len(h.Planned), func(i, j int) { h.Planned[i], h.Planned[j] = h.Planned[j], h.Planned[i] })
		if d := cmp.Diff(first, forecast.Make(h, today)); d != "" {
			t.Fatal("shuffled: " + d)
		}
	})
}
