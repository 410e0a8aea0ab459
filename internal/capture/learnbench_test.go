package capture_test

import (
	"fmt"
	"testing"
	"time"

	"amanah/internal/extract/email"
	"amanah/internal/store/storetest"
)

// BenchmarkTakeMail is one mail's effect: row, entry and sums in a transaction,
// of forty merchants that came before.
func BenchmarkTakeMail(b *testing.B) {
	r := newRig(b, storetest.Open(b, "sqlite", config))
	n := 0
	for b.Loop() {
		n++
		r.mail(genuine(fmt.Sprint(n), kopi(func(t *email.Transaction) {
			t.Merchant, t.Reference, t.At, t.Amount.Minor = fmt.Sprintf("Toko %02d", n%40), fmt.Sprint(n), t.At.Add(time.Duration(n)*time.Minute), int64(100000+n%977*100)
		})))
	}
}
