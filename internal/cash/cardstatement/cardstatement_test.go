package cardstatement_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"io/fs"
	"sync"
	"testing"
	"time"

	"amanah/internal/cash"
	"amanah/internal/cash/cardstatement"
	"amanah/internal/clock"
	"amanah/internal/extract/pdf"
	"amanah/internal/extract/statement"
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
	Sets:       []store.Set{tenant.Tables(), ledger.Tables(), inbox.Tables(), cash.Tables(), cardstatement.Tables()},
	Migrations: []fs.FS{tenant.Migrations(), ledger.Migrations(), inbox.Migrations(), cash.Migrations(), cardstatement.Migrations()},
}

type signer struct{ private ed25519.PrivateKey }

func (s signer) SignNote(text []byte) ([]byte, error) { return ed25519.Sign(s.private, text), nil }
func (s signer) Public() ed25519.PublicKey            { return s.private.Public().(ed25519.PublicKey) }

type jobs struct {
	mu  sync.Mutex
	all []job.Task
}

func (j *jobs) Enqueue(_ context.Context, tx *store.Tx, t job.Task, _ time.Time) error {
	tx.AfterCommit(func() { j.mu.Lock(); j.all = append(j.all, t); j.mu.Unlock() })
	return nil
}

// opener is the machine that opens PDF files, once for all tests.
var opener = pdf.New(pdf.Limits{})

// rig is a service over a store with a family: Rina owns it, Bagas is a member,
// Dewi may only look. Tono is of another family.
type rig struct {
	*storetest.Bundle
	*cardstatement.Service
	t                       testing.TB
	cash                    *cash.Service
	reader                  *reader
	jobs                    *jobs
	home, family            id.Tenant
	others                  id.Tenant // Tono's
	rina, bagas, dewi, tono id.Subject
}

// reader counts and can fail; what it reads is the real one's.
type reader struct {
	*statement.Reader
	mu     sync.Mutex
	n      int
	before func(n int) error
}

func (r *reader) Read(ctx context.Context, raw []byte, o statement.Options) (*statement.Statement, error) {
	r.mu.Lock()
	r.n++
	n, f := r.n, r.before
	r.mu.Unlock()
	if f != nil {
		if err := f(n); err != nil {
			return nil, err
		}
	}
	return r.Reader.Read(ctx, raw, o)
}

func newRig(t testing.TB, b *storetest.Bundle) *rig {
	t.Helper()
	r := &rig{Bundle: b, t: t, jobs: &jobs{}, home: b.Tenant(), rina: b.Subject(), bagas: b.Subject(), dewi: b.Subject(), tono: b.Subject()}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	read, err := statement.New(opener)
	if err != nil {
		t.Fatal(err)
	}
	r.reader = &reader{Reader: read}
	r.cash = cash.New(cash.Options{Store: b.DB, Slug: "jagacash", Home: r.home, Jobs: r.jobs, Rand: rand.Reader, Sign: signer{private}})
	r.Service = cardstatement.New(cardstatement.Options{Store: b.DB, Cash: r.cash, Reader: r.reader, Jobs: r.jobs, Slug: "jagacash", Home: r.home, MaxBytes: 1 << 20})
	ctx := context.Background()
	at := store.Scope{Tenant: r.home, Home: r.home, Service: "jagacash", Actor: store.Actor{Kind: "job"}, Purpose: "service"}
	err = b.Write(ctx, at, func(tx *store.Tx) error {
		for _, owner := range []id.Subject{r.rina, r.tono} {
			w, err := tenant.Create(ctx, tx, tenant.New{Kind: tenant.Person, Owner: owner})
			if err != nil {
				return err
			}
			r.others = w.Key()
			if owner == r.rina {
				r.family = w.Key()
			}
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

// both runs a test over a rig on each engine.
func both(t *testing.T, f func(t *testing.T, r *rig)) {
	t.Helper()
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) { f(t, newRig(t, b)) })
}

func (r *rig) as(who id.Subject) store.Scope {
	return store.Scope{Tenant: r.family, Home: r.home, Service: "jagacash", Actor: store.Actor{Kind: "person", ID: id.ID(who)}, Purpose: cardstatement.Purpose}
}

// read looks as a person.
func (r *rig) read(who id.Subject, f func(tx *store.Tx, v cash.View) error) error {
	return r.Bundle.Read(context.Background(), r.as(who), func(tx *store.Tx) error {
		v, err := r.cash.View(context.Background(), tx, who)
		if err != nil {
			return err
		}
		return f(tx, v)
	})
}

// keep works in the books as a person.
func (r *rig) keep(who id.Subject, f func(tx *store.Tx, v cash.View) error) {
	r.t.Helper()
	err := r.Write(context.Background(), r.cash.As(r.family, who, cash.Record), func(tx *store.Tx) error {
		v, err := r.cash.View(context.Background(), tx, who)
		if err != nil {
			return err
		}
		return f(tx, v)
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// work runs what was put in until nothing is left.
func (r *rig) work() {
	r.t.Helper()
	for {
		r.jobs.mu.Lock()
		tasks := r.jobs.all
		r.jobs.all = nil
		r.jobs.mu.Unlock()
		if len(tasks) == 0 {
			return
		}
		for _, t := range tasks {
			if err := r.Run(context.Background(), t); err != nil {
				r.t.Fatal(err)
			}
		}
	}
}

// upload brings a file and has it read.
func (r *rig) upload(who id.Subject, raw []byte) id.ID {
	r.t.Helper()
	key, _, err := r.Upload(context.Background(), r.as(who), who, "tagihan.pdf", bytes.NewReader(raw))
	if err != nil {
		r.t.Fatal(err)
	}
	r.work()
	return key
}

func (r *rig) file(who id.Subject, key id.ID) (f *cardstatement.File) {
	r.t.Helper()
	if err := r.read(who, func(tx *store.Tx, v cash.View) (err error) {
		f, err = r.Get(context.Background(), tx, v, key)
		return err
	}); err != nil {
		r.t.Fatal(err)
	}
	return f
}

func (r *rig) board(who id.Subject, key id.ID) (b *cardstatement.Board) {
	r.t.Helper()
	if err := r.read(who, func(tx *store.Tx, v cash.View) (err error) {
		b, err = r.Board(context.Background(), tx, v, key)
		return err
	}); err != nil {
		r.t.Fatal(err)
	}
	return b
}

func (r *rig) account(who id.Subject, n cash.NewAccount) (a *cash.Account) {
	r.t.Helper()
	r.keep(who, func(tx *store.Tx, v cash.View) (err error) {
		a, err = r.cash.AddAccount(context.Background(), tx, v, n)
		return err
	})
	return a
}

func (r *rig) enter(who id.Subject, n cash.NewEntry) (e *cash.Entry) {
	r.t.Helper()
	r.keep(who, func(tx *store.Tx, v cash.View) (err error) {
		e, _, err = r.cash.Enter(context.Background(), tx, v, n)
		return err
	})
	return e
}

var closed = time.Date(2026, 11, 18, 0, 0, 0, 0, time.UTC)

// entry is what a family writes of a line of the sample.
func entry(l cardstatement.Bought, account id.ID) cash.NewEntry {
	d := closed.AddDate(0, 0, -l.Days)
	return cash.NewEntry{Kind: cash.Out, Amount: money.Rupiah(l.Rupiah), At: time.Date(d.Year(), d.Month(), d.Day(), 10, 0, 0, 0, clock.WIB), Account: account, Merchant: l.Shop, Way: cash.ByForm}
}
