package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"amanah/internal/cash/plan"
	"amanah/internal/cash/plan/forecast"
)

func TestSchedule_days(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s    plan.Schedule
		want []string
	}{
		{plan.Schedule{Every: plan.Month, Step: 1, First: "2027-12-31"}, []string{"2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"}},
		{plan.Schedule{Every: plan.Month, Step: 3, First: "2026-11-15", Until: "2027-05-14"}, []string{"2026-11-15", "2027-02-15", ""}},
		{plan.Schedule{Every: plan.Week, Step: 2, First: "2026-11-27"}, []string{"2026-11-27", "2026-12-11", "2026-12-25", "2027-01-08"}},
		{plan.Schedule{Every: plan.Year, Step: 1, First: "2024-02-29"}, []string{"2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"}},
	} {
		var got []string
		day := ""
		for range c.want {
			day = c.s.After(day)
			got = append(got, day)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%+v: %s", c.s, d)
		}
	}
}

func TestSchedule_propertyEachDateFollowsTheOther(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		first := forecast.Day(rapid.IntRange(15_000, 25_000).Draw(t, "first"))
		s := plan.Schedule{Every: rapid.SampledFrom(plan.Units()).Draw(t, "unit"), Step: int64(rapid.IntRange(1, 120).Draw(t, "step")), First: first.String()}
		day := forecast.Day(rapid.IntRange(15_000, 40_000).Draw(t, "day")).String()
		next := s.After(day)
		if next <= day || next < s.First {
			t.Fatalf("after %s comes %s", day, next)
		}
		d, _ := forecast.DayOf(next)
		if again := s.After((d - 1).String()); again != next {
			t.Fatalf("of %+v the day before %s leads to %s", s, next, again)
		}
	})
}
