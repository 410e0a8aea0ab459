package analytics_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"amanah/internal/audit"
	"amanah/internal/id"
	"amanah/internal/privacy/analytics"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/gate"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
	"amanah/law"
	"amanah/notices"
)

const page = "GET /ctt/app/reports"

var features = []analytics.Feature{{Name: "reports", Patterns: []string{"GET /app/reports"}}, {Name: "budgets", Patterns: []string{"GET /app/budgets"}}}

func home(service string) store.Scope {
	h := tenant.HomeOf(service)
	return store.Scope{Tenant: h, Home: h, Service: service, Actor: store.Actor{Kind: "job"}, Purpose: "rights"}
}

// letters are what people were told.
type letters []tell.Message

func (l *letters) Tell(_ context.Context, _ *store.Tx, m tell.Message) error {
	*l = append(*l, m)
	return nil
}

type world struct {
	*testing.T
	*storetest.Bundle
	gate   *gate.Gate
	notice *notice.Notice
	told   letters
}

func both(t *testing.T, f func(w *world)) {
	t.Helper()
	ns, _ := notice.LoadNotices(notices.FS)
	packs, _ := notice.LoadLaw(law.FS)
	policy, err := notice.Compile(ns, packs)
	if err != nil {
		t.Fatal(err)
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			g, err := gate.New(gate.Config{Policy: policy, Choices: consent.Choices, Home: home})
			if err != nil {
				t.Fatal(err)
			}
			w := &world{T: t, gate: g, notice: ns[slices.IndexFunc(ns, func(n *notice.Notice) bool { return n.Service() == "ctt" })]}
			w.Bundle = storetest.Open(t, engine, storetest.Config{Gate: g,
				Sets:       []store.Set{analytics.Tables(), gate.Tables(), consent.Tables(), audit.Tables()},
				Migrations: []fs.FS{analytics.Migrations(), gate.Migrations(), consent.Migrations(), audit.Migrations()}})
			stop, err := g.Start(context.Background(), w.DB)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(stop)
			f(w)
		})
	}
}

// node is one run of the program over the world's database.
func (w *world) node() *analytics.Service {
	w.Helper()
	s, err := analytics.New(analytics.Config{DB: w.DB, Gate: w.gate, Home: home, Services: []string{"ctt"}, Features: features, Teller: &w.told,
		Notice: func(string) (*notice.Notice, bool) { return w.notice, true }})
	if err != nil {
		w.Fatal(err)
	}
	return s
}

func (w *world) try(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// stored is every figure in the table, "day feature people", sorted.
func (w *world) stored() (out []string) {
	w.Helper()
	w.try(w.Read(context.Background(), home("ctt"), func(tx *store.Tx) error {
		rows, err := tx.Query(context.Background(), "SELECT day, feature, people FROM analytics_figures WHERE tenant_id = $1 ORDER BY day, feature, people", tx.Tenant())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var day, feature string
			var people int64
			if err := rows.Scan(&day, &feature, &people); err != nil {
				return err
			}
			out = append(out, fmt.Sprint(day, " ", feature, " ", people))
		}
		return rows.Err()
	}))
	return out
}

func (w *world) figures(s *analytics.Service) (f analytics.Figures) {
	w.Helper()
	w.try(w.Read(context.Background(), home("ctt"), func(tx *store.Tx) (err error) { f, err = s.Figures(context.Background(), tx); return err }))
	return f
}

func (w *world) people(n int) (out []id.Subject) {
	for range n {
		out = append(out, w.Subject())
	}
	return out
}

func TestSmallGroups_neitherStoredNorShown(t *testing.T) {
	t.Parallel()
	both(t, func(w *world) {
		s, ctx := w.node(), context.Background()
		all := w.people(13)
		for _, who := range all[:9] {
			for range 20 { // often is not many
				s.Seen("ctt", who, page, false)
			}
		}
		for _, who := range all {
			s.Seen("ctt", who, "GET /ctt/app/budgets", false)
			s.Seen("ctt", who, "GET /ctt/app/secret/"+who.String(), false) // no feature
		}
		w.try(s.Flush(ctx))
		day := w.Clock.Now().In(time.FixedZone("WIB", 7*3600)).Format(time.DateOnly)
		if got, want := w.stored(), []string{day + " budgets 10"}; !slices.Equal(got, want) {
			t.Fatalf("nine people, and thirteen: %v, want %v", got, want)
		}
		if f := w.figures(s); f.Used[0].Best != 0 || f.Used[1].Best != 0 {
			t.Errorf("the day that runs is shown: %+v", f)
		}
		w.Manual().Add(25 * time.Hour)
		w.try(s.Flush(ctx))
		w.try(s.Close(ctx))
		if f := w.figures(s); f.Used[0] != (analytics.Used{Feature: "reports"}) || f.Used[1] != (analytics.Used{Feature: "budgets", Last: 10, Best: 10, Days: 1}) {
			t.Errorf("%+v", f)
		}
	})
}

func TestObjection(t *testing.T) {
	t.Parallel()
	both(t, func(w *world) {
		s, ctx := w.node(), context.Background()
		all := w.people(10)
		for _, who := range all {
			s.Seen("ctt", who, page, false)
		}
		w.try(s.Flush(ctx))
		if len(w.stored()) != 1 {
			t.Fatal("ten people make no figure")
		}
		rina := all[0]
		w.try(w.Write(ctx, home("ctt"), func(tx *store.Tx) error { return gate.Stop(ctx, tx, rina, "improve", gate.Objected, id.ID{}) }))
		s.Seen("ctt", rina, page, false)
		w.try(s.Flush(ctx))
		if got := w.stored(); len(got) != 0 {
			t.Errorf("an objector is counted: %v", got)
		}
		if v := w.gate.Allow("ctt", rina, "capture", ""); !v.OK {
			t.Errorf("another purpose is closed too: %s", v.Why)
		}
		w.try(w.Write(ctx, home("ctt"), func(tx *store.Tx) error { return s.Choose(ctx, tx, rina, true) }))
		s.Seen("ctt", rina, page, false)
		w.try(s.Flush(ctx))
		if len(w.stored()) != 1 {
			t.Error("who lifts the objection is not counted again")
		}
		s.Forget("ctt", all[1]) // erased
		w.try(s.Flush(ctx))
		if got := w.stored(); len(got) != 0 {
			t.Errorf("who was erased is counted: %v", got)
		}
	})
}

func TestSignal_isAnObjectionOnce(t *testing.T) {
	t.Parallel()
	both(t, func(w *world) {
		s, ctx, rina := w.node(), context.Background(), w.Subject()
		closed := func() bool { return !w.gate.Allow("ctt", rina, "improve", "").OK }
		for range 12 {
			s.Seen("ctt", rina, page, true)
			s.Seen("ctt", id.Subject{}, "", true) // a visitor, a page that is no feature
		}
		w.try(s.Flush(ctx))
		if !closed() || len(w.told) != 1 || w.told[0].Subject != rina || !w.told[0].Quiet || w.told[0].Link == "" {
			t.Fatalf("closed %v, told %+v", closed(), w.told)
		}
		w.try(w.Write(ctx, home("ctt"), func(tx *store.Tx) error { return s.Choose(ctx, tx, rina, true) }))
		for _, s := range []*analytics.Service{s, w.node()} { // and after a restart
			s.Seen("ctt", rina, page, true)
			w.try(s.Flush(ctx))
		}
		if closed() || len(w.told) != 1 {
			t.Errorf("who lifted it is asked again: closed %v, told %d times", closed(), len(w.told))
		}
		w.Manual().Add(25 * time.Hour)
		w.try(s.Close(ctx))
		w.try(s.Close(ctx))
		if f := w.figures(s); f.Signals != 26 || len(w.stored()) != 0 {
			t.Errorf("%d signals, %v", f.Signals, w.stored())
		}
	})
}

func TestClose_once(t *testing.T) {
	t.Parallel()
	both(t, func(w *world) {
		ctx := context.Background()
		a, b := w.node(), w.node()
		all := w.people(31)
		for i, who := range all {
			a.Seen("ctt", who, page, false)
			if i < 12 {
				b.Seen("ctt", who, page, false) // the same people, seen by another node
			}
		}
		w.try(a.Flush(ctx))
		w.try(b.Flush(ctx))
		before := w.stored()
		w.try(a.Close(ctx))
		if got := w.stored(); !slices.Equal(got, before) {
			t.Errorf("the day that runs was closed: %v", got)
		}
		w.Manual().Add(25 * time.Hour)
		dead := errors.New("killed")
		err := w.Write(ctx, home("ctt"), func(tx *store.Tx) error {
			w.try(analytics.CloseDays(ctx, tx, 10))
			return dead
		})
		if !errors.Is(err, dead) || !slices.Equal(w.stored(), before) {
			t.Fatalf("%v: a killed close left %v", err, w.stored())
		}
		for range 2 {
			w.try(b.Close(ctx))
			if got := w.stored(); len(got) != 1 || !strings.HasSuffix(got[0], " reports 30") {
				t.Fatalf("%v", got)
			}
		}
		w.try(a.Flush(ctx)) // a node that comes late with the same day
		w.try(a.Close(ctx))
		if got := w.stored(); len(got) != 1 || !strings.HasSuffix(got[0], " reports 30") {
			t.Errorf("%v", got)
		}
	})
}

func TestNeverMoreThanPeople(t *testing.T) {
	t.Parallel()
	both(t, func(w *world) {
		ctx := context.Background()
		rapid.Check(t, func(rt *rapid.T) {
			w.Manual().Add(50 * time.Hour)
			all := w.people(40)
			came := map[id.Subject]bool{}
			nodes := []*analytics.Service{w.node(), w.node()}
			for range rapid.IntRange(1, 120).Draw(rt, "steps") {
				i := rapid.IntRange(0, 1).Draw(rt, "node")
				switch rapid.IntRange(0, 20).Draw(rt, "what") {
				case 0:
					w.try(nodes[i].Flush(ctx))
				case 1:
					nodes[i] = w.node() // killed
				default:
					who := rapid.SampledFrom(all).Draw(rt, "who")
					came[who] = true
					nodes[i].Seen("ctt", who, page, false)
				}
			}
			for _, n := range nodes {
				w.try(n.Flush(ctx))
			}
			w.Manual().Add(25 * time.Hour)
			w.try(nodes[0].Close(ctx))
			if got := w.figures(nodes[0]).Used[0].Last; got > int64(len(came)) || got > 0 && got < 10 {
				rt.Errorf("%d said, %d came", got, len(came))
			}
		})
	})
}

// TestColumns_nameNobody holds the stored structs against a list: a further
// column has to be thought about here.
func TestColumns_nameNobody(t *testing.T) {
	t.Parallel()
	for _, row := range analytics.Tables().Rows {
		r := reflect.TypeOf(row)
		for i := range r.NumField() {
			f := r.Field(i)
			if f.Name == "Row" {
				if f.Tag.Get("subject") != "-" {
					t.Errorf("%s is about somebody", r.Name())
				}
				continue
			}
			if !slices.Contains([]string{"Day", "Feature", "Part", "People", "Answers"}, f.Name) || f.Type.Kind() != reflect.String && f.Type.Kind() != reflect.Int64 {
				t.Errorf("%s.%s may name somebody", r.Name(), f.Name)
			}
		}
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	if missing := i18n.Missing(analytics.Texts()); len(missing) > 0 {
		t.Error(missing)
	}
}
