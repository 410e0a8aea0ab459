package document_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"flag"
	"image"
	"image/color"
	"image/png"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"amanah/internal/clock"
	"amanah/internal/document"
	"amanah/internal/fault"
	"amanah/internal/money"
	"amanah/internal/web/i18n"
)

var update = flag.Bool("update", false, "write the golden files anew")

var at = time.Date(2026, 11, 22, 5, 31, 5, 0, time.UTC)

// sample is a table with every kind, and with what strangers write.
func sample(lang i18n.Lang) document.Document {
	t := document.Table{
		Title: "Transaksi November 2026",
		Note:  "Tanpa pindahan antarrekening sendiri.",
		Columns: []document.Column{
			{Name: "Waktu", Kind: document.KindTime}, {Name: "Penjual"}, {Name: "Hari", Kind: document.KindDate},
			{Name: "Jumlah", Kind: document.KindMoney, Currency: money.IDR}, {Name: "Banyaknya", Kind: document.KindNumber}, {Name: "Bagian", Kind: document.KindPercent},
		},
		Rows: document.List(
			[]document.Cell{document.Time(at), document.Text("Warung Bu Dewi"), document.Date(at), document.Money(money.Rupiah(1_250_000)), document.Number(3), document.Percent(125)},
			[]document.Cell{document.Time(at.Add(14 * time.Hour)), document.Text("=HYPERLINK(\"https://evil.example\")"), document.Date(at.Add(14 * time.Hour)), document.Money(money.Amount{Minor: -4505, Currency: money.IDR}), document.Number(-2), document.Percent(-1000)},
			[]document.Cell{document.Empty, document.Text("Toko & Kafé <Ñ> \u202egnp.exe 日本 \U0001F600\x00\v"), document.Date(time.Time{}), document.Money(money.Amount{Minor: 9007199254740993, Currency: "USD"})},
		),
		Foot: []document.Cell{document.Text("Jumlah"), document.Empty, document.Empty, document.Money(money.Rupiah(1_249_954))},
	}
	return document.Document{Title: t.Title, Note: "Contoh", Lang: lang, At: at, Author: "CTT", Tables: []document.Table{t}}
}

func write(t *testing.T, d document.Document, f document.Format) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := d.Write(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

// text reads a PDF with poppler, a program that is not ours.
func text(t *testing.T, pdf []byte) string {
	t.Helper()
	c := exec.Command("pdftotext", "-layout", "-", "-")
	c.Stdin = bytes.NewReader(pdf)
	out, err := c.Output()
	if err != nil {
		t.Fatalf("pdftotext (Debian: poppler-utils): %v", err)
	}
	return string(out)
}

func TestTable_golden(t *testing.T) {
	t.Parallel()
	golden(t, "table.csv", string(write(t, sample(i18n.ID), document.CSV)))
	golden(t, "table.id.pdf.txt", text(t, write(t, sample(i18n.ID), document.PDF)))
	golden(t, "table.en.pdf.txt", text(t, write(t, sample(i18n.EN), document.PDF)))
}

func TestWrite_sameBytes(t *testing.T) {
	t.Parallel()
	for _, f := range document.Formats() {
		if !bytes.Equal(write(t, sample(i18n.ID), f), write(t, sample(i18n.ID), f)) {
			t.Errorf("%s: two writings differ", f)
		}
	}
	if err := sample(i18n.ID).Write(io.Discard, "odt"); !fault.Is(err, fault.Invalid) {
		t.Errorf("unknown format: %v", err)
	}
}

func TestXLSX_readBack(t *testing.T) {
	t.Parallel()
	d := sample(i18n.ID)
	second := d.Tables[0]
	second.Rows = nil
	d.Tables = append(d.Tables, second)
	f, err := excelize.OpenReader(bytes.NewReader(write(t, d, document.XLSX)))
	if err != nil {
		t.Fatal(err)
	}
	if got := f.GetSheetList(); len(got) != 2 || got[0] != "Transaksi November 2026" || got[1] == got[0] {
		t.Errorf("sheets: %q", got)
	}
	sheet := f.GetSheetList()[0]
	for _, c := range []struct{ cell, raw, shown string }{
		{"A1", "Waktu", "Waktu"},
		{"A2", "46348.52158565", "2026-11-22 12:31"},
		{"C3", "46349", "2026-11-23"}, // the zone's day, not UTC's
		{"B3", `=HYPERLINK("https://evil.example")`, `=HYPERLINK("https://evil.example")`},
		{"B4", "Toko & Kafé <Ñ> \u202egnp.exe 日本 \U0001F600", "Toko & Kafé <Ñ> \u202egnp.exe 日本 \U0001F600"},
		{"D2", "1250000.00", "Rp1,250,000"},
		{"D3", "-45.05", "-Rp45.05"},
		{"D4", "90071992547409.93", ""},
		{"E3", "-2", "-2"},
		{"F2", "0.125", "12.5%"},
		{"A5", "Jumlah", "Jumlah"},
		{"D5", "1249954.00", "Rp1,249,954"},
	} {
		raw, err := f.GetCellValue(sheet, c.cell, excelize.Options{RawCellValue: true})
		if err != nil || strings.TrimRight(raw, " ") != c.raw {
			t.Errorf("%s: %q, want %q (%v)", c.cell, raw, c.raw, err)
		}
		if shown, _ := f.GetCellValue(sheet, c.cell); c.shown != "" && strings.TrimRight(shown, " ") != c.shown {
			t.Errorf("%s is shown as %q, want %q", c.cell, shown, c.shown)
		}
		if formula, _ := f.GetCellFormula(sheet, c.cell); formula != "" {
			t.Errorf("%s is a formula: %q", c.cell, formula)
		}
	}
	if p, err := f.GetPanes(sheet); err != nil || !p.Freeze || p.YSplit != 1 {
		t.Errorf("head not frozen: %+v %v", p, err)
	}
}

func TestGuard(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "Warung": "Warung", "=1+1": "'=1+1", "+62": "'+62", "-2": "'-2", "@sum": "'@sum", "\tx": "'\tx", "\rx": "'\rx",
		"\u0020=1": "'\u0020=1", "＝1": "'＝1", "a=1": "a=1", "\u00a0=1": "'\u00a0=1",
	} {
		if got := document.Guard(in); got != want {
			t.Errorf("Guard(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestWrite_errorOfRows(t *testing.T) {
	t.Parallel()
	broken := errors.New("database gone")
	for _, f := range document.Formats() {
		d := sample(i18n.ID)
		d.Tables[0].Rows = func(yield func([]document.Cell, error) bool) {
			if yield([]document.Cell{document.Text("x")}, nil) {
				yield(nil, broken)
			}
		}
		var b bytes.Buffer
		if err := d.Write(&b, f); !errors.Is(err, broken) {
			t.Errorf("%s: %v", f, err)
		}
		if f == document.PDF && b.Len() > 0 {
			t.Error("a PDF that failed was begun")
		}
	}
}

func TestPDF_pagesAndLimit(t *testing.T) {
	t.Parallel()
	d := sample(i18n.EN)
	d.Tables[0].Rows = repeat(200)
	got := text(t, write(t, d, document.PDF))
	for _, want := range []string{"Page 1 of 5", "Page 5 of 5"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q", want)
		}
	}
	if n := strings.Count(got, "Penjual"); n != 5 {
		t.Errorf("head on %d of 5 pages", n)
	}
	d.Tables[0].Rows = repeat(document.MaxPDF + 1)
	if err := d.Write(io.Discard, document.PDF); !fault.Is(err, fault.Invalid) {
		t.Errorf("too many rows: %v", err)
	}
}

func repeat(n int) iter.Seq2[[]document.Cell, error] {
	return func(yield func([]document.Cell, error) bool) {
		row := []document.Cell{document.Time(at), document.Text("Warung Bu Dewi"), document.Date(at), document.Money(money.Rupiah(1)), document.Number(1), document.Percent(1)}
		for range n {
			if !yield(row, nil) {
				return
			}
		}
	}
}

func TestLetter_golden(t *testing.T) {
	t.Parallel()
	l := letter(t)
	var b, again bytes.Buffer
	if err := l.WritePDF(&b); err != nil {
		t.Fatal(err)
	}
	if err := l.WritePDF(&again); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Errorf("two writings differ (%v)", err)
	}
	golden(t, "letter.txt", text(t, b.Bytes()))
	l.Parts = []document.Part{document.Picture{PNG: []byte("GIF89a")}}
	if err := l.WritePDF(io.Discard); !fault.Is(err, fault.Invalid) {
		t.Errorf("a picture that is none: %v", err)
	}
}

func letter(t *testing.T) document.Letter {
	t.Helper()
	square := image.NewGray(image.Rect(0, 0, 29, 29))
	for i := range square.Pix {
		square.Pix[i] = uint8(i * 7 % 2 * 255)
	}
	square.SetGray(0, 0, color.Gray{})
	var b bytes.Buffer
	if err := png.Encode(&b, square); err != nil {
		t.Fatal(err)
	}
	return document.Letter{
		Title: "Tagihan INV/2026/11/0001", Mark: "LUNAS", Author: "CTT", Lang: i18n.ID, Zone: clock.WITA, At: at,
		Parts: []document.Part{
			document.Addresses{{Heading: "Dari", Lines: []string{"PT Contoh Jaya", "Jalan Melati 1", "", "Jakarta"}}, {Heading: "Kepada", Lines: []string{"Rina Maharani", "rina@example.com"}}},
			document.Pairs{{Name: "Tanggal", Value: "22 November 2026"}, {Name: "Jatuh tempo", Value: "6 Desember 2026"}},
			document.Lines{Columns: []document.Column{{Name: "Uraian", Width: 40}, {Name: "Jumlah", Kind: document.KindMoney}}, Rows: document.List([]document.Cell{document.Text("Paket Mandiri, Desember 2026"), document.Money(money.Rupiah(49_000))})},
			document.Totals{{Name: "PPN 11%", Value: "Rp5.390"}, {Name: "Jumlah", Value: "Rp54.390"}},
			document.Heading("Cara membayar"),
			document.Picture{PNG: b.Bytes(), Title: "QRIS", Text: []string{"Pindai kode ini dengan aplikasi bank atau dompet digital."}},
			document.Paragraph("Terima kasih.\nSimpan tagihan ini."),
			document.Fine("Tagihan ini sah tanpa tanda tangan."),
		},
	}
}

// FuzzText: whatever a stranger wrote, each format can be written; CSV and XLSX
// give it back, and never as a formula.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "=1", "a\r\nb", "\"", "_x000D_", "]]>", "<a>&amp;", "\xff\xfe", "\U0010FFFF", "\uFFFF", strings.Repeat("panjang sekali ", 3000), "\u202e", "日本語العربية"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := document.Document{Title: s, At: at, Author: s, Tables: []document.Table{{Title: s, Note: s, Columns: []document.Column{{Name: s}, {Name: "n"}}, Rows: document.List([]document.Cell{document.Text(s), document.Text("end")})}}}
		var c, x bytes.Buffer
		if err := d.Write(&c, document.CSV); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(c.Bytes()[3:])).ReadAll()
		if err != nil || len(rows) != 2 || rows[1][1] != "end" {
			t.Fatalf("CSV: %q %v", rows, err)
		}
		if cell := rows[1][0]; cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
			t.Fatalf("CSV begins a formula: %q", cell)
		}
		if err := d.Write(&x, document.XLSX); err != nil {
			t.Fatal(err)
		}
		book, err := excelize.OpenReader(&x)
		if err != nil {
			t.Fatal(err)
		}
		sheet := book.GetSheetList()[0]
		if end, err := book.GetCellValue(sheet, "B2"); err != nil || end != "end" {
			t.Fatalf("XLSX: %q %v", end, err)
		}
		if got, _ := book.GetCellValue(sheet, "A2"); utf8.ValidString(s) && plain(s) && len(s) < 10_000 && got != s {
			t.Fatalf("XLSX gives %q for %q", got, s)
		}
		if err := d.Write(io.Discard, document.PDF); err != nil {
			t.Fatal(err)
		}
	})
}

// plain tells whether XML holds each sign of a text as it is.
func plain(s string) bool {
	for _, r := range s {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return false
		}
	}
	return true
}
