package notice

import (
	"testing"
	"time"

	"amanah/internal/clock"
)

func TestPeriod_Ends_overLebaran(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, period, want string }{
		{"2026-03-17 10:00", "3 working days", "2026-03-27 10:00"},
		{"2026-03-17 10:00", "PT72H", "2026-03-20 10:00"},
		{"2026-03-17 10:00", "P14D", "2026-03-31 10:00"},
		{"2027-03-05 10:00", "3 working days", "2027-03-18 10:00"},
		{"2027-03-05 10:00", "PT72H", "2027-03-08 10:00"},
		{"2026-12-23 10:00", "3 working days", "2026-12-30 10:00"},
	} {
		from, err := time.ParseInLocation("2006-01-02 15:04", c.from, clock.WIB)
		if err != nil {
			t.Fatal(err)
		}
		p, err := ParsePeriod(c.period)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Ends(from, clock.Indonesia()).Format("2006-01-02 15:04"); got != c.want {
			t.Errorf("%s + %s ends %s, want %s", c.from, c.period, got, c.want)
		}
	}
}
