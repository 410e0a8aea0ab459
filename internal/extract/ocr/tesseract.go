package ocr

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// tesseract is the engine of that name, a program of its own. It is given the
// picture through its standard input and leaves nothing behind.
type tesseract struct{ program string }

// patience is how long one picture may take it.
const patience = 60 * time.Second

// Close has nothing to give back.
func (t *tesseract) Close() {}

func (t *tesseract) words(ctx context.Context, r *raster) (Page, error) {
	turned := 0
	page, err := t.attempt(ctx, r)
	if err != nil {
		return page, err
	}
	// It does not say that a page lies on its side or its head: it reads nonsense,
	// with little confidence.
	for _, quarters := range []int{2, 1, 3} {
		if page.Score() > 0.85 && page.weight() > 30 {
			break
		}
		other, err := t.attempt(ctx, r.turn(quarters, false))
		if err != nil {
			return page, err
		}
		if other.weight() > page.weight() {
			page, turned = other, 90*quarters
		}
	}
	page.Turned = turned
	return page, nil
}

// weight is how much was read well: characters of words, by their scores.
func (p Page) weight() float64 {
	n := 0.0
	for _, w := range p.Words {
		if w.Score > 0.75 && len(w.Text) > 2 {
			n += float64(len(w.Text)) * w.Score
		}
	}
	return n
}

func (t *tesseract) attempt(ctx context.Context, r *raster) (Page, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	s := min(magnify*1.5, max(1, 1800/float64(max(r.w, r.h))))
	s = min(s, 2400/float64(max(r.w, r.h)))
	big := whole(newPyramid(r)).scaled(s)
	grey := image.NewGray(image.Rect(0, 0, big.w, big.h))
	for i := range grey.Pix {
		p := big.pix[3*i:]
		grey.Pix[i] = byte((299*int(p[0]) + 587*int(p[1]) + 114*int(p[2])) / 1000)
	}
	var in, out, told bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&in, grey); err != nil {
		return Page{}, fmt.Errorf("ocr: %w", err)
	}
	cmd := exec.CommandContext(ctx, t.program, "stdin", "stdout", "-l", t.languages(ctx), "--psm", "4", "tsv")
	cmd.Env = []string{"OMP_THREAD_LIMIT=1", "LC_ALL=C"}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &in, &out, &told
	if err := cmd.Run(); err != nil {
		return Page{}, fmt.Errorf("ocr: tesseract: %w", err)
	}
	return Page{Width: r.w, Height: r.h, Engine: "tesseract", Words: fromTSV(out.String(), s)}, nil
}

// languages are Indonesian and English as far as they are installed.
func (t *tesseract) languages(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, t.program, "--list-langs").Output()
	if err == nil && strings.Contains(string(out), "\nind\n") {
		return "ind+eng"
	}
	return "eng"
}

// fromTSV reads Tesseract's table; places in it are s times too large.
func fromTSV(table string, s float64) []Word {
	var out []Word
	for line := range strings.Lines(table) {
		f := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if len(f) != 12 || f[0] != "5" || strings.TrimSpace(f[11]) == "" {
			continue
		}
		var n [5]float64
		bad := false
		for i, text := range []string{f[6], f[7], f[8], f[9], f[10]} {
			v, err := strconv.ParseFloat(text, 64)
			n[i], bad = v, bad || err != nil
		}
		if bad || n[4] < 0 {
			continue
		}
		x0, y0, x1, y1 := n[0]/s, n[1]/s, (n[0]+n[2])/s, (n[1]+n[3])/s
		out = append(out, Word{Quad: [4]Point{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}, Text: f[11], Score: min(n[4]/100, 1)})
	}
	return out
}
