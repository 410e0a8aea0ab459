package plan_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"io/fs"
	"testing"
	"time"

	"amanah/internal/cash"
	"amanah/internal/cash/plan"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/inbox"
	"amanah/internal/job"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
)

var config = storetest.Config{
	Sets:       []store.Set{tenant.Tables(), ledger.Tables(), inbox.Tables(), cash.Tables(), plan.Tables()},
	Migrations: []fs.FS{tenant.Migrations(), ledger.Migrations(), inbox.Migrations(), cash.Migrations(), plan.Migrations()},
}

var ctx = context.Background()

// signer signs as the program's key does.
type signer struct{ private ed25519.PrivateKey }

func (s signer) SignNote(text []byte) ([]byte, error) { return ed25519.Sign(s.private, text), nil }
func (s signer) Public() ed25519.PublicKey            { return s.private.Public().(ed25519.PublicKey) }

type noJobs struct{}

func (noJobs) Enqueue(context.Context, *store.Tx, job.Task, time.Time) error { return nil }

// gate closes the purpose "suggest" for some people.
type gate struct{ closed map[id.Subject]bool }

func (g *gate) Enter(_ context.Context, s store.Scope) error {
	if s.Purpose == cash.Suggest && g.closed[id.Subject(s.Actor.ID)] {
		return store.ClosedBy("test", "objected")
	}
	return nil
}

func (g *gate) Use(s store.Scope, who id.Subject, _ string, _ store.Act) error {
	if s.Purpose == cash.Suggest && g.closed[who] {
		return store.ClosedBy("test", "objected")
	}
	return nil
}

// rig is a family: Rina owns it, Bagas is a member, Dewi may only look. Tono has
// another one.
type rig struct {
	*storetest.Bundle
	*plan.Service
	cash                    *cash.Service
	gate                    *gate
	t                       testing.TB
	home, family, other     id.Tenant
	rina, bagas, dewi, tono id.Subject
}

func newRig(t testing.TB, b *storetest.Bundle, g *gate) *rig {
	t.Helper()
	r := &rig{Bundle: b, t: t, gate: g, home: b.Tenant(), rina: b.Subject(), bagas: b.Subject(), dewi: b.Subject(), tono: b.Subject()}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r.Service = plan.New(plan.Options{Store: b.DB, Slug: "jagacash", Home: r.home, Cash: func() *cash.Service { return r.cash }})
	r.cash = cash.New(cash.Options{Store: b.DB, Slug: "jagacash", Home: r.home, Jobs: noJobs{}, Rand: rand.Reader, Sign: signer{private}, Savable: r.Service})
	at := store.Scope{Tenant: r.home, Home: r.home, Service: "jagacash", Actor: store.Actor{Kind: "job"}, Purpose: "service"}
	err = b.Write(ctx, at, func(tx *store.Tx) error {
		for who, family := range map[id.Subject]*id.Tenant{r.rina: &r.family, r.tono: &r.other} {
			w, err := tenant.Create(ctx, tx, tenant.New{Kind: tenant.Person, Owner: who})
			if err != nil {
				return err
			}
			*family = w.Key()
		}
		if err := tenant.Join(ctx, tx, r.family, r.bagas, tenant.Worker); err != nil {
			return err
		}
		return tenant.Join(ctx, tx, r.family, r.dewi, tenant.Viewer)
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func both(t *testing.T, f func(t *testing.T, r *rig)) {
	t.Helper()
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			g, c := &gate{map[id.Subject]bool{}}, config
			c.Gate = g
			f(t, newRig(t, storetest.Open(t, engine, c), g))
		})
	}
}

// in works as a person in a family.
func (r *rig) in(family id.Tenant, who id.Subject, f func(tx *store.Tx, v cash.View) error) error {
	return r.Write(ctx, r.cash.As(family, who, cash.Record), func(tx *store.Tx) error {
		v, err := r.cash.View(ctx, tx, who)
		if err != nil {
			return err
		}
		return f(tx, v)
	})
}

func (r *rig) as(who id.Subject, f func(tx *store.Tx, v cash.View) error) error {
	return r.in(r.family, who, f)
}

func (r *rig) must(who id.Subject, f func(tx *store.Tx, v cash.View) error) {
	r.t.Helper()
	if err := r.as(who, f); err != nil {
		r.t.Fatal(err)
	}
}

func noon(day string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly+" 15", day+" 12", clock.WIB)
	if err != nil {
		panic(err)
	}
	return t
}

func (r *rig) enter(who id.Subject, day string, k cash.Kind, rupiah int64, category, merchant string, change ...func(*cash.NewEntry)) *cash.Entry {
	r.t.Helper()
	n := cash.NewEntry{Kind: k, Amount: money.Rupiah(rupiah), At: noon(day), Category: category, Merchant: merchant, Way: cash.ByForm}
	for _, f := range change {
		f(&n)
	}
	var out *cash.Entry
	r.must(who, func(tx *store.Tx, v cash.View) (err error) { out, _, err = r.cash.Enter(ctx, tx, v, n); return err })
	return out
}

// months fills three months before the present one.
func (r *rig) months(who id.Subject) {
	for _, m := range []string{"2026-08", "2026-09", "2026-10"} {
		r.enter(who, m+"-25", cash.In, 9_000_000, "salary", "")
		r.enter(who, m+"-28", cash.Out, 350_000, "bills", "PLN")
		r.enter(who, m+"-07", cash.Out, 1_200_000, "groceries", "Pasar")
		r.enter(who, m+"-19", cash.Out, 600_000, "groceries", "Indomaret")
	}
	r.enter(who, "2026-11-05", cash.Out, 700_000, "groceries", "Indomaret")
}

func (r *rig) outlook(who id.Subject, month string) plan.Outlook {
	r.t.Helper()
	var o plan.Outlook
	r.must(who, func(tx *store.Tx, v cash.View) (err error) {
		o, err = r.Outlook(ctx, tx, v, month, money.IDR)
		return err
	})
	return o
}

func is(t testing.TB, err error, want fault.Code) {
	t.Helper()
	if !fault.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}
