package ledger_test

import (
	"context"
	"io/fs"
	"math"
	"strconv"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/vault"
)

var config = storetest.Config{Sets: []store.Set{ledger.Tables()}, Migrations: []fs.FS{ledger.Migrations()}}

var noon = clock.At(time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC))

func write(t testing.TB, b *storetest.Bundle, tenant id.Tenant, f func(*store.Tx) error) {
	t.Helper()
	if err := b.Write(context.Background(), b.Scope(tenant), f); err != nil {
		t.Fatal(err)
	}
}

// open makes a tenant with an account each for a bank, food and pay, in rupiah,
// and a wallet in dollars.
func open(t testing.TB, b *storetest.Bundle) (tenant id.Tenant, bank, food, pay, dollars id.ID) {
	t.Helper()
	tenant = b.Tenant()
	write(t, b, tenant, func(tx *store.Tx) error {
		for _, a := range []struct {
			id       *id.ID
			kind     ledger.Kind
			code     string
			currency money.Currency
		}{{&bank, ledger.Asset, "bank", money.IDR}, {&food, ledger.Expense, "food", money.IDR}, {&pay, ledger.Income, "pay", money.IDR}, {&dollars, ledger.Asset, "wallet", "USD"}} {
			made, err := ledger.Ensure(context.Background(), tx, ledger.NewAccount{Code: a.code, Kind: a.kind, Currency: a.currency, Owner: b.Subject(), Name: vault.Seal("Tabungan Rina")})
			if err != nil {
				return err
			}
			*a.id = made
		}
		return nil
	})
	return tenant, bank, food, pay, dollars
}

func spend(source string, from, to id.ID, minor int64) ledger.Entry {
	return ledger.Entry{Source: source, At: noon, Lines: []ledger.Line{
		{Account: to, Amount: money.Amount{Minor: minor, Currency: money.IDR}}, {Account: from, Amount: money.Amount{Minor: -minor, Currency: money.IDR}}}}
}

func TestPost_refuses(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		tenant, bank, food, pay, dollars := open(t, b)
		rp := func(n int64) money.Amount { return money.Amount{Minor: n, Currency: money.IDR} }
		usd := func(n int64) money.Amount { return money.Amount{Minor: n, Currency: "USD"} }
		cases := []struct {
			name  string
			entry ledger.Entry
			key   string
		}{
			{"no source", ledger.Entry{At: noon, Lines: []ledger.Line{{food, rp(1)}, {bank, rp(-1)}}}, "ledger.no_source"},
			{"no date", ledger.Entry{Source: "a", Lines: []ledger.Line{{food, rp(1)}, {bank, rp(-1)}}}, "ledger.no_date"},
			{"one line", ledger.Entry{Source: "a", At: noon, Lines: []ledger.Line{{food, rp(1)}}}, "ledger.lines"},
			{"does not sum to zero", ledger.Entry{Source: "a", At: noon, Lines: []ledger.Line{{food, rp(2)}, {bank, rp(-1)}}}, "ledger.unbalanced"},
			{"zero only across currencies", ledger.Entry{Source: "a", At: noon, Lines: []ledger.Line{{food, rp(1)}, {dollars, usd(-1)}}}, "ledger.unbalanced"},
			{"nothing", ledger.Entry{Source: "a", At: noon, Lines: []ledger.Line{{food, rp(0)}, {bank, rp(0)}}}, "ledger.line_invalid"},
			{"lines that overflow", ledger.Entry{Source: "a", At: noon, Lines: []ledger.Line{{food, rp(math.MaxInt64)}, {food, rp(1)}, {bank, rp(math.MinInt64 + 1)}, {bank, rp(-1)}}}, "ledger.overflow"},
			{"the smallest number has no opposite", ledger.Entry{Source: "a", At: noon, Lines: []ledger.Line{{food, rp(math.MinInt64)}, {bank, rp(1)}}}, "ledger.line_invalid"},
			{"another account's currency", ledger.Entry{Source: "a", At: noon, Lines: []ledger.Line{{food, usd(1)}, {bank, usd(-1)}}}, "ledger.currency"},
			{"no such account", ledger.Entry{Source: "a", At: noon, Lines: []ledger.Line{{pay, rp(1)}, {b.IDs.New(), rp(-1)}}}, "ledger.no_account"},
		}
		for _, c := range cases {
			err := b.Write(context.Background(), b.Scope(tenant), func(tx *store.Tx) error {
				_, _, err := ledger.Post(context.Background(), tx, c.entry)
				return err
			})
			if err == nil || fault.Of(err).Key != c.key {
				t.Errorf("%s: %v, want %s", c.name, err, c.key)
			}
		}
		write(t, b, tenant, func(tx *store.Tx) error { checkBooks(t, tx, 0); return nil })
	})
}

// Sums that no longer fit are refused, and what was booked stays as it was.
func TestPost_overflow(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx := context.Background()
		tenant, bank, food, _, _ := open(t, b)
		write(t, b, tenant, func(tx *store.Tx) error {
			_, _, err := ledger.Post(ctx, tx, spend("most", bank, food, math.MaxInt64-1))
			return err
		})
		err := b.Write(ctx, b.Scope(tenant), func(tx *store.Tx) error {
			_, _, err := ledger.Post(ctx, tx, spend("more", bank, food, 2))
			return err
		})
		if fault.Of(err).Key != "ledger.overflow" {
			t.Fatalf("%v, want an overflow", err)
		}
		write(t, b, tenant, func(tx *store.Tx) error {
			got, err := ledger.Balance(ctx, tx, food, 0)
			if got.Minor != math.MaxInt64-1 {
				t.Errorf("the balance is %d", got.Minor)
			}
			checkBooks(t, tx, 1)
			return err
		})
	})
}

func TestReverse(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx := context.Background()
		tenant, bank, food, _, _ := open(t, b)
		var entry, back id.ID
		write(t, b, tenant, func(tx *store.Tx) (err error) {
			if entry, _, err = ledger.Post(ctx, tx, spend("lunch", bank, food, 4500000)); err != nil {
				return err
			}
			back, err = ledger.Reverse(ctx, tx, entry, "capture.wrong_amount")
			return err
		})
		write(t, b, tenant, func(tx *store.Tx) error {
			again, err := ledger.Reverse(ctx, tx, entry, "other")
			if again != back || err != nil {
				t.Errorf("reversing twice gives %v, %v, want the reversal that is there", again, err)
			}
			if got, _ := ledger.Balance(ctx, tx, food, 0); got.Minor != 0 {
				t.Errorf("after a reversal the balance is %d", got.Minor)
			}
			was, err := ledger.Read(ctx, tx, entry)
			if err != nil || was.Reversed != back || was.Lines[0].Amount.Minor != 4500000 {
				t.Errorf("the entry reads %+v, %v: it must stay, and name its reversal", was, err)
			}
			got, err := ledger.Read(ctx, tx, back)
			if err != nil || got.Reverses != entry || got.Reason != "capture.wrong_amount" || got.Month != was.Month {
				t.Errorf("the reversal reads %+v, %v", got, err)
			}
			checkBooks(t, tx, 2)
			return nil
		})
		err := b.Write(ctx, b.Scope(tenant), func(tx *store.Tx) error { _, err := ledger.Reverse(ctx, tx, back, ""); return err })
		if fault.Of(err).Key != "ledger.is_reversal" {
			t.Errorf("reversing a reversal gives %v", err)
		}
	})
}

// The month is the tenant's own: half past midnight in Jayapura is still the day before in Jakarta.
func TestMonth(t *testing.T) {
	t.Parallel()
	at := clock.At(time.Date(2026, 11, 30, 15, 30, 0, 0, time.UTC))
	for _, c := range []struct {
		zone       *time.Location
		month, day string
	}{{nil, "2026-11", "2026-11-30"}, {clock.WIB, "2026-11", "2026-11-30"}, {clock.WITA, "2026-11", "2026-11-30"}, {clock.WIT, "2026-12", "2026-12-01"}} {
		if m, d := ledger.Month(at, c.zone), ledger.Day(at, c.zone); m != c.month || d != c.day {
			t.Errorf("%v: %s %s, want %s %s", c.zone, m, d, c.month, c.day)
		}
	}
}

func TestLedger_foreignTenant(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx := context.Background()
		tenant, bank, food, _, _ := open(t, b)
		var entry id.ID
		write(t, b, tenant, func(tx *store.Tx) (err error) {
			entry, _, err = ledger.Post(ctx, tx, spend("a", bank, food, 100))
			return err
		})
		stranger := b.Tenant()
		for name, f := range map[string]func(tx *store.Tx) error{
			"Read":    func(tx *store.Tx) error { _, err := ledger.Read(ctx, tx, entry); return err },
			"Reverse": func(tx *store.Tx) error { _, err := ledger.Reverse(ctx, tx, entry, ""); return err },
			"Get":     func(tx *store.Tx) error { _, err := ledger.Get(ctx, tx, bank); return err },
			"Balance": func(tx *store.Tx) error { _, err := ledger.Balance(ctx, tx, bank, 0); return err },
			"Post":    func(tx *store.Tx) error { _, _, err := ledger.Post(ctx, tx, spend("b", bank, food, 1)); return err },
			"Rename":  func(tx *store.Tx) error { return ledger.Rename(ctx, tx, bank, vault.Seal("x")) },
		} {
			if err := b.Write(ctx, b.Scope(stranger), f); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: a stranger gets %v, want not found", name, err)
			}
		}
		write(t, b, stranger, func(tx *store.Tx) error {
			as, _ := ledger.Accounts(ctx, tx)
			hs, _ := ledger.Balances(ctx, tx)
			ms, err := ledger.Months(ctx, tx, "2000-01", "2099-12")
			if len(as)+len(hs)+len(ms) != 0 {
				t.Error("a stranger sees accounts, balances or months")
			}
			return err
		})
	})
}

// Many at once: the same sources from every side, each booked once.
func TestPost_concurrent(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx := context.Background()
		tenant, bank, food, pay, _ := open(t, b)
		const workers, sources = 6, 25
		done := make(chan error)
		for w := range workers {
			go func() {
				for i := range sources {
					n := (i + w*7) % sources
					e := spend("s"+strconv.Itoa(n), bank, food, int64(n+1))
					if n%3 == 0 {
						e = spend("s"+strconv.Itoa(n), pay, bank, int64(n+1))
					}
					err := b.WriteGrouped(ctx, b.Scope(tenant), func(tx *store.Tx) error { _, _, err := ledger.Post(ctx, tx, e); return err })
					if err != nil {
						done <- err
						return
					}
				}
				done <- nil
			}()
		}
		for range workers {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		write(t, b, tenant, func(tx *store.Tx) error { checkBooks(t, tx, sources); return nil })
	})
}
