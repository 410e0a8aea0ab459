package receipt

import (
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"amanah/internal/extract/ocr"
)

// sheet is how a photograph shows a receipt.
type sheet struct {
	slope float64 // of the lines
	curve float64 // by how many pixels their middle is lower than their ends
	score float64
}

// photograph lays lines of text out as boxes: each run of text between wide gaps
// is one. Boxes come in no order, as an engine may give them.
func photograph(text string, p sheet) ocr.Page {
	const letter, pitch, margin = 9.0, 24.0, 40.0
	page := ocr.Page{Width: 600, Height: 1200, Engine: "pp-ocrv4"}
	for row, line := range strings.Split(text, "\n") {
		at := 0
		for _, run := range strings.SplitAfter(strings.ReplaceAll(line, "   ", "\x00"), "\x00") {
			run = strings.ReplaceAll(run, "\x00", "   ")
			words := strings.TrimSpace(run)
			lead := len(run) - len(strings.TrimLeft(run, " "))
			if words != "" {
				x0 := margin + letter*float64(at+lead)
				x1 := x0 + letter*float64(len(words))
				y := margin + pitch*float64(row)
				drop := func(x float64) float64 {
					u := (x - 300) / 300
					return y + p.slope*x + p.curve*(1-u*u)
				}
				w := ocr.Word{Text: words, Score: p.score, Quad: [4]ocr.Point{{X: x0, Y: drop(x0)}, {X: x1, Y: drop(x1)}, {X: x1, Y: drop(x1) + 17}, {X: x0, Y: drop(x0) + 17}}}
				for range []rune(words) {
					w.Chars = append(w.Chars, p.score)
				}
				page.Words = append([]ocr.Word{w}, page.Words...)
			}
			at += len(run)
		}
	}
	return page
}

// A photograph held askew or of curved paper says the same as the text.
func TestPage_readsTiltedAndCurvedPaper(t *testing.T) {
	t.Parallel()
	r := reader(t)
	for _, name := range []string{"indomaret", "alfamart", "supermarket", "warung2lines", "resto"} {
		raw, err := os.ReadFile("testdata/examples/" + name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		want, err := r.Text(string(raw)).JSON("x")
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []sheet{{0, 0, 0.99}, {0.05, 0, 0.99}, {-0.06, 0, 0.99}, {0.02, 14, 0.99}, {-0.03, -14, 0.99}} {
			f := r.Page(photograph(string(raw), p))
			got, err := f.JSON("x")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(mainFacts(want), mainFacts(got)); diff != "" {
				t.Errorf("%s %+v: %s", name, p, diff)
			}
		}
	}
}

// mainFacts drops what depends on scores.
func mainFacts(line []byte) string {
	s := string(line)
	return s[:strings.Index(s, `"confidence"`)]
}

func TestPage_leavesOutFadedDates(t *testing.T) {
	t.Parallel()
	r := reader(t)
	p := photograph("TOKO MAWAR\n02-10-2024 10:11\nROTI TAWAR   1   5,000   5,000\nTOTAL   5,000\nTUNAI   5,000\nKEMBALI   0", sheet{0, 0, 0.97})
	if f := r.Page(p); f.Date != "2024-10-02" {
		t.Fatalf("date %q", f.Date)
	}
	for i, w := range p.Words {
		if strings.HasPrefix(w.Text, "02-") {
			p.Words[i].Chars[1] = 0.3
		}
	}
	if f := r.Page(p); f.Date != "" {
		t.Fatalf("a faded date was stated: %s", f.Date)
	}
}

func TestPage_verdicts(t *testing.T) {
	t.Parallel()
	r := reader(t)
	good := "TOKO MAWAR\n02-10-2024 10:11\nROTI TAWAR   1   5,000   5,000\nTOTAL   5,000\nTUNAI   10,000\nKEMBALI   5,000"
	for _, c := range []struct {
		name, text string
		score      float64
		want       Verdict
	}{
		{"receipt", good, 0.97, Good},
		{"nothing", "", 0.97, NotReceipt},
		{"a letter", "Yth. Ibu Rina\nkami kabarkan bahwa\nrapat diadakan besok\npukul sembilan\ndi balai desa", 0.97, NotReceipt},
		{"blurred", good, 0.45, Blurred},
		{"chinese", "超市小票欢迎光临\n牛奶面包鸡蛋苹果   25.00\n合计金额人民币元   25.00\n谢谢惠顾欢迎再来\n收银员工号零一", 0.97, ForeignScript},
		{"arabic", "مرحبا بكم في متجرنا\nحليب كامل الدسم   12.00\nالمجموع الكلي للفاتورة   12.00\nشكرا لزيارتكم لنا\nرقم الفاتورة", 0.97, ForeignScript},
		{"two", good + "\n\nTOKO MELATI\n05-11-2024 18:30\nSUSU   1   9,000   9,000\nTOTAL   9,000\nTUNAI   20,000\nKEMBALI   11,000", 0.97, Two},
		{"contradiction", "TOKO MAWAR\n02-10-2024 10:11\nROTI TAWAR   1   5,000   5,000\nSUSU UHT   1   7,000   7,000\nSUBTOTAL   12,000\nTOTAL   31,400", 0.97, Contradiction},
		{"torn off", "TOKO MAWAR\n02-10-2024 10:11\nROTI TAWAR   1   5,000   5,000\nSUSU UHT   1   7,000   7,000\nKEJU PARUT   2   8,000   16,000", 0.97, Incomplete},
	} {
		if f := r.Page(photograph(c.text, sheet{0, 0, c.score})); f.Verdict != c.want {
			t.Errorf("%s: %s, want %s; %+v", c.name, f.Verdict, c.want, f.Checks)
		}
	}
}

// However boxes lie, nothing falls over and nothing is read twice.
func FuzzPage(f *testing.F) {
	f.Add("TOTAL 5,000", 0.1, 10.0, 0.0, 3.0)
	r := reader(f)
	f.Fuzz(func(t *testing.T, text string, slope, x, y, h float64) {
		p := photograph(text+"\nTOTAL   5,000\n"+text, sheet{slope, y, 0.9})
		p.Words = append(p.Words, ocr.Word{Text: text, Score: x, Quad: [4]ocr.Point{{X: x, Y: y}, {X: x + h, Y: y}, {X: x + h, Y: y + h}, {X: math.NaN(), Y: y + h}}})
		n := 0
		for _, l := range pageLines(p) {
			n += len(l.words)
		}
		if n > len(p.Words) {
			t.Fatalf("%d boxes became %d", len(p.Words), n)
		}
		r.Page(p)
	})
}
