package exchange

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"amanah/internal/clock"
)

// FuzzFile reads any file: it ends, names a line for each bad row, and gives only
// rows that the books take and that come back from the own file unchanged.
func FuzzFile(f *testing.F) {
	f.Add("date,kind,amount,currency,account,note\n2026-11-22,out,5.00,IDR,BCA,=x\n")
	f.Add("Time,Timezone,Type,Sub Category,Account,Amount,Account2,Account2 Amount\n2026-11-22 10:00:00,+07:00,Transfer,,A,1.5,B,1.50\n")
	f.Add("journal_id,type,currency_code,amount,description,date,source_name,source_type,destination_name,destination_type\n1,Withdrawal,IDR,-5.00,x,2026-11-22T00:00:00+07:00,A,Asset account,B,Expense account\n")
	f.Add("date;kind;amount;currency;account\n\"2026\n")
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		in, err := Open(strings.NewReader(text), clock.WIB, now)
		if err != nil {
			return
		}
		for {
			r, err := in.Next()
			var bad *Bad
			if errors.Is(err, io.EOF) {
				return
			}
			if errors.As(err, &bad) {
				if bad.Line < 1 || bad.Reason == "" {
					t.Fatalf("%+v", bad)
				}
				continue
			}
			if err != nil {
				return
			}
			if why := r.check(now); why != "" {
				t.Fatalf("a row that cannot be booked: %s", why)
			}
			r.At = r.At.In(clock.WIB)
			var b strings.Builder
			if err := writeCSV(&b, func(yield func(Row, error) bool) { yield(r, nil) }); err != nil {
				t.Fatal(err)
			}
			back, err := Open(strings.NewReader(b.String()), clock.WIB, now)
			if err != nil {
				t.Fatal(err)
			}
			again, err := back.Next()
			if err != nil {
				t.Fatalf("%v: %q", err, b.String())
			}
			if again.Amount != r.Amount || again.Arrived != r.Arrived || again.Kind != r.Kind || again.Day != r.Day || again.From != r.From {
				t.Fatalf("%+v became %+v", r, again)
			}
		}
	})
}
