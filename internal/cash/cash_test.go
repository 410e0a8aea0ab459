package cash_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"io/fs"
	"testing"
	"time"

	"amanah/internal/cash"
	"amanah/internal/clock"
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
	Sets:       []store.Set{tenant.Tables(), ledger.Tables(), inbox.Tables(), cash.Tables()},
	Migrations: []fs.FS{tenant.Migrations(), ledger.Migrations(), inbox.Migrations(), cash.Migrations()},
}

// signer signs as the program's key does.
type signer struct{ private ed25519.PrivateKey }

func (s signer) SignNote(text []byte) ([]byte, error) { return ed25519.Sign(s.private, text), nil }
func (s signer) Public() ed25519.PublicKey            { return s.private.Public().(ed25519.PublicKey) }

// jobs remembers what was asked for.
type jobs struct{ all []job.Task }

func (j *jobs) Enqueue(_ context.Context, tx *store.Tx, t job.Task, _ time.Time) error {
	tx.AfterCommit(func() { j.all = append(j.all, t) })
	return nil
}

// rig is a service over a store with a family: Rina owns it, Bagas is a member,
// Dewi may only look. Tono is of another family.
type rig struct {
	*storetest.Bundle
	*cash.Service
	t                       testing.TB
	jobs                    *jobs
	home, family            id.Tenant
	rina, bagas, dewi, tono id.Subject
}

func newRig(t testing.TB, b *storetest.Bundle, change ...func(*cash.Options)) *rig {
	t.Helper()
	r := &rig{Bundle: b, t: t, jobs: &jobs{}, home: b.Tenant(), rina: b.Subject(), bagas: b.Subject(), dewi: b.Subject(), tono: b.Subject()}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	o := cash.Options{Store: b.DB, Slug: "jagacash", Home: r.home, Jobs: r.jobs, Rand: rand.Reader, Sign: signer{private}}
	for _, f := range change {
		f(&o)
	}
	r.Service = cash.New(o)
	at := store.Scope{Tenant: r.home, Home: r.home, Service: "jagacash", Actor: store.Actor{Kind: "job"}, Purpose: "service"}
	err = b.Write(context.Background(), at, func(tx *store.Tx) error {
		for _, owner := range []id.Subject{r.rina, r.tono} {
			w, err := tenant.Create(context.Background(), tx, tenant.New{Kind: tenant.Person, Owner: owner})
			if err != nil {
				return err
			}
			if owner == r.rina {
				r.family = w.Key()
			}
		}
		if err := tenant.Join(context.Background(), tx, r.family, r.bagas, tenant.Worker); err != nil {
			return err
		}
		return tenant.Join(context.Background(), tx, r.family, r.dewi, tenant.Viewer)
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// both runs a test over a rig on each engine.
func both(t *testing.T, f func(t *testing.T, r *rig), change ...func(*cash.Options)) {
	t.Helper()
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) { f(t, newRig(t, b, change...)) })
}

// as works as a person in the family.
func (r *rig) as(who id.Subject, f func(tx *store.Tx, v cash.View) error) error {
	return r.Write(context.Background(), r.As(r.family, who, cash.Record), func(tx *store.Tx) error {
		v, err := r.View(context.Background(), tx, who)
		if err != nil {
			return err
		}
		return f(tx, v)
	})
}

func (r *rig) must(who id.Subject, f func(tx *store.Tx, v cash.View) error) {
	r.t.Helper()
	if err := r.as(who, f); err != nil {
		r.t.Fatal(err)
	}
}

var now = time.Date(2026, 11, 22, 12, 30, 0, 0, clock.WIB)

// spend is an entry of that many rupiah.
func spend(rupiah int64, category, merchant string) cash.NewEntry {
	return cash.NewEntry{Kind: cash.Out, Amount: money.Rupiah(rupiah), At: now, Category: category, Merchant: merchant, Way: cash.ByForm}
}

func (r *rig) enter(who id.Subject, n cash.NewEntry) *cash.Entry {
	r.t.Helper()
	var out *cash.Entry
	r.must(who, func(tx *store.Tx, v cash.View) (err error) {
		out, _, err = r.Enter(context.Background(), tx, v, n)
		return err
	})
	return out
}

func (r *rig) account(who id.Subject, n cash.NewAccount) *cash.Account {
	r.t.Helper()
	var out *cash.Account
	r.must(who, func(tx *store.Tx, v cash.View) (err error) {
		out, err = r.AddAccount(context.Background(), tx, v, n)
		return err
	})
	return out
}

// totals are the month's sums in rupiah as a person sees them.
func (r *rig) totals(who id.Subject) (in, out int64) {
	r.t.Helper()
	r.must(who, func(tx *store.Tx, v cash.View) error {
		sums, err := r.Sums(context.Background(), tx, v, "2026-11", "2026-11")
		for _, t := range cash.Totalled(sums) {
			if t.Currency == money.IDR {
				in, out = t.In/100, t.Out/100
			}
		}
		return err
	})
	return in, out
}
