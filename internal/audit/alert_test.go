package audit_test

import (
	"slices"
	"testing"
	"time"

	"amanah/internal/audit"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
)

func TestWatch(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		l, rina := newLog(t, b), b.Subject()
		watch := func() (kinds []string) {
			t.Helper()
			write(t, b, l.Home, func(tx *store.Tx) error {
				found, err := audit.Watch(t.Context(), tx)
				for _, a := range found {
					kinds = append(kinds, a.Kind)
				}
				return err
			})
			slices.Sort(kinds)
			return kinds
		}
		want := func(when string, kinds ...string) {
			t.Helper()
			if got := watch(); !slices.Equal(got, kinds) {
				t.Errorf("%s: %v, want %v", when, got, kinds)
			}
		}
		for range 9 {
			record(t, b, l.Home, id.Subject{}, rina, "signin.failed")
		}
		want("nine failures of one account")
		record(t, b, l.Home, id.Subject{}, rina, "signin.failed")
		want("ten", audit.OneAccount)
		want("told already")
		for range 40 {
			record(t, b, l.Home, id.Subject{}, b.Subject(), "signin.failed")
		}
		order(t, l) // those that have their place count as those that wait
		want("fifty of all", audit.ManySignIns)
		b.Manual().Add(2 * time.Hour)
		want("two hours later")

		reads := audit.NewReads(b.DB, nil)
		note := func(n int) {
			for range n {
				s := l.Home
				s.Actor = store.Actor{Kind: "staff", ID: id.ID(rina)}
				reads.Note(s, 0, nil)
				write(t, b, l.Home, func(tx *store.Tx) error {
					reads.Note(s, tx.Now(), []store.Read{{Table: "accounts", Subject: b.Subject(), Rows: 1}, {Table: "accounts", Subject: rina, Rows: 1}})
					return nil
				})
			}
		}
		note(49)
		if err := reads.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		want("read about 49 others")
		note(1)
		if err := reads.Close(); err != nil {
			t.Fatal(err)
		}
		want("read about 50 others", audit.MassReading)
		err := b.Read(t.Context(), l.Home, func(tx *store.Tx) error {
			all, err := audit.Alerts(t.Context(), tx, 10)
			if err == nil && (len(all) != 3 || all[0].Who != rina || all[0].Count != 50) {
				t.Errorf("%+v", all)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}
