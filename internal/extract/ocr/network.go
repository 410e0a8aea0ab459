package ocr

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"amanah/internal/extract/ocr/onnx"
)

// network is the engine "pp-ocrv4": one network finds lines, the other reads them.
type network struct {
	finder, reader *onnx.Session
	alphabet       *alphabet
	input          []float32 // used again for each run
}

// processors is how many the networks use at once.
const processors = 2

// openNetwork loads the library and the files of the models' folder.
func openNetwork(library, models string) (*network, error) {
	lib, err := onnx.Open(library)
	if err != nil {
		return nil, err
	}
	n := &network{}
	if n.alphabet, err = readAlphabet(filepath.Join(models, "ppocr_keys_v1.txt")); err != nil {
		return nil, err
	}
	if n.finder, err = lib.Load(filepath.Join(models, "ch_PP-OCRv4_det_infer.onnx"), processors); err != nil {
		return nil, err
	}
	if n.reader, err = lib.Load(filepath.Join(models, "ch_PP-OCRv4_rec_infer.onnx"), processors); err != nil {
		n.finder.Close()
		return nil, err
	}
	return n, nil
}

func (n *network) Close() {
	n.finder.Close()
	n.reader.Close()
}

// planes is room for the three colours of n pixels.
func (n *network) planes(pixels int) []float32 {
	n.input = slices.Grow(n.input[:0], 3*pixels)[:3*pixels]
	return n.input
}

// find tells where lines of text stand in a view, looked at s times as large.
func (n *network) find(ctx context.Context, v view, s float64) ([]box, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r := v.scaled(s)
	in := n.planes(r.w * r.h)
	mean, deviation := [3]float32{0.485, 0.456, 0.406}, [3]float32{0.229, 0.224, 0.225}
	for c := range 3 {
		plane := in[c*r.w*r.h : (c+1)*r.w*r.h]
		var of [256]float32
		for i := range of {
			of[i] = (float32(i)/255 - mean[c]) / deviation[c]
		}
		// The networks were taught with blue first.
		for i := range plane {
			plane[i] = of[r.pix[3*i+2-c]]
		}
	}
	var out []box
	err := n.finder.Run("x", "sigmoid_0.tmp_0", in, []int64{1, 3, int64(r.h), int64(r.w)}, func(p []float32, shape []int64) error {
		if len(p) != r.w*r.h {
			return fmt.Errorf("ocr: the map of lines has the shape %v", shape)
		}
		out = lines(p, r.w, r.h)
		return nil
	})
	for i := range out {
		b := &out[i]
		b.centre, b.w, b.h = Point{b.centre.X / s, b.centre.Y / s}, b.w/s, b.h/s
	}
	return out, err
}

// The reader looks at lines of this height, in pixels.
const (
	lineHeight = 48
	widest     = 48 * 28      // pixels
	batchArea  = 48 * 320 * 4 // pixels of one run
)

// reading is what one line says.
type reading struct {
	text  string
	chars []float64
}

func (r reading) score() float64 {
	if len(r.chars) == 0 {
		return 0
	}
	sum := 0.0
	for _, c := range r.chars {
		sum += c
	}
	return sum / float64(len(r.chars))
}

// cut draws a box of the view as one level line; half asks for it upside down.
func cut(v view, b box, half bool) *raster {
	w := min(max(int(math.Ceil(b.w*lineHeight/b.h)), 16), widest)
	angle := b.angle
	if half {
		angle += 180
	}
	sin, cos := math.Sincos(angle * math.Pi / 180)
	sx, sy := b.w/float64(w), b.h/lineHeight
	m := affine{a: cos * sx, b: -sin * sy, d: sin * sx, e: cos * sy}
	mid := m.at(Point{float64(w) / 2, lineHeight / 2})
	m.c, m.f = b.centre.X-mid.X, b.centre.Y-mid.Y
	return v.from.draw(v.m.after(m), w, lineHeight)
}

// read reads lines; those of like width go through the network together.
func (n *network) read(ctx context.Context, rows []*raster) ([]reading, error) {
	out := make([]reading, len(rows))
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return rows[a].w - rows[b].w })
	for len(order) > 0 {
		k := 1
		for k < len(order) && (k+1)*lineHeight*rows[order[k]].w <= batchArea && rows[order[k]].w <= rows[order[0]].w*5/4+32 {
			k++
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := n.readBatch(rows, order[:k], out); err != nil {
			return nil, err
		}
		order = order[k:]
	}
	return out, nil
}

func (n *network) readBatch(rows []*raster, batch []int, out []reading) error {
	w := 0
	for _, i := range batch {
		w = max(w, rows[i].w)
	}
	w = (w + 7) / 8 * 8
	in := n.planes(len(batch) * lineHeight * w)
	clear(in)
	for k, i := range batch {
		r := rows[i]
		for c := range 3 {
			for y := range lineHeight {
				plane := in[((k*3+c)*lineHeight+y)*w:]
				row := r.pix[3*y*r.w:]
				for x := range r.w {
					plane[x] = float32(row[3*x+2-c])/127.5 - 1
				}
			}
		}
	}
	shape := []int64{int64(len(batch)), 3, lineHeight, int64(w)}
	return n.reader.Run("x", "softmax_11.tmp_0", in, shape, func(p []float32, got []int64) error {
		if len(got) != 3 || got[0] != int64(len(batch)) || got[2] != int64(n.alphabet.size) {
			return fmt.Errorf("ocr: lines were read with the shape %v", got)
		}
		steps, size := int(got[1]), int(got[1])*n.alphabet.size
		for k, i := range batch {
			out[i].text, out[i].chars = n.alphabet.decode(p[k*size:(k+1)*size], steps)
		}
		return nil
	})
}
