package capture_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"amanah/internal/capture"
	"amanah/internal/capture/learning"
	"amanah/internal/extract/email"
	"amanah/internal/id"
	"amanah/internal/store"
)

// tuku is a purchase as the bank writes it, at the n-th branch and time.
func tuku(n int) email.Transaction {
	return kopi(func(t *email.Transaction) {
		t.Merchant, t.Category = fmt.Sprintf("QRIS TUKU JAYA %04d BEKASI", 100+n), "other"
		t.Reference, t.Amount.Minor, t.At = fmt.Sprint("R", n), int64(3_000_000+n*100), t.At.Add(time.Duration(n)*time.Hour)
	})
}

// form is what a person's browser sends who changes these fields of the page.
func form(v capture.View, change ...string) []string {
	out := []string{"revision", strconv.FormatInt(v.Revision, 10), "amount", strconv.FormatInt(v.Minor/100, 10), "currency", "IDR", "direction", v.Direction,
		"at", v.At.Time().In(time.FixedZone("WIB", 7*3600)).Format("2006-01-02T15:04"), "merchant", v.MerchantName, "category", v.Category, "account", v.Account.String(), "fee", "2500"}
	return append(out, change...)
}

// A person who never saw it corrects one wrong merchant, and the next ten mails of
// that merchant are right: of its name, its category, its direction, and of all
// together.
func TestCorrection_nextTenMails(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		for name, change := range map[string]map[string]string{
			"name":      {"merchant": "Kopi Tuku"},
			"category":  {"category": "entertainment"},
			"direction": {"direction": "internal"},
			"all":       {"merchant": "Toko Buku", "category": "education", "direction": "internal"},
		} {
			r.tenant = r.Tenant()
			s := newSite(r)
			r.mail(genuine("<0@bca>", tuku(0)))
			first := r.all()[0]
			sent := map[string]string{}
			for i, f := 0, form(first); i < len(f); i += 2 {
				sent[f[i]] = f[i+1]
			}
			for k, v := range change {
				sent[k] = v
			}
			var flat []string
			for k, v := range sent {
				flat = append(flat, k, v)
			}
			if w := s.post("/ctt/app/transactions/"+first.ID.String(), flat...); w.Code != http.StatusSeeOther {
				t.Fatalf("%s: the form gives %d", name, w.Code)
			}
			for n := 1; n <= 10; n++ {
				r.mail(genuine(fmt.Sprintf("<%d@bca>", n), tuku(n)))
			}
			right := 0
			for _, v := range r.all() {
				want := func(field, is string) bool { return change[field] == "" || change[field] == is }
				if v.ID != first.ID && want("merchant", v.MerchantName) && want("category", v.Category) && want("direction", v.Direction) {
					right++
				}
			}
			if right != 10 {
				t.Errorf("%s: %d of the next ten are right", name, right)
			}
			if page := s.get("/ctt/app/rules").Body.String(); !strings.Contains(page, "QRIS TUKU JAYA 0100 BEKASI") {
				t.Errorf("%s: the rule is not shown", name)
			}
		}
	})
}

// What hangs on one transaction alone teaches nothing, nor does a change that the
// person wants this time only.
func TestCorrection_teachesNothing(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		s := newSite(r)
		r.mail(genuine("<0@bca>", tuku(0)))
		v := r.all()[0]
		if w := s.post("/ctt/app/transactions/"+v.ID.String(), form(v, "amount", "99000", "note", "x")...); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code)
		}
		v = r.view(v.ID)
		e := v.EditOf()
		e.Category, e.Once = "health", true
		r.write(func(tx *store.Tx) error { return r.Correct(context.Background(), tx, v.ID, -1, e) })
		if n := len(r.rules()); n != 0 {
			t.Errorf("%d rules", n)
		}
	})
}

func (r *rig) rules() (out []capture.RuleView) {
	r.t.Helper()
	r.read(func(tx *store.Tx) (err error) { out, err = r.Rules(context.Background(), tx); return err })
	return out
}

func (r *rig) last() (out capture.View) {
	for _, v := range r.all() {
		if v.At > out.At {
			out = v
		}
	}
	return out
}

// correct changes a row as a person does.
func (r *rig) correct(key id.ID, change func(e *capture.Edit)) {
	r.t.Helper()
	v := r.view(key)
	e := v.EditOf()
	change(&e)
	r.write(func(tx *store.Tx) error { return r.Correct(context.Background(), tx, key, -1, e) })
}

// A rule that is off or removed leaves no trace in what comes after it; put back,
// it works again.
func TestRule_offAndRemoved(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		ctx, n := context.Background(), 0
		next := func() string {
			n++
			r.mail(genuine(fmt.Sprintf("<%d@x>", n), tuku(n)))
			return r.last().Category
		}
		before := next()
		r.correct(r.last().ID, func(e *capture.Edit) { e.Category = "education" })
		rule := r.rules()[0]
		for _, step := range []struct {
			to   learning.State
			want string
		}{{learning.On, "education"}, {learning.Off, before}, {learning.On, "education"}, {learning.Removed, before}, {learning.On, "education"}} {
			r.write(func(tx *store.Tx) error { return r.SetRule(ctx, tx, rule.ID, step.to) })
			if got := next(); got != step.want {
				t.Errorf("%s: the next is %s, want %s", step.to, got, step.want)
			}
		}
		r.write(func(tx *store.Tx) error { return r.DropRule(ctx, tx, rule.ID) })
		if got := next(); got != before || len(r.rules()) != 0 || r.sum("SELECT COUNT(*) FROM lessons WHERE tenant_id = $1") != 0 {
			t.Errorf("removed for good, the next is %s", got)
		}
	})
}

// Applying a rule changes earlier ones as corrections, leaves alone what a person
// chose, and can be taken back.
func TestRule_applyAndUndo(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		for n := range 5 {
			r.mail(genuine(fmt.Sprintf("<%d@x>", n), tuku(n)))
		}
		all := r.all()
		was := all[0].Category
		r.correct(all[1].ID, func(e *capture.Edit) { e.Category, e.Once = "health", true })
		r.correct(all[0].ID, func(e *capture.Edit) { e.Category = "education" })
		rule, sums := r.rules()[0].ID, r.sums()
		count := func() map[string]int {
			out := map[string]int{}
			for _, v := range r.all() {
				out[v.Category]++
			}
			return out
		}
		var n int
		r.write(func(tx *store.Tx) (err error) { n, err = r.ApplyRule(ctx, tx, rule, nil); return err })
		if got := count(); n != 3 || got["education"] != 4 || got["health"] != 1 {
			t.Errorf("%d were changed: %v", n, got)
		}
		r.write(func(tx *store.Tx) (err error) { n, err = r.ApplyRule(ctx, tx, rule, nil); return err })
		if n != 0 {
			t.Errorf("applying again changes %d", n)
		}
		r.write(func(tx *store.Tx) (err error) { n, err = r.UndoRule(ctx, tx, rule, nil); return err })
		if got := count(); n != 3 || got["education"] != 1 || got[was] != 3 {
			t.Errorf("%d were taken back: %v", n, got)
		}
		if r.sums() != sums {
			t.Errorf("the sums went from %+v to %+v", sums, r.sums())
		}
	})
}

// A refund keeps its kind though the shop's purchases were corrected, and another
// tenant knows nothing of any rule.
func TestRule_reach(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.mail(genuine("<0@x>", tuku(0)))
		r.correct(r.last().ID, func(e *capture.Edit) { e.Category = "education" })
		back := tuku(1)
		back.Direction, back.Channel, back.Category = "in", "refund", "refund"
		r.mail(genuine("<1@x>", back))
		if got := r.last(); got.Category != "refund" || got.Direction != "in" {
			t.Errorf("the refund is %s %s", got.Direction, got.Category)
		}
		rule := r.rules()[0].ID
		r.tenant = r.Tenant()
		r.mail(genuine("<2@x>", tuku(2)))
		if got := r.last().Category; got == "education" {
			t.Error("another tenant's rule was followed")
		}
		err := r.Write(context.Background(), r.scope(), func(tx *store.Tx) error { return r.SetRule(context.Background(), tx, rule, learning.Off) })
		if err == nil {
			t.Error("another tenant's rule was switched off")
		}
	})
}

// What a rolled-back transaction taught is not known afterwards.
func TestClassifier_rollback(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		r.mail(genuine("<0@x>", tuku(0)))
		v := r.last()
		e := v.EditOf()
		e.Category = "education"
		_ = r.Write(ctx, r.scope(), func(tx *store.Tx) error {
			if err := r.Correct(ctx, tx, v.ID, -1, e); err != nil {
				t.Error(err)
			}
			return fmt.Errorf("the power went")
		})
		r.mail(genuine("<1@x>", tuku(1)))
		if got := r.last().Category; got != v.Category {
			t.Errorf("the next is %s, want %s", got, v.Category)
		}
	})
}
