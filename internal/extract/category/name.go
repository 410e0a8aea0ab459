package category

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Name is a merchant's name in normal form.
type Name struct {
	// Key is equal for two spellings of one merchant: "QRIS INDOMARET T123
	// BEKASI" and "Indomaret, Bogor" have the key "INDOMARET". Empty for a name
	// without letters.
	Key string
	// Code is the merchant category code that stands in the text; 0 for none.
	Code  int
	words []string
}

// Words are those that the key and what follows it are made of.
func (n Name) Words() []string { return slices.Clone(n.words) }

// around is what names.yaml says: each list by its words, the longest first.
type around struct {
	facilitators  map[string]bool
	before, forms [][]string
	places        [][]string
}

func (k *Knowledge) loadNames() error {
	var f struct {
		Facilitators []string `yaml:"facilitators"`
		Before       []string `yaml:"before"`
		Forms        []string `yaml:"forms"`
		Places       []string `yaml:"places"`
	}
	if err := read("names.yaml", &f); err != nil {
		return err
	}
	k.around = around{facilitators: map[string]bool{}, before: split(f.Before), forms: split(f.Forms), places: split(f.Places)}
	for _, p := range f.Facilitators {
		k.around.facilitators[p] = true
	}
	return nil
}

func split(all []string) [][]string {
	var out [][]string
	for _, s := range all {
		out = append(out, strings.Fields(s))
	}
	slices.SortStableFunc(out, func(a, b []string) int { return len(b) - len(a) })
	return out
}

// maxName bounds what is read of a name.
const maxName = 200

// Name brings a merchant's name as a bank wrote it into its normal form.
func (k *Knowledge) Name(raw string) Name {
	words := k.words(raw)
	n := Name{words: words, Code: code(raw)}
	for size := min(k.longest, len(words)); size > 0; size-- {
		if key := strings.Join(words[:size], " "); k.branches[key] {
			n.Key = key
			return n
		}
	}
	n.Key = strings.Join(words, " ")
	return n
}

// words are the words of a name without what stands around it.
func (k *Knowledge) words(raw string) []string {
	if len(raw) > maxName {
		raw = raw[:maxName]
	}
	raw = strings.ToUpper(strings.ToValidUTF8(raw, " "))
	for range 2 { // a facilitator may stand behind another
		front, rest, ok := strings.Cut(raw, "*")
		if !ok || strings.TrimSpace(rest) == "" || !k.around.facilitators[strings.Join(pieces(front), "")] {
			break
		}
		raw = rest
	}
	all := pieces(raw)
	all = trimFront(all, k.around.before)
	for range 3 { // "PT X TBK BANDUNG" has one at each end
		all = trimFront(all, k.around.forms)
		all = numbers(all)
		all = trimBack(all, k.around.places)
		all = trimBack(all, k.around.forms)
	}
	return all
}

// pieces splits a name into words: letters and digits. Letters on their own
// around a mark are one word: "H&M" is HM, "J.CO" JCO, "MCDONALD'S" MCDONALDS.
func pieces(s string) []string {
	rs := []rune(s)
	var out []string
	var now strings.Builder
	length := 0
	flush := func() {
		if length > 0 {
			out = append(out, now.String())
		}
		now.Reset()
		length = 0
	}
	for i, r := range rs {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			now.WriteRune(r)
			length++
		case r == '\'' || r == '’' || r == '`':
		case (r == '&' || r == '.') && length == 1 && i+1 < len(rs) && unicode.IsLetter(rs[i+1]) && unicode.IsLetter(rs[i-1]):
		default:
			flush()
		}
	}
	flush()
	return out
}

// numbers drops those of a branch, a terminal or a till: words with three digits
// or more, digits alone behind the name, and what introduces them.
func numbers(all []string) []string {
	out := all[:0:0]
	for i, w := range all {
		digits := 0
		for _, r := range w {
			if unicode.IsDigit(r) {
				digits++
			}
		}
		drop := i > 0 && digits > 0 && (digits == len(w) && !known2(all[i-1], w) || digits > 2 || digits == 2 && len(w) > 4)
		drop = drop || i == 0 && len(all) > 1 && digits == len(w) && digits > 3
		drop = drop || i > 0 && (w == "NO" || w == "NMID" || w == "TID" || w == "MID" || w == "MCC")
		if !drop {
			out = append(out, w)
		}
	}
	if len(out) == 0 {
		return all
	}
	return out
}

// known2 keeps the few numbers that belong to a name: "ES TELER 77", "MITRA 10".
func known2(before, number string) bool {
	return before == "TELER" && number == "77" || before == "MITRA" && number == "10" || before == "CINEMA" && number == "21"
}

func trimFront(all []string, lists [][]string) []string {
	for _, l := range lists {
		if len(all) > len(l) && slices.Equal(all[:len(l)], l) {
			return all[len(l):]
		}
	}
	return all
}

func trimBack(all []string, lists [][]string) []string {
	for _, l := range lists {
		if n := len(all) - len(l); n > 0 && slices.Equal(all[n:], l) {
			return all[:n]
		}
	}
	return all
}

// code reads "MCC 5812" or "MCC:5812".
func code(raw string) int {
	_, rest, ok := strings.Cut(strings.ToUpper(raw), "MCC")
	if !ok {
		return 0
	}
	rest = strings.TrimLeft(rest, " :#.")
	if len(rest) < 4 || len(rest) > 4 && rest[4] >= '0' && rest[4] <= '9' {
		return 0
	}
	n, err := strconv.Atoi(rest[:4])
	if err != nil {
		return 0
	}
	return n
}
