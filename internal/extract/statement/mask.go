package statement

import (
	"strings"
	"unicode"

	"amanah/internal/extract/pdf"
)

// hidden stands for what was masked.
const hidden = "•••"

// Mask gives the text of pages for a reader outside, such as a language model:
// the rows, and labels with the dates and amounts beside them. Everything else
// is left out, so that no name, address or number has to be recognised in order
// to be kept back. Of the rows themselves: numbers of seven digits and more keep
// their last four; words of the name and address block, and of lines with a
// card's number, are masked wherever they stand; so is whoever a transfer
// names. Nothing of a page but this may leave the machine.
func (r *Reader) Mask(pages []pdf.Page) []string {
	lines := fromPDF(pages)
	l := r.book.choose(lines)
	m := masker{l: l, secret: map[string]bool{}, known: l.vocabulary()}
	m.learn(lines)
	out := make([]string, len(pages))
	var b strings.Builder
	for i := range lines {
		b.Reset()
		m.line(&b, lines, i)
		if b.Len() > 0 {
			out[lines[i].page] += strings.TrimSpace(b.String()) + "\n"
		}
	}
	return out
}

type masker struct {
	l      *layout
	secret map[string]bool // words of the holder and the address
	known  map[string]bool // words of the paper's form
}

// vocabulary are all words of a layout's rules.
func (l *layout) vocabulary() map[string]bool {
	out := map[string]bool{}
	add := func(ps []phrase) {
		for _, p := range ps {
			for _, w := range p {
				out[w] = true
			}
		}
	}
	for _, ps := range l.Labels {
		add(ps)
	}
	for _, ps := range l.Columns {
		add(ps)
	}
	add(l.Words)
	add(l.Skip)
	add(l.bank.Names)
	for w := range strings.FieldsSeq("TRSF E-BANKING TRANSFER BI FAST BI-FAST BIF TRF KE DARI DB CR VIA MOBILE BANKING ATM BCA BRI BNI BSI CIMB MANDIRI QR QRIS BIAYA ADM ADMIN ADMINISTRASI SETORAN TARIKAN TUNAI SWITCHING KLIRING RTGS SKN OTOMATIS DANA MASUK KELUAR PEMBAYARAN") {
		out[w] = true
	}
	return out
}

// learn finds the words that belong to the holder: of lines above the first row
// that are neither label nor form, and of lines with a card's number.
func (m *masker) learn(lines []line) {
	above := true
	for i := range lines {
		ln := &lines[i]
		if rowLike(ln, m.l.Order) {
			above = false
			continue
		}
		_, card := cardOn(ln)
		if !card && (!above || len(ln.words) > 12) {
			continue
		}
		for _, u := range ln.upper {
			if len(u) >= 3 && !m.known[u] && month(u) == 0 && strings.IndexFunc(u, unicode.IsLetter) >= 0 {
				m.secret[u] = true
			}
		}
	}
}

func (m *masker) line(b *strings.Builder, lines []line, i int) {
	ln := &lines[i]
	_, first := readDay(ln.dateWords(0), m.l.Order)
	_, second := readDay(ln.dateWords(1), m.l.Order) // behind the row's number
	if _, counted := number(ln.words[0].text); first > 0 || counted && second > 0 {
		m.row(b, ln)
		return
	}
	if _, ok := m.l.header(ln); ok {
		for k, w := range ln.words {
			if m.known[ln.upper[k]] {
				b.WriteString(w.text + " ")
			}
		}
		return
	}
	spots := m.l.labels(ln)
	if len(spots) == 0 && !plainValues(ln) {
		return
	}
	name := ""
	for k, w := range ln.words {
		inLabel := false
		for _, s := range spots {
			if k >= s.begin && k < s.end {
				inLabel, name = true, s.name
			}
		}
		switch {
		case !inLabel && name == "account" && digitCount(w.text) > 0: // a number is nobody's business
		case inLabel && (m.known[ln.upper[k]] || ln.upper[k] == ""):
			b.WriteString(w.text + " ")
		case ln.upper[k] == "" || isValue(w.text):
			b.WriteString(w.text + " ")
		}
	}
}

// plainValues tells a line of nothing but dates and amounts.
func plainValues(ln *line) bool {
	for _, w := range ln.words {
		if !isValue(w.text) {
			return false
		}
	}
	return true
}

// isValue tells a date, a part of one, an amount or its mark; long numbers are
// none.
func isValue(s string) bool {
	if f, ok := parseFigure(s); ok {
		return !f.plain || digitCount(s) <= 4
	}
	if _, ok := oneWord(strings.Trim(s, ",:"), dmy); ok {
		return true
	}
	u := bare(s)
	return month(s) > 0 || letters(s) != unmarked || u == "RP" || isCode(u)
}

// row writes a row's words, with what is somebody's masked.
func (m *masker) row(b *strings.Builder, ln *line) {
	transfer := transferWords.MatchString(ln.text(0, len(ln.words)))
	grouped := groups(ln)
	for k, w := range ln.words {
		u := ln.upper[k]
		switch {
		case grouped[k]:
			b.WriteString(hidden)
		case isValue(w.text):
			b.WriteString(w.text)
		case strings.Contains(w.text, "@"):
			b.WriteString(hidden)
		case digitCount(w.text) >= 7:
			d := onlyNumbers(w.text)
			b.WriteString(hidden + d[len(d)-4:])
		case m.secretIn(u), transfer && strings.IndexFunc(u, unicode.IsLetter) >= 0 && !m.known[u]:
			b.WriteString(hidden)
		default:
			b.WriteString(w.text)
		}
		b.WriteByte(' ')
	}
}

// groups finds the groups of a number that is written in several words, all but
// the last of them.
func groups(ln *line) map[int]bool {
	out := map[int]bool{}
	begin, n := 0, 0
	for k := 0; k <= len(ln.words); k++ {
		if k < len(ln.words) && groupOf(ln.words[k].text) {
			if n == 0 {
				begin = k
			}
			n++
			continue
		}
		for i := begin; n >= 3 && i < begin+n-1; i++ {
			out[i] = true
		}
		n = 0
	}
	return out
}

// groupOf tells three to six digits, masked ones too, that are no amount.
func groupOf(s string) bool {
	if len(s) < 3 || len(s) > 6 {
		return false
	}
	return strings.Trim(strings.ToUpper(s), "0123456789X*") == ""
}

// secretIn looks for the holder's words also where signs join them to others.
func (m *masker) secretIn(u string) bool {
	if m.secret[u] {
		return true
	}
	for p := range strings.FieldsFuncSeq(u, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if m.secret[p] {
			return true
		}
	}
	return false
}

func onlyNumbers(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
