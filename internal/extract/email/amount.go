package email

import (
	"strings"

	"amanah/internal/money"
)

// found is an amount in a text.
type found struct {
	amount   money.Amount
	marked   bool // a currency stood beside it
	start    int
	end      int
	negative bool
}

// symbols are the currency marks before or after a number, longest first where
// one begins with another. A bare dollar is the US one: shops that mean another
// write its code behind the number.
var symbols = []struct {
	mark string
	code money.Currency
	word bool // must stand apart from letters
}{
	{"idr", "IDR", true}, {"rupiah", "IDR", true}, {"rp", "IDR", true},
	{"us$", "USD", false}, {"s$", "SGD", false}, {"a$", "AUD", false}, {"hk$", "HKD", false},
	{"usd", "USD", true}, {"sgd", "SGD", true}, {"eur", "EUR", true}, {"jpy", "JPY", true},
	{"myr", "MYR", true}, {"rm", "MYR", true}, {"aud", "AUD", true}, {"gbp", "GBP", true},
	{"thb", "THB", true}, {"cny", "CNY", true}, {"hkd", "HKD", true}, {"krw", "KRW", true},
	{"sar", "SAR", true}, {"twd", "TWD", true}, {"inr", "INR", true}, {"php", "PHP", true},
	{"vnd", "VND", true}, {"chf", "CHF", true}, {"cad", "CAD", true}, {"nzd", "NZD", true},
	{"aed", "AED", true}, {"try", "TRY", true},
	{"$", "USD", false}, {"€", "EUR", false}, {"£", "GBP", false}, {"¥", "JPY", false},
}

// amounts finds every number that carries a currency mark. With bare, numbers
// without a mark count as rupiah too (for a field whose label promises money).
func amounts(s string, bare bool) []found {
	low := lower(s)
	var out []found
	for i := 0; i < len(low); {
		if !digit(low[i]) {
			i++
			continue
		}
		start := i
		end := numberEnd(low, start)
		i = end
		if start > 0 && (low[start-1] == '*' || low[start-1] == '#' || masks(low, start, end)) {
			continue
		}
		code, from, marked := markBefore(low, start)
		if after, to, ok := markAfter(low, end); ok && (!marked || code == "USD" && after != "USD") {
			code, marked = after, true
			end = to
		}
		if !marked {
			if !bare || letterAt(low, start-1) || letterAt(low, end) || counted(low[end:]) {
				continue
			}
			code = money.IDR
		}
		n, ok := readNumber(low[start:numberEnd(low, start)], code)
		if !ok {
			continue
		}
		if rounded(low[end:]) {
			continue
		}
		neg := from > 0 && (low[from-1] == '-' || low[from-1] == '(' && end < len(low) && low[end] == ')')
		neg = neg || start > 0 && low[start-1] == '-' && from < start-1
		out = append(out, found{amount: n, marked: marked, start: from, end: end, negative: neg})
	}
	return out
}

// counted tells that a number without a mark counts things: "5 lot", "3 orang".
func counted(rest string) bool {
	return len(rest) > 1 && rest[0] == ' ' && letterAt(rest, 1)
}

// rounded tells that a number is spoken of roughly ("Rp1,5 juta", "Rp50rb"):
// offers do so, records never.
func rounded(rest string) bool {
	rest = strings.TrimPrefix(rest, " ")
	for _, w := range []string{"jt", "juta", "rb", "ribu", "miliar", "milyar", "triliun", "million", "billion", "k", "mio", "m"} {
		if strings.HasPrefix(rest, w) && !letterAt(rest, len(w)) {
			return true
		}
	}
	return false
}

// numberEnd is where the number that starts at i ends: digits with single
// separators between them, spaces only before groups of exactly three.
func numberEnd(s string, i int) int {
	end := i
	for end < len(s) {
		c := s[end]
		switch {
		case digit(c):
			end++
		case (c == '.' || c == ',' || c == '\'') && end+1 < len(s) && digit(s[end+1]):
			end++
		case c == '.' && strings.HasPrefix(s[end:], "..") && end+2 < len(s) && digit(s[end+2]):
			end += 2
		case c == ' ' && end-i <= 3 && triple(s, end+1):
			end++
		default:
			return end
		}
	}
	return end
}

// triple tells whether exactly three digits stand at i, as in "103 254.00".
func triple(s string, i int) bool {
	return i+3 <= len(s) && digit(s[i]) && digit(s[i+1]) && digit(s[i+2]) && (i+3 == len(s) || !digit(s[i+3]) && s[i+3] != ':' && s[i+3] != '/')
}

// masks tells whether a number is a piece of a masked account or of a date,
// time, phone number or identifier rather than money.
func masks(s string, start, end int) bool {
	if end < len(s) && (s[end] == '*' || s[end] == 'x' && end+1 < len(s) && s[end+1] == 'x' || s[end] == ':' && end+1 < len(s) && digit(s[end+1]) || s[end] == '/' && end+1 < len(s) && digit(s[end+1]) || s[end] == '%') {
		return true
	}
	return start > 0 && (s[start-1] == '/' || s[start-1] == ':' && start > 1 && digit(s[start-2]))
}

// markBefore finds a currency mark that ends right before i, with spaces, a dot
// or a sign between.
func markBefore(s string, i int) (money.Currency, int, bool) {
	j := i
	for j > 0 && (s[j-1] == ' ' || s[j-1] == '.' || s[j-1] == '-' || s[j-1] == '+' || s[j-1] == ':') && i-j < 4 {
		j--
	}
	for _, m := range symbols {
		if strings.HasSuffix(s[:j], m.mark) {
			k := j - len(m.mark)
			if m.word && letterAt(s, k-1) {
				continue
			}
			return m.code, k, true
		}
	}
	return "", i, false
}

// markAfter finds a currency code right after i, as in "0,45 USD".
func markAfter(s string, i int) (money.Currency, int, bool) {
	j := i
	for j < len(s) && s[j] == ' ' && j-i < 2 {
		j++
	}
	for _, m := range symbols {
		if !m.word || m.mark == "rm" || m.mark == "rp" || m.mark == "try" {
			continue
		}
		if strings.HasPrefix(s[j:], m.mark) && !letterAt(s, j+len(m.mark)) {
			// "13.000 IDR" but not "12 IDR 5.000": the mark belongs to the next number.
			k := j + len(m.mark)
			for k < len(s) && (s[k] == ' ' || s[k] == '.') {
				k++
			}
			if k < len(s) && digit(s[k]) && k > j+len(m.mark) {
				return "", i, false
			}
			return m.code, j + len(m.mark), true
		}
	}
	return "", i, false
}

// readNumber reads one printed number. Three digits after the last separator
// are thousands, whatever the separator; one or two are minor digits.
func readNumber(s string, c money.Currency) (money.Amount, bool) {
	last, kinds := -1, 0
	var seen [256]bool
	for i := range len(s) {
		if !digit(s[i]) {
			last = i
			if !seen[s[i]] {
				seen[s[i]] = true
				kinds++
			}
		}
	}
	whole, minor := s, ""
	if last >= 0 {
		tail := len(s) - last - 1
		leadZero := last == 1 && s[0] == '0' && kinds == 1
		if tail != 3 && s[last] != ' ' || leadZero || kinds > 1 && tail == 3 && c.Digits() == 3 {
			whole, minor = s[:last], s[last+1:]
		}
	}
	whole = onlyDigits(whole)
	if len(whole) == 0 || len(whole) > 15 {
		return money.Amount{}, false
	}
	if len(minor) > c.Digits() {
		minor = minor[:c.Digits()]
	}
	text := whole
	if minor != "" {
		text += "." + minor
	}
	a, err := money.Parse(text, c)
	return a, err == nil
}

// firstAmount is the first amount of a field's value.
func firstAmount(value string) (found, bool) {
	all := amounts(value, false)
	if len(all) == 0 && !dated(value) {
		all = amounts(value, true)
	}
	if len(all) == 0 {
		return found{}, false
	}
	return all[0], true
}

// dated tells that a value is a date, so that its numbers are no money.
func dated(value string) bool {
	for _, st := range stamps(value, dayFirst) {
		if st.hasDate {
			return true
		}
	}
	return false
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func letterAt(s string, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	c := s[i]
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80 && c != 0xe2 && c != 0xc2
}

func onlyDigits(s string) string {
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		if digit(s[i]) {
			b = append(b, s[i])
		}
	}
	return string(b)
}

// lower makes ASCII letters small and keeps every byte's place, so that an
// index in one text is an index in the other.
func lower(s string) string {
	for i := range len(s) {
		if s[i] >= 'A' && s[i] <= 'Z' {
			b := []byte(s)
			for j := i; j < len(b); j++ {
				if b[j] >= 'A' && b[j] <= 'Z' {
					b[j] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}
