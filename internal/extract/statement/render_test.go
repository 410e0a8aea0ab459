package statement

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"codeberg.org/go-pdf/fpdf"
)

// paper is how a test writes a statement: the lines of a text with columns, set
// in letters of different widths. What ends in a digit is set to the right.
type paper struct {
	text     string
	password string
	script   bool
	attach   bool
	font     string
}

var cells = regexp.MustCompile(`\S+(?: \S+)*`)

const (
	perColumn = 1.6 // millimetres
	perLine   = 3.6
	perPage   = 70
)

// render writes the PDF file.
func render(t testing.TB, p paper) []byte {
	t.Helper()
	f := fpdf.New("L", "mm", "A4", "")
	if p.font == "" {
		p.font = "Helvetica"
	}
	if p.password != "" {
		f.SetProtection(fpdf.CnProtectPrint, p.password, p.password+"-owner")
	}
	if p.script {
		f.SetJavascript("app.alert('never run')")
	}
	if p.attach {
		f.SetAttachments([]fpdf.Attachment{{Content: []byte("never opened"), Filename: "note.txt"}})
	}
	f.SetAutoPageBreak(false, 0)
	f.SetCellMargin(0)
	n := 0
	for s := range strings.Lines(p.text) {
		s = strings.TrimRight(s, "\n")
		if n%perPage == 0 {
			f.AddPage()
			f.SetFont(p.font, "", 7)
		}
		y := 8 + float64(n%perPage)*perLine*0.78
		n++
		for _, at := range cells.FindAllStringIndex(s, -1) {
			cell := s[at[0]:at[1]]
			left := float64(utf8.RuneCountInString(s[:at[0]])) * perColumn
			right := float64(utf8.RuneCountInString(s[:at[1]])) * perColumn
			w := f.GetStringWidth(cell)
			x := 8 + left
			if regexp.MustCompile(`[0-9]$`).MatchString(cell) && at[0] > 0 && strings.Trim(cell, "0123456789.,+- ") == "" {
				x = 8 + right - w
			}
			f.Text(x, y, cell)
		}
	}
	var b bytes.Buffer
	if err := f.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
