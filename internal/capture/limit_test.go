package capture_test

import (
	"context"
	"testing"

	"amanah/internal/capture"
	"amanah/internal/extract/email"
	"amanah/internal/id"
	"amanah/internal/inbox"
	"amanah/internal/store"
)

// bounds lets so many mails through.
type bounds struct{ left, took int }

func (b *bounds) MayTake(_ context.Context, _ id.Tenant, what string, _ int64) (string, error) {
	if b.left <= b.took {
		return "billing.limit." + what, nil
	}
	return "", nil
}

func (b *bounds) Took(context.Context, *store.Tx, string) error { b.took++; return nil }

// Over a limit nothing is lost: mails are taken, wait with the reason and are booked
// by themselves, as many as there is room for. What is doubted waits for a person
// still.
func TestLimits(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		b := &bounds{left: 1}
		r.Limits = b
		r.target()
		for i, ref := range []string{"a", "b", "c", "d"} {
			out := r.mail(genuine("<"+ref+"@x>", kopi(func(x *email.Transaction) {
				x.Reference, x.Amount.Minor = ref, x.Amount.Minor+int64(i)*100000
				if ref == "d" {
					x.Confidence, x.Doubt = 0.5, "amount"
				}
			})))
			if out.State != inbox.Done {
				t.Fatalf("mail %s is %s", ref, out.State)
			}
		}
		count := func() (booked, held, doubted int) {
			for _, v := range r.all() {
				switch {
				case v.State == capture.Booked:
					booked++
				case v.Reason == "billing.limit.mails":
					held++
				default:
					doubted++
				}
			}
			return booked, held, doubted
		}
		if x, y, z := count(); x != 1 || y != 2 || z != 1 {
			t.Fatalf("%d booked, %d held, %d doubted", x, y, z)
		}
		sent := len(r.jobs.take())
		for _, c := range []struct{ left, booked, all int }{{1, 0, 1}, {2, 1, 2}, {9, 1, 3}, {9, 0, 3}} {
			b.left = c.left
			n, err := r.ReleaseHeld(t.Context(), r.tenant)
			if x, _, z := count(); err != nil || n != c.booked || x != c.all || z != 1 {
				t.Errorf("room for %d: %d booked now, %d in all, %d doubted (%v)", c.left, n, x, z, err)
			}
		}
		if sent != 1 || len(r.jobs.take()) != 2 {
			t.Errorf("targets were told of %d at once", sent)
		}
	})
}
