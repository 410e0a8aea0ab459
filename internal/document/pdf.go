package document

import (
	_ "embed"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"codeberg.org/go-pdf/fpdf"

	"amanah/internal/fault"
	"amanah/internal/web/i18n"
)

// MaxPDF is how many rows a PDF holds: some 400 pages. It is built in memory.
const MaxPDF = 20_000

//go:embed font/regular.ttf
var regular []byte

//go:embed font/bold.ttf
var bold []byte

// Millimetres of an A4 page.
const (
	margin = 15.0
	bottom = 18.0
	line   = 4.6
)

// words of the frame of every page, beside what the caller says.
var words = map[i18n.Lang]struct{ page, of, made string }{
	i18n.ID: {"Halaman", "dari", "Dibuat"},
	i18n.EN: {"Page", "of", "Made"},
}

// paper is a PDF that is being written.
type paper struct {
	*fpdf.Fpdf
	p     i18n.Printer
	lang  i18n.Lang
	width float64 // between the margins
}

// newPaper opens a file with its fonts, its frame and its first page. The time
// comes from the caller, so that the same content gives the same bytes.
func newPaper(title, author string, lang i18n.Lang, zone *time.Location, at time.Time, across bool) *paper {
	way := "P"
	if across {
		way = "L"
	}
	if lang != i18n.EN {
		lang = i18n.ID
	}
	f := &paper{Fpdf: fpdf.New(way, "mm", "A4", ""), p: i18n.Printer{Lang: lang, Zone: zone}, lang: lang}
	f.SetCatalogSort(true)
	f.SetCreationDate(at.UTC())
	f.SetModificationDate(at.UTC())
	f.SetTitle(clean(title), true)
	f.SetAuthor(clean(author), true)
	f.SetCreator(clean(author), true)
	f.SetLang(string(lang))
	f.SetDisplayMode("fullwidth", "continuous")
	f.AliasNbPages("{nb}")
	f.AddUTF8FontFromBytes("text", "", regular)
	f.AddUTF8FontFromBytes("text", "B", bold)
	f.SetMargins(margin, margin, margin)
	f.SetAutoPageBreak(false, bottom)
	f.SetCellMargin(0)
	w, _ := f.GetPageSize()
	f.width = w - 2*margin
	f.SetFooterFunc(func() { f.foot(title, author, at) })
	f.AddPage()
	return f
}

// foot writes the lower edge of a page.
func (f *paper) foot(title, author string, at time.Time) {
	_, h := f.GetPageSize()
	w := words[f.lang]
	f.grey()
	f.Line(margin, h-13, margin+f.width, h-13)
	f.font("", 7.5)
	f.SetXY(margin, h-12)
	left := clean(title)
	if author != "" {
		left = clean(author) + " – " + left
	}
	f.CellFormat(f.width*0.62, 5, f.fit(left, f.width*0.62), "", 0, "L", false, 0, "")
	right := ""
	if !at.IsZero() {
		right = w.made + " " + f.p.DateTime(at) + " – "
	}
	f.CellFormat(f.width*0.38, 5, right+w.page+" "+f.p.Number(int64(f.PageNo()))+" "+w.of+" {nb}", "", 0, "R", false, 0, "")
	f.black()
}

func (f *paper) font(style string, size float64) { f.SetFont("text", style, size) }

func (f *paper) black() { f.SetTextColor(26, 30, 28); f.SetDrawColor(150, 156, 153) }
func (f *paper) grey()  { f.SetTextColor(84, 92, 88); f.SetDrawColor(190, 196, 193) }

// left is how much room is below.
func (f *paper) left() float64 {
	_, h := f.GetPageSize()
	return h - bottom - f.GetY()
}

// need begins a page where less than h is left.
func (f *paper) need(h float64) bool {
	if f.left() >= h {
		return false
	}
	f.AddPage()
	f.black()
	return true
}

// text writes a paragraph of the whole width.
func (f *paper) text(s string, lineHeight float64) {
	for _, l := range f.lines(s, f.width, 400) {
		f.need(lineHeight)
		f.SetX(margin)
		f.CellFormat(f.width, lineHeight, l, "", 1, "L", false, 0, "")
	}
}

// lines breaks a text into lines of a width, at most so many.
func (f *paper) lines(s string, w float64, most int) []string {
	s = clean(s)
	if f.GetStringWidth(s) <= w && !strings.Contains(s, "\n") {
		return []string{s}
	}
	var out []string
	for _, l := range f.SplitText(s, w) {
		if len(out) == most {
			out[most-1] = f.fit(out[most-1]+"…", w)
			break
		}
		out = append(out, strings.TrimSpace(l))
	}
	return out
}

// fit cuts a text to one line of a width.
func (f *paper) fit(s string, w float64) string {
	if f.GetStringWidth(s) <= w {
		return s
	}
	runes := []rune(strings.TrimSuffix(s, "…"))
	runes = runes[:min(len(runes), 300)] // no line holds more
	for len(runes) > 0 && f.GetStringWidth(string(runes)+"…") > w {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// end writes the file.
func (f *paper) end(w io.Writer) error {
	return fault.Wrap("document.pdf", f.Output(w))
}

// maxClean bounds one text, so that a hostile one cannot fill the memory.
const maxClean = 20_000

// clean takes away what no page shows: control characters but line breaks,
// broken UTF-8, signs that change the direction of what follows, and signs
// beyond the fonts' plane.
func clean(s string) string {
	if len(s) > maxClean {
		s = s[:maxClean]
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == utf8.RuneError || r > 0xFFFD:
			return '?'
		case r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0xFEFF || r == 0x200B:
			return -1
		case unicode.IsControl(r):
			return ' '
		case r == '\u2212':
			return '-' // copied amounts stay numbers
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
}
