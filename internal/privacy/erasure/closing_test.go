package erasure_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/erasure"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/rights/rightstest"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

const day = 24 * time.Hour

// door stands for the gate and for the post.
type door struct {
	sealed   map[id.Subject]bool
	until    time.Time
	restored int
	told     []tell.Message
	idle     []erasure.Idler
}

func (d *door) Seal(_ context.Context, _ *store.Tx, who id.Subject) error {
	d.sealed[who] = true
	return nil
}
func (d *door) Unseal(_ context.Context, _ *store.Tx, who id.Subject) error {
	delete(d.sealed, who)
	return nil
}
func (d *door) Sealed(_ context.Context, _ store.Scope, _ id.Subject, _ i18n.Lang, until time.Time, token string) error {
	d.until = until
	if token == "" {
		return errors.New("a letter without a token")
	}
	return nil
}
func (d *door) Restored(context.Context, store.Scope, id.Subject, i18n.Lang) error {
	d.restored++
	return nil
}
func (d *door) Tell(_ context.Context, _ *store.Tx, m tell.Message) error {
	d.told = append(d.told, m)
	return nil
}
func (d *door) Idle(_ context.Context, _ *store.Tx, before, after time.Time) (out []erasure.Idler, _ error) {
	for _, one := range d.idle {
		if one.Seen.Before(before) && one.Seen.After(after) {
			out = append(out, one)
		}
	}
	return out, nil
}

// closer is an erasure under the notice of another service.
func closer(t testing.TB, w *rightstest.World, service string) (*erasure.Erasure, *door) {
	t.Helper()
	e, _, _ := newErasure(t, w)
	d := &door{sealed: map[id.Subject]bool{}}
	e.Sealer, e.News, e.Idle, e.Teller = d, d, d, d
	e.Notice = func(string) (*notice.Notice, bool) { return w.Notice(service) }
	return e, d
}

// ASH-54, ASH-88: at day 29 the account can be restored, at day 30 it is gone for
// good.
func TestClose_grace(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		ctx := context.Background()
		w.Populate(t, 2)
		e, d := closer(t, w, "ashari")
		before, err := traceOf(w)
		if err != nil {
			t.Fatal(err)
		}
		c, err := e.Close(ctx, w.Rina, request)
		if err != nil || c.Token == "" || !c.Told || !d.sealed[w.Rina] || !c.Until.Equal(w.Clock.Now().Add(30*day)) || !d.until.Equal(c.Until) {
			t.Fatalf("%+v, %v", c, err)
		}
		w.Manual().Add(29 * day)
		if n, err := e.Due(ctx, w.Home); n != 0 || err != nil {
			t.Fatalf("due on day 29: %d, %v", n, err)
		}
		if after, err := traceOf(w); after != before || err != nil {
			t.Errorf("sealed, and of %+v there is %+v, %v", before, after, err)
		}
		if err := e.Restore(ctx, w.Home, "x"+c.Token[1:]); !fault.Is(err, fault.NotFound) {
			t.Errorf("another token: %v", err)
		}
		if err := e.Restore(ctx, w.Home, c.Token); err != nil || d.sealed[w.Rina] || d.restored != 1 {
			t.Fatalf("restored: %v, %+v", err, d)
		}
		if err := e.Restore(ctx, w.Home, c.Token); !fault.Is(err, fault.NotFound) {
			t.Errorf("restored twice: %v", err)
		}
		if c, err = e.Close(ctx, w.Rina, request); err != nil {
			t.Fatal(err)
		}
		w.Manual().Add(30 * day)
		if err := e.Restore(ctx, w.Home, c.Token); !fault.Is(err, fault.NotFound) {
			t.Errorf("restored after its time: %v", err)
		}
		if n, err := e.Due(ctx, w.Home); n != 1 || err != nil {
			t.Fatalf("due on day 30: %d, %v", n, err)
		}
		secrets := append(append(w.Marks("rina"), w.Marks("rina-secret")...), w.Rina.String())
		mustNotHold(t, "the database", dump(t, w), secrets)
		mustNotHold(t, "the pages, free ones included", pages(t, w), secrets)
		if n, err := e.Due(ctx, w.Home); n != 0 || err != nil {
			t.Errorf("due again: %d, %v", n, err)
		}
		checkDewi(t, w)
	})
}

// Erase now: the way back is closed at once. Of both at once, one happens.
func TestClose_nowOrBack(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		ctx := context.Background()
		for range 6 {
			w.Renew()
			w.Populate(t, 1)
			e, d := closer(t, w, "ashari")
			c, err := e.Close(ctx, w.Rina, request)
			if err != nil {
				t.Fatal(err)
			}
			var now, back error
			var wg sync.WaitGroup
			wg.Go(func() { _, now = e.Now(ctx, w.Home, c.Token) })
			wg.Go(func() { back = e.Restore(ctx, w.Home, c.Token) })
			wg.Wait()
			left, err := traceOf(w)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case now == nil && fault.Is(back, fault.NotFound) && left.rows == 0 && !left.opens:
			case back == nil && fault.Is(now, fault.NotFound) && left.rows > 0 && left.opens && !d.sealed[w.Rina]:
			default:
				t.Errorf("erased: %v, restored: %v, left %+v", now, back, left)
			}
		}
	})
}

// A crash after the way back was closed: the erasure goes on.
func TestClose_crash(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		ctx := context.Background()
		w.Populate(t, 1)
		e, _ := closer(t, w, "ashari")
		c, err := e.Close(ctx, w.Rina, request)
		if err != nil {
			t.Fatal(err)
		}
		e.Interrupt(func(string) error { return errors.New("the machine stopped") })
		if _, err := e.Now(ctx, w.Home, c.Token); err == nil {
			t.Fatal("no crash")
		}
		again, _ := closer(t, w, "ashari")
		if err := again.Restore(ctx, w.Home, c.Token); !fault.Is(err, fault.NotFound) {
			t.Errorf("restored in the middle of an erasure: %v", err)
		}
		if _, err := again.Due(ctx, w.Home); err != nil {
			t.Fatal(err)
		}
		mustNotHold(t, "the database", dump(t, w), append(w.Marks("rina"), w.Rina.String()))
	})
}

// A notice without a grace time erases at once.
func TestClose_withoutGrace(t *testing.T) {
	t.Parallel()
	for _, service := range []string{"ctt", "jenna", "epesantren"} {
		t.Run(service, func(t *testing.T) {
			t.Parallel()
			rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
				w.Populate(t, 1)
				e, _ := closer(t, w, service)
				c, err := e.Close(context.Background(), w.Rina, request)
				if err != nil || c.Token != "" || c.Number.IsZero() || !c.Until.IsZero() {
					t.Fatalf("%+v, %v", c, err)
				}
				mustNotHold(t, "the database", dump(t, w), append(w.Marks("rina"), w.Rina.String()))
			})
		})
	}
}

// ASH-87: an account that is not used is marked, its owner warned twice, a sign-in
// clears the mark; jenna has a year and no grace.
func TestSleepers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, service string
		// days after the last sign-in on which the program runs, and signs in
		runs       []int
		signIn     int // the day of another sign-in; 0: none
		told       int
		sealed     bool
		gone, wait bool
	}{
		{name: "used last month", service: "ashari", runs: []int{30, 300}},
		{name: "thirty days before", service: "ashari", runs: []int{336}, told: 1},
		{name: "told once however often", service: "ashari", runs: []int{336, 337, 340, 350}, told: 1},
		{name: "and again a week before", service: "ashari", runs: []int{336, 359}, told: 2},
		{name: "a day early", service: "ashari", runs: []int{335, 359, 364}, told: 2},
		{name: "sealed after twelve months", service: "ashari", runs: []int{335, 359, 367}, told: 2, sealed: true},
		{name: "the machine was off for two years", service: "ashari", runs: []int{800}, told: 1},
		{name: "off, and told again only once the time is near", service: "ashari", runs: []int{800, 822, 823, 829}, told: 2},
		{name: "off, and sealed thirty days after it was told", service: "ashari", runs: []int{800, 823, 831}, told: 2, sealed: true},
		{name: "a sign-in clears the mark", service: "ashari", runs: []int{336, 359, 367, 390}, signIn: 360, told: 2},
		{name: "no grace: erased", service: "jenna", runs: []int{335, 359, 366}, told: 2, gone: true},
		{name: "never where the notice has no such time", service: "ctt", runs: []int{336, 359, 3000}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
				ctx := context.Background()
				w.Populate(t, 1)
				e, d := closer(t, w, c.service)
				start := w.Clock.Now()
				d.idle = []erasure.Idler{{Who: w.Rina, Seen: start, Lang: "id"}, {Who: w.Dewi, Seen: start.AddDate(5, 0, 0)}}
				for _, n := range c.runs {
					if c.signIn > 0 && n > c.signIn {
						d.idle[0].Seen = start.Add(time.Duration(c.signIn) * day)
					}
					w.Manual().Set(start.Add(time.Duration(n) * day))
					if _, _, err := e.Sleepers(ctx, w.Home); err != nil {
						t.Fatal(err)
					}
				}
				left, err := traceOf(w)
				if err != nil || len(d.told) != c.told || d.sealed[w.Rina] != c.sealed || (left.rows == 0) != c.gone {
					t.Errorf("told %+v, sealed %v, left %+v, %v", d.told, d.sealed, left, err)
				}
			})
		})
	}
}
