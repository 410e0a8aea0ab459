package notice

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParsePeriod(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Period{
		"P1Y":            {Years: 1},
		"P90D":           {Days: 90},
		"P2W":            {Days: 14},
		"PT72H":          {Hours: 72},
		"PT10M":          {Minutes: 10},
		"P1Y2M3DT4H5M6S": {Years: 1, Months: 2, Days: 3, Hours: 4, Minutes: 5, Seconds: 6},
		"P0D":            {},
		"3 working days": {WorkingDays: 3},
		"1 working day":  {WorkingDays: 1},
	} {
		got, err := ParsePeriod(in)
		if err != nil || got != want {
			t.Errorf("%s: got %+v, %v; want %+v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "P", "PT", "1Y", "P1", "P-1D", "P1.5D", "P1D1Y", "PT1D", "72H", "p1y", "P1YT", "3 days", "working days", "P99999999D", " P1D", "P1D\n"} {
		if got, err := ParsePeriod(in); err == nil {
			t.Errorf("%q was taken for %+v", in, got)
		}
	}
}

func TestPeriod_AddTo_followsTheCalendar(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, period, want string }{
		{"2024-02-29T10:00:00Z", "P1Y", "2025-02-28T10:00:00Z"},
		{"2024-02-29T10:00:00Z", "P4Y", "2028-02-29T10:00:00Z"},
		{"2026-01-31T10:00:00Z", "P1M", "2026-02-28T10:00:00Z"},
		{"2026-03-31T10:00:00Z", "P1M", "2026-04-30T10:00:00Z"},
		{"2026-12-15T10:00:00Z", "P1M", "2027-01-15T10:00:00Z"},
		{"2026-11-22T23:30:00Z", "P90D", "2027-02-20T23:30:00Z"},
		{"2026-11-22T23:30:00Z", "PT72H", "2026-11-25T23:30:00Z"},
		{"2026-11-20T10:00:00Z", "3 working days", "2026-11-25T10:00:00Z"},
		{"2026-11-22T10:00:00Z", "P0D", "2026-11-22T10:00:00Z"},
	} {
		from, _ := time.Parse(time.RFC3339, c.from)
		p, err := ParsePeriod(c.period)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.AddTo(from).Format(time.RFC3339); got != c.want {
			t.Errorf("%s + %s = %s, want %s", c.from, c.period, got, c.want)
		}
	}
}

func TestPeriod_Say(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][2]string{
		"PT72H":          {"3\u00a0×\u00a024\u00a0jam", "3\u00a0×\u00a024\u00a0hours"},
		"P1Y":            {"1\u00a0tahun", "1\u00a0year"},
		"P14D":           {"14\u00a0hari", "14\u00a0days"},
		"PT10M":          {"10\u00a0menit", "10\u00a0minutes"},
		"P0D":            {"saat itu juga", "at once"},
		"3 working days": {"3\u00a0hari kerja", "3\u00a0working days"},
	} {
		p, _ := ParsePeriod(in)
		if p.Say("id") != want[0] || p.Say("en") != want[1] {
			t.Errorf("%s: %q, %q", in, p.Say("id"), p.Say("en"))
		}
	}
}

// TestPeriod_properties: what is written is read back the same, and a period
// never ends before it begins.
func TestPeriod_properties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := Period{
			Years: rapid.IntRange(0, 99).Draw(t, "years"), Months: rapid.IntRange(0, 99).Draw(t, "months"),
			Days: rapid.IntRange(0, 9999).Draw(t, "days"), Hours: rapid.IntRange(0, 999).Draw(t, "hours"),
			Minutes: rapid.IntRange(0, 999).Draw(t, "minutes"), Seconds: rapid.IntRange(0, 999).Draw(t, "seconds"),
		}
		got, err := ParsePeriod(p.String())
		if err != nil || got != p {
			t.Fatalf("%+v was written as %s and read as %+v, %v", p, p, got, err)
		}
		from := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "from"), 0).UTC()
		if end := p.AddTo(from); end.Before(from) || (!p.IsZero() && !end.After(from)) {
			t.Fatalf("%s from %s ends at %s", p, from, end)
		}
	})
}
