package pdf

import (
	"bytes"
	"context"
	"errors"
	"math"
	"strings"

	"github.com/klippa-app/go-pdfium"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/responses"

	"amanah/internal/fault"
)

// Word is letters without a gap, in points (1/72 inch) from the page's top left.
type Word struct {
	X0, Y0, X1, Y1 float64
	Text           string
}

// Page is one page; its words stand in the order of the file.
type Page struct {
	Width, Height float64
	Words         []Word
}

// Document is what stands in a file.
type Document struct {
	Pages     []Page
	Encrypted bool
	// Made is when the file says that it was made, as it says it
	// ("D:20260103101500+07'00'"); "" where it does not.
	Made string
	// Scripts and Attachments say what else the file carries. Neither is run or
	// opened.
	Scripts, Attachments bool
}

// The keys of the faults that Text gives.
const (
	keyNeeded  = "pdf.password_needed"
	keyWrong   = "pdf.password_wrong"
	keyDamaged = "pdf.damaged"
	keyTime    = "pdf.time"
	keyPages   = "pdf.pages"
	keyBytes   = "pdf.bytes"
)

// IsPassword tells that a file needs another password. given says that one was
// tried: this is the error that a caller counts.
func IsPassword(err error) (given, ok bool) {
	if err == nil {
		return false, false
	}
	key := fault.Of(err).Key
	return key == keyWrong, key == keyWrong || key == keyNeeded
}

// Is tells whether the bytes claim to be a PDF.
func Is(raw []byte) bool {
	return bytes.Contains(raw[:min(len(raw), 1024)], []byte("%PDF-"))
}

// Text reads the words of a file. Faults: Unauthorized on "password" (see
// IsPassword), Invalid where it is no PDF or broken, TooLarge where it has too
// many bytes or pages or takes too long.
func (r *Reader) Text(ctx context.Context, raw []byte, password string) (*Document, error) {
	const op = "pdf.Text"
	if len(raw) > r.limits.Bytes {
		return nil, fault.New(fault.TooLarge, op, keyBytes).With("most", r.limits.Bytes)
	}
	if !Is(raw) {
		return nil, fault.New(fault.Invalid, op, keyDamaged)
	}
	d := &Document{
		Encrypted: bytes.Contains(raw, []byte("/Encrypt")),
		Scripts:   bytes.Contains(raw, []byte("/JavaScript")) || bytes.Contains(raw, []byte("/JS")),
	}
	err := r.within(ctx, func(machine pdfium.Pdfium) error { return r.read(machine, raw, password, d) })
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	return d, nil
}

func (r *Reader) read(machine pdfium.Pdfium, raw []byte, password string, d *Document) error {
	open := &requests.OpenDocument{File: &raw}
	if password != "" {
		open.Password = &password
	}
	doc, err := machine.OpenDocument(open)
	if err != nil {
		return opening(err, password != "")
	}
	pages, err := machine.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: doc.Document})
	if err != nil {
		return broken(err)
	}
	if pages.PageCount > r.limits.Pages {
		return fault.New(fault.TooLarge, "pdf.read", keyPages).With("most", r.limits.Pages)
	}
	about(machine, doc.Document, d)
	left := r.limits.Chars
	for i := range pages.PageCount {
		p, chars, err := page(machine, doc.Document, i, left)
		if err != nil {
			return err
		}
		left -= chars
		d.Pages = append(d.Pages, p)
	}
	return nil
}

// about reads what is told of the file beside its text. None of it is needed.
func about(machine pdfium.Pdfium, doc references.FPDF_DOCUMENT, d *Document) {
	if n, err := machine.FPDFDoc_GetJavaScriptActionCount(&requests.FPDFDoc_GetJavaScriptActionCount{Document: doc}); err == nil && n.JavaScriptActionCount > 0 {
		d.Scripts = true
	}
	if n, err := machine.FPDFDoc_GetAttachmentCount(&requests.FPDFDoc_GetAttachmentCount{Document: doc}); err == nil && n.AttachmentCount > 0 {
		d.Attachments = true
	}
	if m, err := machine.FPDF_GetMetaText(&requests.FPDF_GetMetaText{Document: doc, Tag: "CreationDate"}); err == nil && len(m.Value) < 40 {
		d.Made = m.Value
	}
	if _, err := machine.FPDF_GetSecurityHandlerRevision(&requests.FPDF_GetSecurityHandlerRevision{Document: doc}); err != nil {
		d.Encrypted = false // the word stood in the text only
	}
}

func opening(err error, given bool) error {
	const op = "pdf.open"
	switch {
	case errors.Is(err, pdferrors.ErrPassword) && given:
		return fault.New(fault.Unauthorized, op, keyWrong).On("password")
	case errors.Is(err, pdferrors.ErrPassword):
		return fault.New(fault.Unauthorized, op, keyNeeded).On("password")
	}
	return broken(err)
}

func broken(err error) error { return fault.New(fault.Invalid, "pdf.read", keyDamaged).Cause(err) }

// page reads the words of a page, at most so many letters.
func page(machine pdfium.Pdfium, doc references.FPDF_DOCUMENT, index, most int) (Page, int, error) {
	ref := requests.Page{ByIndex: &requests.PageByIndex{Document: doc, Index: index}}
	size, err := machine.FPDF_GetPageSizeByIndex(&requests.FPDF_GetPageSizeByIndex{Document: doc, Index: index})
	if err != nil {
		return Page{}, 0, broken(err)
	}
	text, err := machine.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: ref})
	if err != nil {
		return Page{}, 0, broken(err)
	}
	count, err := machine.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: text.TextPage})
	if err != nil {
		return Page{}, 0, broken(err)
	}
	if _, err := machine.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: text.TextPage}); err != nil {
		return Page{}, 0, broken(err)
	}
	p := Page{Width: size.Width, Height: size.Height}
	if count.Count > most {
		return p, 0, fault.New(fault.TooLarge, "pdf.page", "pdf.chars")
	}
	if count.Count == 0 {
		return p, 0, nil
	}
	all, err := machine.GetPageTextStructured(&requests.GetPageTextStructured{Page: ref, Mode: requests.GetPageTextStructuredModeChars})
	if err != nil {
		return p, 0, broken(err)
	}
	p.Words = words(all.Chars, p.Height)
	return p, count.Count, nil
}

// words joins letters to words: the same line, and no gap of a blank's width.
func words(chars []*responses.GetPageTextStructuredChar, height float64) []Word {
	var out []Word
	var cur Word
	var b strings.Builder
	end := func() {
		if b.Len() > 0 {
			cur.Text = b.String()
			out = append(out, cur)
			b.Reset()
		}
	}
	for _, c := range chars {
		pos := c.PointPosition
		// Lines across the page are watermarks.
		if a := math.Mod(math.Abs(c.Angle), 2*math.Pi); strings.TrimSpace(c.Text) == "" || c.Text[0] < ' ' || a > 0.1 && a < 2*math.Pi-0.1 {
			end()
			continue
		}
		w := Word{X0: pos.Left, X1: pos.Right, Y0: height - pos.Top, Y1: height - pos.Bottom}
		tall := max(w.Y1-w.Y0, cur.Y1-cur.Y0, 4)
		if b.Len() > 0 && (w.X0-cur.X1 > tall || w.X0 < cur.X1-0.6*tall || min(w.Y1, cur.Y1)-max(w.Y0, cur.Y0) < -0.3*tall) {
			end()
		}
		if b.Len() == 0 {
			cur = w
		}
		cur.X0, cur.X1, cur.Y0, cur.Y1 = min(cur.X0, w.X0), max(cur.X1, w.X1), min(cur.Y0, w.Y0), max(cur.Y1, w.Y1)
		b.WriteString(c.Text)
	}
	end()
	return out
}
