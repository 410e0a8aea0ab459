package deadline_test

import (
	"context"
	"io/fs"
	"slices"
	"sync"
	"testing"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/law"
	"amanah/notices"
)

var config = storetest.Config{Sets: []store.Set{deadline.Tables(), audit.Tables()}, Migrations: []fs.FS{deadline.Migrations(), audit.Migrations()}}

// officers note what they are told.
type officers struct {
	mu  sync.Mutex
	got []string
	err error
}

func (o *officers) TellOfficers(_ context.Context, _ *store.Tx, m tell.Message) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return o.err
	}
	o.got = append(o.got, m.Key+" "+m.Args["title"])
	return nil
}

type world struct {
	*storetest.Bundle
	t     *testing.T
	scope store.Scope
	told  *officers
	bell  *deadline.Bell
}

func both(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w := &world{Bundle: b, t: t, scope: b.Scope(b.Tenant()), told: &officers{}}
		w.bell = &deadline.Bell{DB: b.DB, Officers: w.told}
		f(t, w)
	})
}

func (w *world) write(f func(ctx context.Context, tx *store.Tx) error) error {
	return w.DB.Write(context.Background(), w.scope, func(tx *store.Tx) error { return f(context.Background(), tx) })
}

func (w *world) must(f func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	if err := w.write(f); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) set(title string, within time.Duration) id.ID {
	w.t.Helper()
	ref := w.IDs.New()
	w.must(func(ctx context.Context, tx *store.Tx) error {
		return deadline.Set(ctx, tx, deadline.New{Matter: "request", Ref: ref, Name: "answer", Title: title, Due: tx.Now().Time().Add(within), Link: "/staff/privacy/requests"})
	})
	return ref
}

func (w *world) ring(want ...string) {
	w.t.Helper()
	w.told.got = nil
	if _, err := w.bell.Ring(context.Background(), w.scope); err != nil {
		w.t.Fatal(err)
	}
	if !slices.Equal(w.told.got, want) {
		w.t.Errorf("officers were told %q, want %q", w.told.got, want)
	}
}

func (w *world) open() []deadline.Item {
	w.t.Helper()
	var out []deadline.Item
	err := w.DB.Read(context.Background(), w.scope, func(tx *store.Tx) (err error) {
		out, err = deadline.Open(context.Background(), tx)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func TestBell_remindsAndEndsOnceEach(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		w.set("A-1", 72*time.Hour)
		w.ring()
		w.Manual().Add(36 * time.Hour)
		w.ring("deadline.remind A-1")
		w.ring()
		w.Manual().Add(24 * time.Hour)
		w.ring("deadline.remind A-1")
		w.Manual().Add(12 * time.Hour)
		w.ring("deadline.over A-1")
		w.ring()
		if o := w.open(); len(o) != 1 || o[0].Colour != deadline.Red {
			t.Errorf("it is still owed: %+v", o)
		}
	})
}

func TestBell_aMachineThatWasOffForAWeek(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		w.set("A-1", 72*time.Hour)
		w.set("A-2", 30*24*time.Hour)
		w.Manual().Add(7 * 24 * time.Hour)
		w.ring("deadline.remind A-1", "deadline.over A-1")
		w.Manual().Add(7 * 24 * time.Hour)
		w.ring()
		w.Manual().Add(7 * 24 * time.Hour)
		w.ring("deadline.remind A-2")
	})
}

func TestBell_aClockThatJumpsBackRingsNothingTwice(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		w.set("A-1", 72*time.Hour)
		w.Manual().Add(37 * time.Hour)
		w.ring("deadline.remind A-1")
		w.Manual().Add(-48 * time.Hour)
		w.ring()
		w.Manual().Add(60 * time.Hour)
		w.ring()
		w.Manual().Add(12 * time.Hour)
		w.ring("deadline.remind A-1")
	})
}

func TestBell_manyNodesAtOnce(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		for range 5 {
			w.set("A-1", time.Hour)
		}
		w.Manual().Add(2 * time.Hour)
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				if _, err := w.bell.Ring(context.Background(), w.scope); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if len(w.told.got) != 10 {
			t.Errorf("%d messages for five reminders and five ends", len(w.told.got))
		}
	})
}

func TestBell_whatCouldNotBeToldIsToldLater(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		w.set("A-1", time.Hour)
		w.Manual().Add(2 * time.Hour)
		w.told.err = fault.New(fault.Unavailable, "test", "")
		if _, err := w.bell.Ring(context.Background(), w.scope); err == nil {
			t.Error("the failure is not told")
		}
		w.told.err = nil
		w.ring("deadline.remind A-1", "deadline.over A-1")
	})
}

func TestMet_Drop_Move(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		kept, late, moved, gone := w.set("A-1", 72*time.Hour), w.set("A-2", time.Hour), w.set("A-3", 72*time.Hour), w.set("A-4", 72*time.Hour)
		w.Manual().Add(2 * time.Hour)
		due := w.Clock.Now().Add(30 * 24 * time.Hour)
		w.must(func(ctx context.Context, tx *store.Tx) error {
			for _, err := range []error{deadline.Met(ctx, tx, kept, "answer"), deadline.Met(ctx, tx, late, "answer"), deadline.Move(ctx, tx, moved, "answer", due), deadline.Drop(ctx, tx, gone, "answer"), deadline.Met(ctx, tx, w.IDs.New(), "answer")} {
				if err != nil {
					return err
				}
			}
			return nil
		})
		w.ring()
		if o := w.open(); len(o) != 1 || o[0].Title != "A-3" || !o[0].Moved || !o[0].Due.Equal(due) || o[0].Colour != deadline.Green {
			t.Errorf("open: %+v", o)
		}
		var closed []deadline.Item
		w.must(func(ctx context.Context, tx *store.Tx) (err error) {
			closed, err = deadline.Closed(ctx, tx, "request", w.Clock.Now().Add(-time.Minute))
			return err
		})
		if len(closed) != 2 || closed[0].State == closed[1].State {
			t.Errorf("one was kept and one late, dropped ones do not count: %+v", closed)
		}
		for name, f := range map[string]func(ctx context.Context, tx *store.Tx) error{
			"earlier": func(ctx context.Context, tx *store.Tx) error {
				return deadline.Move(ctx, tx, moved, "answer", due.Add(-time.Hour))
			},
			"closed": func(ctx context.Context, tx *store.Tx) error {
				return deadline.Move(ctx, tx, kept, "answer", due.Add(time.Hour))
			},
			"another end": func(ctx context.Context, tx *store.Tx) error {
				return deadline.Set(ctx, tx, deadline.New{Matter: "request", Ref: moved, Name: "answer", Due: due.Add(time.Hour)})
			},
			"before it begins": func(ctx context.Context, tx *store.Tx) error {
				return deadline.Set(ctx, tx, deadline.New{Matter: "request", Ref: w.IDs.New(), Name: "answer", Due: due, Start: due.Add(time.Hour)})
			},
		} {
			if w.write(f) == nil {
				t.Errorf("%s is taken", name)
			}
		}
		w.Manual().Add(16 * 24 * time.Hour)
		w.ring("deadline.remind A-3")
		w.Manual().Add(16 * 24 * time.Hour)
		w.ring("deadline.remind A-3", "deadline.over A-3")
	})
}

func TestOpen_anotherServiceSeesNothing(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		ref := w.set("A-1", time.Hour)
		w.scope = w.Scope(w.Tenant())
		if len(w.open()) != 0 {
			t.Error("another service's deadline is seen")
		}
		w.must(func(ctx context.Context, tx *store.Tx) error { return deadline.Met(ctx, tx, ref, "answer") })
		w.Manual().Add(2 * time.Hour)
		w.ring()
	})
}

func TestColourOf(t *testing.T) {
	t.Parallel()
	start := storetest.Start
	due := start.Add(100 * time.Hour)
	for hours, want := range map[int]deadline.Colour{0: deadline.Green, 50: deadline.Green, 51: deadline.Amber, 80: deadline.Amber, 81: deadline.Red, 100: deadline.Red, 500: deadline.Red} {
		if got := deadline.ColourOf(start, due, start.Add(time.Duration(hours)*time.Hour)); got != want {
			t.Errorf("after %d of 100 hours it is %s, want %s", hours, got, want)
		}
	}
}

func TestStrictest(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 3, 17, 9, 0, 0, 0, clock.WIB) // the last working day before Lebaran leave
	days, hours, month := deadline.Rule{By: "days", Within: notice.Period{WorkingDays: 3}}, deadline.Rule{By: "hours", Within: notice.Period{Hours: 72}}, deadline.Rule{By: "month", Within: notice.Period{Days: 30}}
	due, by, ok := deadline.Strictest(from, clock.Indonesia(), days, month, hours)
	if !ok || by.By != "hours" || due.Format("01-02 15") != "03-20 09" {
		t.Errorf("3x24 hours run over Lebaran too: %s by %s", due, by)
	}
	due, by, _ = deadline.Strictest(from, clock.Indonesia(), days, month)
	if by.By != "days" || due.Format("01-02 15") != "03-27 09" {
		t.Errorf("three working days skip Lebaran leave: %s by %s", due, by)
	}
	if _, _, ok := deadline.Strictest(from, clock.Indonesia()); ok {
		t.Error("no rule gives a deadline")
	}
}

// A regulation comes into force on 16 January 2027, Jakarta time.
func TestRules_aLawThatChanges(t *testing.T) {
	t.Parallel()
	packs, found := notice.LoadLaw(law.FS)
	if len(found) > 0 {
		t.Fatal(found)
	}
	for _, p := range packs {
		if p.Law == "id-pp-33-2026" { // as if it were stricter about copies
			for i := range p.Rights {
				p.Rights[i].Within = notice.Period{Hours: 24}
			}
		}
	}
	all, _ := notice.LoadNotices(notices.FS)
	ctt := all[slices.IndexFunc(all, func(n *notice.Notice) bool { return n.Service() == "ctt" })]
	for at, want := range map[string]string{"2027-01-15T23:59:00+07:00": "PT72H", "2027-01-16T00:00:00+07:00": "PT24H", "2027-01-16T02:00:00+09:00": "PT24H"} {
		from, _ := time.Parse(time.RFC3339, at)
		due, by, ok := deadline.Strictest(from, clock.Indonesia(), deadline.Rules(ctt, packs, "copy", from)...)
		if !ok || by.Within.String() != want || !due.Equal(by.Within.AddTo(from)) {
			t.Errorf("asked at %s it is due %s by %s, want %s", at, due, by, want)
		}
	}
	both(t, func(t *testing.T, w *world) {
		w.Manual().Set(time.Date(2027, 1, 15, 12, 0, 0, 0, clock.WIB))
		ref := w.IDs.New()
		var before time.Time
		w.must(func(ctx context.Context, tx *store.Tx) error {
			due, by, _ := deadline.Strictest(w.Clock.Now().In(clock.WIB), clock.Indonesia(), deadline.Rules(ctt, packs, "copy", w.Clock.Now().In(clock.WIB))...)
			before = due
			return deadline.Set(ctx, tx, deadline.New{Matter: "request", Ref: ref, Name: "answer", Due: due, Rule: by.String()})
		})
		w.Manual().Add(24 * time.Hour)
		if o := w.open(); len(o) != 1 || !o[0].Due.Equal(before) || o[0].Rule != "UU 27/2022 7, 32: PT72H" {
			t.Errorf("what was asked before keeps its law: %+v", o)
		}
	})
}

func TestRules_strictestOfLawAndNotice(t *testing.T) {
	t.Parallel()
	packs, _ := notice.LoadLaw(law.FS)
	all, _ := notice.LoadNotices(notices.FS)
	for _, n := range all {
		for _, right := range []string{"copy", "correct", "restrict", "withdraw"} {
			_, by, ok := deadline.Strictest(storetest.Start, clock.Indonesia(), deadline.Rules(n, packs, right, storetest.Start)...)
			if !ok || by.Within.Compare(notice.Period{Hours: 72}) > 0 {
				t.Errorf("%s answers %s within %s, the law says 3x24 hours", n.Service(), right, by)
			}
		}
	}
}
