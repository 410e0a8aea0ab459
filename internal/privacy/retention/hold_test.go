package retention_test

import (
	"context"
	"sync"
	"testing"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/privacy/hold"
	"amanah/internal/privacy/rights/rightstest"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

// TestRun_sparesWhatIsHeld: what a hold covers stays to the column, the rest goes,
// and after lifting the hold the next sweep takes it.
func TestRun_sparesWhatIsHeld(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		hold      func(w *rightstest.World) hold.New
		raw, row  bool // what stays of a mail of 91 days whose account is closed
		held      int64
		otherGone bool
	}{
		{"the person", func(w *rightstest.World) hold.New { return hold.New{Who: w.Rina} }, true, true, 3, true},
		{"the workspace", func(w *rightstest.World) hold.New { return hold.New{Workspace: w.Us} }, true, true, 6, false},
		{"one category", func(*rightstest.World) hold.New { return hold.New{Categories: []string{"mail.raw"}} }, true, true, 4, false},
		{"another category", func(*rightstest.World) hold.New { return hold.New{Categories: []string{"account.name"}} }, false, false, 0, true},
		{"another time", func(*rightstest.World) hold.New {
			return hold.New{Until: storetest.Start.AddDate(-1, 0, 0)}
		}, false, false, 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
				ctx := context.Background()
				e := events{w.Rina: storetest.Start.Add(-day), w.Dewi: storetest.Start.Add(-day)}
				old := clock.At(storetest.Start.Add(-91 * day))
				m := &rightstest.Mail{Subject: w.Rina, At: old, Title: "a", Raw: vault.Seal("isi"), Source: w.File(t, w.Rina, "isi"), Result: "pass", State: "read"}
				o := &rightstest.Mail{Subject: w.Dewi, At: old, Title: "b", Raw: vault.Seal("isi"), Result: "pass", State: "read"}
				rightstest.Insert(t, w, w.Us, m)
				rightstest.Insert(t, w, w.Us, o)
				b, err := hold.NewBook(hold.Config{DB: w.DB})
				if err != nil {
					t.Fatal(err)
				}
				n := c.hold(w)
				n.Reason, n.OrderedBy, n.Review = "a dispute", "Dewi Anggraini", storetest.Start.AddDate(0, 3, 0)
				var h *hold.Hold
				err = w.Write(ctx, w.Home, func(tx *store.Tx) error {
					if !n.Workspace.IsZero() {
						one := &tenant.Workspace{Owner: w.Dewi, Kind: tenant.Company, Zone: tenant.DefaultZone, State: tenant.Active, CreatedAt: tx.Now()}
						one.ID = id.ID(n.Workspace)
						if err := store.Insert(ctx, tx, one); err != nil {
							return err
						}
					}
					h, err = b.Place(ctx, tx, n)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				r := newRetention(t, w, e)
				report, err := r.Run(ctx, storetest.Start, false)
				if err != nil {
					t.Fatal(err)
				}
				got, err := get(ctx, w, m.ID)
				if c.row != (err == nil) || c.row && (got.Raw.Reveal() != "") != c.raw {
					t.Errorf("%+v, %v", got, err)
				}
				if _, err := get(ctx, w, o.ID); c.otherGone == (err == nil) {
					t.Errorf("the other one: %v", err)
				}
				var held int64
				for _, l := range report.Held {
					held += l.Rows
				}
				if (held > 0) != (c.held > 0) {
					t.Errorf("held: %+v", report.Held)
				}
				if c.held == 0 {
					return
				}
				if n := files(t, w); n != 1 {
					t.Errorf("%d files", n)
				}
				if err := w.Write(ctx, w.Home, func(tx *store.Tx) error { return b.Lift(ctx, tx, h.ID, "settled") }); err != nil {
					t.Fatal(err)
				}
				if _, err := r.Run(ctx, storetest.Start, false); err != nil {
					t.Fatal(err)
				}
				if n := count(t, w, "fx_mails"); n != 0 || files(t, w) != 0 {
					t.Errorf("%d mails and %d files are left after the hold", n, files(t, w))
				}
			})
		})
	}
}

// TestRun_holdAtOnce: a hold that comes while a sweep runs keeps what is there
// when it is committed.
func TestRun_holdAtOnce(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		ctx := context.Background()
		m := &rightstest.Mail{Subject: w.Rina, At: clock.At(storetest.Start), Title: "a", Result: "pass", State: "read"}
		rightstest.Insert(t, w, w.Us, m)
		for range 1500 {
			rightstest.Insert(t, w, w.Us, &rightstest.Log{Subject: w.Rina, Mail: m.ID, At: clock.At(storetest.Start.Add(-91 * day)), Outcome: "ok"})
		}
		b, err := hold.NewBook(hold.Config{DB: w.DB})
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var swept, placed error
		then := 0
		wg.Go(func() { _, swept = newRetention(t, w, nil).Run(ctx, storetest.Start, false) })
		wg.Go(func() {
			n := hold.New{Who: w.Rina, Reason: "a dispute", OrderedBy: "Dewi Anggraini", Review: storetest.Start.AddDate(0, 3, 0)}
			if placed = w.Write(ctx, w.Home, func(tx *store.Tx) error { _, err := b.Place(ctx, tx, n); return err }); placed == nil {
				then = count(t, w, "fx_logs")
			}
		})
		wg.Wait()
		if swept != nil || placed != nil {
			t.Fatal(swept, placed)
		}
		if now := count(t, w, "fx_logs"); now != then {
			t.Errorf("%d rows with the hold, %d afterwards", then, now)
		}
	})
}
