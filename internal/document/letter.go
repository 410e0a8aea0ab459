package document

import (
	"bytes"
	"io"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/web/i18n"
)

// Letter is a PDF made of parts, such as an invoice.
type Letter struct {
	Title  string // of the file, and its heading: "Invoice INV-2026-0001"
	Mark   string // a word at the right of the heading: "LUNAS"; may be empty
	Author string // the service's name
	Lang   i18n.Lang
	Zone   *time.Location // WIB where nil
	At     time.Time      // when the file is made
	Parts  []Part
}

// Part is a piece of a letter: Addresses, Pairs, Paragraph, Heading, Lines,
// Totals or Picture.
type Part interface{ draw(*paper) }

// Address is a block of lines below a small heading. Empty lines are left out.
type Address struct {
	Heading string
	Lines   []string
}

// Addresses stand side by side: at most three.
type Addresses []Address

// Pair is a name and its value.
type Pair struct{ Name, Value string }

// Pairs are rows of name and value.
type Pairs []Pair

// Heading begins a section.
type Heading string

// Paragraph is a text; line breaks stay.
type Paragraph string

// Fine is a text in small letters.
type Fine string

// Lines is a table inside the letter; its title is its heading.
type Lines Table

// Totals are sums below a table at the right; the last is bold.
type Totals []Pair

// Picture is a PNG, such as a QR code, with what it is beside it.
type Picture struct {
	PNG   []byte
	Width float64 // millimetres; 40 where 0
	Title string
	Text  []string
}

// WritePDF writes the letter. Fault Invalid document.picture for a picture that
// is no PNG.
func (l Letter) WritePDF(w io.Writer) error {
	zone := l.Zone
	if zone == nil {
		zone = clock.WIB
	}
	f := newPaper(l.Title, l.Author, l.Lang, zone, l.At, false)
	f.black()
	if l.Mark != "" {
		f.font("B", 11)
		mark := clean(l.Mark)
		wide := f.GetStringWidth(mark) + 8
		f.SetLineWidth(0.5)
		f.Rect(margin+f.width-wide, margin, wide, 8, "D")
		f.SetXY(margin+f.width-wide, margin)
		f.CellFormat(wide, 8, mark, "", 0, "C", false, 0, "")
		f.SetXY(margin, margin)
	}
	f.font("B", 16)
	f.text(l.Title, 8)
	f.Ln(3)
	for _, p := range l.Parts {
		p.draw(f)
	}
	return f.end(w)
}

func (a Addresses) draw(f *paper) {
	if len(a) == 0 {
		return
	}
	wide := f.width / float64(len(a))
	f.need(40)
	top, low := f.GetY(), f.GetY()
	for i, one := range a {
		x := margin + float64(i)*wide
		f.SetXY(x, top)
		f.grey()
		f.font("", 8)
		f.CellFormat(wide, line, f.fit(clean(one.Heading), wide-gap), "", 2, "L", false, 0, "")
		f.black()
		f.font("", 9.5)
		for _, s := range one.Lines {
			if s == "" {
				continue
			}
			for _, l := range f.lines(s, wide-gap, 3) {
				f.SetX(x)
				f.CellFormat(wide, line+0.2, l, "", 2, "L", false, 0, "")
			}
		}
		low = max(low, f.GetY())
	}
	f.SetXY(margin, low+4)
}

func (p Pairs) draw(f *paper) {
	for _, one := range p {
		f.font("", 9.5)
		lines := f.lines(one.Value, f.width-55, 20)
		f.need(float64(len(lines)) * (line + 0.4))
		f.SetX(margin)
		f.grey()
		f.CellFormat(55, line+0.4, f.fit(clean(one.Name), 53), "", 0, "L", false, 0, "")
		f.black()
		for _, l := range lines {
			f.SetX(margin + 55)
			f.CellFormat(f.width-55, line+0.4, l, "", 1, "L", false, 0, "")
		}
	}
	f.Ln(4)
}

func (h Heading) draw(f *paper) {
	f.need(20)
	f.font("B", 11)
	f.text(string(h), 6.5)
}

func (p Paragraph) draw(f *paper) {
	f.font("", 9.5)
	f.text(string(p), line+0.4)
	f.Ln(2.5)
}

func (p Fine) draw(f *paper) {
	f.font("", 8)
	f.grey()
	f.text(string(p), 4)
	f.black()
	f.Ln(2)
}

func (l Lines) draw(f *paper) {
	if _, err := f.table(Table(l), "", MaxPDF); err != nil {
		f.SetError(err)
	}
	f.Ln(2)
}

func (t Totals) draw(f *paper) {
	f.need(float64(len(t)) * 6)
	for i, one := range t {
		style := ""
		if i == len(t)-1 {
			style = "B"
			f.SetLineWidth(0.35)
			f.Line(margin+f.width-95, f.GetY(), margin+f.width, f.GetY())
		}
		f.font(style, 9.5)
		f.SetX(margin + f.width - 95)
		f.CellFormat(50, 6, f.fit(clean(one.Name), 50), "", 0, "L", false, 0, "")
		f.CellFormat(45, 6, f.fit(clean(one.Value), 45), "", 1, "R", false, 0, "")
	}
	f.Ln(4)
}

func (p Picture) draw(f *paper) {
	wide := p.Width
	if wide <= 0 {
		wide = 40
	}
	f.need(wide + 4)
	top := f.GetY()
	o := fpdf.ImageOptions{ImageType: "PNG"}
	name := "picture-" + f.p.Number(int64(top*100)) + "-" + f.p.Number(int64(f.PageNo()))
	f.RegisterImageOptionsReader(name, o, bytes.NewReader(p.PNG))
	if err := f.Error(); err != nil {
		f.ClearError()
		f.SetError(fault.New(fault.Invalid, "document.Picture", "document.picture").Cause(err))
		return
	}
	f.ImageOptions(name, margin, top, wide, 0, false, o, 0, "")
	x, room := margin+wide+6, f.width-wide-6
	f.SetXY(x, top+1)
	f.font("B", 9.5)
	for _, l := range f.lines(p.Title, room, 3) {
		f.SetX(x)
		f.CellFormat(room, 5.4, l, "", 2, "L", false, 0, "")
	}
	f.font("", 9)
	for _, s := range p.Text {
		for _, l := range f.lines(s, room, 10) {
			f.SetX(x)
			f.CellFormat(room, line+0.2, l, "", 2, "L", false, 0, "")
		}
	}
	f.SetXY(margin, max(f.GetY(), top+wide)+4)
}
