package document

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"amanah/internal/money"
)

// MaxXLSX is how many rows a sheet holds below its head.
const MaxXLSX = 1<<20 - 2

// look are the styles of one column's cells.
type look struct {
	currency                                                                money.Currency
	text, whole, exact, other, date, time, number, percent, foot, footExact int
}

// xlsx writes the workbook. excelize makes everything but the rows (heads,
// styles, widths, panes); the rows then go through the compressor one at a time.
// Its own stream writer would put long sheets in clear text into a temporary
// file first.
func (d Document) xlsx(w io.Writer) error {
	const op = "document.xlsx"
	frame, looks, err := d.frame()
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	parts, err := zip.NewReader(bytes.NewReader(frame), int64(len(frame)))
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	out := zip.NewWriter(w)
	for _, part := range parts.File {
		body, err := open(part)
		if err != nil {
			return fmt.Errorf("%s: %w", op, err)
		}
		h := &zip.FileHeader{Name: part.Name, Method: zip.Deflate, Modified: d.At.UTC().Truncate(2 * time.Second)}
		to, err := out.CreateHeader(h)
		if err != nil {
			return err
		}
		if n, ok := sheetNumber(part.Name); ok && n < len(d.Tables) {
			err = d.sheet(to, body, d.Tables[n], looks[n])
		} else {
			_, err = to.Write(body)
		}
		if err != nil {
			return err
		}
	}
	return out.Close()
}

func open(part *zip.File) ([]byte, error) {
	r, err := part.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return io.ReadAll(r)
}

// sheetNumber reads "xl/worksheets/sheet2.xml" as 1.
func sheetNumber(name string) (int, bool) {
	if path.Dir(name) != "xl/worksheets" {
		return 0, false
	}
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(path.Base(name), "sheet"), ".xml"))
	return n - 1, err == nil && n > 0
}

// frame is the workbook with heads and no rows.
func (d Document) frame() ([]byte, []([]look), error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	at := d.At.UTC().Format("2006-01-02T15:04:05Z")
	if err := f.SetDocProps(&excelize.DocProperties{Title: clean(cut(d.Title)), Description: clean(cut(d.Note)), Creator: clean(cut(d.Author)), LastModifiedBy: clean(cut(d.Author)), Created: at, Modified: at, Language: string(d.Lang)}); err != nil {
		return nil, nil, err
	}
	s := styles{file: f, made: map[string]int{}}
	taken := map[string]bool{}
	var looks [][]look
	for i, t := range d.Tables {
		name := sheetName(t.Title, i, taken)
		var err error
		if i == 0 {
			err = f.SetSheetName("Sheet1", name)
		} else {
			_, err = f.NewSheet(name)
		}
		if err != nil {
			return nil, nil, err
		}
		l, err := s.table(name, t)
		if err != nil {
			return nil, nil, err
		}
		looks = append(looks, l)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return nil, nil, err
	}
	return b.Bytes(), looks, nil
}

// sheetName is a name that Excel takes: 31 characters, without some signs, once.
func sheetName(title string, i int, taken map[string]bool) string {
	name := strings.Trim(strings.NewReplacer(":", " ", "\\", " ", "/", "-", "?", "", "*", "", "[", "(", "]", ")").Replace(clean(title)), " '")
	if runes := []rune(name); len(runes) > 28 {
		name = strings.TrimSpace(string(runes[:28]))
	}
	if name == "" || taken[strings.ToLower(name)] || strings.EqualFold(name, "history") {
		name = strings.TrimSpace(name + " " + strconv.Itoa(i+1))
	}
	taken[strings.ToLower(name)] = true
	return name
}

// cut keeps a head short.
func cut(s string) string {
	if runes := []rune(s); len(runes) > 200 {
		return string(runes[:200])
	}
	return s
}

// styles makes each style of a workbook once.
type styles struct {
	file *excelize.File
	made map[string]int
	err  error
}

func (s *styles) of(format string, bold bool) int {
	key := format + strconv.FormatBool(bold)
	if id, ok := s.made[key]; ok || s.err != nil {
		return id
	}
	st := &excelize.Style{}
	if format != "" {
		st.CustomNumFmt = &format
	}
	if bold {
		st.Font = &excelize.Font{Bold: true}
	}
	id, err := s.file.NewStyle(st)
	s.made[key], s.err = id, err
	return id
}

func (s *styles) table(sheet string, t Table) ([]look, error) {
	f := s.file
	looks := make([]look, len(t.Columns))
	for i, c := range t.Columns {
		whole, exact := amountFormats(c.Currency)
		looks[i] = look{
			currency: c.Currency, whole: s.of(whole, false), exact: s.of(exact, false), other: s.of("#,##0.00", false),
			date: s.of("yyyy-mm-dd", false), time: s.of("yyyy-mm-dd hh:mm", false), number: s.of("#,##0", false),
			percent: s.of("0.0%", false), foot: s.of(footFormat(c, whole), true), footExact: s.of(footFormat(c, exact), true),
		}
		col, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return nil, err
		}
		if err := f.SetColWidth(sheet, col, col, float64(min(80, max(c.width(), utf8.RuneCountInString(c.Name)+2)))); err != nil {
			return nil, err
		}
		if err := f.SetCellStr(sheet, col+"1", clean(cut(c.Name))); err != nil {
			return nil, err
		}
	}
	if s.err != nil {
		return nil, s.err
	}
	if err := s.head(sheet, len(t.Columns)); err != nil {
		return nil, err
	}
	return looks, f.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

func (s *styles) head(sheet string, columns int) error {
	if columns == 0 {
		return nil
	}
	id, err := s.file.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EEF1F0"}},
		Border: []excelize.Border{{Type: "bottom", Style: 1, Color: "808080"}}, Alignment: &excelize.Alignment{Vertical: "center"},
	})
	if err != nil {
		return err
	}
	last, err := excelize.ColumnNumberToName(columns)
	if err != nil {
		return err
	}
	return s.file.SetCellStyle(sheet, "A1", last+"1", id)
}

// amountFormats are how a currency's amounts are shown without and with minor
// digits. The number behind is exact in both.
func amountFormats(c money.Currency) (whole, exact string) {
	sign := ""
	switch {
	case c == money.IDR:
		sign = `"Rp"`
	case c.Valid():
		sign = `"` + string(c) + ` "`
	}
	whole = sign + "#,##0"
	exact = whole
	if d := c.Digits(); d > 0 {
		exact += "." + strings.Repeat("0", d)
	}
	return whole + ";-" + whole, exact + ";-" + exact
}

func footFormat(c Column, whole string) string {
	switch c.Kind {
	case KindMoney:
		return whole
	case KindPercent:
		return "0.0%"
	case KindNumber:
		return "#,##0"
	}
	return ""
}
