package exchange_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"io/fs"
	"strings"
	"testing"
	"time"

	"amanah/internal/cash"
	"amanah/internal/cash/exchange"
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
	"amanah/internal/web/i18n"
)

var config = storetest.Config{
	Sets:       []store.Set{tenant.Tables(), ledger.Tables(), inbox.Tables(), cash.Tables(), exchange.Tables()},
	Migrations: []fs.FS{tenant.Migrations(), ledger.Migrations(), inbox.Migrations(), cash.Migrations(), exchange.Migrations()},
}

type signer struct{ private ed25519.PrivateKey }

func (s signer) SignNote(text []byte) ([]byte, error) { return ed25519.Sign(s.private, text), nil }
func (s signer) Public() ed25519.PublicKey            { return s.private.Public().(ed25519.PublicKey) }

// jobs remembers what was asked for.
type jobs struct{ all []job.Task }

func (j *jobs) Enqueue(_ context.Context, tx *store.Tx, t job.Task, _ time.Time) error {
	tx.AfterCommit(func() { j.all = append(j.all, t) })
	return nil
}

// rig is a service over a store with two families: Rina owns one, Bagas is a member,
// Dewi may only look; Tono owns the other.
type rig struct {
	*storetest.Bundle
	*exchange.Service
	t                       testing.TB
	jobs                    *jobs
	catalog                 *i18n.Catalog
	home, family, other     id.Tenant
	rina, bagas, dewi, tono id.Subject
}

func newRig(t testing.TB, b *storetest.Bundle) *rig {
	t.Helper()
	r := &rig{Bundle: b, t: t, jobs: &jobs{}, home: b.Tenant(), rina: b.Subject(), bagas: b.Subject(), dewi: b.Subject(), tono: b.Subject()}
	var err error
	if r.catalog, err = i18n.New(exchange.Texts(), cash.Texts()); err != nil {
		t.Fatal(err)
	}
	_, private, _ := ed25519.GenerateKey(rand.Reader)
	books := cash.New(cash.Options{Store: b.DB, Slug: "jagacash", Home: r.home, Jobs: r.jobs, Rand: rand.Reader, Sign: signer{private}})
	r.Service = exchange.New(exchange.Options{Store: b.DB, Cash: books, Jobs: r.jobs, Catalog: r.catalog, Batch: 3})
	at := store.Scope{Tenant: r.home, Home: r.home, Service: "jagacash", Actor: store.Actor{Kind: "job"}, Purpose: "service"}
	err = b.Write(t.Context(), at, func(tx *store.Tx) error {
		for _, owner := range []id.Subject{r.rina, r.tono} {
			w, err := tenant.Create(t.Context(), tx, tenant.New{Kind: tenant.Person, Owner: owner})
			if err != nil {
				return err
			}
			if owner == r.rina {
				r.family = w.Key()
			} else {
				r.other = w.Key()
			}
		}
		if err := tenant.Join(t.Context(), tx, r.family, r.bagas, tenant.Worker); err != nil {
			return err
		}
		return tenant.Join(t.Context(), tx, r.family, r.dewi, tenant.Viewer)
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func both(t *testing.T, f func(t *testing.T, r *rig)) {
	t.Helper()
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) { f(t, newRig(t, b)) })
}

func (r *rig) ctx() context.Context {
	return i18n.Into(r.t.Context(), i18n.Printer{Lang: i18n.EN, Catalog: r.catalog})
}

func (r *rig) must(who id.Subject, family id.Tenant, f func(tx *store.Tx, v cash.View) error) {
	r.t.Helper()
	err := r.Write(r.t.Context(), r.Cash.As(family, who, cash.Record), func(tx *store.Tx) error {
		v, err := r.Cash.View(r.t.Context(), tx, who)
		if err != nil {
			return err
		}
		return f(tx, v)
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

var now = time.Date(2026, 11, 20, 12, 30, 15, 0, clock.WIB)

func (r *rig) account(who id.Subject, n cash.NewAccount) *cash.Account {
	r.t.Helper()
	var out *cash.Account
	r.must(who, r.family, func(tx *store.Tx, v cash.View) (err error) {
		out, err = r.Cash.AddAccount(r.t.Context(), tx, v, n)
		return err
	})
	return out
}

func (r *rig) enter(who id.Subject, n cash.NewEntry) {
	r.t.Helper()
	if n.At.IsZero() {
		n.At = now
	}
	n.Way = cash.ByForm
	r.must(who, r.family, func(tx *store.Tx, v cash.View) error {
		_, _, err := r.Cash.Enter(r.t.Context(), tx, v, n)
		return err
	})
}

// live is a family that has one of everything.
func (r *rig) live() {
	r.t.Helper()
	purse := r.account(r.rina, cash.NewAccount{Kind: cash.Cash, Shared: true, Holds: 500_000_00})
	bank := r.account(r.rina, cash.NewAccount{Kind: cash.Bank, Name: "BCA: \"tabungan\"; anak", Shared: true, Holds: 10_000_000_50})
	dollars := r.account(r.rina, cash.NewAccount{Kind: cash.Bank, Name: "Dolar", Currency: "USD", Shared: true})
	yen := r.account(r.rina, cash.NewAccount{Kind: cash.Wallet, Name: "Dolar", Currency: "JPY", Shared: true})
	card := r.account(r.rina, cash.NewAccount{Kind: cash.Card, Name: "Kartu", Shared: true, Holds: 1_250_000_00})
	var pets *cash.Category
	r.must(r.rina, r.family, func(tx *store.Tx, v cash.View) (err error) {
		pets, err = r.Cash.AddCategory(r.t.Context(), tx, v, cash.Out, "Kucing & ikan")
		return err
	})
	r.enter(r.rina, cash.NewEntry{Kind: cash.Out, Amount: money.Rupiah(87_500), Account: purse.ID, Category: "groceries", Merchant: "Indomaret", Note: "=HYPERLINK(1)", Timed: true})
	r.enter(r.rina, cash.NewEntry{Kind: cash.Out, Amount: money.Amount{Minor: 1, Currency: money.IDR}, Account: card.ID, Category: pets.ID.String(), Merchant: "Toko; \"A\" | B \\", Note: "dua\nbaris\n    assets:x  IDR 9"})
	r.enter(r.rina, cash.NewEntry{Kind: cash.In, Amount: money.Rupiah(9_000_000), Account: bank.ID, Category: "salary"})
	r.enter(r.rina, cash.NewEntry{Kind: cash.Transfer, Amount: money.Rupiah(1_600_000), Arrived: money.Amount{Minor: 100_00, Currency: "USD"}, Account: bank.ID, To: dollars.ID})
	r.enter(r.rina, cash.NewEntry{Kind: cash.Transfer, Amount: money.Amount{Minor: 10_00, Currency: "USD"}, Arrived: money.Amount{Minor: 1510, Currency: "JPY"}, Account: dollars.ID, To: yen.ID})
	r.enter(r.rina, cash.NewEntry{Kind: cash.Transfer, Amount: money.Rupiah(250_000), Account: bank.ID, To: card.ID})
	r.enter(r.bagas, cash.NewEntry{Kind: cash.Out, Amount: money.Rupiah(33_000), Account: purse.ID, Category: "transport", Note: "kado rahasia", Private: true})
	for range 2 { // alike, and both count
		r.enter(r.bagas, cash.NewEntry{Kind: cash.Out, Amount: money.Rupiah(5_000), Account: purse.ID, Category: "transport", Note: "parkir"})
	}
}

func (r *rig) export(who id.Subject, f exchange.Format) string {
	r.t.Helper()
	write, err := r.Export(r.ctx(), r.Cash.As(r.family, who, cash.Record), who, f, exchange.Span{})
	if err != nil {
		r.t.Fatal(err)
	}
	var b bytes.Buffer
	if err := write(&b); err != nil {
		r.t.Fatal(err)
	}
	return b.String()
}

func (r *rig) upload(who id.Subject, family id.Tenant, text string) (*exchange.Import, error) {
	return r.Upload(r.ctx(), r.Cash.As(family, who, cash.Record), who, "a.csv", strings.NewReader(text))
}

// bring uploads a file, confirms it and lets it be booked.
func (r *rig) bring(who id.Subject, family id.Tenant, text string, c exchange.Choice) *exchange.Import {
	r.t.Helper()
	i, err := r.upload(who, family, text)
	if err != nil {
		r.t.Fatal(err)
	}
	sc := r.Cash.As(family, who, cash.Record)
	if err := r.Confirm(r.ctx(), sc, i, c); err != nil {
		r.t.Fatal(err)
	}
	if err := r.Run(r.t.Context(), r.jobs.all[len(r.jobs.all)-1]); err != nil {
		r.t.Fatal(err)
	}
	return r.read(who, family, i.ID)
}

func (r *rig) read(who id.Subject, family id.Tenant, key id.ID) (i *exchange.Import) {
	r.t.Helper()
	r.must(who, family, func(tx *store.Tx, _ cash.View) (err error) {
		i, err = r.Get(r.t.Context(), tx, who, key)
		return err
	})
	return i
}

// state is what a person's family comes to: balances by account and sums of the month.
func (r *rig) state(who id.Subject, family id.Tenant) map[string]int64 {
	r.t.Helper()
	out := map[string]int64{}
	r.must(who, family, func(tx *store.Tx, v cash.View) error {
		held, err := r.Cash.Holdings(r.t.Context(), tx, v)
		if err != nil {
			return err
		}
		for _, h := range held {
			name := h.Name.Reveal()
			if name == "Cash" {
				name = ""
			}
			out["account "+string(h.Kind)+" "+name+" "+string(h.Balance.Currency)] += h.Balance.Minor
		}
		own, err := r.Cash.Categories(r.t.Context(), tx)
		if err != nil {
			return err
		}
		sums, err := r.Cash.Sums(r.t.Context(), tx, v, "2026-11", "2026-11")
		for _, s := range sums {
			c := s.Category
			for _, o := range own {
				if o.ID.String() == c {
					c = o.Name.Reveal()
				}
			}
			out["sum "+string(s.Kind)+" "+c+" "+string(s.Currency)] += s.Minor
		}
		return err
	})
	return out
}

func (r *rig) count(who id.Subject, family id.Tenant) (n int) {
	r.must(who, family, func(tx *store.Tx, v cash.View) error {
		all, _, err := r.Cash.List(r.t.Context(), tx, v, cash.Query{Limit: 500})
		n = len(all)
		return err
	})
	return n
}

func wants(t *testing.T, err error, code fault.Code, key string) {
	t.Helper()
	if f := fault.Of(err); err == nil || f.Code != code || f.Key != key {
		t.Errorf("got %v, want %s %s", err, code, key)
	}
}
