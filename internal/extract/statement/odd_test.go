package statement

import (
	"os"
	"strings"
	"testing"
)

// TestOdd reads papers in forms that the rules were not made for: labels and
// values on lines of their own, amounts some lines below the date, a summary
// across, other banks. Amounts are in hundredths, minus is out.
func TestOdd(t *testing.T) {
	t.Parallel()
	r := reader(t)
	for name, want := range map[string]string{
		"bca-parted":      "BCA account 0602 2025-10-01 -35000.00 2025-10-02 500000.00 2025-10-03 -100000.00 2025-10-03 -2500.00",
		"bca-summary":     "BCA card 7719 2025-11-22 500000.00 2025-11-25 -50000.00 2025-11-26 -100000.00 of 6.00 USD",
		"bca-dollars":     "BCA account 2391 2025-04-30 0.50 of 800.00 IDR 2025-04-30 8.25",
		"mandiri-columns": "Mandiri account 8776 2026-02-01 -1000000.00 2026-02-05 2500000.00 2026-02-28 -12500.00",
		"uob-lines":       "Citi/UOB card 6612 2025-12-12 -125000.00 2025-12-20 750000.00 2026-01-02 -1125000.00 of 65.10 USD",
		"jago-signs":      "Bank Jago account 5678 2026-01-02 -28000.00 2026-01-05 5000000.00",
		"bsi-noughts":     "Bank Syariah Indonesia account 6789 2026-03-02 -150000.00 2026-03-05 4000000.00",
		"mega-card":       " card  2026-02-26 900000.00 2026-03-01 -700000.00 2026-03-03 -500000.00",
	} {
		text, err := os.ReadFile("testdata/odd/" + name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		for form, raw := range map[string][]byte{"text": text, "pdf": render(t, paper{text: string(text)})} {
			t.Run(name+"/"+form, func(t *testing.T) {
				t.Parallel()
				st, err := r.Read(t.Context(), raw, Options{})
				if err != nil {
					t.Fatal(err)
				}
				got := []string{st.Issuer, string(st.Kind), st.CardLast4}
				for _, row := range st.Rows {
					got = append(got, isoDay(row.Date), row.Signed().Decimal())
					if !row.Original.IsZero() {
						got = append(got, "of", row.Original.Decimal(), string(row.Original.Currency))
					}
				}
				if s := strings.Join(got, " "); s != want || !st.Checks.BalanceAddsUp {
					t.Errorf("adds up %v\n%s\nwant\n%s", st.Checks.BalanceAddsUp, s, want)
				}
			})
		}
	}
}
