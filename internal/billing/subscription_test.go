package billing_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"amanah/internal/billing"
	"amanah/internal/fault"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

func (r *rig) choose(plan string) *billing.Invoice {
	r.t.Helper()
	var inv *billing.Invoice
	r.write(func(tx *store.Tx) (err error) {
		inv, err = r.Choose(r.t.Context(), tx, billing.Customer{Workspace: r.workspace, Subject: r.person, Name: "Rina Maharani"}, plan)
		return err
	})
	return inv
}

func (r *rig) sub() (s billing.Subscription) {
	r.t.Helper()
	r.read(func(tx *store.Tx) error {
		one, _, err := r.SubscriptionOf(r.t.Context(), tx, r.workspace)
		if err == nil {
			s = *one
		}
		return err
	})
	return s
}

func (r *rig) pay(inv *billing.Invoice) {
	r.t.Helper()
	r.write(func(tx *store.Tx) error {
		_, err := r.Record(r.t.Context(), tx, inv.ID, inv.Left(), "", vault.Seal("seen on the statement"))
		return err
	})
}

// on moves the clock by days and lets time do its work, twice.
func (r *rig) on(days int) {
	r.t.Helper()
	r.Manual().Add(time.Duration(days) * 24 * time.Hour)
	for range 2 {
		if err := r.Tick(r.t.Context()); err != nil {
			r.t.Fatal(err)
		}
	}
}

func (r *rig) invoices() (all []billing.Invoice) {
	r.t.Helper()
	r.read(func(tx *store.Tx) (err error) {
		all, err = store.Find[billing.Invoice](r.t.Context(), tx, "WHERE tenant_id = $1 ORDER BY number", tx.Tenant())
		return err
	})
	return all
}

func (r *rig) toldOf() []string {
	var out []string
	for _, n := range r.told {
		out = append(out, strings.TrimPrefix(n.Key, "billing.told."))
	}
	return out
}

// A trial that nobody pays for ends without a debt; one that is paid goes on where
// it would have ended.
func TestSubscription_trial(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		if inv := r.choose("plus"); inv != nil || !r.sub().Trial || r.sub().Plan != "plus" || r.released != 1 {
			t.Fatalf("a trial begins with %+v, %+v", inv, r.sub())
		}
		r.on(8)
		if all := r.invoices(); len(all) != 1 || all[0].Total != 54390_00 || all[0].DueAt != r.sub().Until {
			t.Fatalf("before its end there is %+v", all)
		}
		r.on(7)
		if s := r.sub(); s.Plan != "free" || s.Trial || r.invoices()[0].State != billing.Void {
			t.Errorf("after it: %+v, %s", s, r.invoices()[0].State)
		}
		if got := r.toldOf(); !slices.Equal(got, []string{"new", "soon", "ended"}) && !slices.Equal(got, []string{"new", "ended"}) {
			t.Errorf("told %v", got)
		}
		if inv := r.choose("plus"); inv == nil || r.sub().Plan != "free" {
			t.Errorf("a second trial was given: %+v", r.sub())
		} else {
			r.pay(inv)
		}
		if s := r.sub(); s.Plan != "plus" || s.Until.Time() != r.Clock.Now().AddDate(0, 1, 0) {
			t.Errorf("after payment: %+v", s)
		}
	})
}

// An upgrade holds once it is paid, with the days left taken off; a downgrade when
// the period ends; another choice takes the offer back.
func TestSubscription_changes(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.choose("plus")
		r.pay(r.choose("plus")) // ends the trial ahead: the paid month begins behind it
		if s := r.sub(); s.Trial || s.Until.Time() != r.Clock.Now().AddDate(0, 0, 14).AddDate(0, 1, 0) {
			t.Fatalf("%+v", s)
		}
		r.on(14 + 10)
		offer := r.choose("business")
		// 49.000 × 21 of 31 days, down to whole rupiah: 33.193 off 199.000, with PPN.
		if offer == nil || offer.Net != (199000-33193)*100 || r.sub().Plan != "plus" {
			t.Fatalf("the offer is %+v, the plan %s", offer, r.sub().Plan)
		}
		again := r.choose("business")
		if r.get(offer.ID).State != billing.Void || again.ID == offer.ID {
			t.Error("the first offer stands beside the second")
		}
		r.pay(again)
		if r.sub().Plan != "business" || r.sub().Next != "business" {
			t.Fatalf("%+v", r.sub())
		}
		if r.choose("free") != nil || r.sub().Plan != "business" || r.sub().Next != "free" {
			t.Errorf("a downgrade holds at once: %+v", r.sub())
		}
		r.on(32)
		if r.sub().Plan != "free" {
			t.Errorf("after the period: %+v", r.sub())
		}
		for _, one := range r.invoices() {
			if one.State != billing.Paid && one.State != billing.Void {
				t.Errorf("%s is left %s", one.Number, one.State)
			}
		}
	})
}

// An unpaid bill is told of once a stage; after the grace nothing can be changed,
// and the payment brings all back at once.
func TestStanding(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.choose("plus")
		r.pay(r.choose("plus"))
		until := r.sub().Until.Time()
		standing := func(want billing.Standing, reason string) {
			t.Helper()
			st, err := r.Standing(t.Context(), r.workspace)
			if err != nil || st != want {
				t.Errorf("standing %s, want %s (%v)", st, want, err)
			}
			if why, err := r.MayTake(t.Context(), r.workspace, billing.Mails, -1); err != nil || why != reason {
				t.Errorf("a mail may not be taken for %q, want %q (%v)", why, reason, err)
			}
		}
		r.Manual().Set(until.AddDate(0, 0, -6))
		r.on(0)
		bill := r.invoices()[1]
		if len(r.invoices()) != 2 || bill.DueAt.Time() != until {
			t.Fatalf("the next bill is %+v", bill)
		}
		standing(billing.Fine, "")
		for range 30 {
			r.on(1)
		}
		standing(billing.ReadOnly, billing.ReasonUnpaid)
		if got := r.toldOf(); !slices.Equal(got, []string{"paid", "new", "soon", "today", "late", "again", "readonly"}) {
			t.Errorf("told %v", got)
		}
		// A stranger's workspace is not touched.
		if st, err := r.Standing(t.Context(), r.Tenant()); err != nil || st != billing.Fine {
			t.Errorf("another workspace is %s", st)
		}
		r.pay(&bill)
		standing(billing.Fine, "")
		if s := r.sub(); s.Plan != "plus" || s.From.Time() != until {
			t.Errorf("the period goes on from %s: %+v", until, s)
		}
	})
}

// Over the month's limit there is a reason and one notice; the next month there is
// none.
func TestMayTake_limit(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		in := r.scope()
		in.Tenant = r.workspace
		r.write(func(tx *store.Tx) error { // so that somebody is there to be told
			_, err := r.Choose(t.Context(), tx, billing.Customer{Workspace: r.workspace, Subject: r.person}, "free")
			return err
		})
		for i := range 101 {
			why, err := r.MayTake(t.Context(), r.workspace, billing.Mails, -1)
			if want := map[bool]string{false: "", true: "billing.limit.mails"}[i >= 100]; err != nil || why != want {
				t.Fatalf("mail %d: %q, want %q (%v)", i, why, want, err)
			}
			if err := r.Write(t.Context(), in, func(tx *store.Tx) error { return billing.Took(t.Context(), tx, billing.Mails) }); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := r.MayTake(t.Context(), r.workspace, billing.Mails, -1); err != nil || !slices.Equal(r.toldOf(), []string{"limit"}) {
			t.Errorf("told %v (%v)", r.toldOf(), err)
		}
		for have, want := range map[int64]string{0: "", 1: "billing.limit.targets"} {
			if why, err := r.MayTake(t.Context(), r.workspace, billing.Targets, have); err != nil || why != want {
				t.Errorf("%d targets: %q (%v)", have, why, err)
			}
		}
		r.Manual().Set(time.Date(2026, 11, 30, 17, 0, 0, 0, time.UTC)) // the first of December in Jakarta
		if why, err := r.MayTake(t.Context(), r.workspace, billing.Mails, -1); err != nil || why != "" {
			t.Errorf("the next month: %q (%v)", why, err)
		}
	})
}

// Claims: the proof is looked at by its content, sealed, and decided once.
func TestClaim(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		inv := r.invoice("x", 50000)
		png := []byte("\x89PNG\r\n\x1a\n rest of a picture")
		claim := func(file []byte, rupiah int64) (*billing.Payment, error) {
			return r.KeepClaim(t.Context(), r.scope(), r.person, billing.Claim{Invoice: inv.ID, Amount: money.Rupiah(rupiah), Note: "BCA", File: file})
		}
		for name, c := range map[string]struct {
			file   []byte
			rupiah int64
			want   fault.Code
		}{
			"a page": {[]byte("<html><script>alert(1)</script>"), 1, fault.Invalid}, "a program": {[]byte("MZ\x90\x00"), 1, fault.Invalid},
			"too large": {append(png, make([]byte, billing.MostProof)...), 1, fault.TooLarge}, "nothing": {png, 0, fault.Invalid},
		} {
			if _, err := claim(c.file, c.rupiah); !fault.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		p, err := claim(png, 50000)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := claim(png, 50000); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second claim beside the first: %v", err)
		}
		decide := func(accept bool, rupiah int64, reason string) error {
			return r.Write(t.Context(), r.scope(), func(tx *store.Tx) error {
				return r.Decide(t.Context(), tx, p.ID, accept, money.Rupiah(rupiah), vault.Seal(reason))
			})
		}
		if err := decide(true, 50000, ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("without a reason: %v", err)
		}
		if err := decide(true, 30000, "only part came"); err != nil || r.get(inv.ID).State != billing.PartlyPaid {
			t.Errorf("%v, the invoice is %s", err, r.get(inv.ID).State)
		}
		if err := decide(true, 50000, "again"); !fault.Is(err, fault.Conflict) {
			t.Errorf("decided twice: %v", err)
		}
		if p, err = claim(nil, 20000); err != nil {
			t.Fatal(err)
		}
		if err := decide(false, 0, "nothing came in"); err != nil || r.get(inv.ID).Left() != money.Rupiah(20000) {
			t.Errorf("refused: %v", err)
		}
	})
}

func TestParse_refuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "- {code: a, name: {id: A, en: A}, price: 5}", "- {code: a, name: {id: A, en: A}, price: 0}\n- {code: a, name: {id: B, en: B}, price: 1}",
		"- {code: a, name: {id: A, en: A}, price: 0, limits: {moons: 1}}", "- {code: a, name: {id: A, en: A}, price: 0, limits: {mails: -1}}", "- {code: a, colour: red}"} {
		if _, err := billing.ParsePlans([]byte(text)); err == nil {
			t.Errorf("plans were taken: %s", text)
		}
	}
	for _, text := range []string{"ppn: {name: {id: A, en: A}, rates: []}", "ppn: {name: {id: A, en: A}, rates: [{from: x, rate: 1, of: [1, 1]}]}",
		"ppn: {name: {id: A, en: A}, rates: [{from: 2025-01-01, rate: 1, of: [2, 1]}]}", "ppn: {name: {id: A, en: A}, rates: [{from: 2025-01-01, rate: 1, of: [1, 1]}, {from: 2024-01-01, rate: 1, of: [1, 1]}]}"} {
		if _, err := billing.ParseTaxes([]byte(text)); err == nil {
			t.Errorf("taxes were taken: %s", text)
		}
	}
}
