package receipt

import "slices"

// adjustments are what stands between the items and the total.
type adjustments struct {
	discount, service, tax, rounding int64
	roundDown                        bool
	included                         int64
}

// adjustments sums up each kind once: a till may print one twice.
func (r *reading) adjustments(from int, total int64) adjustments {
	var a adjustments
	seen := map[sumKind][]int64{}
	hasBase := slices.ContainsFunc(r.sums, func(s sum) bool { return s.kind == base })
	for _, s := range r.sums {
		if s.line < from || s.value == 0 || slices.Contains(seen[s.kind], s.value) || s.value >= total && s.kind != discount {
			continue
		}
		seen[s.kind] = append(seen[s.kind], s.value)
		switch s.kind {
		case discount:
			a.discount += s.value
		case service:
			a.service += s.value
		case tax:
			if hasBase {
				a.included += s.value
			} else {
				a.tax += s.value
			}
		case included:
			a.included += s.value
		case rounding:
			if s.value < 1000*hundred || s.sign {
				a.rounding = s.value
				a.roundDown = s.sign
			}
		}
	}
	if a.tax == 0 {
		a.tax = a.included
		a.included = 0
	}
	return a
}

// apply adds what mask chooses, and tells how many were used and left out.
func (a adjustments) apply(v int64, mask int) (got int64, used, omitted int) {
	for i, d := range [4]int64{-a.discount, a.service, a.tax, a.signedRounding()} {
		switch {
		case d == 0 && mask&(1<<i) != 0:
			return 0, 0, 99
		case d == 0:
		case mask&(1<<i) != 0:
			v += d
			used++
		default:
			omitted++
		}
	}
	return v, used, omitted
}

func (a adjustments) signedRounding() int64 {
	if a.roundDown {
		return -a.rounding
	}
	return a.rounding
}

// fill states the adjustments. Tax that was not added is in the prices.
func (a adjustments) fill(t *totals, mask int) {
	set := func(f *figure, v int64, bit int) {
		if v != 0 && mask&bit != 0 {
			*f = figure{v, true, 1}
		}
	}
	set(&t.discount, a.discount, 1)
	set(&t.service, a.service, 2)
	set(&t.rounding, a.signedRounding(), 8)
	if a.tax != 0 {
		t.tax = figure{a.tax, true, 1}
		t.taxIncluded = mask&4 == 0
	} else if a.included != 0 {
		t.tax, t.taxIncluded = figure{a.included, true, 1}, true
	}
}
