package erasure_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"amanah/internal/id"
	"amanah/internal/privacy/erasure"
	"amanah/internal/privacy/hold"
	"amanah/internal/privacy/rights/rightstest"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

func place(ctx context.Context, w *rightstest.World, b *hold.Book, n hold.New) (h *hold.Hold, err error) {
	n.Reason, n.OrderedBy, n.Review = "a dispute", "Dewi Anggraini", w.Clock.Now().AddDate(0, 3, 0)
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
	return h, err
}

func lift(t testing.TB, w *rightstest.World, b *hold.Book, key id.ID) {
	t.Helper()
	ctx := context.Background()
	if err := w.Write(ctx, w.Home, func(tx *store.Tx) error { return b.Lift(ctx, tx, key, "settled") }); err != nil {
		t.Fatal(err)
	}
}

func newBook(t testing.TB, w *rightstest.World) *hold.Book {
	t.Helper()
	b, err := hold.NewBook(hold.Config{DB: w.DB})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// trace is what is there of Rina: how many rows, how many files, whether the key
// opens them.
type trace struct {
	rows  int64
	files int
	opens bool
}

func traceOf(w *rightstest.World) (got trace, err error) {
	ctx := context.Background()
	for _, place := range []id.Tenant{w.Home.Tenant, w.RinaOwn, w.Us} {
		err = errors.Join(err, w.Read(ctx, w.In(place), func(tx *store.Tx) error {
			for _, t := range w.Schema.Tables() {
				if !strings.HasPrefix(t.Name, "fx_") {
					continue
				}
				where := t.Of(w.Rina)
				if place == w.RinaOwn {
					where = t.All()
				}
				n, err := t.Count(ctx, tx, where)
				if err != nil {
					return err
				}
				got.rows += n
			}
			return nil
		}))
	}
	for name, listed := range w.Files.List(ctx, "") {
		err = errors.Join(err, listed)
		if strings.Contains(name, w.Rina.String()) {
			got.files++
		}
	}
	_, sealing := w.Bundle.Vault.SealValue(ctx, w.Home.Tenant, w.Rina, vault.AAD("a", "b", "c"), []byte("x"))
	got.opens = sealing == nil
	return got, err
}

// TestErase_heldBefore: nothing goes, the order waits, and goes on when the hold is lifted.
func TestErase_heldBefore(t *testing.T) {
	t.Parallel()
	for name, n := range map[string]func(w *rightstest.World) hold.New{
		"the person":    func(w *rightstest.World) hold.New { return hold.New{Who: w.Rina} },
		"her workspace": func(w *rightstest.World) hold.New { return hold.New{Workspace: w.RinaOwn} },
		"a category":    func(*rightstest.World) hold.New { return hold.New{Categories: []string{"mail.raw"}} },
		"silently, person": func(w *rightstest.World) hold.New {
			return hold.New{Who: w.Rina, Silence: hold.Court, SilentUntil: w.Clock.Now().AddDate(0, 1, 0)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
				ctx := context.Background()
				w.Populate(t, 2)
				e, _, f := newErasure(t, w)
				b := newBook(t, w)
				before, err := traceOf(w)
				if err != nil || before.rows == 0 || before.files == 0 || !before.opens {
					t.Fatalf("%+v, %v", before, err)
				}
				h, err := place(ctx, w, b, n(w))
				if err != nil {
					t.Fatal(err)
				}
				done, err := e.Erase(ctx, w.Rina, request)
				want := erasure.WaitsForHold
				if h.Silence != hold.Told {
					want = erasure.WaitsForDuty
				}
				if err != nil || len(done.Receipt) != 0 || done.WaitsFor != want || len(f.receipts) != 0 || f.ended != 0 {
					t.Fatalf("%+v, told %d, %v", done, len(f.receipts), err)
				}
				if n, err := e.Resume(ctx, w.Home); n != 1 || err != nil {
					t.Errorf("resumed %d, %v", n, err)
				}
				if after, err := traceOf(w); after != before || err != nil {
					t.Errorf("before %+v, after %+v, %v", before, after, err)
				}
				lift(t, w, b, h.ID)
				if n, err := e.Resume(ctx, w.Home); n != 1 || err != nil {
					t.Fatalf("resumed %d, %v", n, err)
				}
				mustNotHold(t, "the database", dump(t, w), append(w.Marks("rina"), w.Rina.String()))
				checkDewi(t, w)
			})
		})
	}
}

// TestErase_holdAtEveryMoment commits a hold at each moment of an erasure: from
// then on nothing goes, the hold says what had gone, and lifting it lets the rest go.
func TestErase_holdAtEveryMoment(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		for _, moment := range erasure.Moments() {
			t.Run(moment, func(t *testing.T) {
				w.Renew()
				w.Populate(t, 1)
				holdAt(t, w, moment)
			})
		}
	})
}

func holdAt(t *testing.T, w *rightstest.World, moment string) {
	t.Helper()
	ctx := context.Background()
	e, _, _ := newErasure(t, w)
	b := newBook(t, w)
	var h *hold.Hold
	var then trace
	e.Interrupt(func(at string) (err error) {
		if at != moment || h != nil {
			return nil
		}
		if h, err = place(ctx, w, b, hold.New{Who: w.Rina}); err != nil {
			return err
		}
		then, err = traceOf(w)
		return err
	})
	done, err := e.Erase(ctx, w.Rina, request)
	if err != nil || h == nil {
		t.Fatalf("%+v, %v", done, err)
	}
	now, err := traceOf(w)
	if now != then || err != nil {
		t.Fatalf("with the hold %+v was there, afterwards %+v, %v", then, now, err)
	}
	if then.rows == 0 {
		if len(done.Receipt) == 0 {
			t.Error("nothing was left to hold, and the order waits")
		}
		if moment == "after done" { // it was placed about somebody who is gone
			return
		}
		if text := dump(t, w); strings.Contains(text, w.Rina.String()) {
			t.Error("the hold still names her")
		}
		return
	}
	if done.WaitsFor == "" || len(done.Receipt) > 0 {
		t.Fatalf("the order does not wait: %+v", done)
	}
	var got *hold.Hold
	if err := w.Read(ctx, w.Home, func(tx *store.Tx) (err error) { got, err = store.Get[hold.Hold](ctx, tx, h.ID); return err }); err != nil {
		t.Fatal(err)
	}
	keyGone := []string{"key", "sessions", "workspaces", "rows", "files"}
	if then.opens == slices.Contains(keyGone, got.Gone) {
		t.Errorf("gone before the hold: %q, and the key opens: %v", got.Gone, then.opens)
	}
	lift(t, w, b, h.ID)
	again, _, _ := newErasure(t, w)
	if n, err := again.Resume(ctx, w.Home); n != 1 || err != nil {
		t.Fatalf("resumed %d, %v", n, err)
	}
	mustNotHold(t, "the database", dump(t, w), append(w.Marks("rina"), w.Rina.String()))
	checkDewi(t, w)
}

// TestErase_holdAtOnce lets both run: whoever commits first is first.
func TestErase_holdAtOnce(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		ctx := context.Background()
		for range 8 {
			w.Renew()
			w.Populate(t, 3)
			e, _, _ := newErasure(t, w)
			b := newBook(t, w)
			var then trace
			var errs [2]error
			var h *hold.Hold
			var done erasure.Result
			var wg sync.WaitGroup
			wg.Go(func() { done, errs[0] = e.Erase(ctx, w.Rina, request) })
			wg.Go(func() {
				if h, errs[1] = place(ctx, w, b, hold.New{Who: w.Rina}); errs[1] == nil {
					then, errs[1] = traceOf(w)
				}
			})
			wg.Wait()
			if err := errors.Join(errs[:]...); err != nil {
				t.Fatal(err)
			}
			now, err := traceOf(w)
			if err != nil || now.rows != then.rows || now.opens != then.opens || now.files != then.files {
				t.Errorf("with the hold %+v was there, afterwards %+v (waits %q), %v", then, now, done.WaitsFor, err)
			}
			if done.WaitsFor != "" {
				lift(t, w, b, h.ID)
			}
			if _, err := e.Resume(ctx, w.Home); err != nil {
				t.Fatal(err)
			}
			mustNotHold(t, "the database", dump(t, w), append(w.Marks("rina"), w.Rina.String()))
		}
	})
}
