package billing_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"amanah/internal/audit"
	"amanah/internal/billing"
	"amanah/internal/billing/qris"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/privacy/egress"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/vault"
)

var config = storetest.Config{Sets: []store.Set{audit.Tables(), billing.Tables()}, Migrations: []fs.FS{audit.Migrations(), billing.Migrations()}}

const (
	xenditToken = "a-token-of-the-tests"
	midtransKey = "a-server-key-of-the-tests"
)

// rig is a service over a store.
type rig struct {
	*storetest.Bundle
	*billing.Service
	t         testing.TB
	home      id.Tenant
	workspace id.Tenant
	person    id.Subject
	told      []billing.Note
	released  int
	sent      []*http.Request
	answer    egress.Response
}

func newRig(t testing.TB, b *storetest.Bundle) *rig {
	r := &rig{Bundle: b, t: t, home: b.Tenant(), workspace: b.Tenant(), person: b.Subject()}
	r.Service = billing.New(billing.Options{Store: b.DB, Slug: "ctt", Home: r.home, Plans: billing.BuiltinPlans(), Taxes: billing.BuiltinTaxes(), Tax: "ppn",
		Issuer: billing.Issuer{Name: "CTT", Address: "Jakarta"}, Teller: r, Door: r, Released: func(context.Context, *store.Tx, id.Tenant) error { r.released++; return nil },
		Providers: []billing.Provider{billing.Xendit{URL: "https://api.xendit.example", Key: "xnd", Token: xenditToken}, billing.Midtrans{URL: "https://api.midtrans.example", Key: midtransKey, Bank: "bca"}},
		QRIS:      &qris.Payload{MCC: "7372", Name: "CTT", City: "JAKARTA", Accounts: []qris.Account{{Tag: "51", GUID: "ID.CO.QRIS.WWW", ID: "ID1020000000001", Criteria: "UMI"}}},
		Accounts:  []billing.VirtualAccount{{Bank: "BCA", Prefix: "12608", Digits: 8}},
	})
	return r
}

// Tell keeps what people are told, once each.
func (r *rig) Tell(_ context.Context, _ *store.Tx, n billing.Note) error {
	if !slices.ContainsFunc(r.told, func(o billing.Note) bool { return o.Once == n.Once }) {
		r.told = append(r.told, n)
	}
	return nil
}

// Do stands for the Door.
func (r *rig) Do(_ context.Context, _ egress.Use, req *http.Request) (*egress.Response, error) {
	r.sent = append(r.sent, req)
	a := r.answer
	return &a, nil
}

func both(t *testing.T, f func(t *testing.T, r *rig)) {
	t.Helper()
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) { f(t, newRig(t, b)) })
}

func (r *rig) scope() store.Scope {
	return store.Scope{Tenant: r.home, Home: r.home, Service: "ctt", Actor: store.Actor{Kind: "person", ID: id.ID(r.person)}, Purpose: "billing"}
}

func (r *rig) write(f func(tx *store.Tx) error) {
	r.t.Helper()
	if err := r.Write(context.Background(), r.scope(), f); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) read(f func(tx *store.Tx) error) {
	r.t.Helper()
	if err := r.Read(context.Background(), r.scope(), f); err != nil {
		r.t.Fatal(err)
	}
}

// invoice makes one over whole rupiah without tax.
func (r *rig) invoice(about string, rupiah int64) *billing.Invoice {
	r.t.Helper()
	var inv *billing.Invoice
	r.write(func(tx *store.Tx) (err error) { inv, err = r.tryInvoice(tx, about, rupiah); return err })
	return inv
}

func (r *rig) tryInvoice(tx *store.Tx, about string, rupiah int64) (*billing.Invoice, error) {
	p, err := r.Ensure(context.Background(), tx, billing.Debtor{Subject: r.person, Ref: "workspace:" + r.workspace.String(), Name: "Rina Maharani", Address: "Jl. Melati 5, Bandung"})
	if err != nil {
		return nil, err
	}
	inv, _, err := r.Issue(context.Background(), tx, billing.Draft{Party: p, About: about, Due: clock.At(tx.Now().Time().AddDate(0, 0, 7)),
		Items: []billing.Item{{Code: "fee", Text: billing.Words{ID: "Iuran", EN: "Fee"}, Quantity: 1000, Unit: rupiah * 100}}})
	return inv, err
}

func (r *rig) get(key id.ID) *billing.Invoice {
	r.t.Helper()
	var inv *billing.Invoice
	r.read(func(tx *store.Tx) (err error) {
		inv, err = billing.InvoiceOf(context.Background(), tx, key)
		return err
	})
	return inv
}

func (r *rig) payments() []billing.Payment {
	r.t.Helper()
	var out []billing.Payment
	r.read(func(tx *store.Tx) (err error) {
		out, err = store.Find[billing.Payment](context.Background(), tx, "WHERE tenant_id = $1 ORDER BY id", tx.Tenant())
		return err
	})
	return out
}

func (r *rig) balance(inv *billing.Invoice) (owes, credit int64) {
	r.t.Helper()
	r.read(func(tx *store.Tx) error {
		b, err := billing.Balance(context.Background(), tx, inv.Party, money.IDR)
		if err != nil {
			return err
		}
		c, err := billing.CreditOf(context.Background(), tx, inv.Party)
		owes, credit = b.Minor/100, c.Minor/100
		return err
	})
	return owes, credit
}

// Invoices of a year are numbered without a gap though many are made at once and
// some fail, and of two for one thing there is one.
func TestIssue_numbersWithoutGaps(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.invoice("first", 1000)
		const n = 24
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() {
				for range 50 { // PostgreSQL may ask to try again
					err := r.Write(context.Background(), r.scope(), func(tx *store.Tx) error {
						if _, err := r.tryInvoice(tx, fmt.Sprintf("thing:%d", i/2), 1000); err != nil {
							return err
						}
						if i%4 == 0 {
							return errors.New("fails after the number was taken")
						}
						return nil
					})
					if !fault.Is(err, fault.Unavailable) && !fault.Is(err, fault.Conflict) {
						return
					}
				}
			})
		}
		wg.Wait()
		var numbers []string
		r.read(func(tx *store.Tx) error {
			all, err := store.Find[billing.Invoice](t.Context(), tx, "WHERE tenant_id = $1 ORDER BY number", tx.Tenant())
			for _, i := range all {
				numbers = append(numbers, i.Number)
			}
			return err
		})
		if len(numbers) != 1+n/2 {
			t.Fatalf("%d invoices, want %d: %v", len(numbers), 1+n/2, numbers)
		}
		for i, got := range numbers {
			if want := fmt.Sprintf("INV/2026/%06d", i+1); got != want {
				t.Errorf("number %d is %s, want %s", i, got, want)
			}
		}
		r.Manual().Set(time.Date(2026, 12, 31, 17, 0, 0, 0, time.UTC)) // midnight in Jakarta
		if got := r.invoice("next year", 1).Number; got != "INV/2027/000001" {
			t.Errorf("the next year begins with %s", got)
		}
	})
}

// Amounts are rounded once, half away from zero, to whole rupiah; taxes by the day
// of issue.
func TestIssue_amounts(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		item := func(quantity, unit, discount int64, tax string) billing.Item {
			return billing.Item{Code: "x", Text: billing.Words{ID: "Uji", EN: "Test"}, Quantity: quantity, Unit: unit, Discount: discount, Tax: tax}
		}
		for i, c := range []struct {
			name            string
			at              time.Time
			items           []billing.Item
			net, tax, total int64 // rupiah
		}{
			{"one", storetest.Start, []billing.Item{item(1000, 4900000, 0, "")}, 49000, 0, 49000},
			{"PPN of 12 % on eleven twelfths", storetest.Start, []billing.Item{item(1000, 4900000, 0, "ppn")}, 49000, 5390, 54390},
			{"PPN before 2025", time.Date(2024, 12, 31, 16, 59, 0, 0, time.UTC), []billing.Item{item(1000, 5000000, 0, "ppn")}, 50000, 5500, 55500},
			{"PPN on the day of the change", time.Date(2024, 12, 31, 17, 0, 0, 0, time.UTC), []billing.Item{item(1000, 1200000, 0, "ppn")}, 12000, 1320, 13320},
			{"half a rupiah up", storetest.Start, []billing.Item{item(500, 100100, 0, "")}, 501, 0, 501},
			{"under half a rupiah", storetest.Start, []billing.Item{item(333, 100000, 0, "")}, 333, 0, 333},
			{"tax once on the sum, not by line", storetest.Start, []billing.Item{item(1000, 500, 0, "ppn"), item(1000, 500, 0, "ppn")}, 10, 1, 11},
			{"less a discount", storetest.Start, []billing.Item{item(2000, 5000000, 2500000, "ppn")}, 75000, 8250, 83250},
			{"nothing to pay", storetest.Start, []billing.Item{item(1000, 100000, 100000, "ppn")}, 0, 0, 0},
		} {
			r.Manual().Set(c.at)
			r.write(func(tx *store.Tx) error {
				p, err := r.Ensure(t.Context(), tx, billing.Debtor{Subject: r.person, Ref: "x"})
				if err != nil {
					return err
				}
				inv, _, err := r.Issue(t.Context(), tx, billing.Draft{Party: p, About: fmt.Sprint("amounts", i), Items: c.items})
				if err != nil {
					return err
				}
				if inv.Net != c.net*100 || inv.Tax != c.tax*100 || inv.Total != c.total*100 {
					t.Errorf("%s: net %d tax %d total %d, want %d %d %d rupiah", c.name, inv.Net, inv.Tax, inv.Total, c.net, c.tax, c.total)
				}
				if (inv.State == billing.Paid) != (c.total == 0) {
					t.Errorf("%s: %s", c.name, inv.State)
				}
				paper, err := billing.PaperOf(t.Context(), tx, inv.ID)
				if err == nil && (paper.Total != inv.Total || paper.Number != inv.Number || len(paper.Lines) != len(c.items)) {
					t.Errorf("%s: the paper says %+v", c.name, paper)
				}
				return err
			})
		}
	})
}

func TestIssue_refuses(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		good := billing.Item{Code: "x", Text: billing.Words{ID: "Uji"}, Quantity: 1000, Unit: 100}
		for name, change := range map[string]func(*billing.Item){
			"no quantity": func(i *billing.Item) { i.Quantity = 0 }, "less than nought": func(i *billing.Item) { i.Unit = -1 },
			"a discount above the price": func(i *billing.Item) { i.Discount = 200 }, "a discount of sen": func(i *billing.Item) { i.Discount = 50 },
			"an unknown tax": func(i *billing.Item) { i.Tax = "gst" }, "no text": func(i *billing.Item) { i.Text.ID = "" },
			"beyond 64 bits": func(i *billing.Item) { i.Quantity, i.Unit = 1<<62, 1<<62 }, "a long text": func(i *billing.Item) { i.Text.ID = strings.Repeat("x", 1001) },
		} {
			it := good
			change(&it)
			err := r.Write(t.Context(), r.scope(), func(tx *store.Tx) error {
				p, err := r.Ensure(t.Context(), tx, billing.Debtor{Subject: r.person, Ref: "x"})
				if err != nil {
					return err
				}
				_, _, err = r.Issue(t.Context(), tx, billing.Draft{Party: p, About: name, Items: []billing.Item{it}})
				return err
			})
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := r.invoice("after", 1).Number; got != "INV/2026/000001" {
			t.Errorf("what was refused took numbers: %s", got)
		}
	})
}

// Whatever is charged, paid, made void or credited, in any order: what a debtor
// owes is the sum of invoices less the sum of payments less what was taken back,
// and every invoice says the same as its moves.
func TestBooks_balance(t *testing.T) {
	t.Parallel()
	b := storetest.Open(t, "sqlite", config)
	rapid.Check(t, func(rt *rapid.T) {
		r := newRig(t, b)
		ctx := context.Background()
		var invoices []id.ID
		var party id.ID
		charged, paid := int64(0), int64(0)
		n := 0
		rt.Repeat(map[string]func(*rapid.T){
			"charge": func(rt *rapid.T) {
				n++
				inv := r.invoice(fmt.Sprint("thing:", n), rapid.Int64Range(0, 500).Draw(rt, "rupiah"))
				invoices, party = append(invoices, inv.ID), inv.Party
				charged += inv.Total
			},
			"pay": func(rt *rapid.T) {
				if len(invoices) == 0 {
					return
				}
				n++
				in := billing.Incoming{Provider: "test", Reference: fmt.Sprint(rapid.IntRange(1, 30).Draw(rt, "reference")), Invoice: rapid.SampledFrom(invoices).Draw(rt, "invoice"), Amount: money.Rupiah(rapid.Int64Range(1, 600).Draw(rt, "paid"))}
				r.write(func(tx *store.Tx) error {
					_, fresh, err := r.Receive(ctx, tx, in)
					if fresh {
						paid += in.Amount.Minor
					}
					return err
				})
			},
			"void": func(rt *rapid.T) {
				if len(invoices) == 0 {
					return
				}
				key := rapid.SampledFrom(invoices).Draw(rt, "invoice")
				before := r.get(key)
				err := r.Write(ctx, r.scope(), func(tx *store.Tx) error { return r.VoidInvoice(ctx, tx, key, vault.Seal("a mistake")) })
				if err == nil && before.State != billing.Void {
					charged -= before.Total
				}
			},
			"credit": func(rt *rapid.T) {
				if len(invoices) == 0 {
					return
				}
				key := rapid.SampledFrom(invoices).Draw(rt, "invoice")
				err := r.Write(ctx, r.scope(), func(tx *store.Tx) error {
					before := 0
					if err := tx.QueryRow(ctx, "SELECT count(*) FROM invoices WHERE tenant_id = $1 AND credits_id = $2", []any{tx.Tenant(), key}, &before); err != nil {
						return err
					}
					note, err := r.Credit(ctx, tx, key, billing.Words{ID: "Dibatalkan", EN: "Taken back"})
					if err == nil && before == 0 {
						charged -= note.Total
					}
					return err
				})
				if err != nil && !fault.Is(err, fault.Conflict) {
					rt.Fatal(err)
				}
			},
			"": func(rt *rapid.T) {
				if party.IsZero() {
					return
				}
				r.read(func(tx *store.Tx) error {
					got, err := billing.Balance(ctx, tx, party, money.IDR)
					if err == nil && got.Minor != charged-paid {
						rt.Errorf("the books say %d, invoices less payments are %d", got.Minor, charged-paid)
					}
					for _, key := range invoices {
						inv, err := billing.InvoiceOf(ctx, tx, key)
						if err != nil {
							return err
						}
						var owed int64
						if err := tx.QueryRow(ctx, "SELECT COALESCE(SUM(CASE WHEN debit = 'receivable' THEN minor WHEN credit = 'receivable' THEN -minor ELSE 0 END), 0) FROM billing_moves WHERE tenant_id = $1 AND invoice_id = $2", []any{tx.Tenant(), key}, &owed); err != nil {
							return err
						}
						if owed != inv.Left().Minor {
							rt.Errorf("%s owes %d by its moves and %d by itself (%s)", inv.Number, owed, inv.Left().Minor, inv.State)
						}
					}
					return err
				})
			},
		})
	})
}

func openSQLite(t *testing.T) *storetest.Bundle { return storetest.Open(t, "sqlite", config) }
