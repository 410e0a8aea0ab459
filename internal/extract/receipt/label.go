package receipt

import (
	"strings"
)

// sumKind is what a printed sum is.
type sumKind string

// The kinds of labels.yaml.
const (
	noSum    sumKind = ""
	grand    sumKind = "grand"    // surely the last total
	total    sumKind = "total"    // a total, of whatever
	subtotal sumKind = "subtotal" // the items
	counted  sumKind = "counted"  // how many items; some tills print the total beside it
	tax      sumKind = "tax"
	base     sumKind = "base"     // what tax is reckoned from
	included sumKind = "included" // tax that is in the prices
	service  sumKind = "service"
	discount sumKind = "discount"
	saved    sumKind = "saved" // said again what was discounted
	rounding sumKind = "rounding"
	cash     sumKind = "cash"
	card     sumKind = "card" // paid otherwise than in cash
	change   sumKind = "change"
	group    sumKind = "group" // sum of a part of the items
)

// label is one way to write a kind.
type label struct {
	kind   sumKind
	method string // how it was paid, for cash and card
	key    string // letters and digits alone, in capitals
	words  int
}

// key is a text without spaces, signs and case.
func key(s string) string {
	var b strings.Builder
	for _, r := range strings.ToUpper(s) {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// lettersAlone drops digits from a key, and reads the digits that stand for
// letters inside words.
func lettersAlone(k string) string {
	b := []byte(k)
	for i, c := range b {
		inside := i > 0 && i+1 < len(b) && letter(b[i-1]) && letter(b[i+1])
		if !inside {
			continue
		}
		switch c {
		case '0':
			b[i] = 'O'
		case '1':
			b[i] = 'I'
		case '5':
			b[i] = 'S'
		case '8':
			b[i] = 'B'
		}
	}
	return strings.Trim(string(b), "0123456789")
}

func letter(c byte) bool { return c >= 'A' && c <= 'Z' }

// fit is how a text fits a label, best first: the longer the label the surer.
type fit struct {
	label label
	whole bool // the text is the label and nothing else
	worth int
}

// labelOf finds the sum that words before a figure speak of. In "4 Item JUMLAH"
// the last words decide, in "Disc Member Gold" the first.
func (k *knowledge) labelOf(words []string) (fit, bool) {
	joined := key(strings.Join(words, ""))
	bare := lettersAlone(joined)
	if bare == "" && joined == "" {
		return fit{}, false
	}
	best := fit{worth: -1}
	for _, l := range k.labels {
		worth, whole := l.fits(words, joined, bare)
		if worth > best.worth {
			best = fit{l, whole, worth}
		}
	}
	return best, best.worth > 0
}

// fits says how well a label fits: 0 for not at all.
func (l label) fits(words []string, joined, bare string) (worth int, whole bool) {
	n := len(l.key)
	switch {
	case joined == l.key || bare == l.key:
		return 1000 + n, true
	case n >= 5 && near(bare, l.key, slack(n)):
		return 900 + n - 2*distance(bare, l.key, 3), true
	case len(words) > 12:
		return 0, false
	}
	if w := l.wordsAt(words); w > 0 {
		return w, false
	}
	rest := len(joined) - n
	switch {
	case n >= 6 && rest > 0 && rest <= 2*n+6 && strings.HasPrefix(joined, l.key):
		return 200 + n, false
	case n >= 5 && rest > 0 && rest <= 2*n+4 && strings.HasSuffix(joined, l.key):
		return 210 + n, false
	}
	return 0, false
}

// wordsAt tells whether whole words at the beginning or the end of words are the
// label, with no more than a few others.
func (l label) wordsAt(words []string) int {
	for i := 1; i < len(words) && i <= l.words+1; i++ {
		extra := len(words) - i
		front, back := key(strings.Join(words[:i], "")), key(strings.Join(words[extra:], ""))
		if front == l.key || lettersAlone(front) == l.key && len(l.key) > 2 {
			if extra <= 3 {
				return 400 + len(l.key) - 5*extra
			}
		}
		if back == l.key && len(l.key) > 2 && extra <= 4 {
			return 410 + len(l.key) - 5*extra
		}
	}
	return 0
}

// slack is how many letters of a label may be wrong.
func slack(n int) int {
	switch {
	case n >= 12:
		return 3
	case n >= 8:
		return 2
	}
	return 1
}

// near tells whether two keys differ by no more than d letters.
func near(a, b string, d int) bool {
	return len(a)-len(b) <= d && len(b)-len(a) <= d && distance(a, b, d) <= d
}

// distance is the number of letters to change, add or take, bounded by most+1.
func distance(a, b string, most int) int {
	if len(a) > 64 || len(b) > 64 {
		if a == b {
			return 0
		}
		return most + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diag, least := row[0], i
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diag
			if a[i-1] != b[j-1] {
				cost = 1 + min(diag, row[j], row[j-1])
			}
			diag, row[j] = row[j], cost
			least = min(least, cost)
		}
		if least > most {
			return most + 1
		}
	}
	return row[len(b)]
}
