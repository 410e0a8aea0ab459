package receipt

import (
	"unicode"

	"amanah/internal/extract/ocr"
)

// verdict says what the lines turned out to be.
func (r *reading) verdict(f Facts) Verdict {
	latin, other := 0, 0
	for _, l := range r.lines {
		for _, c := range l.text {
			switch {
			case unicode.Is(unicode.Latin, c) || unicode.IsDigit(c):
				latin++
			case unicode.IsLetter(c):
				other++
			}
		}
	}
	money := 0
	for _, s := range r.sums {
		if s.kind != group && s.value > 0 {
			money++
		}
	}
	switch {
	case other > 12 && other*4 > latin:
		return ForeignScript
	case money == 0 && len(f.Items) < 2:
		return NotReceipt
	case r.twice():
		return Two
	case !f.Total.Known:
		return Incomplete
	case f.contradicts():
		return Contradiction
	}
	return Good
}

// contradicts tells whether the sums speak against the total: items that fit
// their own subtotal but not the total, and a payment that does not fit either.
func (f Facts) contradicts() bool {
	c := f.Checks
	return c.TotalConsistent != nil && !*c.TotalConsistent && (c.ItemsSumToSubtotal == nil || *c.ItemsSumToSubtotal) && f.Subtotal.Known
}

// twice tells whether a second receipt follows the first: after a change or a
// payment, another date, other items and another total with its own payment.
func (r *reading) twice() bool {
	ends := 0
	open := false
	var days []string
	for i := range r.lines {
		for _, s := range r.sums {
			if s.line != i {
				continue
			}
			switch s.kind {
			case total, grand:
				open = true
			case change:
				if open {
					ends++
				}
				open = false
			}
		}
		for _, d := range r.days {
			if d.line == i && d.worth >= 5 {
				days = append(days, d.at.Format("2006-01-02")+d.clock)
			}
		}
	}
	return ends >= 2 && len(days) >= 2 && days[0] != days[len(days)-1]
}

// Limits under which a picture is called too blurred to read.
const (
	blurredScore = 0.55
	fewBoxes     = 4
)

// pageVerdict adds what only the picture tells.
func pageVerdict(p ocr.Page, f Facts) Verdict {
	n, sum := 0, 0.0
	for _, w := range p.Words {
		k := len([]rune(w.Text))
		n += k
		sum += w.Score * float64(k)
	}
	switch {
	case n == 0 || len(p.Words) < fewBoxes:
		return NotReceipt
	case f.Verdict == ForeignScript || f.Verdict == Two:
		return f.Verdict
	case sum/float64(n) < blurredScore:
		return Blurred
	}
	return f.Verdict
}
