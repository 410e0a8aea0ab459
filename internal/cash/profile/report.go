package profile

import (
	"context"
	"slices"
	"strconv"
	"time"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/identity"
	"amanah/internal/privacy/desk"
	"amanah/internal/store"
)

// Band is a group of people and how many there are; Hidden where there are fewer
// than the minimum, or where the number would tell that of a hidden one.
type Band struct {
	Key    string
	People int
	Hidden bool
}

// Report is what research sees.
type Report struct {
	Ages, Occupations []Band
	Least             int
}

// AgeBands are the bands of ages, the youngest first.
func AgeBands() []string { return []string{"18-24", "25-34", "35-44", "45-54", "55-64", "65"} }

func ageBand(age int) string {
	for i, from := range []int{65, 55, 45, 35, 25, 18} {
		if age >= from {
			return AgeBands()[5-i]
		}
	}
	return ""
}

// Report counts people by band for an officer, and writes the look down. Only those
// count whose consent to research stands at this moment.
func (s *Service) Report(ctx context.Context, officer identity.Principal) (Report, error) {
	const op = "profile.Report"
	n, ok := s.Notice(s.Slug)
	if !ok {
		return Report{}, fault.New(fault.NotFound, op, "not_found")
	}
	pu, ok := n.Purpose(Research)
	if !ok || pu.AggregatesOfAtLeast < 2 {
		return Report{}, fault.New(fault.NotFound, op, "not_found")
	}
	ages, jobs := map[string]int{}, map[string]int{}
	at := officer.HomeScope(Research)
	err := s.Store.Read(ctx, at, func(tx *store.Tx) error {
		rows, err := store.FindOpen[traits](ctx, tx, "WHERE tenant_id = $1", tx.Tenant())
		count(rows, tx.Now().Time(), ages, jobs)
		return err
	})
	if err == nil {
		err = s.Store.Write(ctx, desk.Scope(officer), func(tx *store.Tx) error {
			return audit.Record(ctx, tx, audit.Act{Name: "profile.report", Object: "profile", Count: 1})
		})
	}
	least := pu.AggregatesOfAtLeast
	return Report{Ages: Shown(AgeBands(), ages, least), Occupations: Shown(Occupations(), jobs, least), Least: least}, fault.Wrap(op, err)
}

func count(rows []traits, now time.Time, ages, jobs map[string]int) {
	for _, r := range rows {
		if year, err := strconv.Atoi(r.Year.Reveal()); err == nil {
			if band := ageBand(now.Year() - year); band != "" {
				ages[band]++
			}
		}
		if o := r.Occupation.Reveal(); o != "" {
			jobs[o]++
		}
	}
}

// Shown are the bands that may be shown. No sum over all is given, so that a hidden
// band is not found by subtraction; numbers are rounded down to fives, so that two
// looks do not tell of one person. least is never below ten.
func Shown(keys []string, by map[string]int, least int) []Band {
	least = max(least, 10)
	var out []Band
	for _, k := range keys {
		n := by[k]
		b := Band{Key: k, Hidden: n < least}
		if !b.Hidden {
			b.People = n - n%5
		}
		out = append(out, b)
	}
	return slices.Clip(out)
}
