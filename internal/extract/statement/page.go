package statement

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"amanah/internal/extract/pdf"
)

// word is letters with their place on the line.
type word struct {
	x0, x1 float64
	text   string
}

// line is what stands side by side on a page.
type line struct {
	page  int
	y, h  float64 // from the top of the page
	words []word
	upper []string // the words in capitals without the signs around them
}

// unit is the width of a letter where a text has columns but no places.
const unit = 5.0

const (
	mostLines = 20_000
	mostWords = 400 // of one line
)

// fromPDF puts words that stand at one height side by side.
func fromPDF(pages []pdf.Page) []line {
	var out []line
	for n, p := range pages {
		ws := slices.Clone(p.Words)
		slices.SortStableFunc(ws, func(a, b pdf.Word) int { return cmp.Compare(a.Y0+a.Y1, b.Y0+b.Y1) })
		var on []line
		for _, w := range ws {
			h := w.Y1 - w.Y0
			at := -1
			for i := len(on) - 1; i >= 0 && i >= len(on)-3; i-- {
				over := min(on[i].y+on[i].h, w.Y1) - max(on[i].y, w.Y0)
				if over > 0.5*min(h, on[i].h) {
					at = i
					break
				}
			}
			if at < 0 {
				if len(out)+len(on) >= mostLines {
					break
				}
				on = append(on, line{page: n, y: w.Y0, h: h})
				at = len(on) - 1
			}
			l := &on[at]
			bottom := max(l.y+l.h, w.Y1)
			l.y = min(l.y, w.Y0)
			l.h = bottom - l.y
			if len(l.words) < mostWords {
				l.words = append(l.words, word{w.X0, w.X1, w.Text})
			}
		}
		for i := range on {
			slices.SortStableFunc(on[i].words, func(a, b word) int { return cmp.Compare(a.x0, b.x0) })
		}
		slices.SortStableFunc(on, func(a, b line) int { return cmp.Compare(a.y, b.y) })
		out = append(out, on...)
	}
	for i := range out {
		out[i].fill()
	}
	return out
}

// fromText takes each letter for one of the same width.
func fromText(text string) []line {
	var out []line
	page, y := 0, 0.0
	for s := range strings.Lines(text) {
		if len(out) >= mostLines {
			break
		}
		if strings.Contains(s, "\f") {
			page, y = page+1, 0
		}
		y += 2 * unit
		l := line{page: page, y: y, h: unit}
		col := 0.0
		for len(s) > 0 && len(l.words) < mostWords {
			i := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsSpace(r) })
			if i < 0 {
				break
			}
			for _, r := range s[:i] {
				if r == '\t' {
					col += 7
				}
				col++
			}
			s = s[i:]
			end := strings.IndexFunc(s, unicode.IsSpace)
			if end < 0 {
				end = len(s)
			}
			n := float64(utf8.RuneCountInString(s[:end]))
			l.words = append(l.words, word{col * unit, (col + n) * unit, strings.ToValidUTF8(s[:end], "?")})
			col, s = col+n, s[end:]
		}
		if len(l.words) > 0 {
			l.fill()
			out = append(out, l)
		}
	}
	return out
}

// fill prepares the words for comparing. A label that its value clings to
// ("CETAK:03/01/2026") is parted from it.
func (l *line) fill() {
	for i := 0; i < len(l.words) && len(l.words) < mostWords; i++ {
		w := l.words[i]
		at := strings.IndexByte(w.text, ':')
		if at < 1 || at == len(w.text)-1 || !unicode.IsLetter(rune(w.text[at-1])) {
			continue
		}
		mid := w.x0 + (w.x1-w.x0)*float64(at+1)/float64(len(w.text))
		l.words[i] = word{w.x0, mid, w.text[:at+1]}
		l.words = slices.Insert(l.words, i+1, word{mid, w.x1, w.text[at+1:]})
	}
	l.upper = make([]string, len(l.words))
	for i, w := range l.words {
		l.upper[i] = bare(w.text)
	}
}

// bare is a word in capitals without the signs around it.
func bare(s string) string {
	return strings.ToUpper(strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
}

// text is the words from one to another with single blanks.
func (l *line) text(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(l.words[i].text)
	}
	return b.String()
}

// find gives the place of a phrase among the words of a line, -1 for nowhere.
// Words without letters or digits in between do not part a phrase.
func (l *line) find(phrase []string, from int) (begin, end int) {
	for i := from; i < len(l.upper); i++ {
		if !same(l.upper[i], phrase[0]) {
			continue
		}
		at, k := i, 0
		for at < len(l.upper) && k < len(phrase) {
			if same(l.upper[at], phrase[k]) {
				k++
			} else if l.upper[at] != "" {
				break
			}
			at++
		}
		if k == len(phrase) {
			return i, at
		}
	}
	return -1, -1
}

// same compares a word with one of a phrase; "TANGGAL/DATE" is both.
func same(upper, phrase string) bool {
	if len(upper) <= len(phrase) {
		return upper == phrase
	}
	return strings.HasPrefix(upper, phrase) && upper[len(phrase)] == '/' ||
		strings.HasSuffix(upper, phrase) && upper[len(upper)-len(phrase)-1] == '/'
}

// begins tells that a line begins with a phrase.
func (l *line) begins(phrase []string) bool {
	b, _ := l.find(phrase, 0)
	for i := 0; i < b; i++ {
		if l.upper[i] != "" {
			return false
		}
	}
	return b >= 0
}
