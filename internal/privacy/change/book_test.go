package change_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/change"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
)

var config = storetest.Config{
	Sets:       []store.Set{change.Tables(), consent.Tables(), deadline.Tables(), audit.Tables()},
	Migrations: []fs.FS{change.Migrations(), consent.Migrations(), deadline.Migrations(), audit.Migrations()},
}

// world is a service whose people are a list, and whose post is a map.
type world struct {
	*storetest.Bundle
	home   id.Tenant
	people []id.Subject
	mu     sync.Mutex
	told   map[id.Subject][]tell.Message
	broken int // fail after so many; 0 never
}

func newWorld(b *storetest.Bundle, people int) *world {
	w := &world{Bundle: b, home: b.Tenant(), told: map[id.Subject][]tell.Message{}}
	for range people {
		w.people = append(w.people, b.Subject())
	}
	slices.SortFunc(w.people, func(x, y id.Subject) int { return strings.Compare(x.String(), y.String()) })
	return w
}

func (w *world) book(t *testing.T, m map[string]string) *change.Book {
	t.Helper()
	s, found := change.Load(files(m))
	if notice.HasErrors(found) {
		t.Fatal(found)
	}
	return &change.Book{DB: w.DB, Shelf: s, Home: func(string) store.Scope { return w.Scope(w.home) }}
}

func (w *world) accounts(_ context.Context, _ *store.Tx, _ clock.Instant, after id.Subject, most int) (out []id.Subject, err error) {
	for _, one := range w.people {
		if one.String() > after.String() && len(out) < most || after.IsZero() && len(out) < most {
			out = append(out, one)
		}
	}
	return out, nil
}

// Tell keeps what would be committed: the test's own post is told only then.
func (w *world) Tell(_ context.Context, tx *store.Tx, m tell.Message) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken--; w.broken == 0 {
		return errors.New("the machine stopped")
	}
	tx.AfterCommit(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.told[m.Subject] = append(w.told[m.Subject], m)
	})
	return nil
}

func (w *world) list(t *testing.T, b *change.Book) map[string]change.Entry {
	t.Helper()
	all, err := b.List(context.Background(), "jenna")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]change.Entry{}
	for _, e := range all {
		out[e.Number] = e
	}
	return out
}

func (w *world) begin(t *testing.T, b *change.Book, version string) error {
	t.Helper()
	return w.Write(context.Background(), w.Scope(w.home), func(tx *store.Tx) error { return b.Begin(context.Background(), tx, "jenna", version) })
}

var december = time.Date(2026, 12, 1, 2, 0, 0, 0, time.UTC)

const compare = "\npurposes:\n  compare:\n    name: {id: perbandingan, en: comparisons}\n    basis: consent\n    article: UU 27/2022 20(2)a\n    dpv: dpv:Personalisation\n    say: {id: Membandingkan., en: To compare.}\n    optional: true\n"

func two(t *testing.T) map[string]string {
	return map[string]string{"jenna.yaml": text(t), "versions/jenna/2.1.yaml": next(t, "2026-12-01", "2026-12-15", "\npurposes:\n", compare, "    for: [service", "    for: [compare, service")}
}

// CTT-42, ASH-84, EPE-36: one message an account, whatever crashes and however
// many nodes work; the version takes effect on its day and not before.
func TestTell_onceAndInTime(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, w := context.Background(), newWorld(b, 230)
		b.Manual().Set(december)
		book := w.book(t, two(t))
		for range 2 {
			if err := book.Register(ctx, "jenna"); err != nil {
				t.Fatal(err)
			}
		}
		got := w.list(t, book)
		if !got["2.0"].Current || !got["2.0"].First || !got["2.1"].From.IsZero() || len(got["2.1"].Renewed) != 1 {
			t.Fatalf("at first: %+v", got)
		}
		if err := w.begin(t, book, "2.0"); !fault.Is(err, fault.NotFound) {
			t.Errorf("the version in force is told: %v", err)
		}
		if n, err := book.Tell(ctx, "jenna", w.accounts, w); n != 0 || err != nil {
			t.Errorf("before anybody began %d were told, %v", n, err)
		}
		for range 2 {
			if err := w.begin(t, book, "2.1"); err != nil {
				t.Fatal(err)
			}
		}
		w.broken = 150
		if _, err := book.Tell(ctx, "jenna", w.accounts, w); err == nil {
			t.Fatal("the crash was not seen")
		}
		if e := w.list(t, book)["2.1"]; !e.Told.IsZero() {
			t.Error("half of the people count as all")
		}
		var nodes sync.WaitGroup
		for range 3 {
			nodes.Go(func() { _, _ = book.Tell(ctx, "jenna", w.accounts, w) }) // one may lose a race
		}
		nodes.Wait()
		if _, err := book.Tell(ctx, "jenna", w.accounts, w); err != nil {
			t.Fatal(err)
		}
		for _, one := range w.people {
			if m := w.told[one]; len(m) != 1 || m[0].Once != "notice:2.1" || m[0].Quiet || m[0].Key != "change.told.consent" || !strings.Contains(m[0].Args["from_id"], "15 Desember 2026") {
				t.Fatalf("somebody was told %+v", m)
			}
		}
		day := time.Date(2026, 12, 14, 17, 0, 0, 0, time.UTC)
		if e := w.list(t, book)["2.1"]; !e.From.Equal(day) || e.Current {
			t.Errorf("told in time, it takes effect %s", e.From)
		}
		b.Manual().Set(day.Add(-time.Microsecond))
		if !w.list(t, book)["2.0"].Current {
			t.Error("it began before its day")
		}
		b.Manual().Set(day)
		if all := w.list(t, book); !all["2.1"].Current || all["2.0"].Current {
			t.Error("on its day it does not hold")
		}
	})
}

// JAG-57: what people were not told of in time is held back, and the version before
// it goes on until they were told and the time is over.
func TestTell_tooLateHoldsBack(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, w := context.Background(), newWorld(b, 3)
		b.Manual().Set(december)
		book := w.book(t, two(t))
		if err := book.Register(ctx, "jenna"); err != nil {
			t.Fatal(err)
		}
		late := time.Date(2026, 12, 20, 3, 0, 0, 0, time.UTC)
		b.Manual().Set(late)
		all, err := book.List(ctx, "jenna")
		if held := change.Held(all, late); err != nil || len(held) != 1 || held[0] != "2.1" {
			t.Fatalf("held back: %v, %v", held, err)
		}
		if !w.list(t, book)["2.0"].Current {
			t.Error("a version that nobody was told of holds")
		}
		write := func(f func(*store.Tx) error) {
			t.Helper()
			if err := w.Write(ctx, w.Scope(w.home), f); err != nil {
				t.Fatal(err)
			}
		}
		write(func(tx *store.Tx) error {
			p := consent.Proof{Notice: "2.0", How: consent.ByPage, Lang: "id"}
			if err := consent.Give(ctx, tx, w.people[0], "compare", p); err != nil {
				return err
			}
			s, err := consent.StateOf(ctx, tx, w.people[0], "compare")
			if s != consent.Given {
				t.Errorf("while the version is held back a consent is %q", s)
			}
			return err
		})
		if err := w.begin(t, book, "2.1"); err != nil {
			t.Fatal(err)
		}
		if n, err := book.Tell(ctx, "jenna", w.accounts, w); n != 3 || err != nil {
			t.Fatalf("%d told, %v", n, err)
		}
		want := time.Date(2027, 1, 2, 17, 0, 0, 0, time.UTC) // 14 days after the day of telling
		if e := w.list(t, book)["2.1"]; !e.From.Equal(want) || e.Current {
			t.Errorf("it takes effect %s, want %s", e.From, want)
		}
		// A consent under the old version counts until then.
		var until clock.Instant
		err = b.Read(ctx, w.Scope(w.home), func(tx *store.Tx) (err error) { _, until, err = consent.States(ctx, tx, w.people[0]); return err })
		if err != nil || !until.Time().Equal(want) {
			t.Errorf("the new consent is asked for from %s, %v", until, err)
		}
	})
}

// JAG-58: a changed text under an old number is refused, and every version stays
// readable with its digest after its file is gone.
func TestRegister_keepsWhatWasPublished(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, w := context.Background(), newWorld(b, 0)
		b.Manual().Set(december)
		book := w.book(t, two(t))
		if err := book.Register(ctx, "jenna"); err != nil {
			t.Fatal(err)
		}
		changed := two(t)
		changed["jenna.yaml"] = text(t, "id: Jenna adalah asisten AI", "id: Jenna ialah asisten AI")
		if err := w.book(t, changed).Register(ctx, "jenna"); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "jenna.yaml:") {
			t.Errorf("a changed text: %v", err)
		}
		alone := w.book(t, map[string]string{"jenna.yaml": two(t)["versions/jenna/2.1.yaml"]})
		if err := alone.Register(ctx, "jenna"); err != nil {
			t.Fatal(err)
		}
		if e := w.list(t, alone)["2.0"]; e.Notice == nil || e.Digest != notice.Digest(e.Notice) || !e.Current {
			t.Errorf("without its file version 2.0 is %+v", e)
		}
	})
}
