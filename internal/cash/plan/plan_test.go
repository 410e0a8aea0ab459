package plan_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"amanah/internal/cash"
	"amanah/internal/cash/plan"
	"amanah/internal/cash/plan/forecast"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/money"
	"amanah/internal/store"
)

func TestOutlook_isSaidLineByLine(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.months(r.rina)
		o := r.outlook(r.bagas, "2026-11")
		got := map[forecast.Kind]bool{}
		var sum int64
		for _, x := range o.Reasons {
			got[x.Kind] = true
			sum += x.Minor
			if x.Kind == forecast.Bill && o.Shops[x.Merchant] != "PLN" {
				t.Errorf("the bill's name is %q", o.Shops[x.Merchant])
			}
		}
		if !o.Known || sum != o.Amount.Minor || !got[forecast.Income] || !got[forecast.Bill] || !got[forecast.Usual] {
			t.Errorf("the forecast is %+v", o)
		}
		if past := r.outlook(r.rina, "2026-10"); !past.Known || past.Amount != money.Rupiah(9_000_000-350_000-1_800_000) || past.Why != "plan.why.past" {
			t.Errorf("October left %v", past.Amount)
		}
		if next := r.outlook(r.rina, "2026-12"); next.Known || next.Why != "plan.why.future" {
			t.Errorf("of December it says %+v", next)
		}
	})
}

func TestOutlook_leavesOutWhatIsPrivateOfOthers(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.months(r.rina)
		before, own := r.outlook(r.bagas, "2026-11"), r.outlook(r.rina, "2026-11")
		r.enter(r.rina, "2026-11-20", cash.Out, 1_000_000, "shopping", "Toko", func(n *cash.NewEntry) { n.Private = true })
		if d := cmp.Diff(before.Result, r.outlook(r.bagas, "2026-11").Result); d != "" {
			t.Errorf("what Rina bought for herself shows to Bagas: %s", d)
		}
		if after := r.outlook(r.rina, "2026-11"); after.Amount.Minor != own.Amount.Minor-money.Rupiah(1_000_000).Minor {
			t.Errorf("Rina's own forecast goes from %v to %v", own.Amount, after.Amount)
		}
	})
}

func TestOutlook_whoObjectedIsToldNone(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.months(r.rina)
		r.gate.closed[r.rina] = true
		if o := r.outlook(r.rina, "2026-11"); o.Known || o.Why != "plan.why.objected" || len(o.Reasons) > 0 {
			t.Errorf("after the objection it says %+v", o)
		}
		o := r.outlook(r.bagas, "2026-11")
		if o.Unread == 0 || o.Amount != money.Rupiah(-700_000) {
			t.Errorf("from entries of who objected something is concluded for others: %+v", o)
		}
		if e := r.enter(r.rina, "2026-11-21", cash.Out, 10_000, "", "Indomaret"); e.Category != "other" {
			t.Errorf("a category is guessed after the objection: %s", e.Category)
		}
		if e := r.enter(r.bagas, "2026-11-21", cash.Out, 10_000, "", "Indomaret"); e.Category != "groceries" {
			t.Errorf("Bagas did not object, and gets %s", e.Category)
		}
	})
}

func TestSavable_ofAYoungFamilySaysSo(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.enter(r.rina, "2026-11-20", cash.Out, 25_000, "food_drink", "")
		r.must(r.rina, func(tx *store.Tx, v cash.View) error {
			_, why, ok, err := r.Savable(ctx, tx, v, "2026-11")
			if ok || why != "plan.why.young" {
				t.Errorf("after four days it says %v %s", ok, why)
			}
			return err
		})
	})
}

func TestBudgets_carryAndOnce(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		set := func(b plan.Budget) error {
			b.Currency = money.IDR
			return r.as(r.rina, func(tx *store.Tx, v cash.View) error { return r.SetBudget(ctx, tx, v, b) })
		}
		for _, b := range []plan.Budget{
			{Category: "groceries", Month: "2026-09", Minor: money.Rupiah(1_000_000).Minor, Carry: true}, {Category: "groceries", Month: "2026-09", Minor: money.Rupiah(1_000_000).Minor, Carry: true},
			{Category: plan.All, Month: "2026-10", Minor: money.Rupiah(5_000_000).Minor}, {Category: "health", Month: "2026-11", Once: true, Minor: 100},
		} {
			if err := set(b); err != nil {
				t.Fatal(err)
			}
		}
		r.enter(r.rina, "2026-09-10", cash.Out, 700_000, "groceries", "")
		r.enter(r.bagas, "2026-10-10", cash.Out, 1_100_000, "groceries", "")
		r.enter(r.bagas, "2026-11-10", cash.Out, 400_000, "groceries", "")
		r.enter(r.rina, "2026-11-10", cash.Out, 50_000, "groceries", "", func(n *cash.NewEntry) { n.Private = true })
		at := func(who id.Subject, month string) (out []plan.Line) {
			r.must(who, func(tx *store.Tx, v cash.View) (err error) { out, err = r.Budgets(ctx, tx, v, month); return err })
			return out
		}
		got := at(r.dewi, "2026-11")
		if len(got) != 3 || got[0].Category != plan.All || got[0].Spent != money.Rupiah(400_000).Minor {
			t.Fatalf("November has %+v", got)
		}
		// 300,000 were left of September, of that and October's million 200,000.
		if g := got[1]; g.Category != "groceries" || g.Carried != money.Rupiah(200_000).Minor || g.Left() != money.Rupiah(800_000).Minor {
			t.Errorf("groceries %+v", g)
		}
		if g := at(r.rina, "2026-11")[1]; g.Spent != money.Rupiah(450_000).Minor {
			t.Errorf("Rina spent %d, also what is private", g.Spent)
		}
		if dec := at(r.rina, "2026-12"); len(dec) != 2 {
			t.Errorf("what was for November alone goes on: %+v", dec)
		}
		for _, b := range []plan.Budget{{Category: "nonsense", Month: "2026-11"}, {Category: "salary", Month: "2026-11"}, {Category: "health", Month: "2026-13"}, {Category: "health", Month: "2026-11", Minor: -1}} {
			is(t, set(b), fault.Invalid)
		}
		is(t, r.as(r.dewi, func(tx *store.Tx, v cash.View) error {
			return r.SetBudget(ctx, tx, v, plan.Budget{Category: "health", Month: "2026-11", Currency: money.IDR, Minor: 1})
		}), fault.Forbidden)
	})
}

func TestGoals_takeTheirShare(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.months(r.rina)
		before := r.outlook(r.rina, "2026-11").Amount.Minor
		var umrah, gift *plan.Goal
		r.must(r.rina, func(tx *store.Tx, v cash.View) (err error) {
			if umrah, err = r.AddGoal(ctx, tx, v, plan.NewGoal{Name: "Umrah", Amount: money.Rupiah(12_000_000), Due: "2027-02-10", Shared: true}); err != nil {
				return err
			}
			gift, err = r.AddGoal(ctx, tx, v, plan.NewGoal{Name: "Kado Bagas", Amount: money.Rupiah(900_000), Due: "2026-12-31"})
			return err
		})
		put := func(who id.Subject, g id.ID, rupiah int64) error {
			return r.as(who, func(tx *store.Tx, v cash.View) error {
				_, err := r.PutAside(ctx, tx, v, g, money.Rupiah(rupiah).Minor)
				return err
			})
		}
		// Four months for twelve million, two for nine hundred thousand.
		if took := before - r.outlook(r.rina, "2026-11").Amount.Minor; took != money.Rupiah(3_450_000).Minor {
			t.Errorf("both goals take %d", took)
		}
		if took := before - r.outlook(r.bagas, "2026-11").Amount.Minor; took != money.Rupiah(3_000_000).Minor {
			t.Errorf("Bagas sees %d go, and a goal that is not his", took)
		}
		if err := put(r.bagas, umrah.ID, 2_000_000); err != nil {
			t.Fatal(err)
		}
		if took := before - r.outlook(r.bagas, "2026-11").Amount.Minor; took != money.Rupiah(3_000_000).Minor {
			t.Errorf("putting a part aside changes the share to %d", took)
		}
		is(t, put(r.bagas, gift.ID, 1), fault.NotFound)
		is(t, put(r.rina, umrah.ID, -2_000_001), fault.Invalid)
		is(t, put(r.dewi, umrah.ID, 1), fault.Forbidden)
		is(t, r.in(r.other, r.tono, func(tx *store.Tx, v cash.View) error { _, err := r.Goal(ctx, tx, v, umrah.ID); return err }), fault.NotFound)
		r.must(r.dewi, func(tx *store.Tx, v cash.View) error {
			all, err := r.Goals(ctx, tx, v)
			if len(all) != 1 || all[0].Put != money.Rupiah(2_000_000).Minor {
				t.Errorf("Dewi sees %+v", all)
			}
			return err
		})
	})
}

func (r *rig) repeat(who id.Subject, n plan.NewRepeat) *plan.Repeat {
	r.t.Helper()
	var out *plan.Repeat
	r.must(who, func(tx *store.Tx, v cash.View) (err error) { out, err = r.AddRepeat(ctx, tx, v, n); return err })
	return out
}

func (r *rig) book() {
	r.t.Helper()
	if err := r.Book(ctx, job.Task{}); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) days(who id.Subject) (out []string) {
	r.must(who, func(tx *store.Tx, v cash.View) error {
		all, _, err := r.cash.List(ctx, tx, v, cash.Query{Way: cash.ByRepeat, Asc: true})
		for _, l := range all {
			out = append(out, l.Day)
		}
		return err
	})
	return out
}

func TestRepeats_areBookedOnceForEachDate(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		week := plan.NewRepeat{Kind: cash.Out, Amount: money.Rupiah(150_000), Category: "household", Merchant: "Bu Sri", Schedule: plan.Schedule{Every: plan.Week, Step: 1, First: "2026-11-20"}}
		r.repeat(r.rina, week)
		end := plan.NewRepeat{Kind: cash.In, Amount: money.Rupiah(500_000), Category: "income", Schedule: plan.Schedule{Every: plan.Month, Step: 1, First: "2026-08-31"}}
		r.repeat(r.bagas, end)
		r.book()
		want := []string{"2026-08-31", "2026-09-30", "2026-10-31", "2026-11-20"}
		if d := cmp.Diff(want, r.days(r.rina)); d != "" {
			t.Fatal(d)
		}
		r.book()
		if d := cmp.Diff(want, r.days(r.rina)); d != "" {
			t.Fatal("twice: " + d)
		}
		r.Manual().Add(15 * 24 * time.Hour) // the machine was off; now it is 9 December
		errs := make(chan error, 2)
		for range 2 { // two nodes at once
			go func() { errs <- r.Book(ctx, job.Task{}) }()
		}
		for range 2 {
			if err := <-errs; err != nil && !fault.Is(err, fault.Unavailable) {
				t.Error(err)
			}
		}
		r.book()
		if d := cmp.Diff(append(want, "2026-11-27", "2026-11-30", "2026-12-04"), r.days(r.rina)); d != "" {
			t.Fatal("after the pause: " + d)
		}
	})
}

func TestRepeats_theDayIsTheFamilys(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.Manual().Set(time.Date(2026, 11, 24, 16, 50, 0, 0, time.UTC)) // 23:50 in Jakarta
		r.repeat(r.rina, plan.NewRepeat{Kind: cash.Out, Amount: money.Rupiah(1000), Schedule: plan.Schedule{Every: plan.Month, Step: 1, First: "2026-11-25"}})
		if r.book(); len(r.days(r.rina)) != 0 {
			t.Error("booked before its day")
		}
		r.Manual().Add(11 * time.Minute)
		if r.book(); len(r.days(r.rina)) != 1 {
			t.Error("not booked on its day, which is still yesterday in UTC")
		}
	})
}

func TestRepeats_thatAskWait(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		p := r.repeat(r.rina, plan.NewRepeat{Kind: cash.Out, Amount: money.Rupiah(300_000), Category: "bills", Merchant: "PLN", Asks: true, Schedule: plan.Schedule{Every: plan.Month, Step: 1, First: "2026-11-20"}})
		r.book()
		if len(r.days(r.rina)) != 0 {
			t.Fatal("booked without being asked")
		}
		decide := func(who id.Subject, book bool) error {
			return r.as(who, func(tx *store.Tx, v cash.View) error {
				return r.Decide(ctx, tx, v, p.ID, "2026-11-20", book, money.Rupiah(312_500).Minor)
			})
		}
		is(t, decide(r.bagas, true), fault.Forbidden)
		for range 2 {
			if err := decide(r.rina, true); err != nil {
				t.Fatal(err)
			}
		}
		if err := decide(r.rina, false); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{"2026-11-20"}, r.days(r.rina)); d != "" {
			t.Error(d)
		}
		if o := r.outlook(r.rina, "2026-11"); o.Known {
			t.Errorf("four days are enough: %+v", o)
		}
		if err := r.as(r.rina, func(tx *store.Tx, v cash.View) error { return r.EndRepeat(ctx, tx, v, p.ID) }); err != nil {
			t.Fatal(err)
		}
		r.Manual().Add(60 * 24 * time.Hour)
		if r.book(); len(r.days(r.rina)) != 1 {
			t.Error("what ended goes on")
		}
	})
}

func TestAddRepeat_refuses(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		good := plan.NewRepeat{Kind: cash.Out, Amount: money.Rupiah(1000), Schedule: plan.Schedule{Every: plan.Month, Step: 1, First: "2026-12-01"}}
		for name, change := range map[string]func(*plan.NewRepeat){
			"an opening": func(n *plan.NewRepeat) { n.Kind = cash.Opening }, "nothing": func(n *plan.NewRepeat) { n.Amount.Minor = 0 },
			"no day": func(n *plan.NewRepeat) { n.First = "2026-02-30" }, "an end before": func(n *plan.NewRepeat) { n.Until = "2026-01-01" },
			"no step": func(n *plan.NewRepeat) { n.Step = 0 }, "a strange unit": func(n *plan.NewRepeat) { n.Every = "second" },
			"ten years ago": func(n *plan.NewRepeat) { n.First = "2016-01-01" }, "an account of nobody": func(n *plan.NewRepeat) { n.Account = id.ID(r.rina) },
			"a transfer to nowhere": func(n *plan.NewRepeat) { n.Kind = cash.Transfer }, "a category of nobody": func(n *plan.NewRepeat) { n.Category = "x" },
		} {
			n := good
			change(&n)
			err := r.as(r.rina, func(tx *store.Tx, v cash.View) error { _, err := r.AddRepeat(ctx, tx, v, n); return err })
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestSettleUp(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		share := func(whole int64, who ...id.Subject) func(*cash.NewEntry) {
			return func(n *cash.NewEntry) { n.Shares = cash.Even(money.Rupiah(whole), who) }
		}
		r.enter(r.rina, "2026-11-10", cash.Out, 300_000, "groceries", "", share(300_000, r.rina, r.bagas, r.dewi))
		r.enter(r.bagas, "2026-11-11", cash.Out, 60_000, "food_drink", "", share(60_000, r.rina, r.bagas))
		list := func() (out []plan.Payment) {
			r.must(r.dewi, func(tx *store.Tx, v cash.View) (err error) { out, err = r.SettleUp(ctx, tx, v); return err })
			return out
		}
		want := []plan.Payment{{From: r.dewi, To: r.rina, Amount: money.Rupiah(100_000)}, {From: r.bagas, To: r.rina, Amount: money.Rupiah(70_000)}}
		if d := cmp.Diff(want, list()); d != "" {
			t.Fatal(d)
		}
		is(t, r.as(r.bagas, func(tx *store.Tx, v cash.View) error { return r.Pay(ctx, tx, v, want[0]) }), fault.Forbidden)
		is(t, r.as(r.bagas, func(tx *store.Tx, v cash.View) error {
			return r.Pay(ctx, tx, v, plan.Payment{From: r.bagas, To: r.tono, Amount: money.Rupiah(1)})
		}), fault.Invalid)
		r.must(r.bagas, func(tx *store.Tx, v cash.View) error { return r.Pay(ctx, tx, v, want[1]) })
		if d := cmp.Diff(want[:1], list()); d != "" {
			t.Error(d)
		}
	})
}
