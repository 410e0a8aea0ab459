package receipt

import (
	"math"
	"slices"

	"amanah/internal/extract/ocr"
)

// Reader reads receipts. It is safe for concurrent use and never changes.
type Reader struct{ k *knowledge }

// New loads the knowledge. An error is a mistake in its files.
func New() (*Reader, error) {
	k, err := load()
	if err != nil {
		return nil, err
	}
	return &Reader{k}, nil
}

// Bounds of what is read: no receipt is longer.
const (
	mostLines = 300
	mostText  = 16 << 10
	mostBoxes = 1500
	mostSums  = 60
)

// Page reads a receipt from what stands on a picture.
func (r *Reader) Page(p ocr.Page) Facts {
	if len(p.Words) > mostBoxes {
		p.Words = p.Words[:mostBoxes]
	}
	f := r.read(pageLines(p), false)
	f.Verdict = pageVerdict(p, f)
	return f
}

// Text reads a receipt from lines of text.
func (r *Reader) Text(text string) Facts {
	if len(text) > mostText {
		text = text[:mostText]
	}
	return r.read(textLines(text), true)
}

// reading is one receipt on its way.
type reading struct {
	k     *knowledge
	lines []line
	roles []role
	sums  []sum
	opens []bool // lines that name a total without its figure
	days  []day
	plain bool // the input was text
}

func (r *Reader) read(lines []line, plain bool) Facts {
	if len(lines) > mostLines {
		lines = lines[:mostLines]
	}
	g := &reading{k: r.k, lines: lines, plain: plain}
	for i := range lines {
		lines[i].segs = r.k.segments(lines[i])
	}
	for i, l := range lines {
		g.roles = append(g.roles, r.k.roleOf(l, i))
		g.days = append(g.days, datesOf(l, i)...)
	}
	g.findSums()
	first, last := g.region()
	items := g.articles(first, last)
	items = g.named(items, first, last)
	items = mended(items, g.targets(last))
	t := g.settle(sumOf(items), len(items) > 0, max(0, last-1))
	items, t = g.again(items, t, last)
	f := g.facts(items, t, first)
	if f.Verdict = g.verdict(f); f.Verdict == NotReceipt {
		f.Merchant, f.Category, f.Date, f.Time = "", "", "", ""
	}
	return f
}

// named gives the only item the only sum, where no price stands beside it.
func (r *reading) named(items []article, first, last int) []article {
	if len(items) == 1 && items[0].free {
		for _, s := range r.sums {
			if (s.kind == subtotal || s.kind == total) && s.value > 0 {
				items[0].price, items[0].free, items[0].low = s.value, false, 0.5
				break
			}
		}
	}
	if len(items) != 0 {
		return items
	}
	var names []shape
	for i := first; i < last; i++ {
		if s := shapeOf(r.lines[i], i); r.roles[i] == text && letters(s.name) >= 3 && !r.sumAt(i) && !r.k.isRemark(s.name) {
			names = append(names, s)
		}
	}
	if len(names) == 0 || len(names) > 3 {
		return items
	}
	for _, s := range r.sums {
		if (s.kind == subtotal || s.kind == total || s.kind == grand) && s.value > 0 {
			n := names[len(names)-1]
			return []article{{name: n.name, qty: max(n.lead, n.qty), price: s.value, low: 0.5, line: n.line}}
		}
	}
	return items
}

// targets are the sums that the items may make, the surest first.
func (r *reading) targets(last int) []int64 {
	var out []int64
	for _, kind := range []sumKind{subtotal, counted, total, grand} {
		for _, s := range r.sums {
			if s.kind == kind && s.line >= last-1 && s.value > 0 && !slices.Contains(out, s.value) {
				out = append(out, s.value)
			}
		}
	}
	return out[:min(len(out), 10)]
}

// again looks once more at the items with the total that was decided on.
func (r *reading) again(items []article, t totals, last int) ([]article, totals) {
	if !t.total.has || sumOf(items) == t.subtotal.value {
		return items, t
	}
	want := t.total.value + t.discount.value - t.service.value - t.rounding.value
	if !t.taxIncluded {
		want -= t.tax.value
	}
	better := mended(items, []int64{t.subtotal.value, want})
	if s := sumOf(better); s == t.subtotal.value || s == want {
		return better, r.settle(s, true, max(0, last-1))
	}
	return items, t
}

// facts states what was found.
func (r *reading) facts(items []article, t totals, first int) Facts {
	f := Facts{Currency: "IDR", Fields: map[string]float64{}, People: r.people(first)}
	for _, l := range r.lines {
		f.Lines = append(f.Lines, l.text)
	}
	f.Subtotal, f.Discount, f.Service = amount(t.subtotal), amount(t.discount), amount(t.service)
	f.Tax, f.TaxIncluded, f.Rounding, f.Total = amount(t.tax), t.taxIncluded, amount(t.rounding), amount(t.total)
	f.Paid = Paid{t.method, amount(t.paid), amount(t.change)}
	r.check(&f, items, t)
	r.stateShop(&f, items, first)
	r.stateDay(&f)
	for _, a := range items {
		i := Item{Name: a.name, Qty: a.qty, Unit: Amount{a.unit, a.unit > 0}, Price: a.price, Discount: a.discount, Line: a.line, Confidence: a.confidence(f.Checks)}
		f.Items = append(f.Items, i)
	}
	f.Fields["items"] = worst(f.Items)
	if len(items) > 0 && f.Fields["items"] < sureEnough {
		f.Unsure = append(f.Unsure, "items")
	}
	f.Confidence = math.Round(100*(0.5*f.Fields["total"]+0.25*f.Fields["merchant"]+0.25*f.Fields["date"])) / 100
	return f
}

// sureEnough is the confidence under which a field is asked for.
const sureEnough = 0.6

func amount(f figure) Amount { return Amount{f.value, f.has} }

func worst(items []Item) float64 {
	if len(items) == 0 {
		return 0
	}
	low := 1.0
	for _, i := range items {
		low = min(low, i.Confidence)
	}
	return low
}

func (a article) confidence(c Checks) float64 {
	v := 0.6 * (0.5 + a.low/2)
	if c.ItemsSumToSubtotal != nil && *c.ItemsSumToSubtotal {
		v += 0.35
	}
	if a.fits {
		v += 0.1
	}
	return math.Round(100*min(v, 0.99)) / 100
}

// check does the arithmetic that the facts are stated with.
func (r *reading) check(f *Facts, items []article, t totals) {
	if !t.total.has {
		f.Unsure = append(f.Unsure, "total")
		return
	}
	sums := sumOf(items)
	if t.subtotal.has && len(items) > 0 {
		ok := abs(sums-t.subtotal.value) <= 2*hundred
		f.Checks.ItemsSumToSubtotal = &ok
	}
	if t.subtotal.has || t.paidFits {
		ok := t.adds || t.paidFits && !t.subtotal.has
		f.Checks.TotalConsistent = &ok
	}
	v := 0.45 + 0.1*min(3, t.worth-0.5) + 0.1*t.total.low
	if t.adds && t.paidFits {
		v += 0.15
	}
	if t.worth-t.second < 0.5 {
		v -= 0.2
	}
	f.Fields["total"] = math.Round(100*max(0.05, min(v, 0.99))) / 100
	if f.Fields["total"] < sureEnough {
		f.Unsure = append(f.Unsure, "total")
	}
}

func (r *reading) stateShop(f *Facts, items []article, first int) {
	shop := r.merchant(first, items)
	f.Category = r.kindOf(shop, items)
	f.Merchant, f.Fields["merchant"] = shop.name, math.Round(100*min(0.99, shop.confidence))/100
	if shop.name == "" || shop.confidence < sureEnough {
		f.Unsure = append(f.Unsure, "merchant")
	}
}
