package document

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// maxText is the longest text that a cell of Excel holds.
const maxText = 32_767

// sheet writes a sheet: what stands in front of the end of the frame's rows, our
// rows, and the rest.
func (d Document) sheet(w io.Writer, frame []byte, t Table, looks []look) error {
	frame = withoutSize.ReplaceAll(frame, nil)
	front, rest, found := bytes.Cut(frame, []byte("</sheetData>"))
	if !found {
		front, rest, found = bytes.Cut(frame, []byte("<sheetData/>"))
		front = append(bytes.Clone(front), "<sheetData>"...)
	}
	if !found {
		return fmt.Errorf("document.sheet: no place for rows")
	}
	out := rowWriter{w: bufio.NewWriterSize(w, 32<<10), looks: looks, zone: d.zone(), columns: names(len(t.Columns)), number: 1}
	out.put(string(front))
	for row, err := range rows(t) {
		if err != nil {
			return err
		}
		if out.number > MaxXLSX {
			return long(MaxXLSX)
		}
		if err := out.row(row, false); err != nil {
			return err
		}
	}
	if t.Foot != nil {
		if err := out.row(t.Foot, true); err != nil {
			return err
		}
	}
	out.put("</sheetData>" + string(rest))
	return out.w.Flush()
}

// withoutSize is the frame's own size, which the rows outgrow.
var withoutSize = regexp.MustCompile(`<dimension [^>]*></dimension>|<dimension [^>]*/>`)

func names(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i], _ = excelize.ColumnNumberToName(i + 1) // i is small and positive
	}
	return out
}

type rowWriter struct {
	w       *bufio.Writer
	looks   []look
	zone    *time.Location
	columns []string
	number  int
	buf     []byte
	err     error
}

func (r *rowWriter) put(s string) {
	if r.err == nil {
		_, r.err = r.w.WriteString(s)
	}
}

func (r *rowWriter) row(cells []Cell, foot bool) error {
	r.number++
	number := strconv.Itoa(r.number)
	b := r.buf[:0]
	b = append(b, `<row r="`...)
	b = append(append(b, number...), `">`...)
	for i, c := range cells[:min(len(cells), len(r.columns))] {
		if c.kind == "" {
			continue
		}
		style := r.style(r.looks[i], c, foot)
		b = append(append(append(b, `<c r="`...), r.columns[i]...), number...)
		if style != 0 {
			b = append(strconv.AppendInt(append(b, `" s="`...), int64(style), 10), `"`...)
		} else {
			b = append(b, '"')
		}
		b = r.value(b, c)
	}
	b = append(b, "</row>"...)
	r.buf = b
	if r.err == nil {
		_, r.err = r.w.Write(r.buf)
	}
	return r.err
}

func (r *rowWriter) style(l look, c Cell, foot bool) int {
	exact := c.kind == KindMoney && !wholeUnits(c)
	switch {
	case foot && exact:
		return l.footExact
	case foot:
		return l.foot
	case c.kind == KindMoney && l.currency != "" && c.currency != l.currency:
		return l.other
	case exact:
		return l.exact
	}
	switch c.kind {
	case KindMoney:
		return l.whole
	case KindDate:
		return l.date
	case KindTime:
		return l.time
	case KindNumber:
		return l.number
	case KindPercent:
		return l.percent
	}
	return l.text
}

// wholeUnits tells whether an amount has no minor digits.
func wholeUnits(c Cell) bool {
	unit := int64(1)
	for range c.currency.Digits() {
		unit *= 10
	}
	return c.number%unit == 0
}

// value writes a cell's value and its end.
func (r *rowWriter) value(b []byte, c Cell) []byte {
	number := ""
	switch c.kind {
	case KindText:
		b = append(b, ` t="inlineStr"><is><t xml:space="preserve">`...)
		return append(escape(b, c.text), "</t></is></c>"...)
	case KindDate, KindTime:
		days, ok := serial(c.at.In(r.zone), c.kind == KindDate)
		if !ok {
			b = append(b, ` t="inlineStr"><is><t>`...)
			return append(append(b, c.at.In(r.zone).Format(time.RFC3339)...), "</t></is></c>"...)
		}
		number = days
	case KindPercent:
		number = strconv.FormatFloat(float64(c.number)/1000, 'f', -1, 64)
	default:
		number = c.decimal()
	}
	b = append(append(b, "><v>"...), number...)
	return append(b, "</v></c>"...)
}

// serial is a wall clock time as Excel counts: days since 30 December 1899. Days
// before March 1900 it counts wrong; those stay text.
func serial(t time.Time, day bool) (string, bool) {
	wall := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	seconds := wall.Unix() - time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Unix()
	if seconds < 61*86400 || t.Year() > 9999 {
		return "", false
	}
	if day {
		return strconv.FormatInt(seconds/86400, 10), true
	}
	return strconv.FormatFloat(float64(seconds)/86400, 'f', 8, 64), true
}

// underscore is what Excel reads as an escaped sign.
var underscore = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// escape writes a text as XML, cut to what a cell holds, without what XML forbids.
func escape(b []byte, s string) []byte {
	if len(s) > maxText {
		if runes := []rune(s); len(runes) > maxText/2 {
			s = string(runes[:maxText/2]) // a rune counts twice at most
		}
	}
	if strings.Contains(s, "_x") {
		s = underscore.ReplaceAllString(s, "_x005F$0")
	}
	for _, c := range s {
		switch {
		case c == '&':
			b = append(b, "&amp;"...)
		case c == '<':
			b = append(b, "&lt;"...)
		case c == '>':
			b = append(b, "&gt;"...)
		case c == '\t' || c == '\n':
			b = append(b, byte(c))
		case c == '\r' || c < ' ' || c == 0xFFFE || c == 0xFFFF:
			b = append(b, ' ')
		default:
			b = utf8.AppendRune(b, c)
		}
	}
	return b
}
