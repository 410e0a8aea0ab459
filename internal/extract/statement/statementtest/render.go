// Package statementtest writes statements as banks do, for tests only.
package statementtest

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"codeberg.org/go-pdf/fpdf"
)

// Paper is a statement to be written: the lines of a text with columns.
type Paper struct {
	Text     string
	Password string // the file's own; "" for none
	Script   bool   // with a script in it
	Scanned  bool   // without any text
}

var (
	cells = regexp.MustCompile(`\S+(?: \S+)*`)
	digit = regexp.MustCompile(`[0-9]$`)
)

const (
	perColumn = 1.6 // millimetres
	perLine   = 2.8
	perPage   = 70
)

// PDF writes the file. What ends in a digit is set to the right.
func PDF(t testing.TB, p Paper) []byte {
	t.Helper()
	f := fpdf.New("L", "mm", "A4", "")
	if p.Password != "" {
		f.SetProtection(fpdf.CnProtectPrint, p.Password, p.Password+"-owner")
	}
	if p.Script {
		f.SetJavascript("app.alert('never run')")
	}
	f.SetAutoPageBreak(false, 0)
	f.SetCellMargin(0)
	n := 0
	for s := range strings.Lines(p.Text) {
		s = strings.TrimRight(s, "\n")
		if n%perPage == 0 {
			f.AddPage()
			f.SetFont("Helvetica", "", 7)
		}
		y := 8 + float64(n%perPage)*perLine
		n++
		for _, at := range cells.FindAllStringIndex(s, -1) {
			cell := s[at[0]:at[1]]
			x := 8 + float64(utf8.RuneCountInString(s[:at[0]]))*perColumn
			if digit.MatchString(cell) && at[0] > 0 && strings.Trim(cell, "0123456789.,+- ") == "" {
				x = 8 + float64(utf8.RuneCountInString(s[:at[1]]))*perColumn - f.GetStringWidth(cell)
			}
			if p.Scanned {
				f.Rect(x, y, f.GetStringWidth(cell), 2, "F")
			} else {
				f.Text(x, y, cell)
			}
		}
	}
	var b bytes.Buffer
	if err := f.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
