package receipt

import (
	"strings"
)

// article is an item on its way to become a fact.
type article struct {
	name     string
	qty      int64 // thousandths
	unit     int64
	price    int64 // as printed for the line, before its discount
	discount int64
	other    int64 // another reading of the price
	fits     bool  // quantity times unit is the price
	low      float64
	line     int
	free     bool // printed without a price
	below    bool // its price stands in the line below
	starred  bool // printed between stars or quotes
	remark   bool // printed as a remark on the dish above
}

// net is what the article adds to the sum.
func (a article) net() int64 { return a.price - a.discount }

// listing goes through the lines of the items, from the top to the bottom.
type listing struct {
	k       *knowledge
	out     []article
	led     bool    // items begin with their quantity
	pending []shape // names that wait for their price
	waiting *shape  // a price or a quantity that stands before its name
}

// articles reads the items of the lines from first to last, without last.
func (r *reading) articles(first, last int) []article {
	g := listing{k: r.k, led: r.led(first, last)}
	for i := first; i < last; i++ {
		l := r.lines[i]
		switch r.roles[i] {
		case rule, columns:
			g.drop()
			continue
		case text:
		default:
			if !r.wellPriced(i) && (len(g.out) == 0 || !r.latePrice(i)) {
				continue
			}
		}
		s := shapeOf(l, i)
		if kind := r.itemDiscount(i, s); kind != noSum {
			g.reduce(s, l)
			continue
		}
		g.take(s)
	}
	g.drop()
	return g.withoutRemarks()
}

// led tells whether most items begin with their quantity.
func (r *reading) led(first, last int) bool {
	with, all := 0, 0
	for i := first; i < last; i++ {
		if s := shapeOf(r.lines[i], i); r.roles[i] == text && s.has && letters(s.name) >= 3 {
			all++
			if s.lead > 0 {
				with++
			}
		}
	}
	return all > 0 && with*10 >= all*6
}

// latePrice tells whether a line that looks like a part of the head is an item
// all the same, because it stands among items and has a price: "TakeAway Charge 909".
func (r *reading) latePrice(i int) bool {
	s := shapeOf(r.lines[i], i)
	return r.roles[i] == paper && s.has && letters(s.name) >= 3 && !strings.Contains(r.lines[i].text, ":")
}

// withoutRemarks leaves out remarks on dishes that a till prints with a price of
// nothing.
func (g *listing) withoutRemarks() []article {
	with, all := 0, 0
	for _, a := range g.out {
		if a.price > 0 {
			all++
			if a.qty > 0 {
				with++
			}
		}
	}
	var out []article
	for _, a := range g.out {
		if n := len(out); n > 0 && a.price == 0 && out[n-1].price == 0 && key(a.name) == key(out[n-1].name) {
			out[n-1].qty += a.qty
			continue
		}
		if a.price == 0 && a.starred {
			continue
		}
		if a.price == 0 && !a.free && (a.remark || a.qty == 0 && !a.below && (with*2 > all || g.remark(a.name))) {
			continue
		}
		out = append(out, a)
	}
	return out
}

// itemDiscount tells whether a line among the items takes something off the item
// before it.
func (r *reading) itemDiscount(i int, s shape) sumKind {
	if s.negative {
		return discount
	}
	for _, seg := range r.lines[i].segs {
		if seg.known && (seg.fit.label.kind == discount || seg.fit.label.kind == saved) && !s.fits {
			return discount
		}
	}
	return noSum
}

// reduce takes a discount off the last item.
func (g *listing) reduce(s shape, l line) {
	if len(g.out) == 0 || !s.has {
		return
	}
	last := &g.out[len(g.out)-1]
	if v, ok := lastMoney(figuresOf(l)); ok && abs(v.num.value) <= last.price {
		last.discount += abs(v.num.value)
	}
}

func figuresOf(l line) []token {
	var out []token
	for _, t := range l.tokens {
		if t.kind == num {
			out = append(out, t)
		}
	}
	return out
}

// take puts one line to what is there.
func (g *listing) take(s shape) {
	named := letters(s.name) >= 3 || letters(s.name) >= 2 && len(g.pending) == 0
	switch {
	case s.has && named:
		g.priced(s)
	case s.has:
		g.lone(s)
	case named && g.waiting != nil && g.waiting.has:
		w := *g.waiting
		g.waiting = nil
		w.name, w.lead = s.name, max(w.lead, s.lead)
		g.add(w)
	case named && g.led && s.lead == 0 && g.continues(s):
	case named:
		g.drop()
		g.pending = append(g.pending, s)
	case s.qty > 0 && len(g.pending) == 0:
		g.waiting = &s
	}
}

// priced is a line with a name and a price.
func (g *listing) priced(s shape) {
	if g.waiting != nil {
		w := *g.waiting
		g.waiting = nil
		if s.lead == 0 && s.qty == 0 {
			s.qty = max(w.qty, w.lead)
		}
	}
	if n := len(g.pending); g.led && s.lead == 0 && n > 0 && g.pending[n-1].lead > 0 && g.pending[n-1].line == s.line-1 {
		p := g.pending[n-1] // a long name goes on in the next line
		s.name, s.lead = p.name+" "+s.name, p.lead
		g.pending = nil
	}
	if n := len(g.pending); n > 0 && s.lead == 0 && g.pending[n-1].line == s.line-1 && !strings.Contains(s.name, " ") && len(s.name) <= 6 && !g.remark(g.pending[n-1].name) && len(g.out) > 0 {
		s.name = g.pending[n-1].name + " " + s.name // the rest of a long name
	}
	g.drop()
	g.pending = nil
	g.add(s)
}

// continues adds a line without quantity and price to the name above it, where
// every item begins with its quantity.
func (g *listing) continues(s shape) bool {
	n := len(g.out)
	if n == 0 || len(g.pending) > 0 || g.out[n-1].line != s.line-1 || g.remark(s.name) || s.starred || strings.ContainsAny(s.name, "%:") || s.signed {
		return false
	}
	g.out[n-1].name += " " + s.name
	return true
}

// lone is a price without a name.
func (g *listing) lone(s shape) {
	if i := g.owner(); i >= 0 {
		p := g.pending[i]
		s.name, s.lead, s.line, s.starred, s.quoted, s.below = p.name, max(p.lead, s.lead), p.line, p.starred, p.quoted, true
		if s.qty == 0 {
			s.qty = p.qty
		}
		if !s.fits && s.unit > 0 && product(s.lead, s.unit, s.price) {
			s.fits = true
		}
		g.pending = nil
		g.add(s)
		return
	}
	if n := len(g.out); n > 0 {
		last := &g.out[n-1]
		// The line's price stands under its unit price.
		if s.figures == 1 && (last.other == s.price || last.price == s.price || product(last.qty, last.price, s.price)) {
			if last.unit == 0 {
				last.unit = last.price
			}
			last.price, last.other, last.fits = s.price, 0, true
			return
		}
		if last.free {
			last.price, last.free, last.fits = s.price, false, s.fits
			return
		}
		if g.waiting == nil && s.figures == 1 && !s.fits {
			return
		}
	}
	g.waiting = &s
}

// owner is which waiting name a price belongs to: the last that is no remark.
func (g *listing) owner() int {
	for i := len(g.pending) - 1; i >= 0; i-- {
		if !g.remark(g.pending[i].name) {
			return i
		}
	}
	return len(g.pending) - 1
}

// remark tells whether a name is a remark on a dish: "Less Ice".
func (g *listing) remark(name string) bool { return g.k.isRemark(name) }

func (k *knowledge) isRemark(name string) bool {
	up := strings.ToUpper(name)
	for _, m := range k.head.Modifier {
		if up == m || key(up) == key(m) {
			return true
		}
	}
	return false
}

// drop gives up names that got no price. One with a quantity before it is an item
// that costs nothing.
func (g *listing) drop() {
	for i, p := range g.pending {
		if p.lead > 0 && i == len(g.pending)-1 {
			g.out = append(g.out, article{name: p.name, qty: p.lead, line: p.line, low: 1, free: true})
		}
	}
	if n := len(g.pending); n > 0 && g.pending[n-1].lead > 0 || n > 6 {
		g.pending = nil
	}
}

// add makes an item.
func (g *listing) add(s shape) {
	a := article{name: s.name, qty: s.qty, unit: s.unit, price: s.price, other: s.other, fits: s.fits, low: s.low, line: s.line, discount: s.off, below: s.below, remark: s.starred && s.qty == 0, starred: s.quoted}
	if a.qty == 0 {
		a.qty = s.lead
	}
	if a.unit == s.price && s.other == 0 && a.qty == 0 {
		a.unit = 0
	}
	if s.lead > 0 && s.qty == 0 && s.unit > 0 && !s.fits {
		a.other = timesQty(s.lead, s.unit)
	}
	if a.other == 0 && a.price > 0 && a.price < whole*hundred && s.unit == 0 {
		a.other = a.price * whole // the last three digits may be lost
	}
	g.pending = nil
	g.out = append(g.out, a)
}
