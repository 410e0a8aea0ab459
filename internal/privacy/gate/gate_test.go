package gate_test

import (
	"context"
	"io/fs"
	"slices"
	"testing"
	"time"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/gate"
	"amanah/internal/privacy/notice"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
	"amanah/law"
	"amanah/notices"
)

// world is a store of all five services behind a gate, as the program has it.
type world struct {
	*storetest.Bundle
	gate   *gate.Gate
	config storetest.Config
}

func policy(t testing.TB) *notice.Policy {
	t.Helper()
	ns, _ := notice.LoadNotices(notices.FS)
	packs, _ := notice.LoadLaw(law.FS)
	p, err := notice.Compile(ns, packs)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func newGate(t testing.TB, o gate.Config) *gate.Gate {
	t.Helper()
	o.Policy, o.Choices, o.Home = policy(t), consent.Choices, func(service string) store.Scope { return home(service, "rights") }
	g, err := gate.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func home(service, purpose string) store.Scope {
	h := tenant.HomeOf(service)
	return store.Scope{Tenant: h, Home: h, Service: service, Actor: store.Actor{Kind: "job"}, Purpose: purpose}
}

func open(t testing.TB, engine string) *world {
	t.Helper()
	g := newGate(t, gate.Config{})
	w := &world{gate: g, config: storetest.Config{Gate: g,
		Sets:       []store.Set{gate.Tables(), consent.Tables(), audit.Tables()},
		Migrations: []fs.FS{gate.Migrations(), consent.Migrations(), audit.Migrations()}}}
	w.Bundle = storetest.Open(t, engine, w.config)
	start(t, g, w.DB)
	return w
}

func start(t testing.TB, g *gate.Gate, db *store.DB) {
	t.Helper()
	stop, err := g.Start(context.Background(), db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
}

func both(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			f(t, open(t, engine))
		})
	}
}

func (w *world) write(t testing.TB, service string, f func(tx *store.Tx) error) {
	t.Helper()
	if err := w.Write(context.Background(), home(service, "rights"), f); err != nil {
		t.Fatal(err)
	}
}

func (w *world) stop(t testing.TB, service string, who id.Subject, purpose, why string) {
	t.Helper()
	w.write(t, service, func(tx *store.Tx) error { return gate.Stop(t.Context(), tx, who, purpose, why, id.ID{}) })
}

func (w *world) lift(t testing.TB, service string, who id.Subject, purpose, why string) {
	t.Helper()
	w.write(t, service, func(tx *store.Tx) error { return gate.Lift(t.Context(), tx, who, purpose, why) })
}

var purposes = []string{"service", "capture", "deliver", "support", "billing", "notify", "security", "improve", "rights"}

// expect holds each purpose of CTT against what is closed.
func (w *world) expect(t *testing.T, step string, who id.Subject, closed map[string]string) {
	t.Helper()
	for _, p := range purposes {
		v := w.gate.Allow("ctt", who, p, "")
		if why := closed[p]; v.Why != why || v.OK != (why == "") {
			t.Errorf("%s: %s is %+v, want %q", step, p, v, why)
		}
	}
}

func all(why string, open ...string) map[string]string {
	m := map[string]string{}
	for _, p := range purposes {
		m[p] = why
	}
	for _, p := range open {
		delete(m, p)
	}
	return m
}

// Each kind of stop closes what it says and nothing else, for one person and no
// other, at once; lifting opens it again, and only its own reason.
func TestStop(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		rina, dewi := w.Subject(), w.Subject()
		w.expect(t, "nothing said", rina, nil)
		w.stop(t, "ctt", rina, gate.All, gate.Restricted)
		w.expect(t, "restricted", rina, all("restricted", "security", "rights"))
		w.stop(t, "ctt", rina, "improve", gate.Objected)
		w.lift(t, "ctt", rina, gate.All, gate.Restricted)
		w.expect(t, "objected", rina, map[string]string{"improve": "objected"})
		w.stop(t, "ctt", rina, gate.All, gate.Closing)
		w.stop(t, "ctt", rina, gate.All, gate.Restricted)
		w.expect(t, "closing", rina, all("closing", "rights"))
		w.lift(t, "ctt", rina, gate.All, gate.Closing)
		w.expect(t, "still restricted", rina, all("restricted", "security", "rights"))
		w.lift(t, "ctt", rina, gate.All, gate.Restricted)
		w.lift(t, "ctt", rina, "improve", gate.Objected)
		w.expect(t, "all lifted", rina, nil)
		w.expect(t, "a neighbour", dewi, nil)
		w.stop(t, "ctt", dewi, "deliver", gate.Objected)
		if v := w.gate.Allow("jenna", dewi, "service", ""); !v.OK {
			t.Errorf("another service: %+v", v)
		}
	})
}

// A purpose of consent is closed until a consent stands, and again once it is
// withdrawn; one of legitimate interest is open until an objection.
func TestConsent(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		ctx, rina := t.Context(), w.Subject()
		ask := func(step, purpose, want string) {
			t.Helper()
			if v := w.gate.Allow("jenna", rina, purpose, ""); v.Why != want {
				t.Errorf("%s: %s is %+v, want %q", step, purpose, v, want)
			}
		}
		act := func(f func(context.Context, *store.Tx, id.Subject, string, consent.Proof) error, purpose string) {
			t.Helper()
			w.write(t, "jenna", func(tx *store.Tx) error {
				return f(ctx, tx, rina, purpose, consent.Proof{Notice: "1.0", How: consent.ByPage})
			})
		}
		ask("nothing said", "train", "consent")
		ask("nothing said", "improve", "")
		act(consent.Give, "train")
		ask("given", "train", "")
		ask("given", "remember", "consent")
		act(consent.Withdraw, "train")
		ask("withdrawn", "train", "withdrawn")
		act(consent.Withdraw, "improve")
		ask("objection", "improve", "objected")
		act(consent.Give, "train")
		ask("given again", "train", "")
		w.stop(t, "jenna", rina, "train", gate.Withdrawn)
		ask("stopped beside a consent", "train", "withdrawn")
	})
}

// A restart knows what was said before it.
func TestStart_again(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		rina, dewi := w.Subject(), w.Subject()
		w.stop(t, "ctt", rina, gate.All, gate.Restricted)
		w.stop(t, "ctt", dewi, gate.All, gate.Restricted)
		w.lift(t, "ctt", dewi, gate.All, gate.Restricted)
		again := newGate(t, gate.Config{})
		if v := again.Allow("ctt", dewi, "capture", ""); v.Why != gate.Unknown || !fault.Is(v.Err("test"), fault.Unavailable) {
			t.Errorf("before it knows: %+v", v)
		}
		start(t, again, w.DB)
		if v := again.Allow("ctt", rina, "capture", ""); v.Why != gate.Restricted {
			t.Errorf("restricted: %+v", v)
		}
		if v := again.Allow("ctt", dewi, "capture", ""); !v.OK {
			t.Errorf("lifted: %+v", v)
		}
		if s := again.State("ctt", rina); s != gate.Restricted {
			t.Errorf("state: %q", s)
		}
	})
}

// What is refused: rights themselves, unknown reasons, another enclosure; and a
// stop that rolls back has no effect.
func TestStop_refused(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		ctx, rina := t.Context(), w.Subject()
		for name, f := range map[string]func(*store.Tx) error{
			"rights":  func(tx *store.Tx) error { return gate.Stop(ctx, tx, rina, "rights", gate.Objected, id.ID{}) },
			"nobody":  func(tx *store.Tx) error { return gate.Stop(ctx, tx, id.Subject{}, "", gate.Restricted, id.ID{}) },
			"no word": func(tx *store.Tx) error { return gate.Stop(ctx, tx, rina, "", "because", id.ID{}) },
			"rolled back": func(tx *store.Tx) error {
				if err := gate.Stop(ctx, tx, rina, "", gate.Restricted, id.ID{}); err != nil {
					t.Error(err)
				}
				return fault.New(fault.Conflict, "test", "x")
			},
		} {
			if err := w.Write(ctx, home("ctt", "rights"), f); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
		workspace := home("ctt", "rights")
		workspace.Tenant = w.Tenant()
		if err := w.Write(ctx, workspace, func(tx *store.Tx) error { return gate.Stop(ctx, tx, rina, "", gate.Restricted, id.ID{}) }); !fault.Is(err, fault.Internal) {
			t.Errorf("outside of the home: %v", err)
		}
		w.expect(t, "after refusals", rina, nil)
	})
}

// A person who acts gets no transaction for a closed purpose; the program's own
// work for others goes on.
func TestEnter(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		rina, dewi := w.Subject(), w.Subject()
		w.stop(t, "ctt", rina, gate.All, gate.Restricted)
		as := func(who id.Subject, purpose string) error {
			s := home("ctt", purpose)
			s.Actor = store.Actor{Kind: "person", ID: id.ID(who)}
			return w.Read(t.Context(), s, func(*store.Tx) error { return nil })
		}
		if err := as(rina, "capture"); !fault.Is(err, fault.Forbidden) || fault.Of(err).Key != "gate.closed.restricted" {
			t.Errorf("restricted: %v", err)
		}
		for _, purpose := range []string{"security", "rights"} {
			if err := as(rina, purpose); err != nil {
				t.Errorf("%s: %v", purpose, err)
			}
		}
		if err := as(dewi, "capture"); err != nil {
			t.Errorf("a neighbour: %v", err)
		}
		if err := w.Read(t.Context(), home("ctt", "capture"), func(*store.Tx) error { return nil }); err != nil {
			t.Errorf("a job: %v", err)
		}
	})
}

// Two nodes of one PostgreSQL: what one is told, the other obeys at once; a node
// that cannot hear refuses.
func TestNodes(t *testing.T) {
	t.Parallel()
	w := open(t, "postgres")
	opened := make(chan id.Subject, 9)
	other := newGate(t, gate.Config{Opened: func(_ string, who id.Subject) { opened <- who }})
	db, err := store.Open(t.Context(), store.Options{URL: w.URL, Map: w.Map(), Migrations: w.config.Migrations, Vault: w.Vault, Clock: w.Clock, Gate: other})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	stop, err := other.Start(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	rina := w.Subject()
	s := home("ctt", "capture")
	s.Actor = store.Actor{Kind: "person", ID: id.ID(rina)}
	use := func() error { return db.Read(context.Background(), s, func(*store.Tx) error { return nil }) }
	for range 5 {
		w.stop(t, "ctt", rina, gate.All, gate.Restricted)
		begun := time.Now()
		for use() == nil {
		}
		if took := time.Since(begun); took > 2*time.Second {
			t.Errorf("the other node obeyed after %v", took)
		}
		w.lift(t, "ctt", rina, gate.All, gate.Restricted)
		if who := <-opened; who != rina {
			t.Errorf("opened: %v", who)
		}
	}
	stop()
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	for err = nil; err == nil; {
		err = db.Read(ctx, home("ctt", "capture"), func(*store.Tx) error { return nil })
	}
	if !fault.Is(err, fault.Unavailable) || fault.Of(err).Key != "gate.closed.unknown" {
		t.Errorf("a deaf node: %v", err)
	}
	if err := db.Read(t.Context(), home("ctt", "rights"), func(*store.Tx) error { return nil }); err != nil {
		t.Errorf("rights on a deaf node: %v", err)
	}
}

// What a category is for is the notice's word; the audit chain has each act.
func TestAllow_category(t *testing.T) {
	t.Parallel()
	w := open(t, "sqlite")
	for _, c := range []struct {
		service, purpose, category, want string
	}{
		{"ctt", "capture", "transaction.amount", ""},
		{"ctt", "rights", "transaction.amount", ""},
		{"ctt", "security", "account.name", ""}, // one of the exceptions
		{"ctt", "improve", "account.name", "category"},
		{"ctt", "billing", "transaction.amount", "category"},
		{"ctt", "capture", "student.name", "category"},
		{"ctt", "advertising", "transaction.amount", "undeclared"},
		{"nobody", "service", "", "undeclared"},
	} {
		if v := w.gate.Allow(c.service, w.Subject(), c.purpose, c.category); v.Why != c.want {
			t.Errorf("%+v: %+v", c, v)
		}
	}
	rina := w.Subject()
	w.stop(t, "ctt", rina, "improve", gate.Objected)
	w.stop(t, "ctt", rina, "improve", gate.Objected)
	w.lift(t, "ctt", rina, "improve", gate.Objected)
	err := w.Read(t.Context(), home("ctt", "rights"), func(tx *store.Tx) error {
		var n int64
		if err := tx.QueryRow(t.Context(), "SELECT COUNT(*) FROM audit_entries", nil, &n); err != nil || n != 2 {
			t.Errorf("the log has %d rows, %v", n, err)
		}
		list, err := gate.Of(t.Context(), tx, rina)
		if err == nil && (len(list) != 1 || list[0].Lifted.IsZero() || list[0].Purpose != "improve") {
			t.Errorf("stops: %+v", list)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// What is used beyond a notice's words is named, each still stands in no notice of
// CTT, and there is no more of it than today.
func TestExceptions(t *testing.T) {
	t.Parallel()
	n := policy(t).Notice(1)
	for _, ctt := range []notice.ServiceID{1, 2, 3, 4, 5} {
		if m := policy(t).Notice(ctt); m.Service() == "ctt" {
			n = m
		}
	}
	for _, x := range gate.Exceptions() {
		c, ok := n.Category(x.Category)
		if !ok || slices.Contains(c.For, x.Purpose) || x.Because == "" {
			t.Errorf("%+v: the notice has it by now, or nobody says why", x)
		}
	}
	if len(gate.Exceptions()) > 6 {
		t.Error("a new use beyond the notice: mend the caller's purpose, or the notice")
	}
}

// The answer costs no allocation.
func TestAllow_allocations(t *testing.T) {
	w := open(t, "sqlite")
	rina, dewi := w.Subject(), w.Subject()
	w.stop(t, "ctt", rina, gate.All, gate.Restricted)
	n := testing.AllocsPerRun(1000, func() {
		if w.gate.Allow("ctt", rina, "capture", "transaction.merchant").OK || !w.gate.Allow("ctt", dewi, "capture", "transaction.merchant").OK {
			t.Error("wrong answer")
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkAllow(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			w := open(b, engine)
			rina := w.Subject()
			w.stop(b, "ctt", rina, "improve", gate.Objected)
			b.ReportAllocs()
			for b.Loop() {
				if !w.gate.Allow("ctt", rina, "capture", "transaction.merchant").OK {
					b.Fatal("closed")
				}
			}
		})
	}
}
