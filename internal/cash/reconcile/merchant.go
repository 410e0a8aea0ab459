package reconcile

import (
	"slices"
	"strings"
	"unicode"
)

// name is a merchant's name made ready for comparing.
type name struct {
	whole string   // letters and digits alone
	words []string // of three letters and more
}

// aliases are names that banks write for others. Both sides are in small letters
// without blanks.
var aliases = map[string]string{
	"spbu": "pertamina", "mypertamina": "pertamina", "lionsuperindo": "superindo", "sumberalfariatrijaya": "alfamart", "indomarcoprismatama": "indomaret", "idm": "indomaret",
	"gotogojektokopedia": "gojek", "gopay": "gojek", "grabpay": "grab", "grabcar": "grab", "grabfood": "grab", "shopeepay": "shopee", "shopeefood": "shopee", "tokped": "tokopedia",
	"mcd": "mcdonalds", "mcdonald": "mcdonalds", "sbux": "starbucks", "ptkai": "kai", "keretaapi": "kai", "transmartcarrefour": "transmart", "amzn": "amazon", "msft": "microsoft", "acehardware": "azko",
	"plnpersero": "pln", "telkomsel": "telkomsel", "indihome": "telkom", "xxi": "cinemaxxi", "21cineplex": "cinemaxxi",
}

// filler are words that say nothing about who was paid.
var filler = map[string]bool{"jakarta": true, "bekasi": true, "bandung": true, "surabaya": true, "depok": true, "tangerang": true, "bogor": true, "selatan": true, "barat": true, "pusat": true, "timur": true,
	"utara": true, "south": true, "west": true, "indonesia": true, "reversal": true, "cicilan": true, "bca": true, "mandiri": true, "dari": true, "com": true, "www": true, "qris": true, "pembelian": true, "purchase": true, "payment": true, "kota": true, "kab": true, "the": true, "and": true, "dan": true, "toko": true, "store": true, "tbk": true}

const mostName = 120

// named prepares a name, by its alias where there is one.
func (w *work) named(s string) name {
	if w.o.Alias != nil {
		if a := w.o.Alias(s); a != "" {
			s = a
		}
	}
	if len(s) > mostName {
		s = s[:mostName]
	}
	s = strings.ToLower(strings.ToValidUTF8(s, ""))
	var n name
	var b strings.Builder
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	n.whole = b.String()
	if a, ok := aliases[n.whole]; ok {
		n.whole = a
	}
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if a, ok := aliases[f]; ok {
			f = a
		}
		if len(f) >= 3 && !filler[f] && !digitsIn(f) {
			n.words = append(n.words, f)
		}
	}
	return n
}

// digitsIn tells a word that is a number or a reference.
func digitsIn(s string) bool {
	n := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n*2 > len(s)
}

// alike says how likely a line's name and an entry's are the same merchant: 1
// where one stands whole in the other, 0 where nothing is shared.
func alike(line, entry name) float64 {
	a, b := line.whole, entry.whole
	if a == "" || b == "" {
		return 0
	}
	if len(a) < len(b) {
		a, b = b, a
	}
	if len(b) >= 3 && strings.HasPrefix(a, b) {
		return 1
	}
	if len(b) >= 4 && strings.Contains(a, b) {
		return 0.95
	}
	s := max(shared(line, entry), shared(entry, line))
	if n := min(len(a), len(b)+2); len(b) >= 5 {
		if d := distance(b, a[:n], 3); d <= 2 && d*4 <= len(b) {
			s = max(s, 1-float64(d)/float64(len(b)))
		}
	}
	return s
}

// shared is the part of b's words, by letters, that a has too.
func shared(a, b name) float64 {
	all, hit := 0, 0
	for _, w := range b.words {
		all += len(w)
		if slices.ContainsFunc(a.words, func(v string) bool { return sameWord(v, w) }) {
			hit += len(w)
		}
	}
	if all == 0 {
		return 0
	}
	return float64(hit) / float64(all)
}

// sameWord allows for a slip in a long word, and for one that was cut off.
func sameWord(a, b string) bool {
	if a == b {
		return true
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) >= 5 && strings.HasPrefix(b, a) {
		return true
	}
	return len(a) >= 6 && len(b)-len(a) <= 1 && distance(a, b, 2) <= 1
}

// distance is how many letters are to be changed, or most where it is more.
func distance(a, b string, most int) int {
	if len(a)-len(b) >= most || len(b)-len(a) >= most {
		return most
	}
	var rowBuf [mostName*4 + 1]int
	row := rowBuf[:]
	if len(b)+1 > len(row) {
		return most
	}
	for j := range len(b) + 1 {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diag
			if a[i] != b[j] {
				cost++
			}
			diag = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return min(row[len(b)], most)
}
