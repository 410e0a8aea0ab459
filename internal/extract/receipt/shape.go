package receipt

import (
	"regexp"
	"strconv"
	"strings"
)

// shape is a line of the items, taken apart.
type shape struct {
	name     string
	lead     int64 // quantity before the name, in thousandths; 0 for none
	qty      int64 // quantity behind it
	unit     int64 // price of one, in hundredths; 0 for none
	price    int64
	has      bool  // a price is printed
	negative bool  // and it is a discount
	off      int64 // a discount between unit and line price
	fits     bool  // quantity times unit is the price
	other    int64 // another reading of the price; 0 for none
	low      float64
	line     int
	figures  int
	below    bool    // its price stands in the line below
	signed   bool    // has signs that names do not have
	quoted   bool    // printed between stars or quotes
	starred  bool    // printed as a remark: "* NO ICE", "- Pedas"
	behind   []token // all behind the last word
	at       []int   // where the figures stand in it
}

var (
	codeBefore = regexp.MustCompile(`^(?:\d{3,}\s*[-/*]\s*|\d{4,}\s+|[*#+-]+\s*)`)
	mealKind   = regexp.MustCompile(`(?i)\s+-\s*(dine in|take ?away|delivery)$`)
	codeAlone  = regexp.MustCompile(`^[0-9/\-*. ]+$`)
)

// shapeOf takes a line apart: quantity before or behind the name, unit price,
// price of the line. What multiplies to the price are quantity and unit; figures
// before them belong to the name.
func shapeOf(l line, at int) shape {
	s := shape{line: at, low: 1, starred: strings.ContainsAny(l.text[:1], "*-=(+"), quoted: strings.ContainsAny(l.text[:1], "*\""), signed: strings.ContainsAny(l.text, "=*")}
	toks := l.tokens
	from := len(toks)
	for from > 0 && toks[from-1].kind != word {
		from--
	}
	// A short word between figures is the till's own sign: "C 1,000", "2 PSC".
	head, tailEnd := toks[:from], toks[from:]
	head = s.takeLead(head)
	for len(head) > 0 && len(tailEnd) > 0 && tailEnd[0].kind == unit {
		head, tailEnd = append(head[:len(head):len(head)], tailEnd[0]), tailEnd[1:]
	}
	tailEnd = s.takeTail(&head, tailEnd)
	s.figures = len(tailEnd)
	s.starred = s.starred || len(head) > 0 && strings.HasPrefix(head[0].text, "-")
	s.name = cleanName(head)
	return s
}

// takeLead takes "2", "2x", "2 PCS" off the front.
func (s *shape) takeLead(head []token) []token {
	if len(head) < 2 || head[0].kind != num || !head[0].num.count() || head[0].num.mended {
		return head
	}
	rest := head[1:]
	for len(rest) > 0 && (rest[0].kind == times || rest[0].kind == unit || rest[0].kind == at) {
		rest = rest[1:]
	}
	if len(rest) == 0 || rest[0].kind != word {
		return head
	}
	s.lead = head[0].num.thou
	return rest
}

// takeTail reads the figures behind the name. What is none of quantity, unit and
// price goes back to the name.
func (s *shape) takeTail(head *[]token, toks []token) []token {
	var figures []token
	crossed := -1 // after which figure a times sign stands
	s.behind, s.at = toks, nil
	for i, t := range toks {
		switch t.kind {
		case num:
			figures = append(figures, t)
			s.at = append(s.at, i)
		case times, at:
			crossed = len(figures)
		}
	}
	p := -1
	for i := len(figures) - 1; i >= 0 && p < 0; i-- {
		if figures[i].num.money() {
			p = i
		}
	}
	if p < 0 {
		n := len(figures)
		switch {
		case n == 0 || !figures[n-1].num.count():
		case crossed >= 0 || figures[n-1].num.thou == whole:
			s.qty = figures[n-1].num.thou
		default:
			s.giveBack(head, n)
		}
		return nil
	}
	price := figures[p]
	s.price, s.has, s.low = abs(price.num.value), true, price.low
	s.negative = price.num.value < 0
	s.multiply(head, figures, p, crossed)
	return figures
}

// multiply finds quantity and unit price among the figures before the price at p.
func (s *shape) multiply(head *[]token, figures []token, p, crossed int) {
	before := figures[:p]
	if s.price == 0 && p > 0 && before[0].num.count() && s.lead == 0 {
		s.qty, s.fits = before[0].num.thou, true
		return
	}
	for j := len(before) - 1; j >= 0; j-- {
		for i := j - 1; i >= max(0, j-2); i-- {
			a, b := before[i].num, before[j].num
			q, u := a, b
			if !product(q.thou, u.value, s.price) || u.value < q.value && q.money() && u.count() {
				q, u = b, a
			}
			for _, qty := range []int64{q.thou, q.thou / 1000} {
				if qty > 0 && u.value > 0 && product(qty, u.value, s.price) && (q.count() || qty != q.thou) {
					s.qty, s.unit, s.fits = qty, u.value, true
					s.giveBack(head, i)
					return
				}
			}
		}
	}
	// Quantity, unit and a discount: "2 10,000 1,000 19,000".
	if n := len(before); n >= 3 {
		q, u, off := before[n-3].num, before[n-2].num, before[n-1].num
		if q.count() && u.money() && off.value != 0 && product(q.thou, u.value, s.price+abs(off.value)) {
			s.qty, s.unit, s.off, s.fits = q.thou, u.value, abs(off.value), true
			s.price += s.off
			s.giveBack(head, n-3)
			return
		}
	}
	s.unproven(head, figures, p, crossed)
}

// unproven reads figures that do not multiply to the price.
func (s *shape) unproven(head *[]token, figures []token, p, crossed int) {
	before := figures[:p]
	n := len(before)
	switch {
	case crossed >= 1 && crossed == p && before[p-1].num.count() && p+1 == len(figures):
		// "2 x 28,000" and nothing behind: the price of one.
		s.qty, s.unit = before[p-1].num.thou, s.price
		s.price = timesQty(s.qty, s.unit)
		s.other = s.unit
		s.giveBack(head, p-1)
	case p+1 < len(figures) && figures[p+1].num.count() && n == 0:
		// "60.000 60" and "22.000 x1": price of one, then how many.
		s.qty, s.unit = figures[p+1].num.thou, s.price
		s.other = timesQty(s.qty, s.unit)
	case n >= 1 && s.lead > 0 && product(s.lead, before[n-1].num.value, s.price):
		s.unit, s.fits = before[n-1].num.value, true
		s.giveBack(head, n-1)
	case n >= 1 && s.lead == 0 && before[n-1].num.money() && before[n-1].num.value == s.price:
		s.qty, s.unit, s.fits = whole, s.price, true
		s.giveBack(head, n-1)
	case n >= 1 && stuck(before[n-1].num.value, s.price) > 0:
		// "111.300 11.300": the quantity stuck to the price of one.
		q := stuck(before[n-1].num.value, s.price)
		s.qty, s.unit, s.fits = q*whole, s.price/q, true
		s.giveBack(head, n-1)
	case n >= 2 && before[n-2].num.count() && before[n-1].num.money() && before[n-1].num.value != 0:
		s.qty, s.unit = before[n-2].num.thou, before[n-1].num.value
		s.other = timesQty(s.qty, s.unit)
		s.giveBack(head, n-2)
	case n >= 2 && before[n-1].num.count() && before[n-2].num.money() && before[n-2].num.value != 0:
		s.qty, s.unit = before[n-1].num.thou, before[n-2].num.value
		s.other = timesQty(s.qty, s.unit)
		s.giveBack(head, n-2)
	case n >= 1 && s.lead == 0 && before[n-1].num.count() && before[n-1].num.thou <= 50*whole:
		s.qty = before[n-1].num.thou
		s.giveBack(head, n-1)
	case n >= 1 && before[n-1].num.money() && before[n-1].num.value > 0:
		s.unit = before[n-1].num.value
		if s.lead > 0 && product(s.lead, s.unit, s.price) || s.unit == s.price {
			s.fits = true
		}
		s.giveBack(head, n-1)
	default:
		s.giveBack(head, n)
	}
}

// stuck is the quantity that was read as the first digits of its unit price; 0 for
// none.
func stuck(seen, price int64) int64 {
	text := strconv.FormatInt(seen/hundred, 10)
	for q := int64(1); q < 100; q++ {
		if price > 0 && price%q == 0 && text == strconv.FormatInt(q, 10)+strconv.FormatInt(price/q/hundred, 10) {
			return q
		}
	}
	return 0
}

// giveBack gives the first n figures, and what stands beside them, to the name.
func (s *shape) giveBack(head *[]token, n int) {
	if len(*head) == 0 || n == 0 {
		return
	}
	end := len(s.behind)
	if n < len(s.at) {
		end = s.at[n]
	}
	*head = append((*head)[:len(*head):len(*head)], s.behind[:end]...)
}

// product tells whether qty (thousandths) times unit is price. A till that weighs
// rounds; a hundredth of the price is not noticed there.
func product(qty, unit, price int64) bool {
	if qty <= 0 || unit <= 0 || qty > 10_000_000 || unit > 1_000_000_000_00 {
		return false
	}
	got := timesQty(qty, unit)
	if qty%whole != 0 {
		return abs(got-price) <= max(hundred, price/200)
	}
	return got == price
}

func timesQty(qty, unit int64) int64 {
	if qty > 10_000_000 || unit > 1_000_000_000_00 {
		return 0
	}
	return qty * unit / whole
}

// cleanName is a name without the till's codes and signs.
func cleanName(toks []token) string {
	var b strings.Builder
	for _, t := range toks {
		if t.kind == equal {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t.text)
	}
	name := strings.TrimSpace(b.String())
	for range 2 {
		if cut := codeBefore.ReplaceAllString(name, ""); letters(cut) >= 2 {
			name = cut
		}
	}
	name = strings.Trim(mealKind.ReplaceAllString(name, ""), " -=:*.,_~@|\"")
	if codeAlone.MatchString(name) {
		return ""
	}
	return name
}
