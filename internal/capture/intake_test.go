package capture_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"amanah/internal/capture"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
)

func fileRow(line int64, day int, rupiah int64, name string) capture.Row {
	return capture.Row{Line: line, Direction: "out", Amount: money.Amount{Minor: rupiah * 100, Currency: money.IDR}, At: time.Date(2026, 11, day, 5, 0, 0, 0, time.UTC),
		Precision: "day", Merchant: name, Reference: "TRSF " + name, Fingerprint: fmt.Sprint(day, rupiah, name)}
}

func (r *rig) takeRows(in capture.Intake) (out []capture.State) {
	r.t.Helper()
	r.write(func(tx *store.Tx) (err error) {
		out, err = r.TakeRows(context.Background(), tx, in)
		return err
	})
	return out
}

func (r *rig) sum(text string) (n int64) {
	r.t.Helper()
	r.read(func(tx *store.Tx) error {
		return tx.QueryRow(context.Background(), text, []any{tx.Tenant()}, &n)
	})
	return n
}

func TestTakeRows(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.target()
		r.jobs.take()
		r.mail(genuine("one", kopi()))
		r.jobs.take()
		in := capture.Intake{Source: r.IDs.New(), Subject: r.person, Issuer: "BCA", Last: "1234", Rule: "bca/csv@1", Rows: []capture.Row{
			fileRow(2, 20, 45_000, "Warung Sari"), fileRow(3, 20, 45_000, "Warung Sari"), fileRow(4, 22, 152_500, "Kopi Tuku QR"),
			{Line: 5, Direction: "in", Amount: money.Amount{Minor: 500_000_00, Currency: money.IDR}, At: time.Date(2026, 10, 2, 3, 0, 0, 0, time.UTC), Merchant: "PT Contoh"},
		}}
		// The second row has the first's fingerprint: its own file numbers repeats, so
		// here it stands for a row that the file holds twice. The third is what the
		// mail told of, by the bank's own word for the shop.
		want := []capture.State{capture.Booked, capture.Same, capture.Same, capture.Booked}
		if diff := cmp.Diff(want, r.takeRows(in)); diff != "" {
			t.Error(diff)
		}
		if n := len(r.jobs.take()); n != 0 {
			t.Errorf("%d deliveries of rows that nobody is to be told of", n)
		}
		spent := "SELECT SUM(debit - credit) FROM ledger_accounts WHERE tenant_id = $1 AND kind = 'expense'"
		before, rows := r.sum(spent), len(r.all())
		if before != 45_000_00+15250000 {
			t.Errorf("expenses sum up to %d", before)
		}
		if months := r.sum("SELECT SUM(debit - credit) FROM ledger_months WHERE tenant_id = $1"); months != 0 {
			t.Errorf("the months do not balance: %d", months)
		}
		all := []capture.State{capture.Same, capture.Same, capture.Same, capture.Same}
		if diff := cmp.Diff(all, r.takeRows(in)); diff != "" {
			t.Errorf("again: %s", diff)
		}
		in.Source = r.IDs.New()
		if diff := cmp.Diff([]capture.State{capture.Same, capture.Same, capture.Same}, r.takeRows(first3(in))); diff != "" {
			t.Errorf("in another file: %s", diff)
		}
		if after := r.sum(spent); after != before || len(r.all()) != rows {
			t.Errorf("repetition changed %d to %d, %d to %d rows", before, after, rows, len(r.all()))
		}
		in.Source, in.Tell, in.Rows = r.IDs.New(), true, []capture.Row{fileRow(1, 3, 9_000, "Parkir")}
		r.takeRows(in)
		if n := len(r.jobs.take()); n != 1 {
			t.Errorf("%d deliveries of a row that the target is to be told of", n)
		}
	})
}

func first3(in capture.Intake) capture.Intake { in.Rows = in.Rows[:3]; return in }

func TestTakeRows_refused(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		for name, row := range map[string]capture.Row{
			"nothing":  {Line: 1, At: time.Unix(1, 0), Amount: money.Amount{Currency: money.IDR}},
			"below":    {Line: 1, At: time.Unix(1, 0), Amount: money.Amount{Minor: -5, Currency: money.IDR}},
			"timeless": {Line: 1, Amount: money.Amount{Minor: 5, Currency: money.IDR}},
		} {
			err := r.Write(context.Background(), r.scope(), func(tx *store.Tx) error {
				_, err := r.TakeRows(context.Background(), tx, capture.Intake{Source: id.ID{1}, Subject: r.person, Rows: []capture.Row{fileRow(9, 1, 5, "x"), row}})
				return err
			})
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := len(r.all()); n != 0 {
			t.Errorf("%d rows of refused pieces", n)
		}
	})
}
