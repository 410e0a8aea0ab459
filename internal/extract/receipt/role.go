package receipt

import (
	"regexp"
	"slices"
	"strings"
)

// role is what a line is for, apart from sums and items.
type role int

const (
	text     role = iota
	rule          // a row of dashes
	address       // where the shop is
	contact       // how it is reached
	paper         // numbers of the paper, table, queue
	greeting      // welcome and thanks
	columns       // the heads of columns
	closing       // terms of return
	dated         // a date or a time
	personal      // somebody's name
)

var (
	wordsOnly  = regexp.MustCompile(`[A-Za-z0-9]+`)
	phoneForm  = regexp.MustCompile(`(?:\+62|62|0)[\d\s-]{7,14}\d`)
	taxNumber  = regexp.MustCompile(`\d{2}[.,]\s?\d{3}[.,]\s?\d{3}[.,]\s?\d[-.]\s?\d{3}(?:[.,]\s?\d{3})?`)
	postalCode = regexp.MustCompile(`(?:^|[,.\s])[1-9]\d{4}\.?$`)
	site       = regexp.MustCompile(`(?i)(www\.|https?:|@[a-z]|\.com|\.co\.id|\.id\b)`)
	colonClock = regexp.MustCompile(`(?:^|[^\d:])\d{1,2}:[0-5]\d(?:[^\d]|$)`)
	coded      = regexp.MustCompile(`^\d{6,14}\s+[A-Za-z][^:]{7,}$`) // an article's number and name
	ruleForm   = regexp.MustCompile(`^[\s\-=_*.~+#>|<:—–—]{3,}$`)
)

// parts are the words of a text in capitals, without signs.
func parts(s string) []string { return wordsOnly.FindAllString(strings.ToUpper(s), 40) }

// opens tells whether words begin with one of the phrases. Words that were read
// without a space count when the phrase is long enough not to begin another word.
func opens(words []string, phrases []string) bool {
	for _, p := range phrases {
		want := strings.Fields(p)
		if len(words) >= len(want) && slices.Equal(words[:len(want)], want) {
			return true
		}
		if k := key(p); len(k) >= 6 && strings.HasPrefix(strings.Join(words, ""), k) {
			return true
		}
	}
	return false
}

// says tells whether one of the phrases stands anywhere among words.
func says(words []string, phrases []string) bool {
	all := strings.Join(words, "")
	for _, p := range phrases {
		want := strings.Fields(p)
		for i := 0; i+len(want) <= len(words); i++ {
			if slices.Equal(words[i:i+len(want)], want) {
				return true
			}
		}
		if k := key(p); len(k) >= 7 && strings.Contains(all, k) {
			return true
		}
	}
	return false
}

// roleOf says what a line is for.
func (k *knowledge) roleOf(l line, at int) role {
	words := parts(l.text)
	figures := 0
	for _, t := range l.tokens {
		if t.kind == num {
			figures++
		}
	}
	switch {
	case ruleForm.MatchString(l.text) || len(words) == 0:
		return rule
	case k.heads(words, figures):
		return columns
	case len(datesOf(l, at)) > 0:
		return dated
	case len(k.peopleIn(l)) > 0 || strings.ContainsAny(maskedCard.FindString(l.text), "Xx*"):
		return personal
	case says(words, k.head.Greeting) && !priced(l):
		return greeting
	case says(words, k.head.Closing):
		return closing
	case priced(l) && !addressed(words, k.head.Address[:7]) && !taxNumber.MatchString(l.text):
		return text
	case taxNumber.MatchString(l.text) || opens(words, k.head.Papers):
		return paper
	case site.MatchString(l.text) || phoneForm.MatchString(l.text) && !coded.MatchString(l.text) || opens(words, k.head.Contact):
		return contact
	case addressed(words, k.head.Address) || postal(l.text):
		return address
	case colonClock.MatchString(l.text) && letters(l.text) < 12:
		return dated
	}
	return text
}

// postal tells whether a line ends in a postal code. Five digits without a comma
// before them may be a price; prices end in 0 or 50.
func postal(s string) bool {
	if letters(s) <= 3 || !postalCode.MatchString(s) {
		return false
	}
	digits := strings.TrimRight(s, ". ")
	return strings.Contains(s, ",") || !strings.HasSuffix(digits, "00") && !strings.HasSuffix(digits, "50")
}

// addressed tells whether a line is a part of an address: it begins with such a
// word, or has two.
func addressed(words []string, list []string) bool {
	n := 0
	for i, w := range words {
		if slices.Contains(list, w) || i == 0 && len(w) > 6 && gluedStreet.MatchString(w) {
			n++
			if i == 0 {
				n++
			}
		}
	}
	return n >= 2
}

var gluedStreet = regexp.MustCompile(`^(JLN|JALAN|JL|J1|JI|KEC|KEL|KAB|DESA|GEDUNG|KOTA|RUKO)[A-Z]`)

// heads tells whether a line is the heads of columns: two such words, no figure.
func (k *knowledge) heads(words []string, figures int) bool {
	n := 0
	for _, w := range words {
		if slices.Contains(k.head.Columns, w) {
			n++
		}
	}
	if figures > 0 || n < 2 || n*3 < len(words)*2 {
		return false
	}
	f, known := k.labelOf(words)
	return !known || !f.whole || f.label.kind != subtotal && f.label.kind != total && f.label.kind != grand
}

// priced tells whether a line ends in an amount of money.
func priced(l line) bool {
	for i := len(l.tokens) - 1; i >= 0; i-- {
		switch t := l.tokens[i]; t.kind {
		case num:
			return t.num.money() && (t.num.grouped || t.num.marked || t.num.digits >= 4 && i > 0 && l.tokens[i-1].kind != word)
		case word:
			return false
		default:
		}
	}
	return false
}
