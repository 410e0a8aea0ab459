package receipt

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind int

const (
	word  tokenKind = iota
	num             // a figure
	times           // x, *, ×
	at              // @
	equal           // =, :
	unit            // pcs, kg
)

// token is the smallest part of a line that means something.
type token struct {
	kind  tokenKind
	text  string
	num   number
	x0    float64 // where it begins and ends, in pixels or in characters
	x1    float64
	score float64 // 0..1, of the box it was read in
	low   float64 // 0..1, of its worst character
}

// piece is a run of text without spaces, on its way to become tokens.
type piece struct {
	text   string
	x0, x1 float64
	score  float64
	chars  []float64 // of the runes of text; may be nil
}

// part is the piece of the bytes from i to j.
func (p piece) part(i, j int) piece {
	all := float64(max(1, utf8.RuneCountInString(p.text)))
	a, b := utf8.RuneCountInString(p.text[:i]), utf8.RuneCountInString(p.text[:j])
	q := piece{text: p.text[i:j], score: p.score, x0: p.x0 + (p.x1-p.x0)*float64(a)/all, x1: p.x0 + (p.x1-p.x0)*float64(b)/all}
	if len(p.chars) >= b {
		q.chars = p.chars[a:b]
	}
	return q
}

func (p piece) token(k tokenKind) token {
	t := token{kind: k, text: p.text, x0: p.x0, x1: p.x1, score: p.score, low: p.score}
	for _, c := range p.chars {
		t.low = min(t.low, c)
	}
	return t
}

const amountForm = `(?:[Rr][Pp]\.?)?[0-9OolISB]{1,3}(?:[.,][0-9OolISB]{3})+(?:[.,]\d{2})?|(?:[Rr][Pp]\.?)?\d{3,9}(?:[.,]\d{2})?|0`

// glued are the ways in which parts of a line are printed or read without a
// space between them. Each group of a form is read by itself.
var glued = []*regexp.Regexp{
	regexp.MustCompile(`^(\d{1,4}(?:[.,]\d{1,3})?)([xX×*])$`),                                                                 // 2x
	regexp.MustCompile(`^([xX×*@])(` + amountForm + `|\d{1,3})$`),                                                             // x2, @8000
	regexp.MustCompile(`^(\d{1,4}(?:[.,]\d{1,3})?)([xX×*])(@?)(` + amountForm + `)(=?)$`),                                     // 2x28,000
	regexp.MustCompile(`^(` + amountForm + `)([xX×])(\d{1,4}(?:[.,]\d{1,3})?)$`),                                              // 22.000x1
	regexp.MustCompile(`(?i)^(\d{1,4})(pcs|pc|psc|bh|buah|btl|pck|lbr|item|items)([xX×]?)(@?)((?:` + amountForm + `)?)(=?)$`), // 2PCSx3,000=
	regexp.MustCompile(`(?i)^(\d{1,4}(?:[.,]\d{1,3})?)(kg|gr|ons|ltr|bks)([xX×]@?)((?:` + amountForm + `)?)(=?)$`),            // 0.5KGx3,000=
	regexp.MustCompile(`^(\d{1,3}(?:[.,]\d{2})?)([xX])([A-Za-z][A-Za-z]{3,}.*)$`),                                             // 1xORIGINAL
	regexp.MustCompile(`^(=)(` + amountForm + `)$`),                                                                           // =6,000
	regexp.MustCompile(`^(` + amountForm + `)(=)$`),                                                                           // 59,000=
	regexp.MustCompile(`^(.*[A-Za-z).])([:=#]+)(-?\(?(?:` + amountForm + `|\d{1,2})\)?)$`),                                    // TOTAL:31,000
	regexp.MustCompile(`^(.*[A-Za-z)])([:=])()$`),                                                                             // TOTAL:
	regexp.MustCompile(`^(.*?[^.])??[.·…_~]{2,}(.+)$`),                                                                        // BAYAR.....31,900
	regexp.MustCompile(`^([:=])(.+)$`),                                                                                        // :31,000
	regexp.MustCompile(`^(\d{1,3}(?:[.,]\d{3})+)(\d{1,3}(?:[.,]\d{3})+)$`),                                                    // 7,0007,000
	regexp.MustCompile(`^(.*[A-Za-z)])(-?\(?(?:[Rr]p\.?)?\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{2})?\)?)$`),                           // CREPE37,000
}

var (
	timesSign = regexp.MustCompile(`^[xX×*]$`)
	unitWord  = regexp.MustCompile(`(?i)^(pcs|pc|psc|bh|buah|kg|btl|pck|bks|lbr)\.?$`)
	separator = regexp.MustCompile(`^[:=;]+$`)
)

// tokens reads a piece.
func (p piece) tokens() []token { return p.take(0) }

func (p piece) take(depth int) []token {
	if n := len(p.text) - len(strings.TrimLeft(p.text, "*")); n > 0 && n < len(p.text) {
		p = p.part(n, len(p.text))
	}
	if p.text == "" {
		return nil
	}
	switch {
	case timesSign.MatchString(p.text):
		return []token{p.token(times)}
	case p.text == "@":
		return []token{p.token(at)}
	case separator.MatchString(p.text):
		return []token{p.token(equal)}
	case unitWord.MatchString(p.text):
		return []token{p.token(unit)}
	}
	if n, ok := readNumber(p.text); ok {
		t := p.token(num)
		t.num = n
		return []token{t}
	}
	if depth < 4 {
		for _, form := range glued {
			if m := form.FindStringSubmatchIndex(p.text); m != nil {
				var out []token
				for g := 2; g+1 < len(m); g += 2 {
					if m[g] >= 0 && m[g] < m[g+1] {
						out = append(out, p.part(m[g], m[g+1]).take(depth+1)...)
					}
				}
				return out
			}
		}
	}
	if twice := doubled(p); twice != nil {
		return twice
	}
	return []token{p.token(word)}
}

// doubled takes apart a unit price and a line price that were read as one:
// "1750017,500".
func doubled(p piece) []token {
	at := strings.LastIndexAny(p.text, ".,")
	if at < 4 || at != len(p.text)-4 {
		return nil
	}
	for i := at - 3; i < at; i++ {
		if i < 3 {
			continue
		}
		a, ok1 := readNumber(p.text[:i])
		b, ok2 := readNumber(p.text[i:])
		if ok1 && ok2 && a.value == b.value && b.grouped {
			return append(p.part(0, i).take(4), p.part(i, len(p.text)).take(4)...)
		}
	}
	return nil
}

// pieces cuts a text at its spaces.
func pieces(text string, x0, x1, score float64, chars []float64) []piece {
	whole := piece{text: text, x0: x0, x1: x1, score: score, chars: chars}
	var out []piece
	from := -1
	for i, r := range text {
		switch {
		case unicode.IsSpace(r) && from >= 0:
			out = append(out, whole.part(from, i))
			from = -1
		case !unicode.IsSpace(r) && from < 0:
			from = i
		}
	}
	if from >= 0 {
		out = append(out, whole.part(from, len(text)))
	}
	return out
}

var (
	headOfFigure = regexp.MustCompile(`^-?(?:[Rr][Pp]\.?)?\d{1,3}(?:[.,]\d{3})*[.,]?$`)
	restOfFigure = regexp.MustCompile(`^(?:[.,]\d{3})+(?:[.,]\d{2})?$`)
	threeDigits  = regexp.MustCompile(`^\d{3}(?:[.,]\d{3})*$`)
	loneMark     = regexp.MustCompile(`^(?i:rp|idr)[.:]?$`)
)

// joined puts figures together again that a space tore: "36 .000", "Rp 1. 500".
func joined(in []piece) []piece {
	var out []piece
	for i := 0; i < len(in); i++ {
		p := in[i]
		for i+1 < len(in) {
			next := in[i+1]
			fits := headOfFigure.MatchString(p.text) && restOfFigure.MatchString(next.text) ||
				headOfFigure.MatchString(p.text) && strings.ContainsAny(p.text[len(p.text)-1:], ".,") && threeDigits.MatchString(next.text) ||
				loneMark.MatchString(p.text) && figureLike(next.text) ||
				p.text == "-" && len(out) > 0 && i+2 == len(in) && figureLike(next.text) && headOfFigure.MatchString(next.text) ||
				p.text == "(" && strings.HasSuffix(next.text, ")") && figureLike(next.text)
			if !fits {
				break
			}
			if strings.ContainsAny(next.text[:1], ".,") { // the sign was read twice
				p = p.part(0, len(strings.TrimRight(p.text, ".,")))
			}
			p = piece{text: p.text + next.text, x0: p.x0, x1: next.x1, score: min(p.score, next.score), chars: append(append([]float64{}, p.chars...), next.chars...)}
			i++
		}
		out = append(out, p)
	}
	return out
}

func figureLike(s string) bool {
	_, ok := readNumber(s)
	return ok
}
