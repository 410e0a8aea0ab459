package cardstatement

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// shopOf makes a merchant's name of a row's text: without the place behind it and
// without references. Where nothing is left, the text itself.
func shopOf(text string) string {
	text = strings.TrimSpace(strings.ToValidUTF8(text, ""))
	cut := text
	for _, end := range []string{"  ", ",", "*", "#"} {
		if head, _, ok := strings.Cut(cut, end); ok && letters(head) >= 3 {
			cut = head
		}
	}
	var words []string
	for _, w := range strings.Fields(cut) {
		if len(words) > 0 && mostlyDigits(w) {
			break
		}
		words = append(words, titled(w))
	}
	for len(words) > 1 && (letters(words[len(words)-1]) == 0 || place(words[len(words)-1])) {
		words = words[:len(words)-1]
	}
	out := strings.Join(words, " ")
	if letters(out) == 0 {
		out = text
	}
	for utf8.RuneCountInString(out) > 60 {
		_, size := utf8.DecodeLastRuneInString(out)
		out = out[:len(out)-size]
	}
	return out
}

// places are what banks print behind a merchant.
var places = []string{"jakarta", "bekasi", "bandung", "surabaya", "depok", "tangerang", "tangsel", "bogor", "semarang", "yogyakarta", "medan", "makassar", "denpasar", "malang", "selatan", "selat", "sela", "slt",
	"pusat", "barat", "timur", "utara", "south", "west", "east", "north", "central", "kota", "kab", "stockholm", "singapore", "indonesia", "id", "sg", "se", "us", "ie", "nl", "gb"}

func place(w string) bool { return slices.Contains(places, strings.ToLower(w)) }

func letters(s string) (n int) {
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

func mostlyDigits(w string) bool {
	n := 0
	for _, r := range w {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n*2 >= utf8.RuneCountInString(w)
}

// titled writes SUPERINDO as Superindo; words of three letters and fewer, and
// those of mixed letters, stay.
func titled(w string) string {
	if letters(w) <= 3 || w != strings.ToUpper(w) {
		return w
	}
	r, size := utf8.DecodeRuneInString(w)
	return string(unicode.ToUpper(r)) + strings.ToLower(w[size:])
}
