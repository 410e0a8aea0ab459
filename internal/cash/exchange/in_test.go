package exchange_test

import (
	"strings"
	"sync"
	"testing"

	"amanah/internal/cash"
	"amanah/internal/cash/exchange"
	"amanah/internal/fault"
	"amanah/internal/store"

	"github.com/google/go-cmp/cmp"
)

func TestOwnFile_comesBackWithTheSameTotals(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.live()
		file := r.export(r.rina, exchange.CSV)
		got := r.bring(r.tono, r.other, file, exchange.Choice{Shared: true})
		if got.State != exchange.Done || got.Booked != 11 || got.Bad != 0 || got.Same != 0 {
			t.Fatalf("%+v", got)
		}
		if d := cmp.Diff(r.state(r.dewi, r.family), r.state(r.tono, r.other)); d != "" {
			// Dewi sees what Rina exported; the shared account's balance counts Bagas' private entry.
			if !strings.Contains(d, "account cash") || strings.Count(d, "\n-") != 1 {
				t.Errorf("totals differ (-here +there):\n%s", d)
			}
		}
		if again := r.bring(r.tono, r.other, file, exchange.Choice{}); again.Booked != 0 || again.Same != 11 || again.Known != 11 {
			t.Errorf("booked twice: %+v", again)
		}
		if home := r.bring(r.rina, r.family, file, exchange.Choice{}); home.Booked != 0 || home.Same != 11 || home.Known != 11 {
			t.Errorf("booked where it came from: %+v", home)
		}
	})
}

const firefly = `user_id,group_id,journal_id,created_at,updated_at,group_title,type,currency_code,amount,foreign_currency_code,foreign_amount,primary_currency_code,pc_amount,pc_foreign_amount,description,date,source_name,source_iban,source_type,destination_name,destination_iban,destination_type,reconciled,category,budget,bill,tags,notes
1,1,1,,,,"Opening balance",IDR,1000000.00,,,,,,"Initial balance for BCA",2026-11-01T00:00:00+07:00,"Initial balance for BCA",,"Initial balance account",BCA,,"Asset account",,,,,,
1,2,2,,,,Withdrawal,IDR,-87500.00,,,,,,"Weekly shopping",2026-11-02T18:05:00+07:00,BCA,,"Asset account",Indomaret,,"Expense account",,groceries,,,,"two
lines"
1,3,3,,,,Deposit,IDR,9000000.00,,,,,,Gaji,2026-11-03T00:00:00+07:00,PT Contoh,,"Revenue account",BCA,,"Asset account",,Gaji bulanan,,,,
1,4,4,,,,Transfer,IDR,1600000.00,USD,100.00,,,,Kurs,2026-11-04T00:00:00+07:00,BCA,,"Asset account",Dolar,,"Asset account",,,,,,
1,5,5,,,,"Liability credit",IDR,5.00,,,,,,x,2026-11-04T00:00:00+07:00,BCA,,"Asset account",Dolar,,"Asset account",,,,,,
1,6,6,,,,Withdrawal,IDR,-1.005,,,,,,x,2026-11-04T00:00:00+07:00,BCA,,"Asset account",Y,,"Expense account",,,,,,
`

const ezbookkeeping = `Time,Timezone,Type,Category,Sub Category,Account,Account Currency,Amount,Account2,Account2 Currency,Account2 Amount,Geographic Location,Tags,Description
2026-11-01 00:00:00,+07:00,Balance Modification,,,BCA,IDR,1000000.00,,,,,,
2026-11-02 18:05:00,+07:00,Expense,Food,groceries,BCA,IDR,87500.00,,,,,,Weekly shopping
2026-11-03 01:00:00,+00:00,Income,Work,Gaji bulanan,BCA,IDR,9000000.00,,,,,,Gaji
2026-11-04 08:00:00,+07:00,Transfer,General,Bank,BCA,IDR,1600000.00,Dolar,USD,100.00,,,Kurs
2026-11-05 08:00:00,+07:00,Expense,Food,groceries,BCA,IDR,-5.00,,,,,,x
2026-13-05 08:00:00,+07:00,Expense,Food,groceries,BCA,IDR,5.00,,,,,,x
`

func TestFilesOfOthers(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		bad  []exchange.Problem
	}{
		"firefly":       {firefly, []exchange.Problem{{Line: 7, Reason: "kind"}, {Line: 8, Reason: "amount"}}},
		"ezbookkeeping": {ezbookkeeping, []exchange.Problem{{Line: 6, Reason: "negative"}, {Line: 7, Reason: "date"}}},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, r *rig) {
				i, err := r.upload(r.rina, r.family, "\ufeff"+c.text)
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(c.bad, i.List()); d != "" || string(i.Writer) != name || i.Total != 6 {
					t.Fatalf("%s %d rows, bad ones (-want +got):\n%s", i.Writer, i.Total, d)
				}
				sc := r.Cash.As(r.family, r.rina, cash.Record)
				p, err := r.Look(r.ctx(), sc, i)
				if err != nil || len(p.Accounts) != 2 || len(p.Categories) != 1 || len(p.First) != 4 {
					t.Errorf("the preview: %+v, %v", p, err)
				}
				wants(t, r.Confirm(r.ctx(), sc, i, exchange.Choice{}), fault.Invalid, "exchange.bad_first")
				if n := r.count(r.rina, r.family); n != 0 {
					t.Errorf("%d entries of a file that nobody confirmed", n)
				}
				got := r.bring(r.rina, r.family, c.text, exchange.Choice{KeepGood: true, Shared: true})
				if got.Booked != 4 || got.State != exchange.Done || !got.File.IsZero() {
					t.Fatalf("%+v", got)
				}
				want := map[string]int64{"account bank BCA IDR": 1_000_000_00 - 87_500_00 + 9_000_000_00 - 1_600_000_00, "account bank Dolar USD": 100_00,
					"sum out groceries IDR": 87_500_00, "sum in Gaji bulanan IDR": 9_000_000_00}
				if d := cmp.Diff(want, r.state(r.dewi, r.family)); d != "" {
					t.Errorf("(-want +got):\n%s", d)
				}
			})
		})
	}
}

func TestUpload_refuses(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		for name, c := range map[string]struct{ text, key string }{
			"nothing":       {"", "exchange.file.empty"},
			"only a head":   {"date,kind,amount,currency,account\n", "exchange.file.empty"},
			"a spreadsheet": {"PK\x03\x04\x00\x00", "exchange.file.text"},
			"a bank's file": {"Tanggal,Keterangan,Jumlah\n1/11,x,5\n", "exchange.file.unknown"},
			"a page":        {"<html>\n", "exchange.file.unknown"},
			"too large":     {"date,kind,amount,currency,account\n" + strings.Repeat("x", 17<<20), "exchange.file.large"},
			"too long":      {"date,kind,amount,currency,account\n" + strings.Repeat("x\n", 100_001), "exchange.file.long"},
		} {
			if _, err := r.upload(r.rina, r.family, c.text); fault.Of(err).Key != c.key {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err := r.upload(r.dewi, r.family, firefly)
		wants(t, err, fault.Forbidden, "exchange.forbidden")
		_, err = r.upload(r.tono, r.family, firefly)
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("a stranger got %v", err)
		}
	})
}

func TestImport_isItsOwnersAlone(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.live()
		i, err := r.upload(r.bagas, r.family, firefly)
		if err != nil {
			t.Fatal(err)
		}
		r.must(r.rina, r.family, func(tx *store.Tx, _ cash.View) error {
			if _, err := r.Get(t.Context(), tx, r.rina, i.ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("another member read it: %v", err)
			}
			return nil
		})
		// What Bagas exports holds his private entry. Rina learns nothing by sending that row.
		file := r.export(r.bagas, exchange.CSV)
		theirs, err := r.upload(r.rina, r.family, file)
		if err != nil || theirs.Total-theirs.Known != 1 {
			t.Errorf("%d of %d rows known: an oracle for what others keep private, %v", theirs.Known, theirs.Total, err)
		}
		sc := r.Cash.As(r.family, r.bagas, cash.Record)
		if err := r.Discard(r.ctx(), sc, i); err != nil {
			t.Error(err)
		}
		if _, err := r.OpenFile(t.Context(), sc, r.bagas, i.File); err == nil && !i.File.IsZero() {
			t.Error("the file is still there")
		}
	})
}

func TestImport_onceThoughTwiceAtOnceAndKilled(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		i, err := r.upload(r.rina, r.family, ezbookkeeping)
		if err != nil {
			t.Fatal(err)
		}
		sc := r.Cash.As(r.family, r.rina, cash.Record)
		var wg sync.WaitGroup
		done := make(chan error, 2)
		for range 2 {
			wg.Go(func() { done <- r.Confirm(r.ctx(), sc, i, exchange.Choice{KeepGood: true}) })
		}
		wg.Wait()
		if a, b := <-done, <-done; (a == nil) == (b == nil) {
			t.Errorf("confirmed twice: %v, %v", a, b)
		}
		for range 2 {
			wg.Go(func() { _ = r.Run(t.Context(), r.jobs.all[0]) })
		}
		wg.Wait()
		_ = r.Run(t.Context(), r.jobs.all[0])
		if got := r.read(r.rina, r.family, i.ID); got.Booked != 4 || got.State != exchange.Done || r.count(r.rina, r.family) != 4 {
			t.Errorf("%+v, %d entries", got, r.count(r.rina, r.family))
		}
		if n := r.count(r.bagas, r.family); n != 0 {
			t.Errorf("new accounts are the person's own: another saw %d entries", n)
		}
	})
}
