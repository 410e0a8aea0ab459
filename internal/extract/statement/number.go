package statement

import "strings"

// mark is what the letters or the sign beside an amount say.
type mark uint8

const (
	unmarked mark = iota
	credit        // CR, K
	debit         // DB, D
	minus
	plus
)

// figure is an amount as it is printed, in hundredths and without its sign.
type figure struct {
	hundredths int64
	mark       mark
	plain      bool // digits alone: it could be anything
	code       string
	x0, x1     float64
	word       int // which word of the line
}

const mostDigits = 15

// parseFigure reads one word as an amount. A group of three digits is thousands,
// one of two at the end is decimals, whichever sign parts them.
func parseFigure(s string) (f figure, ok bool) {
	if len(s) == 0 || len(s) > 40 || !strings.ContainsAny(s, "0123456789") {
		return f, false
	}
	if s, f.mark = cutFront(s); len(s) > 3 && isCode(s[:3]) { // USD8.25
		s, f.code = s[3:], s[:3]
	}
	s, back := cutBack(s)
	if back != unmarked {
		f.mark = back
	}
	return digits(s, f)
}

func digits(s string, f figure) (figure, bool) {
	if s == "" || s[0] < '0' || s[0] > '9' {
		return f, false
	}
	last := strings.LastIndexAny(s, ".,")
	dec := ""
	if last >= 0 && len(s)-last-1 == 2 {
		dec, s = s[last+1:], s[:last]
		if strings.IndexByte("0123456789", dec[0]) < 0 || strings.IndexByte("0123456789", dec[1]) < 0 {
			return f, false
		}
	}
	f.plain = last < 0
	group, n := 0, int64(0)
	var sep byte
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			group++
			if i >= mostDigits {
				return f, false
			}
			n = n*10 + int64(c-'0')
		case c == '.' || c == ',':
			if sep != 0 && c != sep || sep == 0 && group > 3 || sep != 0 && group != 3 {
				return f, false
			}
			sep, group = c, 0
		default:
			return f, false
		}
	}
	if sep != 0 && group != 3 {
		return f, false
	}
	n *= 100
	if dec != "" {
		n += int64(dec[0]-'0')*10 + int64(dec[1]-'0')
	}
	f.hundredths = n
	return f, true
}

// cutFront takes currency marks and signs off the beginning.
func cutFront(s string) (string, mark) {
	m := unmarked
	for {
		switch {
		case fold(s, "RP."):
			s = s[3:]
		case fold(s, "RP"):
			s = s[2:]
		case strings.HasPrefix(s, "-"), strings.HasPrefix(s, "("):
			s, m = s[1:], minus
		case strings.HasPrefix(s, "−"), strings.HasPrefix(s, "–"):
			s, m = s[3:], minus
		case strings.HasPrefix(s, "+"):
			s, m = s[1:], plus
		default:
			return s, m
		}
	}
}

func fold(s, prefix string) bool {
	return len(s) > len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// cutBack takes the marks off the end.
func cutBack(s string) (string, mark) {
	s = strings.TrimSuffix(s, ",-")
	for n := 2; n >= 1; n-- {
		if len(s) > n && s[len(s)-n-1] >= '0' && s[len(s)-n-1] <= '9' {
			if m := letters(s[len(s)-n:]); m != unmarked {
				return s[:len(s)-n], m
			}
		}
	}
	return strings.TrimSuffix(s, ")"), unmarked
}

// letters says what a word beside an amount means.
func letters(s string) mark {
	switch strings.ToUpper(strings.Trim(s, ".:()")) {
	case "CR", "K", "KR", "C", "KREDIT", "CREDIT":
		return credit
	case "DB", "D", "DR", "DEBET", "DEBIT":
		return debit
	case "-", "−", "–":
		return minus
	case "+":
		return plus
	}
	return unmarked
}

// currencies that stand beside foreign amounts.
const currencies = " USD SGD EUR JPY AUD GBP MYR THB HKD CNY KRW SAR CHF CAD NZD TWD VND PHP INR AED TRY QAR SEK NOK DKK BND KWD MOP NTD RMB "

// isCode tells a foreign currency, or IDR.
func isCode(s string) bool {
	if len(s) != 3 {
		return false
	}
	return s == "IDR" || strings.Contains(currencies, " "+s+" ")
}
