package document

import (
	"io"
	"unicode/utf8"
)

// pdf writes the tables one after the other, across where the widest needs it.
func (d Document) pdf(w io.Writer) error {
	across := false
	for _, t := range d.Tables {
		sum := 0
		for _, c := range t.Columns {
			sum += max(c.width(), utf8.RuneCountInString(c.Name))
		}
		across = across || sum > 115
	}
	f := newPaper(d.Title, d.Author, d.Lang, d.zone(), d.At, across)
	f.black()
	f.font("B", 16)
	f.text(d.Title, 8)
	if d.Note != "" {
		f.font("", 9)
		f.text(d.Note, line)
	}
	total := 0
	for _, t := range d.Tables {
		n, err := f.table(t, d.Title, MaxPDF-total)
		if err != nil {
			return err
		}
		total += n
	}
	return f.end(w)
}

// grid is a table on its way to paper.
type grid struct {
	f      *paper
	t      Table
	widths []float64
	size   float64
}

// Space between columns, and how many lines a cell may have.
const (
	gap      = 3.0
	maxLines = 12
)

// table writes a table and says how many rows it had.
func (f *paper) table(t Table, above string, most int) (int, error) {
	g := &grid{f: f, t: t, size: 8.5}
	f.Ln(3)
	f.need(6*line + 12)
	if t.Title != "" && t.Title != above {
		f.font("B", 11)
		f.text(t.Title, 6)
	}
	if t.Note != "" {
		f.font("", 8.5)
		f.grey()
		f.text(t.Note, 4.2)
		f.black()
	}
	g.measure()
	g.head()
	n := 0
	for row, err := range rows(t) {
		if err != nil {
			return n, err
		}
		if n++; n > most {
			return n, long(MaxPDF)
		}
		g.row(row, "")
	}
	if t.Foot != nil {
		g.row(t.Foot, "B")
	}
	return n, f.Error()
}

// measure shares the page's width among the columns.
func (g *grid) measure() {
	sum := 0.0
	for _, c := range g.t.Columns {
		w := float64(c.width())
		g.widths = append(g.widths, w)
		sum += w
	}
	room := g.f.width - gap*float64(len(g.t.Columns)-1)
	for i := range g.widths {
		g.widths[i] *= room / sum
	}
}

func (g *grid) head() {
	cells := make([]Cell, len(g.t.Columns))
	for i, c := range g.t.Columns {
		cells[i] = Text(c.Name)
	}
	g.lay(cells, "B", true)
}

// row writes a row; on a new page the head comes again.
func (g *grid) row(cells []Cell, style string) { g.lay(cells, style, false) }

func (g *grid) lay(cells []Cell, style string, head bool) {
	f := g.f
	f.font(style, g.size)
	lines := make([][]string, len(g.t.Columns))
	most := 1
	for i := range g.t.Columns {
		if i < len(cells) {
			lines[i] = f.lines(cells[i].written(f.p), g.widths[i], maxLines)
			most = max(most, len(lines[i]))
		}
	}
	height := float64(most)*line + 1.6
	if f.need(height) && !head {
		g.head()
		f.font(style, g.size)
	}
	top := f.GetY()
	x := margin
	for i, c := range g.t.Columns {
		align := "L"
		if c.Kind.numeric() {
			align = "R"
		}
		for n, l := range lines[i] {
			f.SetXY(x, top+0.8+float64(n)*line)
			f.CellFormat(g.widths[i], line, l, "", 0, align, false, 0, "")
		}
		x += g.widths[i] + gap
	}
	f.SetY(top + height)
	if head || style == "B" {
		f.SetLineWidth(0.35)
	} else {
		f.SetLineWidth(0.1)
	}
	edge := top + height
	if style == "B" && !head {
		edge = top
	}
	f.Line(margin, edge, margin+f.width, edge)
}
