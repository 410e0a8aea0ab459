package ledger_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
)

var errDone = errors.New("rolled back on purpose")

// Whatever is posted, repeated, reversed and corrected: postings sum to zero,
// and balances and months are what a recomputation from the postings gives.
func TestLedger_property(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		tenant, bank, food, pay, _ := open(t, b)
		accounts := []id.ID{bank, food, pay}
		rapid.Check(t, func(r *rapid.T) {
			err := b.Write(context.Background(), b.Scope(tenant), func(tx *store.Tx) error {
				steps(r, tx, accounts)
				compare(r, tx, accounts)
				return errDone
			})
			if !errors.Is(err, errDone) {
				r.Fatal(err)
			}
		})
	})
}

// steps does a random sequence and proves what each step promises.
func steps(r *rapid.T, tx *store.Tx, accounts []id.ID) {
	ctx := context.Background()
	var booked []id.ID
	sources := map[string]id.ID{}
	for range rapid.IntRange(1, 12).Draw(r, "steps") {
		switch op := rapid.IntRange(0, 4).Draw(r, "op"); {
		case op == 3 && len(booked) > 0:
			if _, err := ledger.Reverse(ctx, tx, rapid.SampledFrom(booked).Draw(r, "entry"), "r"); err != nil {
				r.Fatal(err)
			}
		case op == 4 && len(booked) > 0:
			e := drawEntry(r, accounts)
			_, made, err := ledger.Correct(ctx, tx, rapid.SampledFrom(booked).Draw(r, "entry"), "c", e)
			if err != nil {
				r.Fatal(err)
			}
			if _, known := sources[e.Source]; !known {
				booked, sources[e.Source] = append(booked, made), made
			}
		default:
			e := drawEntry(r, accounts)
			made, created, err := ledger.Post(ctx, tx, e)
			if err != nil {
				r.Fatal(err)
			}
			if was, known := sources[e.Source]; known == created || known && was != made {
				r.Fatalf("source %s: created %v, known %v", e.Source, created, known)
			}
			if created {
				booked, sources[e.Source] = append(booked, made), made
			}
		}
	}
}

func drawEntry(r *rapid.T, accounts []id.ID) ledger.Entry {
	at := time.Date(2026, time.Month(rapid.IntRange(1, 12).Draw(r, "month")), rapid.SampledFrom([]int{1, 15, 28, 31}).Draw(r, "day"), rapid.IntRange(0, 23).Draw(r, "hour"), 0, 0, 0, time.UTC)
	e := ledger.Entry{Source: "s" + strconv.Itoa(rapid.IntRange(0, 8).Draw(r, "source")), At: clock.At(at), Zone: rapid.SampledFrom([]*time.Location{nil, clock.WITA, clock.WIT}).Draw(r, "zone")}
	var rest int64
	for range rapid.IntRange(1, 3).Draw(r, "lines") {
		n := rapid.Int64Range(1, 1e15).Draw(r, "minor")
		if rapid.Bool().Draw(r, "minus") && rest-n != 0 {
			n = -n
		}
		rest -= n
		e.Lines = append(e.Lines, ledger.Line{Account: rapid.SampledFrom(accounts).Draw(r, "account"), Amount: money.Amount{Minor: n, Currency: money.IDR}})
	}
	if rest == 0 {
		e.Lines[0].Amount.Minor++
		if e.Lines[0].Amount.Minor == 0 {
			e.Lines[0].Amount.Minor = 1
		}
	}
	var total int64
	for _, l := range e.Lines {
		total += l.Amount.Minor
	}
	e.Lines = append(e.Lines, ledger.Line{Account: rapid.SampledFrom(accounts).Draw(r, "last"), Amount: money.Amount{Minor: -total, Currency: money.IDR}})
	return e
}

// standing adds up an account's month over the entries that neither take another
// back nor were taken back.
const standing = `SELECT CAST(COALESCE(SUM(CASE WHEN p.minor > 0 THEN p.minor ELSE 0 END), 0) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN p.minor < 0 THEN -p.minor ELSE 0 END), 0) AS BIGINT)
	FROM ledger_postings p JOIN ledger_entries e ON e.tenant_id = p.tenant_id AND e.id = p.entry_id
	WHERE p.account_id = $1 AND p.month = $2 AND e.reverses IS NULL
	AND NOT EXISTS (SELECT 1 FROM ledger_entries b WHERE b.tenant_id = e.tenant_id AND b.reverses = e.id)`

// compare sets what the package says beside what the bare postings say.
func compare(r *rapid.T, tx *store.Tx, accounts []id.ID) {
	ctx := context.Background()
	check := func(err error) {
		if err != nil {
			r.Helper()
			r.Fatal(err)
		}
	}
	var all int64
	check(tx.QueryRow(ctx, "SELECT CAST(COALESCE(SUM(minor), 0) AS BIGINT) FROM ledger_postings", nil, &all))
	if all != 0 {
		r.Fatalf("all postings sum to %d", all)
	}
	at := clock.At(time.Date(2026, time.Month(rapid.IntRange(1, 13).Draw(r, "until")), rapid.IntRange(1, 28).Draw(r, "until day"), 3, 0, 0, 0, time.UTC))
	for _, a := range accounts {
		for _, until := range []clock.Instant{0, at} {
			want := int64(0)
			limit := until
			if limit == 0 {
				limit = clock.At(time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC))
			}
			check(tx.QueryRow(ctx, "SELECT CAST(COALESCE(SUM(minor), 0) AS BIGINT) FROM ledger_postings WHERE account_id = $1 AND at <= $2", []any{a, limit}, &want))
			got, err := ledger.Balance(ctx, tx, a, until)
			check(err)
			if got.Minor != want || got.Currency != money.IDR {
				r.Fatalf("the balance at %v is %v, the postings give %d", until, got, want)
			}
		}
	}
	before, err := ledger.Months(ctx, tx, "2000-01", "2099-12")
	check(err)
	for _, m := range before {
		var debit, credit int64
		check(tx.QueryRow(ctx, standing, []any{m.Account, m.Month}, &debit, &credit))
		if m.Debit != debit || m.Credit != credit {
			r.Fatalf("%s moved %d and %d, the entries that stand moved %d and %d", m.Month, m.Debit, m.Credit, debit, credit)
		}
	}
	check(ledger.Rebuild(ctx, tx))
	after, err := ledger.Months(ctx, tx, "2000-01", "2099-12")
	check(err)
	if diff := cmp.Diff(after, before); diff != "" {
		r.Fatalf("months differ from a recomputation:\n%s", diff)
	}
}

// checkBooks proves the sums over the whole tenant and the number of entries.
func checkBooks(t *testing.T, tx *store.Tx, entries int) {
	t.Helper()
	ctx := context.Background()
	var count int
	var sum int64
	if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM ledger_entries", nil, &count); err != nil {
		t.Fatal(err)
	}
	if err := tx.QueryRow(ctx, "SELECT CAST(COALESCE(SUM(minor), 0) AS BIGINT) FROM ledger_postings", nil, &sum); err != nil {
		t.Fatal(err)
	}
	if count != entries || sum != 0 {
		t.Errorf("%d entries that sum to %d, want %d that sum to 0", count, sum, entries)
	}
	before, _ := ledger.Balances(ctx, tx)
	if err := ledger.Rebuild(ctx, tx); err != nil {
		t.Fatal(err)
	}
	after, _ := ledger.Balances(ctx, tx)
	if diff := cmp.Diff(after, before); diff != "" {
		t.Errorf("balances differ from a recomputation:\n%s", diff)
	}
}
