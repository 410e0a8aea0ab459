package capture_test

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"amanah/internal/capture"
	"amanah/internal/extract/email"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
)

func (r *rig) view(key id.ID) (v capture.View) {
	r.t.Helper()
	r.read(func(tx *store.Tx) (err error) { v, err = r.View(context.Background(), tx, key); return err })
	return v
}

func (r *rig) sums() (s capture.Sums) {
	r.t.Helper()
	r.read(func(tx *store.Tx) error {
		f, err := r.Month(context.Background(), tx, "2026-11", money.IDR)
		s = f.Sums
		return err
	})
	return s
}

func TestApprove(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		r.target()
		r.mail(genuine("<a@x>", kopi(func(t *email.Transaction) { t.Confidence, t.Doubt = 0.5, "amount" })))
		v := r.all()[0]
		e := v.EditOf()
		e.Amount.Minor, e.Merchant, e.Note = 15000000, "Kopi Tuku Cipete", "rapat"
		e.Fee = -1
		r.write(func(tx *store.Tx) error { return r.Approve(ctx, tx, v.ID, v.Revision, e) })
		got := r.view(v.ID)
		if got.State != capture.Booked || got.Minor != 15000000 || got.MerchantName != "Kopi Tuku Cipete" || got.Note.Reveal() != "rapat" || got.Entry.IsZero() {
			t.Errorf("the row is %+v", got)
		}
		if s := r.sums(); s.Out != 15000000 {
			t.Errorf("the month's sums are %+v", s)
		}
		if n := len(r.jobs.take()); n != 1 {
			t.Errorf("%d jobs, want 1", n)
		}
		err := r.Write(ctx, r.scope(), func(tx *store.Tx) error { return r.Approve(ctx, tx, v.ID, v.Revision, e) })
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("approving twice gives %v", err)
		}
	})
}

// Two people approve the same row at once: one entry.
func TestApprove_race(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		r.mail(genuine("<a@x>", kopi(func(t *email.Transaction) { t.Confidence = 0.5 })))
		v := r.all()[0]
		errs := make(chan error)
		for range 4 {
			go func() {
				errs <- r.Write(ctx, r.scope(), func(tx *store.Tx) error { return r.Approve(ctx, tx, v.ID, v.Revision, v.EditOf()) })
			}()
		}
		won := 0
		for range 4 {
			if err := <-errs; err == nil {
				won++
			} else if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Unavailable) {
				t.Error(err)
			}
		}
		if s := r.sums(); won != 1 || s.Out != 15250000 {
			t.Errorf("%d approvals, the month's sums are %+v", won, s)
		}
	})
}

// A correction reverses and books anew, and the targets hear of it.
func TestCorrect(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		r.target()
		r.mail(genuine("<a@x>", kopi()))
		r.deliver(r.jobs.take()[0])
		v := r.all()[0]
		e := v.EditOf()
		e.Amount.Minor, e.Category = 20000000, "groceries"
		r.write(func(tx *store.Tx) error { return r.Correct(ctx, tx, v.ID, -1, e) })
		if s := r.sums(); s.Out != 20000000 {
			t.Errorf("the month's sums are %+v", s)
		}
		r.read(func(tx *store.Tx) error {
			var n int
			err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM ledger_entries", nil, &n)
			if n != 3 {
				t.Errorf("%d entries, want the first, its reversal and the new one", n)
			}
			return err
		})
		r.deliver(r.jobs.take()[0])
		body, _ := io.ReadAll(r.door.sent[2].Body)
		var got struct {
			Type string
			Data struct{ ID, Amount, Category string }
		}
		if err := json.Unmarshal(body, &got); err != nil || got.Type != "transaction.corrected" || got.Data.Amount != "200000.00" || got.Data.Category != "groceries" || got.Data.ID != v.ID.String() {
			t.Errorf("the target hears %s (%v)", body, err)
		}
		// The merchant's next mail knows the category.
		r.mail(genuine("<b@x>", kopi(func(t *email.Transaction) { t.Reference = "2" })))
		if all := r.all(); all[len(all)-1].Category != "groceries" && all[0].Category != "groceries" {
			t.Error("the category was not learned")
		}
	})
}

func TestReject(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		r.target()
		r.mail(genuine("<a@x>", kopi()))
		r.mail(genuine("<b@x>", kopi(func(t *email.Transaction) { t.Confidence, t.Reference, t.Amount.Minor = 0.3, "2", 5000 })))
		r.jobs.take()
		for _, v := range r.all() {
			r.write(func(tx *store.Tx) error { return r.Reject(ctx, tx, v.ID, v.Revision) })
			want := capture.Reversed
			if v.State == capture.Review {
				want = capture.Rejected
			}
			if got := r.view(v.ID); got.State != want {
				t.Errorf("from %s it went to %s, want %s", v.State, got.State, want)
			}
		}
		if s := r.sums(); s != (capture.Sums{}) {
			t.Errorf("the month's sums are %+v", s)
		}
		tasks := r.jobs.take()
		if len(tasks) != 1 {
			t.Fatalf("%d jobs, want the reversal's", len(tasks))
		}
		r.deliver(tasks[0])
		body, _ := io.ReadAll(r.door.sent[1].Body)
		if !strings.Contains(string(body), `"transaction.reversed"`) || !strings.Contains(string(body), `"status":"reversed"`) {
			t.Errorf("the target hears %s", body)
		}
	})
}

func TestEdit_refuses(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.mail(genuine("<a@x>", kopi()))
		v := r.all()[0]
		for field, change := range map[string]func(e *capture.Edit){
			"amount": func(e *capture.Edit) { e.Amount.Minor = 0 }, "currency": func(e *capture.Edit) { e.Amount.Currency = "rp" }, "fee": func(e *capture.Edit) { e.Fee = e.Amount.Minor + 1 },
			"at": func(e *capture.Edit) { e.At = 0 }, "direction": func(e *capture.Edit) { e.Direction = "up" }, "category": func(e *capture.Edit) { e.Category = "x" },
			"merchant": func(e *capture.Edit) { e.Merchant = strings.Repeat("a", 201) }, "note": func(e *capture.Edit) { e.Note = strings.Repeat("a", 2001) },
		} {
			e := v.EditOf()
			change(&e)
			err := r.Write(context.Background(), r.scope(), func(tx *store.Tx) error { return r.Correct(context.Background(), tx, v.ID, -1, e) })
			if !fault.Is(err, fault.Invalid) || fault.Of(err).Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		e := v.EditOf()
		e.Account = r.IDs.New()
		err := r.Write(context.Background(), r.scope(), func(tx *store.Tx) error { return r.Correct(context.Background(), tx, v.ID, -1, e) })
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("an account that is not there gives %v", err)
		}
	})
}

// Of another tenant nothing is seen and nothing can be done, by any function.
func TestForeignTenant(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		target := r.target()
		r.mail(genuine("<a@x>", kopi()))
		r.mail(genuine("<b@x>", kopi(func(t *email.Transaction) { t.Confidence, t.Reference, t.Amount.Minor = 0.3, "2", 5000 })))
		task := r.jobs.take()[0]
		mine := r.all()
		r.tenant = r.Tenant()
		for _, v := range mine {
			for name, f := range map[string]func(tx *store.Tx) error{
				"View":          func(tx *store.Tx) error { _, err := r.View(ctx, tx, v.ID); return err },
				"Approve":       func(tx *store.Tx) error { return r.Approve(ctx, tx, v.ID, -1, fine(v)) },
				"Correct":       func(tx *store.Tx) error { return r.Correct(ctx, tx, v.ID, -1, fine(v)) },
				"Reject":        func(tx *store.Tx) error { return r.Reject(ctx, tx, v.ID, -1) },
				"Recategorise":  func(tx *store.Tx) error { return r.Recategorise(ctx, tx, v.ID, "other", nil) },
				"PauseTarget":   func(tx *store.Tx) error { return r.PauseTarget(ctx, tx, target) },
				"ResumeTarget":  func(tx *store.Tx) error { return r.ResumeTarget(ctx, tx, target) },
				"RemoveTarget":  func(tx *store.Tx) error { return r.RemoveTarget(ctx, tx, target) },
				"RetryDelivery": func(tx *store.Tx) error { return r.RetryDelivery(ctx, tx, task.ID) },
			} {
				if err := r.Write(ctx, r.scope(), f); !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Conflict) {
					t.Errorf("%s: a stranger gets %v", name, err)
				}
			}
		}
		if _, _, err := r.Test(ctx, r.scope(), target); !fault.Is(err, fault.NotFound) {
			t.Errorf("Test: a stranger gets %v", err)
		}
		sent := r.door.count()
		task.Tenant = r.tenant
		r.deliver(task)
		if r.door.count() != sent {
			t.Error("another tenant's delivery was sent")
		}
		if len(r.all()) != 0 {
			t.Error("a stranger sees transactions")
		}
		r.read(func(tx *store.Tx) error {
			f, err := r.Month(ctx, tx, "2026-11", money.IDR)
			st, err2 := r.Standing(ctx, tx)
			if f.Sums != (capture.Sums{}) || len(f.Merchants)+len(f.Accounts) != 0 || st.Mails != 0 || st.Reviews != 0 {
				t.Errorf("a stranger sees %+v %+v", f, st)
			}
			if err == nil {
				err = err2
			}
			return err
		})
	})
}

func TestAddress(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		first, err := r.Address(ctx, r.scope(), r.person)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := r.Address(ctx, r.scope(), r.person); again != first {
			t.Error("the address changes by itself")
		}
		local, domain, _ := strings.Cut(first, "@")
		if len(local) < 12 || domain != "agent.example.com" || strings.ToLower(local) != local {
			t.Errorf("the address is %d characters at %s", len(local), domain)
		}
		box, err := r.Lookup(ctx, strings.ToUpper(first))
		if err != nil || box.Workspace != r.tenant || box.Subject != r.person {
			t.Errorf("the look-up gives %+v, %v", box, err)
		}
		for _, a := range []string{"", "x@agent.example.com", local, local + "@example.net"} {
			if _, err := r.Lookup(ctx, a); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q gives %v", a, err)
			}
		}
		second, err := r.Renew(ctx, r.scope(), r.person)
		if err != nil || second == first {
			t.Errorf("renewing gives the same address, %v", err)
		}
		if _, err := r.Lookup(ctx, first); !fault.Is(err, fault.NotFound) {
			t.Errorf("a retired address gives %v", err)
		}
		other, err := r.Address(ctx, r.scopeOf(r.Tenant()), r.Subject())
		if err != nil || other == second {
			t.Errorf("another workspace has the same address, %v", err)
		}
	})
}

// fine is an edit that nothing is wrong with.
func fine(v capture.View) capture.Edit {
	e := v.EditOf()
	e.Fee = -1
	return e
}
