package forecast

import (
	"slices"
)

// usual adds what is usually spent, by category, in the days that are left.
func (r *Result) usual(rest []Entry, began, today Day, unit int64) {
	spans := full(began, today)
	r.Months = len(spans)
	if len(spans) == 0 {
		spans = []span{{today - 29, today}}
	}
	sums := map[string][]int64{}
	for _, e := range rest {
		if e.In {
			continue
		}
		for i, s := range spans {
			if e.Day < s.from || e.Day > s.to {
				continue
			}
			if sums[e.Category] == nil {
				sums[e.Category] = make([]int64, len(spans))
			}
			sums[e.Category][i] += e.Minor
		}
	}
	for category, by := range sums {
		for i, s := range spans {
			by[i] = share(by[i], int64(r.Days), int64(s.to-s.from)+1, unit)
		}
		r.add(Reason{Kind: Usual, Minor: -middle(by) / unit * unit, Low: -slices.Max(by), High: -slices.Min(by), Day: today.last(), Category: category, Seen: len(by), Days: r.Days})
	}
}

// share is part/whole of an amount in whole units, without running over.
func share(minor, part, whole, unit int64) int64 {
	return (minor/whole*part + minor%whole*part/whole) / unit * unit
}

type span struct{ from, to Day }

// full are the full months before this one that the books cover, at most Back of
// them. A month whose first three days are missing is full enough.
func full(began, today Day) []span {
	var out []span
	end := today.first() - 1
	for range Back {
		if began > end.first()+3 {
			break
		}
		out = append(out, span{end.first(), end})
		end = end.first() - 1
	}
	return out
}
