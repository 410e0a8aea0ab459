package clock_test

import (
	"strings"
	"testing"
	"time"

	"amanah/internal/clock"

	"pgregory.net/rapid"
)

func at(t *testing.T, zone *time.Location, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestCalendar_addWorkingDays(t *testing.T) {
	t.Parallel()
	c := clock.Indonesia()
	for _, v := range []struct {
		name, from string
		days       int
		want       string
	}{
		{"plain week", "2026-07-06 10:00", 3, "2026-07-09 10:00"},
		{"over a weekend", "2026-07-09 10:00", 3, "2026-07-14 10:00"},
		{"asked on a Sunday", "2026-07-12 23:59", 1, "2026-07-13 23:59"},
		{"Lebaran 2026 with its leave, from Tuesday", "2026-03-17 09:00", 3, "2026-03-27 09:00"},
		{"in the middle of Lebaran 2026", "2026-03-21 09:00", 1, "2026-03-25 23:59"},
		{"Lebaran 2027 with its leave, from Friday", "2027-03-05 16:00", 3, "2027-03-18 16:00"},
		{"Christmas Eve 2026 is leave, then the year ends", "2026-12-23 12:00", 5, "2027-01-04 12:00"},
		{"a holiday on a Saturday moves nothing", "2027-02-05 12:00", 1, "2027-02-08 12:00"},
		{"no days", "2026-03-21 09:00", 0, "2026-03-21 09:00"},
		{"a year without a table has weekends only", "2031-08-15 12:00", 1, "2031-08-18 12:00"},
	} {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			if got := c.AddWorkingDays(at(t, clock.WIB, v.from), v.days).Format("2006-01-02 15:04"); got != v.want {
				t.Errorf("%s + %d working days is %s, want %s", v.from, v.days, got, v.want)
			}
		})
	}
}

// The same moment is Monday in Jayapura and still Sunday in Jakarta.
func TestCalendar_theDayIsThatOfTheZone(t *testing.T) {
	t.Parallel()
	c := clock.Indonesia()
	moment := at(t, clock.WIT, "2026-08-17 01:00") // a holiday there, Sunday evening in Jakarta
	if _, off := c.Off(moment); !off {
		t.Error("17 August is a holiday in Jayapura")
	}
	if _, off := c.Off(moment.In(clock.WIB)); off {
		t.Error("it is 16 August in Jakarta")
	}
	here := c.AddWorkingDays(moment.In(clock.WIB), 1)
	there := c.AddWorkingDays(moment, 1)
	if here.Format(time.DateOnly) != "2026-08-18" || there.Format(time.DateOnly) != "2026-08-18" || here.Equal(there) {
		t.Errorf("one working day ends %s in Jakarta and %s in Jayapura", here, there)
	}
}

func TestCalendar_whichYearsAreCertain(t *testing.T) {
	t.Parallel()
	c := clock.Indonesia()
	for year, want := range map[int]bool{2025: true, 2026: true, 2027: false, 2028: false} {
		if c.Certain(year) != want {
			t.Errorf("%d: certain is %v", year, !want)
		}
	}
	days := 0
	for d := at(t, clock.WIB, "2026-01-01 00:00"); d.Year() == 2026; d = d.AddDate(0, 0, 1) {
		if _, off := c.Off(d); off {
			days++
		}
	}
	if days != 25 {
		t.Errorf("2026 has %d days off, the decree says 17 holidays and 8 days of leave", days)
	}
}

func TestCalendar_officeHours(t *testing.T) {
	t.Parallel()
	c, o := clock.Indonesia(), clock.OfficeHours
	for _, v := range []struct{ at, within, next string }{
		{"2026-07-06 10:00", "2026-07-06 10:00", "2026-07-06 10:00"},
		{"2026-07-06 08:59", "2026-07-03 17:00", "2026-07-06 09:00"},
		{"2026-07-06 17:00", "2026-07-06 17:00", "2026-07-07 09:00"},
		{"2026-07-04 12:00", "2026-07-03 17:00", "2026-07-06 09:00"},
		{"2026-03-22 12:00", "2026-03-17 17:00", "2026-03-25 09:00"},
	} {
		if got := c.Within(at(t, clock.WIB, v.at), o).Format("2006-01-02 15:04"); got != v.within {
			t.Errorf("within of %s is %s, want %s", v.at, got, v.within)
		}
		if got := c.NextOpen(at(t, clock.WIB, v.at), o).Format("2006-01-02 15:04"); got != v.next {
			t.Errorf("next open of %s is %s, want %s", v.at, got, v.next)
		}
	}
}

func TestReadCalendar_refuses(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"2026-03-20 holiday X": "year 2026",
		"year 2026 certain\n2026-03-20 holiday X\n2026-03-20 leave Y": "x:3: 2026-03-20 is there twice",
		"year 2026 certain\n2026-02-30 holiday X":                     "no date",
		"year 2026 certain\n2026-02-03 party X":                       "want:",
		"year 2026 perhaps":                                           "want:",
		"year":                                                        "want:",
	} {
		if _, err := clock.ReadCalendar("x", strings.NewReader(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want %q", in, err, want)
		}
	}
	c, err := clock.ReadCalendar("x", strings.NewReader("# mine\n\nyear 2028 certain\n2028-01-03 holiday Hari Kita\n"))
	if err != nil || c.Working(at(t, clock.WIB, "2028-01-03 10:00")) || !c.Certain(2028) {
		t.Errorf("an own table is not taken: %v", err)
	}
	if c.Working(at(t, clock.WIB, "2026-03-20 10:00")) == false {
		t.Error("an own table replaces the other, it does not add to it")
	}
}

func TestCalendar_properties(t *testing.T) {
	t.Parallel()
	c := clock.Indonesia()
	zones := []*time.Location{clock.WIB, clock.WITA, clock.WIT, time.UTC}
	rapid.Check(t, func(t *rapid.T) {
		from := time.Unix(rapid.Int64Range(1735689600, 1861920000).Draw(t, "from"), 0).In(rapid.SampledFrom(zones).Draw(t, "zone"))
		n := rapid.IntRange(1, 40).Draw(t, "n")
		end := c.AddWorkingDays(from, n)
		if !c.Working(end) || c.WorkingDays(from, end) != n {
			t.Fatalf("%s + %d ends %s: working %v, counted %d", from, n, end, c.Working(end), c.WorkingDays(from, end))
		}
		if want := from.Format("15:04:05"); c.Working(from) && end.Format("15:04:05") != want || !c.Working(from) && end.Format("15:04:05") != "23:59:59" {
			t.Fatalf("the time of day moved from %s to %s", from, end)
		}
		if later := c.AddWorkingDays(from, n+1); !later.After(end) {
			t.Fatalf("one day more ends not later: %s, %s", end, later)
		}
		if next := c.AddWorkingDays(from.Add(time.Hour), n); next.Before(end) {
			t.Fatalf("who asks later is answered earlier: %s, %s", end, next)
		}
		w := c.Within(from, clock.OfficeHours)
		if w.After(from) || c.NextOpen(from, clock.OfficeHours).Before(from) {
			t.Fatalf("office hours turn time round at %s", from)
		}
	})
}

func FuzzReadCalendar(f *testing.F) {
	f.Add("year 2028 certain\n2028-01-03 holiday Hari Kita\n")
	f.Add("year 99999 certain\n0000-00-00 leave x")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := clock.ReadCalendar("f", strings.NewReader(s))
		if (c == nil) == (err == nil) {
			t.Fatal("neither a calendar nor an error")
		}
	})
}
