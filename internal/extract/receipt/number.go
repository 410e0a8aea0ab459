package receipt

import (
	"regexp"
	"strings"
)

// number is a figure as a till printed it.
type number struct {
	value    int64 // in hundredths: 87,500 is 8750000, 1.5 is 150
	thou     int64 // as a quantity, in thousandths: 0.725 is 725
	digits   int   // printed digits before the decimals
	grouped  bool  // with separators of thousands
	decimal  bool  // with one or two decimals
	marked   bool  // with Rp or IDR before it
	negative bool
	percent  bool
	mended   bool // a letter was read as the digit that it resembles
	zeroLed  bool // 0812..., a code and no amount
}

const hundred = 100

// whole is a quantity of one, in thousandths.
const whole = 1000

// money tells whether n has the form of an amount in rupiah.
func (n number) money() bool {
	switch {
	case n.percent || n.zeroLed || n.digits > 9:
		return false
	case n.value == 0:
		return true
	}
	return n.grouped || n.marked || n.digits >= 3
}

// count tells whether n has the form of a quantity.
func (n number) count() bool {
	return !n.percent && !n.marked && !n.negative && !n.zeroLed && n.thou > 0 && n.thou <= 999*whole && !n.grouped
}

var (
	currencyMark = regexp.MustCompile(`(?i)^(?:rp|idr|rup)\s*[.:]?\s*`)
	grouped      = regexp.MustCompile(`^\d{1,3}(?:[.,'][0-9]{3})+$`)
	groupedCents = regexp.MustCompile(`^(\d{1,3}(?:[.,'][0-9]{3})*|\d+)[.,](\d{1,2})$`)
	plain        = regexp.MustCompile(`^\d+$`)
)

// readNumber reads one figure: "1.234.567", "87,500", "82,000.00", "Rp57.000",
// "(1,500)", "9,000-", "17500,-", "10%". Letters that look like digits count as
// such where the rest of the figure is certain.
func readNumber(s string) (number, bool) {
	var n number
	s = strings.TrimRight(strings.TrimLeft(strings.TrimSpace(s), ".,["), "]")
	if len(s) == 0 || len(s) > 24 {
		return n, false
	}
	if strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") {
		n.negative = true
		s = strings.Trim(s, "()")
	}
	s = strings.TrimLeft(s, "(")
	s = strings.TrimRight(s, ")")
	s, n.negative = sign(s, n.negative)
	if m := currencyMark.FindString(s); m != "" {
		n.marked = true
		s, n.negative = sign(s[len(m):], n.negative)
	}
	if strings.HasSuffix(s, "%") {
		n.percent = true
		s = strings.TrimSuffix(s, "%")
	}
	s = tail(s, &n)
	digits, mended, ok := asDigits(s)
	if !ok {
		return n, false
	}
	n.mended = mended
	return n, n.read(digits)
}

func sign(s string, negative bool) (string, bool) {
	for _, p := range []string{"-", "–", "—", "−"} {
		if rest, ok := strings.CutPrefix(s, p); ok {
			return rest, true
		}
	}
	return s, negative
}

// tail takes off what is printed behind a figure.
func tail(s string, n *number) string {
	for _, end := range []string{",-", ".-", ",—"} {
		if rest, ok := strings.CutSuffix(s, end); ok {
			return rest
		}
	}
	if rest, ok := strings.CutSuffix(s, "-"); ok {
		n.negative = true
		return rest
	}
	return strings.TrimRight(s, ".,:;=")
}

// looks are the letters that a reader of pictures takes for digits.
var looks = map[rune]rune{
	'O': '0', 'o': '0', 'Q': '0', 'D': '0', 'U': '0', 'C': '0',
	'l': '1', 'I': '1', '|': '1', 'i': '1', '!': '1', 'J': '1',
	'Z': '2', 'z': '2', 'A': '4', 'S': '5', 's': '5', 'G': '6', 'b': '6',
	'T': '7', 'B': '8', 'g': '9', 'q': '9',
}

// asDigits puts digits for letters that look like them, where at least half of
// the figure is digits and its form is that of an amount.
func asDigits(s string) (string, bool, bool) {
	real, letters := 0, 0
	var b strings.Builder
	for _, r := range s {
		switch d, like := looks[r]; {
		case r >= '0' && r <= '9':
			real++
			b.WriteRune(r)
		case r == '.' || r == ',' || r == '\'':
			b.WriteRune(r)
		case like:
			letters++
			b.WriteRune(d)
		default:
			return "", false, false
		}
	}
	out := b.String()
	if letters == 0 {
		return out, false, real > 0
	}
	if !grouped.MatchString(out) && !(s[0] >= '0' && s[0] <= '9' && real >= 3 && letters == 1 && strings.ContainsAny(s, "Ool")) {
		return "", false, false
	}
	return out, true, real >= letters && real > 0
}

// read takes the figure apart. It refuses what has another form.
func (n *number) read(s string) bool {
	units, cents := s, ""
	switch m := groupedCents.FindStringSubmatch(s); {
	case plain.MatchString(s):
		n.zeroLed = len(s) > 1 && s[0] == '0'
	case grouped.MatchString(s):
		n.grouped = s[0] != '0' // 0,500 is half of something
		if s[0] == '0' && strings.Trim(s, "0.,'") != "" {
			n.decimal = true
		}
	case m != nil:
		units, cents, n.decimal = m[1], m[2], true
		n.grouped = strings.ContainsAny(units, ".,'")
	default:
		return false
	}
	units = strings.NewReplacer(".", "", ",", "", "'", "").Replace(units)
	if len(units) > 13 {
		return false
	}
	n.digits = len(strings.TrimLeft(units, "0"))
	for _, c := range units {
		n.value = n.value*10 + int64(c-'0')
	}
	n.value *= hundred
	switch len(cents) {
	case 1:
		n.value += int64(cents[0]-'0') * 10
	case 2:
		n.value += int64(cents[0]-'0')*10 + int64(cents[1]-'0')
	}
	n.thou = n.value * 10
	if n.decimal && cents == "" { // 0.725
		n.thou, n.value, n.digits = n.value/hundred, n.value/whole, 0
	}
	if n.negative {
		n.value = -n.value
	}
	return true
}
