package capture_test

import (
	"testing"
	"time"

	"amanah/internal/capture"
	"amanah/internal/extract/email"
)

func TestDuplicates(t *testing.T) {
	edit := func(f func(t *email.Transaction)) email.Transaction { return kopi(f) }
	noRef := func(t *email.Transaction) { t.Reference = "" }
	cases := []struct {
		name          string
		first, second email.Result
		booked        int
		review        int
	}{
		{"the same mail twice", genuine("<a@x>", kopi()), genuine("<a@x>", kopi()), 1, 0},
		{"the bank's mail and a quoted forward of it", genuine("<a@x>", kopi(noRef)), genuine("", kopi(noRef)), 1, 0},
		{"the same reference in another mail", genuine("<a@x>", kopi()), genuine("<b@x>", kopi()), 1, 0},
		{"the same reference with spaces and another spelling", genuine("<a@x>", kopi()), genuine("<b@x>", edit(func(t *email.Transaction) { t.Reference = " ref-77120 " })), 1, 0},
		{"a refund has the reference of its purchase", genuine("<a@x>", kopi()), genuine("<b@x>", edit(func(t *email.Transaction) { t.Direction = "in" })), 2, 0},
		{"two coffees in one minute, two references", genuine("<a@x>", kopi()), genuine("<b@x>", edit(func(t *email.Transaction) { t.Reference = "REF-77121" })), 2, 0},
		{"two coffees, seconds apart, no reference", genuine("<a@x>", kopi(noRef)), genuine("<b@x>", edit(func(t *email.Transaction) { t.Reference, t.At = "", t.At.Add(20*time.Second) })), 2, 0},
		{"two mails of one minute without a reference ask", genuine("<a@x>", kopi(noRef)), genuine("<b@x>", kopi(noRef)), 1, 1},
		{"the day alone only asks", genuine("<a@x>", edit(func(t *email.Transaction) { t.Reference, t.AtPrecision = "", "day" })), genuine("", edit(func(t *email.Transaction) { t.Reference, t.AtPrecision = "", "day" })), 1, 1},
		{"bank and shop ask", genuine("<a@x>", kopi()), genuine("<b@x>", edit(func(t *email.Transaction) {
			t.Issuer, t.Merchant, t.AccountLast, t.Reference, t.At = "Tokopedia", "Toko Dewi", "", "INV/1", t.At.Add(4*time.Minute)
		})), 1, 1},
		{"bank and shop a day apart are two", genuine("<a@x>", kopi()), genuine("<b@x>", edit(func(t *email.Transaction) {
			t.Issuer, t.Reference, t.At = "Tokopedia", "INV/1", t.At.Add(25*time.Hour)
		})), 2, 0},
		{"a bank's two mails of one payment ask", genuine("<a@x>", kopi()), genuine("<b@x>", edit(func(t *email.Transaction) {
			t.Merchant, t.Reference, t.At = "QRIS-TUKU", "", t.At.Add(time.Minute)
		})), 1, 1},
		{"another amount is another", genuine("<a@x>", kopi(noRef)), genuine("", edit(func(t *email.Transaction) { t.Reference, t.Amount.Minor = "", t.Amount.Minor+100 })), 2, 0},
		{"another account and merchant is another", genuine("<a@x>", kopi(noRef)), genuine("", edit(func(t *email.Transaction) { t.Reference, t.AccountLast, t.Merchant = "", "9876", "Warung Dewi" })), 2, 0},
		{"two lines of one mail are two", genuine("<a@x>", kopi(noRef), kopi(noRef)), genuine("<a@x>", kopi(noRef), kopi(noRef)), 2, 0},
	}
	both(t, func(t *testing.T, r *rig) {
		for _, c := range cases {
			for _, swap := range []bool{false, true} {
				r.tenant = r.Tenant()
				one, two := c.first, c.second
				if swap {
					one, two = two, one
				}
				r.mail(one)
				r.mail(two)
				booked, review := 0, 0
				for _, v := range r.all() {
					switch v.State {
					case capture.Booked:
						booked++
					case capture.Review:
						review++
						if v.Reason != "duplicate.other_source" || v.Twin.IsZero() {
							t.Errorf("%s: waits because of %q, twin %v", c.name, v.Reason, v.Twin)
						}
					}
				}
				if booked != c.booked || review != c.review {
					t.Errorf("%s (swapped %v): %d booked and %d in review, want %d and %d", c.name, swap, booked, review, c.booked, c.review)
				}
			}
		}
	})
}
