package ocr

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"amanah/internal/fault"
)

// installed reads with what tools/setup.sh installs.
var installed = sync.OnceValue(func() *Reader {
	return New(Options{Look: []string{filepath.Join("..", "..", "..", "tools", "ocr", "node_modules")}, Tesseract: "no-such-program"})
})

func readerFor(t testing.TB) *Reader {
	t.Helper()
	r := installed()
	if err := r.Probe(); err != nil {
		t.Fatalf("tools/setup.sh test installs what reads pictures: %v", err)
	}
	return r
}

// letters are the characters of a text without spaces and rules.
func letters(text string) string {
	return strings.NewReplacer(" ", "", "-", "", "\n", "").Replace(strings.ToUpper(text))
}

func (p Page) text() string {
	var out []string
	for _, w := range p.Words {
		out = append(out, w.Text)
	}
	return strings.Join(out, "\n")
}

// missed is which part of the lines' words does not stand on the page: each word
// counts with its letters.
func missed(p Page, lines []string) float64 {
	got := letters(p.text())
	all, lost := 0, 0
	for _, l := range lines {
		for _, w := range strings.Fields(l) {
			w = letters(w)
			all += len(w)
			if !strings.Contains(got, w) {
				lost += len(w)
			}
		}
	}
	return float64(lost) / float64(all)
}

// A receipt is read however it lies, faded, shaded, aslant, or small in a scene.
func TestRead(t *testing.T) {
	t.Parallel()
	fresh := printed(t, shop, 22, 30, 245)
	for name, c := range map[string]struct {
		picture *raster
		turned  int
		most    float64
	}{
		"fresh":        {fresh, 0, 0.02},
		"tilted":       {fresh.on(900, 900, 450, 450, 6, 90), 0, 0.03},
		"tilted left":  {fresh.on(900, 900, 450, 450, -12, 90), 0, 0.03},
		"on its side":  {fresh.on(1000, 900, 500, 450, 90, 70), 270, 0.03},
		"other side":   {fresh.on(1000, 900, 500, 450, -90, 70), 90, 0.03},
		"upside down":  {fresh.on(900, 900, 450, 450, 180, 70), 180, 0.03},
		"faded":        {printed(t, shop, 22, 185, 235), 0, 0.05},
		"shaded":       {printed(t, shop, 22, 60, 235).grainy(6, 0.5), 0, 0.05},
		"grainy":       {printed(t, shop, 22, 60, 225).grainy(40, 0), 0, 0.08},
		"small print":  {printed(t, shop, 11, 30, 245), 0, 0.10},
		"in a scene":   {printed(t, shop, 26, 40, 240).on(3600, 2700, 2500, 900, 4, 60), 0, 0.05},
		"lying around": {printed(t, shop, 30, 40, 240).on(3000, 4000, 1300, 2800, 96, 60), 270, 0.05},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := readerFor(t).Read(t.Context(), jpegOf(t, c.picture.image()))
			if err != nil {
				t.Fatal(err)
			}
			if m := missed(p, shop); m > c.most || p.Turned != c.turned || p.Engine != "pp-ocrv4" {
				t.Errorf("%.3f of the letters are missing, turned by %d, score %.2f:\n%s", m, p.Turned, p.Score(), p.text())
			}
			if !strings.Contains(letters(p.text()), "210.000") {
				t.Errorf("the total is missing:\n%s", p.text())
			}
			if p.Blurred() {
				t.Errorf("called blurred: sharpness %.2f, score %.2f", p.Sharpness, p.Score())
			}
			whereTheyAre(t, p)
		})
	}
}

// whereTheyAre holds the places of words against the page, and their order.
func whereTheyAre(t *testing.T, p Page) {
	t.Helper()
	last, begun := 0.0, 0.0
	for _, w := range p.Words {
		m := w.middle()
		if m.X < 0 || m.Y < 0 || m.X > float64(p.Width) || m.Y > float64(p.Height) || m.Y < last-0.01 || len(w.Chars) != len([]rune(w.Text)) {
			t.Errorf("%q at %v on %d x %d with %d scores", w.Text, w.Quad, p.Width, p.Height, len(w.Chars))
		}
		last = m.Y
		if w.Text == "TOTAL" {
			begun = m.Y
		}
	}
	for _, w := range p.Words {
		if d := w.middle().Y - begun; begun > 0 && strings.Contains(w.Text, "210.000") && max(d, -d) > 0.5*w.height() {
			t.Errorf("the total stands %v below its word", d)
		}
	}
}

// A picture without words is an empty page and no error.
func TestRead_nothing(t *testing.T) {
	t.Parallel()
	p, err := readerFor(t).Read(t.Context(), pngOf(t, corner(640, 480)))
	if err != nil || len(p.Words) != 0 || p.Score() != 0 || p.Blurred() || len(p.Papers()) != 1 {
		t.Errorf("%+v %v", p, err)
	}
}

// Ten who come at once are served one after the other.
func TestRead_tenAtOnce(t *testing.T) {
	t.Parallel()
	r, src := readerFor(t), pngOf(t, printed(t, shop[:6], 20, 30, 245).image())
	errs := make(chan error, 10)
	for range 10 {
		go func() {
			p, err := r.Read(context.Background(), src)
			if err == nil && missed(p, shop[:6]) > 0.05 {
				err = errors.New(p.text())
			}
			errs <- err
		}()
	}
	for range 10 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// Who gives up while waiting is let go.
func TestRead_givesUp(t *testing.T) {
	t.Parallel()
	r := New(Options{Tesseract: "no-such-program"})
	r.turn <- struct{}{} // somebody else reads
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Read(ctx, pngOf(t, corner(9, 9))); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	<-r.turn
	if _, err := r.Read(t.Context(), pngOf(t, corner(9, 9))); !fault.Is(err, fault.Unavailable) {
		t.Error(err)
	}
	if _, err := r.Read(t.Context(), []byte("no picture")); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	r.Close()
}

// A line that is longer than the reader's width is read in parts.
func TestRead_longLine(t *testing.T) {
	t.Parallel()
	line := []string{"PEMBAYARAN TAGIHAN LISTRIK PASCABAYAR BULAN MARET 2025 ATAS NAMA RINA MAHARANI SEBESAR 412.750"}
	p, err := readerFor(t).Read(t.Context(), pngOf(t, printed(t, line, 20, 30, 245).image()))
	if err != nil || missed(p, line) > 0.05 {
		t.Errorf("%v\n%s", err, p.text())
	}
}

// Two receipts side by side are two pages; one receipt with its columns is one.
func TestPapers(t *testing.T) {
	t.Parallel()
	other := []string{"APOTEK SEHAT BERSAMA", "JL. KENANGA 8 CIMAHI", "15-03-2025  09:10", "PARASETAMOL 500    12.000", "VITAMIN C 1000     38.500", "MASKER MEDIS       25.000", "TOTAL              75.500", "TUNAI              80.000", "KEMBALI             4.500"}
	table := printed(t, shop, 20, 30, 245).on(1200, 700, 300, 350, 0, 80)
	right := printed(t, other, 21, 30, 245)
	for y := range right.h {
		copy(table.pix[3*((y+130)*table.w+640):], right.pix[3*y*right.w:3*(y+1)*right.w])
	}
	p, err := readerFor(t).Read(t.Context(), jpegOf(t, table.image()))
	if err != nil {
		t.Fatal(err)
	}
	papers := p.Papers()
	if len(papers) != 2 || missed(papers[0], shop) > 0.05 || missed(papers[1], other) > 0.05 || strings.Contains(papers[0].text(), "APOTEK") {
		t.Errorf("%d papers:\n%s", len(papers), p.text())
	}
	if p, err = readerFor(t).Read(t.Context(), pngOf(t, printed(t, shop, 22, 30, 245).image())); err != nil || len(p.Papers()) != 1 {
		t.Errorf("one receipt became %d: %v", len(p.Papers()), err)
	}
}

// Print that runs together is told, so that the person can be asked again.
func TestBlurred(t *testing.T) {
	t.Parallel()
	p, err := readerFor(t).Read(t.Context(), jpegOf(t, printed(t, shop, 20, 60, 235).soft(5).image()))
	if err != nil || len(p.Words) > 0 && !p.Blurred() {
		t.Errorf("sharpness %.2f, score %.2f, %v:\n%s", p.Sharpness, p.Score(), err, p.text())
	}
}

// Without the networks Tesseract reads, turned pictures too.
func TestTesseract(t *testing.T) {
	t.Parallel()
	r := New(Options{})
	if name, _ := r.Engine(); name != "tesseract" {
		t.Fatalf("tools/setup.sh test installs tesseract-ocr: %s", name)
	}
	fresh := printed(t, shop, 22, 30, 245)
	for turned, picture := range map[int]*raster{0: fresh, 90: fresh.turn(3, false), 180: fresh.turn(2, false), 270: fresh.turn(1, false)} {
		p, err := r.Read(t.Context(), pngOf(t, picture.image()))
		if err != nil || p.Engine != "tesseract" || p.Turned != turned || missed(p, shop) > 0.10 || p.Score() < 0.5 {
			t.Errorf("turned %d, %d: %.3f missing, %v\n%s", p.Turned, turned, missed(p, shop), err, p.text())
		}
	}
}
