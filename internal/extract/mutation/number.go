package mutation

import (
	"math"
	"strings"

	"amanah/internal/money"
)

// number is an amount as a cell states it.
type number struct {
	minor    int64 // without sign
	negative bool
	signed   bool   // a sign stood there
	side     string // "in" or "out" where letters beside it say so
}

// parseNumber reads an amount. decimal is "," or "." where the file is known to
// part decimals so, "" where the number has to say it itself. ok is false for
// what is no number, is none in this notation, or does not fit.
func parseNumber(s, decimal string, cur money.Currency) (n number, ok bool) {
	s = strings.TrimSpace(s)
	if i := strings.IndexAny(s, "0123456789"); i < 0 {
		return n, false
	}
	s, n.side = cutSide(s)
	if strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") {
		s, n.negative, n.signed = s[1:len(s)-1], true, true
	}
	s = cutMark(s)
	for _, sign := range []string{"-", "−", "+"} {
		if t, found := strings.CutPrefix(s, sign); found {
			s, n.signed, n.negative = t, true, sign != "+"
		} else if t, found := strings.CutSuffix(s, sign); found {
			s, n.signed, n.negative = t, true, sign != "+"
		}
	}
	s = cutMark(s)
	whole, part, ok := cutDecimal(s, decimal)
	if !ok {
		return n, false
	}
	return n.set(whole, part, cur.Digits())
}

// cutMark takes a currency mark off.
func cutMark(s string) string {
	s = strings.TrimSpace(s)
	for _, m := range []string{"IDR", "Rp.", "Rp"} {
		if len(s) > len(m) && strings.EqualFold(s[:len(m)], m) {
			return strings.TrimSpace(s[len(m):])
		}
	}
	return s
}

// cutSide takes "DB" or "CR" off the end of an amount.
func cutSide(s string) (rest, side string) {
	i := len(s)
	for i > 0 && (s[i-1] >= 'A' && s[i-1] <= 'Z' || s[i-1] >= 'a' && s[i-1] <= 'z') {
		i--
	}
	if i == len(s) || i == 0 {
		return s, ""
	}
	if side = sideOf(s[i:]); side == "" {
		return s, ""
	}
	return strings.TrimSpace(s[:i]), side
}

// sideOf says what a word means for the holder of the account.
func sideOf(word string) string {
	switch strings.ToUpper(strings.Trim(word, " .:()")) {
	case "CR", "C", "K", "KR", "KREDIT", "CREDIT", "IN", "MASUK", "UANG MASUK", "+", "TERIMA", "INCOMING", "DANA MASUK":
		return "in"
	case "DB", "D", "DR", "DEBET", "DEBIT", "OUT", "KELUAR", "UANG KELUAR", "-", "BAYAR", "OUTGOING", "DANA KELUAR":
		return "out"
	}
	return ""
}

// cutDecimal parts whole and decimals and takes the signs between thousands out.
func cutDecimal(s, decimal string) (whole, part string, ok bool) {
	dot, com := strings.Count(s, "."), strings.Count(s, ",")
	if decimal == "" {
		decimal = ownDecimal(s, dot, com)
	}
	group := "."
	if decimal == "." {
		group = ","
	}
	whole, part, cut := strings.Cut(s, decimal)
	if cut && (part == "" || strings.ContainsAny(part, ".,")) {
		return "", "", false
	}
	pieces := strings.Split(strings.ReplaceAll(whole, " ", ""), group)
	for i, p := range pieces {
		if i > 0 && len(p) != 3 || i == 0 && len(pieces) > 1 && (len(p) == 0 || len(p) > 3) {
			return "", "", false
		}
	}
	whole = strings.Join(pieces, "")
	return whole, part, whole != "" || part != ""
}

// ownDecimal says which sign parts a number's decimals by itself: the later of
// two; a single one with one or two digits behind it. Three digits are thousands.
func ownDecimal(s string, dot, com int) string {
	d, c := strings.LastIndexByte(s, '.'), strings.LastIndexByte(s, ',')
	switch {
	case dot > 0 && com > 0 && d > c:
		return "."
	case dot > 0 && com > 0:
		return ","
	case dot == 1 && len(s)-d-1 != 3:
		return "."
	case com == 1 && len(s)-c-1 != 3:
		return ","
	case dot > 0:
		return ","
	}
	return "."
}

func (n number) set(whole, part string, digits int) (number, bool) {
	for len(part) > digits && part[len(part)-1] == '0' {
		part = part[:len(part)-1]
	}
	if len(part) > digits {
		return n, false
	}
	part += strings.Repeat("0", digits-len(part))
	for _, c := range []byte(whole + part) {
		if c < '0' || c > '9' || n.minor > (math.MaxInt64-9)/10 {
			return n, false
		}
		n.minor = n.minor*10 + int64(c-'0')
	}
	return n, true
}
