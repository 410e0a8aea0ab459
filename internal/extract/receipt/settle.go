package receipt

import "slices"

// totals are the sums that were decided on, in hundredths of rupiah.
type totals struct {
	total, subtotal, discount, service, tax, rounding, paid, change figure
	method                                                          string
	taxIncluded                                                     bool
	adds                                                            bool // subtotal, discount, service, tax, rounding make the total
	paidFits                                                        bool // paid less change is the total
	worth                                                           float64
	second                                                          float64 // worth of the next best total
}

// figure is a sum that may be absent.
type figure struct {
	value int64
	has   bool
	low   float64
}

func stated(s sum) figure { return figure{s.value, true, s.low} }

// candidate is a value that may be the total.
type candidate struct {
	value int64
	worth float64
	line  int
	low   float64
}

// worthOf is what a label alone says for a value being the total.
var worthOf = map[sumKind]float64{grand: 3.2, total: 2.6, counted: 1.6, subtotal: 1.1, card: 1.2, cash: 0.4, base: 0.2}

// settle decides on the total: what the labels say, and which sums agree.
func (r *reading) settle(items int64, have bool, from int) totals {
	best, second := totals{worth: -1}, -1.0
	for _, c := range r.candidates(items, have, from) {
		t := r.around(c, items, have, from)
		switch {
		case t.worth > best.worth:
			if best.total.has && best.total.value != t.total.value {
				second = max(second, best.worth)
			}
			best = t
		case t.total.value != best.total.value:
			second = max(second, t.worth)
		}
	}
	best.second = second
	return best
}

// candidates are the values that may be the total, each once.
func (r *reading) candidates(items int64, have bool, from int) []candidate {
	var out []candidate
	add := func(c candidate) {
		if c.value <= 0 && !have {
			return
		}
		for i, h := range out {
			if h.value == c.value {
				if c.worth > h.worth {
					c.line = max(c.line, h.line)
					out[i] = c
				} else if c.worth >= 2 {
					out[i].worth += 0.3
				}
				return
			}
		}
		out = append(out, c)
	}
	for _, s := range r.sums {
		if w := worthOf[s.kind]; w > 0 && s.line >= from {
			if !s.whole {
				w -= 0.3
			}
			if s.mended {
				w -= 0.5
			}
			if s.kind == subtotal && r.outdone(s) {
				w -= 2
			}
			add(candidate{s.value, w, s.line, s.low})
		}
	}
	for _, p := range r.sums {
		for _, c := range r.sums {
			if p.kind == cash && c.kind == change && p.value > c.value {
				add(candidate{p.value - c.value, 0.2, c.line, min(p.low, c.low)})
			}
		}
	}
	if have && len(out) > 0 { // the items alone state no total: the paper may be torn
		add(candidate{items, 0.3, 0, 1})
	}
	return out
}

// outdone tells whether a larger total stands below a subtotal.
func (r *reading) outdone(s sum) bool {
	return slices.ContainsFunc(r.sums, func(o sum) bool {
		return (o.kind == total || o.kind == grand) && o.line > s.line && o.value > s.value && !o.sign
	})
}

// around gathers what agrees with a total.
func (r *reading) around(c candidate, items int64, have bool, from int) totals {
	t := totals{total: figure{c.value, true, c.low}, worth: c.worth}
	if c.line > 0 {
		t.worth += 0.3 * float64(c.line) / float64(len(r.lines))
	}
	r.payment(&t)
	r.parts(&t, items, have, from)
	return t
}

// payment finds what was paid for a total.
func (r *reading) payment(t *totals) {
	cards := int64(0)
	for _, s := range r.sums {
		if s.kind == card {
			cards += s.value
			if t.method == "" {
				t.method = s.method
			}
			if s.value == t.total.value {
				t.paid, t.method, t.paidFits = stated(s), s.method, true
			}
		}
	}
	if t.paidFits {
		t.worth += 1.4
	} else if cards > 0 && cards == t.total.value {
		t.paid, t.paidFits = figure{cards, true, 1}, true
		t.worth += 1.4
	}
	for _, p := range r.sums {
		if p.kind != cash {
			continue
		}
		for _, c := range r.sums {
			if c.kind == change && p.value-c.value == t.total.value && p.line <= c.line {
				bonus := 3.0
				if c.value == 0 {
					bonus = 1.6
				}
				if !t.change.has {
					t.paid, t.change, t.method, t.paidFits = stated(p), stated(c), "cash", true
					t.worth += bonus
				}
			}
		}
		if !t.paidFits && p.value == t.total.value {
			t.paid, t.method, t.paidFits = stated(p), "cash", true
			t.worth += 0.8
		}
	}
	if t.paidFits {
		return
	}
	for _, s := range r.sums {
		switch {
		case s.kind == cash && s.value > t.total.value && !t.paid.has:
			t.paid, t.method = stated(s), "cash"
			t.worth += 0.4
		case s.kind == cash && s.value > 0 && s.value < t.total.value && s.whole:
			t.worth -= 0.5
		case s.kind == change && !t.change.has && t.paid.has && s.value < t.paid.value:
			t.change = stated(s)
		}
	}
}

// parts finds the subtotal and what was added and taken off to make the total.
func (r *reading) parts(t *totals, items int64, have bool, from int) {
	adj := r.adjustments(from, t.total.value)
	starts := r.starts(t, items, have, from)
	unnamed := r.unnamed(t.total.value)
	bestWorth := 0.0
	base := *t
	for _, s := range starts {
		for mask := range 16 {
			got, used, omitted := adj.apply(s.value, mask)
			diff := abs(got - t.total.value)
			worth := s.worth + 0.5*float64(used) - 0.5*float64(omitted)
			if used == 0 && unnamed {
				worth -= 2 // that the items sum to themselves proves no total
			}
			switch {
			case diff == 0:
				worth += 2
			case diff <= 2*hundred && (used > 0 || s.items):
				worth += 1.7
			case diff < 100*hundred && used > 0 && adj.rounding == 0 && t.total.value%(100*hundred) == 0:
				worth += 0.9
			default:
				continue
			}
			if worth > bestWorth {
				bestWorth = worth
				*t = base
				adj.fill(t, mask)
				t.subtotal, t.adds = figure{s.value, true, s.low}, true
			}
		}
	}
	if bestWorth == 0 && r.unlabelled(t, starts, adj, from) {
		bestWorth = 1.6
	}
	if bestWorth == 0 && t.paidFits && adj.discount > 0 && have && items > t.total.value && adj.service+adj.tax+adj.rounding == 0 {
		// The payment proves the total and the items their sum: the discount was misread.
		adj.discount = items - t.total.value
		adj.fill(t, 1)
		t.subtotal, t.adds, bestWorth = figure{items, true, 1}, true, 0.8
	}
	t.worth += max(0, bestWorth)
	if !t.adds {
		for _, s := range r.sums {
			if s.kind == subtotal && s.line >= from && s.value != 0 {
				t.subtotal = stated(s)
				break
			}
		}
		adj.fill(t, 15)
	}
}

// unlabelled looks for one amount whose words are not known and that makes the
// subtotal the total: tax where it is near a tenth, else a service charge.
func (r *reading) unlabelled(t *totals, starts []start, adj adjustments, from int) bool {
	for i := from; i < len(r.lines); i++ {
		v, ok := lastMoney(figuresOf(r.lines[i]))
		if !ok || v.num.value <= 0 || v.num.value >= t.total.value || r.roles[i] != text {
			continue
		}
		for _, s := range starts {
			for _, mask := range [2]int{15, 0} {
				if got := s.value + adj.sum(mask) + v.num.value; s.value <= v.num.value || abs(got-t.total.value) > 2*hundred {
					continue
				}
				adj.fill(t, mask)
				t.subtotal, t.adds = figure{s.value, true, s.low}, true
				f := &t.service
				if share := v.num.value * 100 / s.value; share >= 9 && share <= 12 && !t.tax.has {
					f = &t.tax
				}
				if !f.has {
					*f = figure{v.num.value, true, v.low}
				}
				return true
			}
		}
	}
	return false
}

// sum is what mask adds.
func (a adjustments) sum(mask int) int64 {
	got := int64(0)
	for i, d := range [4]int64{-a.discount, a.service, a.tax, a.signedRounding()} {
		if mask&(1<<i) != 0 {
			got += d
		}
	}
	return got
}

// unnamed tells whether no label says that v is a total while another value is
// labelled so.
func (r *reading) unnamed(v int64) bool {
	other := false
	for _, s := range r.sums {
		switch s.kind {
		case total, grand:
			if s.value == v {
				return false
			}
			other = other || !s.sign && s.whole
		case counted, card:
			if s.value == v {
				return false
			}
		}
	}
	return other
}

// start is a value that may be the sum of the items.
type start struct {
	value int64
	worth float64
	items bool
	low   float64
}

func (r *reading) starts(t *totals, items int64, have bool, from int) []start {
	var out []start
	if have {
		out = append(out, start{items, 0.8, true, 1})
	}
	for _, s := range r.sums {
		if s.line < from || s.kind != subtotal && s.kind != total && s.kind != counted {
			continue
		}
		if s.value == t.total.value && s.kind != subtotal {
			continue
		}
		w := 0.6
		if s.kind == subtotal {
			w = 0.9
		}
		if have && s.value == items {
			w += 0.8
		}
		out = append(out, start{s.value, w, false, s.low})
	}
	return out
}
