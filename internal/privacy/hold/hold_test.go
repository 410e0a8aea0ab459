package hold_test

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/hold"
	"amanah/internal/privacy/rights/rightstest"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

var config = rightstest.Config([]store.Set{tenant.Tables(), deadline.Tables(), hold.Tables()}, []fs.FS{tenant.Migrations(), deadline.Migrations(), hold.Migrations()})

// letters are what people were told.
type letters []tell.Message

func (l *letters) Tell(_ context.Context, _ *store.Tx, m tell.Message) error {
	*l = append(*l, m)
	return nil
}

type desk struct {
	*hold.Book
	w      *rightstest.World
	told   letters
	lifted int
}

func open(t *testing.T, w *rightstest.World) *desk {
	t.Helper()
	d := &desk{w: w}
	var err error
	d.Book, err = hold.NewBook(hold.Config{DB: w.DB, Teller: &d.told, Lifted: func(context.Context, *store.Tx) error { d.lifted++; return nil }})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *desk) home(t *testing.T, f func(ctx context.Context, tx *store.Tx) error) error {
	t.Helper()
	ctx := context.Background()
	return d.w.Write(ctx, d.w.Home, func(tx *store.Tx) error { return f(ctx, tx) })
}

func (d *desk) place(t *testing.T, n hold.New) *hold.Hold {
	t.Helper()
	var h *hold.Hold
	if err := d.home(t, func(ctx context.Context, tx *store.Tx) (err error) { h, err = d.Place(ctx, tx, n); return err }); err != nil {
		t.Fatal(err)
	}
	return h
}

func (d *desk) order(who id.Subject) hold.New {
	return hold.New{Who: who, Reason: "a dispute before the court", Case: "12/Pdt.G/2026", OrderedBy: "Dewi Anggraini, officer", Review: d.w.Clock.Now().AddDate(0, 3, 0)}
}

func (d *desk) due(t *testing.T) (open []deadline.Item) {
	t.Helper()
	if err := d.home(t, func(ctx context.Context, tx *store.Tx) (err error) { open, err = deadline.Open(ctx, tx); return err }); err != nil {
		t.Fatal(err)
	}
	return open
}

func (d *desk) covers(t *testing.T, who id.Subject, category string, at time.Time) bool {
	t.Helper()
	var ok bool
	if err := d.home(t, func(ctx context.Context, tx *store.Tx) (err error) {
		_, ok, err = hold.Covers(ctx, tx, who, category, at)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return ok
}

func TestPlace_coversWhatItNames(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		d := open(t, w)
		now := w.Clock.Now()
		n := d.order(w.Rina)
		n.Categories, n.From, n.Until = []string{"mail.raw"}, now.AddDate(0, -2, 0), now.AddDate(0, -1, 0)
		h := d.place(t, n)
		for _, c := range []struct {
			name     string
			who      id.Subject
			category string
			at       time.Time
			want     bool
		}{
			{"its person, category and time", w.Rina, "mail.raw", now.AddDate(0, 0, -45), true},
			{"any time of it", w.Rina, "mail.raw", time.Time{}, true},
			{"any category of it", w.Rina, "", now.AddDate(0, 0, -45), true},
			{"another category", w.Rina, "account.name", now.AddDate(0, 0, -45), false},
			{"before", w.Rina, "mail.raw", now.AddDate(0, -3, 0), false},
			{"at its end", w.Rina, "mail.raw", now.AddDate(0, -1, 0), false},
			{"another person", w.Dewi, "mail.raw", now.AddDate(0, 0, -45), false},
		} {
			if got := d.covers(t, c.who, c.category, c.at); got != c.want {
				t.Errorf("%s: %v", c.name, got)
			}
		}
		if len(d.told) != 1 || d.told[0].Subject != w.Rina || d.told[0].Key != "hold.placed" || d.told[0].Args["reason"] != n.Reason {
			t.Errorf("told %+v", d.told)
		}
		if due := d.due(t); len(due) != 1 || due[0].Ref != h.ID || !due[0].Due.Equal(clock.At(n.Review).Time()) {
			t.Errorf("due %+v", due)
		}
		lift := func(ctx context.Context, tx *store.Tx) error { return d.Lift(ctx, tx, h.ID, "the court decided") }
		if err := d.home(t, lift); err != nil {
			t.Fatal(err)
		}
		if d.covers(t, w.Rina, "mail.raw", time.Time{}) || len(d.due(t)) != 0 || d.lifted != 1 || len(d.told) != 2 || d.told[1].Key != "hold.ended" {
			t.Errorf("after lifting: due %+v, lifted %d, told %+v", d.due(t), d.lifted, d.told)
		}
		if err := d.home(t, lift); !fault.Is(err, fault.Conflict) {
			t.Errorf("lifted twice: %v", err)
		}
	})
}

func TestPlace_overAWorkspaceAndTheService(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		d := open(t, w)
		var ours id.Tenant
		err := d.home(t, func(ctx context.Context, tx *store.Tx) error {
			one, err := tenant.Create(ctx, tx, tenant.New{Name: "Warung Rina", Kind: tenant.Person, Owner: w.Rina})
			ours = one.Key()
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		n := d.order(id.Subject{})
		n.Workspace = ours
		h := d.place(t, n)
		if !d.covers(t, w.Rina, "mail.raw", time.Time{}) || d.covers(t, w.Dewi, "mail.raw", time.Time{}) {
			t.Error("a hold over a workspace covers its members and nobody else")
		}
		if len(d.told) != 1 || d.told[0].Subject != w.Rina {
			t.Errorf("told %+v", d.told)
		}
		if err := d.home(t, func(ctx context.Context, tx *store.Tx) error { return d.Lift(ctx, tx, h.ID, "over") }); err != nil {
			t.Fatal(err)
		}
		n.Workspace, n.Categories = id.Tenant{}, []string{"mail.raw"}
		d.place(t, n)
		if !d.covers(t, w.Dewi, "mail.raw", time.Time{}) || d.covers(t, w.Dewi, "account.name", time.Time{}) {
			t.Error("a hold over the service covers its category of everybody")
		}
	})
}

func TestPlace_silenceEnds(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		d := open(t, w)
		n := d.order(w.Rina)
		n.Silence, n.SilentUntil = hold.Investigation, w.Clock.Now().AddDate(0, 1, 0)
		h := d.place(t, n)
		named := func() (n int) {
			err := d.home(t, func(ctx context.Context, tx *store.Tx) error {
				table, _ := w.Schema.Table("holds")
				c, err := table.Count(ctx, tx, table.Of(w.Rina))
				n = int(c)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		broken := func() (n int) {
			if err := d.home(t, func(ctx context.Context, tx *store.Tx) (err error) { n, err = d.Break(ctx, tx); return err }); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if broken() != 0 || len(d.told) != 0 || named() != 0 {
			t.Fatalf("the person learns of it: told %+v, %d rows name them", d.told, named())
		}
		if !d.covers(t, w.Rina, "mail.raw", time.Time{}) {
			t.Error("a silent hold does not hold")
		}
		w.Manual().Add(40 * 24 * time.Hour)
		if broken() != 1 || len(d.told) != 1 || named() != 1 || broken() != 0 {
			t.Errorf("told %+v, %d rows", d.told, named())
		}
		var got *hold.Hold
		if err := d.home(t, func(ctx context.Context, tx *store.Tx) (err error) {
			got, err = store.Get[hold.Hold](ctx, tx, h.ID)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if got.Reason.Reveal() != n.Reason {
			t.Error("the reason is lost with its new key")
		}
	})
}

func TestPlace_refuses(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		d := open(t, w)
		now := w.Clock.Now()
		for field, change := range map[string]func(*hold.New){
			"reason":       func(n *hold.New) { n.Reason = "  " },
			"ordered_by":   func(n *hold.New) { n.OrderedBy = strings.Repeat("x", 3000) },
			"review":       func(n *hold.New) { n.Review = now },
			"until":        func(n *hold.New) { n.From, n.Until = now, now },
			"silence":      func(n *hold.New) { n.Silence, n.SilentUntil = "because", now.AddDate(0, 1, 0) },
			"silent_until": func(n *hold.New) { n.Silence = hold.Court },
		} {
			n := d.order(w.Rina)
			change(&n)
			err := d.home(t, func(ctx context.Context, tx *store.Tx) error { _, err := d.Place(ctx, tx, n); return err })
			var f *fault.Error
			if !errors.As(err, &f) || f.Field != field || f.Code != fault.Invalid {
				t.Errorf("%s: %v", field, err)
			}
		}
		if len(d.told) != 0 {
			t.Error("a refused hold was told")
		}
	})
}
